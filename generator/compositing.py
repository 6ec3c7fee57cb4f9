"""Everything between a transparent figure and the file that leaves: background, grid, encoding."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageColor, ImageDraw, ImageFilter

from generator.errors import PersonError

PATTERNS = ("gradient", "sakura", "stars", "hearts")
BACKGROUNDS = ("transparent", *PATTERNS)
PNG_LEVEL = 3
"""zlib level of PNG files: on our flat pictures 3 is three times faster than 6 for 6% more bytes
(`python -m generator bench` prints the table)."""
_RGB = tuple[int, int, int]
_PASTELS: tuple[tuple[_RGB, _RGB], ...] = (
    ((255, 222, 233), (181, 216, 255)),
    ((255, 239, 206), (255, 199, 209)),
    ((214, 243, 226), (193, 217, 255)),
    ((236, 224, 255), (255, 214, 232)),
    ((205, 232, 255), (233, 222, 255)),
)


class BackgroundError(PersonError):
    """A background that does not exist; the message lists what does."""


def background(image: Image.Image, name: str, *, seed: int = 0) -> Image.Image:
    """Put a figure on a background.

    Args:
        image: RGBA figure, square.
        name: One of `BACKGROUNDS`, or any colour that Pillow can read ("#ffe4e1", "mistyrose").
        seed: Chooses the pastel pair and scatters the petals, stars or hearts.

    Returns:
        RGBA: the figure itself if transparent, else opaque.

    Raises:
        BackgroundError: Nobody knows that name.
    """
    if name == "transparent":
        return image
    if name in PATTERNS:
        page = _pattern(name, image.width, seed).copy()
    else:
        try:
            colour = ImageColor.getrgb(name)[:3]
        except ValueError as error:
            known = ", ".join(BACKGROUNDS)
            raise BackgroundError(
                f"“{name}” is not a background: choose {known}, or a colour such as #ffe4e1"
            ) from error
        page = Image.new("RGBA", image.size, (*colour, 255))
    page.alpha_composite(image)
    return page


def grid(images: Sequence[Image.Image], *, gap: int = 8, paper: str = "#ffffff") -> Image.Image:
    """Pictures of one size as a near-square grid; a single one is returned as it is.

    The gaps stay transparent when the pictures are, else they take `paper`.
    """
    if len(images) == 1:
        return images[0]
    columns = 1
    while columns * columns < len(images):
        columns += 1
    rows = -(-len(images) // columns)
    w, h = images[0].size
    opaque = all(image.getchannel("A").getextrema()[0] == 255 for image in images)
    size = (columns * w + (columns - 1) * gap, rows * h + (rows - 1) * gap)
    page = Image.new("RGBA", size, paper if opaque else (0, 0, 0, 0))
    for i, image in enumerate(images):
        page.paste(image, (i % columns * (w + gap), i // columns * (h + gap)))
    return page


def png(image: Image.Image) -> bytes:
    """PNG bytes without any metadata."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=PNG_LEVEL)
    return buffer.getvalue()


@cache
def _pattern(name: str, size: int, seed: int) -> Image.Image:
    rng = Random(seed)
    top, bottom = _PASTELS[rng.randrange(len(_PASTELS))]
    ramp = Image.linear_gradient("L").resize((size, size))
    page = Image.composite(
        Image.new("RGB", (size, size), bottom), Image.new("RGB", (size, size), top), ramp
    ).convert("RGBA")
    if name == "gradient":
        return page
    draw, tint = {
        "sakura": (_petal, ((255, 170, 196), (255, 200, 216), (255, 255, 255))),
        "stars": (_star, ((255, 226, 130), (255, 255, 255), (255, 244, 196))),
        "hearts": (_heart, ((255, 132, 160), (255, 176, 196), (255, 255, 255))),
    }[name]
    over = 2
    for far in (True, False):  # a soft layer behind a sharp one gives depth
        layer = Image.new("RGBA", (size * over, size * over))
        ink = ImageDraw.Draw(layer)
        for _ in range(14 if far else 12):
            scale = size * over * (rng.uniform(0.045, 0.085) if far else rng.uniform(0.03, 0.06))
            x, y = rng.random() * size * over, rng.random() * size * over
            shape = draw(rng.random() * 2 * pi if draw is not _heart else rng.uniform(-0.5, 0.5))
            alpha = 120 if far else 220
            ink.polygon([(x + px * scale, y + py * scale) for px, py in shape],
                        fill=(*tint[rng.randrange(3)], alpha))  # fmt: skip
        layer = layer.resize((size, size), Image.Resampling.BOX)
        if far:
            layer = layer.filter(ImageFilter.GaussianBlur(size / 110))
        page.alpha_composite(layer)
    return page


def _turned(points: list[tuple[float, float]], angle: float) -> list[tuple[float, float]]:
    c, s = cos(angle), sin(angle)
    return [(x * c - y * s, x * s + y * c) for x, y in points]


def _petal(angle: float) -> list[tuple[float, float]]:
    """A cherry petal: an egg with a notch at its tip."""
    side = [(sin(t) * 0.55, -cos(t)) for t in (0.22 + i * (pi - 0.22) / 14 for i in range(15))]
    return _turned([(0, -0.72), *side, *[(-x, y) for x, y in reversed(side)]], angle)


def _star(angle: float) -> list[tuple[float, float]]:
    radii = (1.0, 0.46)
    return _turned(
        [(radii[i % 2] * cos(i * pi / 5), radii[i % 2] * sin(i * pi / 5)) for i in range(10)], angle
    )


def _heart(angle: float) -> list[tuple[float, float]]:
    steps = [i * 2 * pi / 32 for i in range(32)]
    curve = [
        (sin(t) ** 3, -(13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t)) / 16)
        for t in steps
    ]
    return _turned(curve, angle)
