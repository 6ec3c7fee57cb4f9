"""Hair that falls freely: bob, medium, the long ones and the hime cut."""

from __future__ import annotations

from dataclasses import dataclass
from math import sin

from generator.art.canvas import Canvas, Point, Stop, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.hair import fringes, locks
from generator.art.hair.locks import Strip, Tones
from generator.art.hair.shapes import uneven
from generator.art.palette import Slot


@dataclass(frozen=True)
class Fall:
    """How a silhouette falls. Heights in head space, half widths relative to the dome's."""

    moe_end: float
    chibi_end: float
    reach: float
    """How far the length slider moves the ends."""
    widths: tuple[float, ...]
    """Half width of the back at evenly spaced heights from the ears to the ends."""
    flick: float
    """Where the outer tips point: outwards (positive) or in."""
    ombre: float
    """Share of the way down where an ombre begins."""
    front: float
    """Height where the front locks end, as a share of the back's; 0: none."""
    wave: float = 0.0
    blunt: bool = False
    lock_width: float = 23.0

    def end(self, at: Frame) -> float:
        if at.chibi:
            # Behind a chibi's body the ends show, and must stay on the canvas.
            return self.chibi_end + 0.62 * self.reach * at.spec.hair_length
        return self.moe_end + self.reach * at.spec.hair_length


FALLS: dict[str, Fall] = {
    "bob": Fall(192, 186, 13, (-3, 5, 7, -2, -13), -7, 0.3, 0.98, lock_width=25),
    "medium": Fall(222, 206, 14, (-3, 4, 5, 6, 10), 8, 0.4, 0.93),
    "long_straight": Fall(278, 262, 40, (-3, 5, 7, 9, 10), 4, 0.45, 0.92),
    "long_wavy": Fall(278, 258, 40, (-3, 7, 13, 17, 16), 8, 0.45, 0.94, wave=5.5, lock_width=25),
    "hime": Fall(278, 262, 40, (-3, 3, 5, 6, 5), 0, 0.45, 0.0, blunt=True),
}
EARS = 112.0


def tones(canvas: Canvas, at: Frame, fall: Fall) -> Tones:
    end = min(fall.end(at), 262.0)
    return locks.tones(canvas, at, EARS + fall.ombre * (end - EARS), end - 6)


def draw_back(canvas: Canvas, at: Frame) -> None:
    fall = FALLS[at.spec.hair]
    tone = tones(canvas, at, fall)
    shape = locks.back_dome(at)
    end = fall.end(at)
    with at.layer(canvas, locks.BACK_DEPTH):
        outer = [_outer(at, fall, side, k) for side in (-1, 1) for k in (0.0, 1.0)]
        left, right = (_side(at, fall, side) for side in (-1, 1))
        top = locks.outline(shape, 180, 0, ())
        x, y = shape.point(180)
        d = (
            f"M{fmt(x)} {fmt(y)}{top}L{smooth(right)[1:]}"
            f"{_ends(at, fall, right[-1], left[-1], end)}L{smooth(left[::-1])[1:]}Z"
        )
        whole = d + "".join(s.d for s in outer)
        canvas.path(whole, stroke=Slot.LINE, width=5.0)
        canvas.path(d, fill=tone.shade)
        with canvas.group(clip=d):
            _hollow(canvas, at)
        for s in outer:
            canvas.path(s.d, fill=tone.base)
            locks.shaded(canvas, s, tone)
            locks.gleam(canvas, s, tone, start=0.3, end=0.62)
            for edge in (s.left, s.right):
                locks.part(canvas, edge, 1.5)
        _depths(canvas, at, fall, end)


def _hollow(canvas: Canvas, at: Frame) -> None:
    """The darkest place: behind the neck."""
    y = 186.0 if at.chibi else 196.0
    dark = canvas.radial(CX, y, 62, [Stop(0.3, Slot.LINE, 0.42), Stop(1, Slot.LINE, 0)])
    canvas.ellipse(CX, y, 62, 62, fill=dark)


def _half(at: Frame, fall: Fall, t: float) -> float:
    """Half width of the back at share `t` of the way down."""
    place = t * (len(fall.widths) - 1)
    i = min(int(place), len(fall.widths) - 2)
    width = fall.widths[i] + (fall.widths[i + 1] - fall.widths[i]) * (place - i)
    drawn_in = 5.5 * abs(at.spec.turn) * max(0.0, 1 - 2.5 * t)
    return locks.dome(at).rx + width * (1 + 0.35 * at.spec.hair_volume) - drawn_in


def _wave(fall: Fall, t: float, phase: float = 0.0) -> float:
    return fall.wave * sin(15.5 * t + phase) * min(1.0, 2.2 * t)


def _side(at: Frame, fall: Fall, side: int) -> list[Point]:
    end = fall.end(at)
    points = []
    for i in range(8):
        t = i / 7
        x = _half(at, fall, t) - 4 + _wave(fall, t)
        points.append((CX + side * x, EARS + t * (end - 14 - EARS)))
    return points


def _outer(at: Frame, fall: Fall, side: int, inner: float) -> Strip:
    """A lighter lock along the back's outer edge, ending in a tip of its own."""
    end = fall.end(at) - 12 * inner + 3 * side
    points = []
    for i in range(7):
        t = i / 6
        x = _half(at, fall, t) - 9 - 15 * inner + _wave(fall, t, -0.4 * inner)
        x += fall.flick * t**4 * (1 - 0.4 * inner)
        points.append((CX + side * (x - 16 * (1 - t) ** 3), EARS - 12 + t * (end - EARS + 12)))
    return locks.strip(points, (4, 20, 22, 21, 15, 0.0 if not fall.blunt else 12))


