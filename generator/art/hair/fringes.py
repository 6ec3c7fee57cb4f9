"""The cap of hair on the skull and the nine fringes that are its lower edge.

A fringe is a chain of points from the left temple to the right one: tips of locks, and notches
between them. Two tips in a row are a blunt end, two notches a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from generator.art.canvas import Canvas, Point, Stop, ellipse, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import locks
from generator.art.hair.locks import Dome, Tones
from generator.art.hair.shapes import uneven
from generator.art.palette import Slot


@dataclass(frozen=True)
class Fringe:
    """Points are (kind, x from the axis, y from the lash line): T a tip, N a notch."""

    chain: tuple[tuple[str, float, float], ...]
    crown: Point = (4.0, 44.0)
    """Where the hair flows from: x from the axis, and y."""
    sweep: float = 0.5
    """How much locks curve towards the side that their tips point to."""
    parted: bool = False
    """A visible parting runs down from the crown."""


def _mirror(chain: Sequence[tuple[str, float, float]]) -> tuple[tuple[str, float, float], ...]:
    return tuple((kind, -x, y) for kind, x, y in reversed(chain))


_CURTAIN = (("T", -68, 30), ("N", -60, -2), ("T", -56, 15), ("N", -49, -8), ("T", -44, 4),
            ("N", -38, -9), ("T", -30, -5))  # fmt: skip
FRINGES: dict[str, Fringe] = {
    "none": Fringe(
        (("T", -66, 18), ("N", -58, -10), ("N", -51, -31), ("N", -27, -46), ("N", 3, -40),
         ("N", 31, -46), ("N", 52, -30), ("N", 58, -10), ("T", 66, 18)), crown=(4, 6),
    ),
    "blunt": Fringe(
        (("T", -67, 27), ("N", -58, -4), ("T", -54, 4), ("T", -43, 5), ("N", -39, -6),
         ("T", -37, 3), ("T", -19, 6), ("N", -14, -9), ("T", -11, 4), ("T", 7, 6),
         ("N", 11, -5), ("T", 14, 4),
         ("T", 31, 5), ("N", 36, -9), ("T", 38, 4), ("T", 54, 3), ("N", 58, -5), ("T", 67, 28)),
        sweep=0.25,
    ),
    "swept": Fringe(
        (("T", -67, 24), ("N", -58, -6), ("T", -55, 10), ("N", -47, -10), ("T", -43, -1),
         ("N", -27, -31), ("T", -11, 3), ("N", -9, -10), ("T", 15, 9), ("N", 16, -7), ("T", 37, 8),
         ("N", 37, -9), ("T", 56, 12), ("N", 59, -6), ("T", 68, 30)),
        crown=(-24, 42), sweep=0.75, parted=True,
    ),
    "curtain": Fringe(
        (*_CURTAIN, ("N", -2, -45), *_mirror(_CURTAIN)), crown=(-2, 38), sweep=0.9, parted=True,
    ),
    "spiky": Fringe(
        (("T", -67, 22), ("N", -57, -14), ("T", -53, 9), ("N", -43, -17), ("T", -37, 1),
         ("N", -27, -19), ("T", -17, 10), ("N", -9, -16), ("T", 5, 20), ("N", 13, -20),
         ("T", 26, 4), ("N", 31, -15), ("T", 43, 7), ("N", 52, -16), ("T", 58, 10),
         ("N", 60, -8), ("T", 68, 26)),
        crown=(-6, 40), sweep=0.6,
    ),
    "wispy": Fringe(
        (("T", -67, 30), ("N", -60, -2), ("T", -57, 12), ("N", -52, -16), ("N", -46, -19),
         ("T", -42, 4), ("N", -37, -13), ("T", -31, 6), ("N", -27, -17), ("N", -18, -20),
         ("T", -15, 3), ("N", -10, -14), ("T", -3, 11), ("N", 0, -18), ("N", 10, -21), ("T", 16, 5),
         ("N", 20, -14), ("T", 28, 3), ("N", 31, -18), ("N", 40, -18), ("T", 46, 6), ("N", 51, -12),
         ("T", 58, 13), ("N", 60, -4), ("T", 67, 32)), sweep=0.5,
    ),
    "between_eyes": Fringe(
        (("T", -67, 26), ("N", -58, -8), ("T", -56, 9), ("N", -47, -14), ("T", -42, 4),
         ("N", -32, -15), ("T", -25, 2), ("N", -13, -15), ("T", 2, 35), ("N", 9, -17),
         ("T", 22, 3), ("N", 29, -14),
         ("T", 42, 6), ("N", 48, -13), ("T", 57, 10), ("N", 59, -6), ("T", 68, 28)),
        crown=(0, 42), sweep=0.55,
    ),
    "over_eye": Fringe(
        (("T", -67, 24), ("N", -58, -6), ("T", -54, 8), ("N", -46, -12), ("T", -42, -2),
         ("N", -30, -27), ("T", -7, 1), ("N", -4, -7), ("T", 10, 21), ("N", 12, 11), ("T", 26, 45),
         ("N", 33, 33), ("T", 49, 53), ("N", 56, 30), ("T", 68, 54)),
        crown=(-26, 42), sweep=0.7, parted=True,
    ),
    "rounded": Fringe(
        (("T", -68, 34), ("N", -61, 6), ("T", -58, 17), ("N", -52, -2), ("T", -45, 8),
         ("T", -37, 4), ("N", -32, -9), ("T", -24, 2), ("T", -12, 0), ("N", -6, -12),
         ("T", 0, -1), ("T", 15, 1),
         ("N", 20, -11), ("T", 25, 3), ("T", 39, 6), ("N", 43, -6), ("T", 48, 9), ("N", 54, 0),
         ("T", 59, 18), ("N", 62, 6), ("T", 68, 35)), sweep=0.35,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class _Edge:
    """A fringe in head space."""

    points: list[tuple[str, float, float]]
    crown: Point
    sweep: float
    parted: bool
    sleek: bool
    """Combed back: the edge is a hairline."""


def draw(
    canvas: Canvas, at: Frame, tone: Tones | None = None, *, extra: float = 0.0,
    fluff: float = 1.0, lift: float = 0.0,
) -> None:  # fmt: skip
    """Cap, fringe, highlight band and strands of the figure's own fringe.

    Args:
        tone: From `locks.tones`; plain hair (with an ombre only on longer hair) without it.
        extra: Volume of the dome beyond the slider's.
        fluff: Multiplies how far lock ends stand off the outline.
        lift: Raises the temples' lock ends, in units: short hair shows the ears.
    """
    tone = tone or locks.HAIR
    shape = locks.dome(at, extra=extra)
    shape = Dome(shape.rx, shape.top, shape.cy, shape.fluff * fluff)
    edge = _edge(at, lift)
    steps = (160, 121, 46, 17)
    start, end = -6.0, 186.0
    x0, y0 = shape.point(end, 0.25 * shape.fluff)
    d = (
        f"M{fmt(x0)} {fmt(y0)}{locks.outline(shape, end, start, steps)}"
        f"{_lower(edge, shape.point(start, 0.25 * shape.fluff), (x0, y0))}Z"
    )
    with at.layer(canvas, locks.FRONT_DEPTH):
        canvas.path(d, fill=tone.base, stroke=Slot.LINE, width=2.5)
    with at.layer(canvas, locks.FRONT_DEPTH, clip=d):
        _form(canvas, shape)
        _translucent(canvas, at)
        if not edge.sleek:
            _wedges(canvas, edge, tone)
        if not at.hat:
            locks.halo(canvas, shape, y=shape.top + 33.0)
        _streaks(canvas, at, edge)
        _strands(canvas, at, edge)


def _edge(at: Frame, lift: float) -> _Edge:
    fringe = FRINGES[at.spec.fringe]
    mirrored = at.spec.fringe == "over_eye" and at.spec.detail[0] < 0
    chain = tuple(_ragged(i, point) for i, point in enumerate(fringe.chain))
    chain = _mirror(chain) if mirrored else chain
    lash = at.eye_y - at.eye_h - 2.0
    wide = at.cheek / 61.0
    points = []
    for kind, x, y in chain:
        raised = lift if abs(x) > 62 else 0.0
        points.append((kind, CX + x * wide, lash + y - raised))
    cx = -fringe.crown[0] if mirrored else fringe.crown[0]
    return _Edge(
        points, (CX + cx, fringe.crown[1]), fringe.sweep, fringe.parted, at.spec.fringe == "none"
    )


def _ragged(i: int, point: tuple[str, float, float]) -> tuple[str, float, float]:
    """The i-th point of a chain, moved a little unless it lies over an ear."""
    kind, x, y = point
    shift = uneven(i, 1) if abs(x) <= 62 else 0.0
    return kind, x + 1.6 * shift, y + (2.2 * shift if kind == "T" else 0.0)


def _lower(edge: _Edge, right: Point, left: Point) -> str:
    """Path data of the fringe's lower edge from the right end of the dome to its left end."""
    points = [("N", *left), *edge.points, ("N", *right)]
    d = [f"L{fmt(right[0])} {fmt(right[1])}"]
    for i in range(len(points) - 1, 0, -1):
        (k1, x1, y1), (k2, x2, y2) = points[i], points[i - 1]
        if k1 == k2:
            if k1 == "N" and edge.sleek:
                (_, x0, y0), (_, x3, y3) = (
                    points[min(i + 1, len(points) - 1)],
                    points[max(i - 2, 0)],
                )
                a = (x1 + (x2 - x0) / 6, y1 + (y2 - y0) / 6)
                b = (x2 - (x3 - x1) / 6, y2 - (y3 - y1) / 6)
            else:
                a = b = ((x1 + x2) / 2, (y1 + y2) / 2 + (1.2 if k1 == "T" else -1.5))
            d.append(f"C{fmt(a[0])} {fmt(a[1])} {fmt(b[0])} {fmt(b[1])} {fmt(x2)} {fmt(y2)}")
            continue
        tip, notch = ((x1, y1), (x2, y2)) if k1 == "T" else ((x2, y2), (x1, y1))
        over = (tip[0] - notch[0]) * (edge.crown[0] - notch[0]) > 0
        a, b = _bend(notch, tip, edge, over)
        if k1 == "T":
            a, b = b, a
        d.append(f"C{fmt(a[0])} {fmt(a[1])} {fmt(b[0])} {fmt(b[1])} {fmt(x2)} {fmt(y2)}")
    return "".join(d)


