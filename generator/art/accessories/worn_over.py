"""What goes over or above the hair: headphones and the halo."""

from __future__ import annotations

from generator.art.accessories.placement import arch, crown_y, mirrored, nearer, xy
from generator.art.canvas import Canvas, smooth
from generator.art.frame import CX, Frame
from generator.art.palette import Slot


def headphones_band(canvas: Canvas, at: Frame) -> None:
    half = at.cheek + 16.0 - nearer(at, 7.0)
    d = smooth(arch(half, crown_y(at) - 2.0, at.eye_y - 14.0))
    with at.layer(canvas, 0.0):
        canvas.path(d, stroke=Slot.LINE, width=12.5)
        canvas.path(d, stroke=Slot.ACCESSORY, width=7.9)
        shine = arch(half - 1.5, crown_y(at) - 2.6, at.eye_y - 14.0, start=0.2, end=0.48)
        canvas.strand(shine, 2.6, fill=Slot.WHITE, opacity=0.6)


def headphones_shells(canvas: Canvas, at: Frame) -> None:
    """Padded shells over the ears."""
    y = at.eye_y + 1.0
    for side in (-1, 1):
        x = CX - at.cheek - 11.0 + nearer(at, 5.0)
        with at.layer(canvas, -0.05 - 0.25 * side * at.spec.turn), mirrored(canvas, side):
            pad = f"M{xy(x + 6, y - 21)}q9 3 9 21q0 18 -9 21q-6 0 -6 -21q0 -21 6 -21Z"
            canvas.path(pad, fill=Slot.INK, stroke=Slot.LINE, width=2.4)
            shell = (
                f"M{xy(x + 8, y - 23)}C{xy(x - 8, y - 25)} {xy(x - 15, y - 12)} {xy(x - 15, y)}"
                f"S{xy(x - 8, y + 25)} {xy(x + 8, y + 23)}"
                f"C{xy(x + 3, y + 12)} {xy(x + 3, y - 12)} {xy(x + 8, y - 23)}Z"
            )
            canvas.path(shell, fill=Slot.ACCESSORY)
            with canvas.group(clip=shell):
                canvas.ellipse(x + 4, y + 22, 18, 20, fill=Slot.ACCESSORY_SHADE)
            canvas.path(shell, stroke=Slot.LINE, width=2.4)
            canvas.ellipse(x - 5.5, y, 4.6, 8.6, fill=Slot.WHITE, stroke=Slot.LINE, width=1.8)
        sx = CX + side * (at.cheek + 15.0 - nearer(at, 5.0))
        with at.layer(canvas, -0.05 - 0.25 * side * at.spec.turn):
            canvas.strand([(sx - 4, y - 7), (sx - 3, y - 15), (sx + 2, y - 19)], 2.8,
                          fill=Slot.WHITE, opacity=0.6)  # fmt: skip


_HALO = (CX, 22.0, 43.0, 9.5)
_WIDE_HALO = (CX, 34.0, 62.0, 12.0)


def halo_back(canvas: Canvas, at: Frame) -> None:
    _halo(canvas, at, front=False)


def halo_front(canvas: Canvas, at: Frame) -> None:
    _halo(canvas, at, front=True)


def _halo(canvas: Canvas, at: Frame, *, front: bool) -> None:
    """Half of the ring each: the far one passes behind whatever is on the head."""
    # A pointed hat wears it around its cone.
    x, y, rx, ry = _WIDE_HALO if "witch_hat" in at.spec.accessories else _HALO
    d = f"M{xy(x - rx, y)}A{xy(rx, ry)} 0 0 {0 if front else 1} {xy(x + rx, y)}"
    with at.layer(canvas, 0.1):
        canvas.path(d, stroke=Slot.LINE, width=9.4)
        canvas.path(d, stroke=Slot.GOLD, width=5.4)
        if front:
            canvas.strand(
                [
                    (x - 0.88 * rx, y + 0.4 * ry),
                    (x - rx / 2, y + 0.78 * ry),
                    (x - rx / 7, y + 0.9 * ry),
                ],
                2.2,
                fill=Slot.WHITE,
            )
        else:
            canvas.path(d, stroke=Slot.LINE, width=5.4, opacity=0.15)
