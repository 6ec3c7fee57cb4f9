"""Hair: what lies behind the body, and what frames the face.

A silhouette is two drawing functions; fringes are shared by all silhouettes that have one.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas
from generator.art.frame import Frame
from generator.art.hair import dressed, textured

Draw = Callable[[Canvas, Frame], None]

BACK: dict[str, Draw] = {**dressed.BACK, **textured.BACK}
"""Silhouette -> what is drawn behind neck, clothes and face."""
FRONT: dict[str, Draw] = {**dressed.FRONT, **textured.FRONT}
"""Silhouette -> what is drawn over face and shoulders, the fringe included."""


def draw_back(canvas: Canvas, at: Frame) -> None:
    if draw := BACK.get(at.spec.hair):
        draw(canvas, at)


def draw_front(canvas: Canvas, at: Frame) -> None:
    if draw := FRONT.get(at.spec.hair):
        draw(canvas, at)
