"""The vocabulary of hair: tones, the dome over the skull, pointed locks and how they overlap.

Hair is drawn as clumps: several locks filled as one shape with one contour around all of them, and
tapered lines and shade wedges inside. Equal outlines around every lock would look like leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, sin

from generator.art.canvas import Canvas, Paint, Point, Stop, curve, smooth
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

FRONT_DEPTH = 0.5
"""Depth of cap and fringe."""
SIDE_DEPTH = 0.35
"""Depth of the locks that frame the face."""
BACK_DEPTH = -0.5
"""Depth of what hangs behind neck and body."""


@dataclass(frozen=True)
class Tones:
    """What one lock is painted with."""

    base: Paint = Slot.HAIR
    shade: Paint = Slot.HAIR_SHADE
    light: Paint = Slot.HAIR_LIGHT


HAIR = Tones()
STREAK = Tones(Slot.HAIR2, Slot.HAIR2_SHADE, Slot.HAIR2)


def tones(canvas: Canvas, at: Frame, start: float, end: float) -> Tones:
    """The hair's tones; an ombre blends into the second colour between heights `start` and `end`
    of the space the hair is drawn in."""
    if at.spec.hair_pattern != "ombre":
        return HAIR

    # Begun early and finished early: short and bound hair, too, shows both colours.
    first, last = start - 0.15 * (end - start), end - 0.35 * (end - start)

    def blend(a: Slot, b: Slot) -> Paint:
        return canvas.linear(CX, first, CX, last, [Stop(0, a), Stop(1, b)])

    return Tones(
        blend(Slot.HAIR, Slot.HAIR2),
        blend(Slot.HAIR_SHADE, Slot.HAIR2_SHADE),
        blend(Slot.HAIR_LIGHT, Slot.HAIR2),
    )


def streak_side(at: Frame) -> int:
    """-1 or 1 for the side of the picture that has the streak, 0 without one."""
    if at.spec.hair_pattern != "streak":
        return 0
    return 1 if at.spec.detail[2] > 0 else -1


@dataclass(frozen=True)
class Dome:
    """The outline of the hair over the skull: an ellipse's upper half in head space."""

    rx: float
    top: float
    cy: float = 112.0
    fluff: float = 1.0
    """How far lock ends stand off the outline, in units."""

    @property
    def ry(self) -> float:
        return self.cy - self.top

    def point(self, degrees: float, out: float = 0.0) -> Point:
        """A point on the outline, `out` units off it; 0 is right, 90 the top, 180 left."""
        a = degrees * pi / 180
        return CX + (self.rx + out) * cos(a), self.cy - (self.ry + out) * sin(a)


def dome(at: Frame, *, extra: float = 0.0) -> Dome:
    """The dome of a figure's hair by volume slider, age and hat; `extra` adds volume."""
    age = {"child": 0.25, "young": 0.0, "adult": -0.2, "elder": -0.45}[at.spec.age]
    full = at.spec.hair_volume + age + extra
    if at.hat:
        return Dome(74.5, 41.0, fluff=0.6)
    return Dome(77.5 + 4.5 * full, 35.0 - 6.0 * full, fluff=5.0 + 2.0 * full)


def back_dome(at: Frame) -> Dome:
    """The dome behind the head; it draws in as the head turns, or it would look out beside the cap
    as a second contour."""
    shape = dome(at, extra=-0.5)
    return Dome(shape.rx - 5.5 * abs(at.spec.turn), shape.top, shape.cy, shape.fluff)


@dataclass(frozen=True)
class Strip:
    """A pointed ribbon of hair: closed path data and its two edges from root to tip."""

    d: str
    left: list[Point]
    right: list[Point]
    middle: list[Point]


