"""Finds words that are not drawn, in their disguises, and leaves ordinary ones alone.

A word with spaces around it is compared as a whole, so that "assassin" and "Scunthorpe" pass; what
is tried besides are the disguises people use: leet ("s3x"), letters apart ("s.e.x", "s e x"),
letters in a row ("seeex"). Chinese and Japanese have no spaces: words are found anywhere but inside
the words of [pass]. The words themselves are data: words.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Literal, cast

from bot.moderation.folding import fold

Kind = Literal["deny", "ignore", "suggestive", "minors", "pass"]

_LEFT_OUT = ("ignore", "suggestive")
ADULT = 18
_ROUNDS = 5
"""How often a text is looked at again after words were taken out of it."""

_MARKS = "\u3099\u309a"
_KATAKANA = f"\u30a1-\u30fa\u30fc{_MARKS}"
_HAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3041-\u309a\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Signs of scripts without spaces, kana among them."""
_DENSE = re.compile(f"[{_HAN}]")
_WORD = re.compile(rf"(?:(?![{_HAN}])[^\W_])+")
_CHUNK = re.compile(rf"[^\s{_HAN}]+")
_APART = re.compile(
    rf"(?<![{_HAN}])[{_HAN}][{_MARKS}]?(?![{_HAN}])"
    rf"(?:[^\w{_HAN}]{{1,3}}[{_HAN}][{_MARKS}]?(?![{_HAN}]))+"
)
_HELD = re.compile(r"(.)\1{2,}")
_REPEATED = re.compile(r"(.)\1+")
_GAP = 3
"""Characters that may stand between letters that are written apart."""
_AGE = re.compile(
    r"(?<!\d)(\d{1,2})[\s-]{0,3}(?:(?:years?|yrs?)[\s-]{1,3}olds?\b|y\s?/?\s?o\b|[岁歲歳才])"
)
_SYMBOLS = {"$": "s", "@": "a", "!": "i", "+": "t", "€": "e", "£": "l", "¢": "c", "|": "i"}
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g"}
_LEET = str.maketrans(_SYMBOLS | _DIGITS)
_LEET_L = str.maketrans(_SYMBOLS | _DIGITS | {"1": "l", "|": "l", "!": "l"})
_INNER = re.compile(r"[^\w$@!+€£¢|]|_")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a filter says to a text.

    Attributes:
        denied: It must not be drawn.
        text: What is left of it to draw; empty if it is denied.
        ignored: How many words were left out.
    """

    denied: bool
    text: str = ""
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that was found, by its place in the folded text."""

    kind: Kind
    start: int
    end: int


class WordFilter:
    """Judges texts.

    Args:
        finders: Whose words are minded. What one of them lets pass, another may still find.
    """

    def __init__(self, *finders: Finder) -> None:
        self._finders = finders

    def check(self, text: str) -> Verdict:
        """Judge a text.

        Raises:
            TooLongError: for more than `bot.moderation.folding.MAX_TEXT` characters.
        """
        ignored = 0
        for _ in range(_ROUNDS):
            folded = fold(text)
            hits = [hit for finder in self._finders for hit in finder.hits(folded.text)]
            kinds = {hit.kind for hit in hits}
            child = "minors" in kinds or any(int(a[1]) < ADULT for a in _AGE.finditer(folded.text))
            if "deny" in kinds or ("suggestive" in kinds and child):
                return Verdict(denied=True, ignored=ignored)
            spans = [folded.span(h.start, h.end) for h in hits if h.kind in _LEFT_OUT]
            if not spans:
                return Verdict(denied=False, text=text, ignored=ignored)
            ignored += len(spans)
            # Once more: what is left may be a word again.
            text = _without(text, spans)
        return Verdict(denied=True, ignored=ignored)


