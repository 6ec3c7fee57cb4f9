"""What a manager asks with /admin: the same from Discord's options and from words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.core.events import Command
from bot.texts import LANGUAGES, texts

SUBCOMMANDS = ("show", "access", "limit", "words", "ban", "unban", "audit", "status")
ACCESS = ("allow", "deny", "clear")
LISTS = {"channel": "channels", "role": "roles", "user": "users"}
LIMITS = {"user": "user_limit", "server": "place_limit", "total": "total_limit"}
WORDS = ("deny", "ignore", "remove")
LONGEST_BAN = 366 * 86400
_MENTION = re.compile(r"<(#|@&|@!?)(\d{1,32})>")
_MENTIONED = {"#": "channel", "@&": "role", "@": "user", "@!": "user"}
_TIME = re.compile(r"(\d{1,5})\s*(min|m|h|hour|d|day|w|week)s?")
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_SERVER = frozenset({"server", "group", "guild", "place"})


def _names() -> dict[str, str]:
    """Every name a subcommand goes by."""
    names = {name: name for name in SUBCOMMANDS} | {"help": "help"}
    for language in LANGUAGES:
        for name in SUBCOMMANDS:
            names[texts(language)(f"admin.{name}.name")] = name
    return names


_NAMES = _names()
_EVERYWHERE = {texts(language)("options.everywhere.name") for language in LANGUAGES}


@dataclass(slots=True)
class Asked:
    """A subcommand with its options; those that were not given are empty."""

    do: str
    everywhere: bool = False
    rule: str = ""
    """Of access and words."""
    what: str = ""
    """Of limit."""
    value: str = field(default="", repr=False)
    """A number, a word or a time."""
    channel: str = ""
    role: str = ""
    user: str = ""
    server: str = ""


def read(event: Command) -> Asked:
    """What a command means, by its options or its words."""
    options = {name: value.strip() for name, value in event.options.items()}
    words = event.words.split()
    everywhere = options.get("everywhere") == "True"
    if words and words[-1].lower() in _EVERYWHERE:
        everywhere, words = True, words[:-1]
    do = options.get("do") or (_NAMES.get(words.pop(0).lower(), "help") if words else "help")
    asked = Asked(do, everywhere)
    for name in ("rule", "what", "value", "channel", "role", "user", "server"):
        setattr(asked, name, options.get(name, ""))
    if do in ("access", "words") and words:
        asked.rule = words.pop(0).lower()
    if do == "limit" and words:
        asked.what = words.pop(0).lower()
        asked.what = "server" if asked.what in _SERVER else asked.what
    if do == "access":
        _subjects(asked, event, words)
    if do in ("ban", "unban") and words:
        if words[0].lower() in _SERVER and len(words) > 1:
            asked.server, words = words[1], words[2:]
        elif not asked.user:
            asked.user = _MENTION.sub(r"\2", words.pop(0))
    asked.value = asked.value or " ".join(words)
    return asked


def _subjects(asked: Asked, event: Command, words: list[str]) -> None:
    """ "here", "channel 5", "<@&5>": what an access rule is about."""
    if words and words[0].lower() == "here":
        asked.channel = event.place.channel
    elif words and (mention := _MENTION.fullmatch(words[0])) is not None:
        setattr(asked, _MENTIONED[mention[1]], mention[2])
    elif len(words) > 1 and words[0].lower() in LISTS:
        setattr(asked, words[0].lower(), _MENTION.sub(r"\2", words[1])[:40])


def seconds_of(text: str, bare: int = 0) -> int | None:
    """The seconds of "2 h"; a number alone has units of `bare` seconds, if that is not 0."""
    text = text.strip().lower()
    if text.isascii() and text.isdigit() and len(text) <= 9 and bare:
        return int(text) * bare
    match = _TIME.fullmatch(text)
    if match is None:
        return 0 if text == "off" else None
    seconds = int(match[1]) * _UNITS[match[2][0]]
    return seconds if seconds <= LONGEST_BAN else None
