"""Hair that is tied: ponytails, twintails, braids, buns and drills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, hypot, pi, sin

from generator.art.canvas import Canvas, Point, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks
from generator.art.hair.locks import Strip, Tones
from generator.art.palette import Slot

Draw = Callable[[Canvas, Frame], None]


def side_of(at: Frame) -> int:
    """Where a single tail hangs: the picture's right, which `spec.flip` mirrors."""
    return 1


def nape(canvas: Canvas, at: Frame, tone: Tones, *, low: float = 172.0, narrow: float = 14.0) -> None:
    """The back of the head when its hair is gathered: no wider than the ears, down to the nape."""
    shape = locks.dome(at, extra=-0.5)
    low = min(low, 166.0) if at.chibi else low
    points = [(shape.rx - 1, 112.0), (shape.rx - 4, 134.0), (shape.rx - narrow, low - 10),
              (shape.rx - narrow - 26, low + 2), (10.0, low - 3)]  # fmt: skip
    left = smooth([(CX - x, y) for x, y in points])
    right = smooth([(CX + x, y) for x, y in points[::-1]])
    top = locks.outline(shape, 180, 0, ())
    back = smooth([(CX + x, y) for x, y in points])
    x, y = shape.point(180)
    d = f"M{fmt(x)} {fmt(y)}{top}L{back[1:]}L{smooth([(CX - x, y) for x, y in points[::-1]])[1:]}Z"
    del left, right
    with at.layer(canvas, locks.BACK_DEPTH):
        canvas.path(d, fill=tone.shade, stroke=Slot.LINE, width=2.5)


def temples(canvas: Canvas, at: Frame, tone: Tones, *, end: float = 190.0, width: float = 13.0) -> None:
    """Thin locks left free before the ears."""
    wide = 3.0 if at.chibi else 0.0
    d = at.spec.detail
    for side in (-1, 1):
        tip = end + 7 * side * d[1] + 6 * at.spec.hair_length
        points = [(CX + side * (x + wide), y) for x, y in
                  ((66, 96), (67, 128), (64.5, 128 + (tip - 128) * 0.6), (57 + 2 * d[2], tip))]  # fmt: skip
        with at.layer(canvas, locks.SIDE_DEPTH):
            locks.clump(canvas, [locks.lock(points, width)], tone, width=2.3)


def band(canvas: Canvas, centre: Point, across: float, angle: float) -> None:
    """A tie around a tail: `across` wide, turned by `angle` degrees."""
    with canvas.group(transform=f"translate({fmt(centre[0])} {fmt(centre[1])}) rotate({fmt(angle)})"):
        h = across / 2
        d = f"M{fmt(-h)} -4.5Q0 -1.5 {fmt(h)} -4.5Q{fmt(h + 3)} 0 {fmt(h)} 4.5Q0 7.5 {fmt(-h)} 4.5Q{fmt(-h - 3)} 0 {fmt(-h)} -4.5Z"
        canvas.path(d, fill=Slot.ACCESSORY, stroke=Slot.LINE, width=2.2)
        canvas.path(f"M{fmt(h * 0.1)} 5.6Q{fmt(h * 0.7)} 4.4 {fmt(h)} 3.6L{fmt(h)} -3.6Q{fmt(h * 0.7)} 0 {fmt(h * 0.1)} 5.6Z",
                    fill=Slot.ACCESSORY_SHADE)  # fmt: skip


def tail(
    canvas: Canvas, path: Sequence[Point], width: float, tone: Tones, at: Frame,
    *, spread: float = 1.0,
) -> None:  # fmt: skip
    """A bundle of locks along `path`: narrow at the tie, wide in its middle, running out into one
    long tip and a few shorter ones."""
    d = at.spec.detail
    way = locks.curve(path, 8)
    last = len(way) - 1
    made: list[Strip] = []
    # (place across the bundle, length, width), painted in this order
    for k, (off, reach, share) in enumerate(
        ((-0.9, 0.74, 0.42), (0.95, 0.82, 0.44), (0.5, 0.93, 0.5), (-0.42, 0.88, 0.5), (0.0, 1.0, 0.6))
    ):
        points = []
        for i in range(7):
            t = i / 6
            j = min(round(t * reach * last), last)
            (ax, ay), (bx, by) = way[max(j - 1, 0)], way[min(j + 1, last)]
            n = hypot(bx - ax, by - ay) or 1.0
            bulge = sin(pi * min(1.0, t * 0.86 + 0.04) ** 0.75)
            fan = width * (off * (0.06 + 0.30 * bulge + 0.07 * spread * t) + 0.05 * d[k % 4] * t**2)
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


