"""From any string to atoms: words, single Han or kana characters, symbols and marks.

Everything a chat can send ends here as at most `LIMIT` characters of NFKC text without control,
format and surrogate characters, so the rest of the parser never meets hostile text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LIMIT = 500
"""Characters of a prompt that are read; the rest is cut off before anything looks at it."""

_CJK = re.compile(
    r"[\u3005-\u3007\u3041-\u309f\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_RUN = re.compile(r"\S+")
_SEPARATORS = frozenset(',;.!?()[]{}|"\n、。・「」『』【】〈〉《》…“”')


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest piece that the lexicon sees.

    Attributes:
        text: The piece as written (after NFKC).
        key: The piece as looked up: case and character shapes folded, apostrophes dropped.
        kind: "word", "cjk", "symbol" (emoji and the like), "mark" or "separator".
        spaced: Whether a space stands before it.
    """

    text: str
    key: str
    kind: str
    spaced: bool


def clean(text: str) -> str:
    """The part of a text that is read, as NFKC without invisible characters."""
    kept = []
    for character in text[:LIMIT]:
        category = unicodedata.category(character)
        if category == "Cc":
            kept.append("\n" if character == "\n" else " ")
        elif category[0] != "C" or character.isalnum():
            kept.append(character)
    # Compatibility forms expand to up to 18 characters (U+FDFA), hence the second cut.
    return unicodedata.normalize("NFKC", "".join(kept))[:LIMIT]


def named_faces(text: str, emoticons: Mapping[str, str]) -> str:
    """Cleaned text with its emoticons (":(", "T_T") as the emoji that they stand for."""
    return _RUN.sub(lambda run: emoticons.get(run.group().casefold(), run.group()), text)


def _is_part_of_word(character: str) -> bool:
    if character in "'’ʼ":
        return True
    if _CJK.match(character):
        return False
    return unicodedata.category(character)[0] in "LMN"


def fold(text: str, shapes: Mapping[str, str]) -> str:
    """Case, apostrophes and the shapes of Han characters folded away."""
    folded = text.casefold()
    return "".join(shapes.get(c, c) for c in folded if c not in "'’ʼ\ufe0f\ufe0e")


def atoms(text: str, shapes: Mapping[str, str]) -> list[Atom]:
    """Split cleaned text.

    Args:
        text: What `clean` returned.
        shapes: Han characters that are looked up as another (髮 and 髪 as 发).
    """
    pieces: list[Atom] = []
    at, spaced = 0, False
    while at < len(text):
        character = text[at]
        if (character.isspace() and character != "\n") or character in "_-‐‑–":
            spaced, at = True, at + 1
            continue
        end, kind = at + 1, "mark"
        hexadecimal = re.match(r"#[0-9a-fA-F]{3,6}(?![\w])", text[at : at + 8])
        if hexadecimal:
            end, kind = at + hexadecimal.end(), "word"
        elif character in _SEPARATORS:
            kind = "separator"
        elif _CJK.match(character):
            kind = "cjk"
        elif _is_part_of_word(character):
            kind = "word"
            while end < len(text) and _is_part_of_word(text[end]):
                end += 1
        elif unicodedata.category(character) in ("So", "Sk") or character in "♡♥❤‼":
            kind = "symbol"
            while end < len(text) and unicodedata.category(text[end]) in ("Mn", "Me"):
                end += 1  # variation selectors and keycaps
        piece = text[at:end]
        key = fold(piece, shapes)
        if kind == "word" and not key:
            kind = "mark"
        pieces.append(Atom(piece, key, kind, spaced))
        at, spaced = end, False
    return pieces
