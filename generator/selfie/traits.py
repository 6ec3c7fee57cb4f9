"""What plain statistics tell of a head: eyes, brows, the shape of the face, hair's texture and
parting, what covers it, the clothes' colour, an impression of age.

None of it has labels to be trained or judged on, so confidences are set low on purpose: they
decide how far the candidates differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.evaluation.colours import lab
from generator.faces import Face
from generator.faces import topology as at
from generator.selfie.alignment import CENTRE, CHIN, FACE, FINE, Floats, Head, Mask
from generator.selfie.gradients import agreement, roughness
from generator.selfie.regions import CHEEKS, Colour, Regions, X, Y, colour_of, shrink, trimmed

NORMAL: dict[str, tuple[float, float]] = {
    "face_width": (0.812, 0.032),
    "jaw": (0.806, 0.019),
    "eye_size": (0.047, 0.0083),
    "eye_spacing": (0.246, 0.0133),
    "brow_height": (0.129, 0.017),
    "mouth_size": (0.449, 0.040),
    "brow_weight": (0.89, 0.35),
    "wrinkles": (1.21, 0.63),
}
"""Mean and standard deviation of each measure over 120 of the development portraits."""


@dataclass(frozen=True)
class Shape:
    """Deviations from `NORMAL` in standard deviations, and where eyes and lids are.

    Attributes:
        measures: By the names of `NORMAL`.
        gaze: -1 (to the picture's left) to 1, how far the irises are off the eyes' middles.
        closed: How closed the eyes on the picture's left and right are, 0 to 1.
    """

    measures: dict[str, float]
    gaze: float
    closed: tuple[float, float]


def _across(p: Floats, one: int, other: int) -> float:
    return float(np.linalg.norm(p[one] - p[other]))


def shape_of(head: Head, where: Regions, face: Face) -> Shape:
    """Measure the face."""
    p = head.landmarks
    tall = max(1.0, _across(p, at.FOREHEAD, at.CHIN) / max(0.7, np.cos(np.radians(face.pitch))))
    wide = max(1.0, _across(p, at.RIGHT_CHEEK, at.LEFT_CHEEK))
    front = max(0.7, float(np.cos(np.radians(face.yaw))))
    right = _across(p, at.RIGHT_EYE_TOP, at.RIGHT_EYE_BOTTOM)
    left = _across(p, at.LEFT_EYE_TOP, at.LEFT_EYE_BOTTOM)
    lengths = (
        _across(p, at.RIGHT_EYE_OUTER, at.RIGHT_EYE_INNER),
        _across(p, at.LEFT_EYE_OUTER, at.LEFT_EYE_INNER),
    )
    brows = head.region("right_brow") | head.region("left_brow")
    dark = where.skin.median[0] - head.lab[brows][:, 0] if brows.any() else np.zeros(1)
    rough = roughness(head.lab[..., 0])
    old = [
        head.patch(points) for points in ((109, 338, 336, 107), (226, 35, 143, 156), (446, 265, 372,
        383), (111, 117, 118, 119, 120, 121), (340, 346, 347, 348, 349, 350))
    ]  # fmt: skip
    lines = np.mean([rough[m].mean() for m in old if m.any()] or [0.0])
    raw = {
        "face_width": wide / front / tall,
        "jaw": _across(p, 172, 397) / wide,
        "eye_size": max(right, left) / tall,
        "eye_spacing": _across(p, at.RIGHT_EYE_INNER, at.LEFT_EYE_INNER) / wide,
        "brow_height": float(p[[33, 133, 362, 263], 1].mean() - p[[105, 334], 1].mean()) / tall,
        "mouth_size": _across(p, at.MOUTH_RIGHT, at.MOUTH_LEFT) / wide,
        "brow_weight": float(np.clip(dark / 20, 0, 3).mean()),
        "wrinkles": float(lines) / (0.4 + where.skin.median[0] / 100),
    }
    offsets = []
    for side, outer, inner in (("right", 33, 133), ("left", 263, 362)):
        iris = p[at.IRIS_CENTRES[side], 0]  # type: ignore[index]
        middle, half = (p[outer, 0] + p[inner, 0]) / 2, abs(p[outer, 0] - p[inner, 0]) / 2
        offsets.append((iris - middle) / max(1.0, half))
    return Shape(
        {name: (raw[name] - mean) / sd for name, (mean, sd) in NORMAL.items()},
        float(np.clip(np.mean(offsets) * 1.5, -1, 1)),
        (_closed(right / max(1.0, lengths[0])), _closed(left / max(1.0, lengths[1]))),
    )


def _closed(opening: float) -> float:
    """From an eye's height over its width; a smile narrows eyes to about 0.2."""
    return float(np.clip((0.17 - opening) / 0.08, 0, 1))


_LIDS = {
    "right": (at.RIGHT_EYE_TOP, at.RIGHT_EYE_BOTTOM),
    "left": (at.LEFT_EYE_TOP, at.LEFT_EYE_BOTTOM),
}


def iris_colour(head: Head) -> tuple[Floats | None, int]:
    """CIELAB of the coloured part of the irises as they would look in white light, and pixels seen.

    The whites of the same eyes say what light it is.
    """
    found: list[Floats] = []
    whites: list[Floats] = []
    fine = np.asarray(head.image)
    for side, centre in (("right", 468), ("left", 473)):
        rim = head.landmarks[list(at.OUTLINES[f"{side}_iris"])] * FINE  # type: ignore[index]
        x, y = head.landmarks[centre] * FINE
        radius = float(np.hypot(rim[:, 0] - x, rim[:, 1] - y).mean())
        x0, y0 = max(0, int(x - 3 * radius)), max(0, int(y - 2 * radius))
        box = fine[y0 : int(y + 2 * radius) + 1, x0 : int(x + 3 * radius) + 1]
        if not box.size:
            continue
        rows, columns = np.indices(box.shape[:2])
        away = np.hypot(columns + x0 - x, rows + y0 - y) / radius
        top, bottom = head.landmarks[list(_LIDS[side]), 1] * FINE
        open_ = (rows + y0 > top + 0.25 * radius) & (rows + y0 < bottom - 0.1 * radius)
        colours = lab(box.astype(np.float64)).astype(np.float32)
        found.append(colours[open_ & (away > 0.45) & (away < 0.9)])
        whites.append(colours[open_ & (away > 1.3) & (away < 2.2)])
    pixels = np.concatenate(found) if found else np.zeros((0, 3), np.float32)
    if len(pixels) < 12:
        return None, len(pixels)
    kept = trimmed(pixels, 0.15, 0.8)
    colour = np.median(kept, 0)
    white = np.concatenate(whites)
    if len(white) >= 8:
        bright = white[white[:, 0] >= np.quantile(white[:, 0], 0.6)]
        light = np.median(bright, 0)
        # Whites are a little warm and in the lids' shadow; only a part of their cast is light's.
        colour = colour - np.asarray([0, 0.7, 0.7], np.float32) * light
        colour[0] *= 78 / max(50.0, float(light[0]))
    return colour.astype(np.float32), len(pixels)


def eye_levels(colour: Floats | None, pixels: int, skin: float, black: float) -> dict[str, float]:
    """How probable each natural eye colour is: four prototypes, and what is common.

    Args:
        colour: From `iris_colour`.
        pixels: Its pixels; few of them say little.
        skin: The skin's scale, 1 to 6.
        black: How probable black hair is. Blue and green eyes go with fair skin and hair.
    """
    rare = max(0.03, min(1.0, 1 - (skin - 2.2) / 1.2)) * (1 - 0.6 * black)
    shares = {"brown": 0.45, "blue": 0.27 * rare, "green": 0.12 * rare, "grey": 0.10 * rare}
    if colour is not None:
        trust = min(1.0, pixels / 40)
        for level, prototype in _IRISES.items():
            away = float((((colour - prototype) / _IRIS_SPREAD) ** 2).sum())
            shares[level] *= float(np.exp(-0.5 * trust * away)) + 1e-3
    total = sum(shares.values())
    return {level: weight / total for level, weight in shares.items()}


_IRISES = {
    "brown": np.asarray([30, 2, 1], np.float32),
    "blue": np.asarray([46, -5, -7], np.float32),
    "green": np.asarray([46, -4, 3], np.float32),
    "grey": np.asarray([50, -3, -2], np.float32),
}
_IRIS_SPREAD = np.asarray([12, 4, 5], np.float32)
"""CIELAB of irises relative to their whites, and how widely they scatter in portraits of 225 px."""


def texture_of(head: Head, where: Regions) -> dict[str, float]:
    """straight, wavy, curly, coily: by how much the hair's lines agree in direction."""
    light = np.asarray(head.image.convert("L"), np.float32)
    fine = np.kron(shrink(where.hair, 2), np.ones((FINE, FINE), np.bool_))
    if fine.sum() < 400:
        return {"straight": 0.4, "wavy": 0.3, "curly": 0.2, "coily": 0.1}
    agree, strength = agreement(light, fine)
    # Without contrast there are no lines to follow.
    trust = float(np.clip((strength - 7) / 9, 0.15, 1))
    steps = np.asarray([0.72, 0.62, 0.53, 0.45], np.float32)
    scores = np.exp(-(((agree - steps) / 0.07) ** 2) / 2) * trust + (1 - trust) * 0.25 + 0.03
    scores /= scores.sum()
    return dict(zip(("straight", "wavy", "curly", "coily"), map(float, scores), strict=True))


def fringe_of(head: Head, where: Regions) -> tuple[float, float]:
    """How much of the forehead hair covers (0 to 1), and to which side it falls (-1 to 1)."""
    brow = float(head.landmarks[[105, 334], 1].mean())
    oval = head.region("face", 0.97)
    forehead = oval & (brow - 2 > Y)
    if where.top is None or forehead.sum() < 40:
        return 0.0, 0.0
    # Of the cheeks alone: a fringe is no part of the skin.
    cheeks = colour_of(head.lab[head.patch(CHEEKS[0]) | head.patch(CHEEKS[1])]) or where.skin
    covered = forehead & (where.top.distance(head.lab) < cheeks.distance(head.lab))
    left, right = (
        float((covered & side).sum()) / max(1, (forehead & side).sum())
        for side in (CENTRE > X, CENTRE <= X)
    )
    return float(covered.sum() / forehead.sum()), float(right - left)


def cover_of(head: Head, where: Regions) -> dict[str, float]:
    """none, hat or scarf on the head: colours that hair seldom has, cloth under the chin.

    Hats hardly occur in the development portraits, so this never claims to be certain.
    """
    top = where.top
    if top is None:
        return {"none": 1.0, "hat": 0.0, "scarf": 0.0}
    _, a, b = map(float, top.median)
    chroma, hue = float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)))
    strange = chroma > 14 and not 15 < hue < 100
    hairline = float(head.landmarks[at.FOREHEAD, 1])
    person = (head.person > 0.5) & head.inside
    above = person & (hairline - 4 > Y)
    widths = above.sum(1)
    brim = float(widths.max()) / FACE if above.any() else 0.0
    throat = person & (CHIN + 6 < Y) & (CHIN + 0.35 * FACE > Y) & (np.abs(X - CENTRE) < 14)
    bare = float((where.skin.distance(head.lab) < 3.5)[throat].mean()) if throat.any() else 1.0
    even = Colour(top.median, np.minimum(top.spread, 6), top.pixels)  # cloth is of one colour
    same = even.distance(head.lab)
    around = float((same < 3)[throat].mean()) if throat.any() else 0.0
    crown = head.lab[where.crown & (hairline - 4 > Y)][:, 0]
    parts = float(np.diff(np.quantile(crown, (0.1, 0.9)))[0]) if len(crown) else 0.0
    hat = 0.02 + 0.45 * strange + 0.25 * float(np.clip((brim - 1.15) / 0.3, 0, 1))
    hat += 0.3 * float(brim > 1.2 and parts > 50)  # light and dark cloth, and wide
    scarf = 0.01
    jaw = person & (CHIN - 0.25 * FACE < Y) & (CHIN - 0.05 * FACE > Y) & where.hair
    beside = min(float((jaw & (side * (X - CENTRE) > 0)).sum()) for side in (-1, 1)) / FACE**2
    if around > 0.6 and bare < 0.3 and beside > 0.012:  # the same cloth closes around the face
        scarf = 0.55 + 0.3 * strange
        hat *= 0.3
    hat, scarf = min(hat, 0.85), min(scarf, 0.9)
    none = max(0.05, 1 - hat - scarf)
    total = hat + scarf + none
    return {"none": none / total, "hat": hat / total, "scarf": scarf / total}


