"""Hair that is worked into a form: braids, buns and ringlets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, pi, sin

from generator.art.canvas import Canvas, Point, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks, tied
from generator.art.hair.locks import Tones
from generator.art.palette import Slot

Draw = Callable[[Canvas, Frame], None]


def braid(canvas: Canvas, path: Sequence[Point], width: float, tone: Tones, *, links: int) -> None:
    """A plait along `path`: overlapping links left and right, a tie and a tuft at its end."""
    way = locks.curve(path, 8)

    def at_share(t: float) -> tuple[Point, Point]:
        i = min(int(t * (len(way) - 1)), len(way) - 2)
        (ax, ay), (bx, by) = way[i], way[i + 1]
        f = t * (len(way) - 1) - i
        n = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0
        return (ax + (bx - ax) * f, ay + (by - ay) * f), ((bx - ax) / n, (by - ay) / n)

    (ex, ey), (ux, uy) = at_share(1.0)
    tuft = [
        locks.lock(
            [(ex, ey), (ex + ux * 10 + s * 4, ey + uy * 10), (ex + ux * 22 + s * 5, ey + uy * 22)],
            9,
        )
        for s in (-1, 1, 0)
    ]
    locks.clump(canvas, tuft, tone, width=2.3)
    shapes = []
    for i in range(links):
        t = i / links
        (x, y), (ux, uy) = at_share(t)
        (x2, y2), _ = at_share(min(1.0, (i + 1.75) / links))
        w = width * (1 - 0.28 * t) / 2
        s = 1 if i % 2 else -1
        nx, ny = -uy * s, ux * s
        points = [(x - nx * w * 0.25, y - ny * w * 0.25), (x + nx * w * 0.95, y + ny * w * 0.95),
                  ((x + x2) / 2 + nx * w * 1.12, (y + y2) / 2 + ny * w * 1.12),
                  (x2 - nx * w * 0.15, y2 - ny * w * 0.15), (x2 - nx * w * 0.55, y2 - ny * w * 0.55),
                  ((x + x2) / 2 - nx * w * 0.05, (y + y2) / 2 - ny * w * 0.05)]  # fmt: skip
        shapes.append((smooth(points, closed=True, tension=0.85), s, points))
    for d, _, _ in shapes:
        canvas.path(d, stroke=Slot.LINE, width=4.6)
    for d, s, points in shapes:
        canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=1.5)
        a, b, c = points[1], points[2], points[3]
        canvas.strand([points[5], ((b[0] + points[5][0]) / 2, (b[1] + points[5][1]) / 2 + 1), c], width * 0.2,
                      fill=tone.shade if s > 0 else tone.shade, opacity=0.9)  # fmt: skip
        if s < 0:
            canvas.strand([a, ((a[0] + b[0]) / 2 * 0.9 + points[5][0] * 0.1, (a[1] + b[1]) / 2), b], 2.2,
                          fill=tone.light, opacity=0.8)  # fmt: skip
    tied.band(canvas, (ex, ey), width * 0.5, 0)


def braids_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 190, 246)
    more = tied.length(at, 12)
    y = 172.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        for side in (-1, 1):
            path = [(CX + side * x, yy) for x, yy in
                    ((60, y - 8), (68, y + 14), (68, y + 38), (63, y + 62 + more))]  # fmt: skip
            braid(canvas, path, 22 + 2 * at.spec.hair_volume, tone, links=7)
    tied.temples(canvas, at, locks.HAIR, end=176, width=11)
    fringes.draw(canvas, at)


def side_braid_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 195, 250)
    more = tied.length(at, 12)
    y = 182.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        path = [
            (CX + x, yy)
            for x, yy in ((54, y - 12), (64, y + 10), (58, y + 34), (44, y + 58 + more))
        ]
        braid(canvas, path, 27 + 2 * at.spec.hair_volume, tone, links=7)
    tied.temples(canvas, at, locks.HAIR, end=182)
    fringes.draw(canvas, at)


def bun(canvas: Canvas, x: float, y: float, r: float, tone: Tones, *, turn: float = 0.0) -> None:
    """A wound bun: a ball with locks curling round it."""
    points = []
    for i in range(10):
        a = 2 * pi * i / 10 + turn
        points.append((x + r * 1.05 * cos(a) * (1 + 0.03 * (i % 2)), y + r * 0.97 * sin(a)))
    d = smooth(points, closed=True)
    canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.5)
    with canvas.group(clip=d):
        canvas.path(
            smooth([(x + r * 1.2, y - r * 0.7), (x + r * 0.45, y + r * 0.35), (x - r * 0.6, y + r * 0.75),
                    (x - r, y + r * 1.3), (x + r * 1.4, y + r * 1.4)], closed=True),
            fill=tone.shade,
        )  # fmt: skip
        canvas.strand([(x - r * 0.72, y + r * 0.1), (x - r * 0.6, y - r * 0.45), (x - r * 0.05, y - r * 0.74)],
                      r * 0.24, fill=tone.light, opacity=0.9)  # fmt: skip
    for k, (a0, a1, rr) in enumerate(((200, 20, 0.62), (150, -40, 0.28), (250, 80, 0.86))):
        way = [
            (x + r * rr * cos((a0 + (a1 - a0) * j / 4 + 40 * turn) * pi / 180),
             y - r * (rr - 0.1 * j / 4) * 0.92 * sin((a0 + (a1 - a0) * j / 4 + 40 * turn) * pi / 180))
            for j in range(5)
        ]  # fmt: skip
        canvas.strand(way, 1.9 - 0.2 * k, fill=Slot.LINE, taper=(0.5, 0))


def buns_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 30, 80)
    tied.nape(canvas, at, locks.HAIR)
    r = 20.0 + 2.5 * at.spec.hair_volume + 1.5 * at.spec.hair_length
    with at.layer(canvas, 0.1):
        for side in (-1, 1):
            if at.hat:
                bun(canvas, CX + side * 82, 140, r * 0.85, tone, turn=0.4 * side)
            else:
                bun(canvas, CX + side * 57, 42, r, tone, turn=0.4 * side)


def buns_front(canvas: Canvas, at: Frame) -> None:
    tied.temples(canvas, at, locks.tones(canvas, at, 130, 200), end=186)
    fringes.draw(canvas, at)


def top_back(canvas: Canvas, at: Frame) -> None:
    tied.nape(canvas, at, locks.HAIR)
    if at.hat:
        return
    shape = locks.dome(at)
    r = 20.5 + 2 * at.spec.hair_volume + 1.5 * at.spec.hair_length
    with at.layer(canvas, 0.0):
        bun(
            canvas,
            CX + 4,
            max(shape.top - 6, r + 7),
            r,
            locks.tones(canvas, at, shape.top - 22, shape.top + 12),
        )


def drill(
    canvas: Canvas, x: float, y: float, width: float, end: float, side: int, tone: Tones
) -> None:
    """A ringlet: a cone whose rims bulge turn by turn, parted by slanted curves."""
    turns = 5
    step = (end - y) / (turns + 0.5)

    def rim(t: float, edge: int) -> Point:
        """A notch of the rim at turn `t` on the left (-1) or right (1) edge."""
        share = t / (turns + 0.5)
        half = width / 2 * (1 - share**1.7) * (0.82 + 0.18 * min(1.0, t))
        sway = side * (6 * sin(2.6 * share) - 5 * share)
        slant = step * (0.30 if edge < 0 else -0.30)
        return x + sway + edge * half * 0.86, y + t * step + slant

    left = [rim(t, -1) for t in range(turns + 1)]
    right = [rim(t, 1) for t in range(turns + 1)]
    tip = (x - side * 1.0, end)

    def bumps(points: Sequence[Point], edge: int) -> str:
        d = ""
        for (ax, ay), (bx, by) in pairwise(points):
            out = edge * width * 0.13 if by < end - 1 else edge * 2.0
            d += f"C{fmt(ax + out)} {fmt(ay + step * 0.15)} {fmt(bx + out)} {fmt(by - step * 0.3)} {fmt(bx)} {fmt(by)}"
        return d

    (lx, ly), (rx, ry) = left[0], right[0]
    down = bumps([*right, tip], 1)
    up = ""
    for (ax, ay), (bx, by) in pairwise([tip, *left[::-1]]):
        out = -width * 0.13 if by < end - step else 0.0
        up += f"C{fmt(ax + out)} {fmt(ay - step * 0.3)} {fmt(bx + out)} {fmt(by + step * 0.15)} {fmt(bx)} {fmt(by)}"
    d = f"M{fmt(lx)} {fmt(ly)}Q{fmt(x)} {fmt(y - step * 0.7)} {fmt(rx)} {fmt(ry)}{down}{up}Z"
    canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.5)
    with canvas.group(clip=d):
        for i in range(turns + 1):
            (ax, ay), (bx, by) = left[i], right[i]
            w = bx - ax
            mx, my = (ax + bx) / 2, (ay + by) / 2
            if i:
                # The turn above casts its shade on the one below, strongest on the right.
                shade = smooth([(ax - 4, ay), (mx + w * 0.1, my + step * 0.24), (bx + 5, by + 1)])
                back = smooth(
                    [(bx + 5, by + step * 0.72), (mx + w * 0.2, my + step * 0.52), (ax - 4, ay)]
                )
                canvas.path(f"{shade}L{back[1:]}Z", fill=tone.shade)
            canvas.strand(
                [(ax + w * 0.08, ay + step * 0.62), (ax + w * 0.3, ay + step * 0.62), (mx, my + step * 0.82)],
                step * 0.2, fill=tone.light, opacity=0.85,
            )  # fmt: skip
        for (ax, ay), (bx, by) in zip(left[1:], right[1:], strict=True):
            mid = ((ax + bx) / 2 + (bx - ax) * 0.1, (ay + by) / 2 + step * 0.24)
            canvas.strand(
                [(ax - 2, ay - 1), mid, (bx + 2, by)], 2.0, fill=Slot.LINE, taper=(0.5, 1.0)
            )


def drills_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 140, 225)
    end = (216.0 if at.chibi else 232.0) + tied.length(at, 16)
    with at.layer(canvas, locks.SIDE_DEPTH):
        for side in (-1, 1):
            drill(canvas, CX + side * 75, 116, 43 + 4 * at.spec.hair_volume, end, side, tone)
    tied.temples(canvas, at, locks.HAIR, end=176, width=11)
    fringes.draw(canvas, at)


BACK: dict[str, Draw] = {
    "twin_braids": tied.gathered_back,
    "side_braid": tied.gathered_back,
    "double_buns": buns_back,
    "top_bun": top_back,
    "drills": tied.gathered_back,
}
FRONT: dict[str, Draw] = {
    "twin_braids": braids_front,
    "side_braid": side_braid_front,
    "double_buns": buns_front,
    "top_bun": buns_front,
    "drills": drills_front,
}
