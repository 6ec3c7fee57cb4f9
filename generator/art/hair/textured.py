from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame

BACK: dict[str, Callable[[Canvas, Frame], None]] = {}
FRONT: dict[str, Callable[[Canvas, Frame], None]] = {}
