"""`make image-check`: the Dockerfile's steps without Docker, and the programs as they run in it.

For each target the COPY and RUN steps are executed in an empty prefix: a fresh virtual environment
from the pinned constraints. Then the entry point is started as the image's user, without
capabilities, on a root file system that is mounted read only, with only /tmp to write to; its
health command is asked, its uid read, and it is stopped with SIGTERM. Redis runs from its own
start.sh; Discord and Telegram are the tests' servers on loopback.

Needs root (for the mount namespace); without it the programs run uncontained, and that is said.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from deploy import dockerfile  # noqa: E402

PREFIX = ROOT / "build" / "image-check"
TARGETS = ("bot", "worker", "queue-dashboard")
BASE_MB = 131
"""What python:3.11-slim-bookworm weighs unpacked (amd64, as `docker images` shows it)."""
BOT_LIMIT_MB = 250
REDIS_PORT = 16390


class CheckError(Exception):
    """A promise of the image that it does not keep."""


def check(true: object, promise: str) -> None:
    """Print a promise that is kept.

    Raises:
        CheckError: if it is not.
    """
    if not true:
        raise CheckError(promise)
    print(f"  ok  {promise}", flush=True)


class Image:
    """A target of the Dockerfile, built in a directory.

    Args:
        target: The stage's name.
        arguments: As --build-arg; an empty TORCH_INDEX_URL means pip's own configuration.
    """

    def __init__(self, target: str, arguments: dict[str, str]) -> None:
        defaults, self._stages = dockerfile.read((ROOT / "Dockerfile").read_text())
        self._values = {**defaults, **arguments}
        self.target = target
        self.lineage = dockerfile.lineage(self._stages, target)
        self.prefix = PREFIX / target
        self.venv = self.prefix / "venv"
        self.user = self.lineage[-1].last("USER") or "0:0"
        self._values.update(
            (name, value)
            for stage in self._stages.values()
            for step, rest in stage.steps
            if step == "ARG"
            for name, _, value in [rest.partition("=")]
            if name not in self._values
        )

    def build(self) -> None:
        """Execute the steps of the target and of the stages that it copies from."""
        shutil.rmtree(self.prefix, ignore_errors=True)
        self.prefix.mkdir(parents=True)
        for stage in self.lineage:
            for name, rest in stage.steps:
                if name == "COPY" and rest.startswith("--from="):
                    source = rest.split()[0].removeprefix("--from=")
                    for built in dockerfile.lineage(self._stages, source):
                        self._steps(built)
        self._steps(self.lineage[-1])

    def _steps(self, stage: dockerfile.Stage) -> None:
        here = self.prefix / "srv"
        here.mkdir(exist_ok=True)
        environment = dict(os.environ)
        for name, rest in stage.steps:
            if name == "WORKDIR":
                here = self.prefix / rest.lstrip("/")
                here.mkdir(parents=True, exist_ok=True)
            elif name == "ENV":
                environment |= {
                    key: value
                    for key, value in dockerfile.environment([stage]).items()
                    if key.startswith("PIP_")
                }
            elif name == "COPY" and not rest.startswith("--from="):
                *sources, target = rest.split()
                self._copy(sources, here / target if target[0] != "/" else self._path(target))
            elif name == "RUN" and "useradd" not in rest:
                self._run(rest, here, environment)

    def _copy(self, sources: list[str], target: Path) -> None:
        for file in dockerfile.context(ROOT):
            for source in map(Path, sources):
                if file == source:
                    whole = target / file.name if len(sources) > 1 or target.is_dir() else target
                elif file.is_relative_to(source):
                    whole = target / file.relative_to(source)
                else:
                    continue
                whole.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / file, whole)

    def _run(self, command: str, here: Path, environment: dict[str, str]) -> None:
        for path in ("/venv", "/etc/moemoji"):
            command = command.replace(f" {path}", f" {self._path(path)}")
        tools = self.prefix / "tools"
        tools.mkdir(exist_ok=True)
        for tool, what in (("python", sys.executable), ("pip", f"{sys.executable} -m pip")):
            (tools / tool).write_text(f'#!/bin/sh\nexec {what} "$@"\n')
            (tools / tool).chmod(0o755)
        print(f"  RUN {command[:110]}", flush=True)
        made = subprocess.run(
            ["sh", "-c", dockerfile.expand(command, self._values)],
            cwd=here,
            env=environment | {"PATH": f"{tools}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        if made.returncode:
            raise CheckError(f"{self.target}: {command}\n{made.stdout[-800:]}{made.stderr[-1500:]}")

    def _path(self, inside: str) -> Path:
        return self.prefix / inside.lstrip("/")

    def megabytes(self) -> float:
        """The size of the virtual environment, as a layer counts it."""
        files = (f for f in self.venv.rglob("*") if f.is_file() and not f.is_symlink())
        return sum(f.stat().st_size for f in files) / 1e6

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a program of the image, contained."""
        inside = self.venv / "bin" / arguments[0]
        command = [str(inside) if inside.exists() else arguments[0], *arguments[1:]]
        return subprocess.Popen(
            contained(command, self.user),
            cwd="/",
            env={"PATH": f"{self.venv}/bin:/usr/bin:/bin", "HOME": "/tmp", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run a program of the image to its end; its exit code and what it said."""
        process = self.start(*arguments, **environment)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said


def contained(command: list[str], user: str) -> list[str]:
    """The command as a container would run it, if we may."""
    if os.geteuid() != 0:
        return command
    uid, gid = user.split(":")
    # An interpreter in root's home is shown again at its place, the rest of that home is not.
    home, python = "/root", os.path.realpath(sys.base_prefix)
    script = "set -e; mount --make-rprivate /; mount --bind / /; mount -o remount,ro,bind /; "
    if python.startswith(home):
        script += f"mount -t tmpfs t /mnt; mkdir /mnt/p; mount --bind {python} /mnt/p; "
        script += f"mount -t tmpfs -o mode=755 t {home}; mkdir -p {python}; "
        script += f"mount --bind /mnt/p {python}; "
    script += "mount -t tmpfs -o mode=1777,size=64m t /tmp; "
    script += f"exec setpriv --reuid {uid} --regid {gid} --clear-groups --bounding-set=-all "
    script += '--inh-caps=-all --no-new-privs -- "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh", *command]


def status(pid: int, name: str) -> str:
    """A line of /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split(":", 1)[1].strip() for line in lines if line.startswith(f"{name}:"))


@contextmanager
def redis() -> Iterator[dict[str, str]]:
    """Redis from its image's script and configuration; the environment that finds it."""
    from worker.embedded import server_binary

    _, stages = dockerfile.read((ROOT / "Dockerfile").read_text())
    home = PREFIX / "redis"
    shutil.rmtree(home, ignore_errors=True)
    (home / "data").mkdir(parents=True)
    secrets = home / "secrets"
    secrets.mkdir()
    if os.geteuid() == 0:
        group = int((stages["worker"].last("USER") or "0:0").split(":")[1])
        os.chown(secrets, 0, group)
        secrets.chmod(0o2750)
    config = (ROOT / "deploy/redis/redis.conf").read_text()
    config = config.replace("dir /data", f"dir {home / 'data'}")
    (home / "redis.conf").write_text(config.replace("port 6379", f"port {REDIS_PORT}"))
    where = {
        "PATH": f"{Path(server_binary()).parent}:{os.environ['PATH']}",
        "SECRETS": str(secrets),
        "CONFIG": str(home / "redis.conf"),
    }
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            ["sh", "deploy/redis/start.sh", "--bind", "127.0.0.1"],
            cwd=ROOT,
            env=where,
            stdout=log,
            stderr=log,
        )
    try:
        health = ["sh", "deploy/redis/health.sh", "-p", str(REDIS_PORT)]
        well = lambda: subprocess.run(health, cwd=ROOT, env=where, capture_output=True).returncode  # noqa: E731
        until(lambda: well() == 0, server, 20)
        print("redis", flush=True)
        check(True, "answers with its password, and only with it")
        password = (secrets / "redis-password").read_bytes()
        shown = Path(f"/proc/{server.pid}/cmdline").read_bytes()
        check(password not in shown, "the password is no argument of the process")
        yield {
            "REDIS_URL": f"redis://127.0.0.1:{REDIS_PORT}/0",
            "REDIS_PASSWORD_FILE": str(secrets / "redis-password"),
        }
    finally:
        server.terminate()
        server.wait(20)


