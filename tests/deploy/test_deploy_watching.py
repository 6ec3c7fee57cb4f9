"""Doctor, metrics, logs and error reports, over real sockets."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
import redis
from aiohttp import web

from bot.doctor import examine, free_memory
from bot.weights import weights_rows
from generator import manifest
from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import REPOSITORY as ROOT
from tests.e2e.processes import SMALL, Program
from worker import logs
from worker.embedded import EmbeddedRedis
from worker.jobs import Address, Author, DrawRequest
from worker.queue import JobQueue
from worker.settings import QueueSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")
MARSHMALLOW = "girl marshmallow"
FAULTY = "tests.worker.engines:SmallEngine"


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def scrape(where: int) -> str:
    def get() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{where}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(get)


def request(seed: int = 7, **fields: object) -> DrawRequest:
    return DrawRequest(
        author=Author(platform="console", user_id="4711"),
        address=Address(platform="console", chat_id="7", guild_id="99"),
        prompt=MARSHMALLOW,
        count=1,
        seed=seed,
        **fields,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reports() -> AsyncIterator[tuple[str, list[dict]]]:
    """A service that speaks Sentry's protocol: its DSN and the events it got."""
    events: list[dict] = []

    async def envelope(asked: web.Request) -> web.Response:
        body = await asked.read()
        # An envelope is lines of JSON: a header, and before each event what it is.
        events.extend(json.loads(line) for line in body.splitlines() if b'"exception"' in line)
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/api/1/envelope/", envelope)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    where = runner.addresses[0][1]
    yield f"http://publickey@127.0.0.1:{where}/1", events
    await runner.cleanup()


async def test_a_workers_numbers_logs_and_reports(
    server: EmbeddedRedis, reports: tuple[str, list[dict]]
) -> None:
    dsn, events = reports
    where = port()
    queue = await JobQueue.connect(server.url, QueueSettings())
    good = await queue.submit(request())
    # The engine of the worker's tests raises at this seed.
    bad = await queue.submit(request(4_000_000_001))
    async with Program(
        "worker",
        REDIS_URL=server.url,
        MOEMOJI_ENGINE=FAULTY,
        MOEMOJI_METRICS_PORT=str(where),
        MOEMOJI_SENTRY_DSN=dsn,
        MOEMOJI_LOG_JSON="true",
    ) as worker:
        await worker.ready()
        awaited = (
            'outcome="drawn"', 'outcome="draw-failed"', "moemoji_workers 1.0",
            'platform="console"} 2.0', 'moemoji_queue_jobs{queue="default"} 0.0',
            'moemoji_job_wait_seconds_count{lane="default"} 2.0',
        )  # fmt: skip
        for _ in range(600):
            numbers = await scrape(where)
            if all(said in numbers for said in awaited):
                break
            await asyncio.sleep(0.05)
    await queue.close()
    assert 'moemoji_jobs_total{kind="draw",outcome="drawn"} 1.0' in numbers
    assert 'moemoji_jobs_total{kind="draw",outcome="draw-failed"} 1.0' in numbers
    for name in ("draw", "encode", "store"):
        assert f'moemoji_stage_seconds_count{{stage="{name}"}}' in numbers
    for line in (
        'moemoji_queue_jobs{queue="default"} 0.0',
        'moemoji_undelivered{platform="console"} 2.0',
        "moemoji_workers 1.0",
        "moemoji_redis_up 1.0",
        'moemoji_job_wait_seconds_count{lane="default"} 2.0',
    ):
        assert line in numbers, line
    assert "process_resident_memory_bytes" in numbers
    assert "4711" not in numbers

    lines = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
    (drawn,) = (line for line in lines if line["event"] == "drawn")
    assert drawn["job_id"] == good
    assert drawn["guild"] == "99"
    logs.configure(key=server.url)
    assert drawn["user"] == logs.pseudonym("console:4711")
    assert "marshmallow" not in worker.log
    assert "4711" not in worker.log

    (event,) = events
    assert event["extra"]["job_id"] == bad
    assert event["message"] == "draw-failed"
    assert event["tags"]["process"] == "worker"
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["value"] == ""
    assert "marshmallow" not in json.dumps(event)
    assert not any("vars" in frame for frame in error["stacktrace"]["frames"])
    assert event["server_name"] == "worker"


