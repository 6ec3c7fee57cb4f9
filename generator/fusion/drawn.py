"""Whether a face is drawn: MediaPipe finds photographed and drawn ones alike.

A drawing has areas without any shading beside hard lines. Photos have one or the other: noise and
shading where they are sharp, and nothing sharp where they are blurred, dark or smoothed.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from generator.faces import Face

_SIDE = 256
"""Pixels that a face is looked at with at most."""
_FLAT, _SHARP = 2, 60
"""Levels between the darkest and the lightest of 3 x 3 pixels: at most, at least."""
_WHITE, _BLACK = 250, 40
"""Beyond these photos are flat as well."""
_DRAWN = 0.15
"""Of 40 portraits, also dark, blurred, badly compressed and with smoothed skin, none reached it
(most: 0.14); of figures of ours of 512 px nine in ten do as PNG, seven in ten as JPEG."""


def looks_drawn(image: Image.Image, face: Face) -> bool:
    """Whether a face that was found in a picture is surely a drawn one.

    Args:
        image: RGB, in which it was found.
        face: The face.
    """
    box = face.box
    right, bottom = min(image.width, int(box.right)), min(image.height, int(box.bottom))
    part = image.crop((max(0, int(box.left)), max(0, int(box.top)), right, bottom))
    if max(part.size) > _SIDE:
        part.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    high = np.asarray(part.filter(ImageFilter.MaxFilter(3)), np.int16)
    low = np.asarray(part.filter(ImageFilter.MinFilter(3)), np.int16)
    spread = (high - low).max(-1)
    seen = (low.min(-1) < _WHITE) & (high.max(-1) > _BLACK)
    flat, sharp = ((spread <= _FLAT) & seen).mean(), (spread >= _SHARP).mean()
    return float(min(flat, 2 * sharp)) >= _DRAWN
