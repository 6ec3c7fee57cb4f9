"""Brings results from the queue into the chats, and keeps waiting messages up to date."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import structlog

from bot.core.conversation import Conversation
from bot.core.replies import Reply
from bot.core.results import finished
from bot.journal import where
from worker import logs, metrics
from worker.delivery import Deliveries, Event
from worker.errors import ChatError
from worker.jobs import Address, Record

log = structlog.get_logger(__name__)

PATIENCE = 0.7
"""Seconds that a waiting message is left alone: most pictures are there by then."""
CALM = 2.0
"""Seconds between two edits of a waiting message."""
GRACE = 10.0
"""Seconds that deliveries under way get when the frontend is told to stop."""
OPENING = 3.0
"""Seconds that another frontend gets to post a waiting message before we do without."""
AT_ONCE = 64
"""Results on their way into chats at the same time: most wait for a busy group's rate limit."""
_MILESTONES = frozenset({*range(8), 9, 11, 14, 18, 23, 29, 36, 45, 56, 70, 88, 110})
"""Places worth telling: close to the front each one, far from it every quarter."""


class UnreachableError(Exception):
    """The chat is gone or closed to us: there is nobody to tell, and no use in trying again."""


class Outlet(Protocol):
    """What a platform lends to the carrier."""

    async def show(self, record: Record, reply: Reply) -> Address:
        """Put a result where its author waits for it.

        It is edited into `record.landed` if it was shown before, else into the waiting message;
        only if that is gone it becomes a new message.

        Returns:
            Where it is now.

        Raises:
            UnreachableError: if the chat is closed to us. Anything else is tried again later.
        """
        ...

    async def update(self, record: Record, reply: Reply, drawing: bool) -> None:
        """Edit the waiting message; best effort."""
        ...


class Carrier:
    """One per frontend process."""

    def __init__(self, conversation: Conversation, deliveries: Deliveries, outlet: Outlet) -> None:
        self._conversation = conversation
        self._deliveries = deliveries
        self._outlet = outlet
        self._listening: list[asyncio.Task[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._followed: dict[str, asyncio.Task[None]] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._under_way: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def start(self) -> None:
        """Begin to deliver."""
        self._listening = [
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._listen_to_progress()),
        ]

    async def stop(self) -> None:
        """Take nothing new, and finish what is under way."""
        ending = {*self._listening, *self._followed.values()}
        while ending:
            # More than once: Python 3.11's wait_for, with which redis-py sends, may swallow it.
            for task in ending:
                task.cancel()
            _, ending = await asyncio.wait(ending, timeout=0.2)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE)

    @property
    def listening(self) -> bool:
        """Whether results would be noticed."""
        return bool(self._listening) and not any(task.done() for task in self._listening)

    def follow(self, job_id: str) -> None:
        """Keep the waiting message of a job up to date, unless its result is quicker."""
        if job_id not in self._followed:
            task = asyncio.create_task(self._follow(job_id))
            self._followed[job_id] = task
            task.add_done_callback(lambda _: self._followed.pop(job_id, None))

    async def _listen(self) -> None:
        while True:
            try:
                async for event in self._deliveries.listen():
                    if event.entry in self._under_way:
                        continue
                    await self._room.acquire()
                    self._under_way.add(event.entry)
                    task = asyncio.create_task(self._deliver(event))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            except Exception as error:
                # One unreadable event must not silence a frontend for ever.
                log.error("listening-failed", error=type(error).__name__, where=where(error))
                await asyncio.sleep(1)

    async def _deliver(self, event: Event) -> None:
        lock = self._locks.setdefault(event.job_id, asyncio.Lock())
        asked, platform = event.record.request, self._deliveries.platform
        logs.about(asked.author.key, asked.address.guild_id)
        try:
            followed = self._followed.get(event.job_id)
            async with lock:
                # An edit under way has let go of the lock, the next one must not begin.
                if followed is not None:
                    followed.cancel()
                pictures = await event.pictures() if event.kind == "done" else None
                record = await self._opened(event.record)
                skills = await self._conversation.queue.skills()
                reply = await finished(record, event.kind, event.error, pictures, skills)
                landed = await self._outlet.show(record, reply)
                await event.ack(landed)
                metrics.DELIVERIES.labels(platform, "delivered").inc()
                if event.record.finished is not None and event.attempt == 1:
                    took = max(0.0, time.time() - event.record.finished)
                    metrics.DELIVERED_AFTER.labels(platform).observe(took)
                log.info("delivered", job_id=event.job_id, kind=event.kind, attempt=event.attempt)
        except UnreachableError:
            metrics.DELIVERIES.labels(platform, "nobody-there").inc()
            log.info("nobody-there", job_id=event.job_id)
            await event.ack()
        except Exception as error:
            # Its message may quote what was sent; the type and the id are enough to look on.
            log.warning(
                "not-delivered",
                job_id=event.job_id,
                attempt=event.attempt,
                error=type(error).__name__,
                where=where(error),
            )
            again = await event.retry(error)
            metrics.DELIVERIES.labels(platform, "retried" if again else "given-up").inc()
        finally:
            self._under_way.discard(event.entry)
            self._locks.pop(event.job_id, None)
            self._room.release()

    async def _opened(self, record: Record) -> Record:
        """The record as it is when its waiting message is posted, or never will be.

        A quick worker is done before a chat has taken that message; if the frontend that was
        about to post it is dead, the result comes as a message of its own.
        """
        queue, job_id = self._conversation.queue, record.job_id
        end = time.monotonic() + OPENING
        while record.landed is None and record.waiting is None:
            if record.address.message_id is not None:
                break
            await self._conversation.opened(job_id)
            if time.monotonic() > end:
                await queue.opened(job_id, "")
            known = await queue.record(job_id)
            if known is None:
                raise UnreachableError
            record = known
            if record.waiting is None:
                await asyncio.sleep(0.1)
        return record

    async def _follow(self, job_id: str) -> None:
        queue = self._conversation.queue
        pause, shown = PATIENCE, -1
        while True:
            await asyncio.sleep(pause)
            pause = CALM
            try:
                async with self._locks.setdefault(job_id, asyncio.Lock()):
                    record = await queue.record(job_id)
                    position = await queue.position(job_id)
                    if record is None or not record.open or position is None:
                        self._locks.pop(job_id, None)
                        return
                    place = position.place
                    if place == shown or (shown >= 0 and place not in _MILESTONES):
                        continue
                    reply = await self._conversation.progress(record, position)
                    await self._outlet.update(record, reply, drawing=place == 0)
                    shown = place
            except UnreachableError:
                return
            except ChatError:
                continue
            except Exception as error:
                log.info("not-updated", job_id=job_id, error=type(error).__name__)

    async def _listen_to_progress(self) -> None:
        # After a restart this is how the jobs that wait already are found again.
        while True:
            try:
                async for progress in self._deliveries.progress():
                    self.follow(progress.job_id)
            except Exception as error:
                log.error("progress-failed", error=type(error).__name__, where=where(error))
                await asyncio.sleep(1)
