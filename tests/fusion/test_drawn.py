"""Drawn faces are told from photographed ones, in both of which MediaPipe finds a face."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

# The repository's root, for "tests.e2e...".
sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.art.figure import draw
from generator.compositing import background
from generator.faces import load_reader
from generator.fusion.drawn import looks_drawn
from generator.photo import open_photo
from generator.wish import Wish
from tests.e2e.people_in_photos import DARK, FAIR, photo

pytest.importorskip("mediapipe")


def test_drawn_faces_are_drawn():
    told = []
    for seed in range(8):
        figure = background(draw(Wish(style="moe").complete(seed), 512), "#fdf3f4").convert("RGB")
        faces = load_reader().read(figure)
        if faces.found:
            told.append(looks_drawn(faces.image, faces.found[0]))
    assert len(told) >= 6
    assert sum(told) >= len(told) - 1


@pytest.mark.parametrize("person", [FAIR, DARK])
def test_people_are_not(person):
    faces = load_reader().read(open_photo(photo(person)))
    (face,) = faces.found
    out = io.BytesIO()
    faces.image.point(lambda level: level // 3).save(out, "JPEG", quality=60)
    for image in (
        faces.image,
        faces.image.filter(ImageFilter.GaussianBlur(4)),
        Image.open(out).convert("RGB"),
        Image.new("RGB", faces.image.size, "white"),
    ):
        assert not looks_drawn(image, face)
