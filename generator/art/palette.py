"""A figure's colours. Everything is drawn in palette slots, never in colours.

Compositing is linear in the colours once the shapes are fixed, so a finished picture is exactly
the sum of one coverage mask per slot times that slot's colour. The renderer can therefore give
exact masks, and the generator network paints masks and leaves the colours to this table.
"""

from __future__ import annotations

import colorsys
from enum import IntEnum
from itertools import pairwise

from generator.spec import AvatarSpec, resolve_colour

RGB = tuple[int, int, int]


class Slot(IntEnum):
    """Palette entries; the order is the channel order of the mask sets and of the network."""

    LINE = 0  # the figure's one outline colour
    HAIR = 1
    HAIR_SHADE = 2
    HAIR_LIGHT = 3
    HAIR2 = 4  # ombre ends, streaks
    HAIR2_SHADE = 5
    SKIN = 6
    SKIN_SHADE = 7
    BLUSH = 8
    WHITE = 9  # eye whites, highlights, teeth, cloth that is always white
    EYE_L = 10  # the eye on the picture's left
    EYE_L_DARK = 11
    EYE_L_LIGHT = 12
    EYE_R = 13
    EYE_R_DARK = 14
    EYE_R_LIGHT = 15
    MOUTH = 16  # inside of the mouth
    LIP = 17  # tongue, lips, mouth lines
    CLOTH = 18
    CLOTH_SHADE = 19
    TRIM = 20  # second colour of the outfit, contrasts with CLOTH
    TRIM_SHADE = 21
    ACCESSORY = 22  # ribbons, hats, headphones; also the cloth of a hijab
    ACCESSORY_SHADE = 23
    INK = 24  # glasses frames, soles: dark and neutral
    GOLD = 25
    PINK = 26  # inner ears, petals
    RED = 27
    LEAF = 28
    WATER = 29  # tears, sweat, lenses


def rgb(hex_colour: str) -> RGB:
    return int(hex_colour[1:3], 16), int(hex_colour[3:5], 16), int(hex_colour[5:7], 16)


