"""Photos never touch the disk: both Redis servers as shipped, and a search through their files."""

from __future__ import annotations

import re
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from bot.doctor import examine
from bot.texts import LANGUAGES, texts
from tests.deploy.servers import ROOT, Shipped, port
from worker.embedded import EmbeddedRedis, server_binary
from worker.jobs import Address, Author, DrawRequest
from worker.ledger import Ledger, connection
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings
from worker.upload_store import UploadsOffError

ME = Author(platform="discord", user_id="1")


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def write_everything(client: redis.Redis) -> None:
    client.save()
    client.bgrewriteaof()
    end = time.monotonic() + 30
    while client.info("persistence")["aof_rewrite_in_progress"]:
        assert time.monotonic() < end
        time.sleep(0.05)


async def test_a_photo_is_in_no_file(shipped: Callable[[str], Shipped]) -> None:
    on_file, in_memory = shipped("redis"), shipped("uploads")
    jobs, memory = on_file.url, in_memory.url
    # Random bytes: compression, which snapshots use, cannot hide them.
    photo, control = secrets.token_bytes(20_000), secrets.token_bytes(20_000)
    queue = await JobQueue.connect(jobs, QueueSettings(uploads_url=memory))
    upload = await queue.upload(ME, photo)
    request = DrawRequest(
        author=ME,
        address=Address(platform="discord", chat_id="7"),
        uploads=(upload,),
    )
    await queue.submit(request)
    # Where it is to be had again is as good as the photo.
    address = f"https://cdn/{secrets.token_hex(32)}"
    await queue.note(ME, request.job_id, address)
    settings = WorkerSettings(REDIS_URL=jobs, uploads_url=memory)
    ledger = Ledger(connection(jobs, attempts=1), "w", settings)
    (claim,) = ledger.claim([], more=1)
    assert claim.request is not None
    assert ledger.uploads(claim.request) == [photo]
    with redis.Redis.from_url(jobs) as client:
        client.set("control", control)
        write_everything(client)
    with redis.Redis.from_url(memory) as client:
        assert client.dbsize() == 4
        for command in ("SAVE", "BGSAVE", "BGREWRITEAOF", "SHUTDOWN", "PSYNC"):
            with pytest.raises(redis.exceptions.ResponseError, match="unknown command"):
                client.execute_command(command)
        ledger.begin([request.job_id])
        assert ledger.done(request, (), [b"png"], 0.1)
        assert not client.exists(f"moemoji:upload:{upload}")
    written = on_disk(on_file.folder)
    # The search finds what is there.
    assert control[:64] in written
    assert photo[:64] not in written
    assert photo[-64:] not in written
    assert address.encode() not in written
    assert await queue.noted(request.job_id) == address.encode()
    assert on_disk(in_memory.folder) == b""
    await queue.close()


