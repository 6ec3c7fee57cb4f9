"""Tops of hair with their own contour over the skull and the figure's fringe as lower edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

from generator.art.canvas import Canvas, Point, Stop, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks
from generator.art.hair.locks import Tones
from generator.art.hair.shapes import side, uneven
from generator.art.palette import Slot


@dataclass(frozen=True)
class Crop:
    """The lower edge from left to right, as tips (T) and notches (N), and where hair flows from."""

    points: tuple[tuple[str, float, float], ...]
    crown: Point
    sweep: float

    @property
    def notches(self) -> list[Point]:
        return [(x, y) for kind, x, y in self.points if kind == "N"]


def crop(at: Frame, crown: Point, *, reach: float = 62.0, lively: float = 0.0) -> Crop:
    """The figure's fringe within `reach` of the axis; `lively` lengthens its points, in units."""
    fringe = fringes.FRINGES[at.spec.fringe]
    s = side(at)
    chain = fringe.chain if s > 0 else tuple((k, -x, y) for k, x, y in reversed(fringe.chain))
    lash = at.eye_y - at.eye_h - 2.0
    wide = at.cheek / 61.0
    out: list[tuple[str, float, float]] = []
    for i, (kind, x, y) in enumerate(chain):
        k = i if s > 0 else len(chain) - 1 - i
        if abs(x) > reach:
            continue
        grown = lively * (1 + uneven(k, 3)) if kind == "T" else -1.4 * lively
        lean = 1.2 * lively * s if kind == "T" else 0.0
        out.append((kind, CX + x * wide + lean + 1.5 * s * uneven(k, 1), lash + y + grown))
    return Crop(tuple(out), crown, fringe.sweep)


def flow(point: Point, crown: Point) -> Point:
    """Unit direction in which hair lies at a point."""
    way = locks.meridian(point, crown, 0.12)
    dx, dy = point[0] - way[-1][0], point[1] - way[-1][1]
    length = hypot(dx, dy) or 1.0
    return dx / length, dy / length


def lower(edge: Crop, right: Point, left: Point) -> str:
    """Path data of the lower edge from `right` to `left`."""
    points = [("N", *left), *edge.points, ("N", *right)]
    d: list[str] = []
    for (k1, x1, y1), (k2, x2, y2) in zip(points[:0:-1], points[-2::-1], strict=True):
        if k1 == k2:
            bulge = 1.2 if k1 == "T" else -1.5
            d.append(f"Q{fmt((x1 + x2) / 2)} {fmt((y1 + y2) / 2 + bulge)} {fmt(x2)} {fmt(y2)}")
            continue
        (x, y), (tx, ty) = ((x2, y2), (x1, y1)) if k1 == "T" else ((x1, y1), (x2, y2))
        drop = ty - y
        fx, fy = flow((x, y), edge.crown)
        # Locks nearer to the crown lie over their neighbours and follow the flow of the hair.
        over = (tx - x) * (edge.crown[0] - x) > 0
        along = fx * 0.5 * drop / max(fy, 0.5) if over else 0.3 * (tx - x)
        a = (x + along, y + 0.48 * drop)
        b = (tx - (0.3 + 0.16 * edge.sweep) * (tx - x), ty - 0.34 * drop)
        if k1 == "T":
            a, b = b, a
        d.append(f"C{fmt(a[0])} {fmt(a[1])} {fmt(b[0])} {fmt(b[1])} {fmt(x2)} {fmt(y2)}")
    return "".join(d)


def nape(canvas: Canvas, strips: Sequence[locks.Strip], tone: Tones) -> None:
    """Locks behind the neck as one dark shape, parted by lines; later ones lie on top."""
    whole = "".join(s.d for s in strips)
    canvas.path(whole, stroke=Slot.LINE, width=5.0)
    canvas.path(whole, fill=tone.shade)
    for s in strips[1:]:
        inwards = s.left if abs(s.left[-3][0] - CX) < abs(s.right[-3][0] - CX) else s.right
        locks.part(canvas, inwards)


def form(canvas: Canvas, x: float, y: float, r: float = 60.0) -> None:
    """A soft light at the upper left."""
    glow = canvas.radial(x, y, r, [Stop(0, Slot.HAIR_LIGHT, 0.45), Stop(1, Slot.HAIR_LIGHT, 0)])
    canvas.ellipse(x, y, r, r, fill=glow)


def locks_of(canvas: Canvas, at: Frame, edge: Crop, tone: Tones) -> None:
    """Shade of upper locks on lower ones, and lines that run up from the notches."""
    for i, notch in enumerate(edge.notches):
        (x, y), outward = notch, -1 if notch[0] < edge.crown[0] else 1
        size = (1.0, 0.65, 0.85)[i % 3] * (0.8 if outward < 0 else 1.1)
        ridge = locks.meridian(notch, edge.crown, (0.46, 0.26, 0.36)[i % 3])
        fx, fy = flow(notch, edge.crown)
        mx, my = ridge[2]
        back = smooth([ridge[-1], (mx + outward * 3.2 * size, my + 3),
                       (x + outward * 7.5 * size + fx * 9, y + 9 * fy)])  # fmt: skip
        canvas.path(f"{smooth([(x + fx * 12, y + 12), *ridge])}L{back[1:]}Z", fill=tone.shade)
    for i, notch in enumerate(edge.notches):
        reach = (0.3, 0.14, 0.22)[i % 3] + 0.05 * uneven(i, 2)
        way = locks.meridian(notch, edge.crown, reach)
        canvas.strand(way[::2], 2.0, fill=Slot.LINE, taper=(1.0, 0.0))
    for i, notch in enumerate(edge.notches[::2]):
        # Loose hairs nearer to the crown, between the lines from the notches.
        start = (0.42, 0.5, 0.36)[i % 3]
        way = locks.meridian((notch[0] + 5, notch[1] - 8), edge.crown, start + 0.3)
        first = round(4 * start / (start + 0.3))
        canvas.strand(way[first:], 2.4, fill=Slot.HAIR_SHADE)


def streak(canvas: Canvas, at: Frame, crown: Point) -> None:
    """One lock in the second colour, from the crown over the forehead."""
    s = locks.streak_side(at)
    if s:
        way = locks.meridian((CX + s * 34, 140.0), crown, 0.97)
        canvas.path(locks.lock([*way[::-1], (CX + s * 34, 176.0)], 22, root=0.2).d, fill=Slot.HAIR2)