def _ends(at: Frame, fall: Fall, right: Point, left: Point, end: float) -> str:
    """Path data of the ragged ends from the right to the left."""
    count = 6
    d = []
    for i in range(count):
        x0 = right[0] + (left[0] - right[0]) * i / count
        x1 = right[0] + (left[0] - right[0]) * (i + 1) / count
        ragged = uneven(i, 1)
        tip_x = (x0 + x1) / 2 + (3 * ragged - fall.flick * ((i + 0.5) / count - 0.5))
        tip_y = end + 3.5 * ragged - (0, 5, 2)[i % 3] + 3
        notch_y = right[1] + (left[1] - right[1]) * (i + 1) / count - (2, 9, 4)[i % 3]
        if fall.blunt:
            sag = [5.0 * (1 - (2 * (i + k) / count - 1) ** 2) for k in (0, 1)]
            slit = end - 6 - 7 * (i % 3) + 4 * ragged
            d.append(
                f"L{fmt(x0 - 0.8)} {fmt(end + sag[0])}Q{fmt(tip_x)} {fmt(end + max(sag) + 1)}"
                f" {fmt(x1 + 0.8)} {fmt(end + sag[1])}L{fmt(x1)} {fmt(slit)}"
            )
            continue
        # Controls nearer to the tip's axis than the chord's middle: the ends are pointed.
        c0, c1 = x0 + 0.62 * (tip_x - x0), x1 + 0.55 * (tip_x - x1)
        low = notch_y + 0.3 * (tip_y - notch_y)
        d.append(
            f"Q{fmt(c0)} {fmt(low)} {fmt(tip_x)} {fmt(tip_y)}"
            f"Q{fmt(c1)} {fmt(low)} {fmt(x1)} {fmt(notch_y)}"
        )
    return "".join(d)


def _depths(canvas: Canvas, at: Frame, fall: Fall, end: float) -> None:
    """Long tapered lines in the back, and the dark behind the neck."""
    for i, share in enumerate((-0.55, -0.3, 0.28, 0.52)):
        points = []
        for j in range(6):
            t = 0.15 + 0.8 * j / 5
            x = _half(at, fall, t) * (share + 0.04 * uneven(i, 2)) + _wave(fall, t)
            points.append((CX + x, EARS + t * (end - EARS)))
        canvas.strand(points, 1.8, fill=Slot.LINE, opacity=0.7)


def draw_front(canvas: Canvas, at: Frame) -> None:
    fall = FALLS[at.spec.hair]
    tone = tones(canvas, at, fall)
    for side in (-1, 1):
        with at.layer(canvas, locks.SIDE_DEPTH):
            if at.spec.hair == "hime":
                _sidelock_blunt(canvas, at, side, tone)
            else:
                strips = _sidelocks(at, fall, side)
                accent = (0 if fall.reach < 20 else 1) if side == locks.streak_side(at) else None
                locks.clump(canvas, strips, tone, width=2.4, accent=accent, shadow=168)
                locks.gleam(canvas, strips[0], tone, start=0.35, end=0.7)
    fringes.draw(canvas, at, tone)


def _sidelocks(at: Frame, fall: Fall, side: int) -> list[Strip]:
    """Two overlapping locks before the ear, the outer one longer."""
    end = EARS + (fall.end(at) - EARS) * fall.front
    if fall.front < 0.97 and at.chibi:
        end = min(end, 228.0)
    wide = 3.0 if at.chibi else 0.0
    made = []
    for k, (inset, length, width) in enumerate(((0.0, 1.0, 1.0), (9.0, 0.70, 0.62))):
        tip = 96 + (end + 3 * (1 - 2 * k) * side - 96) * length
        points = []
        for i in range(6):
            t = i / 5
            x = 69.5 + wide - inset + 4.5 * sin(3.0 * t) - 5 * t
            x += 0.55 * fall.flick * t**3 + _wave(fall, t, 0.6 - k)
            x -= 4.0 * k * t + 13.0 * (1 - t) ** 4  # the root is tucked under the cap
            points.append((CX + side * x, 92 + t * (tip - 92)))
        width *= fall.lock_width * (1 + 0.12 * at.spec.hair_volume)
        made.append(locks.lock(points, width, root=0.4))
    return made


def _sidelock_blunt(canvas: Canvas, at: Frame, side: int, paint: Tones) -> None:
    """The hime cut: cheek-long locks cut straight, before longer hair."""
    wide = 3.0 if at.chibi else 0.0
    end = at.jaw_y + 9 + 4 * at.spec.hair_length
    rest = (56.0, 66 + wide, 66 + wide)
    long = locks.lock(
        [(CX + side * (70 + wide + dx), y) for dx, y in ((-14, 92), (2, 146), (3, 200), (-2, 246))],
        19,
    )
    short = locks.strip(
        [(CX + side * x, y) for x, y in zip(rest, (92, 140, end), strict=True)], (16, 25, 25)
    )
    locks.clump(
        canvas, [long], paint, width=2.4, accent=0 if side == locks.streak_side(at) else None
    )
    canvas.path(short.d, fill=paint.base, stroke=Slot.LINE, width=2.4)
    locks.shaded(canvas, short, paint)
    locks.under_cap(canvas, [short], paint, 166)
    locks.gleam(canvas, short, paint, start=0.45, end=0.85)
    x = CX + side * (67 + wide)
    for share in (-5.0, 3.0):
        canvas.strand(
            [(x + share, end - 2), (x + share + 0.5, end - 18), (x + share, end - 40)], 1.6,
            fill=Slot.LINE, taper=(0.9, 0),
        )  # fmt: skip
    # Light on the cut edge: in black hair the outline alone does not show it.
    edge = [(x - 10, end - 3.8), (x, end - 2.8), (x + 10, end - 3.8)]
    canvas.strand(edge, 2.2, fill=paint.light, opacity=0.65)
