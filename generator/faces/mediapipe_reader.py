"""Faces read with MediaPipe 0.10.21, the last release whose wheel carries its networks.

Two BlazeFace detectors (https://arxiv.org/abs/1907.05047; near and far faces), the attention mesh
(https://arxiv.org/abs/2006.10962) and the selfie segmentation. The mesh is given an upright square
around one face at a time, which is what it was trained on: so faces may lie at any angle.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from generator.errors import PersonError
from generator.faces import topology
from generator.faces.pose import head_pose
from generator.faces.reading import Box, Face, Faces, Floats

_DETECTORS = ("short_range/face_detection_short_range", "full_range/face_detection_full_range")
_SURE = 0.5
"""Detections below this score are noise; MediaPipe's own default."""
_SURE_AGAIN = 0.65
"""For second looks, which see more where there is nothing."""
_SAME = 0.3
"""Two boxes that share this much of their union are one face."""
_MOST = 12
"""Faces in one picture that are read; the largest come first."""
_MARGIN = 1.5
"""The mesh's square is this many times the face, as in MediaPipe's own graphs."""
_MESH_SIDE = 256
"""The square's pixels; the network takes 192 of them."""
_CERTAIN = 0.87
"""No upside-down face of 101 scored above 0.85; of upright ones 99% do."""
_TINY = 0.1
"""Share of the picture's side: the score of faces below it says little about up and down."""
_LYING = 50.0
"""Degrees of roll from which the picture is turned by a quarter."""
_MESH_GRAPH = """
input_stream: "image" input_stream: "roi" input_side_packet: "with_attention"
output_stream: "landmarks"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image" input_stream: "ROI:roi"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:landmarks"
}
"""
_TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Clockwise degrees; Pillow counts the other way round."""


class FacesError(PersonError):
    """Faces cannot be read here; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Square:
    """Around a face, upright for it: centre and side in pixels, angle in radians."""

    score: float
    x: float
    y: float
    side: float
    angle: float

    @property
    def box(self) -> Box:
        half = self.side / 2
        return Box(self.x - half, self.y - half, self.x + half, self.y + half)


@dataclass(frozen=True, slots=True)
class _Look:
    """One way to look at a picture: its name, the pixels, how far they are turned, in how many
    parts along each side."""

    name: str
    view: Image.Image
    turned: int = 0
    parts: int = 1


