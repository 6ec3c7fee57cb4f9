"""Whether hair, eyes, skin and outfit have the colour that was asked for, read off the pixels.

Where the hair of a figure lies is known: the renderer's exact masks of the same spec. What colour
is there is read off the judged picture alone, as the median of those pixels, and compared with the
asked colour itself. A picture that draws its hair elsewhere fails as surely as one in the wrong
colour. The render of the spec goes through the same measurement and is the ceiling.

An iris is a gradient of three tones, so its pixels are compared with the mean that the asked
colour's tones have there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.art.palette import Slot, palette
from generator.data.store import Bytes
from generator.spec import PALETTES, AvatarSpec, resolve_colour

Floats = NDArray[np.float64]
Shares = NDArray[np.float32]

CLOSE = 5.0
"""Largest CIEDE2000 difference that counts as the asked colour: seen only side by side."""
FEWEST = 16
"""Pixels of a 256 px picture; a region with fewer of them cannot be seen."""
_IRIS_SHARE, _FLAT_SHARE = 0.7, 0.9
_REGIONS: dict[str, tuple[tuple[Slot, ...], ...]] = {
    "hair_colour": ((Slot.HAIR,),),
    "eye_colour": (
        (Slot.EYE_L, Slot.EYE_L_DARK, Slot.EYE_L_LIGHT),
        (Slot.EYE_R, Slot.EYE_R_DARK, Slot.EYE_R_LIGHT),
    ),
    "skin": ((Slot.SKIN,),),
    "outfit_colour": ((Slot.CLOTH,),),
}
COLOURED: tuple[str, ...] = tuple(_REGIONS)


@dataclass(frozen=True)
class Reading:
    """What one region of one picture shows.

    difference: CIEDE2000 to the asked colour; of two eyes the worse one's.
    asked: The asked level of the palette; None if a free colour was asked for.
    named: The level that is nearest to what is seen; None likewise.
    """

    difference: float
    asked: str | None
    named: str | None

    @property
    def close(self) -> bool:
        return self.difference <= CLOSE


def read(picture: Bytes, slots: Bytes, shares: Bytes, spec: AvatarSpec) -> dict[str, Reading]:
    """The colours of a picture, for the regions of it that can be seen.

    Args:
        picture: (H, W, 4) uint8, premultiplied, not flipped.
        slots, shares: The render of the same spec, as a data set keeps it.
        spec: What was asked for.

    Returns:
        A reading for each attribute of `COLOURED` whose region is large enough.
    """
    third = 255 - shares.sum(-1, keepdims=True, dtype=np.int32)
    weights = np.concatenate([shares, third], -1).astype(np.float32)
    weights /= 255  # (H, W, 3)
    readings = {}
    for attribute, regions in _REGIONS.items():
        found = [
            reading
            for region in regions
            if (reading := _read_region(attribute, region, picture, slots, weights, spec))
        ]
        if found:
            worst = max(found, key=lambda reading: reading.difference)
            readings[attribute] = worst
    return readings


def _read_region(
    attribute: str, region: tuple[Slot, ...], picture: Bytes, slots: Bytes, weights: Shares,
    spec: AvatarSpec,
) -> Reading | None:  # fmt: skip
    belongs = np.zeros(len(Slot) + 1, np.float32)
    belongs[list(region)] = 1
    least = _FLAT_SHARE if len(region) == 1 else _IRIS_SHARE
    inside = np.einsum("hwk,hwk->hw", belongs[slots], weights) >= least
    if int(inside.sum()) < FEWEST:
        return None
    # On grey, so that a hole in the figure is not the asked colour (white clothes on white).
    pixels = picture[inside].astype(np.float64)
    pixels = pixels[:, :3] + (255 - pixels[:, 3:]) * 0.5
    asked = _asked(attribute, region, spec)
    names = [] if asked.startswith("#") else list(PALETTES[attribute])
    if len(region) == 1:
        seen = np.median(pixels, 0)
        shown = np.stack([rgb(resolve_colour(attribute, c)) for c in (asked, *names)])
    else:
        seen = pixels.mean(0)
        shares = np.bincount(slots[inside].ravel(), weights[inside].ravel(), len(Slot) + 1)
        shown = _irises(spec, region, shares / shares.sum(), (asked, *names))
    differences = ciede2000(np.broadcast_to(lab(seen), shown.shape), lab(shown))
    difference = float(differences[0])
    if not names:
        return Reading(difference, None, None)
    return Reading(difference, asked, names[int(np.argmin(differences[1:]))])


def _asked(attribute: str, region: tuple[Slot, ...], spec: AvatarSpec) -> str:
    if Slot.EYE_R in region and spec.eye_colour2:
        return spec.eye_colour2
    value: str = getattr(spec, attribute)
    return value


def _irises(
    spec: AvatarSpec, region: tuple[Slot, ...], shares: Floats, colours: Sequence[str]
) -> Floats:
    """The mean colour of an eye's region for each iris colour: (N, 3).

    `shares` (len(Slot) + 1,) is what the region consists of; its last entry, nothing, shows grey.
    """
    own = np.array([*palette(spec), (127.5,) * 3], np.float64)
    rest = shares.copy()
    rest[list(region)] = 0
    tones = np.stack([_tones(resolve_colour("eye_colour", c)) for c in colours])  # (N, 3 tones, 3)
    mean: Floats = rest @ own + np.einsum("t,ntc->nc", shares[list(region)], tones)
    return mean


@cache
def _tones(iris: str) -> Floats:
    """Base, dark and light of an iris: (3, 3)."""
    colours = palette(AvatarSpec(eye_colour=iris))
    return np.array(colours[Slot.EYE_L : Slot.EYE_L + 3], np.float64)


def rgb(colour: str) -> Floats:
    """#rrggbb as (3,) in 0 to 255."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float64)


def lab(colour: Floats) -> Floats:
    """sRGB in 0 to 255 -> CIELAB under D65 (IEC 61966-2-1, CIE 15): (..., 3) both."""
    c = np.clip(np.asarray(colour, np.float64) / 255, 0, 1)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ])  # fmt: skip
    t = linear @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def ciede2000(one: Floats, other: Floats) -> Floats:
    """CIEDE2000 between CIELAB colours (Sharma, Wu, Dalal 2005): (..., 3) -> (...)."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    c_mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - np.sqrt(c_mean7 / (c_mean7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    grey = c1 * c2 == 0
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(grey, 0, np.where((turn == -180) & (h2 > h1), 180, turn))
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    l, c = (l1 + l2) / 2, (c1 + c2) / 2  # noqa: E741 - the formula's names
    h = np.where(grey, h1 + h2, h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    rotation = (
        -np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))
        * 2
        * np.sqrt(c**7 / (c**7 + 25.0**7))
    )
    sl = 1 + 0.015 * (l - 50) ** 2 / np.sqrt(20 + (l - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    return np.sqrt(
        (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * (dc / sc) * (dh / sh)
    )
