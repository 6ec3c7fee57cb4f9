"""Locs and box braids: many ropes that start at a parting and fall over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.art.canvas import Canvas, Point, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair.shapes import (
    arc,
    hairline,
    ribs,
    side,
    streaked,
    tone,
    under_hat,
    uneven,
    walk,
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
    long: float
    """Height of the ends at the default length."""
    plaited: bool
    """Joints are chevrons (a braid) instead of rings (a loc)."""


LOC = Rope(width=13.5, segment=11.0, end=0.72, long=218.0, plaited=False)
BRAID = Rope(width=10.5, segment=8.5, end=0.5, long=234.0, plaited=True)


@dataclass(frozen=True)
class _Strand:
    """One rope: its middle from root to tip, and opposite points of its edges."""

    spine: list[Point]
    edges: list[tuple[Point, Point]]
    streak: bool = False
    bead: bool = False


def _strand(
    kind: Rope, points: Sequence[Point], *, streak: bool = False, bead: bool = False,
    width: float = 1.0,
) -> _Strand:  # fmt: skip
    spine = walk(points, kind.segment)
    return _Strand(spine, ribs(spine, kind.width * width, kind.end), streak, bead)


def _ropes(
    canvas: Canvas, at: Frame, kind: Rope, strands: Sequence[_Strand], *, shade: bool = False,
    bare: int = 0,
) -> None:  # fmt: skip
    """Ropes in painter's order; joints start `bare` segments below the roots."""
    end = _end(at, kind)
    paint = tone(canvas, at, 84, end, shade=shade)
    second = tone(canvas, at, 84, end, shade=shade, streak=True)
    thick = 1.7 if kind.plaited else 2.1  # many thin ropes would drown in their outlines
    joints: list[str] = []
    shine: list[str] = []
    for i, strand in enumerate(strands):
        left = [q for _, q in strand.edges]
        right = [p for p, _ in strand.edges]
        tip = _beyond(strand.spine, kind.width * 0.55)
        body = (
            f"{_bulged(right, 0.10)}Q{fmt(tip[0])} {fmt(tip[1])}"
            f" {fmt(left[-1][0])} {fmt(left[-1][1])}{_bulged(left[::-1], 0.10, move=False)}Z"
        )
        canvas.path(body, fill=second if strand.streak else paint, stroke=Slot.LINE, width=thick)
        joints.append(_joints(kind, strand, i, bare))
        shine.append(_shine(strand, left))
        if strand.bead:
            _bead(canvas, kind, strand.spine)
    canvas.path("".join(joints) or "M0 0", stroke=Slot.LINE, width=0.68 * thick, opacity=0.55)
    if not shade:
        canvas.path(
            "".join(shine) or "M0 0", stroke=Slot.HAIR_LIGHT, width=kind.width * 0.2, opacity=0.85
        )


def _shine(strand: _Strand, left: Sequence[Point]) -> str:
    """Short strokes along the lit edge, in groups of two joints."""
    d: list[str] = []
    for k in range(1, min(len(left) - 1, 7)):
        if k % 5 not in (1, 2) or strand.streak:
            continue
        (ax, ay), (bx, by), (x, y), (z, w) = (
            left[k],
            left[k + 1],
            strand.spine[k],
            strand.spine[k + 1],
        )
        sx, sy, ex, ey = (ax + x) / 2, (ay + y) / 2, (bx + z) / 2, (by + w) / 2
        d.append(
            f"M{fmt(sx + (ex - sx) * 0.2)} {fmt(sy + (ey - sy) * 0.2)}"
            f"L{fmt(sx + (ex - sx) * 0.8)} {fmt(sy + (ey - sy) * 0.8)}"
        )
    return "".join(d)


def _beyond(spine: Sequence[Point], length: float) -> Point:
    """A point past the end of the rope."""
    (ax, ay), (bx, by) = spine[-2], spine[-1]
    d = max(1e-3, ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5)
    return bx + (bx - ax) / d * length, by + (by - ay) / d * length


def _bulged(points: Sequence[Point], bulge: float, *, move: bool = True) -> str:
    """Shallow bumps from joint to joint."""
    d = [f"M{fmt(points[0][0])} {fmt(points[0][1])}" if move else ""]
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        d.append(
            f"Q{fmt((ax + bx) / 2 + dy * bulge * 2)} {fmt((ay + by) / 2 - dx * bulge * 2)}"
            f" {fmt(bx)} {fmt(by)}"
        )
    return "".join(d)


def _joints(kind: Rope, strand: _Strand, i: int, bare: int) -> str:
    d: list[str] = []
    spine, edges = strand.spine, strand.edges
    for k in range(1 + bare, len(spine) - (0 if kind.plaited else 1)):
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
            reach = 0.75 + 0.25 * uneven(k + i * 3, 1)
            s, e = ((ax, ay), (bx, by)) if (k + i) % 2 else ((bx, by), (ax, ay))
            ex, ey = s[0] + (e[0] - s[0]) * reach, s[1] + (e[1] - s[1]) * reach
            qx, qy = (s[0] + ex) / 2 + (x - px) * 0.3, (s[1] + ey) / 2 + (y - py) * 0.3
            d.append(f"M{fmt(s[0])} {fmt(s[1])}Q{fmt(qx)} {fmt(qy)} {fmt(ex)} {fmt(ey)}")
    return "".join(d)


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


