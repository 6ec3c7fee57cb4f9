"""What is made of a photo: avatars of the people in it."""

from __future__ import annotations

from typing import Any

from bot.core.desk import Desk
from bot.core.events import Command, Edited, Press
from bot.core.limits import Limits
from bot.core.preferences import Preferences
from bot.core.refusals import RefusalError
from bot.core.replies import Chat, Reply
from bot.core.wishes import order
from bot.moderation.rules import Standing
from bot.texts import Texts
from worker.jobs import DrawRequest, Record, SelfieRequest
from worker.queue import JobQueue


class Photos:
    """Reads what people want of their photos, and hands it in."""

    def __init__(
        self, queue: JobQueue, preferences: Preferences, limits: Limits, desk: Desk
    ) -> None:
        self._queue = queue
        self._preferences = preferences
        self._limits = limits
        self._desk = desk

    async def selfie(
        self, event: Command | Edited, say: Texts, chat: Chat, standing: Standing
    ) -> Reply | None:
        """Avatars of whoever is in a photo; what is written with it overrides what it shows."""
        self._limits.place(event, standing)
        if not event.pictures:
            raise RefusalError("no_photo")
        await readable(self._queue)
        asked = order(
            event.words,
            event.options if isinstance(event, Command) else {},
            await self._preferences.defaults(event.place.owner, event.author),
            allowed=lambda prompt: self._limits.words(prompt, standing),
        )
        return await self._desk.submit(
            SelfieRequest,
            event,
            say,
            chat,
            standing,
            "selfie",
            asked.fields,
            pictures=event.pictures[-1:],
        )

    async def person(
        self, event: Press, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """Somebody else in the photo: read at the time, so that it is not needed any more."""
        people, request = old.read.people, old.request
        index = int(event.action.argument) if event.action.argument.isdigit() else 0
        if index >= len(people) or not isinstance(request, SelfieRequest):
            raise RefusalError("gone")
        other = request.drawing(people[index])
        names = ("wish", "understood", "unknown", "seed", "count", "background", "likeness")
        values: dict[str, Any] = {name: getattr(other, name) for name in names}
        values["prompt"] = self._limits.words(request.prompt, standing)
        return await self._desk.submit(
            DrawRequest, event, say, chat, standing, "person", values, parent=old.job_id
        )


async def readable(queue: JobQueue) -> None:
    """Whether people in photos can be recognized here.

    Raises:
        RefusalError: if no worker can.
    """
    skills = await queue.skills()
    if skills is not None and not skills.faces:
        raise RefusalError("no_reading")
