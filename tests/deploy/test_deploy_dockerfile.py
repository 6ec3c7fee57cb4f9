"""The Dockerfile's habits, as hadolint would judge them, and what may get into an image."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from deploy import dockerfile  # noqa: E402

TEXT = (ROOT / "Dockerfile").read_text()
ARGUMENTS, STAGES = dockerfile.read(TEXT)
FINAL = ("bot", "worker", "redis", "queue-dashboard")
EVERY = [(name, *step) for name, stage in STAGES.items() for step in stage.steps]


def runs(stage: str) -> list[str]:
    return [rest for name, step, rest in EVERY if step == "RUN" and name == stage]


def test_every_base_image_has_a_version():
    for stage in STAGES.values():
        if stage.base not in STAGES:
            assert re.search(r":\d+\.\d+-\w+", stage.base), stage.base


@pytest.mark.parametrize("name", FINAL)
def test_final_images(name):
    stage = STAGES[name]
    uid, _ = (stage.last("USER") or "0:0").split(":")
    assert int(uid) > 0
    assert stage.steps[-1][0] in ("ENTRYPOINT", "CMD")
    # Nothing is done as root after the user is chosen.
    steps = [step for step, _ in stage.steps]
    assert "RUN" not in steps[steps.index("USER") :]
    for label in ("title", "description", "licenses"):
        assert f"org.opencontainers.image.{label}" in (stage.last("LABEL") or "")
    for step, rest in stage.steps:
        if step in ("ENTRYPOINT", "CMD"):
            assert isinstance(json.loads(rest), list)


def test_habits():
    for _, step, rest in EVERY:
        assert step not in ("ADD", "MAINTAINER", "ONBUILD", "SHELL", "EXPOSE")
        if step == "WORKDIR":
            assert rest.startswith("/")
        if step == "RUN":
            assert not re.search(r"\b(sudo|curl|wget|apt-get|ssh|chmod 777)\b", rest)
            if "pip" in rest and "install" in rest:
                assert "--constraint constraints.txt" in rest or "--no-deps" in rest
        assert not re.search(r"(?i)(token|password|secret)\s*=", rest)
    assert TEXT.startswith("# syntax=docker/dockerfile:1\n")
    assert not re.search(r"(?i)^ARG .*(token|password|secret)", TEXT, re.M)


def test_torch_is_only_in_the_workers_image():
    assert any("torch" in run for run in runs("build-worker"))
    assert ARGUMENTS.keys() == {"PYTHON", "REDIS"}
    for name in set(STAGES) - {"build-worker"}:
        assert not any("torch" in run or "[worker" in run for run in runs(name))


def test_torch_is_a_cpu_build_unless_the_builder_says_otherwise():
    (default,) = (rest for _, step, rest in EVERY if step == "ARG")
    assert default == "TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu"
    assert "${TORCH_INDEX_URL:+--index-url" in TEXT
    # That index is asked for torch alone, and nothing else is fetched from a place named here.
    assert re.findall(r"https?://\S+", TEXT) == [default.partition("=")[2]]
    (asking,) = (run for run in runs("build-worker") if "--index-url" in run)
    assert "--no-deps" in asking
    assert asking.split()[-1] == "torch"
    # Whatever comes later finds it there, in the pinned version, and does not fetch another.
    later = runs("build-worker")[runs("build-worker").index(asking) + 1 :]
    assert all("--constraint constraints.txt" in run and "--upgrade" not in run for run in later)


def test_what_seldom_changes_comes_first():
    steps = [rest for _, rest in STAGES["build-worker"].steps]
    torch = next(at for at, rest in enumerate(steps) if " torch" in rest)
    code = next(at for at, rest in enumerate(steps) if rest.startswith("generator"))
    assert torch < code


def test_the_password_volume_has_one_owner_everywhere():
    made = re.findall(
        r"install --directory (--owner \S+ --group \S+ --mode \S+) /run/moemoji", TEXT
    )
    assert len(made) == 2
    assert len(set(made)) == 1
    redis_user = STAGES["redis"].last("USER")
    group = (STAGES["worker"].last("USER") or "").split(":")[1]
    assert redis_user == f"999:{group}"
    assert made[0] == f"--owner 999 --group {group} --mode 2750"


def test_the_queue_dashboards_requirements_are_exact():
    lines = (ROOT / "deploy/queue-dashboard/requirements.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in pins)
    # It reads what our rq writes: the same version.
    constraints = (ROOT / "constraints.txt").read_text().splitlines()
    assert {line for line in pins if line.startswith(("rq==", "redis=="))} <= set(constraints)


def test_the_context(tmp_path):
    for name in (".dockerignore", "pyproject.toml", "constraints.txt", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    for private in (
        ".env",
        "bot/.env",
        "runs/x.pt",
        "bot/__pycache__/a.pyc",
        ".git/config",
        "a.pem",
    ):
        (tmp_path / private).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / private).write_text("private")
    (tmp_path / "bot/main.py").write_text("")
    (tmp_path / "bot/texts").mkdir()
    (tmp_path / "bot/texts/en.toml").write_text("")
    sent = {str(path) for path in dockerfile.context(tmp_path)}
    assert sent == {
        *("pyproject.toml", "constraints.txt", "README.md", "LICENSE"),
        *("bot/main.py", "bot/texts/en.toml"),
    }


def test_what_is_copied_is_in_the_context():
    sent = {str(path) for path in dockerfile.context(ROOT)}
    for _, step, rest in EVERY:
        if step == "COPY" and not rest.startswith("--from="):
            for source in rest.split()[:-1]:
                assert any(path == source or path.startswith(source + "/") for path in sent), source
    assert not any(".env" in path or "tests" in path for path in sent)


def test_constraints_pin_everything_once():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line.split("==")[0].lower() for line in lines if not line.startswith("#")]
    assert all("==" in line for line in lines if not line.startswith("#"))
    assert len(pins) == len(set(pins))
    # One stands in for the other in the worker's image.
    version = dict(line.lower().split("==") for line in lines if not line.startswith("#"))
    assert version["opencv-contrib-python-headless"] == version["opencv-contrib-python"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", sorted((ROOT / "deploy/systemd").glob("*.service"), key=str))
def test_units(unit, tmp_path):
    text = unit.read_text()
    assert "User=moemoji" in text
    copy = tmp_path / unit.name
    copy.write_text(text.replace("/opt/moemoji/venv/bin/python", sys.executable))
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True
    )
    assert unit.name not in found.stderr, found.stderr


def test_units_stop_as_patiently_as_compose():
    compose = (ROOT / "docker-compose.yml").read_text()
    for name in ("worker@", "discord", "telegram"):
        text = (ROOT / f"deploy/systemd/moemoji-{name}.service").read_text()
        (timeout,) = re.findall(r"^TimeoutStopSec=(\d+)$", text, re.M)
        assert f"stop_grace_period: {timeout}s" in compose
        assert "RestartPreventExitStatus=78" in text