def _ombre(canvas: Canvas, at: Frame, start: float, end: float) -> Tones:
    return locks.tones(canvas, at, start, end)


def high_back(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 110, 215)
    nape(canvas, at, tone)
    more = length(at, 22)
    top = locks.dome(at).top
    with at.layer(canvas, locks.BACK_DEPTH):
        if at.hat:
            path = [(178.0, 108.0), (200.0, 112.0), (213.0, 146.0), (212.0, 188.0), (202.0, 222.0 + more)]
            tail(canvas, path, 36, tone, at)
            return
        path = [(147.0, top + 16), (159.0, top + 6), (185.0, top + 14), (203.0, top + 52),
                (208.0, top + 112 + more / 2), (197.0, top + 176 + more)]  # fmt: skip
        tail(canvas, path, 50, tone, at)
        band(canvas, (153.0, top + 3), 22, 36)


def high_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 150, 200)
    temples(canvas, at, tone)
    fringes.draw(canvas, at)


def low_back(canvas: Canvas, at: Frame) -> None:
    tone = locks.HAIR
    nape(canvas, at, tone, low=196, narrow=18)


def low_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 190, 250)
    more = length(at, 18)
    y = 186.0 if at.chibi else 200.0
    x = 56.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        path = [(CX + x - 5, y - 2), (CX + x + 8, y + 14), (CX + x + 7, y + 34), (CX + x + 2, y + 62 + more)]
        tail(canvas, path, 32, tone, at)
        band(canvas, (CX + x - 3, y + 1), 15, -30)
    temples(canvas, at, locks.HAIR, end=186)
    fringes.draw(canvas, at)


def side_back(canvas: Canvas, at: Frame) -> None:
    nape(canvas, at, locks.HAIR, low=176)


def side_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 150, 235)
    more = length(at, 22)
    y = 132.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        path = [(CX + 68, y - 4), (CX + 84, y + 3), (CX + 91, y + 34), (CX + 88, y + 70), (CX + 79, y + 108 + more)]
        tail(canvas, path, 40, tone, at)
        band(canvas, (CX + 73, y - 2), 17, 70)
    temples(canvas, at, locks.HAIR)
    fringes.draw(canvas, at)


def twin_back(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 110, 225)
    nape(canvas, at, tone)
    more = length(at, 20)
    y = 112.0 if at.hat else 78.0
    with at.layer(canvas, locks.BACK_DEPTH * 0.4):
        for side in (-1, 1):
            v = 1.5 * at.spec.hair_volume + (9.0 if at.chibi else 0.0)
            path = [(CX + side * x, yy) for x, yy in
                    ((62, y + 2), (82, y - 8), (90 + v, y + 28), (92 + v, y + 84), (86 + v, y + 150 + more))]  # fmt: skip
            tail(canvas, path, 38 + 3 * at.spec.hair_volume, tone, at)


def twin_front(canvas: Canvas, at: Frame) -> None:
    temples(canvas, at, _ombre(canvas, at, 150, 205))
    fringes.draw(canvas, at)
    y = 112.0 if at.hat else 78.0
    with at.layer(canvas, 0.1):
        for side in (-1, 1):
            band(canvas, (CX + side * 73, y - 3), 22, side * 62)


def low_twin_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 185, 250)
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


def braid(
    canvas: Canvas, path: Sequence[Point], width: float, tone: Tones, *, links: int
) -> None:
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
        locks.lock([(ex, ey), (ex + ux * 10 + s * 4, ey + uy * 10), (ex + ux * 22 + s * 5, ey + uy * 22)], 9)
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
    band(canvas, (ex, ey), width * 0.5, 0)