class MediapipeReader:
    """A `generator.faces.FaceReader`. Loads in about a second and takes 100 to 150 MB.

    Raises:
        FacesError: MediaPipe is not installed.
    """

    def __init__(self) -> None:
        with _silent_stderr():
            try:
                from mediapipe.framework.formats import rect_pb2
                from mediapipe.python.solution_base import SolutionBase
                from mediapipe.python.solutions.face_detection import FaceDetection
                from mediapipe.python.solutions.selfie_segmentation import SelfieSegmentation
            except ImportError as error:
                raise FacesError(
                    'photos need MediaPipe: pip install -c constraints.txt "moemoji[selfie]"'
                ) from error
            self._detectors = [FaceDetection(_SURE, model) for model in (0, 1)]
            self._mesh = SolutionBase(
                graph_config=_MESH_GRAPH,
                side_inputs={"with_attention": True},
                outputs=["landmarks"],
            )
            self._segmentation = SelfieSegmentation(0)
            self._whole: Any = rect_pb2.NormalizedRect(
                x_center=0.5, y_center=0.5, width=1.0, height=1.0
            )
            # The networks say what they have to say on their first picture.
            blank = Image.new("RGB", (64, 64))
            self._detect(blank, (0, 0, 64, 64))
            self._mesh_in(blank, _Square(1, 32, 32, 64, 0))
            self._person(blank)

    def read(self, image: Image.Image) -> Faces:
        """Read an RGB picture.

        Where nothing is found it is looked at again: brightened, smoothed (against noise),
        turned, in parts (for small faces). The picture
        comes back turned upright if the largest face lies on its side or upside down.
        """
        for look in _looks(image):
            found = self._faces(look)
            if look.name != "plain":
                found = tuple(face for face in found if face.score >= _SURE_AGAIN)
            if not found:
                continue
            look, found = self._upright(look, found)
            upright = _turn(image, look.turned)
            return Faces(upright, look.turned, found, self._person(upright), look.name)
        return Faces(image, 0, (), self._person(image))

    def _upright(self, look: _Look, found: tuple[Face, ...]) -> tuple[_Look, tuple[Face, ...]]:
        """The same look, turned so that the largest face stands upright in it, if it doesn't.

        The detectors see upside-down faces too, and then take mouths for eyes; but they are less
        sure of them than of the same face upright.
        """
        tiny = found[0].box.width < _TINY * max(look.view.size)
        if found[0].score < _CERTAIN and not tiny:
            again, others = self._turned(look, 180)
            if others and others[0].score > found[0].score:
                look, found = again, others
        roll = found[0].roll
        if abs(roll) > _LYING:
            again, others = self._turned(look, round(-roll / 90) * 90 % 360)
            if others and abs(others[0].roll) < abs(roll):
                look, found = again, others
        return look, found

    def _turned(self, look: _Look, quarter: int) -> tuple[_Look, tuple[Face, ...]]:
        turned = (look.turned + quarter) % 360
        again = replace(look, turned=turned, view=_turn(look.view, quarter))
        return again, self._faces(again)

    def _faces(self, look: _Look) -> tuple[Face, ...]:
        """Every face that a detector sees and the mesh confirms, largest first."""
        detections = [
            found
            for part in _windows(look.view.size, look.parts)
            for found in self._detect(look.view, part)
        ]
        faces: list[Face] = []
        for detection in _distinct(detections)[:_MOST]:
            landmarks = self._mesh_of(look.view, detection)
            if landmarks is None:
                continue
            oval = landmarks[list(topology.OUTLINES["face"]), :2]
            box = Box(*map(float, (*oval.min(0), *oval.max(0))))
            if all(_overlap(box, other.box) < _SAME for other in faces):
                faces.append(Face(box, detection.score, landmarks, *head_pose(landmarks)))
        return tuple(sorted(faces, key=lambda face: -face.box.area))

    def _detect(self, view: Image.Image, part: tuple[int, int, int, int]) -> list[_Square]:
        pixels = np.asarray(view.crop(part))
        height, width = pixels.shape[:2]
        squares = []
        for detector in self._detectors:
            for found in detector.process(pixels).detections or ():
                box = found.location_data.relative_bounding_box
                right, left = found.location_data.relative_keypoints[:2]
                squares.append(
                    _Square(
                        found.score[0],
                        part[0] + (box.xmin + box.width / 2) * width,
                        part[1] + (box.ymin + box.height / 2) * height,
                        max(box.width * width, box.height * height),
                        math.atan2((left.y - right.y) * height, (left.x - right.x) * width),
                    )
                )
        return squares

    def _mesh_of(self, view: Image.Image, face: _Square) -> Floats | None:
        """(478, 3) landmarks in the view's pixels; None if the mesh sees no face there.

        The second look is through a square around the landmarks of the first, which are surer
        than the detector's box; so do MediaPipe's own graphs with the frames of a video.
        """
        landmarks = self._mesh_in(view, face)
        if landmarks is None:
            return None
        return self._mesh_in(view, _around(landmarks, face))

    def _mesh_in(self, view: Image.Image, face: _Square) -> Floats | None:
        step = face.side * _MARGIN / _MESH_SIDE
        cos, sin = math.cos(face.angle) * step, math.sin(face.angle) * step
        half = _MESH_SIDE / 2
        # From the square's pixels to the view's: x' = a x + b y + c, y' = d x + e y + f.
        c, f = face.x - (cos - sin) * half, face.y - (sin + cos) * half
        square = _cut(view, (cos, -sin, c, sin, cos, f), step)
        answer = self._mesh.process({"image": np.asarray(square), "roi": self._whole}).landmarks
        if answer is None:
            return None
        points = np.array([(p.x, p.y, p.z) for p in answer.landmark], np.float64) * _MESH_SIDE
        x, y, z = points.T
        landmarks: Floats = np.empty((topology.LANDMARKS, 3), np.float32)
        landmarks[:, 0] = cos * x - sin * y + c
        landmarks[:, 1] = sin * x + cos * y + f
        landmarks[:, 2] = z * step
        return landmarks

    def _person(self, image: Image.Image) -> Floats:
        mask = self._segmentation.process(np.asarray(image)).segmentation_mask
        return np.array(mask, np.float32)


