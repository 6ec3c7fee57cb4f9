"""Pictures painted in styles: one, several blended, or like another picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.core import limits
from bot.core.desk import Desk
from bot.core.events import Action, Command, Event, Picture, Press
from bot.core.limits import Limits
from bot.core.refusals import RefusalError
from bot.core.replies import Button, Chat, Reply, Rows
from bot.core.results import style_buttons
from bot.core.sent import Look, SentPhotos
from bot.core.wishes import shares, split
from bot.moderation.rules import Standing
from bot.texts import Texts
from worker.jobs import MOST_STYLES, Record, StylizeRequest, new_job_id
from worker.queue import JobQueue
from worker.skills import Skills, StyleOffer

PAGE = 12
"""Styles on one page of buttons: four rows of three, and a row to turn it."""
_A_ROW = 3
_OPTIONS = ("strength", "keep", "faces", "weights")
_NO = {"no", "off", "false", "0", "否", "不", "いいえ"}
_SHARE = re.compile(r"(?P<name>.+?)\s*[:：]\s*(?P<share>\d{1,2}(?:\.\d{1,3})?)")


class Paintings:
    """Reads how people want their pictures painted, and hands it in."""

    def __init__(self, queue: JobQueue, limits: Limits, desk: Desk, sent: SentPhotos) -> None:
        self._queue = queue
        self._limits = limits
        self._desk = desk
        self._sent = sent

    async def command(
        self, event: Command, say: Texts, chat: Chat, standing: Standing
    ) -> Reply | None:
        """ "/stylize pastel:2 + comic", with a picture or pointing at one; with two, like the
        second."""
        self._limits.place(event, standing)
        skills = await self._skills()
        words, options = split(event.words, _OPTIONS)
        options |= {name: value for name, value in event.options.items() if value.strip()}
        words = "+".join(filter(None, (options.get("style", words), options.get("style2"))))
        if not event.pictures:
            raise RefusalError("no_photo")
        look = _look(options)
        if words.strip():
            wanted = _chosen(words, options.get("weights", ""), skills)
            return await self._paint(event, say, chat, standing, skills, wanted, look)
        if len(event.pictures) > 1:
            return await self._paint(event, say, chat, standing, skills, [], look)
        picture = event.pictures[0]
        if picture.message_id is None and picture.address is None:
            raise _which(skills)
        # Not a job yet, but its photo is found under such a name.
        name = new_job_id()
        await self._sent.keep(event.author, name, picture, look)
        return _page(skills, say, name)

    async def styles(self, event: Press, say: Texts, chat: Chat) -> Reply:
        """The painted styles, to choose one for a photo that was sent before.

        Raises:
            RefusalError: if the photo is not in the chat any more, or nothing can paint.
        """
        action = event.action
        record = await self._record(event, action.subject)
        skills = await self._skills()
        await self._sent.again(event, chat, action.subject, record)
        page = int(action.argument) if action.argument.isdigit() else None
        return _page(skills, say, action.subject, page or 0, turned=page is not None)

    async def paint(self, event: Press, say: Texts, chat: Chat, standing: Standing) -> Reply | None:
        """A style's button: the photo is got from the chat once more."""
        name = event.action.argument
        record = await self._record(event, name)
        skills = await self._skills()
        style = skills.get(event.action.subject)
        if style is None:
            raise _which(skills)
        picture, look = await self._sent.again(event, chat, name, record)
        return await self._paint(
            *(event, say, chat, standing, skills, [(style, 1.0)], look),
            pictures=[picture],
            parent=None if record is None else record.job_id,
        )

    async def _paint(
        self,
        event: Event,
        say: Texts,
        chat: Chat,
        standing: Standing,
        skills: Skills,
        styles: Sequence[tuple[StyleOffer, float]],
        look: Look,
        *,
        pictures: Sequence[Picture] | None = None,
        parent: str | None = None,
    ) -> Reply | None:
        if look.keep_faces and not skills.mixing:
            raise RefusalError("mixing")
        if look.keep_faces and not skills.faces:
            raise RefusalError("no_faces")
        values: dict[str, Any] = {name: getattr(look, name) for name in Look.model_fields}
        if not styles and not skills.painting:
            raise RefusalError("no_painting")
        if len(styles) == 1:
            values["style"] = styles[0][0].key
        elif styles:
            values["blend"] = {style.key: share for style, share in styles}
        if styles:
            values["title"] = " + ".join(style.name(say.language) for style, _ in styles)[:100]
        return await self._desk.submit(
            StylizeRequest,
            event,
            say,
            chat,
            standing,
            "stylize",
            values,
            pictures=(pictures or event.pictures)[: 1 if styles else 2],
            parent=parent,
        )

    async def _record(self, event: Press, name: str) -> Record | None:
        """The job whose photo a button is about; None if there was none, or it is forgotten.

        Raises:
            RefusalError: for everybody but its author and moderators.
        """
        record = await self._queue.record(name) if name else None
        if record is not None:
            limits.owner(event, record)
        return record

    async def _skills(self) -> Skills:
        skills = await self._queue.skills()
        if skills is None:
            raise RefusalError("nobody_works")
        if not skills.styles and not skills.painting:
            raise RefusalError("no_painting")
        return skills


