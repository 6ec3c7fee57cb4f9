"""Between two specs: every step a figure of its own, never a double exposure.

What is continuous (sliders, colours) moves evenly. What is a choice (a hair silhouette, a hat)
changes hands at a moment of its own, in the order of `_CHANGES`, so that a sequence of in-betweens
turns one figure into the other bit by bit, and every one of them is something the generator can
draw cleanly.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.art.palette import hex_colour, mix, rgb
from generator.spec import EXCLUSIVE, SLIDERS, AvatarSpec, resolve_colour

# When each choice changes hands. Whole-figure choices lie in the middle, where all else is halfway.
_CHANGES: dict[str, float] = {
    "expression": 0.2,
    "outfit": 0.32,
    "eye_shape": 0.38,
    "fringe": 0.44,
    "style": 0.5,
    "presentation": 0.5,
    "age": 0.5,
    "hair": 0.56,
    "facial_hair": 0.62,
    "hair_pattern": 0.68,
    "seed": 0.56,
    "flip": 0.5,
}
_COLOURS = ("hair_colour", "eye_colour", "skin", "outfit_colour", "accessory_colour")


def between(a: AvatarSpec, b: AvatarSpec, share: float) -> AvatarSpec:
    """The figure `share` of the way from `a` (0) to `b` (1)."""
    if share <= 0:
        return a
    if share >= 1:
        return b
    values: dict[str, object] = {
        name: getattr(b if share >= moment else a, name) for name, moment in _CHANGES.items()
    }
    for name in SLIDERS:
        values[name] = getattr(a, name) + (getattr(b, name) - getattr(a, name)) * share
    for name in _COLOURS:
        values[name] = _between(name, getattr(a, name), getattr(b, name), share)
    values["hair_colour2"] = (
        None if values["hair_pattern"] == "solid" else _second(a, b, "hair_colour", share)
    )
    if a.eye_colour2 or b.eye_colour2:
        values["eye_colour2"] = _second(a, b, "eye_colour", share)
    values["accessories"] = _worn(a, b, share)
    return AvatarSpec(**values)  # type: ignore[arg-type]


def _between(name: str, a: str, b: str, share: float) -> str:
    if a == b:
        return a
    return hex_colour(mix(rgb(resolve_colour(name, a)), rgb(resolve_colour(name, b)), share))


def _second(a: AvatarSpec, b: AvatarSpec, name: str, share: float) -> str:
    """A second colour that one of the two may lack: its first colour stands in."""
    first = getattr(a, f"{name}2") or getattr(a, name)
    second = getattr(b, f"{name}2") or getattr(b, name)
    return _between(name, first, second, share)


def _worn(a: AvatarSpec, b: AvatarSpec, share: float) -> frozenset[str]:
    """What only one of them wears comes off or on one piece after the other."""
    off, on = sorted(a.accessories - b.accessories), sorted(b.accessories - a.accessories)
    kept = set(a.accessories & b.accessories)
    kept.update(off[_pieces(off, share) :])
    for piece in on[: _pieces(on, share)]:
        rivals = {r for group in EXCLUSIVE if piece in group for r in group}
        kept -= rivals - b.accessories
        kept.add(piece)
    return frozenset(kept)


def _pieces(pieces: Sequence[str], share: float) -> int:
    return round(share * len(pieces))
