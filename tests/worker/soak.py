"""A soak of queue, workers and deliveries: kills, restarts, cancels, double clicks; prints counts.

    python -m tests.worker.soak [--jobs 1000] [--users 50] [--kill-every 10]

Two platforms listen; each frontend is closed twice in the middle, with results in its hands that
were shown but not acknowledged. What counts is what a person sees: every job answered, and never a
second message for it (a repeated delivery has to find `record.landed`). Exit code 1 if not so.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.worker.conftest import Worker, request
from worker import logs
from worker.delivery import Deliveries
from worker.embedded import EmbeddedRedis
from worker.errors import BusyError
from worker.jobs import Address
from worker.queue import JobQueue, keys_without_ttl
from worker.settings import QueueSettings

PLATFORMS = ("discord", "telegram")


class Chat:
    """What people of one platform see: job -> message, and how often it was edited."""

    def __init__(self) -> None:
        self.messages: Counter[str] = Counter()
        self.edits: Counter[str] = Counter()
        self.kinds: dict[str, str] = {}


async def frontend(url: str, platform: str, chat: Chat, rng: random.Random, stop: asyncio.Event):
    """Shows results until told to stop; then leaves without acknowledging the last ones."""
    settings = QueueSettings(deliver_backoff=0.1)
    deliveries = await Deliveries.connect(url, platform, settings=settings)
    try:
        async for event in deliveries.listen():
            if event.attempt == 1 and rng.random() < 0.05:
                await event.retry(ConnectionError("the chat is away"))
                continue
            landed = event.record.landed
            if landed is None:
                chat.messages[event.job_id] += 1
                landed = Address(platform=platform, chat_id="7", message_id=event.job_id)
                await event.landed(landed)
            else:
                chat.edits[event.job_id] += 1
            chat.kinds[event.job_id] = event.kind
            if stop.is_set():
                return
            await event.ack(landed)
    finally:
        await deliveries.close()


async def killer(url: str, place: Path, every: float, done: asyncio.Event) -> int:
    """Two workers, one of which is killed every so often and started again."""
    pace = {"MOEMOJI_TEST_PACE": "0.02", "MOEMOJI_BATCH_PICTURES": "2", "MOEMOJI_LEASE": "3"}
    workers = [Worker(url, place / f"{number}.log", **pace) for number in range(2)]
    kills = 0
    while not done.is_set():
        try:
            await asyncio.wait_for(done.wait(), every)
        except TimeoutError:
            workers[0].process.kill()
            workers[0].process.wait()
            kills += 1
            workers = [workers[1], Worker(url, place / f"{kills + 1}.log", **pace)]
    for worker in workers:
        worker.process.kill()
        worker.process.wait()
    return kills


async def soak(jobs: int, users: int, every: float) -> bool:
    """Run it and print the counts; whether all is well."""
    rng, done = random.Random(1), asyncio.Event()
    chats = {platform: Chat() for platform in PLATFORMS}
    submitted: dict[str, str] = {}
    cancelled = refused = repeated = restarts = 0
    begun = time.monotonic()
    with EmbeddedRedis() as server, tempfile.TemporaryDirectory() as place:
        queue = await JobQueue.connect(server.url, QueueSettings(jobs_per_user=5))
        killing = asyncio.create_task(killer(server.url, Path(place), every, done))
        stops: dict[str, asyncio.Event] = {}
        tasks: dict[str, asyncio.Task[None]] = {}

        def start(platform: str) -> None:
            stops[platform] = asyncio.Event()
            tasks[platform] = asyncio.create_task(
                frontend(server.url, platform, chats[platform], rng, stops[platform])
            )

        for platform in PLATFORMS:
            start(platform)
        while len(submitted) < jobs:
            platform, user = rng.choice(PLATFORMS), str(rng.randrange(users))
            asked = request(
                user, platform=platform, seed=rng.randrange(2**32), once=f"{rng.random()}"
            )
            try:
                job_id = await queue.submit(asked)
            except BusyError:
                refused += 1
                await asyncio.sleep(0.02)
                continue
            submitted[job_id] = platform
            if rng.random() < 0.1:
                again = asked.model_copy(update={"job_id": f"{job_id}x"})
                repeated += await queue.submit(again) == job_id
            if rng.random() < 0.03:
                cancelled += await queue.cancel(job_id, None)
            if len(submitted) in (jobs // 3, 2 * jobs // 3):
                for name in PLATFORMS:
                    stops[name].set()
                    await tasks[name]
                    start(name)
                    restarts += 1
        seen = {}
        while len(seen) < len(submitted) and time.monotonic() - begun < 60 + jobs:
            await asyncio.sleep(0.2)
            seen = {job_id for chat in chats.values() for job_id in chat.messages}
        await asyncio.sleep(1)
        done.set()
        kills = await killing
        for task in tasks.values():
            task.cancel()
        lasting = await keys_without_ttl(queue._redis)
        left = {
            name: await queue._redis.zcard(f"moemoji:{name}")
            for name in ("waiting", "running", "late", "missing")
        }
        unread = sum([await queue._redis.xlen(f"moemoji:events:{name}") for name in PLATFORMS])
        await queue.close()
    messages = sum((chat.messages for chat in chats.values()), Counter())
    kinds = Counter(kind for chat in chats.values() for kind in chat.kinds.values())
    twice = [job_id for job_id, count in messages.items() if count > 1]
    missing = [job_id for job_id in submitted if job_id not in messages]
    counts = {
        "jobs": len(submitted),
        "answered": len(messages),
        "outcomes": dict(kinds),
        "answered twice": len(twice),
        "unanswered": len(missing),
        "repeats that were edits": sum(sum(chat.edits.values()) for chat in chats.values()),
        "double clicks that made no job": repeated,
        "cancelled in time": cancelled,
        "told to wait (five jobs each)": refused,
        "workers killed": kills,
        "frontends restarted": restarts,
        "left in Redis": left | {"events": unread, "keys without TTL": lasting},
        "seconds": round(time.monotonic() - begun, 1),
    }
    for name, value in counts.items():
        print(f"{name:>32}  {value}")  # noqa: T201
    return not (twice or missing or lasting or unread or any(left.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--kill-every", type=float, default=10.0)
    options = parser.parse_args()
    logs.configure(level="WARNING")
    raise SystemExit(not asyncio.run(soak(options.jobs, options.users, options.kill_every)))
