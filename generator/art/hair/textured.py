"""Registry of the short, coily, roped and covered silhouettes."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame
from generator.art.hair import coily

BACK: dict[str, Callable[[Canvas, Frame], None]] = {
    "afro": coily.afro_back,
    "curly": coily.curly_back,
}
FRONT: dict[str, Callable[[Canvas, Frame], None]] = {
    "afro": coily.afro_front,
    "curly": coily.curly_front,
}