def until(true: Callable[[], object], process: subprocess.Popen[str], seconds: float) -> None:
    """Wait for something to be so while a process runs.

    Raises:
        CheckError: if the process ends, or it takes too long.
    """
    end = time.monotonic() + seconds
    while not true():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            said = process.stdout.read()[-1500:] if process.stdout else ""
            raise CheckError(f"{process.args} is not ready:\n{said}")
        time.sleep(0.3)


def lives(image: Image, command: list[str], health: list[str], env: dict[str, str]) -> None:
    """Start it, ask its health, look at its uid, end it."""
    name = " ".join(command[2:])
    process = image.start(*command, **env)
    try:
        until(lambda: image.run(*health, **env)[0] == 0, process, 120)
        check(True, f"{name}: starts and is healthy")
        if os.geteuid() == 0:
            uid = status(process.pid, "Uid").split()
            check(set(uid) == {image.user.split(":")[0]}, f"{name}: runs as uid {uid[0]}")
            check(int(status(process.pid, "CapEff"), 16) == 0, f"{name}: has no capabilities")
            check(status(process.pid, "NoNewPrivs") == "1", f"{name}: can gain no privileges")
        with socket.create_connection(("127.0.0.1", int(env["MOEMOJI_METRICS_PORT"])), 5) as asked:
            asked.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: asked.recv(65536), b""))
        check(b"moemoji_queue_jobs" in answer, f"{name}: answers Prometheus")
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
        check(code == 0, f"{name}: ends with {code} after SIGTERM")
        check(image.run(*health, **env)[0] == 1, f"{name}: is unhealthy when it is gone")
    finally:
        process.kill()
        process.wait()


