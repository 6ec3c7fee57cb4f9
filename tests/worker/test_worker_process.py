"""Worker processes at work: a real Redis, a real engine if a small one."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import time
from pathlib import Path

from asking import PATIENCE, drawing
from engines import BIG, RAISES, REFUSES, REFUSES_PHOTO, colour
from PIL import Image

from worker.queue import keys_without_ttl

REPOSITORY = Path(__file__).parents[2]


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
    both = [spawn(MOEMOJI_TEST_PACE="0.05", MOEMOJI_BATCH_JOBS="2") for _ in range(2)]
    for worker in both:
        await worker.ready()
    ids = [await queue.submit(request_of(f"u{n % 20}")) for n in range(40)]
    events = await collect(await deliveries(), 40)
    assert sorted(event.job_id for event in events) == sorted(ids)
    counts = [worker.text().count("drawn") for worker in both]
    assert sum(counts) == 40
    assert min(counts) >= 8
    assert await queue.workers() == 2


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
    end = time.monotonic() + PATIENCE
    fields = {}
    while fields.get(b"state") != b"failed":
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
        fields = await queue._redis.hgetall(f"moemoji:record:{asked.job_id}")
    assert fields[b"error"] == b"versions-differ"
    assert "pr0mpt" not in worker.text()
