"""Tears, blush lines, veins and the other signs of manga."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas, Point, Stop, ellipse, fmt, smooth
from generator.art.features import irises, mouths
from generator.art.features.eyes import Eye
from generator.art.features.paths import pairs
from generator.art.features.poses import Effect
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

DEPTH = 0.8
SKIN_DEPTH = 0.25
"""Of what must end at the face's outline."""
OVER_HAIR: frozenset[Effect] = frozenset({"vein", "sweat", "sparkles", "hearts", "gloom"})
VEIN = (40.0, 84.0)
"""Its middle, from the axis and as if on the right."""
_HEARTS = ((48.0, 86.0, 10.5, 16), (62.0, 112.0, 6.2, -10))
"""Middle (as a vein's), size and degrees of each."""
_SPARKLES = ((-1, 27.0, -27.0, 8.0), (1, 25.0, -32.0, 10.0), (1, 31.0, -14.0, 4.6))
"""Side, place from that eye's middle, and size of each."""
GLOOM = 92.0
"""Where the lines of dread begin."""


def draw(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye], effect: Effect) -> None:
    _EFFECTS[effect](canvas, at, eyes)


def side(at: Frame) -> int:
    """The side of what is on one only: 1 right, -1 left."""
    return -1 if at.spec.detail[3] < 0 else 1


def _drop(canvas: Canvas, x: float, y: float, r: float, lean: float = 0.0) -> None:
    """A drop hanging from its point at (x, y)."""
    bottom = y + 3.4 * r
    low, top = bottom - r, (x + lean, y)
    d = (
        f"M{pairs(top)}C{pairs((x + 0.3 * r, y + 1.2 * r), (x + r, y + 1.5 * r), (x + r, low))}"
        f"A{fmt(r)} {fmt(r)} 0 1 1 {pairs((x - r, low))}"
        f"C{pairs((x - r, y + 1.5 * r), (x - 0.3 * r, y + 1.2 * r), top)}Z"
    )
    canvas.path(d, fill=Slot.WATER, stroke=Slot.LINE, width=1.3)
    canvas.ellipse(x - 0.34 * r, bottom - 1.2 * r, 0.26 * r, 0.40 * r, fill=Slot.WHITE)