def hex_colour(colour: RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`share` of `b` in `a`, per channel."""
    r, g, bl = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return r, g, bl


def shift(colour: RGB, *, light: float = 0.0, saturation: float = 0.0, hue: float = 0.0) -> RGB:
    """Move a colour in HLS; `light` and `saturation` in [-1, 1], `hue` in degrees."""
    h, lightness, s = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    r, g, b = colorsys.hls_to_rgb(
        (h + hue / 360) % 1, min(1, max(0, lightness + light)), min(1, max(0, s + saturation))
    )
    return round(r * 255), round(g * 255), round(b * 255)


def luminance(colour: RGB) -> float:
    """Rec. 709 luma in [0, 1]."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def _shade(colour: RGB, depth: float = 1.0) -> RGB:
    """A shadow tone: darker, a little more saturated, its hue drifting towards violet."""
    dark = shift(colour, light=-0.12 * depth, saturation=0.04)
    return mix(dark, (88, 64, 132), 0.10 * depth)


# Skin shadows are picked by hand between these anchors: a computed darker brown looks muddy on
# dark skin and grey on light skin. (base luminance, shade)
_SKIN_SHADES: tuple[tuple[float, RGB], ...] = (
    (0.24, (62, 32, 34)),
    (0.36, (94, 52, 44)),
    (0.49, (138, 84, 60)),
    (0.65, (184, 122, 88)),
    (0.77, (222, 156, 118)),
    (0.86, (240, 180, 150)),
    (0.91, (248, 196, 174)),
    (0.96, (250, 208, 196)),
)


def _skin_shade(skin: RGB) -> RGB:
    light = luminance(skin)
    if light <= _SKIN_SHADES[0][0]:
        return shift(skin, light=-0.07)
    for (low, a), (high, b) in pairwise(_SKIN_SHADES):
        if light <= high:
            return mix(mix(a, b, (light - low) / (high - low)), skin, 0.15)
    return mix(_SKIN_SHADES[-1][1], skin, 0.15)


def _line(base: RGB, skin: RGB) -> RGB:
    """Darker than `base` (hair, a bare head's skin, a scarf) and than the skin, never black."""
    target = 0.42 * luminance(base) ** 1.15
    h, _, s = colorsys.rgb_to_hls(*(c / 255 for c in base))
    r, g, b = colorsys.hls_to_rgb(h, min(0.36, max(0.10, target)), min(0.55, max(0.16, s * 0.8)))
    line = mix((round(r * 255), round(g * 255), round(b * 255)), (60, 40, 70), 0.25)
    # Brows and lashes are drawn in this colour: pale hair must not lose them on dark skin.
    limit = 0.5 * luminance(skin)
    if luminance(line) > limit:
        line = mix(line, (18, 10, 16), min(1.0, 1.15 * (1 - limit / luminance(line))))
    return line


def _trim(cloth: RGB) -> RGB:
    """A second colour that reads against the cloth."""
    if luminance(cloth) > 0.82:
        return (58, 74, 128)
    return (250, 246, 244) if luminance(cloth) < 0.68 else (122, 74, 66)


def palette(spec: AvatarSpec) -> tuple[RGB, ...]:
    """The colour of every slot for a figure, in `Slot` order."""
    hair = rgb(resolve_colour("hair_colour", spec.hair_colour))
    hair2 = rgb(resolve_colour("hair_colour", spec.hair_colour2)) if spec.hair_colour2 else hair
    skin = rgb(resolve_colour("skin", spec.skin))
    left = rgb(resolve_colour("eye_colour", spec.eye_colour))
    right = rgb(resolve_colour("eye_colour", spec.eye_colour2)) if spec.eye_colour2 else left
    cloth = rgb(resolve_colour("outfit_colour", spec.outfit_colour))
    accessory = rgb(resolve_colour("accessory_colour", spec.accessory_colour))
    trim = _trim(cloth)
    crown = {"bald": mix(skin, (110, 60, 50), 0.5), "hijab": accessory}.get(spec.hair, hair)
    dark_skin = luminance(skin) < 0.55
    blush = mix(skin, (226, 72, 72), 0.5) if dark_skin else mix(skin, (255, 92, 116), 0.62)
    light = shift(hair, light=0.17, saturation=0.05) if luminance(hair) < 0.85 else (255, 255, 255)
    colours: dict[Slot, RGB] = {
        Slot.LINE: _line(crown, skin),
        Slot.HAIR: hair,
        Slot.HAIR_SHADE: _shade(hair),
        Slot.HAIR_LIGHT: light,
        Slot.HAIR2: hair2,
        Slot.HAIR2_SHADE: _shade(hair2),
        Slot.SKIN: skin,
        Slot.SKIN_SHADE: _skin_shade(skin),
        Slot.BLUSH: blush,
        Slot.WHITE: (255, 255, 255),
        Slot.MOUTH: (146, 40, 56),
        Slot.LIP: mix((240, 92, 104), skin, 0.3) if not dark_skin else (222, 106, 108),
        Slot.CLOTH: cloth,
        Slot.CLOTH_SHADE: _shade(cloth),
        Slot.TRIM: trim,
        Slot.TRIM_SHADE: _shade(trim),
        Slot.ACCESSORY: accessory,
        Slot.ACCESSORY_SHADE: _shade(accessory, 1.2),
        Slot.INK: (52, 46, 62),
        Slot.GOLD: (248, 200, 84),
        Slot.PINK: (255, 176, 194),
        Slot.RED: (226, 62, 84),
        Slot.LEAF: (112, 178, 108),
        Slot.WATER: (150, 208, 248),
    }
    for base, iris in ((Slot.EYE_L, left), (Slot.EYE_R, right)):
        colours[base] = iris
        colours[Slot(base + 1)] = shift(mix(iris, (30, 16, 60), 0.45), light=-0.12)
        pale = mix(iris, (255, 255, 255), 0.28)
        colours[Slot(base + 2)] = shift(pale, light=0.06, saturation=0.1)
    return tuple(colours[slot] for slot in Slot)
