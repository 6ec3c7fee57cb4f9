"""Somebody with the password of Redis can spoil the queue, but runs no code in a worker."""

from __future__ import annotations

import pickle
import time
from pathlib import Path

import redis
from rq.job import Job

from generator.spec import AvatarSpec


class Opener:
    """A pickle that touches a file when it is loaded."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path(self.path),))


def forged(client: redis.Redis, name: str, **fields: object) -> None:
    """A job of rq's as an intruder would write it."""
    job = Job.create("intruder.called", connection=client, id=name, serializer="json")
    values = {**job.to_dict(), "origin": "default", "status": "queued", **fields}
    client.hset(f"rq:job:{name}", mapping={k: v for k, v in values.items() if v is not None})


async def test_forged_jobs_call_nothing(
    server, queue, request_of, spawn, deliveries, collect, tmp_path
):
    marker = tmp_path / "was-here"
    called = {
        "failure_callback_name": "intruder.called",
        "success_callback_name": "intruder.called",
    }
    with redis.Redis.from_url(server.url) as client:
        # A job that names its own function, one with a pickle for its arguments, and one that
        # would call back when rq finds it abandoned.
        forged(client, "function", **called)
        forged(client, "pickled", data=pickle.dumps(Opener(str(marker))))
        client.rpush("rq:queue:default", "function", "pickled")
        forged(client, "abandoned", status="started", **called)
        client.zadd("rq:wip:default", {"abandoned:1": time.time() - 9999})
    good = await queue.submit(request_of("2"))
    worker = await spawn(MOEMOJI_TEST_INTRUDER=str(marker)).ready()
    told = {event.job_id: event for event in await collect(await deliveries(), 1)}
    assert told[good].kind == "done"
    worker.process.terminate()
    assert await worker.ended() == 0
    assert not marker.exists()


async def test_what_cannot_be_read_does_not_stop_the_pulse(
    server, queue, request_of, spawn, deliveries, collect, until
):
    """Beside the drawing a worker looks at all that waits; it has to hear of a cancelling too."""
    worker = await spawn(MOEMOJI_TEST_PACE="1.5", MOEMOJI_BATCH_PICTURES="1").ready()
    specs = tuple(AvatarSpec(seed=seed) for seed in range(4))
    long = await queue.submit(request_of("1", specs=specs, count=4))
    with redis.Redis.from_url(server.url) as client:
        await until(lambda: b"drawing" in client.hvals(f"moemoji:record:{long}"))
        client.hset("moemoji:record:spoiled", "platform", b"\xff")
        client.rpush("rq:queue:default", "spoiled")
        await until(lambda: "UnicodeDecodeError" in worker.text())
    assert await queue.cancel(long, None)
    good = await queue.submit(request_of("2"))
    told = {event.job_id: event.kind for event in await collect(await deliveries(), 2)}
    assert told == {long: "cancelled", good: "done"}
    assert worker.text().count("painted by") < 5
    assert await queue.workers() == 1