def _tears(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    for eye in eyes:
        x, y = eye.p(0.46, 0.86)
        pool = [eye.p(0.86, 0.48), eye.p(0.5, 0.80), eye.p(0.0, 0.94), eye.p(-0.4, 0.84)]
        canvas.path(smooth(pool), stroke=Slot.WATER, width=3.2)
        end = y + 0.62 * (at.chin_y - y)
        mid, low = x + eye.side * 2.0, end - 2
        left, right = (mid - 4.6, low), (mid + 4.6, low)
        d = (
            f"M{pairs((x - 3.2, y))}C{pairs((mid - 3, y + 6), (mid - 5, low - 4), left)}"
            f"A4.6 4.6 0 0 0 {pairs(right)}"
            f"C{pairs((mid + 5, low - 4), (mid + 3, y + 6), (x + 3.2, y))}Z"
        )
        canvas.path(d, fill=Slot.WATER, stroke=Slot.LINE, width=1.2, opacity=0.95)
        canvas.strand(
            [(mid - 0.8, y + 3), (mid - 2.2, end - 3)],
            2.0,
            fill=Slot.WHITE,
            taper=(0.2, 0.8),
        )


def _streams(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    """Two falls of water from shut eyes to the jaw, and drops that fly off."""
    for eye in eyes:
        with canvas.group(clip=at.face_outline()):
            (ax, ay), (bx, by) = eye.p(-0.52, 0.14), eye.p(0.62, 0.34)
            end, s = at.chin_y + 4, eye.side
            outer = ((bx + 4 * s, by + 12), (bx + 2 * s, end - 14), (bx + 3 * s, end))
            inner = ((ax + 2 * s, end - 14), (ax + 3 * s, ay + 14), (ax, ay))
            d = (
                f"M{pairs((ax, ay), (bx, by))}C{pairs(*outer)}"
                f"L{pairs((ax + s, end))}C{pairs(*inner)}Z"
            )
            canvas.path(d, fill=Slot.WATER, stroke=Slot.LINE, width=1.3)
            for u, width in ((-0.12, 3.4), (0.34, 2.2)):
                x, y = eye.p(u, 0.42)
                canvas.strand(
                    [(x, y), (x + 2 * s, y + 12), (x + 2 * s, end)], width, fill=Slot.WHITE,
                    taper=(0.1, 1.0), opacity=0.85,
                )  # fmt: skip
        x, y = eye.p(1.18, -0.55)
        _drop(canvas, x, y, 2.6, lean=-1.5 * eye.side)


def _blush_lines(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    for eye in eyes:
        y = at.eye_y + at.eye_h + 5.0
        for i in (-1, 0, 1):
            x = eye.x + eye.side * 9.0 + 5.2 * i
            canvas.strand(
                [(x + 2.2, y - 3.6), (x - 2.2, y + 4.2)], 2.3, fill=Slot.RED, taper=(0.3, 0.2)
            )


def _puff(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    """Cheeks full of air."""
    for eye in eyes:
        s = eye.side
        x, y = CX + s * (at.jaw - 12.0), at.mouth_y - 1.0
        with (
            canvas.group(clip=at.face_outline()),
            canvas.group(transform=f"translate({x:.2f} {y:.2f}) scale(1 .8)"),
        ):
            glow = canvas.radial(0, 0, 14, [Stop(0, Slot.BLUSH, 0.8), Stop(1, Slot.BLUSH, 0)])
            canvas.ellipse(0, 0, 14, 14, fill=glow)
        if not at.chibi:
            bulge = [(x - s * 8.5, y - 7), (x - s * 11, y), (x - s * 8, y + 7)]
            canvas.strand(bulge, 1.8, fill=Slot.LINE, opacity=0.7)
        for dy in (-3.5, 1.5):
            canvas.strand(
                [(x + 2.4, y + dy - 2), (x - 2.4, y + dy + 2)], 1.9, fill=Slot.RED, opacity=0.8
            )


def _bubble(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    """The bubble that hangs on a sleeper's nose."""
    s = side(at)
    r = 8.0 if at.chibi else 9.5
    x, y = CX + s * (r + 1.5), at.nose_y + r * 0.35
    canvas.path(ellipse(x, y, r, r * 0.94), fill=Slot.WATER, opacity=0.72)
    canvas.path(ellipse(x, y, r, r * 0.94), stroke=Slot.LINE, width=1.5)
    canvas.ellipse(x - 0.36 * r, y - 0.34 * r, 0.22 * r, 0.28 * r, fill=Slot.WHITE)


def _drool(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    s = mouths.scale(at)
    _drop(canvas, CX - side(at) * 3.4 * s, at.mouth_y + 2.4 * s, 2.3 * s, lean=0.5)


def _pallor(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    """The upper face goes dark with dread."""
    top, low = 46.0, at.eye_y + 0.9 * at.eye_h
    stops = [Stop(0, Slot.WATER, 0), Stop(0.4, Slot.INK, 0.42), Stop(1, Slot.WATER, 0)]
    veil = canvas.linear(CX, top, CX, low, stops)
    canvas.path(at.face_outline(), fill=veil)


def _gloom(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    """Vertical lines of dread on forehead and fringe."""
    for i in range(-4, 5):
        if abs(i) < 1:
            continue
        x, top = CX + i * 11.0, GLOOM - abs(i)
        length = 24.0 + 2.5 * abs(i) + (6.0 if i % 2 else -3.0)
        canvas.strand(
            [(x, top), (x, top + length)], 2.3, fill=Slot.INK, taper=(0.2, 0.1), opacity=0.7
        )


def _vein(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    """The cross of a popping vein: four bent strokes around an empty middle."""
    s = side(at)
    with canvas.group(transform=f"translate({CX + s * VEIN[0]:.2f} {VEIN[1]}) rotate({s * 12})"):
        for angle in (0, 90, 180, 270):
            with canvas.group(transform=f"rotate({angle})"):
                canvas.strand(
                    [(3, -13), (3.4, -4), (4, -3.4), (13, -3)],
                    6.2,
                    fill=Slot.WHITE,
                    taper=(0.4, 0.4),
                )
        for angle in (0, 90, 180, 270):
            with canvas.group(transform=f"rotate({angle})"):
                canvas.strand(
                    [(3, -12.5), (3.6, -4.4), (4.4, -3.6), (12.5, -3)],
                    3.6,
                    fill=Slot.RED,
                    taper=(0.3, 0.3),
                )


def _sweat(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    x, y = sweating(at)
    with canvas.group(transform=f"translate({CX} 0) scale({side(at)} 1)"):
        _drop(canvas, x, y, 4.6, lean=-1.2)


def sweating(at: Frame) -> Point:
    """The point of a drop of sweat, from the axis and as if on the right."""
    return at.cheek - 8, at.eye_y - at.eye_h - 16


def _sparkles(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    for hand, dx, dy, r in _SPARKLES:
        x, y = CX + hand * (at.eye_x + dx), at.eye_y + dy
        k = 0.16 * r
        tips = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
        waists = ((x - k, y - k), (x + k, y - k), (x + k, y + k), (x - k, y + k))
        arms = "".join(f"Q{pairs(w, t)}" for w, t in zip(waists, tips, strict=True))
        d = f"M{pairs(tips[-1])}{arms}Z"
        canvas.path(d, fill=Slot.GOLD, stroke=Slot.WHITE, width=1.6)


def _hearts(canvas: Canvas, at: Frame, eyes: tuple[Eye, Eye]) -> None:
    s = side(at)
    for x, y, r, lean in _HEARTS:
        with canvas.group(transform=f"translate({CX + s * x:.2f} {y}) scale({s} 1) rotate({lean})"):
            canvas.path(irises.heart(0, 0, r), fill=Slot.RED, stroke=Slot.WHITE, width=2.0)
            canvas.ellipse(-0.42 * r, -0.36 * r, 0.22 * r, 0.18 * r, fill=Slot.WHITE)


_EFFECTS: dict[Effect, Callable[[Canvas, Frame, tuple[Eye, Eye]], None]] = {
    "tears": _tears,
    "streams": _streams,
    "blush_lines": _blush_lines,
    "puff": _puff,
    "bubble": _bubble,
    "drool": _drool,
    "pallor": _pallor,
    "gloom": _gloom,
    "vein": _vein,
    "sweat": _sweat,
    "sparkles": _sparkles,
    "hearts": _hearts,
}
