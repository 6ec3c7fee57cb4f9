"""The pictures that styles are shown on, and the sheets."""

from __future__ import annotations

import numpy as np
import pytest

from generator.style.still_life import still_life

pytest.importorskip("skia")
from generator.style.contact import contact_sheet, ours, small
from generator.style.stylizer import Stylizer


def test_a_still_life_has_fruit_a_vase_and_shadows():
    picture = still_life(96)
    assert picture.size == (96, 96)
    pixels = np.asarray(picture, int)
    assert np.array_equal(pixels, np.asarray(still_life(96)))
    red, green, blue = pixels[25:70].reshape(-1, 3).T
    apple = (red > 2 * green) & (red > 2 * blue)
    vase = (blue > 1.3 * red) & (blue > green)
    assert apple.sum() > 100
    assert vase.sum() > 100
    shadow, light = pixels[70, 66:72].mean(), pixels[74, 66:72].mean()  # the same squares of cloth
    assert shadow < 0.6 * light


def test_a_sheet_has_a_line_for_each_style_and_few_colours(stylizer: Stylizer):
    pictures = [picture.resize((64, 64)) for picture in ours()]
    page = contact_sheet(pictures, stylizer)
    lines = -(-(1 + len(stylizer.names)) // 2)
    assert page.width == 2 * len(pictures) * 160
    assert page.height == lines * (160 + 18)
    reduced = small(page)
    assert reduced.mode == "P"
    apart = np.asarray(reduced.convert("RGB"), float) - np.asarray(page, float)
    assert np.abs(apart).mean() < 16