async def test_prompts_are_logged_only_when_switched_on(server: EmbeddedRedis) -> None:
    queue = await JobQueue.connect(server.url, QueueSettings())
    await queue.submit(request())
    await queue.close()
    env = {"MOEMOJI_LOG_PROMPTS": "true", "REDIS_URL": server.url, "MOEMOJI_ENGINE": FAULTY}
    async with Program("worker", "--burst", **env) as worker:
        assert await worker.wait() == 0
    assert MARSHMALLOW in worker.log


async def test_a_queue_nobody_works_on_grows_old(server: EmbeddedRedis) -> None:
    from worker.metrics import QueueCollector

    queue = await JobQueue.connect(server.url, QueueSettings())
    job_id = await queue.submit(request())
    await asyncio.sleep(0.2)
    client = redis.Redis.from_url(server.url)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in QueueCollector(client).collect()
        for sample in family.samples
    }
    assert found["moemoji_queue_jobs", "default"] == 1
    assert 0.2 <= found["moemoji_queue_age_seconds", "default"] < 30
    assert found["moemoji_queue_age_seconds", "high"] == 0
    await queue.cancel(job_id, None)
    await queue.close()
    away = redis.Redis.from_url("redis://127.0.0.1:1", retry=None)
    (up,) = QueueCollector(away).collect()
    assert up.samples[0].value == 0


async def test_a_frontends_numbers(server: EmbeddedRedis) -> None:
    where = port()
    async with FakeTelegram() as telegram:
        telegram.fail("sendMessage", 429, parameters={"retry_after": 0})
        async with (
            Program(
                *("bot", "telegram"),
                REDIS_URL=server.url,
                MOEMOJI_METRICS_PORT=str(where),
                MOEMOJI_METRICS_HOST="127.0.0.1",
                **telegram.environment,
            ) as bot,
            Program("worker", REDIS_URL=server.url, MOEMOJI_ENGINE=SMALL) as worker,
        ):
            await bot.ready()
            await worker.ready()
            telegram.fail("sendPhoto|editMessageMedia", 500)
            await telegram.write(2, "/avatar girl")
            await telegram.write(1, "/avatar girl background:nowhere")
            await telegram.write(1, "/show nothing")
            for _ in range(100):
                numbers = await scrape(where)
                if all(said in numbers for said in ('"429"', '"gone"', '"delivered"')):
                    break
                await asyncio.sleep(0.1)
    assert 'moemoji_ready{platform="telegram"} 1.0' in numbers
    assert 'moemoji_api_requests_total{platform="telegram",status="429"} 1.0' in numbers
    assert 'moemoji_refused_total{key="gone",platform="telegram"} 1.0' in numbers
    for outcome in ("retried", "delivered"):
        assert f'moemoji_deliveries_total{{outcome="{outcome}",platform="telegram"}} 1.0' in numbers
    assert "moemoji_queue_jobs" in numbers


async def test_what_discord_was_brought_and_how_it_went(server: EmbeddedRedis) -> None:
    where = port()
    async with (
        FakeDiscord() as discord,
        Program("worker", REDIS_URL=server.url, MOEMOJI_ENGINE=SMALL) as worker,
        Program(
            *("bot", "discord"),
            REDIS_URL=server.url,
            MOEMOJI_METRICS_PORT=str(where),
            MOEMOJI_USER_LIMIT="1/hour",
            **discord.environment,
        ) as bot,
    ):
        await worker.ready()
        await bot.ready()
        discord.fail(r"PATCH /webhooks", 429, retry_after=0.1, message="slow", **{"global": False})
        sent = await discord.slash(1, "avatar", wish="girl")
        await discord.until(lambda: sent.message is not None and bool(sent.message.files), 60)
        await discord.slash(1, "avatar", wish="boy")
        for _ in range(100):
            numbers = await scrape(where)
            if 'outcome="delivered"' in numbers and "moemoji_refused_total{" in numbers:
                break
            await asyncio.sleep(0.1)
    for line in (
        'moemoji_ready{platform="discord"} 1.0',
        'moemoji_api_requests_total{platform="discord",status="429"} 1.0',
        'moemoji_deliveries_total{outcome="delivered",platform="discord"} 1.0',
        'moemoji_delivery_seconds_count{platform="discord"} 1.0',
        'moemoji_refused_total{key="limit_user",platform="discord"} 1.0',
    ):
        assert line in numbers, (line, re.findall(r"^moemoji_(?:api|del|ref).*", numbers, re.M))


async def test_a_token_that_is_not_taken_is_one_sentence(server: EmbeddedRedis) -> None:
    async with FakeDiscord() as discord:
        env = discord.environment | {"DISCORD_TOKEN": "not-this-token"}
        async with Program("bot", "discord", REDIS_URL=server.url, **env) as bot:
            assert await bot.wait() == 78
    assert bot.log.endswith("DISCORD_TOKEN is not accepted by Discord; copy it anew.\n")
    assert "Traceback" not in bot.log
    assert "not-this-token" not in bot.log