@dataclass(frozen=True)
class Clothes:
    """CIELAB of most of the clothes; None where none are seen. `suit`: a light shirt in dark cloth,
    0 to 1."""

    colour: Floats | None
    suit: float


def clothes_of(head: Head, where: Regions) -> Clothes:
    """The clothes' colour: that of the larger of two groups of pixels, split by lightness."""
    cloth: Mask = shrink(where.clothes, 1)
    if cloth.sum() < 80:
        return Clothes(None, 0.0)
    pixels = head.lab[cloth]
    cut = float(np.median(pixels[:, 0]))
    for _ in range(6):  # two means
        dark, light = pixels[pixels[:, 0] <= cut, 0], pixels[pixels[:, 0] > cut, 0]
        if not len(dark) or not len(light):
            break
        cut = float(dark.mean() + light.mean()) / 2
    groups = [pixels[pixels[:, 0] <= cut], pixels[pixels[:, 0] > cut]]
    larger = max(groups, key=len)
    found = colour_of(trimmed(larger, 0.2, 0.9))
    throat = cloth & (np.abs(X - CENTRE) < 0.2 * FACE)
    sides = cloth & (np.abs(X - CENTRE) > 0.35 * FACE)
    suit = 0.0
    if throat.sum() > 20 and sides.sum() > 40:
        inner, outer = np.quantile(head.lab[throat][:, 0], 0.8), np.median(head.lab[sides][:, 0])
        suit = float(np.clip((inner - outer - 15) / 30, 0, 1))
    return Clothes(None if found is None else found.median, suit)
