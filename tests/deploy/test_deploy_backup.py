"""A backup of Redis as the manual says: stop, copy the folder, start; and the same backwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from bot.core.preferences import Preferences
from tests.deploy.servers import Shipped
from tests.e2e.processes import SMALL, Program
from worker.delivery import Deliveries
from worker.jobs import Address, Author, DrawRequest

ADDRESS = Address(platform="console", chat_id="1")


def request(user: str) -> DrawRequest:
    return DrawRequest(author=Author(platform="console", user_id=user), address=ADDRESS, count=1)


def worker(redis: Shipped) -> Program:
    return Program("worker", REDIS_URL=redis.url, MOEMOJI_ENGINE=SMALL)


async def test_a_backup_brings_back_what_there_was(
    shipped: Callable[[str], Shipped], tmp_path: Path
) -> None:
    server = shipped("redis")
    drawn, waits, later = map(request, "123")
    deliveries = await Deliveries.connect(server.url, "console")
    preferences = await Preferences.connect(server.url)
    async with worker(server) as drawing:
        await drawing.ready()
        await deliveries.queue.submit(drawn)
        event = await anext(deliveries.listen())
        await event.ack(ADDRESS)
    await preferences.choose("user:console:1", "style", "chibi")
    await deliveries.queue.submit(waits)
    await deliveries.close()

    server.stop()
    shutil.copytree(server.folder, tmp_path / "backup")
    server.start()
    deliveries = await Deliveries.connect(server.url, "console")
    await deliveries.queue.submit(later)
    await preferences.choose("user:console:1", "style", "moe")
    await deliveries.close()

    server.stop()
    shutil.copytree(tmp_path / "backup", server.folder, dirs_exist_ok=True)
    server.start()
    deliveries = await Deliveries.connect(server.url, "console")
    queue = deliveries.queue
    record = await queue.record(drawn.job_id)
    assert record is not None
    assert record.state == "done"
    assert len(record.specs) == 1
    assert await queue.record(later.job_id) is None
    (own,) = await preferences.choices("user:console:1")
    assert own.style == "chibi"
    # And what waited is drawn.
    async with worker(server) as drawing:
        await drawing.ready()
        event = await anext(deliveries.listen())
        assert (event.job_id, event.kind) == (waits.job_id, "done")
        await event.ack(ADDRESS)
    await deliveries.close()
    await preferences.close()
