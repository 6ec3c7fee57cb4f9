"""From atoms to tokens: the longest lexicon match everywhere, and what matched nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from math import inf

from generator.prompt.lexicon import UNKNOWN, Entry, Lexicon, colour_parts
from generator.prompt.text import Atom, atoms, named_faces

BREAK = Entry("break", "")
IGNORED = Entry("filler", "")
_PARTICLES = frozenset("的了风風系式型")
_AFTER_NOUNS = frozenset("はがをにでとへやものな")
"""Kana that stand after a noun, also one that we do not know; any other belongs to that word."""
_STRUCTURE = frozenset({"barrier", "worn", "negator", "copula", "joiner", "side"})
_TWICE = re.compile(r"([\u3041-\u3096]{2,3})\1+")
"""What Japanese says of looks and moods: a short word twice ("ふがふが")."""
_INSIDE = re.compile(r"(?<!u)uku|uku(?!u)")
"""A known kana (k) beside a single unknown one (u): かがみ. What is longer may be two nouns and a
particle between them."""
_AGE = re.compile(
    r"(\d{1,3})(?: ?(?:y/?o|(?:years?|yrs?)(?: ?old)?|y)(?: old)?\b| ?(?:多|来|几)?[岁歳才]|代"
    r"|(?<=[2-5]0)s\b)|([一二两三四五六七八九十百]{1,5})(?:多|来|几)?[岁歳才]"
)
"""An age in numbers: 20yo, 20 y/o, 70 year old, 16岁, 二十岁, 30代, 40s (the 70s are an era)."""
_YEARS = 8
"""The most atoms of such an age."""
_NUMERALS = {numeral: n for n, numeral in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_AGES = (("child", 13), ("young", 30), ("adult", 60), ("elder", inf))
"""Ages and the first year that is older."""
_PREFIX = 2
"""Signs of katakana that are no word of their own."""
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")


@dataclass(eq=False)
class Token:
    """A stretch of the prompt and what the grammar found out about it."""

    entry: Entry
    text: str
    length: int = 1
    """In atoms."""
    spaced: bool = False
    negated: bool = False
    degree: int = 0
    """1 after "very", -1 after "slightly"."""
    coloured: bool = False
    """Of a part: a colour stands with it already."""
    lost: bool = False
    """Understood, but with nothing here that it could apply to."""
    shade: Entry | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        return self.entry.kind

    @property
    def is_modifier(self) -> bool:
        return self.kind in ("colour", "adjective", "shade")

    @property
    def is_content(self) -> bool:
        return self.kind in ("set", "archetype")


def read(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of a cleaned text, in order and without gaps."""
    said = named_faces(text, lexicon.emoticons)
    pieces = [part for atom in atoms(said, lexicon.shapes) for part in _parts(atom, lexicon)]
    keys = [key for _, key in pieces]
    tokens: list[Token] = []
    at = 0
    while at < len(pieces):
        first = pieces[at][0]
        match = lexicon.longest(keys, at) if first.kind != "separator" else None
        years = _years([atom for atom, _ in pieces[at : at + _YEARS]], at)
        if years and (match is None or years[0] > match[0]):  # "10代" has an entry: not a child
            match = years
        end, entry = match or (at + 1, _without_match(first))
        whole = [atom for atom, _ in pieces[at:end]]
        written = "".join((" " if a.spaced and n else "") + a.text for n, a in enumerate(whole))
        tokens.append(Token(entry, written, len(whole), first.spaced))
        at = end
    return _joined(_dissolved(_whole(tokens)))


def _years(ahead: Sequence[Atom], at: int) -> tuple[int, Entry] | None:
    """An age in numbers that begins with the first of some atoms: where it ends, what it says."""
    said = ""
    ends = []
    for atom in ahead:
        said += (" " if atom.spaced and said else "") + atom.key
        ends.append(len(said))
    found = _AGE.match(said)
    if found is None or found.end() not in ends:
        return None
    years = int(found.group(1)) if found.group(1) else _counted(found.group(2))
    level = next(name for name, limit in _AGES if years < limit)
    entry = Entry("set", level, layers={"set": {"age": level}}, person=True)
    return at + ends.index(found.end()) + 1, entry


def _counted(numerals: str) -> int:
    """二十五 as 25."""
    hundreds = tens = 0
    for numeral in numerals:
        if numeral == "百":
            hundreds, tens = 100 * max(tens, 1), 0
        elif numeral == "十":
            hundreds, tens = hundreds + 10 * max(tens, 1), 0
        else:
            tens = _NUMERALS[numeral]
    return hundreds + tens