def _end(at: Frame, kind: Rope) -> float:
    return kind.long + 22.0 * at.spec.hair_length


def _spread(at: Frame) -> float:
    return 78.0 + 7.0 * at.spec.hair_volume


def _draw_back(canvas: Canvas, at: Frame, kind: Rope, n: int) -> None:
    """Ropes down the back, over a dark mass."""
    end, wide = _end(at, kind), _spread(at)
    strands = []
    for k in sorted(range(n), key=lambda k: (k % 2, k)):
        u = -1 + 2 * k / (n - 1)
        tip = (CX + u * wide + 3 * uneven(k, 1), end - 4 - 9 * abs(uneven(k, 2)))
        way = [(CX + u * 58, 100.0), (CX + u * (wide + 3), 152.0), tip]
        strands.append(_strand(kind, way, bead=kind.plaited and k % 5 == 1))
    with at.layer(canvas, -0.5):
        canvas.path(
            f"M{CX - 58} 90C{CX - 76} 130 {fmt(CX - wide)} 150 {fmt(CX - wide + 8)} {fmt(end - 40)}"
            f"Q{CX} {fmt(end - 22)} {fmt(CX + wide - 8)} {fmt(end - 40)}"
            f"C{fmt(CX + wide)} 150 {CX + 76} 130 {CX + 58} 90Z",
            fill=tone(canvas, at, 84, end, shade=True),
        )
        _ropes(canvas, at, kind, strands, shade=True)


def _dome(canvas: Canvas, at: Frame) -> None:
    """The scalp between the ropes: dark, ending in the hairline."""
    v = at.spec.hair_volume
    edge = [under_hat(at, p) for p in arc(CX, 108, 70 + 3 * v, 66 + 4 * v, 172, 368, 10)]
    lift = 0.0 if at.spec.fringe == "none" else 14.0  # ropes fall from higher roots
    line = [hairline(at, 1 - 0.25 * i, lift) for i in range(9)]
    with at.layer(canvas, 0.3):
        canvas.path(
            f"{smooth(edge)}L{smooth(line)[1:]}Z", fill=Slot.HAIR_SHADE, stroke=Slot.LINE, width=2.4
        )


# Ropes at a side, from the back to the front: how far out they hang (share of the spread), how much
# shorter they are, and where they pass the temple (x from the axis at y = 108).
_SIDES = ((1.04, 14.0, 75.0), (0.90, 2.0, 73.0), (0.98, 30.0, 70.0), (0.82, 46.0, 65.0))


def _draw_front(canvas: Canvas, at: Frame, kind: Rope, n: int) -> None:
    _dome(canvas, at)
    end, wide, v = _end(at, kind), _spread(at), at.spec.hair_volume
    part = (CX + 14 * side(at), 46.0 - 4 * v)
    with at.layer(canvas, 0.35):
        for s in (-1, 1):
            strands = []
            for k, (out, short, temple) in enumerate(_SIDES):
                tip = (
                    CX + s * wide * out + 3 * uneven(k + s, 0),
                    end - short + 5 * uneven(k - s, 3),
                )
                way = [
                    (part[0] + (s * 34 + CX - part[0]) * 0.6, part[1] + 3 + 2 * k),
                    (CX + s * (44 + 2 * v - 2 * k), 56.0 - 4 * v + 3 * k),
                    (CX + s * (64 + 3 * v - 2.5 * k), 77.0 + 2 * k),
                    (CX + s * (temple + 4 * v), 108.0),
                    (CX + s * (temple + 3 + 5 * v), 140.0),
                ]
                strands.append(
                    _strand(
                        kind, [*(under_hat(at, p) for p in way), tip],
                        streak=k == 2 and streaked(at, s * 0.5), bead=kind.plaited and k in (1, 3),
                    )
                )  # fmt: skip
            _ropes(canvas, at, kind, strands, bare=2)
    with at.layer(canvas, 0.5):
        strands = []
        for k in sorted(range(n), key=lambda k: -abs(k - (n - 1) / 2)):
            u = -1 + 2 * k / (n - 1)
            x, y = hairline(at, u)
            root = (part[0] + (x - part[0]) * 0.22, part[1] + 9 * u * u)
            mid = (part[0] + (x - part[0]) * 0.76, part[1] + (y - part[1]) * 0.40 - 7 - 3 * v)
            tip = (x, y + (2.0 if at.spec.fringe == "none" else 5 + 4 * uneven(k, 2)))
            way = [under_hat(at, root), under_hat(at, mid), tip]
            strands.append(_strand(kind, way, streak=streaked(at, u)))
        _ropes(canvas, at, kind, strands, bare=1)


def locs_back(canvas: Canvas, at: Frame) -> None:
    _draw_back(canvas, at, LOC, 11)


def locs_front(canvas: Canvas, at: Frame) -> None:
    _draw_front(canvas, at, LOC, 10)


def braids_back(canvas: Canvas, at: Frame) -> None:
    _draw_back(canvas, at, BRAID, 14)


def braids_front(canvas: Canvas, at: Frame) -> None:
    _draw_front(canvas, at, BRAID, 12)
