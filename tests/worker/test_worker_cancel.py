"""Jobs that are cancelled, at each moment of their lives."""

from __future__ import annotations

import asyncio
import random
import signal

import pytest
from asking import drawing, reaches, state

from generator.spec import AvatarSpec

STEPWISE = {"MOEMOJI_BATCH_PICTURES": "1", "MOEMOJI_BATCH_JOBS": "1"}


def painted(worker):
    """How many steps it began."""
    return worker.text().count("painted by")


async def told(frontend, count, collect):
    return {event.job_id: event.kind for event in await collect(frontend, count)}


async def test_cancelling_a_running_job_frees_the_worker_before_its_last_step(
    queue, request_of, spawn, deliveries, collect, until
):
    worker = await spawn(MOEMOJI_TEST_PACE="1.5", **STEPWISE).ready()
    long = await queue.submit(drawing(request_of, "1", 1, 2, 3, 4))
    await until(lambda: painted(worker))
    assert await queue.cancel(long, request_of("1").author)
    next_one = await queue.submit(drawing(request_of, "2", 9))
    assert await told(await deliveries(), 2, collect) == {long: "cancelled", next_one: "done"}
    assert await queue.result(long) is None
    # Not all four of the one that nobody waits for any more, and then the other.
    assert painted(worker) < 5
    assert "dropped" in worker.text()


async def test_cancelling_one_of_a_batch_leaves_the_others(
    queue, request_of, spawn, deliveries, collect
):
    ids = [await queue.submit(drawing(request_of, str(user), user, 50 + user)) for user in range(4)]
    await spawn(MOEMOJI_TEST_PACE="0.4", MOEMOJI_BATCH_PICTURES="1").ready()
    await reaches(queue, ids[0], "done")
    assert await queue.cancel(ids[2], None)
    events = await told(await deliveries(), 4, collect)
    assert [events[job_id] for job_id in ids] == ["done", "done", "cancelled", "done"]


@pytest.mark.parametrize("moment", ["waiting", "popped", "claimed", "begun", "drawn"])
async def test_whenever_it_is_cancelled_it_is_over_and_the_next_one_is_drawn(
    queue, request_of, ledger, deliveries, collect, moment
):
    """What a worker does between two scripts, it may do at any time later."""
    books, asked = ledger(lease=0.01, lost_after=0.01), request_of("1")
    await queue.submit(asked)
    if moment == "popped":
        assert books.redis.lpop("rq:queue:default") == asked.job_id.encode()
    if moment in ("claimed", "begun", "drawn"):
        assert [claim.job_id for claim in books.claim([], more=1)] == [asked.job_id]
    if moment in ("begun", "drawn"):
        assert books.begin([asked.job_id]) == {asked.job_id}
    assert await queue.cancel(asked.job_id, asked.author)
    # The same person's next one, at once: it is their first now, and in nobody's way.
    following = await queue.submit(request_of("1"))
    assert (await queue.position(following)).place == 1
    # The worker goes on where it was...
    if moment == "popped":
        assert books.claim([asked.job_id]) == []
    if moment == "claimed":
        assert books.begin([asked.job_id]) == set()
    if moment in ("begun", "drawn"):
        assert books.cancelled([asked.job_id]) == {asked.job_id}
        assert not books.done(asked, (AvatarSpec(),), [b"late"], 0.1)
    # ... or died there, and what it held is looked for.
    for _ in range(3):
        await asyncio.sleep(0.02)
        assert books.sweep() == []
    (claim,) = books.claim([], more=9)
    assert claim.job_id == following
    assert books.begin([following])
    assert books.done(claim.request, (AvatarSpec(),), [b"png"], 0.1)
    assert await told(await deliveries(), 2, collect) == {
        asked.job_id: "cancelled",
        following: "done",
    }
    assert not await queue.cancel(asked.job_id, None)
    assert not await queue.cancel(following, None)
    assert await queue.result(asked.job_id) is None
    assert await queue._redis.xlen("moemoji:events:console") == 0


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
async def test_a_worker_that_ends_while_its_job_is_cancelled(
    queue, request_of, spawn, deliveries, collect, until, end
):
    worker = await spawn(MOEMOJI_TEST_PACE="0.5", **STEPWISE).ready()
    long = await queue.submit(drawing(request_of, "1", 1, 2, 3, 4))
    await until(lambda: painted(worker))
    worker.send(end)
    assert await queue.cancel(long, None)
    next_one = await queue.submit(drawing(request_of, "2", 9))
    assert await worker.ended() == (0 if end == signal.SIGTERM else -end)
    assert await state(queue, next_one) == "queued"
    spawn()
    assert await told(await deliveries(), 2, collect) == {long: "cancelled", next_one: "done"}
    assert (await queue.record(long)).attempts == 1


async def test_whoever_cancels_at_any_moment_hears_the_truth(
    queue, request_of, spawn, deliveries, collect
):
    """Cancelled it is cancelled, else done; never both, never neither; and nobody is kept."""
    for _ in range(2):
        await spawn(MOEMOJI_TEST_PACE="0.01", MOEMOJI_BATCH_PICTURES="2").ready()
    rng, expected = random.Random(7), {}

    async def somebody(user):
        for _ in range(6):
            job_id = await queue.submit(request_of(user, count=2))
            if moments := rng.choice([(), ("drawing", "done"), ("done",)]):
                await reaches(queue, job_id, *moments)
            await asyncio.sleep(rng.random() * 0.02)
            expected[job_id] = "cancelled" if await queue.cancel(job_id, None) else "done"

    await asyncio.gather(*[somebody(f"u{n}") for n in range(12)])
    assert await told(await deliveries(), 72, collect) == expected
    assert set(expected.values()) == {"cancelled", "done"}
    for job_id, kind in expected.items():
        assert await state(queue, job_id) == kind
        assert (await queue.result(job_id) is None) == (kind == "cancelled")
    assert await queue.load() == (0, 0)
