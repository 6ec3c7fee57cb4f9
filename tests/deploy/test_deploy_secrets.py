"""No secret in tracked files, logs or process arguments; images and compose have tests beside this.

Also: every test that the page on security names is there.
"""

from __future__ import annotations

import ast
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis

from tests.e2e.fake_discord import TOKEN as DISCORD_TOKEN
from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import TOKEN as TELEGRAM_TOKEN
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import Program
from worker.embedded import server_binary

ROOT = Path(__file__).parents[2]
SECURITY = (ROOT / "docs/security.md").read_text()
# https://github.com/Yelp/detect-secrets has the shapes.
SHAPES = re.compile(
    rb"[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,}"
    rb"|\b\d{8,10}:[A-Za-z0-9_-]{35}\b"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    rb"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-[\w-]{10,}"
    rb"|https://[0-9a-f]{32}@"
)


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_the_shapes_are_found() -> None:
    for secret in (
        "M" + "a" * 24 + "." + "b" * 6 + "." + "c" * 30,
        "1234567890:" + "x" * 35,
        "-----BEGIN RSA PRIVATE" + " KEY-----",
    ):
        assert SHAPES.search(f"token = {secret}".encode())


def test_no_tracked_file_has_a_secret() -> None:
    files = tracked()
    for path in files:
        assert path.name != ".env"
        assert path.suffix not in (".pem", ".key", ".p12", ".rdb", ".aof")
        if path.is_file() and path.suffix not in (".safetensors", ".png"):
            assert SHAPES.search(path.read_bytes()) is None, path
    assert ROOT / "bot/settings.py" in files


def arguments(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def test_a_run_shows_no_secret(tmp_path: Path) -> None:
    """All four programs, at the most talkative level, with things that go well and badly."""
    password, word, user = secrets.token_hex(16), "marshmallow", 4711081547
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = (ROOT / "deploy/redis/redis.conf").read_text()
    config = config.replace("dir /data", f"dir {tmp_path}").replace("port 6379", f"port {port}")
    (tmp_path / "redis.conf").write_text(config)
    store = subprocess.Popen(
        ["sh", "deploy/redis/start.sh", "--bind", "127.0.0.1"],
        cwd=ROOT,
        env={
            "PATH": f"{Path(server_binary()).parent}:{os.environ['PATH']}",
            "SECRETS": str(tmp_path),
            "CONFIG": str(tmp_path / "redis.conf"),
            "REDIS_PASSWORD": password,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        end = time.monotonic() + 30
        while True:
            try:
                redis.Redis(port=port, password=password, retry=None).ping()
                break
            except redis.exceptions.RedisError:
                assert time.monotonic() < end
                time.sleep(0.1)
        env = {
            "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "REDIS_PASSWORD_FILE": str(tmp_path / "redis-password"),
            "MOEMOJI_LOG_LEVEL": "DEBUG",
        }
        async with (
            FakeDiscord() as discord,
            FakeTelegram() as telegram,
            Program("worker", **env, MOEMOJI_ENGINE="tests.worker.engines:SmallEngine") as worker,
            Program("bot", "discord", **env, **discord.environment) as one,
            Program("bot", "telegram", **env, **telegram.environment) as other,
        ):
            programs = (worker, one, other)
            for program in programs:
                await program.ready()
            telegram.fail("sendPhoto|editMessageMedia", 500, times=1)
            await telegram.write(user, f"/avatar girl {word}")
            await telegram.until(lambda: any(m.files for m in telegram.in_chat(user)))
            sent = await discord.slash(user, "avatar", wish=f"girl {word}")
            await discord.until(lambda: sent.message is not None and bool(sent.message.files))
            # The engine raises at this seed.
            await telegram.write(user + 1, f"/avatar girl {word} seed:4000000001 count:1")
            await telegram.until(
                lambda: any("went wrong" in m.text for m in telegram.in_chat(user + 1))
            )
            await telegram.write(user + 2, f"/avatar sex {word}")
            await telegram.until(lambda: bool(telegram.in_chat(user + 2)))
            shown = [arguments(p.process.pid) for p in programs if p.process is not None]
            shown.append(arguments(store.pid))
        shown += [program.log.encode() for program in programs]
    finally:
        store.terminate()
        said, _ = store.communicate(timeout=30)
    everything = b"\n".join([*shown, said])
    assert b"draw-failed" in everything
    assert b"delivered" in everything
    for secret in (password, DISCORD_TOKEN, TELEGRAM_TOKEN, TELEGRAM_TOKEN.split(":")[1], word):
        assert secret.encode() not in everything
    # Nor who it was.
    assert str(user).encode() not in everything


def test_every_cannot_names_its_test() -> None:
    rows = [
        line for line in SECURITY.splitlines() if re.match(r"\| (?!they cannot|it cannot)", line)
    ]
    assert len(rows) > 40
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row)
        assert named, row
        for path, name in named:
            tree = ast.parse((ROOT / path).read_text())
            made = {
                node.name
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            assert name in made, f"{path} has no {name}"
