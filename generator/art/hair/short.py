"""Short cuts that share the common fringes: pixie, wolf cut, short crop, undercut."""

from __future__ import annotations

from generator.art.canvas import Canvas, Point, fmt
from generator.art.frame import CX, Frame
from generator.art.hair import crops, fringes, locks
from generator.art.hair.locks import Strip
from generator.art.hair.shapes import side, under_hat, uneven
from generator.art.palette import Slot


def _both(
    at: Frame, table: tuple[tuple[tuple[Point, ...], float, float], ...], *, length: float = 0.0,
    wide: float = 0.0, k: int = 0,
) -> list[Strip]:  # fmt: skip
    """Locks on both sides; each is points (x from the axis, y) and a width.

    `length` moves tips downwards, in units, and the points before them by a share of it.
    """
    strips: list[Strip] = []
    for i, (points, width, root) in enumerate(table):
        for s in (-1, 1):
            last = len(points) - 1
            way = []
            for n, (x, y) in enumerate(points):
                t = n / last
                way.append(
                    (CX + s * (x + wide + 2.5 * t * uneven(i + 3 * s * side(at), k)),
                     y + t * t * (length + 3.0 * uneven(i + 2 * s * side(at), k + 1)))
                )  # fmt: skip
            strips.append(locks.lock(way, width, root=root))
    return strips


_PIXIE_BACK = (
    (((44, 96), (58, 134), (56, 160), (62, 180)), 20.0, 0.7),
    (((34, 104), (46, 150), (44, 174), (50, 193)), 22.0, 0.7),
    (((18, 110), (28, 156), (27, 182), (31, 201)), 22.0, 0.7),
)  # fmt: skip
_PIXIE_SIDE = (
    (((60, 88), (67, 114), (65, 140), (54, 161)), 14.0, 0.7),
    (((63, 86), (72, 106), (73, 124), (66, 141)), 13.0, 0.7),
)


def pixie_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 185)
    with at.layer(canvas, locks.BACK_DEPTH):
        strips = _both(at, _PIXIE_BACK, length=8 * at.spec.hair_length, k=1)
        crops.nape(canvas, strips, tone)


def pixie_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 100, 160)
    with at.layer(canvas, locks.SIDE_DEPTH):
        for strips in _pairs(_both(at, _PIXIE_SIDE, length=6 * at.spec.hair_length)):
            locks.clump(canvas, strips, tone, width=2.3)
    fringes.draw(canvas, at, locks.tones(canvas, at, 75, 140), extra=-0.35, fluff=1.3, lift=13)


def _pairs(strips: list[Strip]) -> tuple[list[Strip], list[Strip]]:
    """The locks of the left and of the right side."""
    return strips[0::2], strips[1::2]


_WOLF_BACK = (
    (((40, 90), (72, 140), (70, 190), (88, 226)), 34.0, 0.7),
    (((56, 90), (82, 136), (82, 172), (98, 198)), 30.0, 0.7),
    (((24, 110), (48, 160), (50, 204), (64, 238)), 32.0, 0.7),
    (((10, 120), (22, 170), (26, 210), (36, 240)), 30.0, 0.7),
)  # fmt: skip
_WOLF_LAYER = (
    (((44, 58), (66, 88), (76, 116), (91, 138)), 21.0, 0.0),
    (((48, 52), (66, 72), (78, 92), (94, 106)), 15.0, 0.0),
)  # fmt: skip
_WOLF_SIDE = (
    (((58, 84), (76, 120), (74, 158), (88, 186)), 24.0, 0.7),
    (((60, 80), (78, 110), (82, 136), (97, 154)), 22.0, 0.7),
    (((56, 84), (67, 118), (64, 150), (70, 178)), 17.0, 0.7),
)  # fmt: skip


def wolf_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 130, 225)
    with at.layer(canvas, locks.BACK_DEPTH):
        strips = _both(at, _WOLF_BACK, length=16 * at.spec.hair_length, k=1)
        crops.nape(canvas, strips, tone)


def wolf_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 180)
    with at.layer(canvas, locks.SIDE_DEPTH):
        for strips in _pairs(_both(at, _WOLF_SIDE, length=10 * at.spec.hair_length)):
            locks.clump(canvas, strips, tone, width=2.3)
    fringes.draw(canvas, at, locks.tones(canvas, at, 75, 150), extra=0.15, fluff=1.5)
    if at.hat:
        return
    # The upper layer, cut short, flicks out over the lower one.
    tone = locks.tones(canvas, at, 90, 165)
    swell = (5 * at.spec.hair_volume, 3 * at.spec.hair_length)
    with at.layer(canvas, locks.FRONT_DEPTH):
        for strips in _pairs(_both(at, _WOLF_LAYER, length=swell[1], wide=swell[0], k=2)):
            locks.clump(canvas, strips, tone, width=1.5)