def braids_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 190, 246)
    more = length(at, 12)
    y = 172.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        for side in (-1, 1):
            path = [(CX + side * x, yy) for x, yy in
                    ((60, y - 8), (68, y + 14), (68, y + 38), (63, y + 62 + more))]  # fmt: skip
            braid(canvas, path, 22 + 2 * at.spec.hair_volume, tone, links=7)
    temples(canvas, at, locks.HAIR, end=176, width=11)
    fringes.draw(canvas, at)


def side_braid_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 195, 250)
    more = length(at, 12)
    y = 182.0
    with at.layer(canvas, locks.SIDE_DEPTH):
        path = [(CX + x, yy) for x, yy in ((54, y - 12), (64, y + 10), (58, y + 34), (44, y + 58 + more))]
        braid(canvas, path, 27 + 2 * at.spec.hair_volume, tone, links=7)
    temples(canvas, at, locks.HAIR, end=182)
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
    tone = _ombre(canvas, at, 30, 80)
    nape(canvas, at, locks.HAIR)
    r = 20.0 + 2.5 * at.spec.hair_volume + 1.5 * at.spec.hair_length
    with at.layer(canvas, 0.1):
        for side in (-1, 1):
            if at.hat:
                bun(canvas, CX + side * 82, 140, r * 0.85, tone, turn=0.4 * side)
            else:
                bun(canvas, CX + side * 57, 42, r, tone, turn=0.4 * side)


def buns_front(canvas: Canvas, at: Frame) -> None:
    temples(canvas, at, _ombre(canvas, at, 130, 200), end=186)
    fringes.draw(canvas, at)


def top_back(canvas: Canvas, at: Frame) -> None:
    nape(canvas, at, locks.HAIR)
    if at.hat:
        return
    shape = locks.dome(at)
    r = 19.0 + 2 * at.spec.hair_volume + 1.5 * at.spec.hair_length
    with at.layer(canvas, 0.0):
        bun(canvas, CX + 4, shape.top - 3, r, _ombre(canvas, at, shape.top - 22, shape.top + 12))


def drill(canvas: Canvas, x: float, y: float, width: float, end: float, side: int, tone: Tones) -> None:
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
                back = smooth([(bx + 5, by + step * 0.72), (mx + w * 0.2, my + step * 0.52), (ax - 4, ay)])
                canvas.path(f"{shade}L{back[1:]}Z", fill=tone.shade)
            canvas.strand(
                [(ax + w * 0.08, ay + step * 0.62), (ax + w * 0.3, ay + step * 0.62), (mx, my + step * 0.82)],
                step * 0.2, fill=tone.light, opacity=0.85,
            )  # fmt: skip
        for (ax, ay), (bx, by) in zip(left[1:], right[1:], strict=True):
            mid = ((ax + bx) / 2 + (bx - ax) * 0.1, (ay + by) / 2 + step * 0.24)
            canvas.strand([(ax - 2, ay - 1), mid, (bx + 2, by)], 2.0, fill=Slot.LINE, taper=(0.5, 1.0))


def drills_front(canvas: Canvas, at: Frame) -> None:
    tone = _ombre(canvas, at, 140, 225)
    end = (216.0 if at.chibi else 232.0) + length(at, 16)
    with at.layer(canvas, locks.SIDE_DEPTH):
        for side in (-1, 1):
            drill(canvas, CX + side * 74, 116, 38 + 4 * at.spec.hair_volume, end, side, tone)
    temples(canvas, at, locks.HAIR, end=176, width=11)
    fringes.draw(canvas, at)


def gathered_back(canvas: Canvas, at: Frame) -> None:
    nape(canvas, at, locks.HAIR, low=188, narrow=14)


BACK: dict[str, Draw] = {
    "high_ponytail": high_back, "low_ponytail": low_back, "side_ponytail": side_back,
    "twintails": twin_back, "low_twintails": gathered_back, "twin_braids": gathered_back,
    "side_braid": gathered_back, "double_buns": buns_back, "top_bun": top_back, "drills": gathered_back,
}  # fmt: skip
FRONT: dict[str, Draw] = {
    "high_ponytail": high_front, "low_ponytail": low_front, "side_ponytail": side_front,
    "twintails": twin_front, "low_twintails": low_twin_front, "twin_braids": braids_front,
    "side_braid": side_braid_front, "double_buns": buns_front, "top_bun": buns_front, "drills": drills_front,
}  # fmt: skip
