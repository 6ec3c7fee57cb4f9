"""Rasterises canvases: RGBA pictures, and the exact coverage mask of every palette slot.

Skia draws our figures in a few milliseconds where other SVG rasterisers on PyPI need twenty and
more, and building a data set takes about eight drawings a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.art.canvas import Canvas
from generator.art.palette import RGB, Slot

if TYPE_CHECKING:
    import skia

_BASIS: tuple[RGB, ...] = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
_PER_DRAWING = len(_BASIS)


def rasterise(svg: str, size: int) -> NDArray[np.uint8]:
    """Draw an SVG document.

    Returns:
        (size, size, 4) uint8 RGBA, premultiplied.
    """
    import skia

    stream = skia.MemoryStream(svg.encode(), True)  # copied: Skia reads it after Python let go
    document = skia.SVGDOM.MakeFromStream(stream)
    if document is None:
        raise ValueError("this is not an SVG document that Skia can read")
    document.setContainerSize(skia.Size(size, size))
    surface = _surface(size)
    canvas = surface.getCanvas()
    canvas.clear(skia.ColorTRANSPARENT)
    document.render(canvas)
    pixels = np.zeros((size, size, 4), np.uint8)
    info = skia.ImageInfo.Make(
        size, size, skia.ColorType.kRGBA_8888_ColorType, skia.AlphaType.kPremul_AlphaType
    )
    surface.readPixels(info, pixels, size * 4, 0, 0)
    return pixels


def _surface(size: int) -> skia.Surface:
    import skia

    return skia.Surface(size, size)


def picture(canvas: Canvas, colours: Sequence[RGB], size: int) -> Image.Image:
    """The figure as RGBA with straight alpha; twice oversampled up to 256 px, then reduced."""
    over = size * 2 if size <= 256 else size
    rgba = rasterise(canvas.svg(colours, size=over), over)
    image = Image.frombuffer("RGBa", (over, over), rgba.tobytes(), "raw", "RGBa", 0, 1)
    if over != size:
        image = image.reduce(over // size) if over % size == 0 else image.resize((size, size))
    return image.convert("RGBA")


def masks(canvas: Canvas, size: int) -> NDArray[np.uint8]:
    """The coverage of every slot: picture = sum of masks times colours, alpha = sum of masks.

    Returns:
        (len(Slot), size, size) uint8, 255 = full coverage.
    """
    planes = np.zeros((len(Slot), size, size), np.uint8)
    used = sorted(canvas.used_slots())
    for first in range(0, len(used), _PER_DRAWING):
        drawn = used[first : first + _PER_DRAWING]
        colours: list[RGB] = [(0, 0, 0)] * len(Slot)
        for slot, basis in zip(drawn, _BASIS, strict=False):
            colours[slot] = basis
        rgba = rasterise(canvas.svg(colours, size=size), size)
        planes[drawn] = rgba[..., : len(drawn)].transpose(2, 0, 1)
    return planes


def features(canvas: Canvas, size: int) -> NDArray[np.uint8]:
    """Visible eyes, brows, mouth and marks.

    Returns:
        (4, size, size) uint8, the share of each pixel, in the order of
        `generator.art.canvas.FEATURES`.
    """
    rgba = rasterise(canvas.svg_features(size=size), size)
    rgb = rgba[..., :3].transpose(2, 0, 1)
    white = rgb.min(0, keepdims=True)
    return np.concatenate([rgb - white, white])