def _bend(notch: Point, tip: Point, edge: _Edge, over: bool) -> tuple[Point, Point]:
    """Control points of a lock's edge from a notch to its tip.

    Locks nearer to the crown lie over their neighbours: their edge goes through the notch along the
    flow of the hair, the neighbour's meets it at an angle.
    """
    (x, y), (tx, ty) = notch, tip
    drop = ty - y
    fx, fy = _flow(notch, edge.crown)
    lean = edge.sweep * (0.10 if over else 0.22) * (tx - x)
    if over:
        first = (x + fx * 0.55 * drop / max(fy, 0.4), y + 0.55 * drop)
    else:
        first = (x + 0.30 * (tx - x), y + 0.42 * drop)
    return first, (tx - 0.30 * (tx - x) - lean, ty - 0.34 * drop)


def _flow(at: Point, crown: Point) -> Point:
    """Unit direction in which hair lies at a point, away from the crown."""
    (x, y), (x2, y2) = locks.meridian(at, crown, 0.08)[0], locks.meridian(at, crown, 0.08)[-1]
    length = hypot(x - x2, y - y2) or 1.0
    return (x - x2) / length, (y - y2) / length


def _form(canvas: Canvas, shape: Dome) -> None:
    """Roundness: light from the upper left, the right side and the temples in shade."""
    x, y = CX - 0.42 * shape.rx, shape.top + 26
    glow = canvas.radial(x, y, 62, [Stop(0, Slot.HAIR_LIGHT, 0.4), Stop(1, Slot.HAIR_LIGHT, 0)])
    canvas.ellipse(x, y, 62, 62, fill=glow)
    r = shape.rx * 2.1
    dark = canvas.radial(
        CX - 0.3 * shape.rx, 96, r,
        [Stop(0.42, Slot.HAIR_SHADE, 0), Stop(0.66, Slot.HAIR_SHADE, 0.75),
         Stop(1, Slot.HAIR_SHADE)],
    )  # fmt: skip
    # Only the sickle where the shade is: gradients cost by the area they cover.
    cx, inner = CX - 0.3 * shape.rx, 0.42 * r
    canvas.path(
        f"M{fmt(cx - r)} 20V230H{fmt(cx + r)}V20Z{ellipse(cx, 96, inner, inner)}", fill=dark
    )


