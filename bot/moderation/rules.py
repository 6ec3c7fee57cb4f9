"""What the managers of a place decided, and the owners for everywhere; who is banned; who did it.

    choices:OWNER  hash    the rules of a place, beside what it chose; a year from the last use
    bans:OWNER     hash    "user:discord:1" -> Unix seconds of the end, 0: none; a year likewise
    audit:OWNER    stream  what managers did: 200 entries, none older than 90 days
    told:DIGEST    string  somebody was told of a refusal; at most an hour

OWNER is "place:discord:5", or "everywhere" for what the owners of the bot decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast

import redis.asyncio
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.moderation.buckets import Limit
from worker.queue import reachable
from worker.scripts import PREFIX

EVERYWHERE = "everywhere"
YEAR = 365 * 24 * 3600
MAX_COOLDOWN = 3600
MAX_WORDS = 200
MAX_WORD = 40
MAX_IDS = 100
MAX_BANS = 10_000
AUDIT_ENTRIES = 200
AUDIT_DAYS = 90

NOWHERE = "-"
"""Stands in `Rules.channels` when no channel is left."""


def _lines(value: object) -> object:
    return tuple(filter(None, value.split("\n"))) if isinstance(value, str) else value


def _split(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


def _limit(value: object) -> object:
    return Limit.parse(value) if isinstance(value, str) else value


_Ids = Annotated[tuple[str, ...], BeforeValidator(_split), Field(max_length=MAX_IDS)]
_Words = Annotated[tuple[str, ...], BeforeValidator(_lines), Field(max_length=MAX_WORDS)]
_Limit = Annotated[Limit | None, BeforeValidator(_limit)]


class Rules(BaseModel):
    """The rules of one place, or everywhere. Empty lists and None rule nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    channels: _Ids = ()
    """The only channels in which we draw."""
    not_channels: _Ids = ()
    roles: _Ids = ()
    """Who has one of these, or is one of `users`, may draw; nobody else."""
    not_roles: _Ids = ()
    users: _Ids = ()
    cooldown: Annotated[int, Field(ge=0, le=MAX_COOLDOWN)] = 0
    """Seconds from one picture of a person to the next."""
    user_limit: _Limit = None
    """Pictures of one person, here."""
    place_limit: _Limit = None
    """Pictures of everybody here together."""
    total_limit: _Limit = None
    """Pictures of everybody everywhere; of the owners' rules only."""
    deny: _Words = ()
    """Words that are refused besides our own."""
    ignore: _Words = ()
    """Words that are left out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts for one person in one place."""

    here: Rules
    everywhere: Rules
    ban: float | None = None
    """Unix seconds of its end, 0: none; None: not banned."""
    ban_here: bool = False
    """It is this place's own."""
    clock: float = 0.0
    """Redis' time."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What a manager did: one entry of the audit."""

    who: str
    """A pseudonym."""
    what: str
    where: str
    """The channel or chat it was said in."""
    when: float = 0.0
    """Unix seconds."""


