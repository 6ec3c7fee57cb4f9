"""Short cuts that share the common fringes: pixie, wolf cut, short crop, undercut."""

from __future__ import annotations

from generator.art.canvas import Canvas, Point
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks
from generator.art.hair.locks import Strip
from generator.art.hair.shapes import hairline, jitter, side
from generator.art.palette import Slot


def _both(
    at: Frame, table: tuple[tuple[tuple[Point, ...], float], ...], *, length: float = 0.0, k: int = 0
) -> list[Strip]:
    """Locks on both sides; each is points (x from the axis, y) and a width.

    `length` moves tips downwards, in units, and the points before them by a share of it.
    """
    strips: list[Strip] = []
    for i, (points, width) in enumerate(table):
        for s in (-1, 1):
            last = len(points) - 1
            way = []
            for n, (x, y) in enumerate(points):
                t = n / last
                way.append(
                    (CX + s * (x + 2.5 * t * jitter(at, i + 3 * s, k)),
                     y + t * t * (length + 3.0 * jitter(at, i + 2 * s, k + 1)))
                )  # fmt: skip
            strips.append(locks.lock(way, width))
    return strips


_PIXIE_BACK = (
    (((48, 90), (76, 130), (72, 162), (58, 182)), 30.0),
    (((36, 100), (60, 145), (56, 176), (40, 194)), 30.0),
    (((20, 110), (34, 150), (32, 184), (20, 200)), 28.0),
)  # fmt: skip
_PIXIE_SIDE = (
    (((60, 84), (74, 112), (73, 142), (60, 164)), 21.0),
    (((56, 86), (66, 112), (64, 134), (53, 152)), 16.0),
)


def pixie_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 185)
    with at.layer(canvas, locks.BACK_DEPTH):
        strips = _both(at, _PIXIE_BACK, length=8 * at.spec.hair_length, k=1)
        locks.clump(canvas, strips, tone, fill=tone.shade)


def pixie_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 100, 160)
    with at.layer(canvas, locks.SIDE_DEPTH):
        for strips in _pairs(_both(at, _PIXIE_SIDE, length=6 * at.spec.hair_length)):
            locks.clump(canvas, strips, tone, width=2.3)
    fringes.draw(canvas, at, locks.tones(canvas, at, 75, 140), fluff=1.2, lift=4)


def _pairs(strips: list[Strip]) -> tuple[list[Strip], list[Strip]]:
    """The locks of the left and of the right side."""
    return strips[0::2], strips[1::2]


_WOLF_BACK = (
    (((40, 90), (72, 140), (70, 190), (88, 226)), 34.0),
    (((56, 90), (82, 136), (82, 172), (98, 198)), 30.0),
    (((24, 110), (48, 160), (50, 204), (64, 238)), 32.0),
    (((10, 120), (22, 170), (26, 210), (36, 240)), 30.0),
)  # fmt: skip
_WOLF_SIDE = (
    (((58, 84), (76, 120), (74, 158), (88, 186)), 24.0),
    (((60, 80), (78, 110), (82, 136), (97, 154)), 22.0),
    (((56, 84), (67, 118), (64, 150), (70, 178)), 17.0),
)  # fmt: skip


def wolf_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 130, 225)
    with at.layer(canvas, locks.BACK_DEPTH):
        strips = _both(at, _WOLF_BACK, length=16 * at.spec.hair_length, k=1)
        locks.clump(canvas, strips, tone, fill=tone.shade)


def wolf_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 180)
    with at.layer(canvas, locks.SIDE_DEPTH):
        for strips in _pairs(_both(at, _WOLF_SIDE, length=10 * at.spec.hair_length)):
            locks.clump(canvas, strips, tone, width=2.3)
    fringes.draw(canvas, at, locks.tones(canvas, at, 75, 150), extra=0.3, fluff=2.0)


_CROP_BACK = (
    (((48, 96), (68, 128), (64, 150), (57, 168)), 24.0),
    (((30, 110), (48, 150), (44, 172), (36, 184)), 26.0),
    (((12, 120), (24, 160), (22, 178), (14, 188)), 24.0),
)  # fmt: skip


def crop_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 185)
    with at.layer(canvas, locks.BACK_DEPTH):
        strips = _both(at, _CROP_BACK, length=6 * at.spec.hair_length, k=1)
        locks.clump(canvas, strips, tone, fill=tone.shade)


def crop_front(canvas: Canvas, at: Frame) -> None:
    with at.layer(canvas, 0.25, clip=at.face_outline()):
        _sideburns(canvas, at, 138.0)
    fringes.draw(canvas, at, locks.tones(canvas, at, 75, 140), extra=-0.2, fluff=0.9, lift=13)


def _sideburns(canvas: Canvas, at: Frame, y: float) -> None:
    for s in (-1, 1):
        x = CX + s * (at.cheek + 2)
        canvas.path(
            f"M{x} 100L{x - s * 12} 104Q{x - s * 10} {y - 14} {x - s * 5} {y}Q{x - s * 1} {y + 2} {x + s * 4} {y - 4}Z",
            fill=Slot.HAIR_SHADE, stroke=Slot.LINE, width=1.6,
        )  # fmt: skip


def undercut_front(canvas: Canvas, at: Frame) -> None:
    with at.layer(canvas, 0.25, clip=at.face_outline()):
        _shaved(canvas, at)
    tone = locks.tones(canvas, at, 60, 120)
    with at.layer(canvas, locks.FRONT_DEPTH):
        locks.clump(canvas, _swept_top(at), tone, width=2.5)


def _shaved(canvas: Canvas, at: Frame) -> None:
    for s in (-1, 1):
        x = CX + s * (at.cheek + 6)
        canvas.path(
            f"M{CX} 40L{CX} 84L{CX + s * 44} 92Q{CX + s * 50} 112 {CX + s * 50} 122"
            f"Q{CX + s * 55} 126 {CX + s * 54} 142Q{CX + s * 58} 148 {x} 144L{x} 40Z",
            fill=Slot.HAIR_SHADE, opacity=0.62,
        )  # fmt: skip


def _swept_top(at: Frame) -> list[Strip]:
    s = side(at)
    v = 5 * at.spec.hair_volume
    out: list[Strip] = []
    for i, (x0, y0, x1, y1, u) in enumerate((
        (-30, 60, 10, 26, 1.12), (-38, 66, 0, 32, 1.06), (-44, 76, -10, 42, 0.9), (-48, 84, -24, 52, 0.6),
        (-50, 90, -36, 60, 0.25), (-52, 94, -46, 70, -0.2),
    )):  # fmt: skip
        tip = hairline(at, s * min(u, 1.0))
        tx = CX + s * (62 * u + 2 * jitter(at, i, 1))
        ty = tip[1] + 4 * jitter(at, i, 2) + (0 if u < 1 else -10)
        mid = (CX + s * (x1 + (tx - CX) * s) * 0.62, y1 - v + 16)
        out.append(
            locks.lock(
                [(CX + s * x0, y0), (CX + s * x1, y1 - v), mid, (tx, ty)], 34, root=0.6
            )
        )
    return out
