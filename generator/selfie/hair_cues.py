"""What hair's colour is judged by: its tones as they are and in the photo's own range of light, and
what else of the face tells of the light and of hair."""

from __future__ import annotations

import numpy as np

from generator.selfie.alignment import FACE, Floats, Head, Mask
from generator.selfie.regions import eye_whites, skin_patches, trimmed

_WHITE = 92.0
"""CIELAB lightness that the lightest of a person is stretched to."""
_NOTHING = np.float32(-10)
"""Stands for what cannot be seen."""
_AREA = 20 / FACE**2
MIDDLE = slice(6, 9)
"""Where `hair_cues` holds the middle fifth of hair, in hundreds of CIELAB."""
_FAIR = slice(6, 12)


def hair_cues(head: Head, hair: Mask, beard: Mask) -> Floats:
    """(89,) in hundreds: hair in fifths from dark to light, as it is and levelled, against the
    skin, its chroma; shares of levelled tones; brows, beard, skin, light, whites of the eyes.

    Args:
        head: An aligned head.
        hair: Pixels that are surely hair.
        beard: Where facial hair grows.
    """
    levelled, black, white = _levelled(head)
    right, left, forehead, _ = skin_patches(head)
    bare = right | left | forehead
    skins = [
        np.median(trimmed(page[bare], 0.35, 0.9), 0) if bare.any() else np.full(3, _NOTHING)
        for page in (levelled, head.lab)
    ]
    plain, tone = parts_of(head.lab[hair], 5), parts_of(levelled[hair], 5)
    brows = head.region("right_brow", 0.8) | head.region("left_brow", 0.8)
    whites = eye_whites(head)
    joined: Floats = np.concatenate(
        [
            plain.ravel(), tone.ravel(), (tone[[0, 2, 4]] - skins[0]).ravel(),
            np.hypot(tone[:, 1], tone[:, 2]),
            100 * tones(levelled[hair]),
            parts_of(levelled[brows], 2).ravel(), parts_of(levelled[beard], 3)[0], *skins,
            [black, white, hair.sum() * _AREA],
            np.median(whites, 0) if len(whites) else np.full(3, _NOTHING),
        ]
    )  # fmt: skip
    return (np.nan_to_num(joined) / 100).astype(np.float32)


def colour_seen(cues: Floats) -> Floats | None:
    """CIELAB of the hair in fair light, without its shadows and its gloss; None: none was seen."""
    seen: Floats = cues[_FAIR].reshape(2, 3).mean(0) * 100
    return None if seen[0] < 0 else seen


def _levelled(head: Head) -> tuple[Floats, float, float]:
    """CIELAB with the photo's darkest at 0 and the person's lightest at `_WHITE`, and both.

    Hair that was photographed without contrast is no lighter for it, and no greyer.
    """
    light = head.lab[..., 0]
    person = ((head.person > 0.9) & head.inside) | head.region("face")
    black = float(np.quantile(light[head.inside], 0.005)) if head.inside.any() else 0.0
    white = float(np.quantile(light[person], 0.985)) if person.any() else 100.0
    gain = _WHITE / max(30.0, white - black)
    levelled = head.lab.copy()
    levelled[..., 0] = (light - black) * gain
    levelled[..., 1:] *= min(1.6, gain**0.5)
    return levelled, black, white


def parts_of(pixels: Floats, count: int) -> Floats:
    """Means of equally many pixels from dark to light: (n, 3) CIELAB -> (count, 3)."""
    if len(pixels) < 10:
        return np.full((count, 3), _NOTHING)
    order = np.argsort(pixels[:, 0])
    means: Floats = np.stack([pixels[part].mean(0) for part in np.array_split(order, count)])
    return means


def tones(pixels: Floats) -> Floats:
    """Shares of CIELAB pixels by lightness (six steps) and hue (neutral, red, brown, gold): (24,).

    Steps overlap, so that a little more light moves a share, not all of it.
    """
    if not len(pixels):
        return np.zeros(24, np.float32)
    light, a, b = pixels.T
    steps = _soft(light, np.asarray([8, 18, 30, 43, 58, 75], np.float32))
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a))
    coloured = 1 / (1 + np.exp(-(chroma - 8 - 0.06 * light) / 1.5))
    hues = _soft(hue, np.asarray([45, 62, 76], np.float32)) * coloured[:, None]
    kinds = np.concatenate([(1 - coloured)[:, None], hues], 1)
    shares: Floats = np.einsum("ni,nj->ij", steps, kinds).ravel() / len(pixels)
    return np.sqrt(shares).astype(np.float32)


def _soft(values: Floats, centres: Floats) -> Floats:
    """Each value shared between the two nearest centres: (n,) -> (n, centres)."""
    place = np.interp(values, centres, np.arange(len(centres)))
    shares: Floats = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(len(centres))))
    return shares
