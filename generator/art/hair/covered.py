"""Heads without visible hair: bald, and under a scarf."""

from __future__ import annotations

from generator.art.canvas import Canvas, Point, Stop, smooth
from generator.art.frame import CX, Frame
from generator.art.hair.shapes import side, under_hat
from generator.art.palette import Slot


def bald_front(canvas: Canvas, at: Frame) -> None:
    """A gleam on the skull and the roundness of its dark side."""
    with at.layer(canvas, 0.25, clip=at.face_outline()):
        dark = canvas.linear(
            150, 80, 196, 104, [Stop(0, Slot.SKIN_SHADE, 0), Stop(1, Slot.SKIN_SHADE, 0.75)]
        )
        canvas.path("M150 40H200V128Q196 84 158 52Z", fill=dark)
        if at.hat:
            return
        with canvas.group(transform="translate(97 70) rotate(-34) scale(1 .52)"):
            glow = canvas.radial(
                0,
                0,
                26,
                [Stop(0, Slot.WHITE, 0.7), Stop(0.4, Slot.WHITE, 0.42), Stop(1, Slot.WHITE, 0)],
            )
            canvas.ellipse(0, 0, 26, 26, fill=glow)
        canvas.strand([(84, 74), (92, 63), (106, 56)], 5.5, fill=Slot.WHITE, opacity=0.75)
        canvas.ellipse(115, 54.5, 2.6, 1.9, fill=Slot.WHITE, opacity=0.7)


def _mirror(points: list[Point]) -> list[Point]:
    return [(2 * CX - x, y) for x, y in points[::-1]]


def hijab_back(canvas: Canvas, at: Frame) -> None:
    """The dark inside of the cloth behind neck and jaw."""
    with at.layer(canvas, -0.3):
        right = [(CX + 50, 110.0), (CX + 56, 156.0), (CX + 46, 196.0), (CX + 38, 222.0)]
        canvas.path(
            smooth([*_mirror(right), *right]) + "Z", fill=Slot.ACCESSORY_SHADE, stroke=Slot.LINE,
            width=2.4,
        )  # fmt: skip


# How the cloth frames the forehead, by fringe: offsets of the left, middle and right of its edge.
_EDGES: dict[str, tuple[float, float, float]] = {
    "none": (-5, -8, -5), "blunt": (4, 3, 4), "swept": (-7, -1, 7), "curtain": (6, -8, 6),
    "spiky": (3, -3, 1), "wispy": (0, -2, 0), "between_eyes": (-3, 5, -3), "over_eye": (-8, 1, 11),
    "rounded": (2, -3, 2),
}  # fmt: skip


def _brow(at: Frame, drop: float = 0.0) -> list[Point]:
    """The upper edge of the face's window, from left to right, `drop` units lower."""
    left, middle, right = _EDGES[at.spec.fringe][:: side(at)]
    near = at.cheek - 12 - 0.7 * drop
    return [
        (CX - near, 110.0 + 0.5 * left + 0.3 * drop), (CX - 27, 95.0 + left + drop),
        (CX, 91.0 + middle + drop), (CX + 27, 95.0 + right + drop),
        (CX + near, 110.0 + 0.5 * right + 0.3 * drop),
    ]  # fmt: skip


def _opening(at: Frame) -> list[Point]:
    """The face's window in the cloth, clockwise from the left temple, snug about the cheeks."""
    right = [
        (CX + at.cheek - 4.5, at.eye_y - 3), (CX + at.jaw + 1.5, at.jaw_y - 4),
        (CX + at.jaw - 15, at.chin_y - 9), (CX + 12, at.chin_y - 0.5),
    ]  # fmt: skip
    return [*_brow(at), *right, *_mirror(right)]


def hijab_front(canvas: Canvas, at: Frame) -> None:
    """Shawl over the shoulders, underscarf at the forehead, and the cloth wound around the face."""
    _drape(canvas, at)
    v = at.spec.hair_volume
    hole = smooth(_opening(at)[::-1], closed=True)
    low = at.chin_y + (11.0 if at.chibi else 15.0)
    right = [
        (CX + 42 + 2 * v, 46 - 3 * v), (CX + 68 + 3 * v, 80.0), (CX + 75 + 4 * v, 122.0),
        (CX + 67 + 4 * v, 164.0), (CX + 49 + 2 * v, at.chin_y - 3), (CX + 28, low),
    ]  # fmt: skip
    top = under_hat(at, (CX, 37 - 3 * v))
    right = [under_hat(at, p) for p in right]
    shell = smooth([top, *right, (CX, low + 5), *_mirror(right)], closed=True)
    with at.layer(canvas, 0.3):
        _underscarf(canvas, at)
        canvas.path(shell + hole, fill=Slot.ACCESSORY, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, 0.3, clip=shell + hole):
        _folds(canvas, at, low)
    with at.layer(canvas, 0.3):
        canvas.path(hole, stroke=Slot.LINE, width=2.2)
        if at.spec.detail[3] > 0:
            _pin(canvas, at)


def _underscarf(canvas: Canvas, at: Frame) -> None:
    upper, lower = _brow(at, -6), _brow(at, 6.5)
    canvas.path(
        f"{smooth(lower)}L{smooth(upper[::-1])[1:]}Z", fill=Slot.ACCESSORY_SHADE, stroke=Slot.LINE,
        width=2.0,
    )  # fmt: skip
    canvas.strand([(x, y - 2.6) for x, y in lower[1:4]], 1.5, fill=Slot.WHITE, opacity=0.35)