_CROP_BACK = (
    (((44, 96), (54, 130), (52, 150), (44, 166)), 20.0, 0.7),
    (((30, 110), (44, 150), (42, 172), (36, 184)), 22.0, 0.7),
    (((12, 120), (24, 160), (22, 178), (16, 189)), 22.0, 0.7),
)  # fmt: skip


def crop_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 185)
    with at.layer(canvas, locks.BACK_DEPTH):
        strips = _both(at, _CROP_BACK, length=6 * at.spec.hair_length, k=1)
        crops.nape(canvas, strips, tone)


# A forehead that time has made higher: x from the axis, y.
_RECEDING = ((-55, 112), (-50, 88), (-40, 70), (-28, 66), (-14, 78), (2, 82), (16, 77), (29, 66),
             (40, 69), (50, 88), (55, 112))  # fmt: skip


def crop_front(canvas: Canvas, at: Frame) -> None:
    """A neat cut: close to the skull, ears free, sideburns, the fringe in short locks."""
    with at.layer(canvas, 0.25, clip=at.face_outline()):
        _sideburns(canvas, at, at.eye_y - 2)
    v = at.spec.hair_volume
    age = {"child": 0.3, "young": 0.2, "adult": 0.0, "elder": -0.4}[at.spec.age]
    shape = locks.Dome(70.5 + 2.5 * (v + age), 37.0 - 6.0 * (v + age), 112.0, 2.6 + v)
    if at.hat:
        shape = locks.Dome(70.5, 42.0, 112.0, 0.4)
    crown = (CX - 12 * side(at), shape.top + 8)
    receding = (
        at.spec.fringe == "none" and at.spec.age == "elder" and at.spec.presentation != "girl"
    )
    if receding:
        points = tuple(("N", CX + x * at.cheek / 61, y) for x, y in _RECEDING)
        edge = crops.Crop(points, crown, 0.3)
    else:
        edge = crops.crop(at, crown, reach=60.0, lively=0.4)
    x0, y0 = shape.point(192, shape.fluff)
    x1, y1 = shape.point(-12, shape.fluff)
    steps = (173, 147, 130, 54, 36, 9)
    low = crops.lower(edge, (x1, y1), (x0, y0))
    d = f"M{fmt(x0)} {fmt(y0)}{locks.outline(shape, 192, -12, steps)}{low}Z"
    tone = locks.tones(canvas, at, 72, 132)
    with at.layer(canvas, locks.FRONT_DEPTH):
        canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.5)
    with at.layer(canvas, locks.FRONT_DEPTH, clip=d):
        crops.form(canvas, CX - 32, shape.top + 24)
        _cropped_sides(canvas, at, shape, tone)
        if at.spec.fringe != "none":
            crops.streak(canvas, at, crown)
        crops.locks_of(canvas, at, edge, tone)
        if not at.hat:
            sleek = at.spec.fringe == "none"
            band, height = (shape.top + 19.0, 9.0) if sleek else (shape.top + 31.0, 12.0)
            strength = 0.6 if receding else 1.0
            locks.halo(canvas, shape, y=band, strength=strength, height=height)


def _cropped_sides(canvas: Canvas, at: Frame, shape: locks.Dome, tone: locks.Tones) -> None:
    """Shorter hair over the ears lies in shade, in short strokes."""
    for s in (-1, 1):
        wide = 13.0 if s < 0 else 21.0
        x = CX + s * (shape.rx + 6)
        canvas.path(
            f"M{fmt(x)} 62Q{fmt(x - s * wide)} 84 {fmt(x - s * wide)} 128H{fmt(x)}Z",
            fill=tone.shade,
        )
        for k in range(3):
            top = (CX + s * (shape.rx - 8 - 5.0 * k), 84.0 - 5 * k + 3 * uneven(k, 1))
            low = (CX + s * (shape.rx - 3 - 5.0 * k), 116.0 - 5 * k)
            mid = (top[0] + s * 5, 98.0 - 5 * k)
            canvas.strand([top, mid, low], 1.7, fill=Slot.LINE, taper=(0.0, 0.7))


def _sideburns(canvas: Canvas, at: Frame, y: float) -> None:
    for s in (-1, 1):
        x = [fmt(CX + s * (at.cheek + dx)) for dx in (2, -10, -8, -3, 1, 6)]
        canvas.path(
            f"M{x[0]} 100L{x[1]} 104Q{x[2]} {fmt(y - 14)} {x[3]} {fmt(y)}"
            f"Q{x[4]} {fmt(y + 2)} {x[5]} {fmt(y - 4)}Z",
            fill=Slot.HAIR_SHADE, stroke=Slot.LINE, width=1.6,
        )  # fmt: skip


# The undercut's top for a parting on the left: Bezier points from the left temple over the crown to
# the flicks that hang over the right one. x from the axis, y.
_TOP: tuple[tuple[float, float], ...] = (
    (-62, 84), (-66, 58), (-42, 42), (-26, 29), (18, 24), (42, 36), (60, 44), (74, 60), (84, 84),
    (77, 80), (73, 78), (68, 77), (72, 86), (74, 96), (77, 106), (68, 103), (62, 100), (57, 96),
)  # fmt: skip
_TEMPLE = (-54.0, 102.0)


