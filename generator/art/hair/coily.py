"""Afros and curls: clouds of hair and ringlets."""

from __future__ import annotations

from math import cos, pi, sin

from generator.art.canvas import Canvas, Point, Stop, brush, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import locks
from generator.art.hair.shapes import (
    arc,
    hairline,
    scallop,
    side,
    streaked,
    tone,
    under_hat,
    uneven,
)  # fmt: skip
from generator.art.palette import Slot

_AFRO_Y = 98.0


def _afro_edge(at: Frame, start: float, end: float, n: int, shrink: float = 0.0) -> list[Point]:
    """Points of the cloud's edge between two angles; the lower half hangs with the length."""
    rx = 88.0 + 7.0 * at.spec.hair_volume - shrink
    up = 79.0 + 4.5 * at.spec.hair_volume - shrink
    down = 82.0 + 4.0 * at.spec.hair_volume + 10.0 * at.spec.hair_length - shrink
    points = arc(CX, _AFRO_Y, 1.0, 1.0, start, end, n)
    out: list[Point] = []
    for i, (x, y) in enumerate(points):
        k = 1 + 0.018 * uneven(i, 2)
        ux, uy = (x - CX) * k, (y - _AFRO_Y) * k
        out.append(under_hat(at, (CX + rx * ux, _AFRO_Y + (down if uy > 0 else up) * uy)))
    return out


def _coil(x: float, y: float, r: float, turn: float) -> str:
    """An open little spiral, the hint of a curl."""
    points = [
        (x + r * (1 - 0.09 * i) * cos(turn + i * 0.8), y + r * (1 - 0.09 * i) * sin(turn + i * 0.8))
        for i in range(7)
    ]
    return smooth(points)


def _puffs(x: float, y: float, r: float) -> str:
    """Two bumps of a puff's rim, facing away from the middle of the cloud."""
    ux, uy = (x - CX) / 80, (y - _AFRO_Y) / 80
    tx, ty = -uy * r * 1.6, ux * r * 1.6
    return scallop([(x - tx, y - ty), (x + 0.3 * ux * r, y + 0.3 * uy * r), (x + tx, y + ty)], 0.42)


def afro_back(canvas: Canvas, at: Frame) -> None:
    """The whole cloud; what stays visible of it is the dark half behind the neck."""
    with at.layer(canvas, 0.0):
        cloud = scallop(_afro_edge(at, 0, 360, 26), 0.33) + "Z"
        canvas.path(cloud, fill=tone(canvas, at, 30, 190, shade=True), stroke=Slot.LINE, width=2.7)


def afro_front(canvas: Canvas, at: Frame) -> None:
    """The lit upper cloud with its hairline, coils and highlight."""
    outer = _afro_edge(at, 146, 394, 19)
    n = 9
    line = [hairline(at, 1 - 2 * i / n) for i in range(n + 1)]
    line = [(x, y + 1.8 * uneven(i, 1)) for i, (x, y) in enumerate(line)]
    right, left = outer[-1], outer[0]
    temple_r = [right, (CX + 76, 136.0), (CX + 64, 133.0), line[0]]
    temple_l = [line[-1], (CX - 64, 133.0), (CX - 76, 136.0), left]
    d = (
        scallop(outer, 0.36)
        + scallop(temple_r, 0.3, move=False)
        + scallop(line, 0.34, move=False)
        + scallop(temple_l, 0.3, move=False)
        + "Z"
    )
    with at.layer(canvas, 0.1):
        canvas.path(d, fill=tone(canvas, at, 34, 165, shade=True))
    with at.layer(canvas, 0.1, clip=d):
        # The light comes from the upper left: a smaller, shifted cloud is what it reaches.
        lit = [(x - 7, y - 8) for x, y in _afro_edge(at, 0, 360, 20, shrink=5)]
        canvas.path(scallop(lit, 0.36) + "Z", fill=tone(canvas, at, 30, 160))
        if at.spec.hair_pattern == "streak":
            _afro_streak(canvas, at)
        glow = canvas.radial(
            96, 58, 58, [Stop(0, Slot.HAIR_LIGHT, 0.75), Stop(0.45, Slot.HAIR_LIGHT, 0.3),
                         Stop(1, Slot.HAIR_LIGHT, 0)],
        )  # fmt: skip
        canvas.ellipse(96, 58, 58, 58, fill=glow)
        _afro_texture(canvas, at)
        # Soft depth where the hair meets the forehead.
        low = [(x, y - 9) for x, y in line]
        canvas.path(
            scallop([(CX + 80, 128), *low, (CX - 80, 128)], 0.3) + f"L{CX - 80} 150H{CX + 80}Z",
            fill=Slot.HAIR_SHADE if at.spec.hair_pattern != "ombre" else Slot.HAIR2_SHADE,
            opacity=0.55,
        )
    with at.layer(canvas, 0.1):
        canvas.path(d, stroke=Slot.LINE, width=2.6)
        if at.spec.fringe != "none":
            _forehead_curls(canvas, at)


