"""How well faces are found: portraits as they are, and copies with everything done to them.

The yardstick is the reading of the untouched picture: what has been degraded is read again, the
landmarks are carried back, and the distance between the two is given in percent of the face's
width. So it says how stable the reading is, not how true.
"""

from __future__ import annotations

import io
import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from generator.errors import PersonError
from generator.faces import Face, FaceReader, Faces, Floats, load_reader
from generator.faces.topology import LEFT_CHEEK, RIGHT_CHEEK
from generator.photo import PhotoError, open_photo

Points = NDArray[np.float64]
_MATCH = 0.35
"""Landmarks that lie further off than this share of the face's width are of something else."""


@dataclass(frozen=True)
class Copy:
    """A degraded picture, and where the original's points are on it.

    Attributes:
        image: RGB.
        to_copy: (2, 3) affine matrix, from the original's pixels to the copy's.
    """

    image: Image.Image
    to_copy: Points


@dataclass
class Row:
    """One line of the table: what was done, and what was still found.

    Attributes:
        pictures: How many faces there were to be found.
        found: How many of them were.
        surplus: Faces that were found where there is none.
        errors: Landmark distances in percent of the face's width, a median a face.
        milliseconds: Processor time of each reading, all threads together.
        looks: How often each attempt was the one that found something.
    """

    name: str
    pictures: int = 0
    found: int = 0
    surplus: int = 0
    errors: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    looks: Counter[str] = field(default_factory=Counter)

    def cells(self) -> tuple[str, ...]:
        """As text: name, found, surplus, median and 95th percentile of the error, ms, looks."""
        share = f"{100 * self.found / self.pictures:.1f}%" if self.pictures else "–"
        middle, high = (
            (f"{statistics.median(self.errors):.1f}%", f"{np.percentile(self.errors, 95):.1f}%")
            if self.errors
            else ("–", "–")
        )
        looks = ", ".join(f"{name} {count}" for name, count in self.looks.most_common())
        time = f"{statistics.median(self.milliseconds):.0f}"
        return self.name, share, str(self.surplus), middle, high, time, looks


HEAD = ("copies", "found", "surplus", "error, median", "error, 95%", "CPU ms", "found by")


def scaled(share: float) -> Callable[[Image.Image], Copy]:
    def degrade(image: Image.Image) -> Copy:
        size = round(image.width * share), round(image.height * share)
        matrix = np.diag([size[0] / image.width, size[1] / image.height, 0])[:2]
        return Copy(image.resize(size, Image.Resampling.LANCZOS), matrix)

    return degrade


def rotated(degrees: float) -> Callable[[Image.Image], Copy]:
    """Clockwise, on grey, with room for the corners."""

    def degrade(image: Image.Image) -> Copy:
        turned = image.rotate(
            -degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128)
        )
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        turn = np.array([[cos, -sin], [sin, cos]])
        shift = np.array(turned.size) / 2 - turn @ (np.array(image.size) / 2)
        return Copy(turned, np.column_stack([turn, shift]))

    return degrade


def cut(left: float, bottom: float) -> Callable[[Image.Image], Copy]:
    """Without these shares of the width and the height."""

    def degrade(image: Image.Image) -> Copy:
        start = round(image.width * left)
        box = start, 0, image.width, round(image.height * (1 - bottom))
        return Copy(image.crop(box), np.array([[1.0, 0, -start], [0, 1, 0]]))

    return degrade


def placed(share: float) -> Callable[[Image.Image], Copy]:
    """Small, in the corner of a grey 1280 x 960 picture."""

    def degrade(image: Image.Image) -> Copy:
        page = Image.new("RGB", (1280, 960), (150, 150, 150))
        small = image.resize(
            (round(image.width * share), round(image.height * share)), Image.Resampling.LANCZOS
        )
        page.paste(small, (900, 140))
        return Copy(page, np.array([[share, 0, 900], [0, share, 140]]))

    return degrade


def touched(change: Callable[[Image.Image], Image.Image]) -> Callable[[Image.Image], Copy]:
    """Whatever leaves everything in its place."""
    return lambda image: Copy(change(image), np.eye(3)[:2])


def _recompressed(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=10)
    return Image.open(file).convert("RGB")


def _backlit(image: Image.Image) -> Image.Image:
    """Dark and without contrast, as in front of a window."""
    return ImageEnhance.Brightness(ImageEnhance.Contrast(image).enhance(0.3)).enhance(0.25)


