"""Token buckets in Redis: so many pictures in so much time, however many frontends ask.

Each bucket is one number, the time at which it would be full again: the generic cell rate algorithm
(ITU-T I.371, annex A), which admits what a token bucket does and needs no refilling. All buckets of
one picture are looked at and filled in one script with Redis' own clock, all of them or none. A
cooldown is a bucket of one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, cast

import redis.asyncio

from worker.queue import reachable
from worker.scripts import PREFIX

LONGEST = 7 * 24 * 3600
"""Seconds that a limit may span."""
MOST = 1_000_000
"""Pictures that it may allow."""

_UNITS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "m": 60}
_UNITS |= {"h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_LIMIT = re.compile(r"(\d{1,7})\s*(?:/|per)\s*(\d{0,4})\s*([a-z]+?)s?")
_OFF = frozenset({"", "0", "off", "none", "-"})

Name = Literal["user", "place", "total", "cooldown"]

TAKE = """
-- KEYS: buckets...; ARGV: count, seconds a bucket
-- answers {0, 0}, or {the key that refuses for longest, microseconds to wait}
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1e6 + tonumber(t[2])
local full, worst, wait = {}, 0, 0
for i = 1, #KEYS do
  local count, period = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i]) * 1e6
  -- Never emptier than empty: a limit may have been lowered, a clock put back.
  local at = math.min(tonumber(redis.call('GET', KEYS[i]) or 0), now + period)
  full[i] = math.max(at, now) + period / count
  if full[i] - now - period > wait then
    worst, wait = i, full[i] - now - period
  end
end
-- A millisecond is rounding.
if wait > 1000 then return {worst, math.ceil(wait)} end
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], string.format('%.3f', full[i]),
    'PX', math.max(1, math.ceil((full[i] - now) / 1000)))
end
return {0, 0}
"""

GIVE_BACK = """
-- KEYS: buckets...; ARGV: count, seconds a bucket
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1e6 + tonumber(t[2])
for i = 1, #KEYS do
  local at = redis.call('GET', KEYS[i])
  if at then
    local before = tonumber(at) - tonumber(ARGV[2 * i]) * 1e6 / tonumber(ARGV[2 * i - 1])
    if before <= now then
      redis.call('DEL', KEYS[i])
    else
      redis.call('SET', KEYS[i], string.format('%.3f', before),
        'PX', math.max(1, math.ceil((before - now) / 1000)))
    end
  end
end
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many pictures in so many seconds, and that many at once at most."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The limit of "20/hour", "5 per 10 min", "100/day"; None for "off".

        Raises:
            ValueError: if it is neither, or beyond `MOST` and `LONGEST`.
        """
        text = text.strip().lower()
        if text in _OFF:
            return None
        match = _LIMIT.fullmatch(text)
        if match is None or match[3] not in _UNITS:
            raise ValueError("must be like 20/hour, 5/10min or 100/day, or off")
        limit = cls(int(match[1]), int(match[2] or 1) * _UNITS[match[3]])
        if not (0 < limit.count <= MOST and 0 < limit.seconds <= LONGEST):
            raise ValueError(f"must be at most {MOST} in at most 7 days, or off")
        return limit

    def __str__(self) -> str:
        for name, size in (("day", 86400), ("hour", 3600), ("min", 60), ("s", 1)):
            if self.seconds % size == 0:
                times = self.seconds // size
                return f"{self.count}/{'' if times == 1 else times}{name}"
        raise AssertionError("seconds divide everything")


@dataclass(frozen=True, slots=True)
class Bucket:
    """One limit of one subject.

    Attributes:
        name: Which limit it is, for what is told to a person.
        subject: Whose it is, such as "user:discord:1".
    """

    name: Name
    subject: str
    limit: Limit

    @property
    def key(self) -> str:
        """In Redis; a digest, so that a bucket says nothing of whose it is."""
        named = f"{self.name}|{self.subject}".encode()
        return f"{PREFIX}bucket:{hashlib.blake2b(named, digest_size=12).hexdigest()}"


class Buckets:
    """All buckets of one Redis."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self._take = client.register_script(TAKE)
        self._give_back = client.register_script(GIVE_BACK)

    async def take(self, buckets: Sequence[Bucket]) -> tuple[Bucket, float] | None:
        """Take one picture out of every bucket, or out of none.

        A connection that breaks at the wrong moment may take it twice; that mends itself.

        Returns:
            None if it may be drawn, else the bucket that says no for longest, and the seconds.

        Raises:
            StoreAwayError: if Redis cannot be reached.
        """
        if not buckets:
            return None
        async with reachable():
            answer = await self._take(keys=[b.key for b in buckets], args=_numbers(buckets))
        refused, wait = cast(list[int], answer)
        return (buckets[refused - 1], wait / 1e6) if refused else None

    async def give_back(self, buckets: Sequence[Bucket]) -> None:
        """Put the picture back: it was not drawn after all.

        Raises:
            StoreAwayError: if Redis cannot be reached.
        """
        if buckets:
            async with reachable():
                await self._give_back(keys=[b.key for b in buckets], args=_numbers(buckets))


def _numbers(buckets: Sequence[Bucket]) -> list[int]:
    return [number for b in buckets for number in (b.limit.count, b.limit.seconds)]
