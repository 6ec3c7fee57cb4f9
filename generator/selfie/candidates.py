"""From a reading to figures: the same in what is sure, different in what is not.

Chance is dealt out, not thrown: of four candidates an attribute that is 70% sure has its best
value in three, and its second best in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.chance import pick_weighted, shuffled, stream
from generator.selfie import tints
from generator.selfie.reading import SelfieReading, Shares, surest
from generator.spec import ACCESSORIES, AvatarSpec
from generator.wish import Wish

COUNT = 4
_SLIGHT = 0.1
"""Levels less likely than this do not come up."""
_TRUST = 1.5
"""Exponent on the shares that are dealt out: a likeness is what was asked for, chance is spice."""
_PULL = 0.32
"""Of a slider, for one standard deviation: a friendly likeness, not a caricature."""
_LEAST = 0.7
"""Largest slider that a measure may lead to."""

# Hair styles by length and texture; a shape that nobody's texture asks for is never given.
_SHORT = {
    "masculine": {
        "straight": {"short_crop": 7, "undercut": 2},
        "wavy": {"short_crop": 6, "undercut": 2, "pixie": 1},
        "curly": {"short_crop": 6, "pixie": 2},
        "coily": {"short_crop": 8},
    },
    "feminine": {
        "straight": {"pixie": 5, "bob": 5},
        "wavy": {"pixie": 4, "bob": 5, "wolf_cut": 1},
        "curly": {"pixie": 4, "curly": 3, "bob": 2},
        "coily": {"short_crop": 5, "afro": 3, "pixie": 2},
    },
}
_LONGER = {
    "medium": {
        "straight": {"bob": 6, "medium": 4},
        "wavy": {"bob": 5, "medium": 4, "wolf_cut": 1},
        "curly": {"curly": 6, "bob": 3},
        "coily": {"curly": 5, "afro": 4},
    },
    "long": {
        "straight": {"long_straight": 8, "medium": 2},
        "wavy": {"long_wavy": 8, "long_straight": 2},
        "curly": {"curly": 7, "long_wavy": 3},
        "coily": {"curly": 4, "locs": 3, "box_braids": 3},
    },
}
_OUTFITS = {
    "girl": {"turtleneck": 4, "dress": 3, "tee": 2, "blazer": 1},
    "boy": {"turtleneck": 3, "hoodie": 3, "tee": 3, "blazer": 1},
    "neutral": {"turtleneck": 3, "hoodie": 3, "tee": 2, "blazer": 2},
}


def candidates(
    reading: SelfieReading, prompt: Wish | None = None, seed: int = 0, count: int = COUNT
) -> list[AvatarSpec]:
    """Figures of one person, the likeliest first.

    Args:
        reading: What was read of the photo.
        prompt: What the person asked for beside it; it overrides what was read.
        seed: The same reading, prompt and seed give the same figures.
        count: How many.
    """
    return [
        wish.merge(prompt or Wish()).complete((seed + i) % 2**32)
        for i, wish in enumerate(wishes(reading, seed, count))
    ]


def wish_of(reading: SelfieReading) -> Wish:
    """The likeliest figure's wish, to merge a prompt into."""
    return wishes(reading, 0, 1)[0]


def wishes(reading: SelfieReading, seed: int, count: int = COUNT) -> list[Wish]:
    """One wish a candidate, before any prompt."""
    deal = _Deal(seed, count)
    manners = deal("manner", _manner(reading.manner))
    covers = deal("cover", reading.cover)
    plans = [
        _Plan(
            presentation=manners[i],
            cover=covers[i],
            length=length,
            colour=colour,
            eyes=eyes,
            glasses=glasses,
            facial_hair=facial_hair,
            age=age,
            expression=expression,
        )
        for i, (length, colour, eyes, glasses, facial_hair, age, expression) in enumerate(
            zip(
                deal("hair_length", reading.hair_length),
                deal("hair_colour", reading.hair_colour),
                deal("eye_colour", reading.eye_colour),
                deal("glasses", reading.glasses),
                deal("facial_hair", reading.facial_hair),
                deal("age", reading.age),
                deal("expression", _expressions(reading)),
                strict=True,
            )
        )
    ]
    styles = [_style(reading, plan) for plan in plans]
    drawn: list[Wish] = []
    for i, plan in enumerate(plans):
        hair = _differing(styles, i, [w.hair for w in drawn], stream(seed, f"hair/{i}").random())
        drawn.append(_wish(reading, plan, hair, seed, i))
    return drawn


