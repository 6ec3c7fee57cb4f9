"""Where the attributes nobody asked for come from.

`uniform` is the flat prior of the training data: every level of every attribute about equally
often, so that a network sees them all.

Only `rng.random()` is drawn from: it is the one method whose sequence Python promises to keep for
a seed (https://docs.python.org/3/library/random.html#notes-on-reproducibility). Normal variates
are sums of uniform ones, so no mathematical library can move a digit either.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from generator.spec import (
    ACCESSORIES,
    EXCLUSIVE,
    PALETTES,
    SKIN_TONES,
    SLIDERS,
    VOCABULARY,
    AvatarSpec,
    resolve_colour,
)

T = TypeVar("T")

UNIFORM_ACCESSORY = 0.09
"""How often the flat prior tries each accessory."""
UNIFORM_PATTERNS = (("solid", 0.6), ("ombre", 0.2), ("streak", 0.2))


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


def _hex(red: float, green: float, blue: float) -> str:
    levels = (round(255 * max(0.0, min(1.0, value))) for value in (red, green, blue))
    return "#" + "".join(f"{level:02x}" for level in levels)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def any_colour(rng: Random, attribute: str) -> str:
    """A named level half of the time, else a #rrggbb somewhere near or between them.

    Args:
        rng: The source of chance.
        attribute: A key of `generator.spec.PALETTES`.
    """
    names = tuple(PALETTES[attribute])
    if rng.random() < 0.5:
        return pick(rng, names)
    if attribute == "skin":
        tones = tuple(SKIN_TONES.values())
        place = rng.random() * (len(tones) - 1)
        below = min(int(place), len(tones) - 2)
        share = place - below
        pairs = zip(_channels(tones[below]), _channels(tones[below + 1]), strict=True)
        red, green, blue = (a + (b - a) * share + (rng.random() - 0.5) * 0.04 for a, b in pairs)
        return _hex(red, green, blue)
    if rng.random() < 0.5:
        near = _channels(resolve_colour(attribute, pick(rng, names)))
        red, green, blue = (value + (rng.random() - 0.5) * 0.16 for value in near)
        return _hex(red, green, blue)
    hue, light, saturation = rng.random(), 0.2 + 0.65 * rng.random(), 0.1 + 0.8 * rng.random()
    return _hex(*colorsys.hls_to_rgb(hue, light, saturation))


def _any_slider(rng: Random) -> float:
    if rng.random() < 0.5:
        return round(2 * rng.random() - 1, 4)
    return normal(rng, 0.6)


def fits(accessory: str, worn: Sequence[str] | set[str] | frozenset[str]) -> bool:
    """Whether the accessory goes with the ones already worn (`generator.spec.EXCLUSIVE`)."""
    return not any(
        accessory in group and any(other in group for other in worn if other != accessory)
        for group in EXCLUSIVE
    )


def uniform(rng: Random) -> AvatarSpec:
    """A figure for the training data: each level of each attribute about equally often."""
    values: dict[str, Any] = {name: pick(rng, levels) for name, levels in VOCABULARY.items()}
    values["hair_pattern"] = pick_weighted(rng, UNIFORM_PATTERNS)
    for name in ("hair_colour", "eye_colour", "skin", "accessory_colour", "outfit_colour"):
        values[name] = any_colour(rng, name)
    if values["hair_pattern"] != "solid":
        values["hair_colour2"] = any_colour(rng, "hair_colour2")
    if rng.random() < 0.12:
        values["eye_colour2"] = any_colour(rng, "eye_colour2")
    worn: list[str] = []
    for accessory in shuffled(rng, ACCESSORIES):
        if rng.random() < UNIFORM_ACCESSORY and fits(accessory, worn):
            worn.append(accessory)
    values["accessories"] = frozenset(worn)
    for slider in SLIDERS:
        values[slider] = _any_slider(rng)
    values["seed"] = int(rng.random() * 2**32)
    values["flip"] = rng.random() < 0.5
    return AvatarSpec(**values)
