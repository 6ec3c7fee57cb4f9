"""Results on their way to a chat: at least once, and as an edit when it is not the first time.

A finished job is an entry in its platform's Redis Stream. A frontend reads them as a consumer of a
group and acknowledges each only after the chat accepted the message; what was not acknowledged
comes again, after a pause, after a restart, or to another frontend. `Event.ack(landed)` keeps the
message that shows the result in the record in the same step, so that a repeated delivery finds
`event.record.landed` and edits that message instead of sending a second picture.
"""

from __future__ import annotations

import asyncio
import heapq
import json
from collections.abc import AsyncIterator
from typing import Any, Literal, Self, cast

import redis.asyncio
import structlog

from worker import scripts
from worker.jobs import Address, Progress, Record
from worker.queue import RETRIED, JobQueue, connection
from worker.scripts import PREFIX
from worker.settings import QueueSettings

Kind = Literal["done", "failed", "cancelled"]
GROUP = "frontends"
_BLOCK_MS = 1000

log = structlog.get_logger(__name__)


class Event:
    """A finished job that a chat has to be told of.

    Attributes:
        job_id: The job.
        kind: What became of it.
        record: Request, specs, times; `record.landed` is set if a message already shows it.
        error: The text key of why it failed; `params` has the values for the text, the job's id
            as `job_id` among them.
        attempt: 1 for the first delivery.
    """

    def __init__(
        self, deliveries: Deliveries, entry: str, job_id: str, kind: Kind, record: Record
    ) -> None:
        self._deliveries = deliveries
        self.entry = entry
        self.job_id = job_id
        self.kind: Kind = kind
        self.record = record
        self.error = record.error
        self.params = {"job_id": job_id, **record.error_params}
        self.attempt = 1

    async def pictures(self) -> list[bytes] | None:
        """The PNG bytes of each candidate; None if they are older than 24 h or there are none."""
        return await self._deliveries.queue.result(self.job_id)

    async def landed(self, where: Address) -> None:
        """Keep where the result is shown before everything is done (a second file to send, say)."""
        self.record = self.record.model_copy(update={"landed": where})
        await self._deliveries.acknowledge("", self.job_id, where)

    async def ack(self, landed: Address | None = None) -> None:
        """The chat has it: keep where, and never deliver it again (one atomic step)."""
        await self._deliveries.acknowledge(self.entry, self.job_id, landed)

    async def retry(self, error: BaseException | None = None) -> bool:
        """The chat did not take it: deliver it again after a pause that doubles each time.

        Returns:
            False if it was tried often enough; then it is acknowledged and logged.
        """
        return await self._deliveries.again(self, error)


