"""What is made of a photo: avatars of the people in it, and paintings."""

from __future__ import annotations

import re
from typing import Any

from bot.core import limits
from bot.core.answers import Answers
from bot.core.desk import Desk
from bot.core.events import Action, Command, Edited, Picture, Press
from bot.core.limits import Limits
from bot.core.preferences import Preferences
from bot.core.refusals import RefusalError
from bot.core.replies import Button, Chat, Reply, Rows
from bot.core.wishes import order, split
from bot.moderation.rules import Standing
from bot.texts import Texts
from worker.jobs import DrawRequest, Record, SelfieRequest, StylizeRequest
from worker.queue import JobQueue
from worker.skills import Skills, StyleOffer

PAGE = 12
"""Styles on one page of buttons: four rows of three, and a row to turn it."""
_A_ROW = 3
_NO = {"no", "off", "false", "0", "否", "不", "いいえ"}


class Photos:
    """Reads what people want of their photos, and hands it in."""

    def __init__(
        self,
        queue: JobQueue,
        preferences: Preferences,
        limits: Limits,
        desk: Desk,
        answers: Answers,
    ) -> None:
        self._queue = queue
        self._preferences = preferences
        self._limits = limits
        self._desk = desk
        self._answers = answers

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

    async def stylize(
        self, event: Command, say: Texts, chat: Chat, standing: Standing
    ) -> Reply | None:
        """ "/stylize pastel", with a picture or pointing at one; with two, like the second."""
        self._limits.place(event, standing)
        skills = await self._skills()
        words, options = split(event.words, ("strength", "keep"))
        options |= {name: value for name, value in event.options.items() if value.strip()}
        words = options.get("style", words).strip()
        if not event.pictures:
            raise RefusalError("no_photo")
        values: dict[str, Any] = {
            "strength": _strength(options.get("strength", "")),
            "keep_colours": options.get("keep", "no").lower() not in _NO,
        }
        if words:
            style = skills.get(words) or skills.find(words)
            if style is None:
                raise _which(skills)
            return await self._paint(event, say, chat, standing, style, values)
        if len(event.pictures) > 1:
            if not skills.painting:
                raise RefusalError("no_painting")
            pictures = event.pictures[:2]
            return await self._desk.submit(
                StylizeRequest, event, say, chat, standing, "stylize", values, pictures=pictures
            )
        if event.pictures[0].message_id is None:
            raise _which(skills)
        return _page(skills, say)

    async def styles(self, event: Press, say: Texts) -> Reply:
        """The painted styles, to choose one for the photo that the message answers.

        Raises:
            RefusalError: if the photo is not in the chat any more, or nothing can paint.
        """
        action = event.action
        if action.subject:
            limits.owner(event, await self._answers.record(action.subject))
        skills = await self._skills()
        self._photo(event)
        page = int(action.argument) if action.argument.isdigit() else None
        return _page(skills, say, action.subject, page or 0, turned=page is not None)

    async def paint(self, event: Press, say: Texts, chat: Chat, standing: Standing) -> Reply | None:
        """A style's button: the photo is got from the chat once more."""
        skills, action = await self._skills(), event.action
        style = skills.get(action.subject)
        if style is None:
            raise _which(skills)
        self._photo(event)
        values = {"strength": _strength(action.argument), "keep_colours": False}
        return await self._paint(event, say, chat, standing, style, values)

    async def _paint(
        self,
        event: Command | Press,
        say: Texts,
        chat: Chat,
        standing: Standing,
        style: StyleOffer,
        values: dict[str, Any],
    ) -> Reply | None:
        values |= {"style": style.key, "title": style.name(say.language)}
        return await self._desk.submit(
            StylizeRequest,
            event,
            say,
            chat,
            standing,
            "stylize",
            values,
            pictures=event.pictures[:1],
        )

    async def _skills(self) -> Skills:
        skills = await self._queue.skills()
        if skills is None:
            raise RefusalError("nobody_works")
        if not skills.styles and not skills.painting:
            raise RefusalError("no_painting")
        return skills

    @staticmethod
    def _photo(event: Press) -> Picture:
        if not event.pictures:
            raise RefusalError("photo_away")
        return event.pictures[0]


async def readable(queue: JobQueue) -> None:
    """Whether people in photos can be recognized here.

    Raises:
        RefusalError: if no worker can.
    """
    skills = await queue.skills()
    if skills is not None and not skills.faces:
        raise RefusalError("no_reading")


def _which(skills: Skills) -> RefusalError:
    return RefusalError(
        "painting",
        styles=lambda say: say.listed([style.name(say.language) for style in skills.styles]),
    )


def _strength(text: str) -> float:
    """ "0.5", "50" and "50%" are the same; nothing is 1."""
    match = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,6})?)\s*%?\s*", text)
    if not text.strip():
        return 1.0
    value = float(match[1]) if match else -1.0
    value = value / 100 if value > 1 or "%" in text else value
    if not 0 < value <= 1:
        raise RefusalError("strength")
    return value


def _page(
    skills: Skills, say: Texts, job_id: str = "", page: int = 0, *, turned: bool = False
) -> Reply:
    pages = -(-len(skills.styles) // PAGE)
    page %= max(1, pages)
    shown = skills.styles[page * PAGE : (page + 1) * PAGE]
    buttons = [Button(style.name(say.language), Action("paint", style.key)) for style in shown]
    rows: Rows = tuple(tuple(buttons[i : i + _A_ROW]) for i in range(0, len(buttons), _A_ROW))
    if pages > 1:
        more = Action("styles", job_id, str((page + 1) % pages))
        rows = (*rows, (Button(say("buttons.more"), more, emoji="➡️"),))
    return Reply(say("say.styles"), rows=rows, replace=turned)
