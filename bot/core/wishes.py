"""From what somebody wrote to what the worker is asked: the wish, and the settings inside it."""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.core.preferences import Choices
from bot.core.refusals import RefusalError
from bot.moderation.filter import word_filter
from bot.texts import LANGUAGES, Texts, texts
from generator.compositing import BACKGROUNDS
from generator.prompt import colour, parse
from generator.spec import VOCABULARY
from generator.wish import Wish

MAX_WORDS = 400
"""Characters of a wish."""
DEFAULT_COUNT = 4
MAX_COUNT = 4
SEEDS = 2**32

_STYLES: dict[str, str] = {
    texts(language)(f"styles.{style}").lower(): style
    for language in LANGUAGES
    for style in VOCABULARY["style"]
} | {style: style for style in VOCABULARY["style"]}
_BACKGROUNDS: dict[str, str] = {
    texts(language)(f"backgrounds.{name}").lower(): name
    for language in LANGUAGES
    for name in BACKGROUNDS
}
_PAUSES = ",;，、。；"
_COMMAS = re.compile(rf"\s*([{_PAUSES}])(?:\s*[{_PAUSES}])+")
_DRAWING = ("seed", "count", "style", "background")
_BEFORE = rf"(?:(?<=[\s{_PAUSES}])|^)"
_DASHES = "(?:--|—|–)"
"""Phones turn "--" into a dash."""
_VALUE = rf"[^\s{_PAUSES}]+"
_SHARES = r"\d[\d.]*(?:[,，、/:：]\d[\d.]*)+"
"""Numbers with commas between, which end no other option's value: "2,1"."""
_FLAGS = frozenset({"keep", "faces"})
"""Options that need no value: "keep-colours" is "keep-colours:yes"."""
_SPELT = {"keep-colors": "keep"}


@cache
def _options(names: tuple[str, ...]) -> tuple[dict[str, str], re.Pattern[str]]:
    """Every name that an option goes by, in all languages ("张数:2" is "count:2"), and how
    options are written."""
    known = {texts(lang)(f"options.{name}.name"): name for lang in LANGUAGES for name in names}
    known |= {name: name for name in names}
    known |= {name: meant for name, meant in _SPELT.items() if meant in names}
    flags = _either(name for name, meant in known.items() if meant in _FLAGS and name != meant)
    valued = _either(name for name, meant in known.items() if meant not in _FLAGS)
    value = f"{_SHARES}|{_VALUE}" if "weights" in names else _VALUE
    # "seed:7", "seed=7", "--seed 7", and with the full-width colon of Chinese and Japanese
    # keyboards.
    written = re.compile(
        rf"{_BEFORE}{_DASHES}?({_either(known)})\s*[:=：]\s*({value})"
        rf"|{_BEFORE}{_DASHES}({valued})\s+({value})"
        rf"|{_BEFORE}{_DASHES}?({flags})(?=[\s{_PAUSES}]|$)",
        re.IGNORECASE,
    )
    return known, written


def _either(names: Iterable[str]) -> str:
    """A pattern for one of these; for none, one that nothing fits."""
    return "|".join(map(re.escape, names)) or r"(?!)"


@dataclass(frozen=True, slots=True)
class Order:
    """A wish with everything around it settled."""

    prompt: str = field(repr=False)
    wish: Wish = field(repr=False)
    understood: tuple[str, ...] = field(repr=False)
    unknown: tuple[str, ...] = field(repr=False)
    seed: int
    count: int
    background: str | None

    @property
    def fields(self) -> dict[str, Any]:
        """As fields of a request."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


def warm() -> None:
    """Read the lexicon and the filter's words, so that the first person does not wait for them."""
    parse("cute girl, 二次元女孩")
    word_filter().check("cute girl, 二次元女孩")


def split(words: str, names: tuple[str, ...] = _DRAWING) -> tuple[str, dict[str, str]]:
    """The wish and the options that were written into it.

    Args:
        words: As somebody wrote them.
        names: The options to look for.

    Example:
        >>> split("cute girl seed:7")
        ('cute girl', {'seed': '7'})
    """
    known, written = _options(names)
    options = {
        known[(match[1] or match[3] or match[5]).lower()]: (match[2] or match[4] or "yes").rstrip(
            ".!！"
        )
        for match in written.finditer(words)
    }
    if options:
        # No comma stays behind where an option was.
        words = _COMMAS.sub(r"\1", written.sub(" ", words)).strip(f" {_PAUSES}")
    return " ".join(words.split()), options


def shares(text: str, count: int) -> list[float]:
    """How much of each of `count`, from "2,1"; equal shares if nothing is said.

    Raises:
        RefusalError: if these are not so many numbers, or all of them 0.
    """
    if not text.strip():
        return [1.0] * count
    numbers = re.split(r"[,，、:：/\s]+", text.strip())
    if len(numbers) != count or not all(re.fullmatch(r"\d{1,2}(\.\d{1,3})?", n) for n in numbers):
        raise RefusalError("weights", count=count)
    found = [float(number) for number in numbers]
    if not any(found):
        raise RefusalError("weights", count=count)
    return found


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,10}", text) else -1


def _background(words: str) -> str | None:
    """The pattern or #rrggbb that words mean; None for a transparent one.

    Raises:
        RefusalError: if it is neither.
    """
    found = _BACKGROUNDS.get(words.lower()) or colour(words)
    if found is None:
        raise RefusalError("background", names=_patterns)
    return None if found == "transparent" else found


def _patterns(say: Texts) -> str:
    return say.listed([*say.section("backgrounds").values()])


def order(
    words: str,
    options: Mapping[str, str],
    chosen: Choices,
    *,
    seed: int | None = None,
    allowed: Callable[[str], str] = str,
) -> Order:
    """Reads a wish.

    Args:
        words: What was written, options included.
        options: Options that the platform has fields for; they win over written ones.
        chosen: What to fall back on.
        seed: Instead of a new one, if none is asked for.
        allowed: What may be drawn of the wish itself.

    Raises:
        RefusalError: if it is too long or an option makes no sense.
    """
    if len(words) > MAX_WORDS:
        raise RefusalError("long", limit=MAX_WORDS)
    prompt, written = split(words)
    prompt = allowed(prompt)
    given = written | {name: value.strip() for name, value in options.items() if value.strip()}
    count = chosen.count or DEFAULT_COUNT
    if "count" in given:
        count = _whole(given["count"])
        if not 1 <= count <= MAX_COUNT:
            raise RefusalError("count", low=1, high=MAX_COUNT)
    if "seed" in given:
        seed = _whole(given["seed"])
        if not 0 <= seed < SEEDS:
            raise RefusalError("seed", limit=SEEDS - 1)
    background = _background(given["background"]) if "background" in given else None
    reading = parse(prompt)
    wish = Wish(style=chosen.style).merge(reading.wish) if chosen.style else reading.wish
    style = given.get("style", "").lower()
    if style:
        if style not in _STYLES:
            raise RefusalError(
                "style",
                styles=lambda say: say.listed([say(f"styles.{s}") for s in VOCABULARY["style"]]),
            )
        wish = wish.merge(Wish.model_validate({"style": _STYLES[style]}))
    return Order(
        prompt=prompt,
        wish=wish,
        understood=tuple(part.words for part in reading.understood),
        unknown=reading.unknown,
        seed=secrets.randbelow(SEEDS) if seed is None else seed,
        count=count,
        background=background,
    )
