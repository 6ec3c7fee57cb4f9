"""On another machine: Redis behind TLS (rediss://), as a managed one or a proxy offers it."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.health import Heartbeat
from bot.health import check as frontend_check
from tests.e2e.processes import SMALL, Program
from worker.delivery import Deliveries
from worker.embedded import EmbeddedRedis
from worker.health import check
from worker.jobs import Address, Author, DrawRequest
from worker.queue import JobQueue
from worker.settings import QueueSettings

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
REQUEST = DrawRequest(
    author=Author(platform="console", user_id="1"),
    address=Address(platform="console", chat_id="1"),
    count=1,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate of its own authority for 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    named = ["-subj", "/CN=redis", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    made += ["-nodes", "-days", "1", "-keyout", "key.pem", "-out", "cert.pem", *named]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    return str(folder / "cert.pem"), str(folder / "key.pem")


@pytest_asyncio.fixture
async def outside(server: EmbeddedRedis, certificate: tuple[str, str]) -> AsyncIterator[str]:
    """The address of the same Redis from outside, where only TLS is spoken."""
    inside = urlsplit(server.url)

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if inside.scheme == "unix":
            theirs, ours = await asyncio.open_unix_connection(inside.path)
        else:
            theirs, ours = await asyncio.open_connection(inside.hostname, inside.port)
        await asyncio.gather(pipe(reader, ours), pipe(theirs, writer), return_exceptions=True)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    proxy = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
    yield f"rediss://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/0"
    proxy.close()


async def test_a_worker_elsewhere_draws_what_is_asked_here(
    server: EmbeddedRedis, outside: str, certificate: tuple[str, str]
) -> None:
    trusted = f"{outside}?ssl_ca_certs={certificate[0]}"
    deliveries = await Deliveries.connect(server.url, "console", settings=QueueSettings())
    async with Program("worker", REDIS_URL=trusted, MOEMOJI_ENGINE=SMALL) as worker:
        await worker.ready()
        await deliveries.queue.submit(REQUEST)
        event = await anext(deliveries.listen())
        assert (event.job_id, event.kind) == (REQUEST.job_id, "done")
        await event.ack()
        assert (await asyncio.to_thread(check, trusted))[0] is True
    await deliveries.close()


async def test_a_frontend_elsewhere(outside: str, certificate: tuple[str, str]) -> None:
    trusted = f"{outside}?ssl_ca_certs={certificate[0]}"
    queue = await JobQueue.connect(trusted, QueueSettings())
    request = REQUEST.model_copy(update={"job_id": "0bcd12345678"})
    await queue.submit(request)
    record = await queue.record(request.job_id)
    assert record is not None
    assert record.state == "queued"
    await queue.cancel(request.job_id, None)
    await queue.close()
    async with Heartbeat(trusted, "discord", "frontend", lambda: None):
        for _ in range(200):
            well, _ = await asyncio.to_thread(frontend_check, trusted, "discord", "frontend")
            if well:
                break
            await asyncio.sleep(0.05)
    assert well


async def test_a_stranger_in_its_place_is_told_nothing(outside: str) -> None:
    """The certificate is looked at: without its authority nobody connects."""
    assert await asyncio.to_thread(check, outside) == (
        False,
        "Redis does not answer at REDIS_URL.",
    )
    plain = outside.replace("rediss:", "redis:")
    assert (await asyncio.to_thread(check, plain))[0] is False
