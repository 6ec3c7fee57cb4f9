"""Faces through `load_reader`. Portraits are not in the repository: MOEMOJI_DATA names the folder
that has them in `portraits/`; without it those tests are skipped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generator.faces import FaceReader, Faces, load_reader
from generator.faces.topology import LANDMARKS, OUTLINES, REGIONS
from generator.photo import open_photo

pytest.importorskip("mediapipe")


@pytest.fixture(scope="module")
def reader() -> FaceReader:
    return load_reader()


@pytest.fixture(scope="module")
def portraits() -> list[Image.Image]:
    folder = os.environ.get("MOEMOJI_DATA")
    if not folder:
        pytest.skip("MOEMOJI_DATA names no folder of pictures")
    files = sorted((Path(folder) / "portraits").glob("*.jpg"))[::150]
    return [open_photo(file.read_bytes()) for file in files]


def test_no_face_is_no_error(reader: FaceReader) -> None:
    for size in ((64, 64), (320, 40), (300, 500)):
        page = Image.new("RGB", size, (90, 120, 160))
        ImageDraw.Draw(page).rectangle((10, 10, 30, 30), fill="white")
        faces = reader.read(page)
        assert faces.found == ()
        assert (faces.image, faces.turned, faces.attempt) == (page, 0, "")
        assert faces.person.shape == size[::-1]
        assert faces.person.dtype == np.float32


def test_drawing_from_prompts_never_pays_for_photos() -> None:
    code = (
        "import sys, generator.engine, generator.faces, generator.photo;"
        "print([m for m in ('mediapipe', 'cv2', 'jax', 'matplotlib', 'pillow_heif')"
        " if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_the_networks_keep_quiet(tmp_path: Path) -> None:
    code = (
        "from PIL import Image; from generator.faces import load_reader; r = load_reader();"
        "r.read(Image.new('RGB', (99, 64))); r.read(Image.new('RGB', (640, 480), 'white'))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_outlines_are_mediapipes_own() -> None:
    """Each edge of an outline joins two points that MediaPipe joins as well."""
    from mediapipe.python.solutions import face_mesh_connections as theirs

    names = {
        "face": "FACE_OVAL", "lips": "LIPS", "mouth": "LIPS", "right_eye": "RIGHT_EYE",
        "left_eye": "LEFT_EYE", "right_brow": "RIGHT_EYEBROW", "left_brow": "LEFT_EYEBROW",
        "right_iris": "RIGHT_IRIS", "left_iris": "LEFT_IRIS",
    }  # fmt: skip
    assert set(names) == set(REGIONS)
    for region, name in names.items():
        joined = {frozenset(edge) for edge in getattr(theirs, f"FACEMESH_{name}")}
        outline = OUTLINES[region]
        edges = [frozenset(e) for e in zip(outline, (*outline[1:], outline[0]), strict=True)]
        # A brow is two open lines there: ours closes them at both ends.
        open_ends = 2 if region.endswith("brow") else 0
        assert sum(edge not in joined for edge in edges) == open_ends, region


def place(faces: Faces) -> np.ndarray:
    return faces.found[0].landmarks[:, :2].mean(0)


def test_a_portrait(reader: FaceReader, portraits: list[Image.Image]) -> None:
    for image in portraits:
        faces = reader.read(image)
        assert len(faces.found) == 1
        face = faces.found[0]
        assert face.landmarks.shape == (LANDMARKS, 3)
        assert face.score > 0.8
        assert max(abs(face.yaw), abs(face.pitch), abs(face.roll)) < 40
        right, left = face.iris("right"), face.iris("left")
        assert face.box.left < right.x < left.x < face.box.right
        assert 0.02 < right.radius / face.box.width < 0.08
        areas = {region: faces.mask(face, region).sum() for region in REGIONS}
        assert areas["face"] > areas["lips"] > areas["mouth"]
        assert not (faces.mask(face, "lips") & ~faces.mask(face, "face")).any()
        inside = faces.mask(face, "face")
        assert faces.person[inside].mean() > 0.9
        assert faces.person[:20, :20].mean() < 0.5


def test_the_same_picture_is_read_the_same(
    reader: FaceReader, portraits: list[Image.Image]
) -> None:
    other = load_reader()
    for image in portraits:
        readings = [reader.read(image), other.read(image), reader.read(image)]
        for again in readings[1:]:
            assert np.array_equal(readings[0].found[0].landmarks, again.found[0].landmarks)
            assert np.array_equal(readings[0].person, again.person)


def test_a_mirrored_head_looks_the_other_way(
    reader: FaceReader, portraits: list[Image.Image]
) -> None:
    for image in portraits:
        face = reader.read(image).found[0]
        mirror = reader.read(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)).found[0]
        assert mirror.yaw == pytest.approx(-face.yaw, abs=6)
        assert mirror.roll == pytest.approx(-face.roll, abs=4)
        assert mirror.pitch == pytest.approx(face.pitch, abs=6)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_lying_pictures_are_set_upright(
    reader: FaceReader, portraits: list[Image.Image], turned: int
) -> None:
    undo = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180,
            270: Image.Transpose.ROTATE_270}  # fmt: skip
    for image in portraits:
        upright = reader.read(image)
        faces = reader.read(image.transpose(undo[turned]))
        assert faces.turned == turned
        assert faces.image.size == image.size
        assert np.abs(place(faces) - place(upright)).max() < 3


def test_a_tilted_head(reader: FaceReader, portraits: list[Image.Image]) -> None:
    for image in portraits:
        straight = reader.read(image).found[0].roll
        tilted = reader.read(image.rotate(-30, expand=True)).found[0].roll
        assert tilted == pytest.approx(straight + 30, abs=4)


def test_several_faces_come_largest_first(reader: FaceReader, portraits: list[Image.Image]) -> None:
    one, two, three = portraits[:3]
    page = Image.new("RGB", (700, 400), (128, 128, 128))
    page.paste(one.reduce(2), (0, 50))
    page.paste(two.resize((300, 367)), (120, 20))
    page.paste(three, (440, 60))
    found = reader.read(page).found
    assert len(found) == 3
    assert [face.box.area for face in found] == sorted((f.box.area for f in found), reverse=True)
    assert [max(x for x in (0, 120, 440) if x < f.box.left + 5) for f in found] == [120, 440, 0]
