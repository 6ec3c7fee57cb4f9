"""The frontends' door to the queue: submit, cancel, position, record, result; all async.

Commands go through `redis.asyncio`; of rq only the job's hash is made here, without a connection.
Nothing here imports torch or blocks the event loop.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, cast

import redis
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from rq.job import Job

from worker import scripts
from worker.errors import BusyError, StoreAwayError
from worker.jobs import Author, Position, Record, Request
from worker.records import restore
from worker.scripts import PREFIX, QUEUES
from worker.settings import QueueSettings
from worker.skills import SKILLS, Skills, shared, skills_of
from worker.upload_store import UploadStore

TASK = "worker.tasks.perform"
"""What rq calls with the job's id: by name, so that frontends do not import it."""
SKILLS_FRESH = 3.0
"""Seconds for which a frontend does not ask again what the workers can do."""
DEFAULT_PACE = 2.0
"""Seconds per job that are assumed until one was measured."""

# rq's Job.create wants a client but sends nothing through it.
_IDLE = redis.Redis()

RETRIED = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
"""Each script may run twice without harm, so that a lost answer may simply be asked for again."""


_UNABLE = ("OOM", "READONLY", "MISCONF")
"""A Redis that answers, but takes nothing at the moment."""


def connection(url: str, *, attempts: int = 5) -> redis.asyncio.Redis:
    """An async client that rides out a restart of Redis of a few seconds.

    A few connections serve any number of tasks: a hundred commands at once would otherwise open a
    hundred, which alone holds the event loop for 80 ms.
    """
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        url,
        max_connections=8,
        timeout=None,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.05), attempts),
        retry_on_error=list(RETRIED),
        socket_connect_timeout=5,
    )
    return redis.asyncio.Redis.from_pool(pool)


@asynccontextmanager
async def reachable() -> AsyncIterator[None]:
    """Turns an unreachable Redis into the sentence for a chat.

    Raises:
        StoreAwayError: instead of redis-py's own errors of connection.
    """
    try:
        yield
    except RETRIED as error:
        raise StoreAwayError from error
    except redis.exceptions.ResponseError as error:
        if any(word in str(error) for word in _UNABLE):
            raise StoreAwayError from error
        raise


def rq_fields(request: Request, ttl: int) -> list[Any]:
    """rq's hash of the job as a flat list of fields and values for HSET.

    The description is neutral since rq writes it to its log: no prompt may be there.
    """
    job = Job.create(
        TASK,
        args=[request.job_id],
        connection=_IDLE,
        id=request.job_id,
        description=f"{request.kind} {request.job_id}",
        serializer="json",
        ttl=ttl,
        result_ttl=0,
        failure_ttl=ttl,
        origin="default",
    )
    flat: list[Any] = []
    for field, value in job.to_dict().items():
        flat += [field, value]
    return flat