class Finder:
    """Finds words in a folded text.

    Args:
        words: The words with their kinds; of one that is given twice the first kind counts.
    """

    def __init__(self, words: Iterable[tuple[Kind, str]]) -> None:
        kinds: dict[str, Kind] = {}
        dense: dict[str, Kind] = {}
        for kind, word in words:
            folded = fold(word).text.strip()
            if _DENSE.search(folded):
                dense.setdefault(folded, kind)
            elif plain := " ".join(_WORD.findall(folded)):
                kinds.setdefault(plain, kind)
        self._words = {word: kind for word, kind in kinds.items() if " " not in word}
        self._phrases = {word: kind for word, kind in kinds.items() if " " in word}
        self._longest = max((word.count(" ") + 1 for word in self._phrases), default=1)
        self._widest = max(map(len, self._words), default=0)
        # "seeex": whoever holds a key down writes each letter once, as far as we can know.
        self._once = {_REPEATED.sub(r"\1", word): kind for word, kind in self._words.items()}
        self._dense = _pattern(dense)

    def hits(self, text: str) -> Iterator[Hit]:
        """Every word that is found; the same place may be found twice."""
        tokens = [match.span() for match in _WORD.finditer(text)]
        names = [text[start:end] for start, end in tokens]
        passed: set[int] = set()
        for size in range(self._longest, 1, -1):
            for first in range(len(tokens) - size + 1):
                here = range(first, first + size)
                kind = self._phrases.get(" ".join(names[first : first + size]))
                if kind == "pass":
                    passed.update(here)
                elif kind is not None and not passed.intersection(here):
                    yield Hit(kind, tokens[first][0], tokens[here[-1]][1])
        for number, (start, end) in enumerate(tokens):
            if number not in passed:
                yield from self._word(names[number], start, end)
        yield from self._chunks(text, frozenset(names))
        yield from self._rows(text, tokens)
        yield from self._signs(text, range(len(text)))
        for apart in _APART.finditer(text):
            at = [sign.start() + apart.start() for sign in _DENSE.finditer(apart[0])]
            yield from self._signs("".join(text[index] for index in at), at)

    def _word(self, word: str, start: int, end: int) -> Iterator[Hit]:
        kind = self._kind(word)
        if kind is not None:
            yield Hit(kind, start, end)

    def _kind(self, word: str) -> Kind | None:
        """What one word is, in disguise or not."""
        found = self._words.get(word)
        if found is None and not word.isdigit():
            forms = {word}
            if not word.isalpha():
                forms |= {word.translate(_LEET), word.translate(_LEET_L)}
            for form in forms:
                found = found or self._words.get(form)
                if _HELD.search(form):
                    found = found or self._once.get(_REPEATED.sub(r"\1", form))
        return found

    def _chunks(self, text: str, names: frozenset[str]) -> Iterator[Hit]:
        """ "s.e.x", "$ex": what stands between two spaces, with the punctuation inside undone."""
        for chunk in _CHUNK.finditer(text):
            plain = _INNER.sub("", chunk[0])
            for form in {plain, plain.strip("!+|")} - names:
                yield from self._word(form, *chunk.span())

    def _rows(self, text: str, tokens: list[tuple[int, int]]) -> Iterator[Hit]:
        """ "s e x": single letters in a row."""
        row: list[int] = []
        for start, end in tokens:
            gap = text[row[-1] + 1 : start] if row else ""
            if row and (end - start > 1 or len(gap) > _GAP or _DENSE.search(gap)):
                yield from self._row(text, row)
                row = []
            if end - start == 1:
                row.append(start)
        yield from self._row(text, row)

    def _row(self, text: str, row: list[int]) -> Iterator[Hit]:
        letters = "".join(text[index] for index in row)
        first = 0
        while first < len(row) - 2:
            # The longest first: who spells "assassin" did not write what it begins with.
            for end in range(min(len(row), first + self._widest), first + 2, -1):
                kind = self._kind(letters[first:end])
                if kind is not None:
                    yield Hit(kind, row[first], row[end - 1] + 1)
                    first = end - 1
                    break
            first += 1

    def _signs(self, text: str, at: Sequence[int]) -> Iterator[Hit]:
        for match in self._dense.finditer(text):
            kind = cast(Kind, match.lastgroup)
            if kind != "pass":
                yield Hit(kind, at[match.start()], at[match.end() - 1] + 1)


def _pattern(words: Mapping[str, Kind]) -> re.Pattern[str]:
    """One expression for all words of scripts without spaces; what passes is tried first."""
    groups = []
    for kind in ("pass", "deny", "suggestive", "ignore", "minors"):
        chosen = sorted((w for w, its in words.items() if its == kind), key=len, reverse=True)
        if chosen:
            groups.append(f"(?P<{kind}>{'|'.join(map(_alternative, chosen))})")
    # Most places are told by their first sign, without trying hundreds of words.
    first = "".join(sorted({re.escape(word[0]) for word in words}))
    return re.compile(f"(?=[{first}])(?:{'|'.join(groups)})" if groups else r"(?!)")


def _alternative(word: str) -> str:
    if re.fullmatch(f"[{_KATAKANA}]+", word):
        # "ero" in katakana is a word, in "piero", a clown, it is not.
        return rf"(?<![{_KATAKANA}]){re.escape(word)}(?![{_KATAKANA}])"
    before = r"(?<!\d)" if word[0].isdigit() else ""
    return rf"{before}{re.escape(word)}(?![{_MARKS}])"


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    kept, place = [], 0
    for start, end in sorted(spans):
        kept.append(text[place : max(start, place)])
        place = max(place, end)
    return " ".join("".join([*kept, text[place:]]).split())


def _split(words: str) -> Iterator[str]:
    return (word.strip() for word in words.split(",") if word.strip())


@cache
def _own() -> tuple[tuple[Kind, str], ...]:
    """The words of words.toml."""
    data = resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(data)
    kinds: dict[str, Kind] = {
        "pass": "pass",
        "deny": "deny",
        "ignore": "suggestive",
        "minors": "minors",
    }
    found: list[tuple[Kind, str]] = [
        ("pass", w) for t in tables["pass"].values() for w in _split(t)
    ]
    for table, kind in kinds.items():
        found += [(kind, word) for text in tables[table].values() for word in _split(text)]
    return tuple(found)


@cache
def _own_finder() -> Finder:
    return Finder(_own())


@lru_cache(maxsize=256)
def word_filter(
    deny: tuple[str, ...] = (), ignore: tuple[str, ...] = (), *, own: bool = True
) -> WordFilter:
    """The filter of the words that were added, and of those in words.toml.

    Args:
        deny: Refused.
        ignore: Left out.
        own: Whether words.toml counts.
    """
    finders = [_own_finder()] if own else []
    if deny or ignore:
        added: list[tuple[Kind, str]] = [("deny", word) for word in deny]
        added += [("ignore", word) for word in ignore]
        finders.append(Finder(added))
    return WordFilter(*finders)