def _translucent(canvas: Canvas, at: Frame) -> None:
    """Skin that shimmers through the thin ends over the forehead."""
    y = at.eye_y - at.eye_h + 10
    with canvas.group(transform=f"translate({fmt(CX)} {fmt(y)}) scale(1 .55)"):
        glow = canvas.radial(0, 0, 60, [Stop(0.2, Slot.SKIN, 0.24), Stop(1, Slot.SKIN, 0)])
        canvas.ellipse(0, 0, 60, 60, fill=glow)


def _notches(edge: _Edge) -> list[Point]:
    return [(x, y) for kind, x, y in edge.points if kind == "N"]


def _wedges(canvas: Canvas, edge: _Edge, tone: Tones) -> None:
    """Shade of the upper lock on the lower one: from the notch up along the flow, and down the
    lower lock's edge."""
    points = edge.points
    wedges = ""
    n = 0
    for i, (kind, x, y) in enumerate(points):
        if kind != "N":
            continue
        n += 1
        side = -1 if x < edge.crown[0] else 1  # the lower lock lies on this side
        j = i + side
        below = (x, y)
        if 0 <= j < len(points) and points[j][0] == "T":
            _, tx, ty = points[j]
            below = (x + 0.62 * (tx - x), y + 0.62 * (ty - y))
        size = (1.0, 0.65, 0.85)[n % 3] * (0.85 if side < 0 else 1.15)
        ridge = locks.meridian((x, y), edge.crown, (0.42, 0.2, 0.3)[n % 3])
        mx, my = ridge[2]
        ring = [
            *ridge[::-1],
            below,
            (x + side * 7.0 * size, y + 1),
            (mx + side * 4.2 * size, my + 2),
        ]
        # All wind alike: where two overlap there is no hole.
        wedges += smooth(ring if side > 0 else ring[::-1], closed=True, tension=0.8)
    canvas.path(wedges, fill=tone.shade)


