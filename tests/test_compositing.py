"""Backgrounds, grids and encoding."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from generator.compositing import BACKGROUNDS, BackgroundError, background, grid, png


@pytest.fixture
def figure() -> Image.Image:
    image = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(image).ellipse((16, 16, 48, 48), fill="#3366cc")
    return image


@pytest.mark.parametrize("name", [b for b in BACKGROUNDS if b != "transparent"])
def test_backgrounds_are_opaque_and_keep_the_figure(figure: Image.Image, name: str):
    first, again, other = (background(figure, name, seed=s) for s in (1, 1, 2))
    assert first.getchannel("A").getextrema() == (255, 255)
    assert first.getpixel((32, 32)) == (0x33, 0x66, 0xCC, 255)
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_colours_by_name_and_number(figure: Image.Image):
    assert background(figure, "#ffe4e1").getpixel((0, 0)) == (255, 228, 225, 255)
    assert background(figure, "mistyrose").getpixel((0, 0)) == (255, 228, 225, 255)
    assert background(figure, "transparent") is figure


def test_an_unknown_background_says_what_there_is(figure: Image.Image):
    with pytest.raises(BackgroundError, match="sakura"):
        background(figure, "moonbase")


@pytest.mark.parametrize(
    ("count", "size"), [(1, (64, 64)), (2, (136, 64)), (4, (136, 136)), (5, (208, 136))]
)
def test_grids_are_nearly_square(figure: Image.Image, count: int, size: tuple[int, int]):
    assert grid([figure] * count).size == size


def test_png_is_lossless_and_carries_nothing_else(figure: Image.Image):
    marked = figure.copy()
    marked.info["comment"] = "SECRET-WORDS"
    info = PngInfo()
    info.add_text("prompt", "SECRET-WORDS")
    data = png(marked)
    assert b"SECRET" not in data
    opened = Image.open(io.BytesIO(data))
    np.testing.assert_array_equal(np.asarray(opened), np.asarray(figure))
    assert not opened.info