async def test_a_redis_that_writes_is_given_no_photo(
    shipped: Callable[[str], Shipped], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = shipped("redis")
    jobs = server.url
    photo = secrets.token_bytes(20_000)
    for settings in (QueueSettings(), QueueSettings(uploads_url=jobs)):
        queue = await JobQueue.connect(jobs, settings)
        with pytest.raises(UploadsOffError) as refusal:
            await queue.upload(ME, photo)
        with pytest.raises(UploadsOffError):
            await queue.note(ME, "job", "https://cdn/1")
        await queue.close()
    for language in LANGUAGES:
        assert "/avatar" in texts(language)(f"errors.{refusal.value.key}")
    with redis.Redis.from_url(jobs) as client:
        write_everything(client)
    assert photo[:64] not in on_disk(server.folder)
    monkeypatch.setenv("REDIS_URL", jobs)
    (row,) = [row for row in examine() if row.name == "photos"]
    assert row.state == "note"
    assert "MOEMOJI_UPLOADS_URL" in row.todo


async def test_the_two_servers_that_the_manual_sets_up_without_docker(tmp_path: Path) -> None:
    """Its own commands, as they stand there, but for the folder and what systemd does."""
    manual = (ROOT / "docs/deployment.md").read_text().split("Two Redis servers")[1]
    commands = manual.split("```sh\n")[1].split("```")[0].replace("/etc/redis/", f"{tmp_path}/")
    commands = re.sub(r"^(?:chown|systemctl) .*\n", "", commands, flags=re.M)
    (tmp_path / "redis.conf").write_text("port 6379\n")
    subprocess.run(["sh", "-euc", commands], cwd=ROOT, check=True)
    (password,) = re.findall(r"^requirepass (\w{32})$", (tmp_path / "redis.conf").read_text(), re.M)
    servers, urls = [], []
    try:
        for name in ("redis", "redis-uploads"):
            where = port()
            command = [server_binary(), f"{tmp_path}/{name}.conf", "--port", where]
            servers.append(subprocess.Popen([*command, "--dir", str(tmp_path)]))
            urls.append(f"redis://:{password}@127.0.0.1:{where}/0")
        for url in urls:
            with redis.Redis.from_url(url, retry=Retry(ConstantBackoff(0.1), 300)) as client:
                client.ping()
                assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
        queue = await JobQueue.connect(urls[0], QueueSettings(uploads_url=urls[1]))
        assert await queue.upload(ME, b"photo")
        await queue.close()
        queue = await JobQueue.connect(urls[0], QueueSettings())
        with pytest.raises(UploadsOffError):
            await queue.upload(ME, b"photo")
        await queue.close()
        (memory,) = re.findall(r"^port.*", (tmp_path / "redis-uploads.conf").read_text(), re.M)
        assert memory == "port 6380"
    finally:
        for server in servers:
            server.terminate()
            server.wait(30)


async def test_snapshots_alone_are_writing_too() -> None:
    with EmbeddedRedis() as server, redis.Redis.from_url(server.url) as client:
        queue = await JobQueue.connect(server.url, QueueSettings())
        await queue.upload(ME, b"photo")
        client.config_set("save", "3600 1")
        with pytest.raises(UploadsOffError):
            await queue.upload(ME, b"photo")
        await queue.close()


async def test_a_managed_redis_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedRedis() as server, redis.Redis.from_url(server.url) as client:
        client.acl_setuser("default", enabled=True, nopass=True, categories=["+@all"], keys=["*"])
        client.execute_command("ACL", "SETUSER", "default", "-config")
        queue = await JobQueue.connect(server.url, QueueSettings())
        with pytest.raises(UploadsOffError):
            await queue.upload(ME, b"photo")
        await queue.close()
        queue = await JobQueue.connect(server.url, QueueSettings(uploads_url=server.url))
        assert await queue.upload(ME, b"photo")
        await queue.close()
        monkeypatch.setenv("REDIS_URL", server.url)
        for named, state in (("", "note"), (server.url, "note")):
            monkeypatch.setenv("MOEMOJI_UPLOADS_URL", named)
            (row,) = [row for row in examine() if row.name == "photos"]
            assert row.state == state


async def test_photos_away_is_a_sentence_for_photos_alone() -> None:
    from worker.errors import StoreAwayError

    with EmbeddedRedis() as server, EmbeddedRedis() as memory:
        settings = WorkerSettings(REDIS_URL=server.url, uploads_url=memory.url)
        queue = await JobQueue.connect(server.url, settings)
        upload = await queue.upload(ME, b"photo")
        request = DrawRequest(
            author=ME, address=Address(platform="discord", chat_id="7"), uploads=(upload,)
        )
        await queue.submit(request)
        memory.stop()
        ledger = Ledger(connection(server.url, attempts=1), "w", settings)
        (claim,) = ledger.claim([], more=1)
        with pytest.raises(StoreAwayError):
            ledger.uploads(request)
        with pytest.raises(StoreAwayError):
            await queue.upload(ME, b"photo")
        ledger.begin([request.job_id])
        # The job itself ends in order.
        assert ledger.failed(claim, "store-away")
        await queue.close()
