"""Paintings that nobody painted: our pictures in strokes, tiles, dots and hatching of many kinds.

An encoder that has seen a hundred artworks knows a hundred artworks. What it should know is how
large strokes are, how they lie, how hard their edges are and what they leave free: here every
picture has all of that by chance, and colours from somewhere else.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Floats = NDArray[np.float32]
Chance = np.random.Generator
Technique = Callable[[Floats, Chance], Floats]


def invented(picture: Image.Image, random: Chance) -> Image.Image:
    """An RGB picture, done in a technique of chance.

    Args:
        picture: RGB, of 256 to 1024 px. Its colours are kept, but for what a technique varies.
        random: The source of all chance.

    Returns:
        RGB, of the same size.
    """
    rgb = np.asarray(picture, np.float32) / 255
    technique = _TECHNIQUES[int(random.integers(len(_TECHNIQUES)))]
    done = Image.fromarray(np.uint8(np.clip(technique(rgb, random), 0, 1) * 255))
    softness = float(random.uniform(0, 1.2))
    done = done.filter(ImageFilter.GaussianBlur(softness)) if softness > 0.5 else done
    return _grained(done, random)


def _strokes(rgb: Floats, random: Chance) -> Floats:
    """Layers of brush strokes, coarse ones first, that follow edges, a swirl or nothing."""
    height, width = rgb.shape[:2]
    canvas = Image.fromarray(np.uint8(_blurred(rgb, 12) * 255))
    draw = ImageDraw.Draw(canvas)
    along = _directions(rgb, random)
    largest, slender = random.uniform(5, 26), random.uniform(1.5, 7)
    jitter = random.uniform(0, 0.12)
    for brush in (largest, largest * 0.6, largest * 0.35):
        soft = _blurred(rgb, brush / 2)
        count = int(1.6 * height * width / (brush * brush * slender))
        for y, x in random.uniform(0, 1, (count, 2)):
            row, column = int(y * height), int(x * width)
            angle = along[row, column] + random.normal(0, 0.2)
            reach = brush * slender / 2 * random.uniform(0.6, 1.2)
            dx, dy = np.cos(angle) * reach, np.sin(angle) * reach
            ends = [(column - dx, row - dy), (column + dx, row + dy)]
            draw.line(ends, _ink(soft[row, column], jitter, random), max(1, round(brush)))
    return np.asarray(canvas, np.float32) / 255


def _tiles(rgb: Floats, random: Chance) -> Floats:
    """Pieces of one colour each, with joints between them: a mosaic, a window, cubes."""
    height, width = rgb.shape[:2]
    count = int(random.integers(60, 900))
    seeds = random.uniform(0, 1, (count, 2)) * (height, width)
    y, x = np.mgrid[:height, :width]
    places = np.stack([y, x], -1).reshape(-1, 2).astype(np.float32)
    stretch = np.asarray([1.0, random.uniform(0.4, 1)], np.float32)
    first, second = _two_nearest(places * stretch, seeds.astype(np.float32) * stretch)
    piece = first[1]
    sums = np.stack([np.bincount(piece, rgb[..., c].ravel(), count) for c in range(3)], 1)
    mean = sums / np.maximum(np.bincount(piece, minlength=count), 1)[:, None]
    mean = np.clip(mean + random.normal(0, random.uniform(0, 0.1), (count, 1)), 0, 1)
    tiles: Floats = mean[piece].reshape(rgb.shape).astype(np.float32)
    joint = float(random.choice([0.0, 2.0, 4.0]))
    if not joint:
        return tiles
    gap = (np.sqrt(second) - np.sqrt(first[0])).reshape(height, width, 1)
    lead = np.float32(random.choice([0.08, 0.9]))
    share = np.clip(gap / joint, 0, 1)
    return np.asarray(tiles * share + lead * (1 - share), np.float32)


def _dots(rgb: Floats, random: Chance) -> Floats:
    """Round spots in colours around the picture's own."""
    height, width = rgb.shape[:2]
    radius, jitter = random.uniform(1.5, 6), random.uniform(0.04, 0.25)
    canvas = Image.fromarray(np.uint8(_blurred(rgb, 10) * 255))
    draw = ImageDraw.Draw(canvas)
    soft = _blurred(rgb, radius / 2)
    for y, x in random.uniform(0, 1, (int(1.1 * height * width / radius**2), 2)):
        row, column = y * height, x * width
        r = radius * random.uniform(0.6, 1.1)
        ink = _ink(soft[int(row), int(column)], jitter, random)
        draw.ellipse((column - r, row - r, column + r, row + r), ink)
    return np.asarray(canvas, np.float32) / 255


