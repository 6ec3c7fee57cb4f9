"""Marks on the skin: freckles, a mole, a scar."""

from __future__ import annotations

from generator.art.accessories.placement import face_half, open_side
from generator.art.canvas import Canvas, Point, ellipse
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

DEPTH, MOLE_DEPTH = 0.75, 0.7
"""Of marks, as in `Frame.head`."""
# Offsets from the cheek's middle and radii: scattered by hand, an even grid looks like a rash.
_FRECKLES = (
    (-9.5, -2.0, 1.35), (-4.5, 2.4, 1.5), (-2.6, -3.6, 1.1), (1.8, 0.2, 1.45), (5.0, -4.2, 1.2),
    (7.2, 2.8, 1.4), (11.5, -1.6, 1.15), (0.6, 5.6, 1.1),
)  # fmt: skip


def freckles(canvas: Canvas, at: Frame) -> None:
    x, y = freckled(at)
    flat = 0.7 if at.chibi else 1.0
    d = "".join(
        ellipse(CX + side * (x + dx), y + dy * flat, r * 1.12, r)
        for side in (-1, 1)
        for dx, dy, r in _FRECKLES
    )
    with at.layer(canvas, DEPTH), canvas.feature("marks"):
        canvas.path(d, fill=Slot.SKIN_SHADE)
        canvas.path(d, fill=Slot.LINE, opacity=0.4)


def mole(canvas: Canvas, at: Frame) -> None:
    """A beauty spot under the outer corner of one eye."""
    x, y = spotted(at)
    with at.layer(canvas, MOLE_DEPTH), canvas.feature("marks"):
        canvas.ellipse(CX + open_side(at) * x, y, 2.9, 2.9, fill=Slot.INK)


def freckled(at: Frame) -> Point:
    """The middle of the right cheek's freckles, from the axis."""
    y = cheek_y(at, 7.0)
    return min(at.eye_x - 1.0 + 1.5 * at.spec.detail[3], face_half(at, y + 3) - 14.5), y


def spotted(at: Frame) -> Point:
    """Where a mole is if it is on the right cheek, from the axis."""
    y = cheek_y(at, 5.5)
    return min(at.eye_x + 7.0 + 3.0 * at.spec.detail[3], face_half(at, y) - 7.0), y


def on_cheek(at: Frame) -> bool:
    """Whether a scar lies across a cheek; else it goes down through a brow."""
    return at.spec.detail[0] > 0


def scarred(at: Frame) -> Point:
    """The middle of a scar on the right cheek, from the axis."""
    y = cheek_y(at, 7.5 if at.chibi else 9.0)
    return min(at.eye_x, face_half(at, y + 3) - 15.0), y


def cut(at: Frame) -> tuple[float, float]:
    """The heights of the upper and the lower end of a scar through a brow."""
    return at.brow_y - 11.0, cheek_y(at, 15.0) + 2.0


def cheek_y(at: Frame, below: float) -> float:
    """`below` the eyes, but on the cheek however large and low they are."""
    return min(at.eye_y + at.eye_h + below, at.chin_y - (12.0 if at.chibi else 15.0))


def scar(canvas: Canvas, at: Frame) -> None:
    """Across a cheek, or down through a brow."""
    side = open_side(at)
    x = CX + side * at.eye_x
    if on_cheek(at):
        x, y = scarred(at)
        x = CX + side * x
        lines = [[(x - side * 9, y - 3.5), (x + side * 1, y + 0.6), (x + side * 12, y + 2.6)]]
        ticks = [
            [(x + side * (dx - 1.2), y + dy - 4), (x + side * (dx + 0.8), y + dy + 4)]
            for dx, dy in ((-4.0, -1.6), (1.6, 0.8), (7.0, 2.0))
        ]
    else:  # in two pieces: it spares the eye between them
        top, low = cut(at)
        lid, under = at.eye_y - at.eye_h - 2.0, min(at.eye_y + at.eye_h + 0.5, low - 8.0)
        lines = [
            [(x + side * 9, top), (x + side * 6.5, (top + lid) / 2), (x + side * 6, lid)],
            [(x + side * 6, under), (x + side * 6.8, low)],
        ]
        ticks = [
            [(x + side * 2.5, low - 6.5), (x + side * 11, low - 5)],
            [(x + side * 3.5, at.brow_y - 6), (x + side * 12, at.brow_y - 4.5)],
        ]
    with at.layer(canvas, DEPTH), canvas.feature("marks"):
        # Lip red reads on every skin, the outline colour not on a dark one.
        for line in lines:
            canvas.strand(line, 7.4, fill=Slot.SKIN_SHADE, taper=(0.1, 0.1))
            canvas.strand(line, 4.6, fill=Slot.LIP, taper=(0.1, 0.1))
            canvas.strand(line, 1.7, fill=Slot.LINE, opacity=0.7)
        for tick in ticks:
            canvas.strand(tick, 2.6, fill=Slot.LIP, taper=(0.2, 0.2))
            canvas.strand(tick, 1.3, fill=Slot.LINE, opacity=0.7)
