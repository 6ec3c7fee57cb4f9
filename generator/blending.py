"""Between specs: every figure a figure of its own, never a double exposure.

What is continuous (sliders, colours) is averaged. What is a choice (a hair silhouette, a hat) comes
from one of the figures, so that whatever comes out is something the generator can draw cleanly:

- `between` walks from one figure to another; choices change hands one after the other.
- `blend` mixes two to four with weights, as a whole or part by part.

Where figures are mirrored, what has a side (turn, tilt, gaze, two eyes) is averaged as it is seen.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any, Literal, get_args

from generator.art.palette import hex_colour, mix, rgb
from generator.errors import PersonError
from generator.spec import ACCESSORIES, EXCLUSIVE, SLIDERS, AvatarSpec, resolve_colour

# When each choice changes hands. Whole-figure choices lie in the middle, where all else is halfway.
_CHANGES: dict[str, float] = {
    "expression": 0.2,
    "outfit": 0.32,
    "eye_shape": 0.38,
    "fringe": 0.44,
    "style": 0.5,
    "presentation": 0.5,
    "age": 0.5,
    "facial_hair": 0.5,
    "hair": 0.56,
    "hair_pattern": 0.68,
    "seed": 0.56,
    "flip": 0.56,
}
_COLOURS = ("hair_colour", "eye_colour", "skin", "outfit_colour", "accessory_colour")
_SIDED = ("turn", "tilt", "gaze")

MOST_SOURCES = 4
Part = Literal[
    "figure", "hair", "eyes", "mouth", "face", "pose", "outfit", "accessories", "colours"
]
PARTS: tuple[Part, ...] = get_args(Part)
_PART_CHOICES: dict[str, tuple[str, ...]] = {
    "figure": ("style", "presentation", "age"),
    "hair": ("hair", "fringe", "hair_pattern", "seed", "flip"),
    "eyes": ("eye_shape",),
    "mouth": ("expression", "facial_hair"),
    "outfit": ("outfit",),
}
_PART_SLIDERS: dict[str, tuple[str, ...]] = {
    "figure": ("line_weight",),
    "hair": ("hair_volume", "hair_length"),
    "eyes": ("eye_size", "eye_spacing", "eye_height", "gaze", "brow_height", "brow_weight"),
    "mouth": ("mouth_size",),
    "face": ("face_width", "jaw", "blush"),
    "pose": ("turn", "tilt"),
}
_PART_COLOURS: dict[str, tuple[str, ...]] = {
    "hair": ("hair_colour",),
    "eyes": ("eye_colour",),
    "face": ("skin",),
    "outfit": ("outfit_colour",),
    "accessories": ("accessory_colour",),
    "colours": _COLOURS,
}
# Which share of the way through the sources each bundle of choices is taken from: what says most
# about who somebody is lies first, where the heaviest source is. A beard goes with who wears it,
# a fringe and its small print with its hair.
_BUNDLES: tuple[tuple[Fraction, tuple[str, ...]], ...] = tuple(
    (Fraction(place, 100), names)
    for place, names in (
        (4, ("style",)),
        (18, ("presentation", "age", "facial_hair")),
        (38, ("hair", "fringe", "hair_pattern", "seed", "flip")),
        (57, ("eye_shape",)),
        (72, ("expression",)),
        (88, ("outfit",)),
    )
)
_LEAN = 3.0
"""Weight of the figure that a blend leans towards, where each other one has 1."""
_GRAIN = 10_000
"""Shares are counted in ten-thousandths, so that 1 : 2 and 0.1 : 0.2 are the same blend."""


class BlendError(PersonError):
    """Sources that cannot be blended; the message says what to do."""


def between(a: AvatarSpec, b: AvatarSpec, share: float) -> AvatarSpec:
    """The figure `share` of the way from `a` (0) to `b` (1)."""
    if share <= 0:
        return a
    if share >= 1:
        return b
    values: dict[str, object] = {
        name: getattr(b if share >= moment else a, name) for name, moment in _CHANGES.items()
    }
    if values["hair"] == "hijab":  # who wears it has the face that goes with it
        values["facial_hair"] = (b if share >= _CHANGES["hair"] else a).facial_hair
    mirrored = _mirrored(values)
    for name in SLIDERS:
        one, other = (_seen(s, name, mirrored) for s in (a, b))
        values[name] = one + (other - one) * share
    for name in _COLOURS:
        values[name] = _between(name, getattr(a, name), getattr(b, name), share)
    values["hair_colour2"] = (
        None if values["hair_pattern"] == "solid" else _second(a, b, "hair_colour", share)
    )
    if a.eye_colour2 or b.eye_colour2:
        eyes = (
            _between("eye_colour", _eye(a, right, mirrored), _eye(b, right, mirrored), share)
            for right in (False, True)
        )
        values["eye_colour"], values["eye_colour2"] = eyes
    values["accessories"] = _worn(a, b, share)
    return AvatarSpec(**values)  # type: ignore[arg-type]


def blend(
    sources: Sequence[tuple[AvatarSpec, float]], take: Mapping[Part, AvatarSpec] | None = None
) -> AvatarSpec:
    """One figure out of up to four.

    The order of the sources does not matter, nor does the scale of the weights; a source that has
    all the weight comes back as it is. Sliders and colours are weighted means. Choices are shared
    out among the sources in proportion to their weights, the most telling ones to the heaviest; of
    accessories as many are worn as the sources wear on average, those first that most of them wear.
    Equal weights are settled by what the figures are, never by chance.

    Args:
        sources: Figures and their weights, 0 or more.
        take: Parts that come whole from one figure, which may be a source or not: its hair (with
            the hair's colour), its eyes, its mouth ... "colours" overrides the parts' own.

    Raises:
        BlendError: No or too many sources, weights that are negative, not finite or all zero.
    """
    ranked = _ranked(sources)
    taken = take or {}
    choices = _shared_out(ranked)
    for part, spec in taken.items():
        choices |= dict.fromkeys(_PART_CHOICES.get(part, ()), spec)
    values: dict[str, Any] = {name: getattr(spec, name) for name, spec in choices.items()}
    mirrored = _mirrored(values)
    givers: dict[str, AvatarSpec] = {}
    for part in sorted(taken, key=PARTS.index):  # "colours" comes last and overrides
        names = (*_PART_SLIDERS.get(part, ()), *_PART_COLOURS.get(part, ()))
        givers |= dict.fromkeys(names, taken[part])
    for name in SLIDERS:
        values[name] = _mean(_from(givers, name, ranked), name, mirrored)
    for name in ("hair_colour", "skin", "outfit_colour", "accessory_colour"):
        values[name] = _mixed(
            name, [(getattr(s, name), share) for s, share in _from(givers, name, ranked)]
        )
    values["hair_colour2"] = None
    if values["hair_pattern"] != "solid":
        values["hair_colour2"] = _ends(_from(givers, "hair_colour", ranked))
    values |= _eyes(_from(givers, "eye_colour", ranked), mirrored)
    wearer = taken.get("accessories")
    values["accessories"] = wearer.accessories if wearer else _wardrobe(ranked)
    return AvatarSpec(**values)


def leanings(figures: Sequence[AvatarSpec]) -> tuple[AvatarSpec, ...]:
    """Blends to choose from: one to equal parts, then ones that lean towards one of the figures.

    Of two figures there is also one with the hair of the second on what else is the first's.

    Returns:
        Two to four figures, no two of which are alike; one if the sources are all the same.

    Raises:
        BlendError: As `blend` does.
    """
    equal = [1.0] * len(figures)
    wanted = [equal] + [[*equal[:i], _LEAN, *equal[i + 1 :]] for i in range(len(figures))]
    found = [blend(list(zip(figures, weights, strict=True))) for weights in wanted]
    if len(figures) == 2:
        found.append(blend([(figures[0], 1.0)], {"hair": figures[1]}))
    return tuple(dict.fromkeys(found))[:MOST_SOURCES]


_Ranked = list[tuple[AvatarSpec, Fraction]]


def _ranked(sources: Sequence[tuple[AvatarSpec, float]]) -> _Ranked:
    """Heaviest first, equal ones in an order of their own; shares sum to 1, like figures add up."""
    if not sources:
        raise BlendError("give at least one figure to blend")
    weights = [weight for _, weight in sources]
    if not all(math.isfinite(w) and w >= 0 for w in weights):
        raise BlendError("weights are numbers from 0 up, such as 1 or 0.5")
    total = sum(map(Fraction, weights))
    if not total:
        raise BlendError("give at least one figure a weight above 0")
    counted: dict[AvatarSpec, int] = {}
    for spec, weight in sources:
        counted[spec] = counted.get(spec, 0) + round(Fraction(weight) / total * _GRAIN)
    kept = [(spec, count) for spec, count in counted.items() if count]
    if len(kept) > MOST_SOURCES:
        raise BlendError(f"blend at most {MOST_SOURCES} figures at a time")
    whole = sum(count for _, count in kept)
    kept.sort(key=lambda pair: (-pair[1], _key(pair[0])))
    return [(spec, Fraction(count, whole)) for spec, count in kept]


def _key(spec: AvatarSpec) -> str:
    """A figure's place among equals: what it is, spelled out."""
    fields = spec.model_dump()
    return repr([sorted(v) if isinstance(v, frozenset) else v for v in fields.values()])


def _shared_out(ranked: _Ranked) -> dict[str, AvatarSpec]:
    """Which source each single choice comes from."""
    reached = list(accumulate(share for _, share in ranked))
    choices: dict[str, AvatarSpec] = {}
    for place, names in _BUNDLES:
        choices |= dict.fromkeys(names, ranked[bisect_right(reached, place)][0])
    if choices["hair"].hair == "hijab":  # who wears it has the face that goes with it
        choices["facial_hair"] = choices["hair"]
    return choices


def _from(givers: Mapping[str, AvatarSpec], name: str, ranked: _Ranked) -> _Ranked:
    return [(givers[name], Fraction(1))] if name in givers else ranked


def _mean(ranked: _Ranked, name: str, mirrored: bool) -> float:
    if len(ranked) == 1:
        return _seen(ranked[0][0], name, mirrored)
    return float(sum(share * Fraction(_seen(s, name, mirrored)) for s, share in ranked))


def _mixed(name: str, colours: Sequence[tuple[str, Fraction]]) -> str:
    """The weighted mean of colours; one that all agree on keeps its name."""
    if len({colour for colour, _ in colours}) == 1:
        return colours[0][0]
    channels = [rgb(resolve_colour(name, colour)) for colour, _ in colours]
    r, g, b = (
        round(sum(share * c[k] for c, (_, share) in zip(channels, colours, strict=True)))
        for k in range(3)
    )
    return hex_colour((r, g, b))


def _ends(ranked: _Ranked) -> str:
    """The second colour of hair; of a source that has none, its first stands in."""
    return _mixed("hair_colour", [(s.hair_colour2 or s.hair_colour, share) for s, share in ranked])


def _eyes(ranked: _Ranked, mirrored: bool) -> dict[str, str | None]:
    """Odd eyes where half of the sources have them, else the mean of the left ones."""
    if sum(share for s, share in ranked if s.eye_colour2) * 2 < 1:
        return {
            "eye_colour": _mixed("eye_colour", [(s.eye_colour, share) for s, share in ranked]),
            "eye_colour2": None,
        }
    left, right = (
        _mixed("eye_colour", [(_eye(s, side, mirrored), share) for s, share in ranked])
        for side in (False, True)
    )
    return {"eye_colour": left, "eye_colour2": right}


def _wardrobe(ranked: _Ranked) -> frozenset[str]:
    """As many pieces as the sources wear on average, most shared first, none that exclude."""
    votes = {
        piece: sum(share for spec, share in ranked if piece in spec.accessories)
        for piece in ACCESSORIES
    }
    heaviest = {
        piece: i for i, (s, _) in reversed(list(enumerate(ranked))) for piece in s.accessories
    }
    wanted = [piece for piece in heaviest if votes[piece]]
    wanted.sort(key=lambda piece: (-votes[piece], heaviest[piece]))
    room = math.floor(sum(share * len(spec.accessories) for spec, share in ranked) + Fraction(1, 2))
    worn: set[str] = set()
    for piece in wanted:
        if len(worn) < room and not any(piece in g and g & worn for g in EXCLUSIVE):
            worn.add(piece)
    return frozenset(worn)


def _mirrored(values: Mapping[str, object]) -> bool:
    """Whether a figure with these values would be mirrored."""
    some = {"flip": values["flip"], "outfit": values["outfit"]}
    return AvatarSpec(**some).mirrored  # type: ignore[arg-type]


def _seen(spec: AvatarSpec, name: str, mirrored: bool) -> float:
    """A slider as a figure that is (or is not) mirrored has to set it to look alike."""
    value: float = getattr(spec, name)
    return -value if name in _SIDED and spec.mirrored != mirrored else value


def _eye(spec: AvatarSpec, right: bool, mirrored: bool) -> str:
    """The colour of one eye, likewise."""
    second = right if spec.mirrored == mirrored else not right
    return (spec.eye_colour2 or spec.eye_colour) if second else spec.eye_colour


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
