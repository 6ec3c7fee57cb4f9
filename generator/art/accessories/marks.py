"""Marks on the skin: freckles, a mole, a scar."""

from __future__ import annotations

from generator.art.accessories.placement import open_side
from generator.art.canvas import Canvas, ellipse
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

# Offsets from the cheek's middle and radii: scattered by hand, an even grid looks like a rash.
_FRECKLES = (
    (-9.5, -2.0, 1.35), (-4.5, 2.4, 1.5), (-2.6, -3.6, 1.1), (1.8, 0.2, 1.45), (5.0, -4.2, 1.2),
    (7.2, 2.8, 1.4), (11.5, -1.6, 1.15), (0.6, 5.6, 1.1),
)  # fmt: skip


def freckles(canvas: Canvas, at: Frame) -> None:
    y = at.eye_y + at.eye_h + 7.0
    d = "".join(
        ellipse(CX + side * (at.eye_x - 1.0 + dx + 1.5 * at.spec.detail[3]), y + dy, r * 1.12, r)
        for side in (-1, 1)
        for dx, dy, r in _FRECKLES
    )
    with at.layer(canvas, 0.75):
        canvas.path(d, fill=Slot.SKIN_SHADE)
        canvas.path(d, fill=Slot.LINE, opacity=0.4)


def mole(canvas: Canvas, at: Frame) -> None:
    """A beauty spot under the outer corner of one eye."""
    side = open_side(at)
    x = CX + side * (at.eye_x + 7.0 + 3.0 * at.spec.detail[3])
    with at.layer(canvas, 0.7):
        canvas.ellipse(x, at.eye_y + at.eye_h + 5.5, 2.1, 2.1, fill=Slot.INK)


def scar(canvas: Canvas, at: Frame) -> None:
    """Across a cheek, or down through a brow."""
    side = open_side(at)
    x = CX + side * at.eye_x
    if at.spec.detail[0] > 0:
        y = at.eye_y + at.eye_h + (7.5 if at.chibi else 9.0)
        line = [(x - side * 9, y - 3.5), (x + side * 1, y + 0.6), (x + side * 12, y + 2.6)]
        across = [(-4.0, -1.6), (1.6, 0.8), (7.0, 2.0)]
        ticks = [[(x + side * dx - 1.2 * side, y + dy - 4), (x + side * dx + 0.8 * side, y + dy + 4)]
                 for dx, dy in across]  # fmt: skip
    else:
        top, low = at.brow_y - 11.0, at.eye_y + at.eye_h + 11.0
        bend = (top + low) / 2
        line = [(x + side * 9, top), (x + side * 5.5, bend), (x + side * 6.5, low)]
        ticks = [[(x + side * 1.5, low - 8), (x + side * 11, low - 6.5)]]
    with at.layer(canvas, 0.75):
        # Lip red reads on every skin, the outline colour not on a dark one.
        canvas.strand(line, 6.2, fill=Slot.SKIN_SHADE, taper=(0.1, 0.1))
        canvas.strand(line, 3.8, fill=Slot.LIP, taper=(0.1, 0.1))
        canvas.strand(line, 1.7, fill=Slot.LINE, opacity=0.7)
        for tick in ticks:
            canvas.strand(tick, 2.6, fill=Slot.LIP, taper=(0.2, 0.2))
            canvas.strand(tick, 1.3, fill=Slot.LINE, opacity=0.7)
