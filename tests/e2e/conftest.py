"""Fake chat services, a real Redis and our programs as processes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

# The repository's root, for "tests.e2e...", which the programs under test import as well.
sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import SMALL, Program
from worker.embedded import EmbeddedRedis


@pytest.fixture
def server() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis() as redis:
        yield redis


@pytest_asyncio.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as fake:
        yield fake


@pytest_asyncio.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as fake:
        yield fake


@pytest_asyncio.fixture
async def worker(server: EmbeddedRedis) -> AsyncIterator[Program]:
    async with Program("worker", REDIS_URL=server.url, MOEMOJI_ENGINE=SMALL) as program:
        yield program
