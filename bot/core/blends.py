"""Figures out of several: earlier results, photos, drawn avatars and words, blended or filmed."""

from __future__ import annotations

import re
import secrets
from typing import Any

from bot.core import limits
from bot.core.answers import Answers
from bot.core.desk import Desk
from bot.core.events import Command, Edited, Event, Press
from bot.core.limits import Limits
from bot.core.photos import readable
from bot.core.refusals import RefusalError
from bot.core.replies import Chat, Form, Reply
from bot.core.results import wish_of
from bot.core.wishes import MAX_WORDS, SEEDS, shares, split
from bot.moderation.rules import Standing
from bot.texts import LANGUAGES, Texts, texts
from generator.blending import MOST_SOURCES, PARTS, Part
from generator.prompt import parse
from generator.spec import AvatarSpec
from worker.jobs import BlendRequest, Record, Source
from worker.queue import JobQueue

_ID = re.compile(r"#?(?P<job>[0-9b-df-hj-np-tv-z]{12})(?:[:：](?P<number>[1-4]))?", re.IGNORECASE)
_PARTS: dict[str, Part] = {
    texts(language)(f"parts.{part}").lower(): part for language in LANGUAGES for part in PARTS
}
_PART = re.compile(
    rf"(?:(?<=\s)|^)({'|'.join(map(re.escape, _PARTS))})\s*[:=：]\s*(\d)(?=\s|$)", re.I
)


class Blends:
    """Finds out what is to be blended, and hands it in."""

    def __init__(self, queue: JobQueue, limits: Limits, desk: Desk, answers: Answers) -> None:
        self._queue = queue
        self._limits = limits
        self._desk = desk
        self._answers = answers

    async def command(
        self, event: Command, say: Texts, chat: Chat, standing: Standing, *, film: bool
    ) -> Reply | None:
        """ "/blend k3v9x2mwpb4d + shy witch hair:2", with pictures or without."""
        self._limits.place(event, standing)
        given = {name: value for name, value in event.options.items() if value.strip()}
        # What is pointed at comes first, as with pictures.
        words = "+".join(filter(None, (given.get("id"), event.words)))
        return await self._blend(event, say, chat, standing, words, given, film=film)

    async def ask(self, event: Press, say: Texts) -> Reply:
        """The button "Blend with …"."""
        record = await self._answers.record(event.action.subject)
        limits.owner(event, record)
        if not record.specs:
            raise RefusalError("gone")
        form = Form(
            question="blended",
            job_id=record.job_id,
            title=say("say.blend_title"),
            label=say("say.blend_label"),
            text="",
            ask=say("say.blend_ask", wish=wish_of(record.request, say)),
            limit=MAX_WORDS,
        )
        return Reply(form=form)

    async def blended(
        self, event: Edited, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """The answer to it: words, an ID, or a picture."""
        if not old.specs:
            raise RefusalError("gone")
        return await self._blend(
            event, say, chat, standing, event.words, {}, film=False, first=old.specs[0], old=old
        )

    async def film(
        self, event: Event, say: Texts, chat: Chat, standing: Standing, old: Record
    ) -> Reply | None:
        """The sources of a blend as a film, without the pictures that they were read from."""
        figures = old.read.figures or old.specs
        if len(figures) < 2:
            raise RefusalError("gone")
        values = {"sources": tuple(Source(spec=spec) for spec in figures), "film": True}
        return await self._desk.submit(
            BlendRequest, event, say, chat, standing, "film", values, parent=old.job_id
        )

    async def _blend(
        self,
        event: Event,
        say: Texts,
        chat: Chat,
        standing: Standing,
        words: str,
        options: dict[str, str],
        *,
        film: bool,
        first: AvatarSpec | None = None,
        old: Record | None = None,
    ) -> Reply | None:
        if len(words) > MAX_WORDS:
            raise RefusalError("long", limit=MAX_WORDS)
        words, written = split(words, ("weights",))
        take = {_PARTS[name.lower()]: int(at) - 1 for name, at in _PART.findall(words)}
        take |= {
            _PARTS[n.lower()]: int(at) - 1 for n, at in _PART.findall(options.get("parts", ""))
        }
        sources = [] if first is None else [Source(spec=first)]
        sources += [Source(upload=at) for at in range(len(event.pictures))]
        for text in re.split(r"[+＋\n]", _PART.sub(" ", words)):
            if text.strip():
                spec = await self._figure(event, text.strip(), standing)
                sources.append(Source(spec=spec))
        if not 2 <= len(sources) <= MOST_SOURCES:
            raise RefusalError("blend", limit=MOST_SOURCES)
        if any(at not in range(len(sources)) for at in take.values()):
            raise RefusalError("blend_part", count=len(sources))
        if event.pictures:
            await readable(self._queue)
        weights = shares(options.get("weights", written.get("weights", "")), len(sources))
        values: dict[str, Any] = {
            "sources": tuple(
                source.model_copy(update={"weight": weight})
                for source, weight in zip(sources, weights, strict=True)
            ),
            "take": take,
            "film": film,
        }
        return await self._desk.submit(
            BlendRequest,
            event,
            say,
            chat,
            standing,
            "film" if film else "blend",
            values,
            parent=None if old is None else old.job_id,
            pictures=event.pictures,
        )

    async def _figure(self, event: Event, text: str, standing: Standing) -> AvatarSpec:
        """An earlier result by its ID, "ID:2" for the second one; else words."""
        known = _ID.fullmatch(text)
        if known is None:
            wish = parse(self._limits.words(text, standing)).wish
            return wish.complete(secrets.randbelow(SEEDS))
        record = await self._answers.record(known["job"])
        limits.owner(event, record)
        index = int(known["number"] or 1) - 1
        if index >= len(record.specs):
            raise RefusalError("gone")
        return record.specs[index]