def strip(points: Sequence[Point], widths: Sequence[float]) -> Strip:
    """A ribbon along `points` (root to tip), as wide as `widths` at evenly spaced places."""
    dense = curve(points, 2 if len(points) < 6 else 1)  # outlines cost by their segments
    last = len(dense) - 1
    left: list[Point] = []
    right: list[Point] = []
    profile = curve([(float(i), w) for i, w in enumerate(widths)], 6)
    for i, (x, y) in enumerate(dense):
        (ax, ay), (bx, by) = dense[max(i - 1, 0)], dense[min(i + 1, last)]
        length = hypot(bx - ax, by - ay) or 1.0
        nx, ny = (by - ay) / length, (ax - bx) / length
        half = max(0.0, profile[round(i / last * (len(profile) - 1))][1]) / 2
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    back = smooth(right[::-1])
    return Strip(f"{smooth(left)}L{back[1:]}Z", left, right, dense)


def lock(points: Sequence[Point], width: float, *, root: float = 0.7, belly: float = 1.0) -> Strip:
    """A pointed lock, `width` at its belly; `root` and `belly` are shares of it."""
    return strip(points, (width * root, width * belly, width * 0.92, width * 0.58, 0.0))


def clump(
    canvas: Canvas, strips: Sequence[Strip], paint: Tones, *, width: float = 2.5,
    fill: Paint | None = None, inner: float = 1.5, share: float = 0.42,
    accent: int | None = None, shadow: float | None = None,
) -> None:  # fmt: skip
    """Fill overlapping locks as one shape with one contour, then part them by tapered lines.

    Later strips lie over earlier ones; each gets shade on its dark (right) side. `shadow` is where
    the shade of the cap ends (see `under_cap`). Strip number `accent` is in the second colour.
    """
    whole = "".join(s.d for s in strips)
    canvas.path(whole, stroke=Slot.LINE, width=2 * width)
    canvas.path(whole, fill=fill if fill is not None else paint.base)
    for i, s in enumerate(strips):
        if i == accent:
            canvas.path(s.d, fill=STREAK.base)
        shaded(canvas, s, STREAK if i == accent else paint, share=share)
    if shadow is not None:
        plain = [s for i, s in enumerate(strips) if i != accent]
        if plain:
            under_cap(canvas, plain, paint, shadow)
        if accent is not None:
            under_cap(canvas, [strips[accent]], STREAK, shadow)
    if inner > 0 and len(strips) > 1:
        for s in strips[1:]:
            part(canvas, s.left, inner)
            if s is strips[-1] or len(strips) < 4:
                part(canvas, s.right, inner)