@dataclass(frozen=True)
class _Plan:
    """What one candidate takes the person to be."""

    presentation: str
    cover: str
    length: str
    colour: str
    eyes: str
    glasses: str
    facial_hair: str
    age: str
    expression: str


class _Deal:
    """Deals levels out to candidates in proportion to their shares; the first gets the best."""

    def __init__(self, seed: int, count: int) -> None:
        self.seed, self.count = seed, count

    def __call__(self, name: str, shares: Shares) -> list[str]:
        best = surest(shares)
        likely = {k: v**_TRUST for k, v in shares.items() if v >= _SLIGHT or k == best}
        total = sum(likely.values())
        quotas = {k: v / total * self.count for k, v in likely.items()}
        dealt = {k: int(quota) for k, quota in quotas.items()}
        by_rest = sorted(quotas, key=lambda k: (dealt[k] - quotas[k], -shares[k], k))
        for level in by_rest[: self.count - sum(dealt.values())]:
            dealt[level] += 1
        rest = [level for level in likely for _ in range(dealt[level])]
        if best in rest:
            rest.remove(best)
        else:
            rest.pop()
        return [best, *shuffled(stream(self.seed, f"selfie/{name}"), rest)]


def _manner(shares: Shares) -> Shares:
    """Girl, boy or neutral: neutral where neither is likely."""
    feminine = shares["feminine"]
    neutral = max(0.0, 1 - abs(2 * feminine - 1)) * 0.8
    return {
        "girl": feminine * (1 - neutral), "boy": (1 - feminine) * (1 - neutral), "neutral": neutral,
    }  # fmt: skip


def _expressions(reading: SelfieReading) -> Shares:
    left, right = reading.closed
    smiling = 1 - reading.smile["none"]
    one, both = abs(left - right) * max(left, right), min(left, right)
    shares = {
        "neutral": reading.smile["none"] * 0.8,
        "smile": reading.smile["closed"] + reading.smile["open"] * 0.7 + reading.smile["none"] / 5,
        "laugh": reading.smile["open"] * 0.3,
        "wink": 0.0,
        "surprised": 0.0,
    }
    if one > 0.6:
        shares["wink"] = 3 * one
    if both > 0.6:
        shares["laugh"] += 3 * both * smiling
    if reading.gaping > 0.5 and smiling < 0.6:
        shares["surprised"] = reading.gaping
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def _style(reading: SelfieReading, plan: _Plan) -> Mapping[str, float]:
    """Hair styles that this candidate may have, with weights."""
    if plan.cover == "scarf":
        return {"hijab": 1.0}
    if plan.length == "bald":
        return {"bald": 1.0}
    tables: list[dict[str, dict[str, int]]] = []
    if plan.length == "short":
        if plan.presentation != "girl":
            tables.append(_SHORT["masculine"])
        if plan.presentation != "boy":
            tables.append(_SHORT["feminine"])
    else:
        tables.append(_LONGER[plan.length])
    weights: dict[str, float] = {}
    for texture, share in reading.hair_texture.items():
        if share < 0.15:
            continue
        for table in tables:
            total = sum(table[texture].values())
            for style, weight in table[texture].items():
                weights[style] = weights.get(style, 0.0) + share * weight / total
    if reading.hair_height > 0.5 and reading.hair_texture["coily"] > 0.5:
        weights["afro"] = weights.get("afro", 0.0) + 0.6
    if reading.hair_height < 0.35:
        weights.pop("afro", None)
    if plan.age != "young" and "undercut" in weights:
        weights["undercut"] *= 0.2
    return weights


def _differing(
    styles: list[Mapping[str, float]], i: int, before: list[str | None], chance: float
) -> str:
    """The likeliest style first; later ones prefer what has not been shown yet."""
    weights = styles[i]
    if i == 0:
        return max(weights, key=lambda style: weights[style])
    total = sum(weights.values())
    fresh = [
        (style, weight * 0.45 ** before.count(style))
        for style, weight in weights.items()
        if weight >= _SLIGHT * total
    ]
    mark = chance * sum(weight for _, weight in fresh)
    for style, weight in fresh:
        mark -= weight
        if mark < 0:
            return style
    return fresh[-1][0]


