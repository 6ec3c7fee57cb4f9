"""Token buckets over a real Redis, asked by several processes at once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.moderation.buckets import LONGEST, MOST, Bucket, Buckets, Limit
from tests.bot.moderation.hammer import NARROW, WIDE
from worker.embedded import EmbeddedRedis
from worker.queue import connection, keys_without_ttl

REPOSITORY = Path(__file__).parents[3]


@pytest_asyncio.fixture
async def client(server: EmbeddedRedis) -> AsyncIterator[redis.asyncio.Redis]:
    made = connection(server.url)
    yield made
    await made.aclose()


@pytest.fixture
def buckets(client: redis.asyncio.Redis) -> Buckets:
    return Buckets(client)


async def test_several_processes_take_no_more_than_there_is(
    server: EmbeddedRedis, client: redis.asyncio.Redis, buckets: Buckets
) -> None:
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bot.moderation.hammer", server.url, "200"),
            cwd=REPOSITORY,
            **pipes,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    taken = [int(said) for said, _ in answers]
    # Sixty a day: it takes longer until one comes back than this test.
    assert sum(taken) == NARROW.limit.count
    refused = await buckets.take([WIDE, NARROW])
    assert refused is not None
    assert refused[0] is NARROW
    assert 0 < refused[1] <= 86400 / 60
    # And the other bucket lost only what was drawn.
    for _ in range(WIDE.limit.count - sum(taken)):
        assert await buckets.take([WIDE]) is None
    assert await buckets.take([WIDE]) is not None
    assert await keys_without_ttl(client) == []


async def test_it_fills_again_by_the_clock_of_redis(buckets: Buckets) -> None:
    quick = Bucket("user", "x", Limit(2, 4))
    assert await buckets.take([quick]) is None
    assert await buckets.take([quick]) is None
    refused = await buckets.take([quick])
    assert refused is not None
    await asyncio.sleep(refused[1] + 0.01)
    assert await buckets.take([quick]) is None


async def test_all_or_nothing(buckets: Buckets) -> None:
    one = Bucket("user", "x", Limit(1, 60))
    others = [Bucket("place", "y", Limit(2, 3600)), Bucket("total", "", Limit(3, 60))]
    assert await buckets.take([one, *others]) is None
    for _ in range(10):
        refused = await buckets.take([one, *others])
        assert refused is not None
        assert refused[0] is one
    assert await buckets.take(others) is None
    # The longest wait is told: who comes back after it gets a picture.
    refused = await buckets.take([one, *others])
    assert refused is not None
    assert refused[0] is others[0]


async def test_what_is_given_back_can_be_taken_again(
    buckets: Buckets, client: redis.asyncio.Redis
) -> None:
    pair = [Bucket("user", "x", Limit(2, 60)), Bucket("cooldown", "x", Limit(1, 30))]
    assert await buckets.take(pair) is None
    await buckets.give_back(pair)
    assert await client.keys("*") == []
    await buckets.give_back(pair)
    assert await buckets.take(pair) is None
    refused = await buckets.take(pair)
    assert refused is not None
    assert 29 < refused[1] <= 30


async def test_a_lowered_limit_counts_at_once(buckets: Buckets) -> None:
    before, after = (Bucket("user", "x", Limit(*limit)) for limit in ((100, 86400), (5, 60)))
    for _ in range(50):
        assert await buckets.take([before]) is None
    refused = await buckets.take([after])
    assert refused is not None
    # Of the old debt no more is left than the new limit knows.
    assert refused[1] <= 60 / 5


async def test_a_key_says_nothing_of_a_person(
    buckets: Buckets, client: redis.asyncio.Redis
) -> None:
    await buckets.take([Bucket("user", "discord:4711", Limit(5, 60))])
    assert all(b"4711" not in key for key in await client.keys("*"))


@given(st.integers(1, MOST), st.integers(1, LONGEST))
def test_a_limit_reads_as_it_is_written(count: int, seconds: int) -> None:
    limit = Limit(count, seconds)
    if seconds <= 9999 or seconds % 60 == 0:
        assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("20/hour", Limit(20, 3600)),
        (" 5 per 10 min ", Limit(5, 600)),
        ("100/days", Limit(100, 86400)),
        ("7/90S", Limit(7, 90)),
        ("off", None),
        ("0", None),
    ],
)
def test_how_limits_are_written(text: str, limit: Limit | None) -> None:
    assert Limit.parse(text) == limit


@pytest.mark.parametrize(
    "text", ["20", "20/", "/hour", "0/hour", "1/0s", "1/8day", "x/hour", "1/y"]
)
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        Limit.parse(text)


@given(st.text(max_size=20))
def test_any_text_is_a_limit_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        limit = Limit.parse(text)
        assert limit is None or Limit.parse(str(limit)) == limit
