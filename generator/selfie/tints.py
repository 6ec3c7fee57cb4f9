"""From colours in photographs to colours of figures: this person's own, but in the figures' light.

Photographed blonde hair is a dull brown beside drawn blonde hair, and photographed black is blacker
than any drawn black. So a colour keeps its difference to what is typical of its family in
photographs, and that difference is put on the family's drawn colour, within limits that were
judged by looking.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.evaluation.colours import ciede2000, lab
from generator.selfie.alignment import Floats
from generator.spec import PALETTES, SKIN_TONES, resolve_colour

NATURAL = (
    "black", "dark_brown", "brown", "auburn", "orange", "blonde", "grey", "silver", "white",
)  # fmt: skip
"""Hair colours that grow."""


@dataclass(frozen=True)
class _Family:
    """`photo`: what is typical in photographs, CIELAB. `drawn`: what that becomes. `reach`: how far
    lightness, a and b may differ from it."""

    photo: tuple[float, float, float]
    drawn: str
    reach: tuple[float, float, float]


_HAIR = {
    "black": _Family((16, 3, 3), "#312c35", (6, 3, 2)),
    "brown": _Family((28, 9, 13), "#6b4530", (11, 6, 8)),
    "blonde": _Family((53, 9, 25), "#e2bd6c", (9, 6, 12)),
    "red": _Family((42, 16, 25), "#b9592f", (9, 8, 9)),
    "gray": _Family((43, 1, 3), "#8f909b", (13, 2, 5)),
    "white": _Family((68, 1, 5), "#e6e5ea", (6, 2, 5)),
}


def hex_of(colour: Floats) -> str:
    """CIELAB under D65 -> #rrggbb, clipped to what sRGB can show."""
    l, a, b = map(float, colour)  # noqa: E741 - the formula's name
    y = (l + 16) / 116
    f = np.array([y + a / 500, y, y - b / 200])
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * (0.95047, 1.0, 1.08883)
    linear = np.array([
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]) @ xyz  # fmt: skip
    linear = np.clip(linear, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * float(c)):02x}" for c in srgb)


def lab_of(value: str, attribute: str = "hair_colour") -> Floats:
    """CIELAB of a level or #rrggbb: (3,)."""
    code = resolve_colour(attribute, value)
    rgb = np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float64)
    return lab(rgb).astype(np.float32)


def nearest(attribute: str, code: str, among: tuple[str, ...] | None = None) -> str:
    """The level of a palette that looks most like a #rrggbb (CIEDE2000)."""
    names = among or tuple(PALETTES[attribute])
    levels = np.stack([lab_of(name, attribute) for name in names]).astype(np.float64)
    away = ciede2000(np.broadcast_to(lab_of(code), levels.shape).astype(np.float64), levels)
    return names[int(np.argmin(away))]


def hair_tint(family: str, seen: Floats | None) -> str:
    """#rrggbb of hair of a family that was photographed in a colour (CIELAB; None: unseen)."""
    typical = _HAIR[family]
    drawn = lab_of(typical.drawn)
    if seen is not None:
        drawn = drawn + np.clip(
            seen - typical.photo, -np.asarray(typical.reach, np.float32), typical.reach
        )
    return hex_of(drawn)


def families(seen: Floats) -> dict[str, float]:
    """How probable each natural family is for hair of a colour (CIELAB), by its distance alone."""
    away = {
        name: float((((seen - family.photo) / np.array([12.0, 5.0, 6.0])) ** 2).sum())
        for name, family in _HAIR.items()
    }
    least = min(away.values())
    weights = {name: float(np.exp(-(value - least) / 2)) for name, value in away.items()}
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


_COMMON = {"black": 0.25, "brown": 0.36, "blonde": 0.14, "red": 0.03, "gray": 0.15, "white": 0.07}
"""How often each is met among adults, roughly; it decides where a photo has no colours."""


def families_in_grey(light: float) -> dict[str, float]:
    """How probable each family is in a black-and-white photo, by the hair's lightness alone."""
    weights = {
        name: _COMMON[name] * float(np.exp(-(((light - family.photo[0]) / 12) ** 2) / 2))
        for name, family in _HAIR.items()
    }
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def dyed(seen: Floats) -> bool:
    """Whether hair of this colour (CIELAB) cannot have grown: blue, green, pink, purple."""
    chroma = float(np.hypot(seen[1], seen[2]))
    hue = float(np.degrees(np.arctan2(seen[2], seen[1]))) % 360
    return chroma > 20 and not 25 < hue < 100


def dyed_tint(seen: Floats) -> str:
    """#rrggbb of dyed hair: its hue, in the figures' brighter colours."""
    light, a, b = map(float, seen)
    chroma = float(np.hypot(a, b))
    gain = min(1.5, max(1.0, 42 / chroma))
    return hex_of(np.asarray([np.clip(light + 12, 35, 80), a * gain, b * gain], np.float32))


_TONES = tuple(SKIN_TONES)
_SCALE = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
_PLACES = (0.7, 1.7, 2.9, 4.1, 5.3, 6.6)
"""Where the steps of the skin scale lie between the drawn tones."""
_UNDERTONE = ((66, 16, 20), (3, 4))
"""CIELAB that is typical of photographed skin, and how far a and b may move the drawn one."""


def skin_tint(scale: float, seen: Floats | None) -> str:
    """#rrggbb of skin: its step (1 to 6, in between as well) and a little of its own undertone
    (CIELAB; None: the photo has no colours)."""
    place = float(np.interp(scale, _SCALE, _PLACES))
    below = min(int(place), len(_TONES) - 2)
    low, high = (lab_of(_TONES[i], "skin") for i in (below, below + 1))
    drawn = low + (high - low) * (place - below)
    if seen is None:
        return hex_of(drawn)
    typical, reach = _UNDERTONE
    undertone = np.clip(
        (seen[1:] - np.asarray(typical[1:], np.float32)) * 0.3,
        -np.asarray(reach, np.float32),
        reach,
    )
    drawn[1:] += undertone
    return hex_of(drawn)


_EYES = {"brown": "#7d4b2f", "blue": "#4b88cf", "green": "#5b9a62", "grey": "#8492a8"}


def eye_tint(level: str, seen: Floats | None) -> str:
    """#rrggbb of an iris: the level's, lighter or darker as it was seen."""
    drawn = lab_of(_EYES[level])
    if seen is not None:
        typical = 30.0 if level == "brown" else 46.0
        drawn[0] += float(np.clip((seen[0] - typical) * 0.5, -10, 8))
    return hex_of(drawn)


def cloth_tint(seen: Floats) -> str:
    """#rrggbb of clothes: as seen, a little lighter and fresher, never quite black or white."""
    light, a, b = map(float, seen)
    return hex_of(np.asarray([np.clip(light * 0.9 + 9, 22, 95), a * 1.15, b * 1.15], np.float32))
