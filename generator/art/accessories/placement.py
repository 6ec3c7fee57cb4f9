"""Where things sit on a head: the crown, the sides, arcs over the skull, and whose side is whose.

Things that come in pairs are drawn once, on the picture's left, and mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import cos, hypot, pi, sin

from generator.art.canvas import Canvas, Point, fmt
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

COVERED_BROW = frozenset(
    {"blunt", "swept", "spiky", "wispy", "between_eyes", "over_eye", "rounded"}
)
"""Fringes that cover the forehead where a hat's shadow falls."""

COVERED_EARS = frozenset({
    "pixie", "bob", "medium", "long_straight", "long_wavy", "hime", "drills", "wolf_cut", "curly",
    "locs", "box_braids",
})  # fmt: skip
"""Hair that falls over the ears: what hangs there has to come out through it."""
FREE_EARS = frozenset({"spiky", "short_crop", "undercut", "afro", "bald", "hijab"})
"""Heads with nothing in front of the ears, not even a lock."""
# Crowns that hair volume moves little, or that ornaments press in.
_CROWNS = {
    "bald": 45.0, "hijab": 38.0, "locs": 42.0, "box_braids": 42.0, "afro": 29.0, "curly": 29.0,
    "spiky": 32.0, "undercut": 30.0,
}  # fmt: skip


def xy(x: float, y: float) -> str:
    """A point in path data."""
    return f"{fmt(x)} {fmt(y)}"


def side_of(at: Frame, index: int = 2) -> int:
    """The side (-1 left, 1 right) on which a single ornament sits."""
    return -1 if at.spec.detail[index] < 0 else 1


def open_side(at: Frame) -> int:
    """The side of an eye that fringe and patch leave free, where marks are seen."""
    if "eye_patch" in at.spec.accessories:
        return -at.patched
    return -at.curtained or side_of(at, 1)


def crown_y(at: Frame) -> float:
    """Roughly the height at which the hair ends above the skull's top."""
    if at.hat:
        return 44.0
    if at.spec.hair in _CROWNS:
        return _CROWNS[at.spec.hair]
    return 34.0 - 6.0 * at.spec.hair_volume


def bare(at: Frame) -> bool:
    """No hair shows that ears or ornaments could grow from."""
    return at.spec.hair in ("bald", "hijab")


def nearer(at: Frame, amount: float) -> float:
    """How far things move in towards a head that no hair makes wider."""
    return amount if at.spec.hair == "bald" and not at.hat else 0.0


def face_half(at: Frame, y: float) -> float:
    """Half the face's width at a height between temples and chin, after `Frame.face_outline`."""
    if y < at.jaw_y:
        curve = [(at.cheek, 108.0), (at.cheek + 1.5, 136.0), (at.jaw + 7, at.jaw_y - 10),
                 (at.jaw, at.jaw_y)]  # fmt: skip
    else:
        curve = [(at.jaw, at.jaw_y), (at.jaw - 9, at.jaw_y + 12), (at.chin + 7, at.chin_y),
                 (0.0, at.chin_y)]  # fmt: skip
    low, high = 0.0, 1.0
    for _ in range(12):  # y grows along the curve
        t = (low + high) / 2
        low, high = (t, high) if _bezier([p[1] for p in curve], t) < y else (low, t)
    return _bezier([p[0] for p in curve], low)


def _bezier(p: Sequence[float], t: float) -> float:
    u = 1 - t
    return u**3 * p[0] + 3 * u * u * t * p[1] + 3 * u * t * t * p[2] + t**3 * p[3]


@contextmanager
def mirrored(canvas: Canvas, side: int, *, inner: str = "") -> Iterator[None]:
    """Draw left-hand coordinates on `side`; `inner` is a transform in left-hand coordinates."""
    flip = f"translate({fmt(2 * CX)} 0) scale(-1 1)" if side > 0 else ""
    with canvas.group(transform=f"{flip} {inner}".strip()):
        yield


def arch(
    half: float, top: float, foot: float, *, start: float = 0.0, end: float = 1.0, steps: int = 12
) -> list[Point]:
    """Points on an arc over the head, left to right: `half` wide, from `foot` up to `top`.

    `start` and `end` cut the half circle, in shares of it.
    """
    angles = [pi * (1 - start - (end - start) * i / steps) for i in range(steps + 1)]
    return [(CX + half * cos(a), foot - (foot - top) * sin(a)) for a in angles]


def scallops(points: Sequence[Point], *, bulge: float = 0.62, closed: bool = True) -> str:
    """Path data that joins `points` by arcs bulging to the left of the way (out, if clockwise).

    `bulge` is the arcs' radius as a share of the distance between points; 0.5 is a half circle.
    """
    x, y = points[0]
    d = [f"M{fmt(x)} {fmt(y)}"]
    for nx, ny in [*points[1:], *(points[:1] if closed else [])]:
        r = max(hypot(nx - x, ny - y) * bulge, 0.1)
        d.append(f"A{fmt(r)} {fmt(r)} 0 0 1 {fmt(nx)} {fmt(ny)}")
        x, y = nx, ny
    return "".join(d) + ("Z" if closed else "")


def ring(cx: float, cy: float, r: float, n: int, *, phase: float = 0.0) -> list[Point]:
    """`n` points clockwise on a circle."""
    return [
        (cx + r * cos(2 * pi * i / n + phase), cy + r * sin(2 * pi * i / n + phase))
        for i in range(n)
    ]


def cast_shade(canvas: Canvas, at: Frame, d: str) -> None:
    """The shadow of a hat on what is beneath it."""
    if at.spec.hair == "bald":
        canvas.path(d, fill=Slot.SKIN_SHADE, opacity=0.7)
    elif at.spec.hair == "hijab":
        canvas.path(d, fill=Slot.ACCESSORY_SHADE, opacity=0.6)
    elif at.spec.fringe in COVERED_BROW:
        canvas.path(d, fill=Slot.HAIR_SHADE, opacity=0.55)
    else:  # hair at the sides, skin in the middle
        canvas.path(d, fill=Slot.LINE, opacity=0.2)