def _fringe(reading: SelfieReading, hair: str) -> dict[str, float]:
    if hair in ("bald", "hijab", "afro", "locs", "box_braids"):
        return {"none": 1.0}
    covered, falls = reading.fringe, abs(reading.parting)
    if hair in ("short_crop", "undercut", "spiky"):
        # A drawn sweep hides the forehead: nobody gets one whose own is bare.
        bare, swept = ("none", 7.0), ("swept", 20 * covered + 6 * falls)
        if covered < 0.15:
            return dict([bare, swept])
        return dict([swept, ("spiky", 2.0), ("wispy", 2.0)])
    if covered < 0.12:
        return {"none": 3, "curtain": 5, "swept": 3 + 5 * falls}
    if covered < 0.4:
        return {"swept": 4 + 8 * falls, "curtain": 4, "wispy": 2}
    if covered < 0.65:
        return {"swept": 2 + 8 * falls, "wispy": 3, "rounded": 3}
    return {"blunt": 6, "rounded": 3, "wispy": 2}


def _slider(value: float, pull: float = _PULL) -> float:
    return round(max(-_LEAST, min(_LEAST, value * pull)), 3)


def _wish(reading: SelfieReading, plan: _Plan, hair: str, seed: int, i: int) -> Wish:
    chance = stream(seed, f"selfie/wish/{i}")
    fringes = _fringe(reading, hair)
    likeliest = max(fringes, key=lambda name: fringes[name])
    fringe = likeliest if i == 0 else pick_weighted(chance, sorted(fringes.items()))
    # The drawn sweep falls to the picture's right: mirrored, it falls to the left.
    flip = reading.parting < -0.08 if abs(reading.parting) > 0.08 else i % 2 == 1
    outfits = _OUTFITS[plan.presentation]
    if reading.suit > 0.5:
        outfits = {"suit": 9, "turtleneck": 1}
    outfit = pick_weighted(chance, sorted(outfits.items()))
    side = -1 if flip else 1
    wear: set[str] = set()
    if plan.glasses == "dark":
        wear.add("sunglasses")
    elif plan.glasses == "clear":
        wear.add("round_glasses" if i == 2 else "glasses")
    shape = reading.shape
    values: dict[str, Any] = {
        "style": "moe",
        "presentation": plan.presentation,
        "age": plan.age,
        "hair": hair,
        "fringe": fringe,
        "hair_colour": reading.hair_tints[plan.colour],
        "hair_pattern": "solid",
        "eye_colour": reading.eye_tints[plan.eyes],
        "odd_eyes": False,
        "eye_shape": "round",
        "expression": plan.expression,
        "skin": reading.skin_tint,
        "facial_hair": plan.facial_hair,
        "outfit": outfit,
        "outfit_colour": reading.clothes_tint or "grey",
        "eye_size": _slider(shape["eye_size"], 0.2),
        "eye_spacing": _slider(shape["eye_spacing"]),
        "eye_height": 0.0,
        "face_width": _slider(shape["face_width"]),
        "jaw": _slider(shape["jaw"]),
        "brow_height": _slider(shape["brow_height"]),
        "brow_weight": _slider(shape["brow_weight"]),
        "mouth_size": _slider(shape["mouth_size"]),
        "hair_volume": _slider((reading.hair_height - 0.3) / 0.1),
        "hair_length": 0.0,
        "turn": side * _slider(reading.yaw / 25, 1.0),
        "tilt": side * _slider(reading.roll / 12, 1.0),
        "gaze": side * _slider(reading.gaze, 0.6),
        "line_weight": 0.0,
        "blush": 0.1,
        "flip": flip,
    }
    if plan.cover != "none":
        values["accessory_colour"] = reading.cover_tint
        if plan.cover == "hat":
            wear.add("beret" if i % 2 else "cap")
            if hair == "bald":
                values["hair"], values["fringe"] = "short_crop", "none"
    values["wear"] = frozenset(wear)
    # Nobody is given a scar or cat's ears that their photo does not show; a prompt may.
    values["without"] = frozenset(ACCESSORIES) - values["wear"]
    return Wish(**values)


def described(reading: SelfieReading) -> dict[str, str]:
    """What was read, as plain levels for a chat or a log line: looks only, and no presentation."""
    best = {
        "hair_colour": surest(reading.hair_colour),
        "hair": surest(reading.hair_length),
        "skin": tints.nearest("skin", reading.skin_tint),
        "eye_colour": surest(reading.eye_colour),
        "glasses": surest(reading.glasses),
        "facial_hair": surest(reading.facial_hair),
        "smile": surest(reading.smile),
        "cover": surest(reading.cover),
    }
    if reading.clothes_tint is not None:
        best["outfit_colour"] = tints.nearest("outfit_colour", reading.clothes_tint)
    return best