def _strands(canvas: Canvas, at: Frame, edge: _Edge) -> None:
    """Lines between the locks, running up from the notches: few long ones, more short ones."""
    lines: list[tuple[list[Point], float]] = []
    for i, notch in enumerate(_notches(edge)):
        outer = abs(notch[0] - CX) > 53  # these part the fringe from the hair over the ears
        reach = 0.58 if outer else (0.3, 0.15, 0.22)[i % 3] + 0.05 * uneven(i, 2)
        if edge.sleek:
            reach = 0.62 if outer else (0.26, 0.44)[i % 2]
        way = locks.meridian(notch, edge.crown, reach)
        if edge.sleek and not outer:
            canvas.strand(way[::2], 3.0, fill=Slot.HAIR_SHADE, taper=(1.0, 0.0))
        else:
            lines.append((way if outer else way[::2], 2.0))
    for points, width in lines:
        canvas.strand(points, width, fill=Slot.LINE, taper=(1.0, 0.0))
    _flow_lines(canvas, at, edge)
    if edge.parted:
        notch = min(_notches(edge), key=lambda p: p[1])
        canvas.strand(
            locks.meridian(notch, edge.crown, 0.97), 2.3, fill=Slot.LINE, taper=(0.9, 0.1)
        )


# Loose hairs over the crown: where they point to (x from the axis, y from the lash line), which
# share of the way to the crown they cover, and their width. None runs from end to end: they are
# lost in the light, as a brush would leave them.
_HAIRS = (
    (-57, -22, 0.30, 0.62, 3.4), (-34, -14, 0.56, 0.84, 2.6), (-12, -18, 0.68, 0.9, 2.4),
    (20, -16, 0.60, 0.86, 2.8), (40, -16, 0.52, 0.84, 2.8), (58, -24, 0.36, 0.72, 3.6),
)  # fmt: skip
_FINE = ((-46, -16, 0.64, 0.84), (31, -14, 0.66, 0.86), (52, -20, 0.3, 0.5))
_BRIGHT = ((-52, -18, 0.12, 0.34), (-25, -16, 0.16, 0.36), (12, -16, 0.14, 0.32))


