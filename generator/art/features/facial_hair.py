"""Stubble, moustaches and beards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from generator.art.canvas import Canvas, Point, smooth
from generator.art.features import mouths
from generator.art.features.paths import pairs
from generator.art.frame import CX, Frame
from generator.art.palette import Slot
from generator.spec import FacialHair

_STUBBLE_ROWS = ((5.5, 8), (11.0, 7), (15.5, 5))
"""Distance below the mouth and number of hairs to each side."""
_STUBBLE_TONE = 0.30
"""Opacity of the shadow that stubble casts on the skin."""


def draw(canvas: Canvas, at: Frame, mouth: str) -> None:
    """What grows on the face, around the mouth that will be drawn."""
    _KINDS[at.spec.facial_hair](canvas, at, mouths.MOUTHS[mouth])


def _none(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    """A smooth face."""


def _mirror(points: Sequence[Point]) -> list[Point]:
    return [(2 * CX - x, y) for x, y in points]


def _stubble(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    y, w = at.mouth_y, at.mouth_w
    edge = [(CX + at.cheek + 4, at.eye_y + 12), (CX + at.jaw - 6, y - 6), (CX + w + 5, y + 3)]
    tone = smooth([*edge, (CX, y + 7.5), *_mirror(edge)[::-1]])
    below = pairs((CX - at.cheek - 4, at.chin_y + 6), (CX + at.cheek + 4, at.chin_y + 6))
    with at.layer(canvas, 0.25, clip=at.face_outline()):
        canvas.path(f"{tone}L{below}Z", fill=Slot.HAIR_SHADE, opacity=_STUBBLE_TONE)
        hairs = ""
        for row, (dy, count) in enumerate(_STUBBLE_ROWS):
            for i in range(-count, count + 1):
                t = i / count
                if abs(t) < 0.36 and row == 0:
                    continue
                x = CX + t * (at.jaw - 6 - 6 * row)
                top = y + dy - abs(t) ** 1.8 * (22 - 3 * row)
                # One path for all of them: there are too many for a node each.
                hairs += f"M{pairs((x - 0.6, top))}L{pairs((x + 0.6, top), (x + 0.5, top + 2.6))}Z"
        with canvas.feature("marks"):
            canvas.path(hairs, fill=Slot.LINE, opacity=0.6)
    top = min(at.nose_y + 6, y - 6)
    lip = [(CX + w + 2, y - 1), (CX + w - 3, top + 1.4), (CX, top + 0.6)]
    with at.layer(canvas, 0.8):
        shadow = smooth([*lip, *_mirror(lip)[1::-1], (CX, y - 3)], closed=True)
        canvas.path(shadow, fill=Slot.HAIR_SHADE, opacity=_STUBBLE_TONE)


def _moustache(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    """Two wings whose tips curl up, wide enough for the mouth below."""
    s = mouths.scale(at)
    half = max(at.mouth_w + 8.0, mouth.reach[0] * s + 4.0)
    low = at.mouth_y + mouth.reach[1] * s + 1.5
    top = max(low - (8.5 if at.chibi else 9.5), at.nose_y + 1.5)
    upper = [
        (CX + x * half, top + y)
        for x, y in ((0, 2.0), (0.34, -0.8), (0.72, 3.4), (0.98, 4.0), (1.12, -0.5))
    ]
    lower = [
        (CX + x * half, top + y)
        for x, y in ((1.12, -0.5), (1.08, 7.0), (0.78, 11.5), (0.40, 11.0), (0.10, 7.6), (0, 7.0))
    ]
    # The tips stay sharp because each wing is an upper and a lower curve.
    outline = [upper, lower, _mirror(lower)[::-1], _mirror(upper)[::-1]]
    with at.layer(canvas, 0.9):
        canvas.path(_joined(outline), fill=Slot.HAIR, stroke=Slot.LINE, width=1.9)
        for side in (-1, 1):
            lock = [(0.16, 6.4), (0.55, 8.6), (0.95, 5.6)]
            dark = [(CX + side * half * x, top + y) for x, y in lock]
            canvas.strand(dark, 2.6, fill=Slot.HAIR_SHADE)
            shine = [(CX + side * half * x, top + y) for x, y in ((0.20, 2.4), (0.50, 3.6))]
            canvas.strand(shine, 1.7, fill=Slot.HAIR_LIGHT, opacity=0.9 if side < 0 else 0.5)


def _beard(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    """A full beard from the sideburns down, with the mouth in a gap of skin."""
    reach, _, bottom = (value * mouths.scale(at) for value in mouth.reach)
    y, chin = at.mouth_y, at.chin_y
    length = 13.0 if at.chibi else 21.0
    shape = _beard_shape(at, reach, length)
    with at.layer(canvas, 0.35):
        canvas.path(shape, fill=Slot.HAIR, stroke=Slot.LINE, width=2.3)
        with canvas.group(clip=shape):
            shade = [
                (CX + at.cheek + 6, at.eye_y), (CX + at.jaw - 4, at.jaw_y), (CX + 20, chin + 3),
                (CX + 2, chin + length + 4),
            ]  # fmt: skip
            corner = pairs((CX + 90, chin + 30))
            canvas.path(f"{smooth(shade)}L{corner}Z", fill=Slot.HAIR_SHADE, opacity=0.75)
        _beard_strands(canvas, at, y + bottom, length)
    with at.layer(canvas, 0.8):
        middle = y + (bottom - 3) / 2 + 0.5
        canvas.ellipse(CX, middle, reach + 1.0, (bottom + 6.5) / 2 + 1.0, fill=Slot.SKIN)
    _moustache(canvas, at, mouth)


def _beard_shape(at: Frame, reach: float, length: float) -> str:
    """Path data: smooth along the cheeks, pointed locks below that grow towards the middle."""
    y, chin = at.mouth_y, at.chin_y
    cheek = [
        (at.cheek + 1.5, at.eye_y - 6), (at.cheek + 2.5, at.eye_y + 16),
        (at.jaw + 8.0, at.jaw_y - 2), (at.jaw + 1.5, at.jaw_y + 11),
    ]  # fmt: skip
    locks = [
        (at.jaw - 5, at.jaw_y + 12), (at.jaw - 11, chin + 4), (at.jaw - 17, chin + 3),
        (at.jaw - 25, chin + length * 0.74), (at.jaw - 30, chin + length * 0.62),
    ]  # fmt: skip
    inner = [
        (CX + at.cheek - 8, at.eye_y + 6), (CX + at.jaw - 7, y - 11),
        (CX + max(at.mouth_w + 15, reach + 9), y - 3), (CX + 12, y - 9), (CX, y - 7),
    ]  # fmt: skip

    def side(sign: int) -> tuple[list[Point], list[Point]]:
        """A cheek and its locks; lock tips lie unlike on the two sides."""
        outer = [(CX + sign * x, v) for x, v in cheek]
        tips = [
            (CX + sign * x, v + sign * 1.4 * (1 if i % 2 else -0.4))
            for i, (x, v) in enumerate(locks)
        ]
        return outer, tips

    (right, right_locks), (left, left_locks) = side(1), side(-1)
    tip = (CX, chin + length)
    fringe = [right[-1], *right_locks, tip, *left_locks[::-1], left[-1]]
    hanging = "".join(
        f"Q{pairs(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 1.8), b)}" for a, b in pairwise(fringe)
    )
    up = smooth(left[::-1])[1:]
    back = smooth([*_mirror(inner), *inner[-2::-1]])[1:]
    return f"{smooth(right)}{hanging}L{up}L{back}Z"


def _beard_strands(canvas: Canvas, at: Frame, below_mouth: float, length: float) -> None:
    chin = at.chin_y
    falls = (
        (at.jaw - 8, at.jaw_y - 6, chin - 2),
        (at.jaw - 21, at.mouth_y + 7, chin + length * 0.55),
        (5.0, below_mouth + 6, chin + length * 0.6),
    )
    for side, slot, opacity in ((-1, Slot.HAIR_SHADE, 1.0), (1, Slot.LINE, 0.4)):
        for x, top, low in falls:
            strand = [
                (CX + side * x, top), (CX + side * (x - 2.5), (top + low) / 2),
                (CX + side * (x - 5.5), low),
            ]  # fmt: skip
            canvas.strand(strand, 2.0, fill=slot, opacity=opacity)
    for x, top, low in (
        (4 - at.jaw, at.jaw_y - 12, at.jaw_y + 6),
        (15 - at.jaw, at.mouth_y + 2, chin - 1),
        (-14.0, chin - 3, chin + 8),
    ):
        shine = [(CX + x, top), (CX + x + 2.5, (top + low) / 2), (CX + x + 6, low)]
        canvas.strand(shine, 3.0, fill=Slot.HAIR_LIGHT)


def _joined(curves: Sequence[Sequence[Point]]) -> str:
    """One closed outline of curves that meet in corners."""
    return smooth(curves[0]) + "".join("L" + smooth(c)[1:] for c in curves[1:]) + "Z"


_KINDS: dict[FacialHair, Callable[[Canvas, Frame, mouths.Mouth], None]] = {
    "none": _none,
    "stubble": _stubble,
    "moustache": _moustache,
    "beard": _beard,
}
