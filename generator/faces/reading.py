"""What is read of the faces in a picture, and the interface of whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generator.faces.topology import IRIS_CENTRES, OUTLINES, Region

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; a face that is cut off by the picture's edge reaches beyond it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Square pixels."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Iris:
    """A circle in pixels."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face; left and right are the person's own.

    Attributes:
        box: Around the landmarks, without hair and ears.
        score: How sure the detector was, 0 to 1.
        landmarks: (478, 3) float32: x and y in pixels from the picture's upper left corner, and
            depth in pixels, smaller is nearer. `generator.faces.topology` names them.
        yaw: Degrees; 0 looks at the camera, positive towards the picture's right side.
        pitch: Degrees; 0 looks at the camera, positive looks up.
        roll: Degrees; positive is tilted clockwise, as seen in the picture.
    """

    box: Box
    score: float
    landmarks: Floats = field(repr=False)
    yaw: float
    pitch: float
    roll: float

    def outline(self, region: Region) -> Floats:
        """The closed polygon of a region, (n, 2) pixels."""
        return self.landmarks[list(OUTLINES[region]), :2]

    def iris(self, side: Literal["right", "left"]) -> Iris:
        """Centre and radius of an iris, seen or (behind closed lids) guessed."""
        x, y = self.landmarks[IRIS_CENTRES[side], :2]
        rim = self.outline("right_iris" if side == "right" else "left_iris")
        radius = np.hypot(rim[:, 0] - x, rim[:, 1] - y).mean()
        return Iris(float(x), float(y), float(radius))


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """What is in a picture. All pixels are those of `image`.

    Attributes:
        image: The RGB picture that was given; turned upright if the faces lay on their side.
        turned: By how many degrees `image` was turned clockwise: 0, 90, 180 or 270.
        found: The faces, largest first; empty where there is none.
        person: (H, W) float32: how sure it is that a pixel belongs to a person, 0 to 1.
        attempt: What it took to find them, such as "plain" or "brightened"; "" without faces.
    """

    image: Image.Image
    turned: int
    found: tuple[Face, ...]
    person: Floats = field(repr=False)
    attempt: str = ""

    def mask(self, face: Face, region: Region) -> Mask:
        """(H, W): which pixels of `image` lie inside a region of a face."""
        page = Image.new("1", self.image.size)
        polygon = [(float(x), float(y)) for x, y in face.outline(region)]
        ImageDraw.Draw(page).polygon(polygon, fill=1)
        return np.asarray(page, np.bool_)


class FaceReader(Protocol):
    """Finds faces. The same picture is always read the same; one thread at a time."""

    def read(self, image: Image.Image) -> Faces:
        """Read an RGB picture, as `generator.photo.open_photo` returns it."""
        ...
