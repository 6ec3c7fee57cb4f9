"""Hair that is tied: ponytails and twintails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import hypot, pi, sin

from generator.art.canvas import Canvas, Point, curve, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks
from generator.art.hair.locks import Strip, Tones
from generator.art.hair.shapes import uneven
from generator.art.palette import Slot

Draw = Callable[[Canvas, Frame], None]


def nape(
    canvas: Canvas, at: Frame, tone: Tones, *, low: float = 172.0, narrow: float = 14.0
) -> None:
    """The back of the head when its hair is gathered: no wider than the ears, down to the nape."""
    shape = locks.back_dome(at)
    low = min(low, 166.0) if at.chibi else low
    points = [(shape.rx - 1, 112.0), (shape.rx - 4, 134.0), (shape.rx - narrow, low - 10),
              (shape.rx - narrow - 26, low + 2), (10.0, low - 3)]  # fmt: skip
    top = locks.outline(shape, 180, 0, ())
    back = smooth([(CX + x, y) for x, y in points])
    x, y = shape.point(180)
    d = f"M{fmt(x)} {fmt(y)}{top}L{back[1:]}L{smooth([(CX - x, y) for x, y in points[::-1]])[1:]}Z"
    with at.layer(canvas, locks.BACK_DEPTH):
        canvas.path(d, fill=tone.shade, stroke=Slot.LINE, width=2.5)


def temples(
    canvas: Canvas, at: Frame, tone: Tones, *, end: float = 190.0, width: float = 13.0
) -> None:
    """Thin locks left free before the ears."""
    wide = 3.0 if at.chibi else 0.0
    for side in (-1, 1):
        tip = end + 3.5 * side + 6 * at.spec.hair_length
        points = [(CX + side * (x + wide), y) for x, y in
                  ((66, 96), (67, 128), (64.5, 51 + tip * 0.6), (57, tip))]  # fmt: skip
        with at.layer(canvas, locks.SIDE_DEPTH):
            locks.clump(canvas, [locks.lock(points, width)], tone, width=2.3, shadow=162)


def band(canvas: Canvas, centre: Point, across: float, angle: float) -> None:
    """A tie around a tail: `across` wide, turned by `angle` degrees."""
    with canvas.group(
        transform=f"translate({fmt(centre[0])} {fmt(centre[1])}) rotate({fmt(angle)})"
    ):
        h, e = fmt(across / 2), fmt(across / 2 + 3)
        canvas.path(
            f"M-{h} -4.5Q0 -1.5 {h} -4.5Q{e} 0 {h} 4.5Q0 7.5 -{h} 4.5Q-{e} 0 -{h} -4.5Z",
            fill=Slot.ACCESSORY, stroke=Slot.LINE, width=2.2,
        )  # fmt: skip
        inner = fmt(across * 0.34)
        canvas.path(f"M1 5.6Q{inner} 4.6 {h} 3.4V-3.4Q{inner} 0 1 5.6Z", fill=Slot.ACCESSORY_SHADE)


def tail(
    canvas: Canvas, path: Sequence[Point], width: float, tone: Tones, at: Frame,
    *, spread: float = 1.0,
) -> None:  # fmt: skip
    """A bundle of locks along `path`: narrow at the tie, wide in its middle, running out into one
    long tip and a few shorter ones."""
    way = curve(path, 5)
    last = len(way) - 1
    made: list[Strip] = []
    # (place across the bundle, length, width), painted in this order
    for k, (off, reach, share) in enumerate(
        (
            (-0.9, 0.74, 0.42),
            (0.95, 0.82, 0.44),
            (0.5, 0.93, 0.5),
            (-0.42, 0.88, 0.5),
            (0.0, 1.0, 0.6),
        )
    ):
        points = []
        for i in range(7):
            t = i / 6
            j = min(round(t * reach * last), last)
            (ax, ay), (bx, by) = way[max(j - 1, 0)], way[min(j + 1, last)]
            n = hypot(bx - ax, by - ay) or 1.0
            bulge = sin(pi * min(1.0, t * 0.86 + 0.04) ** 0.75)
            fan = off * (0.06 + 0.30 * bulge + 0.07 * spread * t) + 0.05 * uneven(k, 1) * t**2
            fan *= width
            x, y = way[j]
            points.append((x + (by - ay) / n * fan, y - (bx - ax) / n * fan))
        w = width * share
        made.append(locks.strip(points, (w * 0.35, w * 0.85, w * 1.08, w, w * 0.62, 0.0)))
    side = 1 if path[-1][0] > CX else -1
    accent = 3 if side == locks.streak_side(at) else None
    locks.clump(canvas, made, tone, share=0.34, accent=accent)
    locks.gleam(canvas, made[-1], tone, start=0.18, end=0.5)
    locks.gleam(canvas, made[0 if side < 0 else 3], tone, start=0.3, end=0.6)


def length(at: Frame, reach: float) -> float:
    return reach * at.spec.hair_length


def high_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 215)
    nape(canvas, at, tone)
    more = length(at, 22)
    top = max(locks.dome(at).top, 34.0)
    with at.layer(canvas, locks.BACK_DEPTH):
        if at.hat:
            path = [
                (178.0, 108.0),
                (200.0, 112.0),
                (213.0, 146.0),
                (212.0, 188.0),
                (202.0, 222.0 + more),
            ]
            tail(canvas, path, 36, tone, at)
            return
        path = [(146.0, top + 14), (158.0, top + 4), (184.0, top + 14), (202.0, top + 54),
                (208.0, top + 112 + more / 2), (197.0, top + 176 + more)]  # fmt: skip
        tail(canvas, path, 50, tone, at)
        band(canvas, (152.0, top - 1), 23, 36)


def high_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 150, 200)
    temples(canvas, at, tone)
    fringes.draw(canvas, at)


def low_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.HAIR
    nape(canvas, at, tone, low=196, narrow=18)


def low_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 190, 250)
    more = length(at, 18)
    y = 186.0 if at.chibi else 200.0
    x = 56.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        path = [
            (CX + x - 5, y - 2),
            (CX + x + 8, y + 14),
            (CX + x + 7, y + 34),
            (CX + x + 2, y + 62 + more),
        ]
        tail(canvas, path, 32, tone, at)
        band(canvas, (CX + x - 3, y + 1), 15, -30)
    temples(canvas, at, locks.HAIR, end=186)
    fringes.draw(canvas, at)


def side_back(canvas: Canvas, at: Frame) -> None:
    nape(canvas, at, locks.HAIR, low=176)


def side_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 150, 235)
    more = length(at, 22)
    y = 132.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        path = [
            (CX + 68, y - 4),
            (CX + 84, y + 3),
            (CX + 91, y + 34),
            (CX + 88, y + 70),
            (CX + 79, y + 108 + more),
        ]
        tail(canvas, path, 40, tone, at)
        band(canvas, (CX + 73, y - 2), 17, 70)
    temples(canvas, at, locks.HAIR)
    fringes.draw(canvas, at)


def twin_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 110, 225)
    nape(canvas, at, tone)
    more = length(at, 20)
    y = 112.0 if at.hat else 78.0
    with at.layer(canvas, locks.BACK_DEPTH * 0.4):
        for side in (-1, 1):
            v = 0.8 * at.spec.hair_volume + (9.0 if at.chibi else 0.0)
            path = [(CX + side * x, yy) for x, yy in
                    ((63, y + 2), (77, y - 5), (76 + v, y + 26), (83 + v, y + 80),
                     (91 + v, y + 122 + more / 2), (104 + v, y + 156 + more))]  # fmt: skip
            tail(canvas, path, 43 + 1.5 * at.spec.hair_volume, tone, at)


def twin_front(canvas: Canvas, at: Frame) -> None:
    temples(canvas, at, locks.tones(canvas, at, 150, 205))
    fringes.draw(canvas, at)
    y = 112.0 if at.hat else 78.0
    with at.layer(canvas, 0.1):
        for side in (-1, 1):
            band(canvas, (CX + side * 73, y - 3), 22, side * 62)


def low_twin_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 185, 250)
    more = length(at, 18)
    y = 180.0 if at.chibi else 192.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        for side in (-1, 1):
            path = [(CX + side * x, yy) for x, yy in
                    ((56, y - 4), (72, y + 10), (76, y + 32), (70, y + 66 + more))]  # fmt: skip
            tail(canvas, path, 32 + 3 * at.spec.hair_volume, tone, at)
            band(canvas, (CX + side * 59, y), 15, -side * 35)
    temples(canvas, at, locks.HAIR, end=180)
    fringes.draw(canvas, at)


def gathered_back(canvas: Canvas, at: Frame) -> None:
    nape(canvas, at, locks.HAIR, low=188, narrow=14)


BACK: dict[str, Draw] = {
    "high_ponytail": high_back,
    "low_ponytail": low_back,
    "side_ponytail": side_back,
    "twintails": twin_back,
    "low_twintails": gathered_back,
}
FRONT: dict[str, Draw] = {
    "high_ponytail": high_front,
    "low_ponytail": low_front,
    "side_ponytail": side_front,
    "twintails": twin_front,
    "low_twintails": low_twin_front,
}
