"""A head on a page of its own: upright, always of the same size, whatever the photo was like."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generator.evaluation.colours import lab
from generator.faces import Face, Faces
from generator.faces import topology as at

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

FACE = 64
"""Pixels from the hairline to the chin: enough for areas of colour."""
WIDTH, HEIGHT = 160, 176
FINE = 2
"""`Head.image`, where lines and textures are looked at, has so many times more pixels a side."""
TOP = 48
"""The row of the hairline: three quarters of a face lie above it, a whole one below the chin."""
CHIN = TOP + FACE
CENTRE = WIDTH / 2
_SLENDER = 0.79
"""Width over height of a face that looks straight ahead; the mean of the development portraits."""


@dataclass(frozen=True, eq=False)
class Head:
    """One head, upright. Pixels are those of a page of (HEIGHT, WIDTH).

    Attributes:
        image: RGB, `FINE` times as large as the page; black where the photo ends.
        lab: (HEIGHT, WIDTH, 3) CIELAB.
        inside: Which pixels the photo shows at all.
        person: How sure it is that a pixel belongs to a person, 0 to 1.
        landmarks: (478, 2).
        sharpness: Pixels of the photo per pixel of the page; below 1 it is enlarged.
    """

    image: Image.Image
    lab: Floats = field(repr=False)
    inside: Mask = field(repr=False)
    person: Floats = field(repr=False)
    landmarks: Floats = field(repr=False)
    sharpness: float

    def polygon(self, points: Floats) -> Mask:
        """Which pixels lie inside a closed polygon, (n, 2)."""
        page = Image.new("1", (WIDTH, HEIGHT))
        ImageDraw.Draw(page).polygon([(float(x), float(y)) for x, y in points], fill=1)
        return np.asarray(page, np.bool_)

    def region(self, name: at.Region, grown: float = 1.0) -> Mask:
        """Which pixels lie inside a region of the face, grown about its middle."""
        outline = self.landmarks[list(at.OUTLINES[name])]
        middle = outline.mean(0)
        return self.polygon(middle + (outline - middle) * grown)

    def patch(self, points: tuple[int, ...]) -> Mask:
        """Which pixels lie inside the polygon of some landmarks."""
        return self.polygon(self.landmarks[list(points)])

    def crop(self, centre: Floats, width: float, size: tuple[int, int]) -> Image.Image:
        """A part of the image `width` page pixels wide about a point, scaled to `size`."""
        step = FINE * width / size[0]
        left, top = FINE * centre[0] - FINE * width / 2, FINE * centre[1] - step * size[1] / 2
        return self.image.transform(
            size, Image.Transform.AFFINE, (step, 0, left, 0, step, top), Image.Resampling.BILINEAR
        )


def align(faces: Faces, face: Face) -> Head:
    """Lay one of the faces of a picture on a page of its own."""
    points = face.landmarks[:, :2].astype(np.float64)
    outer = points[at.LEFT_EYE_OUTER] - points[at.RIGHT_EYE_OUTER]
    angle = math.atan2(outer[1], outer[0])
    cos, sin = math.cos(angle), math.sin(angle)
    upright = points @ np.array([[cos, -sin], [sin, cos]])
    oval = upright[list(at.OUTLINES["face"])]
    low, high = oval.min(0), oval.max(0)
    # A nod makes a face short and a turn makes it slender: the larger measure is the truer one.
    step = max(high[1] - low[1], (high[0] - low[0]) / _SLENDER, 1.0) / FACE
    x0, y0 = (low[0] + high[0]) / 2 - CENTRE * step, high[1] - CHIN * step
    matrix = (
        step * cos, -step * sin, cos * x0 - sin * y0,
        step * sin, step * cos, sin * x0 + cos * y0,
    )  # fmt: skip
    image = _cut(faces.image, matrix, step, FINE)
    person = Image.fromarray((faces.person * 255).astype(np.uint8), "L")
    mask = _cut(person, matrix, step)
    inside = _cut(Image.new("L", faces.image.size, 255), matrix, step)
    return Head(
        image,
        lab(np.asarray(image.reduce(FINE), np.float64)).astype(np.float32),
        np.asarray(inside) > 254,
        (np.asarray(mask) / 255).astype(np.float32),
        ((upright - (x0, y0)) / step).astype(np.float32),
        step,
    )


def _cut(image: Image.Image, matrix: tuple[float, ...], step: float, fine: int = 1) -> Image.Image:
    shrink = max(1, int(step / fine))
    if shrink > 1:  # a transform takes single pixels: average them before
        image = image.reduce(shrink)
    a, b, c, d, e, f = (m / shrink for m in matrix)
    return image.transform(
        (WIDTH * fine, HEIGHT * fine), Image.Transform.AFFINE,
        (a / fine, b / fine, c, d / fine, e / fine, f), Image.Resampling.BILINEAR,
    )  # fmt: skip
