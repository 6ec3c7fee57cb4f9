"""Eyebrows."""

from __future__ import annotations

from generator.art.canvas import Canvas
from generator.art.features.poses import BrowPose
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

DEPTH = 0.75


def draw(
    canvas: Canvas, at: Frame, pose: BrowPose, *, core: float = 0.5, share: float = 1.0
) -> None:
    """Both brows: a dark brush stroke with a core of hair colour, which is what shows of white
    brows on dark skin. `core` is its share of the width; `share` thins the whole brow."""
    spec = at.spec
    boyish = {"girl": 0.0, "neutral": 0.35, "boy": 1.0}[spec.presentation]
    width = (3.3 + 2.5 * boyish) * (1 + 0.35 * spec.brow_weight) * pose.weight
    if spec.age == "elder":
        width += 0.9 + 0.8 * boyish
    width *= share * (1.05 + 0.25 * boyish if at.chibi else 1.0)
    odd = -1 if spec.detail[2] < 0 else 1
    reach = at.eye_w * (0.80 if at.chibi else 0.96)
    arch = (4.6 - 2.0 * boyish) + pose.arch
    for side in (-1, 1):
        away = spec.turn * side
        x = at.eye_x + 1.0 - pose.close - 1.8 * away
        half = reach * (1 - 0.10 * away)
        y = at.brow_y - pose.lift - (pose.odd if side == odd else 0.0)
        slant = pose.slant + 0.9 * boyish
        points = [
            (CX + side * (x + t * half), y + bend * arch - t * slant)
            for t, bend in ((-1.0, 0.35), (-0.35, -0.35), (0.35, -0.45), (1.0, 0.55))
        ]
        # Full at the nose, pointed at the temple.
        canvas.strand(points, width, fill=Slot.LINE, taper=(0.55, 0.0))
        if core:
            canvas.strand(points, width * core, fill=Slot.HAIR, taper=(0.3, 0.0))
