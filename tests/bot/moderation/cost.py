"""What the gate costs a command: the word filter, and the rules and buckets in Redis."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from bot.core.events import Command, Person, Place
from bot.core.limits import Limits
from bot.core.preferences import Preferences
from bot.moderation.filter import word_filter
from bot.settings import LimitSettings

WISHES = {
    "a short wish": "cute girl",
    "an ordinary wish": "cute girl with pink twintails and cat ears, laughing, in a blue dress",
    "a Chinese wish": "粉色头发的可爱猫耳女孩，戴圆眼镜，穿和服眨眼",
    "the longest wish": ("cute girl with pink twintails and cat ears, " * 10)[:400],
}
_TIMES = 300


def _micro(call: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(_TIMES):
        call()
    return (time.process_time() - begun) / _TIMES * 1e6


async def _micro_async(call: Callable[[], Awaitable[object]]) -> float:
    begun = time.process_time()
    for _ in range(_TIMES):
        await call()
    return (time.process_time() - begun) / _TIMES * 1e6


async def costs(url: str) -> dict[str, float]:
    """Microseconds of processor time by what was done, which a busy machine does not change much.

    For Redis' own part it is what Redis says itself.
    """
    found = {
        f"filter, {name}": _micro(lambda w=w: word_filter().check(w)) for name, w in WISHES.items()
    }
    preferences = await Preferences.connect(url)
    settings = LimitSettings(user_limit="1000000/day", total_limit="1000000/day")
    limits = Limits(preferences, settings)
    place = Place("discord", "c", "5")
    event = Command(Person("1"), place)
    standing = await limits.standing(event)
    found["a ping of Redis"] = await _micro_async(preferences.redis.ping)
    found["rules and bans"] = await _micro_async(lambda: limits.standing(event))
    found["three buckets"] = await _micro_async(lambda: limits.take(event, standing, closer=False))
    spent = await preferences.redis.info("commandstats")
    found["three buckets, in Redis itself"] = spent["cmdstat_evalsha"]["usec_per_call"]
    await preferences.close()
    return found