def _parts(atom: Atom, lexicon: Lexicon) -> list[tuple[Atom, str]]:
    """An atom with what to look it up as; two of them for a glued word such as "pinkhair"."""
    found = lexicon.keys(atom)
    if len(found) == 2:
        cut = len(found[0])
        halves = replace(atom, text=atom.text[:cut]), replace(atom, text=atom.text[cut:])
        return [(half, key) for half, key in zip(halves, found, strict=True)]
    # A word that means nothing still takes a place, so that no phrase reaches across it.
    return [(atom, found[0] if found else "\0")]


def _without_match(atom: Atom) -> Entry:
    if atom.kind == "separator":
        return BREAK
    if _HEX.fullmatch(atom.key):
        colour = atom.key if len(atom.key) == 7 else "#" + "".join(2 * c for c in atom.key[1:])
        columns = dict.fromkeys(("hair", "eyes", "skin", "outfit"), colour)
        return Entry("colour", colour, parts=colour_parts(columns))
    if atom.kind == "mark" or atom.key.isdigit():
        return IGNORED
    return UNKNOWN


def _script(character: str) -> str:
    if "\u3041" <= character <= "\u309f":
        return "hiragana"
    if "\u30a0" <= character <= "\u30ff":
        return "katakana"
    return "han" if unicodedata.category(character) == "Lo" else "other"


def _whole(tokens: list[Token]) -> list[Token]:
    """Give up kana of grammar that are part of an unknown word: each が of ふがふが."""
    letters = kinds = ""
    for token in tokens:
        kana = len(token.text) == 1 and _script(token.text) == "hiragana"
        letters += token.text if kana else " "
        kinds += ("u" if token.kind == "unknown" else "k") if kana else " "
    for found in chain(_TWICE.finditer(letters), _INSIDE.finditer(kinds)):
        word = tokens[found.start() : found.end()]
        if not any(token.spaced for token in word[1:]):
            for token in word:
                token.entry = UNKNOWN
    return tokens


def _dissolved(tokens: list[Token]) -> list[Token]:
    """Give up short matches inside unknown words: 黑 in 黑客 is not a colour."""
    changed = True
    while changed:
        changed = False
        for index, token in enumerate(tokens):
            script = _script(token.text[:1])
            if _ends_another(tokens, index):
                token.entry = UNKNOWN
                changed = True
            short = token.length == 1 or (script == "katakana" and token.length == 2)
            if token.kind in ("unknown", "break") or script == "other" or not short:
                continue
            if token.text in _PARTICLES or len(token.text) > 2:
                continue
            before = tokens[index - 1] if index else None
            after = tokens[index + 1] if index + 1 < len(tokens) else None
            sides = []
            ends = token.text in _AFTER_NOUNS
            if before and before.kind == "unknown" and not token.spaced and not ends:
                sides.append(before.text[-1:])
            opens = token.kind in _STRUCTURE  # 戴 before an unknown word is still a verb
            if after and after.kind == "unknown" and not after.spaced and not opens:
                sides.append(after.text[:1])
            if any(side and _script(side) == script for side in sides):
                token.entry = UNKNOWN
                changed = True
    return tokens


def _ends_another(tokens: list[Token], index: int) -> bool:
    """Whether a katakana word is the end of a longer one: no スター (an idol) in トースター.

    One or two unknown signs before it are no word of their own; more may well be (スーパースター).
    """
    token = tokens[index]
    if token.kind in ("unknown", "break") or _script(token.text[:1]) != "katakana":
        return False
    signs = 0
    while index and not tokens[index].spaced:
        index -= 1
        if _script(tokens[index].text[-1:]) != "katakana":
            break
        if tokens[index].kind != "unknown":
            return False  # a known word and an unknown ending: who can tell
        signs += tokens[index].length
    return 1 <= signs <= _PREFIX


def _joined(tokens: list[Token]) -> list[Token]:
    """Neighbouring unknown characters of a script without spaces make one unknown word."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind == token.kind == "unknown"
            and not token.spaced
            and _script(last.text[-1:]) != "other"
            and _script(token.text[:1]) != "other"
        ):
            last.text += token.text
            last.length += token.length
        else:
            joined.append(token)
    return joined
