"""Silhouettes of combed, tied and braided hair."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame
from generator.art.hair import loose, tied

BACK: dict[str, Callable[[Canvas, Frame], None]] = {
    **{name: loose.draw_back for name in loose.FALLS},
    **tied.BACK,
}
FRONT: dict[str, Callable[[Canvas, Frame], None]] = {
    **{name: loose.draw_front for name in loose.FALLS},
    **tied.FRONT,
}
