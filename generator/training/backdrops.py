"""Backgrounds that figures are found on: flat ones, ours, soft and busy ones. None is a photo."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from generator.compositing import PATTERNS, background
from generator.data.store import Bytes

COUNT = 240
SIDE = 256
_KINDS = ("flat", "flat", "ours", "clouds", "clouds", "shapes", "lines", "tiles")
_BLANK = Image.new("RGBA", (SIDE, SIDE))


def backdrops(seed: int, count: int = COUNT) -> Bytes:
    """(count, 256, 256, 3) backgrounds, always the same of a seed."""
    return np.stack([_backdrop(np.random.default_rng((seed, 77, i))) for i in range(count)])


def _backdrop(rng: np.random.Generator) -> Bytes:
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    if kind == "ours":
        name = PATTERNS[int(rng.integers(len(PATTERNS)))]
        page = background(_BLANK, name, seed=int(rng.integers(2**31))).convert("RGB")
    elif kind == "clouds":
        page = _clouds(rng)
    else:
        page = Image.new("RGB", (SIDE, SIDE), _colour(rng))
        {"flat": _nothing, "shapes": _shapes, "lines": _lines, "tiles": _tiles}[kind](page, rng)
    return np.asarray(page).copy()


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    """Half of them pale: most pictures are posted on white or nearly so."""
    low = 205 if rng.random() < 0.5 else 0
    r, g, b = (int(v) for v in rng.integers(low, 256, 3))
    return r, g, b


def _clouds(rng: np.random.Generator) -> Image.Image:
    """Coloured noise of several sizes, as out-of-focus photos are."""
    total = np.zeros((SIDE, SIDE, 3), np.float32)
    weight = 1.0
    for cells in (3, 6, 12, 32, 128):
        noise = rng.integers(0, 256, (cells, cells, 3)).astype(np.uint8)
        smooth = Image.fromarray(noise).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        total += weight * (np.asarray(smooth, np.float32) - 127)
        weight *= float(rng.uniform(0.3, 0.9))
    grey = total.mean(-1, keepdims=True)  # photos are seldom as colourful as noise is
    total = grey + (total - grey) * float(rng.uniform(0, 0.8))
    page = 127 + total * float(rng.uniform(0.3, 1.2)) + rng.integers(-60, 61, 3)
    return Image.fromarray(page.clip(0, 255).astype(np.uint8))


def _nothing(page: Image.Image, rng: np.random.Generator) -> None:
    pass


def _shapes(page: Image.Image, rng: np.random.Generator) -> None:
    """Overlapping discs, boxes and triangles: furniture, other people, signs."""
    ink = ImageDraw.Draw(page)
    for _ in range(int(rng.integers(3, 24))):
        x, y = rng.integers(-40, SIDE + 40, 2).tolist()
        w, h = rng.integers(8, 130, 2).tolist()
        edge = _colour(rng) if rng.random() < 0.4 else None
        match int(rng.integers(3)):
            case 0:
                ink.ellipse((x, y, x + w, y + h), _colour(rng), edge, 3)
            case 1:
                ink.rectangle((x, y, x + w, y + h), _colour(rng), edge, 3)
            case _:
                ink.polygon([(x, y), (x + w, y + h // 2), (x + w // 3, y + h)], _colour(rng), edge)
    if rng.random() < 0.4:
        page.paste(page.filter(ImageFilter.GaussianBlur(float(rng.uniform(1, 8)))))


def _lines(page: Image.Image, rng: np.random.Generator) -> None:
    """Speed lines, rain, blinds, lettering."""
    ink = ImageDraw.Draw(page)
    tint = _colour(rng)
    middle = rng.integers(0, SIDE, 2).tolist()
    for _ in range(int(rng.integers(10, 60))):
        x, y = rng.integers(0, SIDE, 2).tolist()
        dx, dy = rng.integers(-60, 61, 2).tolist()
        end = (2 * x - middle[0], 2 * y - middle[1]) if rng.random() < 0.5 else (x + dx, y + dy)
        ink.line((x, y, *end), tint, int(rng.integers(1, 6)))


def _tiles(page: Image.Image, rng: np.random.Generator) -> None:
    """Checkers, stripes, and the grid that some programs show for transparency."""
    ink = ImageDraw.Draw(page)
    tint, step = _colour(rng), int(rng.integers(6, 50))
    striped = rng.random() < 0.4
    for i in range(0, SIDE, step):
        for j in range(0, SIDE, step):
            if (i // step + (0 if striped else j // step)) % 2:
                ink.rectangle((i, j, i + step - 1, j + step - 1), tint)