class Rulebook:
    """The rules, bans and audits of one Redis."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._redis = client

    async def standing(self, place: str, user: str) -> Standing:
        """All that counts for "user:discord:1" in "place:discord:5", in one round trip.

        Raises:
            StoreAwayError: if Redis cannot be reached.
        """
        async with reachable(), self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for owner in (place, EVERYWHERE):
                pipe.hgetall(_rules(owner))
            pipe.hget(_bans(place), user)
            pipe.hmget(_bans(EVERYWHERE), [user, place])
            for owner in (place, EVERYWHERE):
                # What is in use stays.
                pipe.expire(_rules(owner), YEAR)
                pipe.expire(_bans(owner), YEAR)
            clock, here, everywhere, ban, global_bans, *_ = await pipe.execute()
        now = clock[0] + clock[1] / 1e6
        own = _until([ban], now)
        others = _until(global_bans, now)
        return Standing(
            here=_restore(here),
            everywhere=_restore(everywhere),
            ban=own if others is None else others,
            ban_here=others is None and own is not None,
            clock=now,
        )

    async def rules(self, owner: str) -> Rules:
        """The rules of one place, or everywhere."""
        async with reachable():
            fields = await cast(Any, self._redis.hgetall(_rules(owner)))
        return _restore(fields)

    async def change(self, owner: str, changes: Mapping[str, str | None], deed: Deed) -> None:
        """Set rules (or shared choices), and write down who did; None takes one back.

        The values must be valid for `Rules` or for `bot.core.preferences.Choices`.
        """
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            for name, value in changes.items():
                if value is None:
                    pipe.hdel(_rules(owner), name)
                else:
                    pipe.hset(_rules(owner), name, value)
            pipe.expire(_rules(owner), YEAR)
            await self._write_down(pipe, owner, deed)
            await pipe.execute()

    async def ban(self, owner: str, subject: str, seconds: float | None, deed: Deed) -> None:
        """Ban a subject for so many seconds, or for good.

        A ban without an end lasts until it is lifted, or for a year in which nobody there uses us.

        Args:
            owner: Where.
            subject: "user:discord:1", or from everywhere a whole "place:discord:5".
            seconds: None for no end.
            deed: For the audit.
        """
        now = await self._now()
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_bans(owner), subject, 0 if seconds is None else f"{now + seconds:.0f}")
            pipe.expire(_bans(owner), YEAR)
            await self._write_down(pipe, owner, deed)
            await pipe.execute()

    async def unban(self, owner: str, subject: str, deed: Deed) -> bool:
        """Lift a ban; whether there was one."""
        if subject not in dict(await self.bans(owner)):
            return False
        async with reachable(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(_bans(owner), subject)
            await self._write_down(pipe, owner, deed)
            await pipe.execute()
        return True

    async def bans(self, owner: str) -> list[tuple[str, float]]:
        """Who is banned and until when (0: no end); bans that are over are dropped."""
        now = await self._now()
        async with reachable():
            fields = cast(dict[bytes, bytes], await cast(Any, self._redis.hgetall(_bans(owner))))
            held = [(subject.decode(), float(until)) for subject, until in fields.items()]
            over = [subject for subject, until in held if 0 < until <= now]
            if over:
                await cast(Any, self._redis.hdel(_bans(owner), *over))
        return [ban for ban in held if ban[0] not in over]

    async def audit(self, owner: str, count: int = 10) -> list[Deed]:
        """The latest deeds, newest first."""
        async with reachable():
            entries = await self._redis.xrevrange(_audit(owner), count=count)
        return [
            Deed(
                who=fields[b"who"].decode(),
                what=fields[b"what"].decode(),
                where=fields[b"where"].decode(),
                when=int(entry.split(b"-")[0]) / 1000,
            )
            for entry, fields in cast(list[tuple[bytes, dict[bytes, bytes]]], entries)
        ]

    async def told(self, what: str, seconds: int) -> bool:
        """Whether this was said within so many seconds; if not, it counts as said now."""
        digest = hashlib.blake2b(what.encode(), digest_size=12).hexdigest()
        async with reachable():
            said = await self._redis.set(f"{PREFIX}told:{digest}", 1, nx=True, ex=seconds)
        return not said

    async def _now(self) -> float:
        async with reachable():
            seconds, micros = await self._redis.time()
        return seconds + micros / 1e6

    async def _write_down(self, pipe: Any, owner: str, deed: Deed) -> None:
        oldest = int((await self._now() - AUDIT_DAYS * 86400) * 1000)
        fields = {"who": deed.who, "what": deed.what[:200], "where": deed.where}
        pipe.xadd(_audit(owner), fields, maxlen=AUDIT_ENTRIES, approximate=False)
        pipe.xtrim(_audit(owner), minid=str(oldest), approximate=False)
        pipe.expire(_audit(owner), AUDIT_DAYS * 86400)


def _rules(owner: str) -> str:
    return f"{PREFIX}choices:{owner}"


def _bans(owner: str) -> str:
    return f"{PREFIX}bans:{owner}"


def _audit(owner: str) -> str:
    return f"{PREFIX}audit:{owner}"


def _until(answers: Sequence[bytes | None], now: float) -> float | None:
    """The latest end of those bans that still hold; 0 has none."""
    ends = [float(answer) for answer in answers if answer is not None]
    held = [end for end in ends if end == 0 or end > now]
    return None if not held else 0.0 if 0.0 in held else max(held)


def _restore(fields: Mapping[bytes, bytes]) -> Rules:
    return Rules.model_validate({k.decode(): v.decode() for k, v in fields.items()})
