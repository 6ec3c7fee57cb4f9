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
from deploy.image import PREFIX, CheckError, Image  # noqa: E402

TARGETS = ("bot", "worker", "queue-dashboard")
BASE_MB = 131
"""What python:3.11-slim-bookworm weighs unpacked (amd64, as `docker images` shows it)."""
BOT_LIMIT_MB = 250
REDIS_PORT = 16390


def check(true: object, promise: str) -> None:
    """Print a promise that is kept.

    Raises:
        CheckError: if it is not.
    """
    if not true:
        raise CheckError(promise)
    print(f"  ok  {promise}", flush=True)


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

    for target, image in images.items():
        loose, foreign = image.unpinned(), image.foreign()
        but = "".join(f", but {name}" for name in [*loose, *sorted(foreign)])
        check(not loose, f"{target}: every package has the version that is pinned{but}")
        check(not foreign, f"{target}: needs no library that its base has not{but}")
    common = {**common, "MOEMOJI_LOG_JSON": "true", "MOEMOJI_METRICS_PORT": "16391"}
    bot, worker, board = (images.get(target) for target in TARGETS)
    if board is not None:
        print("queue-dashboard", flush=True)
        await asyncio.to_thread(board_lives, board, common)
    if worker is not None:
        print("worker", flush=True)
        print(f"      weighs {worker.megabytes():.0f} MB, and its base {BASE_MB} MB", flush=True)
        python = ["python", "-m", "worker"]
        await asyncio.to_thread(lives, worker, python, [*python, "health"], common)
        code, said = worker.run("python", "-c", "import cv2, mediapipe, onnxruntime, pillow_heif")
        check(code == 0, f"what reads photos and runs packs can be imported{said * (code != 0)}")
        ask = ["python", "-m", "generator", "models", "verify"]
        code, said = worker.run(*ask, MOEMOJI_PACKS="/tmp")
        check(code == 0 and "moe" in said, f"models verify: {' '.join(said.split())[:200]}")
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
