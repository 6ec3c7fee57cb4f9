"""Locs and box braids: many ropes that start at a parting and fall over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.art.canvas import Canvas, Point, fmt
from generator.art.frame import CX, Frame
from generator.art.hair.shapes import (
    arc, hairline, jitter, ribs, side, streaked, tone, under_hat, walk,
)  # fmt: skip
from generator.art.palette import Slot


@dataclass(frozen=True)
class Rope:
    """How a kind of rope looks."""

    width: float
    segment: float
    """Distance of its joints."""
    end: float
    """Share of the width left at the tip."""
    plaited: bool
    """Joints are chevrons (a braid) instead of rings (a loc)."""


LOC = Rope(width=13.5, segment=11.0, end=0.72, plaited=False)
BRAID = Rope(width=10.5, segment=8.5, end=0.5, plaited=True)


def _rope(
    canvas: Canvas, at: Frame, kind: Rope, points: Sequence[Point], *, shade: bool = False,
    streak: bool = False, i: int = 0, bead: bool = False,
) -> None:  # fmt: skip
    spine = walk(points, kind.segment)
    edges = ribs(spine, kind.width, kind.end)
    right = [a for a, _ in edges]
    left = [b for _, b in edges]
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    paint = tone(canvas, at, min(top, 90), bottom, shade=shade, streak=streak)
    tip = _beyond(spine, kind.width * 0.55)
    cap = f"Q{fmt(tip[0])} {fmt(tip[1])} "
    body = (
        _bulged(right, 0.10) + cap + f"{fmt(left[-1][0])} {fmt(left[-1][1])}"
        + _bulged(left[::-1], 0.10, move=False) + "Z"
    )  # fmt: skip
    canvas.path(body, fill=paint, stroke=Slot.LINE, width=2.1)
    canvas.path(_joints(kind, at, spine, edges, i), stroke=Slot.LINE, width=1.4, opacity=0.62)
    if not shade:
        shine = [
            f"M{fmt((ax + x) / 2)} {fmt((ay + y) / 2)}L{fmt((bx + z) / 2)} {fmt((by + w) / 2)}"
            for k, ((ax, ay), (bx, by), (x, y), (z, w)) in enumerate(
                zip(left, left[1:], spine, spine[1:], strict=False)
            )
            if k % 5 in (1, 2) and k < len(left) * 0.6
        ]
        light = Slot.HAIR_LIGHT
        canvas.path(
            _shortened("".join(shine)), stroke=light, width=kind.width * 0.2, opacity=0.85
        )
    if bead:
        _bead(canvas, kind, spine)


def _shortened(d: str) -> str:
    return d or "M0 0"


def _beyond(spine: Sequence[Point], length: float) -> Point:
    """A point past the end of the rope."""
    (ax, ay), (bx, by) = spine[-2], spine[-1]
    d = max(1e-3, ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5)
    return bx + (bx - ax) / d * length, by + (by - ay) / d * length


def _bulged(points: Sequence[Point], bulge: float, *, move: bool = True) -> str:
    """Shallow bumps from joint to joint."""
    d = [f"M{fmt(points[0][0])} {fmt(points[0][1])}" if move else ""]
    for (ax, ay), (bx, by) in zip(points, points[1:], strict=False):
        dx, dy = bx - ax, by - ay
        d.append(
            f"Q{fmt((ax + bx) / 2 + dy * bulge * 2)} {fmt((ay + by) / 2 - dx * bulge * 2)}"
            f" {fmt(bx)} {fmt(by)}"
        )
    return "".join(d)


def _joints(
    kind: Rope, at: Frame, spine: Sequence[Point], edges: Sequence[tuple[Point, Point]], i: int
) -> str:
    d: list[str] = []
    for k in range(1, len(spine) - (0 if kind.plaited else 1)):
        (ax, ay), (bx, by) = edges[k]
        (px, py), (x, y) = spine[k - 1], spine[k]
        if kind.plaited:
            cx, cy = x + (x - px) * 0.55, y + (y - py) * 0.55
            if k % 2:
                d.append(f"M{fmt(ax)} {fmt(ay)}Q{fmt(x)} {fmt(y)} {fmt(cx)} {fmt(cy)}")
                d.append(f"M{fmt(bx)} {fmt(by)}L{fmt(x)} {fmt(y)}")
            else:
                d.append(f"M{fmt(bx)} {fmt(by)}Q{fmt(x)} {fmt(y)} {fmt(cx)} {fmt(cy)}")
                d.append(f"M{fmt(ax)} {fmt(ay)}L{fmt(x)} {fmt(y)}")
        else:
            # Rings that slant to and fro and seldom reach all the way round.
            reach = 0.75 + 0.25 * jitter(at, k + i * 3, 1)
            s, e = ((ax, ay), (bx, by)) if (k + i) % 2 else ((bx, by), (ax, ay))
            ex, ey = s[0] + (e[0] - s[0]) * reach, s[1] + (e[1] - s[1]) * reach
            qx, qy = (s[0] + ex) / 2 + (x - px) * 0.3, (s[1] + ey) / 2 + (y - py) * 0.3
            d.append(f"M{fmt(s[0])} {fmt(s[1])}Q{fmt(qx)} {fmt(qy)} {fmt(ex)} {fmt(ey)}")
    return "".join(d) or "M0 0"


def _bead(canvas: Canvas, kind: Rope, spine: Sequence[Point]) -> None:
    """A gold cuff two joints above the tip."""
    (ax, ay), (bx, by) = spine[-3], spine[-2]
    dx, dy = (bx - ax) * 0.42, (by - ay) * 0.42
    x, y = (ax + bx) / 2, (ay + by) / 2
    canvas.path(
        f"M{fmt(x - dx)} {fmt(y - dy)}L{fmt(x + dx)} {fmt(y + dy)}", stroke=Slot.LINE,
        width=kind.width * 0.82 + 2.4, cap="butt",
    )  # fmt: skip
    canvas.path(
        f"M{fmt(x - dx * 0.72)} {fmt(y - dy * 0.72)}L{fmt(x + dx * 0.72)} {fmt(y + dy * 0.72)}",
        stroke=Slot.GOLD, width=kind.width * 0.82, cap="butt",
    )  # fmt: skip


def _end(at: Frame) -> float:
    return 218.0 + 24.0 * at.spec.hair_length


def _spread(at: Frame) -> float:
    return 78.0 + 7.0 * at.spec.hair_volume


def _draw_back(canvas: Canvas, at: Frame, kind: Rope, n: int) -> None:
    """Ropes down the back, drawn from the middle outwards over a dark mass."""
    end, wide = _end(at), _spread(at)
    with at.layer(canvas, -0.5):
        canvas.path(
            f"M{CX - 62} 90C{CX - 84} 140 {CX - wide} 170 {CX - wide + 8} {fmt(end - 22)}"
            f"H{CX + wide - 8}C{CX + wide} 170 {CX + 84} 140 {CX + 62} 90Z",
            fill=tone(canvas, at, 90, end, shade=True),
        )
        order = sorted(range(n), key=lambda k: abs(k - (n - 1) / 2))
        for k in order:
            u = -1 + 2 * k / (n - 1)
            x = CX + u * wide
            tip = (x + 3 * jitter(at, k, 1), end - 7 * abs(jitter(at, k, 2)))
            mid = (CX + u * (wide + 5), 150.0)
            _rope(canvas, at, kind, [(CX + u * 62, 92), mid, tip], shade=True, i=k,
                  bead=kind.plaited and k % 4 == 1)  # fmt: skip


def _dome(canvas: Canvas, at: Frame) -> None:
    """The scalp between the ropes: dark, ending in the hairline."""
    v = at.spec.hair_volume
    edge = [under_hat(at, p) for p in arc(CX, 108, 69 + 3 * v, 65 + 4 * v, 172, 368, 10)]
    n = 8
    line = [hairline(at, 1 - 2 * i / n, lift=_root_lift(at)) for i in range(n + 1)]
    points = [*edge, *line]
    d = "M" + "L".join(f"{fmt(x)} {fmt(y)}" for x, y in points) + "Z"
    with at.layer(canvas, 0.25):
        canvas.path(d, fill=Slot.HAIR_SHADE, stroke=Slot.LINE, width=2.4)


def _root_lift(at: Frame) -> float:
    """Ropes fall over the forehead from roots that lie higher, unless the hair is swept back."""
    return 0.0 if at.spec.fringe == "none" else 14.0


def _draw_front(canvas: Canvas, at: Frame, kind: Rope, n: int) -> None:
    _dome(canvas, at)
    end, wide = _end(at), _spread(at)
    v = at.spec.hair_volume
    part = (CX + 15 * side(at), 48.0 - 5 * v)
    # The sides first: they hang before the shoulders; then the crown and forehead over their roots.
    with at.layer(canvas, 0.3):
        for s in (-1, 1):
            for k, (out, drop) in enumerate(((0.98, 10.0), (0.84, 34.0), (1.06, 24.0))):
                u = s * (1.0 - 0.14 * k)
                x = CX + s * wide * out
                tip = (x + 3 * jitter(at, k + s, 0), end - drop + 5 * jitter(at, k - s, 3))
                shoulder = (CX + s * (66 + 4 * v - 4 * k), 82.0 - 8 * k)
                low = (CX + s * (76 + 6 * v - 5 * (k == 1)), 130.0)
                _rope(
                    canvas, at, kind,
                    [under_hat(at, (part[0] + s * 22, part[1] + 5)), under_hat(at, shoulder), low, tip],
                    i=k + 2 * s, streak=streaked(at, u * 0.55, 0.06), bead=kind.plaited and k == 1,
                )  # fmt: skip
    with at.layer(canvas, 0.5):
        short = at.spec.fringe == "none"
        order = sorted(range(n), key=lambda k: -abs(k - (n - 1) / 2))
        for k in order:
            u = (-1 + 2 * k / (n - 1)) * 0.93
            x, y = hairline(at, u)
            bow = 7.0 + 3 * v
            root = under_hat(at, (part[0] + (x - part[0]) * 0.16, part[1] + 8 * abs(u)))
            mid = under_hat(at, (part[0] + (x - part[0]) * 0.72, part[1] + (y - part[1]) * 0.42 - bow))
            tip = (x, y + (2 if short else 5 + 4 * jitter(at, k, 2)))
            _rope(canvas, at, kind, [root, mid, tip], i=k, streak=streaked(at, u))


def locs_back(canvas: Canvas, at: Frame) -> None:
    _draw_back(canvas, at, LOC, 8)


def locs_front(canvas: Canvas, at: Frame) -> None:
    _draw_front(canvas, at, LOC, 9)


def braids_back(canvas: Canvas, at: Frame) -> None:
    _draw_back(canvas, at, BRAID, 10)


def braids_front(canvas: Canvas, at: Frame) -> None:
    _draw_front(canvas, at, BRAID, 11)
