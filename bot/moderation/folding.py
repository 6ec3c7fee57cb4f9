"""Text as a word filter compares it: one form for everything that looks or reads alike.

Each character is folded by itself, so that every folded character knows where it came from:
compatibility decomposition (NFKD, https://unicode.org/reports/tr15/), case folding, no marks and
nothing invisible, and Latin letters for what looks like one (https://unicode.org/reports/tr39/).
Kana keep their voicing marks: without them "ba" would be "ha".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

MAX_TEXT = 10_000
"""Characters that are looked at; far more than any wish may have."""

_VOICING = "\u3099\u309a"
# Letters by their category, but nothing to see.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_LETTER = re.compile(
    r"(?:LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL )?|REGIONAL INDICATOR SYMBOL LETTER )"
    r"([A-Z])(?: WITH .+)?$"
)
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC")


class TooLongError(ValueError):
    """The text is longer than `MAX_TEXT`."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a text of {length} characters; at most {MAX_TEXT} are looked at")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text.

    Attributes:
        text: What to compare.
        at: For each of its characters the index of the one in the source that it stands for.
        length: Of the source.
    """

    text: str
    at: Sequence[int]
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The part of the source behind a part of the text, with invisible ones that follow it."""
        return self.at[start], self.at[end] if end < len(self.at) else self.length


def fold(text: str) -> Folded:
    """Fold a text; folding the result again changes nothing.

    Raises:
        TooLongError: for more than `MAX_TEXT` characters.
    """
    if len(text) > MAX_TEXT:
        raise TooLongError(len(text))
    if text.isascii() and text.isprintable():
        return Folded(text.lower(), range(len(text)), len(text))
    parts: list[str] = []
    at: list[int] = []
    for index, character in enumerate(text):
        folded = _fold(character)
        parts.append(folded)
        at += [index] * len(folded)
    return Folded("".join(parts), at, len(text))


@lru_cache(maxsize=1 << 15)
def _fold(character: str) -> str:
    folded = "".join(map(_step, unicodedata.normalize("NFKD", character).casefold()))
    # Until it is folded in itself: what one step makes may be decomposable in its turn.
    return folded if folded == character else "".join(map(_fold, folded))


def _step(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() or character.isspace() else ""
    if character in _BLANK:
        return ""
    if character in _VOICING:
        return character
    if unicodedata.category(character) in _UNSEEN:
        return ""
    return _lookalikes().get(character) or _named(character)


def _named(character: str) -> str:
    """What the character is called: NFKD leaves letters with a stroke, flags' letters and more."""
    letter = _LETTER.search(unicodedata.name(character, ""))
    return letter[1].lower() if letter else character


@cache
def _lookalikes() -> dict[str, str]:
    """Foreign letters that look like a Latin one, by Unicode's own table of confusables.

    The library carries that table (security/confusables.txt) and nothing else; its data is all
    that is used. East Asian signs are left out: in Chinese and Japanese they are what they are.
    """
    from confusable_homoglyphs.confusables import confusables_data

    table = {}
    for character, others in confusables_data.items():
        if len(character) != 1 or character.isascii() or not character.isalnum():
            continue
        if unicodedata.name(character, "CJK").startswith(_EAST_ASIAN):
            continue
        latin = [o["c"] for o in others if len(o["c"]) == 1 and o["c"].isascii()]
        letter = next(filter(str.isalpha, latin), None)
        if letter is not None:
            table[character] = letter.lower()
    return table
