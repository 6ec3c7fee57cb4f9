"""Painted people: areas of colour where skin, hair and clothes are, on the mean of 707 meshes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from generator.faces import Box, Face, Faces
from generator.faces.pose import head_pose
from generator.faces.topology import OUTLINES
from generator.selfie.alignment import HEIGHT, WIDTH

_MEAN = np.loadtxt(Path(__file__).with_name("mean_face.csv"), delimiter=",")
_SCALE = 4
"""Pixels a page pixel: a photo of 640 x 704."""


@dataclass(frozen=True)
class Painted:
    skin: tuple[int, int, int] = (205, 160, 135)
    hair: tuple[int, int, int] | None = (60, 40, 30)
    length: float = 0.0
    """How far hair reaches below the chin, in faces."""
    clothes: tuple[int, int, int] = (40, 60, 120)
    scarf: bool = False
    """The hair's colour closes under the chin."""
    backdrop: tuple[int, int, int] = (150, 160, 165)

    def faces(self, seed: int = 0) -> Faces:
        size = WIDTH * _SCALE, HEIGHT * _SCALE
        image, mask = Image.new("RGB", size, self.backdrop), Image.new("L", size)
        self._paint(ImageDraw.Draw(image), ImageDraw.Draw(mask))
        grain = np.random.default_rng(seed).normal(0, 4, (size[1], size[0], 1))
        pixels = np.clip(np.asarray(image, np.float64) + grain, 0, 255).astype(np.uint8)
        points = _MEAN * _SCALE
        return faces_of(Image.fromarray(pixels), points, np.asarray(mask, np.float32) / 255)

    def _paint(self, image: ImageDraw.ImageDraw, mask: ImageDraw.ImageDraw) -> None:
        def ellipse(x: float, y: float, rx: float, ry: float, colour: tuple[int, int, int]) -> None:
            box = [_SCALE * v for v in (x - rx, y - ry, x + rx, y + ry)]
            image.ellipse(box, fill=colour)
            mask.ellipse(box, fill=255)

        def box(x0: float, y0: float, x1: float, y1: float, colour: tuple[int, int, int]) -> None:
            corners = [_SCALE * v for v in (x0, y0, x1, y1)]
            image.rectangle(corners, fill=colour)
            mask.rectangle(corners, fill=255)

        box(20, 140, 140, 176, self.clothes)
        if self.hair and self.length > -0.5:
            box(44, 70, 116, 112 + 64 * self.length, self.hair)
        box(66, 100, 94, 146, self.hair if self.scarf and self.hair else self.skin)
        ellipse(80, 72, 31, 44, self.hair or self.skin)
        ellipse(80, 80, 26, 33, self.skin)
        for x in (69, 91):
            ellipse(x, 72, 5, 2.4, (235, 235, 232))
            ellipse(x, 72, 2.3, 2.3, (70, 45, 35))


def faces_of(image: Image.Image, points: np.ndarray, person: np.ndarray) -> Faces:
    """The one face of a picture, with depth 0 everywhere."""
    landmarks = np.column_stack([points, np.zeros(len(points))]).astype(np.float32)
    landmarks[4:6, 2] = -20
    oval = points[list(OUTLINES["face"])]
    box = Box(*map(float, (*oval.min(0), *oval.max(0))))
    return Faces(image, 0, (Face(box, 0.99, landmarks, *head_pose(landmarks)),), person, "plain")


def turned(faces: Faces, degrees: float, scale: float) -> Faces:
    """The same picture turned clockwise about its middle, and scaled."""
    size = tuple(round(scale * side) for side in faces.image.size)
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array(size) / 2
    points = (faces.found[0].landmarks[:, :2] * scale - middle) @ matrix.T + middle
    image = faces.image.resize(size).rotate(-degrees, Image.Resampling.BILINEAR)
    mask = Image.fromarray((faces.person * 255).astype(np.uint8)).resize(size).rotate(-degrees)
    return faces_of(image, points, np.asarray(mask, np.float32) / 255)