def undercut_back(canvas: Canvas, at: Frame) -> None:
    """A close-cropped nape."""
    with at.layer(canvas, -0.2):
        canvas.path(
            f"M{CX - 56} 130C{CX - 56} 166 {CX - 40} 182 {CX - 26} 190H{CX + 26}"
            f"C{CX + 40} 182 {CX + 56} 166 {CX + 56} 130Z",
            fill=Slot.HAIR_SHADE, stroke=Slot.LINE, width=2.2,
        )  # fmt: skip


def undercut_front(canvas: Canvas, at: Frame) -> None:
    """Shaved sides, and a long top that falls over one of them."""
    with at.layer(canvas, 0.25, clip=at.face_outline()):
        _shaved(canvas, at)
    s, v = side(at), at.spec.hair_volume
    grow = 1 + 0.05 * v
    ends = 3.0 * at.spec.hair_length

    def place(x: float, y: float) -> Point:
        high = max(0.0, 80 - y) / 50
        return CX + s * x * grow, y - 7 * v * high + (ends if y > 82 else 0.0)

    start, body = place(*_TEMPLE), [place(x, y) for x, y in _TOP]
    if at.hat:
        start, body = under_hat(at, start, 1.0), [under_hat(at, p, 1.0) for p in body]
    crown = (CX - s * 26.0, 46.0 - 4 * v)
    edge = crops.crop(at, crown, reach=53.0, lively=1.0)
    if s > 0:
        first, last = start, body[-1]
    else:
        first, last = body[-1], start
        body = [*body[-2::-1], start]
    curves = "".join(
        "C" + " ".join(f"{fmt(x)} {fmt(y)}" for x, y in body[i : i + 3])
        for i in range(0, len(body), 3)
    )
    d = f"M{fmt(first[0])} {fmt(first[1])}{curves}{crops.lower(edge, last, first)}Z"
    tone = locks.tones(canvas, at, 62, 128)
    with at.layer(canvas, locks.FRONT_DEPTH):
        canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, locks.FRONT_DEPTH, clip=d):
        crops.form(canvas, CX - 30, 58)
        if at.spec.fringe != "none":
            crops.streak(canvas, at, crown)
        _combed(canvas, at, tone, crown)
        crops.locks_of(canvas, at, edge, tone)
        if not at.hat:
            shape = locks.Dome(68, 31.0 - 5 * v)
            locks.halo(
                canvas,
                shape,
                y=shape.top + (21 if at.spec.fringe == "none" else 30),
                height=11.0,
            )


def _combed(canvas: Canvas, at: Frame, tone: locks.Tones, crown: Point) -> None:
    """The long way of the hair from the parting over to the other side."""
    s = side(at)
    x, y = crown

    def p(dx: float, dy: float) -> Point:
        return x + s * dx, y + dy

    canvas.strand([p(20, 2), p(62, 14), p(88, 40), p(98, 62)], 13, fill=tone.shade, taper=(0, 0.5))
    if at.spec.hair_pattern == "streak" and at.spec.fringe == "none":
        way = [p(4, 0), p(48, 3), p(82, 29), p(97, 52)]
        canvas.strand(way, 11, fill=Slot.HAIR2, taper=(0, 0.6))
    for points, width in (
        ([p(2, -2), p(44, -4), p(80, 20), p(94, 42)], 2.0),
        ([p(8, 4), p(48, 10), p(80, 36), p(96, 60)], 2.2),
        ([p(10, 12), p(44, 22), p(70, 44), p(84, 56)], 1.8),
        ([p(-16, 16), p(-26, 30), p(-28, 52)], 1.9),
    ):
        canvas.strand(points, width, fill=Slot.LINE, taper=(0, 0.8))


def _shaved(canvas: Canvas, at: Frame) -> None:
    """Stubble on the sides of the skull, ending in short sideburns."""
    for s in (-1, 1):
        x = [fmt(CX + s * (at.cheek + dx)) for dx in (-16, -9, -8, -5, -4, 8)]
        y = [fmt(at.eye_y + dy) for dy in (-34, -22, -14, 0)]
        canvas.path(
            f"M{CX} 40V84L{x[0]} 92Q{x[1]} {y[0]} {x[2]} {y[1]}Q{x[3]} {y[2]} {x[4]} {y[3]}"
            f"L{x[5]} {y[3]}V40Z",
            fill=Slot.HAIR_SHADE, opacity=0.68,
        )  # fmt: skip
        hairs = "".join(
            f"M{fmt(CX + s * (at.cheek - 3 - 4.2 * (i % 3)))}"
            f" {fmt(at.eye_y - 16 - 6.5 * i + 2 * (i % 2))}l{-s} 3.4"
            for i in range(8)
        )
        canvas.path(hairs, stroke=Slot.LINE, width=1.2, opacity=0.5)
