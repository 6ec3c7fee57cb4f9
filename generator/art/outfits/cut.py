"""Pattern cutting: the few shapes that all clothes are cut from.

Clothes are drawn in *body space*: x counts from the figure's axis, y is the canvas's. Half of most
garments is drawn once, in `halves`, where +x points away from the axis on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot

from generator.art.canvas import Canvas, Point, fmt, smooth
from generator.art.palette import Slot


def d(*parts: str | float) -> str:
    """Path data from commands and numbers."""
    return " ".join(p if isinstance(p, str) else fmt(p) for p in parts)


def onward(points: Sequence[Point]) -> str:
    """A smooth curve that continues a path: a line to its first point, then the curve."""
    return "L" + smooth(points)[1:]


def mirrored(points: Sequence[Point]) -> list[Point]:
    """The same points on the other half, in the opposite direction."""
    return [(-x, y) for x, y in reversed(points)]


def halves(canvas: Canvas) -> Iterator[int]:
    """Draw the loop's body twice: on the picture's left (-1), then on its right (1)."""
    for side in (-1, 1):
        with canvas.group(transform=f"scale({side} 1)"):
            yield side


def tone(canvas: Canvas, path: str, shade: Slot | None) -> None:
    """Paint a shadow shape. Slots without a shade of their own (white, red, ink) pass None and get
    a thin coat of the outline colour."""
    if shade is None:
        canvas.path(path, fill=Slot.LINE, opacity=0.2)
    else:
        canvas.path(path, fill=shade)


def at_share(points: Sequence[Point], share: float) -> Point:
    """The point at a share of a polyline's length."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    left = share * sum(lengths)
    for (ax, ay), (bx, by), length in zip(points, points[1:], lengths, strict=False):
        if left <= length:
            t = left / (length or 1.0)
            return ax + (bx - ax) * t, ay + (by - ay) * t
        left -= length
    return points[-1]


def bend(a: Point, b: Point, c: Point, steps: int = 6) -> list[Point]:
    """Points of the quadratic curve from `a` to `c` that is drawn towards `b`."""
    ts = [i / steps for i in range(steps + 1)]
    return [
        (
            (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * b[0] + t * t * c[0],
            (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * b[1] + t * t * c[1],
        )
        for t in ts
    ]


def sides(points: Sequence[Point], start: float, end: float) -> tuple[list[Point], list[Point]]:
    """Both edges of a tube around `points` whose half width runs from `start` to `end`."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(points) - 1
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, last)]
        length = hypot(bx - ax, by - ay) or 1.0
        half = start + (end - start) * i / last
        nx, ny = (by - ay) / length * half, (ax - bx) / length * half
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left, right


def without_loops(points: Sequence[Point], edge: Sequence[Point]) -> list[Point]:
    """`edge` of a tube around `points`, held still where it would run backwards in a tight bend."""
    kept = [edge[0]]
    for (ax, ay), (bx, by), (x, y) in zip(points, points[1:], edge[1:], strict=False):
        px, py = kept[-1]
        forward = (x - px) * (bx - ax) + (y - py) * (by - ay)
        kept.append((x, y) if forward > 0 else (px, py))
    return kept


def frill(
    canvas: Canvas, points: Sequence[Point], depth: float, *, waves: int, fill: Slot,
    shade: Slot | None,
    width: float = 1.8,
) -> None:  # fmt: skip
    """A gathered ruffle that hangs from a line, to the right-hand side of its direction.

    Along a line that is drawn from right to left (as seen), it hangs up; from left to right, down.
    """
    ends = [at_share(points, i / waves) for i in range(waves + 1)]
    out: list[Point] = []
    for i, (x, y) in enumerate(ends):
        (ax, ay), (bx, by) = ends[max(i - 1, 0)], ends[min(i + 1, waves)]
        length = hypot(bx - ax, by - ay) or 1.0
        out.append((x + (ay - by) / length * depth, y + (bx - ax) / length * depth))
    edge = d("M", *ends[0], "L", *out[0])
    gathers = ""
    shadows = ""
    for (ax, ay), (bx, by), (sx, sy), (tx, ty) in zip(out, out[1:], ends, ends[1:], strict=False):
        mx, my = (ax + bx) / 2, (ay + by) / 2
        bx2, by2 = (sx + tx) / 2, (sy + ty) / 2
        edge += d("Q", mx + (mx - bx2) * 0.55, my + (my - by2) * 0.55, bx, by)
        gathers += d("M", bx, by, "L", bx + (tx - bx) * 0.6, by + (ty - by) * 0.6)
        shadows += d("M", sx, sy, "L", tx, ty, "L", tx + (bx - tx) * 0.75, ty + (by - ty) * 0.75)
        shadows += d("Q", bx2, by2, sx, sy, "Z")
    edge += "".join(d("L", x, y) for x, y in reversed(ends)) + "Z"
    canvas.path(edge, fill=fill, stroke=Slot.LINE, width=width)
    tone(canvas, shadows, shade)
    canvas.path(gathers, stroke=Slot.LINE, width=width * 0.6)