def _afro_streak(canvas: Canvas, at: Frame) -> None:
    """A puffy band from the hairline to the contour."""
    s = locks.streak_side(at)
    inner = [(CX + s * (28 + 8.5 * i), 136 - 23.0 * i) for i in range(6)]
    outer = [(CX + s * (104 - 7.5 * i), 26 + 20.0 * i) for i in range(6)]
    ring = [*inner, *outer] if s > 0 else [*outer[::-1], *inner[::-1]]
    canvas.path(scallop(ring, 0.36) + "Z", fill=Slot.HAIR2_SHADE)
    lit = [(x - 4, y - 4) for x, y in ring]
    canvas.path(scallop(lit, 0.36) + "Z", fill=Slot.HAIR2)


def _afro_texture(canvas: Canvas, at: Frame) -> None:
    """Coils and puffs in three rings: dark ones all over, light ones where the highlight lies."""
    dark: list[str] = []
    light: list[str] = []
    for ring, (shrink, n) in enumerate(((13.0, 16), (30.0, 13), (47.0, 9))):
        for i, (x, y) in enumerate(_afro_edge(at, 168, 372, n, shrink=shrink)):
            if y > 150 or (at.hat and y < 90):
                continue
            x, y = x + 3 * uneven(i, ring), y + 3 * uneven(i, ring + 1)
            size = 5.0 + 1.2 * uneven(i + 5, ring)
            coil = _coil(x, y, size, i * 1.9 + ring) if i % 3 else _puffs(x, y, size)
            (light if x + y < 140 + 20 * uneven(i, 3) else dark).append(coil)
    canvas.path("".join(dark), stroke=Slot.LINE, width=1.6, opacity=0.42)
    canvas.path("".join(light), stroke=Slot.HAIR_LIGHT, width=2.2)


def _forehead_curls(canvas: Canvas, at: Frame) -> None:
    """A few loose coils over the hair's edge."""
    marks: list[str] = []
    for i in range(4):
        x, y = hairline(at, -0.66 + 0.44 * i + 0.08 * uneven(i, 0), lift=7)
        marks.append(_coil(x, y, 3.8, i * 2.2 + 0.6))
    canvas.path("".join(marks), stroke=Slot.LINE, width=1.6, opacity=0.6)