def redis_client(common: dict[str, str]) -> Redis:
    """A client for the server of `redis`."""
    password = Path(common["REDIS_PASSWORD_FILE"]).read_text()
    return Redis.from_url(common["REDIS_URL"], password=password)


def board_lives(board: Image, common: dict[str, str]) -> None:
    """rq-dashboard shows our queues."""
    script = str(board.prefix / "etc/moemoji/start.sh")
    with redis_client(common) as store:
        store.sadd("rq:queues", "rq:queue:high")
    process = board.start("sh", script, "--bind", "127.0.0.1", **common)
    shown = ""

    def answers() -> bool:
        nonlocal shown
        try:
            with urllib.request.urlopen("http://127.0.0.1:9181/0/data/queues.json", None, 5) as got:
                shown = got.read().decode()
        except OSError:
            return False
        return True

    try:
        until(answers, process, 60)
        check('"high"' in shown, "starts and shows the queues")
    finally:
        process.terminate()
        process.wait(20)


async def programs(images: dict[str, Image], common: dict[str, str]) -> None:
    """Every program of the images that were built."""
    from tests.e2e.fake_discord import FakeDiscord
    from tests.e2e.fake_telegram import FakeTelegram

    common = {**common, "MOEMOJI_LOG_JSON": "true", "MOEMOJI_METRICS_PORT": "16391"}
    bot, worker, board = (images.get(target) for target in TARGETS)
    if board is not None:
        print("queue-dashboard", flush=True)
        await asyncio.to_thread(board_lives, board, common)
    if worker is not None:
        print("worker", flush=True)
        python = ["python", "-m", "worker"]
        await asyncio.to_thread(lives, worker, python, [*python, "health"], common)
    if bot is not None:
        print("bot", flush=True)
        size = bot.megabytes()
        total = size + BASE_MB
        check(total < BOT_LIMIT_MB, f"weighs {size:.0f} MB, with its base about {total:.0f} MB")
        check(bot.run("python", "-c", "import torch")[0] != 0, "has no torch")
        for name in ("discord", "telegram"):
            code, said = await asyncio.to_thread(
                lambda name=name: bot.run(
                    *("python", "-m", "bot", name), MOEMOJI_TOKEN_OPTIONAL="true", **common
                )
            )
            check(code == 0 and "TOKEN is not set" in said, f"{name}: without a token it ends: 0")
        async with FakeDiscord() as discord, FakeTelegram() as telegram:
            for name, fake in (("discord", discord), ("telegram", telegram)):
                python = ["python", "-m", "bot"]
                env = {**common, **fake.environment}
                health = [*python, "health", name]
                await asyncio.to_thread(lives, bot, [*python, name], health, env)
            env = {**common, **discord.environment, **telegram.environment}
            code, said = await asyncio.to_thread(
                lambda: bot.run("python", "-m", "bot", "doctor", **env)
            )
            print("      " + said.strip().replace("\n", "\n      "))
            check(code == 0, "doctor: finds nothing broken")


def main() -> int:
    """Build and check; 0 if every promise is kept."""
    parser = argparse.ArgumentParser(prog="image_check", description=__doc__)
    parser.add_argument("targets", nargs="*", default=TARGETS, help=", ".join(TARGETS))
    parser.add_argument("--build-arg", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--built", action="store_true", help="use what the last run built")
    chosen = parser.parse_args()
    arguments = dict(pair.split("=", 1) for pair in chosen.build_arg)
    if os.geteuid() != 0:
        print("Not root: the programs run with your own user and file system.")
    images = {target: Image(target, arguments) for target in chosen.targets}
    try:
        for target, image in images.items():
            if not (chosen.built and image.venv.exists()):
                print(f"building {target}", flush=True)
                image.build()
        with redis() as found:
            asyncio.run(programs(images, found))
    except CheckError as error:
        print(f"  NOT {error}")
        return 1
    print("Every promise is kept.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