@pytest.mark.parametrize("json_wanted", ["false", "true"])
async def test_colour_for_eyes_and_json_for_collectors(
    server: EmbeddedRedis, json_wanted: str
) -> None:
    """A worker in a terminal, without work."""
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "worker", "--burst"]
    env = {"REDIS_URL": server.url, "MOEMOJI_ENGINE": SMALL, "MOEMOJI_LOG_JSON": json_wanted}
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | env, stderr=end, stdout=end
    ) as worker:
        os.close(end)
        said = b""
        with suppress(OSError):  # Linux says so when the other end is closed.
            while data := os.read(terminal, 4096):
                said += data
        assert worker.wait(60) == 0
    os.close(terminal)
    lines = said.decode().splitlines()
    assert lines
    if json_wanted == "true":
        assert all(json.loads(line)["level"] for line in lines)
    else:
        assert all("\x1b[" in line for line in lines)


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = {"MOEMOJI_METRICS_PORT": str(taken.getsockname()[1]), "REDIS_URL": "redis://x"}
        async with Program("worker", **env) as worker:
            assert await worker.wait() == 78
    assert worker.log.startswith("MOEMOJI_METRICS_PORT")
    assert worker.log.count("\n") == 1


async def doctor(monkeypatch: pytest.MonkeyPatch, **env: str) -> dict[str, list[str]]:
    for name in ("REDIS_URL", "DISCORD_TOKEN", "TELEGRAM_TOKEN", "DISCORD_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found: dict[str, list[str]] = {}
    for row in await asyncio.to_thread(lambda: list(examine())):
        assert row.state == "ok" or row.todo, row
        found.setdefault(row.name, []).append(row.state)
    return found


async def test_the_doctor_finds_nothing(
    server: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FakeDiscord() as discord, FakeTelegram() as telegram:
        env = {**discord.environment, **telegram.environment, "REDIS_URL": server.url}
        found = await doctor(monkeypatch, **env)
    assert found["discord"] == found["telegram"] == found["settings"] == ["ok"]
    assert set(found["clock"]) == {"ok"}
    assert "broken" not in found["redis"]


async def test_the_doctor_finds_it(server: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await doctor(monkeypatch))["redis"] == ["broken"]
    assert (await doctor(monkeypatch, REDIS_URL=server.url))["tokens"] == ["broken"]
    async with FakeDiscord() as discord:
        base = discord.environment["DISCORD_API_BASE"]
        wrong = {"DISCORD_TOKEN": "not-this-token", "DISCORD_API_BASE": base}
        found = await doctor(monkeypatch, **wrong, REDIS_URL="redis://127.0.0.1:1")
        assert found["discord"] == ["broken"]
        assert found["redis"] == ["broken"]
        env = {**wrong, "REDIS_URL": server.url}
        with redis.Redis.from_url(server.url) as store:
            store.config_set("maxmemory-policy", "allkeys-lru")
            assert "broken" in (await doctor(monkeypatch, **env))["redis"]
            store.config_set("maxmemory-policy", "noeviction")
        async with Program("bot", "doctor", **env) as program:
            assert await program.wait() == 1
    assert "Reset Token" in program.log
    assert "not-this-token" not in program.log
    assert "Traceback" not in program.log


async def test_model_files(tmp_path: Path) -> None:
    assert [row[1] for row in weights_rows(tmp_path)] == ["broken"]
    file = tmp_path / "moe.safetensors"
    file.write_bytes(b"weights")
    assert [row[1] for row in weights_rows(tmp_path)] == ["broken"]
    manifest.record(file)
    assert [row[1] for row in weights_rows(tmp_path)] == ["ok"]
    for damaged in (b"weighty", b"weight", b""):
        file.write_bytes(damaged)
        assert [row[1] for row in weights_rows(tmp_path)] == ["broken"]
    ((_, _, found, todo),) = weights_rows(tmp_path)
    assert "moe.safetensors" in found
    assert todo.startswith("Fetch it again")
    file.unlink()
    file.with_name("other.safetensors").write_bytes(b"")
    assert [row[1] for row in weights_rows(tmp_path)] == ["broken", "broken"]


async def test_memory_is_the_least_of_what_there_is() -> None:
    assert 0 < (free_memory() or 0) < 1 << 24
