"""Health that tells the truth: real processes, real Redis, chats that go away."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis

from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import SMALL, Program
from worker.embedded import EmbeddedRedis, server_binary
from worker.health import check

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def said(*arguments: str, **environment: str) -> tuple[int | None, str]:
    """Run a command of ours to its end."""
    async with Program(*arguments, **environment) as program:
        code = await program.wait()
    return code, program.log.strip()


async def until_said(wanted: int, *arguments: str, **environment: str) -> str:
    end = time.monotonic() + 30
    while (answer := await said(*arguments, **environment))[0] != wanted:
        assert time.monotonic() < end, answer
        await asyncio.sleep(0.2)
    return answer[1]


async def test_a_worker(server: EmbeddedRedis) -> None:
    env = {"REDIS_URL": server.url, "MOEMOJI_ENGINE": SMALL, "MOEMOJI_METRICS_PORT": "0"}
    code, sentence = await said("worker", "health", **env)
    assert (code, sentence) == (1, "No worker of this machine gives a sign of life.")
    async with Program("worker", **env) as worker:
        await worker.ready()
        assert "idle" in await until_said(0, "worker", "health", **env)
        # Of another container it says nothing.
        assert check(server.url, "elsewhere")[0] is False
        assert worker.process is not None
        worker.process.send_signal(signal.SIGSTOP)
        await until_said(1, "worker", "health", **env)
        worker.process.send_signal(signal.SIGCONT)
        await until_said(0, "worker", "health", **env)
        worker.process.send_signal(signal.SIGKILL)
        await until_said(1, "worker", "health", **env)


async def test_a_worker_whose_loop_is_dead_though_it_beats(server: EmbeddedRedis) -> None:
    name = f"{socket.gethostname()}-1-abcdef"
    with redis.Redis.from_url(server.url) as store:
        store.zadd("moemoji:workers", {name: time.time() + 60})
        stamp = "2020-01-01T00:00:00.000000Z"
        store.hset(f"rq:worker:{name}", mapping={"state": "idle", "last_heartbeat": stamp})
        assert check(server.url) == (False, f"{name} beats, but does not look for jobs.")
        store.hset(f"rq:worker:{name}", "state", "busy")
        assert check(server.url)[0] is True
        store.delete("moemoji:workers", f"rq:worker:{name}")


async def test_discord_follows_the_gateway(server: EmbeddedRedis) -> None:
    async with FakeDiscord() as discord:
        env = {"REDIS_URL": server.url, **discord.environment}
        async with Program("bot", "discord", **env) as bot:
            await bot.ready()
            await until_said(0, "bot", "health", "discord", **env)
            await discord.__aexit__(None, None, None)
            sentence = await until_said(1, "bot", "health", "discord", **env)
            assert "gateway is not connected" in sentence
            assert bot.process is not None
            assert bot.process.returncode is None
        sentence = await until_said(1, "bot", "health", "discord", **env)
        assert "no sign of life" in sentence


async def test_telegram_follows_the_updater(server: EmbeddedRedis) -> None:
    async with FakeTelegram() as telegram:
        env = {"REDIS_URL": server.url, **telegram.environment}
        async with Program("bot", "telegram", **env) as bot:
            await bot.ready()
            await until_said(0, "bot", "health", "telegram", **env)
            # Each frontend stands for itself.
            assert (await said("bot", "health", "discord", **env, DISCORD_TOKEN="x" * 12))[0] == 1
            with redis.Redis.from_url(server.url) as store:
                (key,) = store.keys("moemoji:frontend:telegram:*")
                assert 0 < store.ttl(key) <= 30
                assert set(json.loads(store.get(key))) == {"at", "wrong", "pid"}
        assert (await said("bot", "health", "telegram", **env))[0] == 1


async def test_telegram_that_gives_no_updates(server: EmbeddedRedis) -> None:
    async with FakeTelegram() as telegram:
        env = {"REDIS_URL": server.url, **telegram.environment}
        async with Program("tests.deploy.hasty_telegram", **env) as bot:
            await bot.ready()
            await until_said(0, "bot", "health", "telegram", **env)
            await telegram.__aexit__(None, None, None)
            sentence = await until_said(1, "bot", "health", "telegram", **env)
            assert sentence == "The telegram frontend runs, but Telegram does not answer."
            assert bot.process is not None
            assert bot.process.returncode is None


async def test_redis_and_its_password() -> None:
    code, sentence = await said("worker", "health", REDIS_URL="redis://:s3cret@127.0.0.1:1/0")
    assert (code, sentence) == (1, "Redis does not answer at REDIS_URL.")


async def test_the_password_of_redis(tmp_path: Path) -> None:
    """start.sh and health.sh as the image runs them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    config = (ROOT / "deploy/redis/redis.conf").read_text()
    config = config.replace("dir /data", f"dir {tmp_path}").replace("port 6379", f"port {port}")
    (tmp_path / "redis.conf").write_text(config)
    env = os.environ | {
        "PATH": f"{Path(server_binary()).parent}:{os.environ['PATH']}",
        "SECRETS": str(tmp_path),
        "CONFIG": str(tmp_path / "redis.conf"),
    }
    start = ["sh", "deploy/redis/start.sh", "--bind", "127.0.0.1"]
    health = ["sh", "deploy/redis/health.sh", "-p", port]
    server = subprocess.Popen(start, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 10
        while subprocess.run(health, cwd=ROOT, env=env, capture_output=True).returncode:
            assert time.monotonic() < end
            await asyncio.sleep(0.1)
        file = tmp_path / "redis-password"
        assert len(file.read_text()) == 64
        assert file.stat().st_mode & 0o007 == 0
        assert file.read_bytes() not in Path(f"/proc/{server.pid}/cmdline").read_bytes()
        url = f"redis://127.0.0.1:{port}/0"
        for wrong in (url, url.replace("//", "//:wrong@")):
            well, sentence = check(wrong)
            assert not well
            assert "another password" in sentence
        found = await said("worker", "health", REDIS_URL=url, REDIS_PASSWORD_FILE=str(file))
        assert found == (1, "No worker of this machine gives a sign of life.")
        lost = await said("worker", "health", REDIS_URL=url, REDIS_PASSWORD_FILE="/nowhere")
        assert lost[0] == 78
        assert "REDIS_PASSWORD_FILE" in lost[1]
    finally:
        server.terminate()
        assert server.wait(10) == 0
    refused = subprocess.run(
        start, cwd=ROOT, env=env | {"REDIS_PASSWORD": 'a"b'}, capture_output=True, text=True
    )
    assert refused.returncode == 78
    assert 'a"b' not in refused.stdout + refused.stderr


@pytest.mark.parametrize("frontend", ["discord", "telegram"])
async def test_a_frontend_without_a_token(frontend: str) -> None:
    env = {"REDIS_URL": "redis://127.0.0.1:1/0", f"{frontend.upper()}_TOKEN": ""}
    code, sentence = await said("bot", frontend, **env, MOEMOJI_TOKEN_OPTIONAL="true")
    assert code == 0
    assert sentence == (
        f"{frontend.upper()}_TOKEN is not set: the {frontend} frontend is not used and ends."
    )
    assert (await said("bot", frontend, **env))[0] == 78
