"""Hair that is worked into a form: braids, buns and ringlets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, hypot, pi, sin

from generator.art.canvas import Canvas, Point, curve, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks, tied
from generator.art.hair.locks import Tones
from generator.art.palette import Slot

Draw = Callable[[Canvas, Frame], None]


def braid(canvas: Canvas, path: Sequence[Point], width: float, tone: Tones) -> None:
    """A plait along `path`: plump links from left and right in turn, a tie and a tuft."""
    way = curve(path, 5)
    last = len(way) - 1

    def place(t: float, across: float) -> Point:
        """A point at share `t` of the way, `across` units to the right of it."""
        i = min(int(t * last), last - 1)
        (ax, ay), (bx, by) = way[i], way[i + 1]
        f, n = t * last - i, hypot(bx - ax, by - ay) or 1.0
        return (
            ax + (bx - ax) * f + (by - ay) / n * across,
            ay + (by - ay) * f - (bx - ax) / n * across,
        )

    (ex, ey), (fx, fy) = place(1.0, 0), place(0.9, 0)
    n = hypot(ex - fx, ey - fy) or 1.0
    ux, uy = (ex - fx) / n, (ey - fy) / n
    tuft = [
        locks.lock(
            [(ex, ey), (ex + ux * 10 + k * 4, ey + uy * 10), (ex + ux * 21 + k * 5, ey + uy * 21)],
            9,
        )
        for k in (-1, 1, 0)
    ]
    locks.clump(canvas, tuft, tone, width=2.3)
    total = sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(way))
    count = max(4, round(total / (width * 0.42)))
    step = 1 / (count + 0.6)
    links: list[tuple[str, list[Point]]] = []
    for i in range(count):
        w = width / 2 * (1 - 0.25 * i / count) * (-1 if i % 2 else 1)
        # (links down, half widths across): root, shoulder, belly, heel, tail, inner edge
        shape = ((-0.15, -0.2), (0.1, 0.62), (0.62, 1.0), (1.15, 0.78), (1.75, -0.3), (0.85, -0.42))
        ring = [place(min(1.0, max(0.0, (i + u) * step)), v * w) for u, v in shape]
        links.append((smooth(ring, closed=True, tension=0.9), ring))
    core = locks.strip([*path], (width * 0.5, width * 0.6, width * 0.55, width * 0.4))
    canvas.path("".join(d for d, _ in links), stroke=Slot.LINE, width=4.8)
    canvas.path(core.d, fill=tone.shade)
    for i, (d, ring) in enumerate(links):
        canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=1.5)
        _, shoulder, belly, heel, tail, inner = ring
        if i % 2:
            mid = ((shoulder[0] + belly[0] * 2) / 3, (shoulder[1] + belly[1] * 2) / 3)
            inside = (mid[0] * 0.75 + inner[0] * 0.25, mid[1] * 0.75 + inner[1] * 0.25)
            canvas.strand([shoulder, inside, heel], width * 0.12, fill=tone.light, opacity=0.8)
        between = ((heel[0] + inner[0]) / 2, (heel[1] + inner[1]) / 2)
        canvas.strand([inner, between, tail], width * 0.24, fill=tone.shade, taper=(0.6, 0.2))
    tied.band(canvas, (ex, ey), width * 0.5, 0)


def braids_front(canvas: Canvas, at: Frame) -> None:
    tone = locks.tones(canvas, at, 190, 246)
    more = tied.length(at, 12)
    y = 172.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        for side in (-1, 1):
            path = [(CX + side * x, yy) for x, yy in
                    ((60, y - 8), (68, y + 14), (68, y + 38), (63, y + 62 + more))]  # fmt: skip
            braid(canvas, path, 27 + 2 * at.spec.hair_volume, tone)
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
        braid(canvas, path, 32 + 2 * at.spec.hair_volume, tone)
    tied.temples(canvas, at, locks.HAIR, end=182)
    fringes.draw(canvas, at)


def bun(canvas: Canvas, x: float, y: float, r: float, tone: Tones, *, turn: float = 0.0) -> None:
    """A wound bun: a ball with hair curling round it. `turn` rolls it, in radians."""

    def ring(share: float, start: float, end: float) -> list[Point]:
        """An arc at `share` of the radius between two angles (degrees, anticlockwise)."""
        arc = []
        for j in range(5):
            a = (start + (end - start) * j / 4) * pi / 180 + turn
            arc.append((x + r * share * cos(a), y - r * (share - 0.02 * j) * 0.94 * sin(a)))
        return arc

    knobs = [1.05 + 0.03 * (i % 2) for i in range(10)]
    d = smooth(
        [(x + r * k * cos(0.2 * pi * i + turn), y + 0.94 * r * k * sin(0.2 * pi * i + turn))
         for i, k in enumerate(knobs)], closed=True,
    )  # fmt: skip
    canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.5)
    with canvas.group(clip=d):
        shade = [(1.2, -0.7), (0.45, 0.35), (-0.6, 0.75), (-1.0, 1.3), (1.4, 1.4)]
        canvas.path(
            smooth([(x + r * u, y + r * v) for u, v in shade], closed=True), fill=tone.shade
        )
        light = [(-0.74, 0.1), (-0.62, -0.45), (-0.05, -0.76)]
        canvas.strand([(x + r * u, y + r * v) for u, v in light], r * 0.22, fill=tone.light)
    for share, start, end, width in (
        (0.66, 215, 0, 2.0),
        (0.34, 190, -60, 1.8),
        (0.78, 30, -110, 1.6),
    ):
        canvas.strand(ring(share, start, end), width, fill=Slot.LINE, taper=(0.2, 0.0))


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
        half = width / 2 * (1 - share**1.7) * (0.6 + 0.4 * min(1.0, t))
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
            d += (
                f"C{fmt(ax + out)} {fmt(ay + step * 0.15)}"
                f" {fmt(bx + out)} {fmt(by - step * 0.3)} {fmt(bx)} {fmt(by)}"
            )
        return d

    (lx, ly), (rx, ry) = left[0], right[0]
    down = bumps([*right, tip], 1)
    up = ""
    for (ax, ay), (bx, by) in pairwise([tip, *left[::-1]]):
        out = -width * 0.13 if by < end - step else 0.0
        up += (
            f"C{fmt(ax + out)} {fmt(ay - step * 0.3)}"
            f" {fmt(bx + out)} {fmt(by + step * 0.15)} {fmt(bx)} {fmt(by)}"
        )
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
                [(ax + w * 0.08, ay + step * 0.62), (ax + w * 0.3, ay + step * 0.62),
                 (mx, my + step * 0.82)],
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
            drill(canvas, CX + side * 75, 118, 43 + 4 * at.spec.hair_volume, end, side, tone)
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
