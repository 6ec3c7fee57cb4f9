"""/admin: what the managers of a place, and the owners of the bot, decide there.

In Discord it is one command with subcommands and options, elsewhere one with words; both come to
the same `Asked`. Every change is written into the audit in the same step.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from bot.core import limits
from bot.core.asked import ACCESS, LIMITS, LISTS, WORDS, Asked, read, seconds_of
from bot.core.events import Command, Event
from bot.core.limits import Limits
from bot.core.refusals import RefusalError
from bot.core.replies import Reply
from bot.moderation.buckets import Limit
from bot.moderation.folding import fold
from bot.moderation.rules import (
    EVERYWHERE,
    MAX_BANS,
    MAX_COOLDOWN,
    MAX_IDS,
    MAX_WORD,
    MAX_WORDS,
    NOWHERE,
)
from bot.texts import Texts
from worker.errors import ChatError
from worker.logs import pseudonym
from worker.queue import JobQueue

_EXAMPLES = ("20/hour", "5/10min", "100/day", "off")
_SUBJECT = re.compile(r"(?:(discord|telegram):)?(-?\d{1,32})")
_SHOWN = 10


class Admin:
    """Reads and changes the rules."""

    def __init__(self, queue: JobQueue, decisions: Limits) -> None:
        self._queue = queue
        self._limits = decisions
        self._book = decisions.rulebook

    async def command(self, event: Command, say: Texts) -> Reply:
        """Do what a manager or an owner asks.

        Raises:
            RefusalError: for everybody else, and for what makes no sense.
        """
        asked = read(event)
        scope = self._scope(event, asked)
        match asked.do:
            case "show":
                return await self._show(event, say, scope)
            case "access":
                return await self._access(event, say, scope, asked)
            case "limit":
                return await self._limit(event, say, scope, asked)
            case "words":
                return await self._words(event, say, scope, asked)
            case "ban":
                return await self._ban(event, say, scope, asked)
            case "unban":
                return await self._unban(event, say, scope, asked)
            case "audit":
                return await self._audit(say, scope)
            case "status":
                return await self._status(event, say)
        text = say("say.admin_help")
        return Reply(
            f"{text}\n{say('say.admin_owner')}" if event.person.owner else text, private=True
        )

    def _scope(self, event: Event, asked: Asked) -> str:
        """Whose rules it is about: this place's, or everywhere's for owners."""
        wide = asked.everywhere or asked.server or asked.what == "total" or asked.do == "status"
        if event.person.owner and (wide or event.place.private):
            return EVERYWHERE
        if wide:
            raise RefusalError("admin_owner")
        limits.moderator(event.person, event.place)
        return event.place.owner

    async def _show(self, event: Event, say: Texts, scope: str, note: str = "") -> Reply:
        rules, now = await self._book.rules(scope), time.time()
        everywhere = rules if scope == EVERYWHERE else await self._book.rules(EVERYWHERE)
        ours = self._limits.in_force(everywhere)
        bans = [
            f"{_subject(event, subject)} ({say.wait(max(0, until - now))})"
            if until
            else _subject(event, subject)
            for subject, until in await self._book.bans(scope)
        ]

        def told(own: Limit | None, general: Limit | None) -> str:
            return str(own or general or say("say.admin_off"))

        lines = say(
            "say.admin_rules",
            where=say("say.admin_everywhere" if scope == EVERYWHERE else "say.admin_here"),
            channels=_only(
                say,
                [_mention(event, "#", c) for c in rules.channels if c != NOWHERE],
                [_mention(event, "#", c) for c in rules.not_channels],
                say("say.nothing" if NOWHERE in rules.channels else "say.channels_all"),
            ),
            who=_only(
                say,
                [
                    *(_mention(event, "@&", role) for role in rules.roles),
                    *(_mention(event, "@", user) for user in rules.users),
                ],
                [_mention(event, "@&", role) for role in rules.not_roles],
                say("say.admin_everybody"),
            ),
            user=told(rules.user_limit, ours["user"]),
            place=told(rules.place_limit, ours["place"]),
            cooldown=say.wait(rules.cooldown) if rules.cooldown else say("time.none"),
            deny=len(rules.deny),
            ignore=len(rules.ignore),
            bans=_shortened(say, bans),
        )
        if scope == EVERYWHERE:
            lines += "\n" + say("say.admin_total", total=told(None, ours["total"]))
        return Reply(f"{note}\n{lines}" if note else lines, private=True)

    async def _access(self, event: Event, say: Texts, scope: str, asked: Asked) -> Reply:
        if asked.rule not in ACCESS:
            raise RefusalError("setting", settings=lambda say: say.listed(ACCESS))
        given = {kind: getattr(asked, kind) for kind in LISTS if getattr(asked, kind)}
        if not given:
            raise RefusalError("admin_whom")
        for kind, name in given.items():
            if kind != "user" and scope == EVERYWHERE:
                raise RefusalError("admin_here")
            if not re.fullmatch(r"[\w-]{1,40}", name):
                raise RefusalError("admin_whom")
            if kind == "role" and event.place.platform != "discord":
                raise RefusalError("admin_role")
            rule = asked.rule
            if kind == "user" and rule != "allow":
                # To deny somebody is to ban them; there is one list for it.
                await self._set_ban(event, scope, self._person(event, name), rule, None)
                rule = "clear"
            await self._list(event, scope, kind, name, rule)
        return await self._show(event, say, scope, say("say.saved"))

    async def _list(self, event: Event, scope: str, kind: str, name: str, rule: str) -> None:
        """Put a channel, role or person on its list, and off the other."""
        rules = await self._book.rules(scope)
        changes: dict[str, str | None] = {}
        subject = name
        if kind == "user":
            subject = self._person(event, name).removeprefix("user:")
            name = subject if scope == EVERYWHERE else subject.split(":")[1]
        for listed, wanted in ((LISTS[kind], "allow"), (f"not_{LISTS[kind]}", "deny")):
            before: tuple[str, ...] = getattr(rules, listed, ())
            after = [other for other in before if other not in (name, NOWHERE)]
            if rule == wanted:
                after.append(name)
            if len(after) > MAX_IDS:
                raise RefusalError("admin_full", limit=MAX_IDS)
            if tuple(after) != before:
                changes[listed] = " ".join(after) or None
        if changes:
            shown = pseudonym(subject) if kind == "user" else name
            deed = self._limits.deed(event, f"access {rule} {kind} {shown}")
            await self._book.change(scope, changes, deed)

    async def _limit(self, event: Event, say: Texts, scope: str, asked: Asked) -> Reply:
        if asked.what == "cooldown":
            if scope == EVERYWHERE:
                raise RefusalError("admin_here")
            seconds = seconds_of(asked.value, bare=1)
            if seconds is None or seconds > MAX_COOLDOWN:
                raise _unfit(asked.what, asked.value, (f"0–{MAX_COOLDOWN}", "2 min"))
            changes = {"cooldown": str(seconds) if seconds else None}
        elif asked.what in LIMITS:
            try:
                limit = Limit.parse(asked.value or "?")
            except ValueError:
                raise _unfit(asked.what, asked.value, _EXAMPLES) from None
            changes = {LIMITS[asked.what]: None if limit is None else str(limit)}
        else:
            choices = (*LIMITS, "cooldown")
            raise RefusalError("setting", settings=lambda say: say.listed(choices))
        deed = self._limits.deed(event, f"limit {asked.what} {asked.value}")
        await self._book.change(scope, changes, deed)
        return await self._show(event, say, scope, say("say.saved"))

    async def _words(self, event: Event, say: Texts, scope: str, asked: Asked) -> Reply:
        rules = await self._book.rules(scope)
        lists = {"deny": rules.deny, "ignore": rules.ignore}
        if asked.rule:
            word = " ".join(asked.value.split())
            if asked.rule not in WORDS:
                raise RefusalError("setting", settings=lambda say: say.listed(WORDS))
            if not word or len(word) > MAX_WORD or not re.search(r"\w", fold(word).text):
                raise RefusalError("admin_word", limit=MAX_WORD)
            folded = fold(word).text
            for name, words in lists.items():
                lists[name] = tuple(w for w in words if fold(w).text != folded)
            if asked.rule != "remove":
                lists[asked.rule] = (*lists[asked.rule], word)
            if any(len(words) > MAX_WORDS for words in lists.values()):
                raise RefusalError("admin_full", limit=MAX_WORDS)
            changes = {name: "\n".join(words) or None for name, words in lists.items()}
            deed = self._limits.deed(event, f"words {asked.rule} {word}")
            await self._book.change(scope, changes, deed)
        nothing = say("say.nothing")
        text = say(
            "say.admin_words",
            deny=say.listed(lists["deny"]) or nothing,
            ignore=say.listed(lists["ignore"]) or nothing,
        )
        return Reply(f"{say('say.saved')}\n{text}" if asked.rule else text, private=True)

    async def _ban(self, event: Event, say: Texts, scope: str, asked: Asked) -> Reply:
        subject = self._banned(event, asked)
        seconds = seconds_of(asked.value) if asked.value else None
        if asked.value and not seconds:
            raise _unfit("ban", asked.value, ("30 min", "2 h", "3 d", "1 week"))
        if len(await self._book.bans(scope)) >= MAX_BANS:
            raise RefusalError("admin_full", limit=MAX_BANS)
        await self._set_ban(event, scope, subject, "deny", seconds)
        return await self._show(event, say, scope, say("say.saved"))

    async def _unban(self, event: Event, say: Texts, scope: str, asked: Asked) -> Reply:
        if not await self._set_ban(event, scope, self._banned(event, asked), "clear", None):
            raise RefusalError("admin_not_banned")
        return await self._show(event, say, scope, say("say.saved"))

    async def _set_ban(
        self, event: Event, scope: str, subject: str, rule: str, seconds: int | None
    ) -> bool:
        kind, _, name = subject.partition(":")
        shown = pseudonym(name) if kind == "user" else name
        if rule != "deny":
            deed = self._limits.deed(event, f"unban {kind} {shown}")
            return await self._book.unban(scope, subject, deed)
        lasting = "" if seconds is None else f" {seconds // 60} min"
        deed = self._limits.deed(event, f"ban {kind} {shown}{lasting}")
        await self._book.ban(scope, subject, seconds, deed)
        return True

    async def _audit(self, say: Texts, scope: str) -> Reply:
        deeds = await self._book.audit(scope, 15)
        lines = [
            say(
                "say.admin_deed",
                when=time.strftime("%Y-%m-%d %H:%M", time.gmtime(deed.when)),
                who=deed.who,
                what=deed.what,
                where=deed.where,
            )
            for deed in deeds
        ]
        return Reply(
            "\n".join([say("say.admin_audit"), *(lines or [say("say.nothing")])]), private=True
        )

    async def _status(self, event: Event, say: Texts) -> Reply:
        waiting, drawing = await self._queue.load()
        workers = await self._queue.workers()
        text = say("say.admin_status", workers=workers, waiting=waiting, drawing=drawing)
        return Reply(text, private=True)

    def _banned(self, event: Event, asked: Asked) -> str:
        """Who is meant: a person, or a whole place."""
        if asked.server:
            return "place:" + _key(event, asked.server)
        return self._person(event, asked.user)

    @staticmethod
    def _person(event: Event, name: str) -> str:
        return "user:" + _key(event, name)


def _key(event: Event, name: str) -> str:
    """ "discord:5" for "5" or "discord:5".

    Raises:
        RefusalError: if it is no id, or of a person elsewhere for who is not an owner.
    """
    match = _SUBJECT.fullmatch(name)
    platform = (match and match[1]) or event.place.platform
    if match is None or platform == "console":
        raise RefusalError("admin_whom")
    if platform != event.place.platform and not event.person.owner:
        raise RefusalError("admin_owner")
    return f"{platform}:{match[2]}"


def _unfit(setting: str, value: str, values: Sequence[str]) -> ChatError:
    listed = tuple(values)
    return RefusalError(
        "value", setting=setting, value=value[:40] or "–", values=lambda say: say.listed(listed)
    )


def _mention(event: Event, sign: str, name: str) -> str:
    """How the platform names it; Telegram's numbers stay numbers."""
    if event.place.platform == "discord" and name.isdigit():
        return f"<{sign}{name}>"
    return name


def _subject(event: Event, subject: str) -> str:
    kind, platform, name = subject.split(":", 2)
    if kind == "user" and platform == event.place.platform:
        return _mention(event, "@", name)
    return f"{platform}:{name}"


def _only(say: Texts, chosen: list[str], left_out: list[str], everything: str) -> str:
    parts = [say("say.admin_only", names=_shortened(say, chosen))] if chosen else [everything]
    if left_out:
        parts.append(say("say.admin_not", names=_shortened(say, left_out)))
    return say.listed(parts)


def _shortened(say: Texts, names: list[str]) -> str:
    shown = names[:_SHOWN] + (["…"] if len(names) > _SHOWN else [])
    return say.listed(shown) or say("say.nothing")
