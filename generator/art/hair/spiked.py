"""The manga hero: spikes that stand off the head, larger on one side."""

from __future__ import annotations

from math import cos, pi, sin

from generator.art.canvas import Canvas, Point, Stop, fmt
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks
from generator.art.hair.shapes import jitter, side
from generator.art.palette import Slot

# (angle of the tip, length, how far the tip leans with the wind); angles as in `Dome.point`.
_SPIKES = (
    (197.0, 12.0, -9.0), (177.0, 20.0, -12.0), (156.0, 15.0, -6.0), (134.0, 22.0, -6.0),
    (112.0, 15.0, 4.0), (92.0, 18.0, 9.0), (68.0, 17.0, 10.0), (45.0, 26.0, 9.0),
    (22.0, 18.0, 10.0), (2.0, 23.0, 11.0), (-17.0, 13.0, 9.0),
)  # fmt: skip


def _ring(at: Frame) -> tuple[locks.Dome, list[tuple[Point, Point]]]:
    """The dome, and from left to right each spike's (notch before it, tip)."""
    shape = locks.dome(at, extra=-0.25)
    grow = 1 + 0.3 * at.spec.hair_volume + 0.2 * at.spec.hair_length
    s = side(at)
    spikes = _SPIKES if s > 0 else tuple((180 - a, n, -lean) for a, n, lean in reversed(_SPIKES))
    out: list[tuple[Point, Point]] = []
    before = spikes[0][0] + 14
    for i, (angle, length, lean) in enumerate(spikes):
        a = angle + 4 * jitter(at, i, 0)
        reach = length * grow * (1 + 0.22 * jitter(at, i, 2))
        if at.hat and sin(a * pi / 180) > 0.25:
            reach = 2.0
        x, y = shape.point(a, reach)
        tip = (x + lean * cos(a * pi / 180 - pi / 2), max(y + abs(lean) * 0.3, 10.0))
        notch = shape.point((before + a) / 2 + 2 * jitter(at, i, 1), -4.0 if not at.hat else 0.0)
        out.append((notch, tip))
        before = a
    return shape, out


def _spike(d: list[str], a: Point, tip: Point, b: Point) -> None:
    """From notch `a` over `tip` to notch `b`: a hollow flank and a round one."""
    for (x1, y1), (x2, y2), bulge in ((a, tip, 0.10), (tip, b, 0.16)):
        dx, dy = x2 - x1, y2 - y1
        mx, my = (x1 + x2) / 2, (y1 + y2) / 2
        d.append(f"Q{fmt(mx + dy * bulge)} {fmt(my - dx * bulge)} {fmt(x2)} {fmt(y2)}")


def spiky_back(canvas: Canvas, at: Frame) -> None:
    """Dark spikes at the nape."""
    tone = locks.tones(canvas, at, 110, 190)
    grow = 1 + 0.3 * at.spec.hair_length
    strips = []
    for i, (u, x, y) in enumerate(((0.9, 92.0, 150.0), (0.75, 84.0, 176.0), (0.5, 58.0, 194.0), (0.25, 34.0, 198.0))):
        for s in (-1, 1):
            tip = (CX + s * (x + 4 * jitter(at, i, 1)), 120 + (y - 120) * grow + 4 * jitter(at, i + s, 2))
            root = (CX + s * u * 50, 105.0)
            mid = (CX + s * (u * 74 + 2), (root[1] + tip[1]) / 2 + 6)
            strips.append(locks.lock([root, mid, tip], 40, root=0.9))
    with at.layer(canvas, locks.BACK_DEPTH):
        locks.clump(canvas, strips, tone, fill=tone.shade)