def _which(skills: Skills) -> RefusalError:
    return RefusalError(
        "painting",
        styles=lambda say: say.listed([style.name(say.language) for style in skills.styles]),
    )


def _look(options: Mapping[str, str]) -> Look:
    return Look(
        strength=_strength(options.get("strength", "")),
        keep_colours=options.get("keep", "no").lower() not in _NO,
        keep_faces=options.get("faces", "no").lower() not in _NO,
    )


def _strength(text: str) -> float:
    """ "0.5", "50" and "50%" are the same, and so are "0.01" and "1"; nothing is 1.0."""
    match = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,6})?)\s*%?\s*", text)
    if not text.strip():
        return 1.0
    value = float(match[1]) if match else -1.0
    whole = value > 1 or "%" in text or "." not in text
    value = value / 100 if whole else value
    if not 0 < value <= 1:
        raise RefusalError("strength")
    return value


def _chosen(words: str, weights: str, skills: Skills) -> list[tuple[StyleOffer, float]]:
    """The styles of "pastel", "pastel + comic" or "pastel:2, comic:1", each once, with its share.

    Raises:
        RefusalError: if there is no such style, or they cannot be blended.
    """
    alone = _found(words, skills)
    if alone is not None:
        return [(alone, 1.0)]
    parts = [_part(part, skills) for part in re.split(r"[+＋,，、]", words) if part.strip()]
    if not parts:
        raise _which(skills)
    given = shares(weights, len(parts)) if weights.strip() else [share for _, share in parts]
    chosen: dict[str, tuple[StyleOffer, float]] = {}
    for (style, _), share in zip(parts, given, strict=True):
        _, before = chosen.get(style.key, (style, 0.0))
        chosen[style.key] = (style, before + share)
    if len(chosen) > 1:
        _blendable([style for style, _ in chosen.values()], skills)
        if not any(share for _, share in chosen.values()):
            raise RefusalError("weights", count=len(chosen))
    return [*chosen.values()]


def _part(words: str, skills: Skills) -> tuple[StyleOffer, float]:
    """ "pastel" or "pastel:2"."""
    style, share = _found(words, skills), 1.0
    match = _SHARE.fullmatch(words.strip())
    if style is None and match is not None:
        style, share = _found(match["name"], skills), float(match["share"])
    if style is None:
        raise _which(skills)
    return style, share


def _found(words: str, skills: Skills) -> StyleOffer | None:
    return skills.get(words.strip()) or skills.find(words)


def _blendable(styles: Sequence[StyleOffer], skills: Skills) -> None:
    if not skills.mixing:
        raise RefusalError("mixing")
    if len(styles) > MOST_STYLES:
        raise RefusalError("styles_blend", limit=MOST_STYLES)
    for style in styles:
        if not style.mixes:
            raise RefusalError(
                "style_alone",
                style=lambda say, style=style: say.quoted(style.name(say.language)),  # type: ignore[misc]
            )


def _page(skills: Skills, say: Texts, name: str, page: int = 0, *, turned: bool = False) -> Reply:
    buttons = style_buttons(skills, say, name)
    pages = -(-len(buttons) // PAGE)
    page %= max(1, pages)
    shown = buttons[page * PAGE : (page + 1) * PAGE]
    rows: Rows = tuple(shown[i : i + _A_ROW] for i in range(0, len(shown), _A_ROW))
    if pages > 1:
        more = Action("styles", name, str((page + 1) % pages))
        rows = (*rows, (Button(say("buttons.more"), more, emoji="➡️"),))
    return Reply(say("say.styles"), rows=rows, private=True, replace=turned)
