"""Settings, start-up errors, logs, the embedded server, and the parts of rq that we lean on."""

from __future__ import annotations

import importlib.metadata
import inspect
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import redis
import rq
import structlog
from pydantic import ValidationError
from rq.job import Job
from rq.worker import SimpleWorker, WorkerStatus

from worker import logs
from worker.embedded import EmbeddedRedis
from worker.settings import WorkerSettings, explain

REPOSITORY = Path(__file__).parents[2]


def start(**env: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("MOEMOJI_", "REDIS"))
    }
    return subprocess.run(
        [sys.executable, "-m", "worker", "--burst"],
        cwd=REPOSITORY,
        env=inherited | env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_missing_setting_is_one_sentence_and_78():
    ended = start()
    assert ended.returncode == 78
    assert ended.stderr == "REDIS_URL is not set; set it and start again.\n"


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"REDIS_URL": "http://:s3cret@host"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://h", "MOEMOJI_BATCH_JOBS": "s3cret"}, "MOEMOJI_BATCH_JOBS"),
        ({"REDIS_URL": "redis://h", "MOEMOJI_LEASE": "-1"}, "MOEMOJI_LEASE"),
        ({"REDIS_URL": "redis://h", "MOEMOJI_ENGINE": "s3cret"}, "MOEMOJI_ENGINE"),
    ],
)
def test_a_malformed_setting_is_named_but_not_shown(env, named):
    ended = start(**env)
    assert ended.returncode == 78
    assert ended.stderr.startswith(named)
    assert ended.stderr.count("\n") == 1
    assert "s3cret" not in ended.stderr + ended.stdout


def test_an_engine_that_is_not_there_is_a_sentence():
    ended = start(REDIS_URL="unix:///nowhere", MOEMOJI_ENGINE="nothing.here:Engine")
    assert ended.returncode == 78
    assert "MOEMOJI_ENGINE" in ended.stderr


def test_secrets_are_in_no_repr():
    settings = WorkerSettings(REDIS_URL="redis://:s3cret@host:6379/0")
    assert "s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()
    with pytest.raises(ValidationError) as refusal:
        WorkerSettings(REDIS_URL="ftp://:s3cret@host")
    assert "s3cret" not in str(refusal.value) + explain(refusal.value, WorkerSettings)


def test_every_setting_says_what_it_is():
    undocumented = [
        name for name, field in WorkerSettings.model_fields.items() if not field.description
    ]
    assert undocumented == []


def test_a_dead_workers_jobs_are_back_in_line_within_a_minute():
    settings = WorkerSettings(REDIS_URL="redis://host")
    assert settings.lease + settings.sweep < 60
    # Two beats may be lost before anybody thinks a worker dead.
    assert settings.beat * 3 < settings.lease


@pytest.mark.parametrize("as_json", [True, False])
def test_secrets_are_in_no_log_not_even_in_a_traceback(capsys, as_json):
    before = logging.getLogger().handlers[:]
    try:
        logs.configure(as_json=as_json, secrets=logs.password_of("redis://u:s3cret@h/0"))
        log = structlog.get_logger("test")
        try:
            raise ConnectionError("redis://u:s3cret@h/0 refused")
        except ConnectionError:
            log.exception("lost", job_id="j1")
        logging.getLogger("some.library").warning("connecting to %s", "redis://u:s3cret@h/0")
        written = capsys.readouterr().err
    finally:
        logging.getLogger().handlers[:] = before
        structlog.reset_defaults()
    assert "s3cret" not in written
    assert "***" in written
    assert "j1" in written
    assert "some.library" in written


def test_the_embedded_server_is_private_and_ends():
    with EmbeddedRedis() as server:
        socket = Path(server.url.removeprefix("unix://"))
        assert socket.stat().st_mode & 0o077 == 0
        assert socket.parent.stat().st_mode & 0o077 == 0
        with redis.Redis.from_url(server.url) as client:
            assert client.config_get("port")["port"] == "0"
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        pid = server.pid
    assert not socket.parent.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_embedded_server_ends_with_a_killed_parent():
    code = (
        "import os, signal\n"
        "from worker.embedded import EmbeddedRedis\n"
        "with EmbeddedRedis() as server:\n"
        "    print(server.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, timeout=60
    )
    pid = int(ended.stdout)
    for _ in range(100):
        try:
            os.kill(pid, 0)
            status = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except (ProcessLookupError, FileNotFoundError):
            return
        if status == "Z":
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("redis-server outlived its parent")


def test_rq_is_the_one_we_know():
    """What `worker.worker` overrides or calls; a new rq that renames any of it fails here."""
    assert importlib.metadata.version("rq").startswith("3.")
    parameters = {
        "work": ["self", "burst", "logging_level"],
        "execute_job": ["self", "job", "queue"],
        "dequeue_job_and_maintain_ttl": ["self", "timeout", "max_idle_time"],
        "request_stop": ["self", "signum", "frame"],
        "run_maintenance_tasks": ["self"],
        "clean_registries": ["self"],
        "clean_group_registries": ["self"],
        "subscribe": ["self"],
        "unsubscribe": ["self"],
        "heartbeat": ["self", "timeout", "pipeline"],
        "set_state": ["self", "state", "pipeline"],
    }
    for name, expected in parameters.items():
        signature = inspect.signature(getattr(SimpleWorker, name))
        assert list(signature.parameters)[: len(expected)] == expected, name
    assert isinstance(SimpleWorker.dequeue_timeout, property)
    assert isinstance(SimpleWorker.should_run_maintenance_tasks, property)
    # What else it does for maintenance has been looked at: nothing calls what a job names.
    maintenance = inspect.getsource(SimpleWorker.run_maintenance_tasks)
    assert re.findall(r"self\.(clean\w+)\(", maintenance) == [
        "clean_registries",
        "clean_group_registries",
    ]
    source = inspect.getsource(SimpleWorker.work)
    for seam in ("_stop_requested", "dequeue_job_and_maintain_ttl", "execute_job", "teardown"):
        assert seam in source, seam
    assert "self.request_stop" in inspect.getsource(SimpleWorker._install_signal_handlers)
    assert {status.name for status in WorkerStatus} >= {"BUSY", "IDLE"}
    assert list(inspect.signature(rq.Queue.dequeue_any).parameters)[:2] == ["queues", "timeout"]


def test_rqs_keys_are_those_that_the_scripts_write():
    client = redis.Redis()
    assert rq.Queue("high", connection=client).key == "rq:queue:high"
    assert rq.Queue.redis_queues_keys == "rq:queues"
    job = Job.create(
        "worker.tasks.perform", args=["j1"], connection=client, id="j1", serializer="json"
    )
    assert job.key == "rq:job:j1"
    assert {"origin", "status", "data", "description"} <= set(job.to_dict()) | {"origin"}
    restored = Job("j1", connection=client, serializer="json")
    restored.restore({k.encode(): v for k, v in job.to_dict().items()})
    assert restored.func_name == "worker.tasks.perform"
    assert list(restored.args) == ["j1"]
