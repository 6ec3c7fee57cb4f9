"""Registry of combed, tied and braided silhouettes."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame
from generator.art.hair import loose, plaited, tied

BACK: dict[str, Callable[[Canvas, Frame], None]] = {
    **dict.fromkeys(loose.FALLS, loose.draw_back),
    **tied.BACK,
    **plaited.BACK,
}
FRONT: dict[str, Callable[[Canvas, Frame], None]] = {
    **dict.fromkeys(loose.FALLS, loose.draw_front),
    **tied.FRONT,
    **plaited.FRONT,
}
