"""Workers and a Redis that end, die, hang and come back: real processes, real signals."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest
from asking import PATIENCE, drawing, reaches, state
from engines import KILLS, RAISES, STICKS, STICKS_WITH_GIL

from worker.queue import JobQueue, keys_without_ttl


async def test_sigterm_finishes_the_batch_and_leaves_the_rest(
    queue, request_of, spawn, deliveries, collect
):
    ids = [await queue.submit(request_of(str(user))) for user in range(7)]
    worker = spawn(MOEMOJI_TEST_PACE="0.5", MOEMOJI_BATCH_JOBS="4", MOEMOJI_BATCH_PICTURES="1")
    await worker.ready()
    await reaches(queue, ids[0], "done")
    worker.send(signal.SIGTERM)
    assert await worker.ended() == 0
    states = [await state(queue, job_id) for job_id in ids]
    assert states == ["done"] * 4 + ["queued"] * 3
    spawn()
    events = await collect(await deliveries(), 7)
    assert sorted(event.job_id for event in events) == sorted(ids)


async def test_an_idle_worker_stops_at_once(spawn):
    worker = await spawn().ready()
    worker.send(signal.SIGTERM)
    # Of itself rq would look for a signal every 45 seconds.
    assert await worker.ended(20) == 0


async def test_workers_whose_redis_is_gone_for_good_can_be_stopped(
    server, queue, request_of, spawn
):
    """One is told so while it looks for jobs, one while it wants to store what it has drawn."""
    both = [spawn(MOEMOJI_TEST_PACE="0.5") for _ in range(2)]
    while await queue.workers() < 2:
        await asyncio.sleep(0.02)
    job_id = await queue.submit(drawing(request_of, "1", 1, 2))
    await reaches(queue, job_id, "drawing")
    server.kill()
    await asyncio.sleep(1.2)
    for worker in both:
        worker.send(signal.SIGTERM)
    for worker in both:
        assert await worker.ended() == 0
        assert "Traceback" not in worker.text()
        assert "redis-away" in worker.text()


async def test_a_result_outlives_a_short_absence_of_redis_after_sigterm(
    server, queue, request_of, spawn
):
    worker = await spawn(MOEMOJI_TEST_PACE="0.5").ready()
    job_id = await queue.submit(drawing(request_of, "1", 1, 2))
    await reaches(queue, job_id, "drawing")
    worker.send(signal.SIGTERM)
    server.kill()
    await asyncio.sleep(1.2)
    server.start()
    assert await worker.ended() == 0
    assert await state(queue, job_id) == "done"


async def test_redis_restarted_under_load(
    server, queue, request_of, spawn, deliveries, collect, until
):
    worker = await spawn(MOEMOJI_TEST_PACE="0.03", MOEMOJI_BATCH_PICTURES="2").ready()
    # Frontends ride the restart out as well: submit answers once, late.
    slow = await JobQueue.connect(server.url, queue.settings)

    async def submit_all():
        ids = []
        for n in range(40):
            ids.append(await slow.submit(request_of(f"u{n}")))
            await asyncio.sleep(0.02)
        return ids

    submitting = asyncio.create_task(submit_all())
    collecting = asyncio.create_task(collect(await deliveries(), 40))
    for crash in (server.stop, server.kill):
        await asyncio.sleep(0.4)
        await asyncio.to_thread(crash)
        await asyncio.sleep(0.3)
        await asyncio.to_thread(server.start)
    ids = await submitting
    events = await collecting
    assert sorted({event.job_id for event in events}) == sorted(ids)
    assert {event.kind for event in events} == {"done"}
    assert worker.process.poll() is None
    await slow.close()
    assert await keys_without_ttl(queue._redis) == []


async def test_sigkill_in_the_middle_of_a_job_loses_and_repeats_nothing(
    queue, request_of, spawn, deliveries, collect
):
    ids = [await queue.submit(request_of(str(user))) for user in range(6)]
    first = await spawn(MOEMOJI_TEST_PACE="0.1", MOEMOJI_BATCH_PICTURES="1").ready()
    await reaches(queue, ids[1], "done")
    first.send(signal.SIGKILL)
    spawn()
    events = await collect(await deliveries(), 6)
    assert sorted(event.job_id for event in events) == sorted(ids)
    assert {event.kind for event in events} == {"done"}
    assert await queue._redis.xlen("moemoji:events:console") == 0


async def test_a_job_popped_by_a_worker_that_died_before_claiming_it_is_found(
    queue, request_of, spawn, ledger, deliveries, collect
):
    job_id = await queue.submit(request_of())
    books = ledger(lost_after=60)
    assert books.redis.lpop("rq:queue:default") == job_id.encode()
    # Only just popped: its worker may be about to claim it.
    assert books.sweep() == books.sweep() == []
    spawn()
    (event,) = await collect(await deliveries(), 1)
    assert (event.job_id, event.kind) == (job_id, "done")


async def test_a_job_that_kills_its_worker_fails_alone_and_is_told(
    queue, request_of, spawn, deliveries, collect
):
    good = [await queue.submit(request_of(str(user))) for user in range(3)]
    bad = await queue.submit(drawing(request_of, "bad", KILLS))
    codes = []
    while await state(queue, bad) != "failed":
        worker = spawn()
        while await state(queue, bad) != "failed" and worker.process.poll() is None:
            await asyncio.sleep(0.02)
        codes.append(worker.process.poll())
        assert len(codes) < 5
    assert codes[:3] == [-signal.SIGKILL] * 3
    events = {event.job_id: event for event in await collect(await deliveries(), 4)}
    assert [events[job_id].kind for job_id in good] == ["done"] * 3
    assert (events[bad].kind, events[bad].error) == ("failed", "worker-lost")
    assert events[bad].record.attempts == 3


@pytest.mark.parametrize(("seed", "codes"), [(STICKS, {70}), (STICKS_WITH_GIL, {70, 1})])
async def test_a_stuck_job_ends_the_process_and_spares_the_others(
    queue, request_of, spawn, until, seed, codes
):
    stuck = await queue.submit(drawing(request_of, "stuck", seed))
    worker = spawn(MOEMOJI_STEP_TIMEOUT="0.5", MOEMOJI_REQUEUES="0")
    assert await worker.ended() in codes
    if seed == STICKS:
        assert stuck in next(line for line in worker.text().splitlines() if "stuck" in line)
    fine = await queue.submit(request_of("fine"))
    spawn(MOEMOJI_REQUEUES="0")
    await reaches(queue, fine, "done")
    await reaches(queue, stuck, "failed")
    assert (await queue.record(stuck)).error == "worker-lost"


async def test_a_long_step_is_no_death(queue, request_of, spawn, deliveries, collect):
    """While a worker draws longer than its lease, its heartbeat keeps others from its jobs."""
    busy = await spawn(MOEMOJI_TEST_PACE="1", MOEMOJI_LEASE="1.8").ready()
    job_id = await queue.submit(drawing(request_of, "1", 1, 2, 3, 4))
    await reaches(queue, job_id, "drawing")
    await spawn().ready()
    (event,) = await collect(await deliveries(), 1)
    assert event.record.attempts == 1
    assert event.record.finished - event.record.started > 2
    assert "drawn" in busy.text()


async def test_a_worker_that_was_frozen_and_thaws_changes_nothing(
    queue, request_of, spawn, deliveries, collect
):
    frozen = await spawn(MOEMOJI_TEST_PACE="0.3").ready()
    job_id = await queue.submit(drawing(request_of, "1", 1, 2))
    end = time.monotonic() + PATIENCE
    while (await queue.record(job_id)).attempts < 1:  # claimed is not begun
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
    frozen.send(signal.SIGSTOP)
    spawn()
    (event,) = await collect(await deliveries(), 1)
    assert (event.job_id, event.record.attempts) == (job_id, 2)
    frozen.send(signal.SIGCONT)
    await asyncio.sleep(1)
    assert await queue._redis.xlen("moemoji:events:console") == 0
    assert frozen.process.poll() is None
    assert (await queue.record(job_id)).attempts == 2


async def test_nothing_without_a_ttl_is_left_by_a_day_of_trouble(queue, request_of, spawn):
    ids = [await queue.submit(request_of(str(user))) for user in range(4)]
    bad = await queue.submit(drawing(request_of, "bad", RAISES))
    worker = await spawn(MOEMOJI_TEST_PACE="0.1", MOEMOJI_BATCH_PICTURES="1").ready()
    await reaches(queue, ids[0], "done")
    worker.send(signal.SIGKILL)
    spawn()
    for job_id in (*ids, bad):
        await reaches(queue, job_id, "done", "failed")
    assert await keys_without_ttl(queue._redis) == []
