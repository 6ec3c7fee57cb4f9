"""Our own renders as other media show them: a printed comic, a pencil drawing."""

from __future__ import annotations

from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Floats = NDArray[np.float32]


def printed(kind: str, image: Image.Image, seed: int) -> Image.Image:
    """An RGB render of about 768 px as `comic`, `pencil`, or (`moe`) as it is.

    Raises:
        ValueError: No such kind.
    """
    match kind:
        case "comic":
            return _comic(image, Random(seed))
        case "pencil":
            return _pencil(image, np.random.default_rng(seed))
        case "moe":
            return image
    raise ValueError(f"renders are shown as comic, pencil or moe, not as {kind}")


def _comic(image: Image.Image, random: Random) -> Image.Image:
    """Black outlines, few flat colours, screened shade."""
    rgb = np.asarray(image, np.float32) / 255
    lines = _lines(image, 5)[..., None]
    middle = rgb.mean(2, keepdims=True)
    flat = np.round(np.clip(middle + 1.7 * (rgb - middle), 0, 1) * 5) / 5
    y, x = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    cell = random.choice((12, 14, 16))
    u, v = (x + y) * np.pi / cell, (x - y) * np.pi / cell
    screen = (np.cos(u) * np.cos(v) * 0.5 + 0.5)[..., None]
    tone = np.clip((0.9 - middle) * 0.9, 0, 0.6)
    dots = np.clip((tone - screen) * 9 + 0.5, 0, 1)
    flat = flat * (1 - dots * np.asarray([0.3, 0.5, 0.3]))
    return Image.fromarray(np.uint8(flat * (1 - lines) * 255))


def _pencil(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Outlines and two directions of hatching on grained paper."""
    grey = np.asarray(image.convert("L"), np.float32) / 255
    light = np.clip((grey - grey.min()) / max(float(np.ptp(grey)), 1e-3), 0, 1) ** 0.7
    shade = np.zeros_like(light)
    for angle, darkest in ((42, 0.72), (-48, 0.38)):
        # Strokes are noise, smeared along a direction; they bite where the picture is dark.
        noise = Image.fromarray(np.uint8(random.integers(0, 256, (160, 1200))))
        noise = noise.resize((1200, 1200), Image.Resampling.NEAREST)
        strokes = noise.rotate(angle, Image.Resampling.BILINEAR).transpose(
            Image.Transpose.ROTATE_90
        )
        left = (1200 - image.width) // 2
        part = strokes.crop((left, left, left + image.width, left + image.height))
        part = part.filter(ImageFilter.GaussianBlur(1))
        bite = np.clip((darkest - light) / darkest, 0, 1)
        shade += 0.55 * np.clip((bite * 1.3 - np.asarray(part, np.float32) / 255) * 3, 0, 1)
    paper = 0.97 - 0.05 * random.random(light.shape, np.float32)
    drawn = paper * (1 - np.clip(shade, 0, 0.8)) * (1 - 0.75 * _lines(image, 3))
    page = Image.fromarray(np.uint8(np.clip(drawn, 0, 1) * 255))
    return page.filter(ImageFilter.GaussianBlur(0.7)).convert("RGB")


def _lines(image: Image.Image, width: int) -> Floats:
    """(H, W): 1 where a line is darker than its surroundings, made `width` pixels wider."""
    grey = image.convert("L")
    near = np.asarray(grey.filter(ImageFilter.GaussianBlur(2)), np.float32)
    far = np.asarray(grey.filter(ImageFilter.GaussianBlur(5)), np.float32)
    ink = Image.fromarray(np.uint8(np.clip((far - near) * 24, 0, 255)))
    ink = ink.filter(ImageFilter.MaxFilter(width)).filter(ImageFilter.GaussianBlur(1.5))
    lines: Floats = np.clip(np.asarray(ink, np.float32) / 160 - 0.3, 0, 1)
    return lines
