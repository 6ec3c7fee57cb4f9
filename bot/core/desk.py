"""Where requests are handed in: after the limits, with their pictures, and a message that waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog

from bot.core.events import Event, Picture, Press
from bot.core.limits import Limits
from bot.core.preferences import Preferences
from bot.core.refusals import LimitError, RefusalError
from bot.core.replies import Chat, Reply
from bot.core.results import waiting
from bot.core.sent import SentPhotos
from bot.journal import where
from bot.moderation.rules import Standing
from bot.texts import Texts
from generator.photo import MAX_BYTES
from worker.errors import ChatError
from worker.jobs import BlendRequest, DrawRequest, Request, SelfieRequest, StylizeRequest
from worker.queue import JobQueue

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""Pictures that a frontend holds at the same time, on their way from the chat to Redis."""
Kind = type[DrawRequest] | type[SelfieRequest] | type[StylizeRequest] | type[BlendRequest]


class Desk:
    """Submits requests of every kind."""

    def __init__(self, queue: JobQueue, preferences: Preferences, limits: Limits) -> None:
        self._queue = queue
        self._preferences = preferences
        self._limits = limits
        self._sent = SentPhotos(queue)
        self._room = asyncio.Semaphore(AT_ONCE)
        self.opening: dict[str, asyncio.Event] = {}
        """Jobs whose waiting messages are just being posted; set when that is over."""

    async def submit(
        self,
        kind: Kind,
        event: Event,
        say: Texts,
        chat: Chat,
        standing: Standing,
        pressed: str,
        values: dict[str, Any],
        *,
        parent: str | None = None,
        lane: str = "default",
        pictures: Sequence[Picture] = (),
    ) -> Reply | None:
        """Ask the worker, then show the waiting message that the result is edited into.

        In this order a frontend that is killed in between leaves a job, whose result comes, and
        not a promise that nobody keeps.

        Args:
            kind: The request's class; `values` are its own fields.
            event: What somebody did.
            say: The language.
            chat: Where the waiting message is posted.
            standing: The rules.
            pressed: What made this job: "avatar", or the button's name.
            values: Fields of the request.
            parent: The job that it follows.
            lane: "high" for a closer look at what was drawn.
            pictures: What becomes its uploads, in this order; got from the chat only now.

        Returns:
            None for a double click, or what the chat says twice: the first one is answered.

        Raises:
            ChatError: for whatever it is refused for.
        """
        self._limits.place(event, standing)
        click = event.action.data if isinstance(event, Press) else ""
        source = f"{pressed}:{event.place.chat_id}/{event.message_id}:{click}"
        mine = f"user:{event.author.key}"
        notice = bool(pictures) and not (await self._preferences.choices(mine))[0].photos
        request: Request = kind(
            author=event.author,
            address=chat.here(),
            locale=say.language,
            parent=parent,
            once=source[:200] if event.message_id else None,
            origin=event.origin,
            notice=notice,
            lane=lane,  # type: ignore[arg-type]
            **values,
        )
        try:
            counted = await self._limits.take(event, standing, closer=lane == "high")
        except LimitError:
            if event.origin is not None and await self._queue.made(event.author, event.origin):
                # Said twice by the chat, and counted the first time.
                return None
            raise
        # Before the first worker can be done with it.
        posted = self.opening[request.job_id] = asyncio.Event()
        made = False
        uploads: list[str] = []
        try:
            for picture in pictures:
                uploads.append(await self._bring(event, picture))
            request = request.model_copy(update={"uploads": tuple(uploads)})
            job_id = await self._queue.submit(request)
            made = job_id == request.job_id
            if made and notice:
                await self._preferences.choose(mine, "photos", "1")
            if made and isinstance(request, SelfieRequest | StylizeRequest):
                # Without it its buttons say that they cannot find it.
                with suppress(ChatError):
                    await self._sent.keep(event.author, job_id, pictures[0])
            return await self._open(request, say, chat) if made else None
        finally:
            if not made:
                await self._limits.give_back(counted)
                await self._queue.drop(uploads)
            del self.opening[request.job_id]
            posted.set()

    async def _bring(self, event: Event, picture: Picture) -> str:
        """Get a picture from the chat, and put it aside for the worker."""
        too_big = RefusalError("photo.too_big", megabytes=MAX_BYTES // 1_000_000)
        if (picture.size or 0) > MAX_BYTES:
            raise too_big
        async with self._room:
            try:
                data = await picture.fetch()
            except ChatError:
                raise
            except Exception as error:
                log.info("not-fetched", error=type(error).__name__, where=where(error))
                raise RefusalError("fetch") from error
            if len(data) > MAX_BYTES:
                raise too_big
            return await self._queue.upload(event.author, data)

    async def _open(self, request: Request, say: Texts, chat: Chat) -> Reply:
        """Post the waiting message."""
        job_id = request.job_id
        try:
            address = await chat.wait(waiting(say, request))
            opened = await self._queue.opened(job_id, address.message_id or "")
        except Exception as error:
            # The result will come as a message of its own.
            log.warning(
                "nothing-waits", job_id=job_id, error=type(error).__name__, where=where(error)
            )
            opened = True
        return Reply(job_id=job_id) if opened else Reply(delete=True)
