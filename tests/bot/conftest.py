"""A real Redis, a real conversation, and a worker's hand in this process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

# The repository's root, for "tests.e2e...".
sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.core import Conversation
from bot.core.events import Person, Place
from bot.core.preferences import Preferences
from tests.bot.people import Draw, Make, Somebody
from tests.e2e.small_engine import SmallEngine
from worker.embedded import EmbeddedRedis
from worker.jobs import Record
from worker.ledger import Ledger, connection
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings
from worker.tasks import draw


@pytest.fixture
def server() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis() as redis:
        yield redis


@pytest_asyncio.fixture
async def conversation(server: EmbeddedRedis) -> AsyncIterator[Conversation]:
    queue = await JobQueue.connect(server.url, QueueSettings())
    preferences = await Preferences.connect(server.url)
    yield Conversation(queue, preferences)
    await queue.close()
    await preferences.close()


@pytest.fixture
def somebody(conversation: Conversation) -> Make:
    def make(
        user: str = "1",
        *,
        locale: str = "en",
        moderator: bool = False,
        guild: str | None = "g",
        chat: str = "c",
    ) -> Somebody:
        place = Place("discord", chat, guild, private=guild is None)
        return Somebody(conversation, Person(user, locale, moderator), place)

    return make


@pytest.fixture
def drawn(server: EmbeddedRedis, conversation: Conversation) -> Iterator[Draw]:
    """Draws a job the way a worker does, in this process, and answers its record."""
    settings = WorkerSettings(REDIS_URL=server.url)
    ledger = Ledger(connection(server.url, attempts=3), "test-worker", settings)

    def work(job_id: str) -> None:
        for claim in ledger.claim([job_id]):
            assert claim.request is not None
            assert ledger.begin([job_id])
            for request, done in draw(SmallEngine(), [claim.request], step=8):
                ledger.done(request, done.specs, done.pictures, 0.01)

    async def act(job_id: str) -> Record:
        await asyncio.to_thread(work, job_id)
        record = await conversation.queue.record(job_id)
        assert record is not None
        return record

    yield act
    ledger.redis.close()
