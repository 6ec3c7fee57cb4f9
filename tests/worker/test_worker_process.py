"""Worker processes and what can happen to them: real processes, real signals, a real Redis."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from engines import BIG, KILLS, RAISES, REFUSES, REFUSES_PHOTO, STICKS, STICKS_WITH_GIL, colour
from PIL import Image

from generator.spec import AvatarSpec
from worker.queue import JobQueue, keys_without_ttl

REPOSITORY = Path(__file__).parents[2]


def drawing(request_of, user, *seeds, **fields):
    """A request for the specs of these seeds: what the test engine draws or stumbles over."""
    specs = tuple(AvatarSpec(seed=seed) for seed in seeds)
    return request_of(user, specs=specs, count=len(specs), **fields)


async def state(queue, job_id):
    record = await queue.record(job_id)
    return None if record is None else record.state


async def reaches(queue, job_id, *states, timeout=10.0):
    end = time.monotonic() + timeout
    while await state(queue, job_id) not in states:
        assert time.monotonic() < end, f"{job_id} is still {await state(queue, job_id)}"
        await asyncio.sleep(0.02)


async def test_pictures_are_those_of_the_specs(queue, request_of, spawn, deliveries, collect):
    await spawn().ready()
    asked = drawing(request_of, "1", 5, 77_777)
    await queue.submit(asked)
    wished = request_of("2", count=4, seed=3)
    await queue.submit(wished)
    await queue.submit(request_of("3", count=4, seed=3))
    first, second, third = await collect(await deliveries(), 3)
    pictures = [Image.open(io.BytesIO(png)) for png in await first.pictures()]
    assert [image.getpixel((9, 9)) for image in pictures] == [
        colour(spec) for spec in first.record.specs
    ]
    assert first.record.specs == asked.specs
    assert {image.size for image in pictures} == {(256, 256)}
    # The same wish and seed: the same pictures. Candidates of one request: all different.
    assert second.record.specs == third.record.specs
    assert await second.pictures() == await third.pictures()
    assert len(set(await second.pictures())) == 4


async def test_models_are_loaded_once_and_never_across_a_fork(
    queue, request_of, spawn, deliveries, collect
):
    worker = await spawn().ready()
    events = await deliveries()
    for user in "abc":
        await queue.submit(request_of(user))
        await collect(events, 1)
    lines, pid = worker.text().splitlines(), worker.process.pid
    assert [line for line in lines if line.startswith("loaded")] == [f"loaded by {pid}"]
    assert [line for line in lines if line.startswith("painted")] == [f"painted by {pid}"] * 3


async def test_a_burst_ends_when_nothing_waits(queue, request_of, spawn):
    for user in "abc":
        await queue.submit(request_of(user))
    worker = spawn("--burst", MOEMOJI_BATCH_PICTURES="6")
    assert await worker.ended() == 0
    assert "warmed with 6" in worker.text()
    assert worker.text().count("drawn") == 3
    assert "batch=3" in worker.text()


async def test_sigterm_finishes_the_batch_and_leaves_the_rest(
    queue, request_of, spawn, deliveries, collect
):
    ids = [await queue.submit(request_of(str(user))) for user in range(7)]
    worker = spawn(MOEMOJI_TEST_PACE="0.2", MOEMOJI_BATCH_JOBS="4", MOEMOJI_BATCH_PICTURES="1")
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
    assert await worker.ended(3) == 0


async def test_workers_whose_redis_is_gone_for_good_can_be_stopped(
    server, queue, request_of, spawn
):
    """One is told so while it looks for jobs, one while it wants to store what it has drawn."""
    both = [spawn(MOEMOJI_TEST_PACE="0.5", MOEMOJI_STEP_TIMEOUT="9") for _ in range(2)]
    while await queue.workers() < 2:
        await asyncio.sleep(0.02)
    job_id = await queue.submit(drawing(request_of, "1", 1, 2))
    await reaches(queue, job_id, "drawing")
    server.kill()
    await asyncio.sleep(1.2)
    for worker in both:
        worker.send(signal.SIGTERM)
    for worker in both:
        assert await worker.ended(20) == 0
        assert "Traceback" not in worker.text()
        assert "redis-away" in worker.text()


async def test_a_result_outlives_a_short_absence_of_redis_after_sigterm(
    server, queue, request_of, spawn
):
    worker = await spawn(MOEMOJI_TEST_PACE="0.5", MOEMOJI_STEP_TIMEOUT="9").ready()
    job_id = await queue.submit(drawing(request_of, "1", 1, 2))
    await reaches(queue, job_id, "drawing")
    worker.send(signal.SIGTERM)
    server.kill()
    await asyncio.sleep(1.2)
    server.start()
    assert await worker.ended() == 0
    assert await state(queue, job_id) == "done"


async def test_sigkill_in_the_middle_of_a_job_loses_and_repeats_nothing(
    queue, request_of, spawn, deliveries, collect
):
    ids = [await queue.submit(request_of(str(user))) for user in range(6)]
    first = await spawn(MOEMOJI_TEST_PACE="0.1", MOEMOJI_BATCH_PICTURES="1").ready()
    await reaches(queue, ids[1], "done")
    first.send(signal.SIGKILL)
    begun = time.monotonic()
    spawn()
    events = await collect(await deliveries(), 6)
    assert sorted(event.job_id for event in events) == sorted(ids)
    assert {event.kind for event in events} == {"done"}
    assert time.monotonic() - begun < 60
    assert await queue._redis.xlen("moemoji:events:console") == 0


async def test_a_job_popped_by_a_worker_that_died_before_claiming_it_is_found(
    queue, request_of, spawn, ledger, deliveries, collect
):
    job_id = await queue.submit(request_of())
    books = ledger(lost_after=0.2)
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


async def test_one_bad_job_of_a_full_batch_fails_alone(
    queue, request_of, spawn, deliveries, collect
):
    good = [await queue.submit(request_of(str(user))) for user in range(7)]
    bad = await queue.submit(drawing(request_of, "bad", RAISES, prompt="pr0mpt"))
    worker = await spawn().ready()
    events = {event.job_id: event for event in await collect(await deliveries(), 8)}
    assert [events[job_id].kind for job_id in good] == ["done"] * 7
    assert (events[bad].kind, events[bad].error) == ("failed", "draw-failed")
    # The log says what went wrong, with the same id, and nothing of the prompt.
    assert worker.process.poll() is None
    line = next(line for line in worker.text().splitlines() if "draw-failed" in line)
    assert bad in line
    assert "this one cannot be drawn" in worker.text()
    assert "pr0mpt" not in worker.text()


async def test_what_a_person_can_mend_is_told_as_that(
    queue, request_of, spawn, deliveries, collect
):
    fine = await queue.submit(request_of("fine"))
    refused = await queue.submit(drawing(request_of, "x", REFUSES))
    photo = await queue.submit(drawing(request_of, "y", REFUSES_PHOTO))
    worker = spawn("--burst")
    events = {event.job_id: event for event in await collect(await deliveries(), 3)}
    assert events[fine].kind == "done"
    assert (events[refused].kind, events[refused].error) == ("failed", "too-many-jobs")
    assert events[refused].params == {"job_id": refused, "limit": 3}
    # The generator's own refusals are of the same family.
    assert (events[photo].kind, events[photo].error) == ("failed", "photo.too_small")
    assert events[photo].params == {"job_id": photo, "pixels": 64}
    assert await worker.ended() == 0
    assert "Traceback" not in worker.text()


async def test_out_of_memory_halves_the_step(queue, request_of, spawn, deliveries, collect):
    ids = [await queue.submit(drawing(request_of, str(user), BIG)) for user in range(8)]
    worker = await spawn().ready()
    events = await collect(await deliveries(), 8)
    assert {event.job_id for event in events if event.kind == "done"} == set(ids)
    assert "step=4" in worker.text()
    assert "step=2" in worker.text()


@pytest.mark.parametrize(("seed", "codes"), [(STICKS, {70}), (STICKS_WITH_GIL, {70, 1})])
async def test_a_stuck_job_ends_the_process_and_spares_the_others(
    queue, request_of, spawn, until, seed, codes
):
    stuck = await queue.submit(drawing(request_of, "stuck", seed))
    worker = await spawn(MOEMOJI_STEP_TIMEOUT="0.5", MOEMOJI_REQUEUES="0").ready()
    assert await worker.ended() in codes
    if seed == STICKS:
        assert stuck in next(line for line in worker.text().splitlines() if "stuck" in line)
    fine = await queue.submit(request_of("fine"))
    spawn(MOEMOJI_REQUEUES="0")
    await reaches(queue, fine, "done")
    await reaches(queue, stuck, "failed")
    assert (await queue.record(stuck)).error == "worker-lost"


async def test_cancelling_a_running_job_frees_the_worker_within_a_second(
    queue, request_of, spawn, deliveries, collect
):
    worker = spawn(MOEMOJI_TEST_PACE="1.5", MOEMOJI_BATCH_PICTURES="1", MOEMOJI_BATCH_JOBS="1")
    await worker.ready()
    long = await queue.submit(drawing(request_of, "1", 1, 2, 3, 4))
    await reaches(queue, long, "drawing")
    await asyncio.sleep(0.1)
    assert await queue.cancel(long, request_of("1").author)
    begun = time.monotonic()
    next_one = await queue.submit(drawing(request_of, "2", 9))
    await reaches(queue, next_one, "done")
    # Undisturbed, the four pictures would take six seconds before the next one's 1.5.
    assert time.monotonic() - begun < 5
    events = await collect(await deliveries(), 2)
    assert [(event.job_id, event.kind) for event in events] == [
        (long, "cancelled"),
        (next_one, "done"),
    ]
    assert await queue.result(long) is None


async def test_cancelling_one_of_a_batch_leaves_the_others(
    queue, request_of, spawn, deliveries, collect
):
    ids = [await queue.submit(drawing(request_of, str(user), user, 50 + user)) for user in range(4)]
    await spawn(MOEMOJI_TEST_PACE="0.15", MOEMOJI_BATCH_PICTURES="1").ready()
    await reaches(queue, ids[0], "done")
    assert await queue.cancel(ids[2], None)
    events = {event.job_id: event.kind for event in await collect(await deliveries(), 4)}
    assert [events[job_id] for job_id in ids] == ["done", "done", "cancelled", "done"]


async def test_a_long_step_is_no_death(queue, request_of, spawn, deliveries, collect):
    """While a worker draws longer than its lease, its heartbeat keeps others from its jobs."""
    busy = await spawn(
        MOEMOJI_TEST_PACE="0.6", MOEMOJI_LEASE="0.8", MOEMOJI_STEP_TIMEOUT="9"
    ).ready()
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
    frozen = await spawn(MOEMOJI_TEST_PACE="0.3", MOEMOJI_STEP_TIMEOUT="30").ready()
    job_id = await queue.submit(drawing(request_of, "1", 1, 2))
    end = time.monotonic() + 10
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


async def test_a_stock_rq_worker_can_do_a_job_too(server, queue, request_of, deliveries, collect):
    """The baseline of the bench, and proof that ours are ordinary rq jobs with JSON arguments."""
    job_id = await queue.submit(request_of())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rq.cli", "worker", "--burst", "--url", server.url),
        *("--serializer", "rq.serializers.JSONSerializer", "high", "default", "low"),
        cwd=REPOSITORY,
        env=os.environ
        | {
            "REDIS_URL": server.url,
            "MOEMOJI_ENGINE": "engines:SmallEngine",
            "PYTHONPATH": f"{REPOSITORY}:{Path(__file__).parent}",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    _, log = await process.communicate()
    (event,) = await collect(await deliveries(), 1)
    assert (event.job_id, event.kind) == (job_id, "done"), log.decode()
    assert b"Traceback" not in log
    assert await keys_without_ttl(queue._redis) == []


async def test_a_picture_on_a_background_is_opaque(queue, request_of, spawn, deliveries, collect):
    await queue.submit(request_of("1", background="sakura"))
    spawn("--burst")
    (event,) = await collect(await deliveries(), 1)
    (picture,) = await event.pictures()
    assert Image.open(io.BytesIO(picture)).getextrema()[3] == (255, 255)


async def test_two_workers_share_the_queue(queue, request_of, spawn, deliveries, collect):
    both = [spawn(MOEMOJI_TEST_PACE="0.02", MOEMOJI_BATCH_JOBS="2") for _ in range(2)]
    for worker in both:
        await worker.ready()
    ids = [await queue.submit(request_of(f"u{n % 20}")) for n in range(40)]
    events = await collect(await deliveries(), 40)
    assert sorted(event.job_id for event in events) == sorted(ids)
    counts = [worker.text().count("drawn") for worker in both]
    assert sum(counts) == 40
    assert min(counts) >= 8
    assert await queue.workers() == 2


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
    collecting = asyncio.create_task(collect(await deliveries(), 40, timeout=30))
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


async def test_a_job_that_waited_too_long_is_given_up(
    queue, request_of, spawn, deliveries, collect
):
    old = await queue.submit(request_of())
    await asyncio.sleep(0.6)
    spawn(MOEMOJI_PATIENCE="0.5")
    (event,) = await collect(await deliveries(), 1)
    assert (event.job_id, event.kind, event.error) == (old, "failed", "waited-too-long")


async def test_an_unreadable_request_is_told(queue, request_of, spawn, deliveries):
    asked = request_of(prompt="pr0mpt")
    await queue.submit(asked)
    later = asked.model_dump_json().replace('"version":1', '"version":9')
    await queue._redis.set(f"moemoji:request:{asked.job_id}", later, ex=100)
    worker = await spawn().ready()
    await queue.submit(request_of("2"))
    end = time.monotonic() + 10
    fields = {}
    while fields.get(b"state") != b"failed":
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
        fields = await queue._redis.hgetall(f"moemoji:record:{asked.job_id}")
    assert fields[b"error"] == b"draw-failed"
    assert "pr0mpt" not in worker.text()


async def test_nothing_without_a_ttl_is_left_by_a_day_of_trouble(queue, request_of, spawn):
    ids = [await queue.submit(request_of(str(user))) for user in range(4)]
    bad = await queue.submit(drawing(request_of, "bad", RAISES))
    worker = await spawn(MOEMOJI_TEST_PACE="0.1", MOEMOJI_BATCH_PICTURES="1").ready()
    await reaches(queue, ids[0], "done", timeout=10)
    worker.send(signal.SIGKILL)
    spawn()
    for job_id in (*ids, bad):
        await reaches(queue, job_id, "done", "failed")
    assert await keys_without_ttl(queue._redis) == []
