"""Bows and stars, drawn around the origin."""

from __future__ import annotations

from generator.art.accessories.placement import ring
from generator.art.canvas import Canvas
from generator.art.palette import Slot

_LOOP = "M-2 -3C-11 -17 -27 -22 -33 -15C-38 -7 -37 9 -31 14C-23 18 -10 11 -2 5Z"
_FOLD = "M-2 4C-12 6 -24 5 -36 -1C-36 7 -34 12 -31 14C-23 18 -10 11 -2 5Z"
_TAIL = "M-3 2C-10 11 -15 21 -23 29L-13 29.5L-9 37C-3 26 2 14 4 4Z"


def bow(canvas: Canvas, *, tails: bool = True, width: float = 2.4) -> None:
    """A soft bow in the accessory colour, 36 units to either side."""
    for flip in ("", "scale(-1 1)"):
        with canvas.group(transform=flip):
            if tails:
                canvas.path(_TAIL, fill=Slot.ACCESSORY_SHADE, stroke=Slot.LINE, width=width)
    for flip in ("", "scale(-1 1)"):
        with canvas.group(transform=flip):
            canvas.path(_LOOP, fill=Slot.ACCESSORY)
            canvas.path(_FOLD, fill=Slot.ACCESSORY_SHADE)
            canvas.strand([(-30, -12), (-22, -15), (-13, -10)], 3.6, fill=Slot.WHITE, opacity=0.45)
            canvas.path(_LOOP, stroke=Slot.LINE, width=width)
            canvas.strand([(-5, 0), (-13, -2), (-20, -1)], 2.0, fill=Slot.LINE, taper=(0.7, 0.0))
    knot = "M-6 -5Q0 -8.5 6 -5Q8.5 1 6 7Q0 10 -6 7Q-8.5 1 -6 -5Z"
    canvas.path(knot, fill=Slot.ACCESSORY, stroke=Slot.LINE, width=width)
    canvas.ellipse(-2, -2.2, 2.4, 1.7, fill=Slot.WHITE, opacity=0.5)


def star(x: float, y: float, outer: float, *, plump: float = 0.55, turn: float = 0.0) -> str:
    """Path data of a five-pointed star; `plump` is the notches' share of the radius."""
    tips = ring(x, y, outer, 5, phase=-1.5708 + turn)
    notches = ring(x, y, outer * plump, 5, phase=-0.9425 + turn)
    points = [p for pair in zip(tips, notches, strict=True) for p in pair]
    return "M" + "L".join(f"{px:.2f} {py:.2f}" for px, py in points) + "Z"