def _hatching(rgb: Floats, random: Chance) -> Floats:
    """Lines of ink on paper, denser where the picture is darker."""
    height, width = rgb.shape[:2]
    light = _blurred(rgb.mean(2, keepdims=True).repeat(3, 2), 1)[..., 0]
    low, high = np.quantile(light, (0.03, 0.97))
    light = np.clip((light - low) / max(float(high - low), 0.1), 0, 1)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    wave = random.uniform(0, 8) * np.sin(x / random.uniform(20, 90))
    pitch, start = random.uniform(4, 11), random.uniform(0, np.pi)
    ink = np.zeros_like(light)
    for k, darkest in enumerate((0.95, 0.6, 0.35)[: int(random.integers(1, 4))]):
        angle = start + k * random.uniform(0.6, 1.6)
        lines = np.cos(((x * np.cos(angle) + y * np.sin(angle)) + wave) * 2 * np.pi / pitch)
        width_here = 2 * np.clip((darkest - light) / darkest, 0, 1) - 1
        ink = np.maximum(ink, np.clip((width_here - lines) * pitch / 3, 0, 1))
    coloured = random.random() < 0.4
    paper = random.uniform(0.75, 1, 3) if random.random() < 0.7 else random.uniform(0, 0.3, 3)
    pen = rgb * 0.8 if coloured else np.broadcast_to(random.uniform(0, 0.35, 3), rgb.shape)
    if paper.mean() < 0.4:  # chalk on a dark ground
        pen = 1 - (1 - pen) * 0.6
    return np.asarray(paper * (1 - ink[..., None]) + pen * ink[..., None], np.float32)


