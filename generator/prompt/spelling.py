"""Which word a misspelt English one means.

A slip of the fingers or the ear is told from another word by how it comes about: the first letter
is nearly always right (Kukich, Techniques for Automatically Correcting Words in Text, 1992), and a
wrong letter lies beside the right one on the keyboard or sounds like it. What still looks like a
slip and is a word of its own is listed in `words/false_friends.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5
"""Words with fewer letters are only read with two letters swapped."""
MIDDLING = 7
"""Words with fewer letters are too many for their endings to be guessed."""
LONG = 9
"""From as many letters on, a word may have two wrong, whatever they are."""
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = ("aeiouy", "ckqs", "szx", "fv", "gj", "mn", "bvp", "dt", "uw")


def _confusable() -> frozenset[tuple[str, str]]:
    """Letters that are written for each other: neighbours on the keyboard, or alike in sound."""
    pairs = {pair for group in _ALIKE for pair in combinations(group, 2)}
    for row in _ROWS:
        pairs |= set(pairwise(row))
    for upper, lower in pairwise(_ROWS):
        pairs |= set(zip(upper, lower, strict=False)) | set(zip(upper[1:], lower, strict=False))
    return frozenset(pairs | {(b, a) for a, b in pairs})


_CONFUSABLE = _confusable()


def is_slip(word: str, meant: str) -> bool:
    """Whether somebody who means one word may well write the other.

    Args:
        word: As written.
        meant: A word at most one edit away, two for long words: letters added, left out, replaced
            or swapped with the next.
    """
    if word[0] != meant[0] and word[:2] != meant[1::-1]:
        return False
    if len(word) >= LONG:
        return True
    if len(word) < MIDDLING and (word[:-1] in (meant, meant[:-1]) or word == meant[:-1]):
        return False  # in a short word, another ending makes another word
    if len(word) != len(meant):
        return True
    wrong = [pair for pair in zip(word, meant, strict=True) if pair[0] != pair[1]]
    return len(wrong) == 2 or all(pair in _CONFUSABLE for pair in wrong)


class Spelling:
    """The words that a misspelt one may mean."""

    def __init__(self, words: Iterable[str], alone: Iterable[str]) -> None:
        """
        Args:
            words: All words.
            alone: Those that mean something without the rest of a phrase; they are preferred.
        """
        self.words = frozenset(words)
        self.alone = frozenset(alone)
        self.by_length: dict[int, list[str]] = {}
        for word in sorted(self.words):
            self.by_length.setdefault(len(word), []).append(word)

    def meant(self, word: str) -> str | None:
        """The nearest word within reach of a misspelt one, in lower case."""
        if len(word) == SHORTEST - 1:
            swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(3))
            return next((known for known in swapped if known in self.words), None)
        if len(word) < SHORTEST:
            return None
        reach = 1 if len(word) < LONG else 2
        found: list[tuple[int, bool, int, str]] = []
        for length in range(len(word) - reach, len(word) + reach + 1):
            near = process.extract(
                word, self.by_length.get(length, ()),
                scorer=OSA.distance, score_cutoff=reach, limit=None, processor=None,
            )  # fmt: skip
            found.extend(
                (distance, known not in self.alone, abs(length - len(word)), known)
                for known, distance, _ in near
                if is_slip(word, known)
            )
        return min(found)[-1] if found else None
