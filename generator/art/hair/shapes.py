"""Outlines of textured hair (bumpy clouds, ropes), hairlines, and the tones for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, pi, sin

from generator.art.canvas import Canvas, Paint, Point, Stop, curve, fmt
from generator.art.frame import CX, SKULL, Frame
from generator.art.hair import locks
from generator.art.palette import Slot

HAIRLINES: dict[str, tuple[float, ...]] = {
    "none": (121, 101, 89, 86, 89, 101, 121),
    "blunt": (126, 117, 115, 114, 115, 117, 126),
    "swept": (119, 97, 95, 103, 111, 118, 128),
    "curtain": (130, 118, 104, 89, 104, 118, 130),
    "spiky": (127, 109, 118, 105, 119, 108, 127),
    "wispy": (125, 107, 105, 101, 107, 111, 127),
    "between_eyes": (125, 108, 107, 124, 105, 108, 125),
    "over_eye": (121, 100, 101, 108, 119, 134, 140),
    "rounded": (131, 117, 108, 104, 108, 117, 131),
}
"""Height of the hair's edge on the forehead by fringe, from the left temple to the right one."""
TEMPLE = 59.0
"""Half width of the hairline."""


def uneven(i: int, k: int = 0) -> float:
    """A number in [-1, 1] for the i-th lock, the same on every figure.

    Locks, curls and coils differ from their neighbours, not from figure to figure: dozens of small
    lines, each with a chance of its own, are more than a network tells apart, and it paints their
    average. What differs between figures are cuts, sliders and sides.
    """
    return sin(i * 7.13 + k * 3.7)


def side(at: Frame) -> int:
    """Where an asymmetry of this figure lies: -1 the picture's left, 1 its right."""
    return 1 if at.spec.detail[1] > 0 else -1


def streaked(at: Frame, u: float, width: float = 0.2) -> bool:
    """Whether a lock at `u` in [-1, 1] across the head belongs to the streak."""
    s = locks.streak_side(at)
    return s != 0 and abs(u - 0.5 * s) < width


def tone(
    canvas: Canvas, at: Frame, top: float, bottom: float, *, shade: bool = False,
    streak: bool = False,
) -> Paint:  # fmt: skip
    """Hair from `top` down to `bottom`: darker towards the ends, or blended into an ombre."""
    base, dark = (Slot.HAIR, Slot.HAIR_SHADE)
    if streak:
        base, dark = (Slot.HAIR2, Slot.HAIR2_SHADE)
    if at.spec.hair_pattern == "ombre":
        first, last = (dark, Slot.HAIR2_SHADE) if shade else (base, Slot.HAIR2)
        return canvas.linear(
            CX, top, CX, bottom, [Stop(0, first), Stop(0.34, first), Stop(0.78, last)]
        )
    if shade:
        return dark
    return canvas.linear(CX, top, CX, bottom, [Stop(0, base), Stop(0.55, base), Stop(1.3, dark)])


def hairline(at: Frame, u: float, lift: float = 0.0) -> Point:
    """The point of the hair's edge at `u` in [-1, 1], moved up by `lift`."""
    heights = HAIRLINES[at.spec.fringe]
    if side(at) < 0:
        heights = heights[::-1]
    place = (min(max(u, -1.0), 1.0) + 1) / 2 * (len(heights) - 1)
    i = min(int(place), len(heights) - 2)
    y = heights[i] + (heights[i + 1] - heights[i]) * (place - i)
    return CX + TEMPLE * u, y - lift


def under_hat(at: Frame, point: Point, slack: float = 5.0) -> Point:
    """`point`, pulled onto the skull where a hat sits over it (above y = 96, blending below)."""
    if not at.hat:
        return point
    x, y = point
    cx, cy, rx, ry = SKULL
    out = hypot((x - cx) / (rx + slack), (y - cy) / (ry + slack))
    share = min(1.0, max(0.0, (116.0 - y) / 24.0))
    k = 1.0 + (1.0 / out - 1.0) * share if out > 1 else 1.0
    return cx + (x - cx) * k, cy + (y - cy) * k


def arc(
    cx: float, cy: float, rx: float, ry: float, start: float, end: float, n: int
) -> list[Point]:
    """n + 1 points of an ellipse; angles in degrees, 0 to the right, 90 downwards."""
    turns = [(start + (end - start) * i / n) * pi / 180 for i in range(n + 1)]
    return [(cx + rx * cos(t), cy + ry * sin(t)) for t in turns]


def scallop(points: Sequence[Point], bulge: float = 0.4, *, move: bool = True) -> str:
    """Bumps from point to point, to the left of the way (outwards when going clockwise)."""
    d = [f"M{fmt(points[0][0])} {fmt(points[0][1])}" if move else ""]
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        nx, ny = dy * bulge, -dx * bulge
        d.append(
            f"C{fmt(ax + nx - dx * 0.06)} {fmt(ay + ny - dy * 0.06)}"
            f" {fmt(bx + nx + dx * 0.06)} {fmt(by + ny + dy * 0.06)} {fmt(bx)} {fmt(by)}"
        )
    return "".join(d)


def walk(points: Sequence[Point], step: float) -> list[Point]:
    """Points `step` apart on the Catmull-Rom curve through `points`, ends included.

    Counted from the start: a curve that grows gets more points at its end, and the others stay.
    """
    dense = curve(points, 6)
    lengths = [0.0]
    for (ax, ay), (bx, by) in pairwise(dense):
        lengths.append(lengths[-1] + hypot(bx - ax, by - ay))
    n = max(2, round(lengths[-1] / step))
    out: list[Point] = []
    j = 0
    for i in range(n + 1):
        goal = step * i if i < n else lengths[-1]
        while j < len(dense) - 2 and lengths[j + 1] < goal:
            j += 1
        t = (goal - lengths[j]) / ((lengths[j + 1] - lengths[j]) or 1.0)
        (ax, ay), (bx, by) = dense[j], dense[j + 1]
        out.append((ax + (bx - ax) * t, ay + (by - ay) * t))
    return out


def ribs(points: Sequence[Point], width: float, end: float) -> list[tuple[Point, Point]]:
    """Pairs of opposite edge points of a rope along `points`, thin at the root; `end` is the share
    of the width that is left at the tip."""
    pairs: list[tuple[Point, Point]] = []
    last = len(points) - 1
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, last)]
        length = hypot(bx - ax, by - ay) or 1.0
        half = width / 2 * (1.0 + (end - 1.0) * (i / last) ** 1.5) * min(1.0, 0.42 + 0.2 * i)
        nx, ny = (by - ay) / length * half, (ax - bx) / length * half
        pairs.append(((x + nx, y + ny), (x - nx, y - ny)))
    return pairs
