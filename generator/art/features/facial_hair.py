"""Stubble, moustaches and beards."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas, Point, fmt, smooth
from generator.art.features import mouths
from generator.art.frame import CX, Frame
from generator.art.palette import Slot
from generator.spec import FacialHair


def draw(canvas: Canvas, at: Frame, mouth: str) -> None:
    _KINDS[at.spec.facial_hair](canvas, at, mouths.MOUTHS[mouth])


def _none(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    """A smooth face."""


def _stubble(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    outline = at.face_outline()
    y, w = at.mouth_y, at.mouth_w
    with at.layer(canvas, 0.25, clip=outline):
        jaw = (
            f"M{fmt(CX - at.cheek - 4)} {fmt(at.eye_y + 12)}"
            f"C{fmt(CX - at.jaw + 8)} {fmt(y - 4)} {fmt(CX - w - 12)} {fmt(y + 2)} {fmt(CX - w - 4)} {fmt(y + 3)}"
            f"Q{fmt(CX)} {fmt(y + 13)} {fmt(CX + w + 4)} {fmt(y + 3)}"
            f"C{fmt(CX + w + 12)} {fmt(y + 2)} {fmt(CX + at.jaw - 8)} {fmt(y - 4)} {fmt(CX + at.cheek + 4)} {fmt(at.eye_y + 12)}"
            f"V{fmt(at.chin_y + 6)}H{fmt(CX - at.cheek - 4)}Z"
        )
        canvas.path(jaw, fill=Slot.HAIR_SHADE, opacity=0.20)
        for row, (dy, count) in enumerate(((4.0, 8), (9.5, 7), (14.0, 5))):
            for i in range(-count, count + 1):
                t = i / count
                x = CX + t * (at.jaw - 6 - 6 * row)
                rise = abs(t) ** 1.8 * (22 - 3 * row)
                if abs(t) < 0.36 and row == 0:
                    continue
                yy = y + dy + 1.5 - rise
                canvas.strand(
                    [(x, yy), (x + 0.5, yy + 2.6)],
                    1.3,
                    fill=Slot.LINE,
                    opacity=0.42,
                    taper=(0.6, 0.2),
                )
    with at.layer(canvas, 0.8):
        top = min(at.nose_y + 6, y - 6)
        lip = f"M{fmt(CX - w - 2)} {fmt(y - 1)}Q{fmt(CX - w + 2)} {fmt(top)} {fmt(CX)} {fmt(top + 0.5)}Q{fmt(CX + w - 2)} {fmt(top)} {fmt(CX + w + 2)} {fmt(y - 1)}Q{fmt(CX)} {fmt(y - 4.6)} {fmt(CX - w - 2)} {fmt(y - 1)}Z"
        canvas.path(lip, fill=Slot.HAIR_SHADE, opacity=0.20)


def _moustache_shape(at: Frame, mouth: mouths.Mouth) -> tuple[str, float, float]:
    """Path data of both wings; the middle's height; the half width."""
    s = mouths.scale(at)
    half = max(at.mouth_w + 9.0, mouth.reach[0] * s + 5.0)
    low = at.mouth_y + mouth.reach[1] * s + 1.5
    top = max(low - (8.5 if at.chibi else 9.5), at.nose_y + 1.5)

    def wing(side: int) -> list[Point]:
        return [
            (CX + side * x, y)
            for x, y in (
                (0.0, top + 2.0), (half * 0.34, top - 0.8), (half * 0.72, top + 3.4),
                (half * 0.98, top + 4.0), (half * 1.12, top - 0.5), (half * 1.08, top + 7.0),
                (half * 0.78, top + 11.5), (half * 0.40, top + 11.0), (half * 0.10, top + 7.6),
            )
        ]  # fmt: skip

    right, left = wing(1), wing(-1)
    # The tips stay sharp: each wing is an upper and a lower curve.
    d = smooth(right[:5]) + "L" + smooth([right[4], *right[5:], (CX, top + 7.0)])[1:]
    d += (
        "L"
        + smooth([(CX, top + 7.0), *left[:4:-1], left[4]])[1:]
        + "L"
        + smooth(left[4::-1])[1:]
        + "Z"
    )
    return d, top, half