def _flow_lines(canvas: Canvas, at: Frame, edge: _Edge) -> None:
    """Tapered hairs that follow the flow over the crown, wide ones in shade and fine dark ones."""
    lash = at.eye_y - at.eye_h - 2.0

    def way(k: int, x: float, y: float, start: float, end: float) -> list[Point]:
        shift = uneven(k, 3)
        root = (CX + x + 3 * shift, lash + y)
        full = locks.meridian(root, edge.crown, end + 0.03 * shift)
        first = min(3, round(4 * start / end))
        return full[first:] if first < 3 else [full[2], full[4]]

    for k, (x, y, start, end, width) in enumerate(_HAIRS):
        canvas.strand(way(k, x, y, start, end), width, fill=Slot.HAIR_SHADE)
    for k, (x, y, start, end) in enumerate(_BRIGHT):
        canvas.strand(way(k, x, y, start, end), 1.8, fill=Slot.HAIR_LIGHT, opacity=0.6)
    for k, (x, y, start, end) in enumerate(_FINE):
        canvas.strand(way(k + 1, x, y, start, end), 1.4, fill=Slot.LINE)


def _streaks(canvas: Canvas, at: Frame, edge: _Edge) -> None:
    """One lock in the second colour."""
    side = locks.streak_side(at)
    if not side:
        return
    best = (1e9, edge.points[0], edge.points[0])
    for i, (kind, x, _) in enumerate(edge.points):
        if kind == "T" and 12 < side * (x - CX) < 52:
            left = next(p for p in edge.points[i::-1] if p[0] == "N")
            right = next(p for p in edge.points[i:] if p[0] == "N")
            # The narrowest lock, if it is not too far out.
            score = max(right[1] - left[1], 10.0) + 0.5 * abs(side * (x - CX) - 32)
            best = min(best, (score, left, right))
    _, left, right = best
    if edge.sleek:
        i = 2 if side < 0 else len(edge.points) - 3
        outer, (kind, x, y) = edge.points[i], edge.points[i - side]
        near = (kind, 0.45 * outer[1] + 0.55 * x, 0.45 * outer[2] + 0.55 * y)
        left, right = (outer, near) if side < 0 else (near, outer)
    up = [locks.meridian((p[1], p[2]), edge.crown, 0.97) for p in (left, right)]
    ring = [*up[0][::-1], (left[1], left[2] + 60), (right[1], right[2] + 60), *up[1]]
    d = "M" + "L".join(f"{fmt(x)} {fmt(y)}" for x, y in ring) + "Z"
    canvas.path(d, fill=Slot.HAIR2)
    canvas.strand(
        locks.meridian((right[1] - 3, right[2] + 3), edge.crown, 0.6), 6, fill=Slot.HAIR2_SHADE,
        taper=(0.8, 0),
    )  # fmt: skip
