"""Expressions can be told apart at the size of a chat's emoji, on light and on dark skin."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from generator.art.figure import draw
from generator.spec import VOCABULARY, AvatarSpec

pytest.importorskip("skia")
LOOKS = (
    {"skin": "fair", "hair_colour": "orange"},
    {"skin": "ebony", "hair_colour": "black"},
)


@pytest.mark.parametrize("style", VOCABULARY["style"])
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look["skin"])
def test_expressions_differ_at_64_pixels(style, look):
    pictures = {}
    for name in VOCABULARY["expression"]:
        spec = AvatarSpec(style=style, expression=name, fringe="none", hair="short_crop", **look)
        pixels = np.asarray(draw(spec, 64).convert("RGB"), np.float64)
        pictures[name] = pixels[16:52, 12:52]  # the face
    for one, other in combinations(pictures, 2):
        distance = np.abs(pictures[one] - pictures[other]).max(axis=2)
        # How many pixels of the face change visibly.
        assert (distance > 16).sum() >= 6, (one, other)