def spiky_front(canvas: Canvas, at: Frame) -> None:
    shape, ring = _ring(at)
    tone = locks.tones(canvas, at, 70, 132)
    fringe = _fringe(at)
    d: list[str] = []
    start, end = (CX - 66.0, 122.0), (CX + 66.0, 122.0)
    d.append(f"M{fmt(start[0])} {fmt(start[1])}")
    notches = [n for n, _ in ring[1:]] + [end]
    for i, (_, tip) in enumerate(ring):
        _spike(d, ring[i][0] if i else start, tip, notches[i])
    here = end
    for kind, x, y in reversed(fringe):
        bend = 0.22 if kind == "T" else -0.12
        dx, dy = x - here[0], y - here[1]
        d.append(
            f"Q{fmt((here[0] + x) / 2 + abs(dy) * bend * 0.4)} {fmt((here[1] + y) / 2 - abs(dx) * 0.1)} {fmt(x)} {fmt(y)}"
        )
        here = (x, y)
    outline = "".join(d) + "Z"
    crown = (CX + 6 * side(at), 50.0)
    low = [(x, y) for kind, x, y in fringe if kind == "N"]
    with at.layer(canvas, locks.FRONT_DEPTH):
        canvas.path(outline, fill=tone.base, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, locks.FRONT_DEPTH, clip=outline):
        _light(canvas, shape)
        _streak(canvas, at, crown)
        for i, (x, y) in enumerate(low):
            way = locks.meridian((x - 3, y + 8), crown, 0.5 + 0.1 * (i % 3))
            canvas.strand(way, 9.0, fill=tone.shade, taper=(0.8, 0.0), opacity=0.9)
        for i, ((nx, ny), (x, y)) in enumerate(ring):
            # The dark flank of each spike, and the line that parts it from the next.
            if i:
                inner = (nx + (crown[0] - nx) * 0.42, ny + (crown[1] + 26 - ny) * 0.42)
                mid = ((nx + inner[0]) / 2 + 2, (ny + inner[1]) / 2 - 3)
                canvas.strand([(nx, ny), mid, inner], 2.1, fill=Slot.LINE, taper=(0.9, 0.0))
            if x > CX - 30:
                base = (x + (crown[0] - x) * 0.55, y + (crown[1] + 40 - y) * 0.55)
                belly = ((x + base[0]) / 2 + 5, (y + base[1]) / 2 + 5)
                canvas.strand([(x, y), belly, base], 10, fill=tone.shade, taper=(0.3, 0.0), opacity=0.85)
        if not at.hat:
            locks.halo(canvas, shape, y=shape.top + 36.0, shift=at.spec.detail[0])
        for i, (x, y) in enumerate(low):
            canvas.strand(
                locks.meridian((x, y - 0.5), crown, 0.42 + 0.14 * (i * 7 % 3)), 2.1, fill=Slot.LINE,
                taper=(0.9, 0.0),
            )  # fmt: skip


def _fringe(at: Frame) -> list[tuple[str, float, float]]:
    """The lower edge: the figure's fringe with longer, livelier points."""
    lash = at.eye_y - at.eye_h - 2.0
    chain = fringes.FRINGES[at.spec.fringe].chain
    s = side(at)
    if s < 0:
        chain = tuple((kind, -x, y) for kind, x, y in reversed(chain))
    wide = at.cheek / 61.0
    out: list[tuple[str, float, float]] = []
    for i, (kind, x, y) in enumerate(chain):
        if abs(x) > 62:
            out.append((kind, CX + x * wide * 0.97, lash + y - 6))
            continue
        dy = 2.5 + 2.5 * jitter(at, i, 3) if kind == "T" else -5.0
        dx = 3.5 * s if kind == "T" else 0.0
        out.append((kind, CX + x * wide + dx, lash + y + dy))
    return out


def _light(canvas: Canvas, shape: locks.Dome) -> None:
    x, y = CX - 34.0, shape.top + 24
    glow = canvas.radial(x, y, 60, [Stop(0, Slot.HAIR_LIGHT, 0.4), Stop(1, Slot.HAIR_LIGHT, 0)])
    canvas.ellipse(x, y, 60, 60, fill=glow)


def _streak(canvas: Canvas, at: Frame, crown: Point) -> None:
    s = locks.streak_side(at)
    if s:
        x = CX + s * 34
        way = locks.meridian((x, 140.0), crown, 0.97)
        canvas.path(locks.lock([*way[::-1], (x, 170.0)], 24, root=0.2).d, fill=Slot.HAIR2)