class JobQueue:
    """One per frontend process; safe to use from many tasks at once."""

    def __init__(self, client: redis.asyncio.Redis, settings: QueueSettings) -> None:
        self._redis = client
        self.settings = settings
        url = settings.uploads_url
        self._memory = client if url is None else connection(url.get_secret_value(), attempts=1)
        self.uploads = UploadStore(self._memory, settings)
        self._skills: Skills | None = None
        self._skills_until = 0.0
        self._submit = client.register_script(scripts.SUBMIT)
        self._cancel = client.register_script(scripts.CANCEL)
        self._forget = client.register_script(scripts.FORGET)
        self._opened = client.register_script(scripts.OPENED)

    @classmethod
    async def connect(cls, redis_url: str, settings: QueueSettings | None = None) -> Self:
        """A queue on that Redis.

        Args:
            redis_url: redis://, rediss:// or unix:// URL.
            settings: From the environment if None.

        Raises:
            StoreAwayError: if Redis does not answer within a few seconds.
        """
        queue = cls(connection(redis_url), settings or QueueSettings())
        try:
            async with reachable():
                await queue._redis.ping()
        except StoreAwayError:
            await queue.close()
            raise
        return queue

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()
        await self._memory.aclose()

    async def submit(self, request: Request) -> str:
        """Queue the request and answer its job id, or that of the job it repeats.

        The same `job_id` or `origin` again, or the same `once` of the same author while that job
        is open or a moment old, makes no second job.

        Raises:
            BusyError: "too-many-jobs" (with `limit`) or "queue-full".
            StoreAwayError: if Redis cannot be reached.
        """
        limits = self.settings
        args: list[Any] = [
            request.job_id,
            request.author.key,
            request.address.platform,
            request.model_dump_json(),
            request.lane,
            limits.jobs_per_user,
            limits.queue_limit,
            limits.record_ttl,
            request.once or "",
            limits.double_click,
            " ".join(request.uploads),
            request.parent or "",
            request.origin or "",
            *rq_fields(request, limits.record_ttl),
        ]
        async with reachable():
            what, answer = await self._submit(args=args)
        if what == b"too-many-jobs":
            raise BusyError("too-many-jobs", limit=limits.jobs_per_user)
        if what == b"queue-full":
            raise BusyError("queue-full")
        return cast(bytes, answer).decode()

    async def made(self, author: Author, origin: str) -> bool:
        """Whether a message or press of this person has made a job already."""
        async with reachable():
            clicks = cast(Any, self._redis.hexists(f"{PREFIX}once:{author.key}", f"={origin}"))
            return bool(await clicks)

    async def cancel(self, job_id: str, by: Author | None) -> bool:
        """Cancel a waiting or running job; its "cancelled" event goes to its platform.

        Args:
            job_id: The job.
            by: Only this person's job; None for a moderator, whose right the caller has checked.

        Returns:
            Whether it was open and is cancelled now. A worker notices within a second; the record
            says "cancelled" at once and a result that still arrives is dropped.
        """
        async with reachable():
            answer = await self._cancel(args=[job_id, "" if by is None else by.key])
        if answer is None:
            return False
        await self.drop(cast(bytes, answer).decode().split())
        return True

    async def opened(self, job_id: str, message_id: str) -> bool:
        """Settle which message waits for a job's result; the first word counts.

        Args:
            job_id: The job.
            message_id: The message; empty if there will be none.

        Returns:
            False if it was settled before, or the job is forgotten: a message just posted has to
            go again.
        """
        async with reachable():
            return bool(await self._opened(args=[job_id, message_id]))

    async def record(self, job_id: str) -> Record | None:
        """The request and its state; None if unknown, forgotten or older than 30 days."""
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.get(f"{PREFIX}request:{job_id}")
            pipe.hgetall(f"{PREFIX}record:{job_id}")
            request, fields = await pipe.execute()
        return restore(request, fields)

    async def recent(self, author: Author, limit: int = 10) -> list[str]:
        """The author's latest job ids, newest first: "show me that one again"."""
        async with reachable():
            ids = await self._redis.zrevrange(f"{PREFIX}by:{author.key}", 0, limit - 1)
        return [job_id.decode() for job_id in cast(list[bytes], ids)]

    async def open_jobs(self, author: Author) -> list[str]:
        """The author's waiting and running job ids, oldest first."""
        async with reachable():
            ids = await self._redis.zrange(f"{PREFIX}open:{author.key}", 0, -1)
        return [job_id.decode() for job_id in cast(list[bytes], ids)]

    async def result(self, job_id: str) -> list[bytes] | None:
        """The bytes of each picture: PNG, or the GIF of a film.

        None if there are none any more: after 24 h, after 15 min if a photo was painted.
        """
        async with reachable():
            pictures = await cast(
                Awaitable[list[bytes]], self._redis.lrange(f"{PREFIX}result:{job_id}", 0, -1)
            )
            if pictures:
                return pictures
            painted = await self.uploads.painted(job_id)
        return None if painted is None else [painted]

    async def position(self, job_id: str) -> Position | None:
        """Where an open job stands and about how long it will take; None if it is not open."""
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hmget(f"{PREFIX}record:{job_id}", "state", "started")
            for name in QUEUES:
                pipe.lpos(f"rq:queue:{name}", job_id)
                pipe.llen(f"rq:queue:{name}")
            pipe.get(f"{PREFIX}pace")
            pipe.time()
            pipe.zrange(f"{PREFIX}workers", 0, -1, withscores=True)
            answers = await pipe.execute()
        (state, started), pace, clock, workers = answers[0], answers[-3], answers[-2], answers[-1]
        each = float(pace) if pace else DEFAULT_PACE
        if state == b"drawing":
            elapsed = clock[0] + clock[1] / 1e6 - float(started) if started else 0.0
            return Position(place=0, seconds=max(each - elapsed, each / 10))
        if state != b"queued":
            return None
        # Popped but not yet claimed: it is next.
        place, before = 1, 0
        for found, length in zip(answers[1:-3:2], answers[2:-3:2], strict=True):
            if found is not None:
                place = before + found + 1
                break
            before += length
        alive = sum(1 for _, till in workers if till > clock[0])
        return Position(place=place, seconds=each * (place + 1) / max(1, alive))

    async def workers(self) -> int:
        """How many workers gave a sign of life lately: with none, a frontend can say so."""
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.time()
            pipe.zrange(f"{PREFIX}workers", 0, -1, withscores=True)
            clock, workers = await pipe.execute()
        return sum(1 for _, till in workers if till > clock[0])

    async def load(self) -> tuple[int, int]:
        """How many jobs wait, and how many are being drawn."""
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.zcard(f"{PREFIX}waiting")
            pipe.zcard(f"{PREFIX}running")
            waiting, running = await pipe.execute()
        return int(waiting), int(running)

    async def upload(self, author: Author, data: bytes) -> str:
        """Put a picture aside for a request's `uploads`: 15 minutes, or until its job ends.

        Raises:
            UploadsOffError: if there is no Redis that writes nothing to disk.
            StoreAwayError: if it cannot be reached, or is full.
        """
        async with reachable():
            return await self.uploads.put(author, data)

    async def note(self, author: Author, name: str, told: str) -> None:
        """Keep how to get a photo from its chat once more, where photos are kept; for 24 hours.

        Args:
            author: Whose it is.
            name: The job that it was sent in for.
            told: What only the frontends read.

        Raises:
            UploadsOffError: if there is no Redis that writes nothing to disk.
            StoreAwayError: if it cannot be reached, or is full.
        """
        async with reachable():
            await self.uploads.note(author, name, told)

    async def noted(self, name: str) -> bytes | None:
        """What was told of a photo; None if it is not known any more."""
        async with reachable():
            return await self.uploads.noted(name)

    async def drop(self, uploads: Collection[str]) -> None:
        """Delete pictures for which there is no job (any more); at the latest they go by time."""
        with contextlib.suppress(StoreAwayError):
            async with reachable():
                await self.uploads.drop(uploads)

    async def skills(self) -> Skills | None:
        """What every worker that is alive can do, else what the last ones could.

        None if there was no worker for a day; at most a few seconds old.
        """
        if time.monotonic() < self._skills_until:
            return self._skills
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.time()
            pipe.zrange(f"{PREFIX}workers", 0, -1, withscores=True)
            clock, workers = await pipe.execute()
        alive = [skills_of(name.decode()) for name, till in workers if till > clock[0]]
        async with reachable():
            told = await self._redis.mget(alive or [SKILLS])
        known = [Skills.model_validate_json(skills) for skills in told if skills is not None]
        self._skills = shared(known) if known else None
        if known:
            # A first worker is heard of at once.
            self._skills_until = time.monotonic() + SKILLS_FRESH
        return self._skills

    async def forget(self, platform: str, user_id: str) -> int:
        """Delete every request, record, result and upload of a person; open jobs are dropped.

        What moderators made of the person's wishes goes too.

        Returns:
            How many jobs were forgotten.
        """
        author = Author(platform=platform, user_id=user_id)
        async with reachable():
            # First what lasts shortest: if it fails, the person is told, and asks again.
            await self.uploads.forget(author)
            count = await self._forget(args=[author.key])
        return int(count)


STRUCTURAL: Sequence[str] = (
    *("rq:queue:", "rq:queues", "rq:workers"),
    *(f"{PREFIX}{name}" for name in ("sequence", "waiting", "running", "late")),
)
"""Keys that hold no person's data, empty themselves, and therefore need no TTL."""


async def keys_without_ttl(client: redis.asyncio.Redis) -> list[str]:
    """The keys that would stay for ever though they should not; for tests and the soak."""
    lasting = []
    async for raw in client.scan_iter(count=1000):
        key = raw.decode()
        if not key.startswith(tuple(STRUCTURAL)) and await client.ttl(key) == -1:
            lasting.append(key)
    return sorted(lasting)