def _ringlet(
    canvas: Canvas, at: Frame, root: Point, tip: Point, width: float, *, i: int,
    shade: bool = False, sway: float = 5.0, streak: bool = False, loose: bool = False,
) -> None:  # fmt: skip
    """A springy lock that swings around the line from `root` to `tip`."""
    (x0, y0), (x1, y1) = root, tip
    length = max(abs(y1 - y0), 12.0)
    waves = max(0.8, length / 30.0)
    # Sampled from the root on: a longer lock has more swings, and the upper ones stay.
    every = 30.0 / 3.2 / length if waves > 0.8 else 0.2
    steps = max(5, round(1 / every))
    phase = 0.9 * uneven(i, i) + (pi if x0 > CX else 0.0)
    axis: list[Point] = []
    for k in range(steps + 1):
        t = min(1.0, k * every) if k < steps else 1.0
        swing = sway * min(1.0, 0.25 + 1.4 * t) * sin(phase + 2 * pi * waves * t)
        axis.append((x0 + (x1 - x0) * t + swing, y0 + (y1 - y0) * t))
    paint = tone(canvas, at, 84.0, _curly_end(at) + 8, shade=shade, streak=streak)
    canvas.path(
        brush(axis, width, (0.12 if loose else 0.75, 0.05)), fill=paint, stroke=Slot.LINE, width=2.1
    )
    if not shade:
        inner = [(x + width * 0.16, y + 2) for x, y in axis[1:-1]]
        canvas.strand(inner, 1.6, fill=Slot.LINE, opacity=0.55)
        shine = [(x - width * 0.2, y) for x, y in axis[steps // 4 : steps // 4 + 3]]
        canvas.strand(shine, width * 0.26, fill=Slot.HAIR_LIGHT, opacity=0.85)


def _curly_side(at: Frame, t: float) -> float:
    """Half width of the curly mass, t from the temples (0) to the ends (1)."""
    return 80 + 6 * at.spec.hair_volume + (10 + 6 * at.spec.hair_volume) * sin(pi * min(t, 1) * 0.8)


def _curly_end(at: Frame) -> float:
    return 204.0 + 24.0 * at.spec.hair_length


def curly_back(canvas: Canvas, at: Frame) -> None:
    end = _curly_end(at)
    with at.layer(canvas, -0.5):
        right = [(CX + _curly_side(at, t), 96 + (end - 104) * t) for t in (0.1, 0.35, 0.6, 0.85)]
        low = [(CX + _curly_side(at, 1) * u, end - 2 + 5 * uneven(k, 2))
               for k, u in enumerate((0.75, 0.45, 0.15, -0.15, -0.45, -0.75))]  # fmt: skip
        left = [(2 * CX - x, y) for x, y in right[::-1]]
        top = [(CX - 60, 70.0), (CX, 50.0), (CX + 60, 70.0)]
        ring = [*right, *low, *left, *top, right[0]]
        canvas.path(
            scallop(ring, 0.3) + "Z", fill=tone(canvas, at, 70, end, shade=True), stroke=Slot.LINE,
            width=2.6,
        )  # fmt: skip
        for k, u in enumerate((-0.9, -0.55, 0.55, 0.9, -0.25, 0.25)):
            x = CX + u * _curly_side(at, 0.9)
            _ringlet(canvas, at, (x * 0.92 + CX * 0.08, 130), (x, end + 8 + 4 * uneven(k, 1)),
                     19, i=k, shade=True)  # fmt: skip


# Locks at a side, back to front: place at the ends (share of the mass), shortness, width, where
# they pass the temple and how high they start.
_SIDES = (
    (1.0, 16.0, 25.0, 79.0, 70.0), (0.86, 0.0, 22.0, 74.0, 84.0), (0.95, 44.0, 23.0, 80.0, 58.0),
    (0.74, 30.0, 18.0, 66.0, 92.0),
)  # fmt: skip


def curly_front(canvas: Canvas, at: Frame) -> None:
    _curly_crown(canvas, at)
    v, end = at.spec.hair_volume, _curly_end(at)
    with at.layer(canvas, 0.4):
        for s in (-1, 1):
            for k, (out, short, width, temple, start) in enumerate(_SIDES):
                root = under_hat(at, (CX + s * (temple - 12 + 5 * v), start), 0.0)
                tip = (CX + s * out * _curly_side(at, 0.7) + 3 * uneven(k, 2),
                       end - short + 5 * uneven(k + 3 * s, 1))  # fmt: skip
                _ringlet(canvas, at, root, tip, width + 1.5 * v, i=k + 2 * s, loose=True, sway=6.0,
                         streak=streaked(at, s * 0.5) and k == 2)  # fmt: skip
    with at.layer(canvas, 0.5):
        _curly_fringe(canvas, at)


def _curly_crown(canvas: Canvas, at: Frame) -> None:
    v = at.spec.hair_volume
    edge = [under_hat(at, p) for p in arc(CX, 106, 80 + 5 * v, 73 + 6 * v, 172, 368, 9)]
    edge = [(x, y + 2.5 * uneven(i, 3)) for i, (x, y) in enumerate(edge)]
    line = [hairline(at, 1 - i / 3, lift=4) for i in range(7)]
    d = scallop(edge, 0.24) + scallop([edge[-1], *line, edge[0]], 0.3, move=False) + "Z"
    with at.layer(canvas, 0.35):
        canvas.path(d, fill=tone(canvas, at, 84, _curly_end(at)), stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, 0.35, clip=d):
        glow = canvas.radial(
            94, 62, 56, [Stop(0, Slot.HAIR_LIGHT, 0.5), Stop(1, Slot.HAIR_LIGHT, 0)]
        )
        canvas.ellipse(94, 62, 56, 56, fill=glow)
        rim = [(CX + 24, 24.0), (CX + 44, 44.0), (CX + 56, 64.0), (CX + 61, 86.0), (CX + 58, 112.0)]
        canvas.path(
            scallop(rim, -0.3) + f"L{CX + 60} 140H{CX + 100}V20Z", fill=Slot.HAIR_SHADE, opacity=0.7
        )
        _waves(canvas, at, edge)


def _waves(canvas: Canvas, at: Frame, edge: list[Point]) -> None:
    """Wavy strokes from the parting to the notches of the contour, and light between them."""
    part = (CX + 16 * side(at), 52.0)
    for k, (x, y) in enumerate(edge[1:-1]):
        sx, sy = x - part[0], y - part[1]
        bend = 0.16 if k % 2 else -0.16
        way = [
            (x - sx * t + sy * bend * w, y - sy * t * (0.9 + 0.1 * t) - sx * bend * w + 10 * t)
            for t, w in ((0.0, 0.0), (0.2, 0.5), (0.42, -0.5), (0.62, 0.4))
        ]
        canvas.strand(way, 2.1, fill=Slot.LINE, taper=(1.0, 0.0), opacity=0.8)
        if x < CX + 24 and not at.hat:
            light = [(px + (6 if x < CX else 9), py + 8) for px, py in way[:3]]
            canvas.strand(light, 5.0, fill=Slot.HAIR_LIGHT, opacity=0.9)


def _curly_fringe(canvas: Canvas, at: Frame) -> None:
    """Curls on the forehead; without a fringe only two small ones at the temples."""
    part = CX + 16 * side(at)
    if at.spec.fringe == "none":
        for s in (-1, 1):
            _ringlet(
                canvas, at, (CX + s * 52, 88), (CX + s * 57, 134), 11, i=s, sway=4.0, loose=True
            )
        return
    count = 7
    for k in sorted(range(count), key=lambda k: -abs(k - 3)):
        u = (-1 + 2 * (k + 0.5) / count) * 0.95
        x, y = hairline(at, u)
        root = (part + (x - part) * 0.58, 62 + 12 * abs(u))
        if at.hat:
            root = (root[0], 84.0)
        tip = (x + 3 * uneven(k, 0), y + 5 + 3 * uneven(k, 3))
        _ringlet(canvas, at, root, tip, 20, i=k,
                 sway=4.4, streak=streaked(at, u), loose=True)  # fmt: skip