def _noisy(image: Image.Image) -> Image.Image:
    """As a phone sees in the dark; the noise is the same each time."""
    pixels = np.asarray(image, np.float64) * 0.05
    pixels += np.random.default_rng(0).normal(0, 6, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


CONDITIONS: dict[str, Callable[[Image.Image], Copy]] = {
    "as they are": touched(lambda image: image),
    "50% of the size": scaled(0.5),
    "25% of the size": scaled(0.25),
    "12% of the size": scaled(0.12),
    "small in a 1280 px picture (face 60 px)": placed(0.5),
    "small in a 1280 px picture (face 30 px)": placed(0.25),
    "darkened to 20%": touched(lambda image: ImageEnhance.Brightness(image).enhance(0.2)),
    "darkened to 6%": touched(lambda image: ImageEnhance.Brightness(image).enhance(0.06)),
    "darkened to 2%": touched(lambda image: ImageEnhance.Brightness(image).enhance(0.02)),
    "darkened to 5%, noise of 6 levels": touched(_noisy),
    "backlit": touched(_backlit),
    "rotated by 15°": rotated(15),
    "rotated by 30°": rotated(30),
    "rotated by 45°": rotated(45),
    "rotated by 90°": rotated(90),
    "rotated by 135°": rotated(135),
    "rotated by 180°": rotated(180),
    "rotated by 270°": rotated(270),
    "left 40% cut off": cut(0.4, 0),
    "lower 35% cut off": cut(0, 0.35),
    "JPEG quality 10": touched(_recompressed),
    "blurred, radius 3": touched(lambda image: image.filter(ImageFilter.GaussianBlur(3))),
    "blurred, radius 6": touched(lambda image: image.filter(ImageFilter.GaussianBlur(6))),
}  # fmt: skip


def _painted_over(image: Image.Image, face: Face) -> Image.Image:
    """Skin without features, in the frame of the person's own hair: the hardest there is."""
    page = image.copy()
    outline = [(float(x), float(y)) for x, y in face.outline("face")]
    ImageDraw.Draw(page).polygon(outline, fill=(196, 164, 140))
    return page


def _below(image: Image.Image, face: Face) -> Image.Image:
    top = min(round(face.box.bottom + face.box.height * 0.1), image.height - 32)
    return image.crop((0, top, *image.size))


WITHOUT_FACES: dict[str, Callable[[Image.Image, Face], Image.Image]] = {
    "what is below the chin": _below,
    "face painted over": _painted_over,
}


def measure(folder: Path, *, limit: int | None = None) -> Iterator[Row]:
    """Read every portrait below `folder` as it is and degraded, a row at a time.

    Raises:
        PersonError: No pictures there.
    """
    portraits = _portraits(folder)
    if not portraits:
        raise PersonError(f"there are no portraits in {folder}: give a folder with pictures")
    portraits = portraits[:: max(1, len(portraits) // limit)] if limit else portraits
    reader = load_reader()
    originals = [reader.read(image) for image in portraits]
    for name, degrade in CONDITIONS.items():
        row = Row(name)
        for image, original in zip(portraits, originals, strict=True):
            copy = degrade(image)
            faces = _timed(reader, copy.image, row)
            _count(row, faces, [(face, copy.to_copy) for face in original.found[:1]], copy.image)
        yield row
    row = Row("two side by side")
    for i in range(0, len(portraits) - 1, 2):
        page, shift = _beside(portraits[i], portraits[i + 1])
        both = [(face, np.eye(3)[:2]) for face in originals[i].found[:1]]
        both += [(face, shift) for face in originals[i + 1].found[:1]]
        _count(row, _timed(reader, page, row), both, page)
    yield row
    for name, without in WITHOUT_FACES.items():
        row = Row(f"{name} (none to be found)")
        for image, original in zip(portraits, originals, strict=True):
            if original.found:
                page = without(image, original.found[0])
                _count(row, _timed(reader, page, row), [], page)
        yield row


def _portraits(folder: Path) -> list[Image.Image]:
    images = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            images.append(open_photo(file.read_bytes()))
        except (PhotoError, OSError):
            continue
    return images


def _timed(reader: FaceReader, image: Image.Image, row: Row) -> Faces:
    begun = time.process_time()
    faces = reader.read(image)
    row.milliseconds.append((time.process_time() - begun) * 1000)
    turn = f" {faces.turned}°" if faces.turned else ""
    row.looks[(faces.attempt or "nothing") + turn] += 1
    return faces


def _count(
    row: Row, faces: Faces, expected: Sequence[tuple[Face, Points]], given: Image.Image
) -> None:
    row.pictures += len(expected)
    left = [_unturned(face.landmarks[:, :2], faces.turned, given.size) for face in faces.found]
    for original, matrix in expected:
        there = original.landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        width = float(np.linalg.norm(there[LEFT_CHEEK] - there[RIGHT_CHEEK]))
        errors = [float(np.median(np.linalg.norm(p - there, axis=1))) / width for p in left]
        if errors and min(errors) < _MATCH:
            best = errors.index(min(errors))
            row.found += 1
            row.errors.append(100 * errors[best])
            left.pop(best)
    row.surplus += len(left)


def _unturned(points: Floats, turned: int, size: tuple[int, int]) -> Points:
    """From the pixels of the upright picture to those of the one that was given."""
    x, y = points.astype(np.float64).T
    width, height = size
    where = {
        0: (x, y),
        90: (y, height - x),
        180: (width - x, height - y),
        270: (width - y, x),
    }
    return np.column_stack(where[turned])


def _beside(one: Image.Image, other: Image.Image) -> tuple[Image.Image, Points]:
    page = Image.new("RGB", (one.width + other.width, max(one.height, other.height)))
    page.paste(one)
    page.paste(other, (one.width, 0))
    return page, np.array([[1.0, 0, one.width], [0, 1, 0]])