class Deliveries:
    """The finished jobs of one platform.

    Args:
        queue: For records and pictures.
        client: An own connection, since reading blocks it.
        platform: As in `Address.platform`.
        consumer: A name that stays the same over restarts of this frontend: what it left
            unacknowledged is delivered first when it is back. Frontends that run side by side
            need names of their own.
    """

    def __init__(
        self,
        queue: JobQueue,
        client: redis.asyncio.Redis,
        platform: str,
        consumer: str = "frontend",
    ) -> None:
        self.queue = queue
        self.platform = platform
        self.settings: QueueSettings = queue.settings
        self._redis = client
        self._consumer = consumer
        self._stream = f"{PREFIX}events:{platform}"
        self._acknowledge = client.register_script(scripts.ACKNOWLEDGE)
        # Entries that were handed out here and are neither acknowledged nor given up: entry ->
        # attempts so far. What waits for its next attempt is in the heap as well.
        self._held: dict[str, int] = {}
        self._waiting: list[tuple[float, str]] = []
        self._entries: dict[str, dict[bytes, bytes]] = {}
        self._next_reclaim = 0.0
        self._owns_queue = False

    @classmethod
    async def connect(
        cls,
        redis_url: str,
        platform: str,
        consumer: str = "frontend",
        settings: QueueSettings | None = None,
    ) -> Self:
        """Deliveries with a queue and connections of their own.

        Raises:
            StoreAwayError: if Redis does not answer.
        """
        queue = await JobQueue.connect(redis_url, settings)
        deliveries = cls(queue, connection(redis_url), platform, consumer)
        deliveries._owns_queue = True
        return deliveries

    async def close(self) -> None:
        """Let go of the connection; what is unacknowledged comes again later."""
        await self._redis.aclose()
        if self._owns_queue:
            await self.queue.close()

    async def listen(self) -> AsyncIterator[Event]:
        """Yields finished jobs for ever; survives Redis being away.

        Each event has to be answered with `ack` or `retry`, from any task; events of which neither
        is heard are delivered again when `deliver_reclaim` seconds have passed.
        """
        pause = 0.1
        ready = False
        # First what this consumer left behind when it was last ended, page by page.
        leftover: str | None = "0"
        while True:
            held = set(self._held)
            try:
                if not ready:
                    await self._ensure_group()
                    _heed_cancellation()
                    ready = True
                if leftover is not None:
                    entries = await self._read(leftover)
                    leftover = entries[-1][0] if entries else None
                else:
                    entries = self._due() or await self._reclaimed() or await self._read(">")
                pause = 0.1
            except (*RETRIED, redis.exceptions.ResponseError) as error:
                # A Redis that lost its data has no group, one that loads it answers "LOADING".
                log.warning("events-unreadable", platform=self.platform, error=type(error).__name__)
                ready = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
                continue
            _heed_cancellation()
            for entry, fields in entries:
                event = await self._event(entry, fields, held)
                if event is not None:
                    yield event

    async def progress(self) -> AsyncIterator[Progress]:
        """Yields best effort news: pub/sub, so what is sent while nobody listens is lost."""
        channel = f"{PREFIX}progress:{self.platform}"
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(channel)
                    while True:
                        _heed_cancellation()
                        message = await pubsub.get_message(timeout=1.0)
                        if message is not None:
                            yield Progress.model_validate(json.loads(message["data"]))
            except RETRIED:
                await asyncio.sleep(1.0)

    async def acknowledge(self, entry: str, job_id: str, landed: Address | None) -> None:
        """See `Event.ack` and `Event.landed`; entry is empty for the latter."""
        where = "" if landed is None else landed.model_dump_json(exclude={"token"})
        await self._acknowledge(keys=[self._stream], args=[entry, job_id, where, GROUP])
        self._held.pop(entry, None)
        self._entries.pop(entry, None)

    async def again(self, event: Event, error: BaseException | None) -> bool:
        """See `Event.retry`."""
        reason = None if error is None else type(error).__name__
        if event.attempt >= self.settings.deliver_attempts:
            log.error("delivery-given-up", job_id=event.job_id, attempt=event.attempt, error=reason)
            await self.acknowledge(event.entry, event.job_id, None)
            return False
        pause = min(
            self.settings.deliver_backoff * 2.0 ** (event.attempt - 1),
            self.settings.deliver_backoff_max,
        )
        log.info("delivery-retry", job_id=event.job_id, attempt=event.attempt, error=reason)
        heapq.heappush(self._waiting, (asyncio.get_running_loop().time() + pause, event.entry))
        return True

    async def _ensure_group(self) -> None:
        # From "0": what was finished before any frontend ever ran is delivered too.
        try:
            await self._redis.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except redis.exceptions.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        await self._redis.expire(self._stream, 30 * 24 * 3600)

    async def _read(self, start: str) -> list[tuple[str, dict[bytes, bytes]]]:
        block = _BLOCK_MS
        if self._waiting:
            left = self._waiting[0][0] - asyncio.get_running_loop().time()
            block = max(1, min(block, int(left * 1000)))
        answer = await self._redis.xreadgroup(
            GROUP, self._consumer, {self._stream: start}, count=16, block=block
        )
        found: list[tuple[str, dict[bytes, bytes]]] = []
        for _, entries in cast(Any, answer) or ():
            found += [(entry.decode(), fields) for entry, fields in entries]
        return found

    def _due(self) -> list[tuple[str, dict[bytes, bytes]]]:
        due = []
        now = asyncio.get_running_loop().time()
        while self._waiting and self._waiting[0][0] <= now:
            _, entry = heapq.heappop(self._waiting)
            if entry in self._entries:
                due.append((entry, self._entries[entry]))
        return due

    async def _reclaimed(self) -> list[tuple[str, dict[bytes, bytes]]]:
        now = asyncio.get_running_loop().time()
        if now < self._next_reclaim:
            return []
        self._next_reclaim = now + min(self.settings.deliver_reclaim / 2, 10.0)
        answer = await self._redis.xautoclaim(
            self._stream,
            GROUP,
            self._consumer,
            min_idle_time=int(self.settings.deliver_reclaim * 1000),
            count=16,
        )
        waiting = {entry for _, entry in self._waiting}
        found = []
        for entry, fields in cast(Any, answer)[1]:
            # Redis 6.2 answers nil for entries that were trimmed away.
            if entry is not None and entry.decode() not in waiting:
                found.append((entry.decode(), fields or {}))
        return found

    async def _event(self, entry: str, fields: dict[bytes, bytes], held: set[str]) -> Event | None:
        job_id = fields.get(b"job", b"").decode()
        kind = fields.get(b"kind", b"").decode()
        try:
            record = await self.queue.record(job_id) if job_id else None
        except ValueError:
            # Left pending, it would be read first for ever, and nothing behind it. The error itself
            # would show what somebody wrote.
            log.error("record-unreadable", job_id=job_id)
            record = None
        if entry in held and entry not in self._held:
            # Acknowledged while it was read once more.
            return None
        if record is None:
            # Forgotten by its author's wish, or 30 days old: there is nobody to tell.
            await self.acknowledge(entry, job_id, None)
            return None
        event = Event(self, entry, job_id, cast(Kind, kind), record)
        event.attempt = self._held[entry] = self._held.get(entry, 0) + 1
        self._entries[entry] = fields
        return event


def _heed_cancellation() -> None:
    """Raise a cancellation that was swallowed on the way here.

    redis-py sends with `asyncio.wait_for`, which before Python 3.12 may return instead of raising
    it (https://bugs.python.org/issue37658).

    Raises:
        asyncio.CancelledError: if the task was cancelled.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
