"""Everything that makes a job: a wish, a surprise, and the buttons under a result."""

from __future__ import annotations

import random
import secrets
from typing import Any

from bot.core.desk import Desk
from bot.core.events import Action, Command, Edited, Event, Press
from bot.core.limits import Limits
from bot.core.preferences import Choices, Preferences
from bot.core.refusals import RefusalError
from bot.core.replies import Button, Chat, Reply
from bot.core.results import LARGE, files, finished
from bot.core.wishes import DEFAULT_COUNT, SEEDS, order
from bot.moderation.rules import Standing
from bot.texts import Texts
from worker.jobs import DrawRequest, Record, Variation
from worker.queue import JobQueue


class Drawing:
    """Submits requests, after the limits of the place."""

    def __init__(
        self, queue: JobQueue, preferences: Preferences, limits: Limits, desk: Desk
    ) -> None:
        self._queue = queue
        self._preferences = preferences
        self._limits = limits
        self._desk = desk

    async def avatar(
        self, event: Command, say: Texts, chat: Chat, standing: Standing
    ) -> Reply | None:
        """ "/avatar cute girl"; without a wish, ideas to press."""
        self._limits.place(event, standing)
        words = event.words.strip()
        if not words and not any(value.strip() for value in event.options.values()):
            return ideas(say)
        return await self._wish(event, say, chat, standing, words, event.options, "avatar")

    async def idea(self, event: Press, say: Texts, chat: Chat, standing: Standing) -> Reply | None:
        """A button of the ideas: one of them, a style, or a surprise."""
        ideas_here = say.section("ideas")
        words = ideas_here.get(event.action.subject, "")
        options = {"style": event.action.subject} if event.action.name == "style" else {}
        return await self._wish(event, say, chat, standing, words, options, "idea")

    async def edited(
        self, event: Edited, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """The same seed with another wish, so that only what was changed changes."""
        return await self._wish(event, say, chat, standing, event.words, {}, "edited", old=old)

    async def reroll(
        self, event: Press, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """The same wish, other figures."""
        asked = drawing_of(old)
        count = asked.count
        if asked.specs is not None and asked.variation is None:
            # A pick: again means others like the first time, not one more alike.
            count = (await self._defaults(event)).count or DEFAULT_COUNT
        values: dict[str, Any] = {
            "count": count,
            "seed": secrets.randbelow(SEEDS),
            "specs": asked.specs if asked.variation is not None else None,
            "variation": asked.variation,
        }
        return await self._again(event, say, chat, standing, old, "reroll", values)

    async def pick(
        self, event: Press, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """One candidate in full size."""
        spec = old.specs[self._index(event.action, old)]
        values = {"specs": (spec,), "count": 1, "size": LARGE, "variation": None, "seed": spec.seed}
        return await self._again(event, say, chat, standing, old, "pick", values, lane="high")

    async def vary(
        self, event: Press, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """Others like one candidate."""
        index = self._index(event.action, old)
        values = {
            "specs": (old.specs[index],),
            "count": DEFAULT_COUNT,
            "size": 256,
            "seed": secrets.randbelow(SEEDS),
            "variation": Variation(parent=old.job_id, index=index),
        }
        return await self._again(event, say, chat, standing, old, "vary", values)

    async def file(
        self, event: Press, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """The transparent PNGs: at once if they are still there, else drawn again."""
        pictures = await self._queue.result(old.job_id)
        if pictures and (old.drawing is None or old.drawing.background is None):
            return files(old, pictures)
        values = {"background": None, **self._same(old)}
        return await self._again(event, say, chat, standing, old, "file", values, lane="high")

    async def show(
        self, event: Event, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """An earlier result again: at once if the pictures are still there, else drawn again."""
        pictures = await self._queue.result(old.job_id)
        if pictures:
            return await finished(old, "done", None, pictures)
        return await self._again(
            event, say, chat, standing, old, "show", self._same(old), lane="high"
        )

    async def _wish(
        self,
        event: Event,
        say: Texts,
        chat: Chat,
        standing: Standing,
        words: str,
        options: dict[str, str],
        pressed: str,
        *,
        old: Record | None = None,
    ) -> Reply | None:
        before = drawing_of(old) if old else None
        asked = order(
            words,
            options,
            await self._defaults(event),
            seed=before.seed if before else None,
            allowed=lambda prompt: self._limits.words(prompt, standing),
        )
        # Who was read of a photo stays so.
        values = asked.fields | {"likeness": before.likeness if before else ()}
        return await self._desk.submit(
            DrawRequest,
            event,
            say,
            chat,
            standing,
            pressed,
            values,
            parent=old.job_id if old else None,
        )

    async def _again(
        self,
        event: Press | Event,
        say: Texts,
        chat: Chat,
        standing: Standing,
        old: Record,
        pressed: str,
        values: dict[str, Any],
        lane: str = "default",
    ) -> Reply | None:
        asked = drawing_of(old)
        kept = {
            name: getattr(asked, name)
            for name in (
                *("prompt", "wish", "understood", "unknown", "seed", "count"),
                *("size", "background", "likeness", "specs", "variation"),
            )
        }
        # What may be drawn can have changed since.
        kept["prompt"] = self._limits.words(asked.prompt, standing)
        if pressed == "reroll" and asked.variation is None:
            kept["size"] = 256
        return await self._desk.submit(
            DrawRequest,
            event,
            say,
            chat,
            standing,
            pressed,
            kept | values,
            parent=old.job_id,
            lane=lane,
        )

    async def _defaults(self, event: Event) -> Choices:
        return await self._preferences.defaults(event.place.owner, event.author)

    @staticmethod
    def _same(old: Record) -> dict[str, Any]:
        """Values that draw exactly what was drawn before."""
        if not old.specs:
            raise RefusalError("gone")
        return {"specs": old.specs, "count": len(old.specs), "variation": None}

    @staticmethod
    def _index(action: Action, old: Record) -> int:
        index = int(action.argument) if action.argument.isdigit() else 0
        if index >= len(old.specs):
            raise RefusalError("gone")
        return index


def drawing_of(record: Record) -> DrawRequest:
    """A job as wishes that can be drawn again.

    Raises:
        RefusalError: if nothing of it is left to draw.
    """
    if record.drawing is None:
        raise RefusalError("gone")
    return record.drawing


def ideas(say: Texts) -> Reply:
    """What to press when somebody has no idea: a bare "/avatar" is no mistake."""
    surprise = Button(say("buttons.surprise"), Action("idea"), "main", "🎲")
    styles = tuple(
        Button(say(f"styles.{name}"), Action("style", name)) for name in ("moe", "chibi")
    )
    each = [(Button(text, Action("idea", name)),) for name, text in say.section("ideas").items()]
    # Two ideas a row are too wide for a phone, and Discord takes five rows.
    return Reply(say("say.ask"), rows=((surprise, *styles), *random.sample(each, 4)))
