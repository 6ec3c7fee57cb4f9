"""Silhouettes of combed, tied and braided hair."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame
from generator.art.hair import fringes

NAMES = (
    "bob", "medium", "long_straight", "long_wavy", "hime", "high_ponytail", "low_ponytail",
    "side_ponytail", "twintails", "low_twintails", "twin_braids", "side_braid", "double_buns",
    "top_bun", "drills",
)  # fmt: skip
BACK: dict[str, Callable[[Canvas, Frame], None]] = {}
FRONT: dict[str, Callable[[Canvas, Frame], None]] = {
    name: (lambda canvas, at: fringes.draw(canvas, at)) for name in NAMES
}