def _around(landmarks: Floats, face: _Square) -> _Square:
    """The square around a face that is upright for it."""
    right, left = landmarks[[topology.RIGHT_EYE_OUTER, topology.LEFT_EYE_OUTER], :2]
    angle = math.atan2(left[1] - right[1], left[0] - right[0])
    cos, sin = math.cos(angle), math.sin(angle)
    turned = landmarks[:, :2] @ np.array([[cos, -sin], [sin, cos]])
    low, high = turned.min(0), turned.max(0)
    x, y = (low + high) / 2
    return _Square(
        face.score, cos * x - sin * y, sin * x + cos * y, float((high - low).max()), angle
    )


def _looks(image: Image.Image) -> Iterator[_Look]:
    """The picture as it is, then what else helps; later ones are made only if they are needed."""
    yield _Look("plain", image)
    bright = ImageOps.autocontrast(image, cutoff=1)
    yield _Look("brightened", bright)
    smooth = image.filter(ImageFilter.GaussianBlur(max(image.size) / 64))
    yield _Look("smoothed", ImageOps.autocontrast(smooth, cutoff=1))
    for turned in (180, 90, 270):
        yield _Look("turned", _turn(bright, turned), turned)
    yield _Look("in parts", bright, parts=3)


def _windows(size: tuple[int, int], parts: int) -> list[tuple[int, int, int, int]]:
    """Overlapping rectangles, each a share of 1.5 / `parts` wide and high."""
    if parts == 1:
        return [(0, 0, *size)]
    spans = []
    for length in size:
        span = min(length, math.ceil(length * 1.5 / parts))
        spans.append([((length - span) * i // (parts - 1), span) for i in range(parts)])
    return [(x, y, x + w, y + h) for y, h in spans[1] for x, w in spans[0]]


def _distinct(squares: list[_Square]) -> list[_Square]:
    """Without those that a surer one covers, largest first."""
    kept: list[_Square] = []
    for square in sorted(squares, key=lambda s: -s.score):
        if all(_overlap(square.box, other.box) < _SAME for other in kept):
            kept.append(square)
    return sorted(kept, key=lambda s: -s.side)


def _overlap(one: Box, other: Box) -> float:
    """Share of the union that both cover."""
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (one.area + other.area - both)


def _cut(
    view: Image.Image, matrix: tuple[float, float, float, float, float, float], step: float
) -> Image.Image:
    """A (256, 256) square out of the view, mirrored nowhere, black beyond its edges."""
    shrink = max(1, int(step))
    if shrink > 1:  # a transform takes single pixels: average them before
        view = view.reduce(shrink)
        matrix = tuple(m / shrink for m in matrix)  # type: ignore[assignment]
    return view.transform(
        (_MESH_SIDE, _MESH_SIDE), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )


def _turn(image: Image.Image, clockwise: int) -> Image.Image:
    return image.transpose(_TURNS[clockwise]) if clockwise else image


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """The networks' runtimes write notes straight to file descriptor 2, whatever one sets."""
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