def _screen(rgb: Floats, random: Chance) -> Floats:
    """Dots of a few inks in a raster, each at an angle of its own, as prints have them."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pitch = random.uniform(5, 13)
    soft = _blurred(rgb, pitch / 3)
    page = np.ones_like(rgb)
    for channel, angle in zip(range(3), random.uniform(0, np.pi, 3), strict=True):
        u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        raster = np.cos(u * np.pi / pitch) * np.cos(v * np.pi / pitch) * 0.5 + 0.5
        share = np.clip((1 - soft[..., channel] - raster) * pitch / 2 + 0.5, 0, 1)
        page[..., channel] -= share * random.uniform(0.7, 1)
    return page


def _flats(rgb: Floats, random: Chance) -> Floats:
    """Areas of few colours, perhaps with contours: a poster, a woodcut, a papercut."""
    soft = _blurred(rgb, random.uniform(1, 5))
    image = Image.fromarray(np.uint8(np.clip(soft, 0, 1) * 255))
    colours = int(random.integers(4, 14))
    flat = np.asarray(image.quantize(colours, Image.Quantize.MEDIANCUT).convert("RGB"), np.float32)
    flat = flat / 255
    if random.random() < 0.5:
        return flat
    grey = flat.mean(2)
    edge = np.abs(np.diff(grey, axis=0, prepend=grey[:1])) + np.abs(
        np.diff(grey, axis=1, prepend=grey[:, :1])
    )
    ink = Image.fromarray(np.uint8(np.clip(edge * 12, 0, 1) * 255))
    ink = ink.filter(ImageFilter.MaxFilter(int(random.choice([3, 5]))))
    share = np.asarray(ink.filter(ImageFilter.GaussianBlur(0.8)), np.float32)[..., None] / 255
    pen = np.float32(random.choice([0.05, 0.15, 0.97]))
    return np.asarray(flat * (1 - share) + pen * share, np.float32)


def _wash(rgb: Floats, random: Chance) -> Floats:
    """Thin paint that runs, dries darker at its edges and lets the paper through."""
    height, width = rgb.shape[:2]
    moved = _warped(_blurred(rgb, random.uniform(2, 5)), random, random.uniform(3, 14))
    edges = np.clip(np.abs(moved - _blurred(moved, 5)).mean(2, keepdims=True) * 4, 0, 1)
    cloud = _cloud(height, width, random)[..., None]
    thin = random.uniform(0.05, 0.45)
    paint = 1 - (1 - moved) * (1 - thin * cloud)
    return np.asarray(paint * (1 - 0.5 * edges), np.float32)


_TECHNIQUES: tuple[Technique, ...] = (
    _strokes, _strokes, _strokes, _tiles, _dots, _hatching, _screen, _flats, _wash,
)  # fmt: skip


def _ink(colour: Floats, jitter: float, random: Chance) -> tuple[int, int, int]:
    red, green, blue = np.clip(colour + random.normal(0, jitter, 3), 0, 1) * 255
    return int(red), int(green), int(blue)


def _directions(rgb: Floats, random: Chance) -> Floats:
    """(H, W) angles: along edges, in whorls, or all alike."""
    height, width = rgb.shape[:2]
    kind = random.integers(3)
    if kind == 0:
        return np.full((height, width), random.uniform(0, np.pi), np.float32)
    field = _blurred(rgb, 4).mean(2) if kind == 1 else _cloud(height, width, random)
    down, right = np.gradient(field)
    # The mean of doubled angles: a stroke lies alike from either end.
    twice = np.stack([right**2 - down**2, 2 * right * down, np.zeros_like(down)], -1)
    mean = _blurred(np.asarray(twice, np.float32), 8, within=None)
    return np.asarray(np.arctan2(mean[..., 1], mean[..., 0]) / 2 + np.pi / 2, np.float32)


def _cloud(height: int, width: int, random: Chance) -> Floats:
    """Smooth noise of several sizes, in [0, 1]."""
    total = np.zeros((height, width), np.float32)
    for cells, weight in ((4, 1.0), (9, 0.5), (22, 0.25)):
        noise = Image.fromarray(random.random((cells, cells), np.float32))
        total += weight * np.asarray(noise.resize((width, height), Image.Resampling.BICUBIC))
    return np.asarray((total - total.min()) / max(float(np.ptp(total)), 1e-6), np.float32)


def _warped(rgb: Floats, random: Chance, reach: float) -> Floats:
    height, width = rgb.shape[:2]
    y, x = np.mgrid[:height, :width]
    down, right = (2 * _cloud(height, width, random) - 1 for _ in range(2))
    rows = np.clip(y + reach * down, 0, height - 1).astype(int)
    columns = np.clip(x + reach * right, 0, width - 1).astype(int)
    moved: Floats = rgb[rows, columns]
    return moved


def _two_nearest(places: Floats, seeds: Floats) -> tuple[tuple[Floats, NDArray[np.intp]], Floats]:
    """Squared distance to and index of the nearest seed, and squared distance to the second."""
    from scipy.spatial import KDTree  # type: ignore[import-untyped]

    distance, index = KDTree(seeds).query(places, 2)
    squared = np.asarray(distance**2, np.float32)
    return (squared[:, 0], index[:, 0]), squared[:, 1]


def _blurred(rgb: Floats, sigma: float, within: tuple[float, float] | None = (0, 1)) -> Floats:
    """Channels blurred one by one, in float32."""
    from scipy.ndimage import gaussian_filter  # type: ignore[import-untyped]

    soft = np.asarray(gaussian_filter(rgb, (sigma, sigma, 0), truncate=2.5), np.float32)
    return soft if within is None else np.clip(soft, *within)


def _grained(picture: Image.Image, random: Chance) -> Image.Image:
    """Paper or canvas: a little noise of some size, the same in all colours."""
    strength = float(random.choice([0, 0, 4, 10]))
    if not strength:
        return picture
    size = float(random.choice([1, 2, 3]))
    small = (max(1, int(picture.height / size)), max(1, int(picture.width / size)))
    noise = Image.fromarray(random.normal(0, strength, small).astype(np.float32))
    grain = np.asarray(noise.resize(picture.size, Image.Resampling.BILINEAR))[..., None]
    return Image.fromarray(np.uint8(np.clip(np.asarray(picture, np.float32) + grain, 0, 255)))