def _folds(canvas: Canvas, at: Frame, low: float) -> None:
    """Shade on the right, a soft light on the left, and folds that turn about the face."""
    s = side(at)
    shade = Slot.ACCESSORY_SHADE
    canvas.path(
        f"M{CX + 46} 40C{CX + 72} 70 {CX + 62} 108 {CX + 66} 130C{CX + 66} 168 {CX + 40} {low - 4}"
        f" {CX} {low - 2}L{CX} {low + 14}H{CX + 96}V40Z",
        fill=shade, opacity=0.85,
    )  # fmt: skip
    with canvas.group(transform="translate(88 66) rotate(-42) scale(1 .5)"):
        glow = canvas.radial(0, 0, 34, [Stop(0, Slot.WHITE, 0.5), Stop(1, Slot.WHITE, 0)])
        canvas.ellipse(0, 0, 34, 34, fill=glow)

    def p(x: float, y: float) -> Point:
        return CX + s * x, y

    jaw, chin = at.jaw, at.chin_y
    soft = (
        ([p(-12, 40), p(34, 58), p(64, 96), p(66, 140)], 7.0),
        ([p(-50, 60), p(-64, 92), p(-67, 130), p(-58, 168)], 6.0),
        ([p(-jaw - 4, 166), p(-30, chin + 3), p(4, chin + 9), p(40, low - 4)], 7.0),
    )
    for points, width in soft:
        canvas.strand(points, width, fill=shade, opacity=0.9)
    lines = (
        ([p(-20, 41), p(22, 53), p(55, 82), p(65, 124)], 2.0),
        ([p(8, 44), p(42, 58), p(66, 90)], 1.7),
        ([p(-8, 62), p(28, 68), p(50, 92), p(58, 116)], 1.6),
        ([p(-40, 54), p(-60, 84), p(-66, 118)], 1.8),
        ([p(-at.cheek - 5, 132), p(-jaw - 7, 164), p(-34, chin), p(0, chin + 10)], 2.0),
        ([p(at.cheek + 6, 128), p(at.jaw + 10, 160), p(36, chin - 2), p(20, chin + 7)], 2.0),
        ([p(-jaw + 4, chin - 12), p(-16, chin + 5), p(16, chin + 8), p(44, chin - 2)], 1.7),
    )
    for points, width in lines:
        canvas.strand(points, width, fill=Slot.LINE, opacity=0.85)


def _pin(canvas: Canvas, at: Frame) -> None:
    """A small golden pin where the cloth is fastened."""
    s = side(at)
    x, y = CX + s * (at.jaw + 9), 160.0
    canvas.ellipse(x, y, 4.6, 4.6, fill=Slot.GOLD, stroke=Slot.LINE, width=1.8)
    canvas.ellipse(x - 1.4, y - 1.4, 1.5, 1.3, fill=Slot.WHITE)


def _drape(canvas: Canvas, at: Frame) -> None:
    """The shawl on the shoulders (canvas coordinates): one end thrown over the other."""
    s = side(at)
    n, w = at.neck_y, at.shoulder
    chin = 5 + 0.8 * at.chin_y if at.chibi else at.chin_y
    top = (chin + 5 - n) / (0.4 if at.chibi else 1.0)
    k = 0.4 if at.chibi else 1.0
    drop = k * (1.0 + 0.28 * at.spec.hair_length)

    def p(x: float, y: float) -> Point:
        return CX + s * w * x, n + drop * y if y > 0 else n + k * y

    under = [p(-0.4, top), p(-0.66, 2), p(-0.94, 14), p(-0.92, 25), p(-0.5, 34), p(-0.05, 40),
             p(0.45, 36), p(0.88, 27), p(0.94, 15), p(0.66, 2), p(0.4, top)]  # fmt: skip
    over = [p(0.4, top + 1), p(0.64, 2), p(0.9, 13), p(0.93, 24), p(0.66, 37), p(0.3, 44),
            p(-0.08, 38), p(-0.4, 22), p(-0.58, 2), p(-0.4, top + 1)]  # fmt: skip
    for points in (under, over):
        d = smooth(points, closed=True)
        canvas.path(d, fill=Slot.ACCESSORY, stroke=Slot.LINE, width=2.5)
    with canvas.group(clip=d):
        canvas.path(
            smooth([p(-0.6, -30), p(-0.3, 4), p(0.2, 10), p(0.6, -4), p(0.6, -30)], closed=True),
            fill=Slot.ACCESSORY_SHADE,
        )
        for (x1, y1), (x2, y2), (x3, y3), width in (
            ((-0.52, 0), (-0.16, 20), (0.36, 36), 6.0),
            ((-0.5, -8), (0.0, 10), (0.66, 24), 7.0),
        ):
            canvas.strand(
                [p(x1, y1), p(x2, y2), p(x3, y3)],
                width * k,
                fill=Slot.ACCESSORY_SHADE,
                taper=(0.6, 0),
            )
        for (x1, y1), (x2, y2), (x3, y3) in (
            ((-0.54, -4), (-0.2, 16), (0.3, 30)),
            ((-0.46, -10), (0.06, 7), (0.72, 17)),
            ((0.2, 6), (0.5, 5), (0.76, 8)),
        ):
            canvas.strand([p(x1, y1), p(x2, y2), p(x3, y3)], 1.9, fill=Slot.LINE, taper=(0.8, 0))
