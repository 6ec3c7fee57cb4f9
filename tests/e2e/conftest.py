"""Fake chat services, a real Redis and our programs as processes.

They are started once a module, since that takes longer than the tests: each test is somebody else.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

# The repository's root, for "tests.e2e...", which the programs under test import as well.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import SMALL, Program
from worker.embedded import EmbeddedRedis

_people = count(1000, 10)


@pytest.fixture
def me() -> int:
    """Somebody whom no other test has met; so are me + 1 to me + 9, and -me is a group."""
    return next(_people)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis() as redis:
        yield redis


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker(server: EmbeddedRedis) -> AsyncIterator[Program]:
    async with Program("worker", REDIS_URL=server.url, MOEMOJI_ENGINE=SMALL) as program:
        yield program