def shaded(canvas: Canvas, s: Strip, paint: Tones, *, share: float = 0.42) -> None:
    """A wedge of shade along a lock's right side, thinning out to root and tip."""
    right = s.left if s.left[len(s.left) // 2][0] > s.right[len(s.right) // 2][0] else s.right
    last = len(right) - 1
    inside: list[Point] = []
    for i, ((x, y), (mx, my)) in enumerate(zip(right, s.middle, strict=True)):
        t = i / last
        k = share * 2 * min(1.0, 1.6 * t)
        inside.append((x + (mx - x) * k, y + (my - y) * k))
    back = smooth(inside[::-1])
    canvas.path(f"{smooth(right)}L{back[1:]}Z", fill=paint.shade)


def gleam(canvas: Canvas, s: Strip, paint: Tones, *, start: float = 0.2, end: float = 0.6) -> None:
    """A thin line of light along a lock's left side, between two shares of its length."""
    left = s.right if s.left[len(s.left) // 2][0] > s.right[len(s.right) // 2][0] else s.left
    last = len(left) - 1
    way = [
        (x + (mx - x) * 0.5, y + (my - y) * 0.5)
        for (x, y), (mx, my) in zip(left, s.middle, strict=True)
    ][round(start * last) : round(end * last) + 1 : 2 if last > 8 else 1]
    if len(way) > 1:
        canvas.strand(way, 3.2, fill=paint.light, opacity=0.75)


def under_cap(canvas: Canvas, strips: Sequence[Strip], paint: Tones, bottom: float) -> None:
    """The shade that cap and fringe cast on locks that come out below them, fading to `bottom`."""
    slot = paint.shade if isinstance(paint.shade, Slot) else Slot.HAIR_SHADE
    y = bottom - 46
    fade = canvas.linear(
        CX, y, CX, bottom, [Stop(0, slot), Stop(0.45, slot, 0.8), Stop(1, slot, 0)]
    )
    canvas.path("".join(s.d for s in strips), fill=fade)


def part(canvas: Canvas, edge: Sequence[Point], width: float = 1.5) -> None:
    """A line between two locks: nothing at the root, full at the tip."""
    canvas.strand(edge[:: max(1, len(edge) // 4)], width, fill=Slot.LINE, taper=(0.0, 0.7))


def meridian(end: Point, crown: Point, reach: float, *, bow: float = 0.10) -> list[Point]:
    """The way of a hair from `end` up to `reach` (0..1) of the way to the crown, over the head's
    curve: straight up at first, then bending in."""
    (x, y), (px, py) = end, crown
    cx, cy = x + (x - px) * bow, y - 0.62 * (y - py)
    way = []
    for i in range(5):
        t = reach * i / 4
        way.append(
            (
                (1 - t) ** 2 * x + 2 * t * (1 - t) * cx + t * t * px,
                (1 - t) ** 2 * y + 2 * t * (1 - t) * cy + t * t * py,
            )
        )
    return way


def outline(shape: Dome, start: float, end: float, steps: Sequence[float]) -> str:
    """Path data over the dome from the left (`start` degrees) to the right (`end`), without M.

    `steps` are the angles where a lock ends: the outline swells towards each of them, away from the
    crown, runs out into a point and goes on from under it.
    """
    marks = sorted({start, end, 90.0, *steps}, reverse=True)
    d: list[str] = []
    for a, b in pairwise(marks):
        left = a > 90
        tip, root = (a, b) if left else (b, a)
        lift = shape.fluff if tip in steps else 0.3 * shape.fluff
        past = 7.0 if tip in steps else 0.0  # the point hangs over what follows
        tip += past if left else -past
        points = []
        for i in range(6):
            t = i / 5
            # Near the top ends stand off less, or the head would grow horns.
            out = lift * t**2.2 * min(0.85, abs(tip - 90) / 60)
            points.append(shape.point(root + (tip - root) * t, out))
        d.append(f"L{smooth(points[::-1] if left else points)[1:]}")
    return "".join(d)


# Runs of the highlight band: from and to (degrees), number of spikes, their size.
_GLINTS = (
    (154.0, 108.0, 4, 1.0),
    (99.0, 71.0, 3, 0.95),
    (59.0, 51.0, 1, 0.65),
    (41.0, 31.0, 1, 0.5),
)


def halo(
    canvas: Canvas, shape: Dome, *, y: float, strength: float = 1.0, height: float = 14.5
) -> None:
    """The highlight band: slim spikes of light side by side along the hair's flow, in runs.

    Args:
        y: Height of the band's middle on the axis.
        height: Of the band in its middle.
    """
    deep = 50.0
    centre, rx = y + deep, shape.rx * 0.84

    def place(angle: float, out: float) -> str:
        a = angle * pi / 180
        return f"{CX + (rx + 0.75 * out) * cos(a):.1f} {centre - (deep + out) * sin(a):.1f}"

    d = ""
    for a, b, count, size in _GLINTS:
        step = (b - a) / count
        for i in range(count + 1):
            swell = size * (0.4 + 0.6 * sin(pi * (i + 0.6) / (count + 1.2)))
            wild = sin(4.2 * i + 0.07 * a)
            up, down = height * swell * (0.72 + 0.3 * wild), -height * swell * (1.15 - 0.4 * wild)
            mid, half = a + step * (i + 0.2 * wild), 0.8 * step
            belly = 0.12 * height * wild
            # A star with four concave sides: where two meet, the band is closed.
            corners = ((mid - half, belly), (mid, up), (mid + half, belly), (mid, down))
            d += f"M{place(mid, down)}"
            for (angle, out), (side, lift) in zip(
                corners, ((-0.34, down), (-0.34, up), (0.34, up), (0.34, down)), strict=True
            ):
                d += f"Q{place(mid + side * half, 0.34 * lift)} {place(angle, out)}"
            d += "Z"
    canvas.path(d, fill=Slot.HAIR_LIGHT, opacity=0.92 * strength)