def _moustache(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    d, top, half = _moustache_shape(at, mouth)
    with at.layer(canvas, 0.9):
        canvas.path(d, fill=Slot.HAIR, stroke=Slot.LINE, width=1.9)
        for side in (-1, 1):
            canvas.strand(
                [(CX + side * half * 0.16, top + 6.4), (CX + side * half * 0.55, top + 8.6), (CX + side * half * 0.95, top + 5.6)],
                2.6, fill=Slot.HAIR_SHADE,
            )  # fmt: skip
            canvas.strand(
                [(CX + side * half * 0.20, top + 2.4), (CX + side * half * 0.50, top + 3.6)], 1.7, fill=Slot.HAIR_LIGHT,
                opacity=0.9 if side < 0 else 0.5,
            )  # fmt: skip


def _beard(canvas: Canvas, at: Frame, mouth: mouths.Mouth) -> None:
    s = mouths.scale(at)
    reach, _, bottom = (value * s for value in mouth.reach)
    y, chin = at.mouth_y, at.chin_y
    length = 13.0 if at.chibi else 20.0
    jitter = at.spec.detail[0] * 2.0

    def half(side: int) -> list[Point]:
        """The outer edge from the sideburn down to the middle of the beard, lock by lock."""
        j = jitter * side
        return [
            (CX + side * x, v)
            for x, v in (
                (at.cheek + 1.5, at.eye_y - 6), (at.cheek + 2.5, at.eye_y + 16), (at.jaw + 8.0, at.jaw_y - 2),
                (at.jaw + 3.5, at.jaw_y + 12 + j), (at.jaw - 4, at.jaw_y + 13), (at.jaw - 8, chin + 6 - j),
                (at.jaw - 15, chin + 3), (at.jaw - 21, chin + length * 0.72 + j), (at.jaw - 27, chin + length * 0.52),
            )
        ]  # fmt: skip

    right, left = half(1), half(-1)
    tip: Point = (CX + jitter, chin + length)
    inner_r: list[Point] = [
        (CX + at.cheek - 8, at.eye_y + 6), (CX + at.jaw - 9, y - 8), (CX + max(at.mouth_w + 14, reach + 8), y - 5),
        (CX + 12, y - 9), (CX, y - 7),
    ]  # fmt: skip
    inner_l = [(2 * CX - x, v) for x, v in inner_r]

    def locks(points: list[Point]) -> str:
        """Curves that swing out between the lock tips (every second point from the third on)."""
        d = smooth(points[:4])
        for (ax, ay), (bx, by) in zip(points[3:], points[4:], strict=False):
            d += f"Q{fmt((ax + bx) / 2)} {fmt((ay + by) / 2 + 1.5)} {fmt(bx)} {fmt(by)}"
        return d

    down = locks([*right, tip])
    up_points = [tip, *left[:2:-1]]
    up = "".join(
        f"Q{fmt((ax + bx) / 2)} {fmt((ay + by) / 2 + 1.5)} {fmt(bx)} {fmt(by)}"
        for (ax, ay), (bx, by) in zip(up_points, up_points[1:], strict=False)
    )
    up += "L" + smooth(left[3::-1])[1:]
    inner = "L" + smooth([*inner_l, *inner_r[-2::-1]])[1:]
    shape = f"{down}{up}{inner}Z"
    with at.layer(canvas, 0.35):
        canvas.path(shape, fill=Slot.HAIR, stroke=Slot.LINE, width=2.3)
        with canvas.group(clip=shape):
            shade = [
                (CX + at.cheek + 6, at.eye_y),
                (CX + at.jaw - 4, at.jaw_y),
                (CX + 20, chin + 3),
                (CX + 2, chin + length + 4),
            ]
            canvas.path(
                smooth(shade) + f"L{fmt(CX + 90)} {fmt(chin + 30)}Z",
                fill=Slot.HAIR_SHADE,
                opacity=0.75,
            )
        for side in (-1, 1):
            for x, top, low in (
                (at.jaw - 8, at.jaw_y - 6, chin - 2),
                (at.jaw - 21, y + 7, chin + length * 0.55),
                (5.0, y + bottom + 6, chin + length * 0.6),
            ):
                canvas.strand(
                    [(CX + side * x, top), (CX + side * (x - 2.5), (top + low) / 2), (CX + side * (x - 5.5), low)],
                    2.0, fill=Slot.HAIR_SHADE if side < 0 else Slot.LINE, opacity=1.0 if side < 0 else 0.4,
                )  # fmt: skip
        for x, top, low in (
            (-at.jaw + 4, at.jaw_y - 12, at.jaw_y + 6),
            (-at.jaw + 15, y + 2, chin - 1),
            (-14.0, chin - 3, chin + 8),
        ):
            canvas.strand(
                [(CX + x, top), (CX + x + 2.5, (top + low) / 2), (CX + x + 6, low)],
                3.0,
                fill=Slot.HAIR_LIGHT,
            )
    with at.layer(canvas, 0.8):
        canvas.ellipse(
            CX, y + (bottom - 3) / 2 + 0.5, reach + 1.0, (bottom + 6.5) / 2 + 1.0, fill=Slot.SKIN
        )
    _moustache(canvas, at, mouth)


_KINDS: dict[FacialHair, Callable[[Canvas, Frame, mouths.Mouth], None]] = {
    "none": _none,
    "stubble": _stubble,
    "moustache": _moustache,
    "beard": _beard,
}
