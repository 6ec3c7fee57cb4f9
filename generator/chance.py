"""Chance that every machine and Python version repeats.

Only `rng.random()` is drawn from: it is the one method whose sequence Python promises to keep for
a seed (https://docs.python.org/3/library/random.html#notes-on-reproducibility). Normal variates
are sums of uniform ones, so no mathematical library can move a digit either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, name: str) -> Random:
    """A source of chance of its own for each name under one seed."""
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return Random(int.from_bytes(digest, "little"))


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of the items, each as likely as the next."""
    return items[min(int(rng.random() * len(items)), len(items) - 1)]


def pick_weighted(rng: Random, weighted: Sequence[tuple[T, float]]) -> T:
    """One of the items, in proportion to its weight; weights need not sum to one."""
    mark = rng.random() * sum(weight for _, weight in weighted)
    for item, weight in weighted:
        mark -= weight
        if mark < 0:
            return item
    return next(item for item, weight in reversed(weighted) if weight > 0)


def normal(rng: Random, scale: float) -> float:
    """A roughly normal number, clipped to [-1, 1] and rounded to four digits (Irwin-Hall, 12)."""
    total = sum(rng.random() for _ in range(12)) - 6.0
    return round(max(-1.0, min(1.0, total * scale)), 4)


def shuffled(rng: Random, items: Sequence[T]) -> list[T]:
    """The items in a random order (Fisher-Yates)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = int(rng.random() * (last + 1))
        order[last], order[other] = order[other], order[last]
    return order
