"""The manga hero: spikes that stand off the head, larger and smaller, blown to one side."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sin

from generator.art.canvas import Canvas, Paint, Point, Stop, fmt
from generator.art.frame import CX, Frame
from generator.art.hair import crops, locks
from generator.art.hair.shapes import side, uneven
from generator.art.palette import Slot

# (angle of the tip, length, how far it is blown along the contour); angles as in `Dome.point`.
_SPIKES = (
    (197.0, 11.0, -2.0), (179.0, 23.0, -9.0), (160.0, 10.0, -3.0), (139.0, 27.0, -9.0),
    (120.0, 10.0, 1.0), (103.0, 21.0, 7.0), (83.0, 11.0, 7.0), (62.0, 28.0, 14.0),
    (41.0, 13.0, 8.0), (22.0, 29.0, 13.0), (3.0, 12.0, 6.0), (-13.0, 19.0, 8.0),
)  # fmt: skip
# Tips of the dark spikes at the nape: x from the axis, y.
_NAPE = ((99.0, 146.0), (90.0, 172.0), (66.0, 182.0), (58.0, 201.0), (32.0, 205.0))


def _ring(at: Frame) -> tuple[locks.Dome, list[Point], list[Point]]:
    """The dome, the tips from left to right, and the notches before, between and after them."""
    shape = locks.dome(at, extra=-0.3)
    grow = 1 + 0.25 * at.spec.hair_volume + 0.2 * at.spec.hair_length
    s = side(at)
    spikes = _SPIKES if s > 0 else tuple((180 - a, n, -lean) for a, n, lean in reversed(_SPIKES))
    tips: list[Point] = []
    angles: list[float] = []
    for i, (angle, length, lean) in enumerate(spikes):
        k = i if s > 0 else len(spikes) - 1 - i
        a = angle + 3 * s * uneven(k, 0)
        reach = length * grow * (1 + 0.2 * uneven(k, 2))
        if at.hat and sin(a * pi / 180) > 0.2:
            reach, lean = 1.0, 0.0
        x, y = shape.point(a - lean * 0.55, reach)
        tips.append((min(max(x, CX - 95.0), CX + 95.0), max(y, 9.0)))
        angles.append(a)
    between = [shape.point((a + b) / 2, 0.0 if at.hat else -5.0) for a, b in pairwise(angles)]
    return shape, tips, [(CX - 67.0, 124.0), *between, (CX + 67.0, 124.0)]


def _spike(a: Point, tip: Point, b: Point) -> str:
    """From notch `a` over `tip` to notch `b`: the flank they fall away from is round."""
    d: list[str] = []
    # Tips fall outwards from the crown: on the left half the second flank lies above.
    fall = 1.0 if tip[0] > (a[0] + b[0]) / 2 else -1.0
    for (x, y), first in ((a, True), (b, False)):
        dx, dy = tip[0] - x, tip[1] - y
        out = (0.05 + 0.11 * fall) if first else (-0.05 + 0.11 * fall)
        near = (x + dx * 0.36 + dy * out, y + dy * 0.36 - dx * out)
        far = (x + dx * 0.72 + dy * out * 0.7, y + dy * 0.72 - dx * out * 0.7)
        c1, c2, end = (near, far, tip) if first else (far, near, b)
        d.append("C" + " ".join(f"{fmt(px)} {fmt(py)}" for px, py in (c1, c2, end)))
    return "".join(d)


def _tones(canvas: Canvas, at: Frame, start: float, end: float) -> locks.Tones:
    """Hair tones; an ombre blends outwards, between two distances from the crown."""
    if at.spec.hair_pattern != "ombre":
        return locks.HAIR

    def blend(a: Slot, b: Slot) -> Paint:
        return canvas.radial(CX, 70, end, [Stop(start / end, a), Stop(1, b)])

    return locks.Tones(
        blend(Slot.HAIR, Slot.HAIR2), blend(Slot.HAIR_SHADE, Slot.HAIR2_SHADE), Slot.HAIR_LIGHT
    )


def spiky_back(canvas: Canvas, at: Frame) -> None:
    """Dark spikes at the nape."""
    tone = _tones(canvas, at, 80.0, 112.0)
    grow = 1 + 0.3 * at.spec.hair_length
    strips = []
    for i, (x, y) in enumerate(_NAPE):
        for s in (-1, 1):
            big = 1.0 if s == side(at) else 0.9
            tip_y = 120 + (y - 120) * grow + 4 * uneven(i + s * side(at), 2)
            tip = (CX + s * (x * big + 4 * uneven(i, 1)), tip_y)
            mid = (CX + s * (x * 0.68 + 4), 112 + (tip_y - 112) * 0.6 + 3)
            strips.append(locks.lock([(CX + s * x * 0.4, 108.0), mid, tip], 27, root=1.1))
    with at.layer(canvas, locks.BACK_DEPTH):
        crops.nape(canvas, strips, tone)


def spiky_front(canvas: Canvas, at: Frame) -> None:
    shape, tips, notches = _ring(at)
    tone = _tones(canvas, at, 34.0, 74.0)
    crown = (CX - 8.0 * side(at), 52.0)
    edge = crops.crop(at, crown, lively=2.6)
    start, end = notches[0], notches[-1]
    upper = "".join(_spike(a, t, b) for (a, b), t in zip(pairwise(notches), tips, strict=True))
    d = f"M{fmt(start[0])} {fmt(start[1])}{upper}{crops.lower(edge, end, start)}Z"
    with at.layer(canvas, locks.FRONT_DEPTH):
        canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, locks.FRONT_DEPTH, clip=d):
        crops.form(canvas, CX - 34, shape.top + 22)
        crops.streak(canvas, at, crown)
        _flanks(canvas, at, tips, notches, crown, tone)
        crops.locks_of(canvas, at, edge, tone)
        if not at.hat:
            locks.halo(
                canvas,
                shape,
                y=shape.top + (25.0 if at.spec.fringe == "none" else 36.0),
                height=11.0,
            )


def _flanks(
    canvas: Canvas,
    at: Frame,
    tips: list[Point],
    notches: list[Point],
    crown: Point,
    tone: locks.Tones,
) -> None:
    """The dark flank of every spike, and the line that parts it from the next one."""
    heart = (crown[0], crown[1] + 34)
    for i, ((ax, ay), (bx, by), (x, y)) in enumerate(zip(notches, notches[1:], tips, strict=False)):
        if at.hat and y < 92:
            continue
        low, high = ((bx, by), (ax, ay)) if x > heart[0] - 30 else ((ax, ay), (bx, by))
        root = (x + (heart[0] - x) * 0.52, y + (heart[1] - y) * 0.52)
        near = (low[0] + (heart[0] - low[0]) * 0.2, low[1] + (heart[1] - low[1]) * 0.2)
        ridge = (x * 0.45 + root[0] * 0.25 + high[0] * 0.1 + low[0] * 0.2,
                 y * 0.45 + root[1] * 0.25 + high[1] * 0.1 + low[1] * 0.2)  # fmt: skip
        canvas.path(
            f"M{fmt(x)} {fmt(y)}Q{fmt(ridge[0])} {fmt(ridge[1])} {fmt(root[0])} {fmt(root[1])}"
            f"Q{fmt(near[0])} {fmt(near[1])} {fmt(low[0])} {fmt(low[1])}Z",
            fill=tone.shade,
        )
        if i > 0:
            k = (0.36, 0.22, 0.30)[i % 3]
            inner = (ax + (heart[0] - ax) * k, ay + (heart[1] - ay) * k)
            bend = (
                (ax + inner[0]) / 2 + (ay - inner[1]) * 0.12,
                (ay + inner[1]) / 2 + (inner[0] - ax) * 0.12,
            )
            canvas.strand([(ax, ay), bend, inner], 2.2, fill=Slot.LINE, taper=(1.0, 0.0))
