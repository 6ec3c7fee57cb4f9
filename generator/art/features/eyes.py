"""Eyes: where they lie, the opening between the lids, lashes, and closed lids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.art.canvas import Canvas, Point, Stop, brush, smooth
from generator.art.features import irises
from generator.art.features.poses import EyePose, Pose
from generator.art.frame import CX, Frame
from generator.art.palette import Slot
from generator.spec import EyeShape

DEPTH = 0.85


@dataclass(frozen=True)
class Shape:
    """An eye at rest. Points are (u, v): u from -1 at the nose to 1 at the temple, v downwards."""

    upper: tuple[Point, ...]
    """From the inner to the outer corner."""
    lower: tuple[Point, ...]
    """Back again, without the corners."""
    wing: Point
    """Where the upper lash ends."""
    cut: float = -2.0
    """A heavy lid, as in `EyePose.cut`."""
    crease: float = 0.30
    """Distance of the lid's crease above the lid."""
    iris: float = 1.0


SHAPES: dict[EyeShape, Shape] = {
    "round": Shape(
        ((-0.95, 0.10), (-0.84, -0.42), (-0.50, -0.86), (0.0, -1.0), (0.48, -0.90), (0.84, -0.52),
         (1.0, 0.0)),
        ((0.90, 0.52), (0.52, 0.90), (0.0, 1.0), (-0.52, 0.88), (-0.84, 0.54)),
        (1.40, -0.30),
    ),
    "droopy": Shape(
        ((-0.98, -0.06), (-0.80, -0.58), (-0.40, -0.94), (0.05, -0.97), (0.52, -0.74),
         (0.88, -0.24), (1.06, 0.40)),
        ((0.82, 0.80), (0.40, 0.98), (-0.08, 0.94), (-0.54, 0.70), (-0.86, 0.34)),
        (1.32, 0.66),
    ),
    "upturned": Shape(
        ((-1.0, 0.46), (-0.84, -0.08), (-0.48, -0.58), (0.0, -0.86), (0.46, -0.97), (0.84, -0.86),
         (1.10, -0.46)),
        ((0.98, 0.14), (0.58, 0.68), (0.06, 0.94), (-0.44, 0.94), (-0.80, 0.78)),
        (1.44, -1.00),
    ),
    "half_lidded": Shape(
        ((-1.0, 0.06), (-0.84, -0.40), (-0.48, -0.74), (0.0, -0.86), (0.48, -0.80), (0.86, -0.46),
         (1.06, 0.04)),
        ((0.92, 0.50), (0.52, 0.86), (0.0, 0.96), (-0.52, 0.84), (-0.86, 0.50)),
        (1.36, -0.14), cut=-0.30, crease=0.42,
    ),
    "narrow": Shape(
        ((-1.08, 0.34), (-0.84, -0.06), (-0.46, -0.38), (0.0, -0.54), (0.50, -0.56), (0.90, -0.36),
         (1.14, -0.04)),
        ((0.96, 0.28), (0.54, 0.58), (0.04, 0.70), (-0.46, 0.68), (-0.84, 0.56)),
        (1.44, -0.38), crease=0.24, iris=0.86,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Eye:
    """One eye of a figure in one pose."""

    at: Frame
    side: int
    pose: EyePose
    shape: Shape
    x: float
    y: float
    w: float
    h: float

    def p(self, u: float, v: float) -> Point:
        return self.x + self.side * u * self.w, self.y + v * self.h

    @property
    def lashes(self) -> float:
        """How long and thick lashes are drawn."""
        spec = self.at.spec
        base = {"girl": 1.15, "neutral": 0.7, "boy": 0.3}[spec.presentation]
        return base * (0.8 if spec.age == "elder" else 1.0)

    @property
    def slots(self) -> tuple[Slot, Slot, Slot]:
        """Iris base, dark and light."""
        base = Slot.EYE_L if self.side < 0 else Slot.EYE_R
        return base, Slot(base + 1), Slot(base + 2)

    def upper(self) -> list[Point]:
        """The upper lid in (u, v)."""
        pose, shape = self.pose, self.shape
        # Eyes torn open show little of a heavy lid.
        heavy = shape.cut - (0.45 if pose.wide > 1.01 else 0.0)
        flat = 0.16 if self.at.spec.presentation == "boy" else 0.0

        def v(u: float, rest: float) -> float:
            rest = rest * pose.wide + flat * max(0.0, -rest - 0.45)
            lid = max(pose.cut - pose.slant * u, heavy + 0.05 * u)
            return _soft_max(rest, lid)

        return [(u, v(u, rest)) for u, rest in shape.upper]

    def lower(self) -> list[Point]:
        """The lower lid in (u, v), from the temple to the nose."""
        pose = self.pose
        lids = self.upper()
        result: list[Point] = []
        for u, rest in self.shape.lower:
            raised = -_soft_max(-rest * pose.wide, -(pose.floor + 0.10 * u * u))
            result.append((u, max(raised, _interpolate(lids, u) + 0.06)))
        return result

    def opening(self) -> str:
        """Path data of the eye's opening."""
        return smooth([self.p(*q) for q in (*self.upper(), *self.lower())], closed=True)


def eyes(at: Frame, pose: Pose) -> tuple[Eye, Eye]:
    """The figure's eyes, the one on the picture's left first."""
    winking = at.winking
    shape = SHAPES[at.spec.eye_shape]

    def eye(side: int) -> Eye:
        away = at.spec.turn * side  # 1: this eye is on the far side of a turned head
        own = pose.wink if pose.wink is not None and side == winking else pose.eyes
        return Eye(
            at, side, own, shape,
            x=CX + side * (at.eye_x - 1.8 * away),
            y=at.eye_y,
            w=at.eye_w * (1 - 0.10 * away - 0.03 * abs(away)),
            h=at.eye_h,
        )  # fmt: skip

    return eye(-1), eye(1)


def draw(canvas: Canvas, eye: Eye) -> None:
    """An eye, open or shut."""
    if eye.pose.lids != "open":
        _closed(canvas, eye)
        return
    opening = eye.opening()
    _eyelid(canvas, eye)
    canvas.path(opening, fill=Slot.WHITE)
    with canvas.group(clip=opening):
        irises.draw(canvas, eye)
        _lid_shadow(canvas, eye)
        irises.draw_highlights(canvas, eye)
    _lower_lash(canvas, eye)
    _crease(canvas, eye)
    draw_upper_lash(canvas, eye)


def _eyelid(canvas: Canvas, eye: Eye) -> None:
    """The skin of a lid that hangs low."""
    if max(eye.pose.cut, eye.shape.cut) < -0.75 or eye.pose.iris == "dot":
        return
    rest = [eye.p(u, v * eye.pose.wide) for u, v in eye.shape.upper]
    lid = smooth([eye.p(*q) for q in reversed(eye.upper())])
    low = eye.y + max(v for _, v in eye.upper()[2:5]) * eye.h
    stops = [Stop(0, Slot.SKIN_SHADE, 0.1), Stop(1, Slot.SKIN_SHADE, 0.7)]
    skin = canvas.linear(eye.x, eye.y - eye.h, eye.x, low, stops)
    canvas.path(f"{smooth(rest)}L{lid[1:]}Z", fill=skin)


def _lid_shadow(canvas: Canvas, eye: Eye) -> None:
    lid = eye.upper()
    edge = [eye.p(u, v + 0.24 - 0.06 * u) for u, v in lid]
    above = [eye.p(1.4, -1.6), eye.p(-1.4, -1.6)]
    tail = "".join(f"L{x:.2f} {y:.2f}" for x, y in above)
    canvas.path(f"{smooth(edge)}{tail}Z", fill=Slot.LINE, opacity=0.26)


def draw_upper_lash(canvas: Canvas, eye: Eye) -> None:
    """The thick lash line with its wing, and single lashes where lashes are long."""
    if eye.pose.lids != "open":
        return
    lid = [eye.p(*q) for q in eye.upper()]
    long = eye.lashes
    weight = canvas.line_scale * (1.15 if eye.at.chibi else 1.0)
    thick = [1.0, 2.6, 3.8, 4.4, 4.9, 4.6, 0.0]
    top = _offset(lid, [t * weight * (0.48 + 0.60 * long) for t in thick])
    tip = _wing(eye)
    _ink(canvas, smooth([lid[0], *top[1:-1], tip]) + "L" + smooth([tip, *lid[::-1]])[1:] + "Z")
    if eye.at.spec.presentation == "boy":
        return
    u, v = eye.upper()[-2]
    lean = 0.20 * (eye.shape.wing[1] + 0.30)
    # A chibi's eyes are drawn small: its lashes are longer for that.
    longer = 1.25 if eye.at.chibi else 1.0
    lashes = ((0.08, 0.05, longer), (-0.12, -0.14, 0.8 * longer))
    for du, dv, reach in lashes if eye.at.spec.presentation == "girl" else lashes[1:]:
        root = eye.p(u + du, v + dv)
        bend = eye.p(u + du + 0.26 * reach, v + dv - (0.16 - lean) * reach)
        end = eye.p(u + du + 0.44 * reach, v + dv - (0.46 - 1.5 * lean) * reach)
        canvas.strand([root, bend, end], 2.2 * weight * long, fill=Slot.LINE, taper=(1.3, 0.0))


def _wing(eye: Eye) -> Point:
    """The lash's outer tip: it moves with the outer corner and is short on boys."""
    corner, rest = eye.upper()[-1], eye.shape.upper[-1]
    u, v = eye.shape.wing
    reach = (0.45 + 0.55 * eye.lashes) * (0.8 if eye.at.chibi else 1.0)
    return eye.p(corner[0] + (u - rest[0]) * reach, corner[1] + (v - rest[1]) * reach)


def _lower_lash(canvas: Canvas, eye: Eye) -> None:
    lower = eye.lower()
    points = [eye.p(*q) for q in lower[:4]]
    strong = 0.85 if eye.lashes > 0.5 else 0.6
    canvas.strand(points, 1.3 + 0.8 * eye.lashes, fill=Slot.LINE, opacity=strong, taper=(0.5, 0.0))
    if eye.at.spec.presentation == "girl":
        u, v = lower[0]
        root, end = eye.p(u - 0.06, v + 0.10), eye.p(u + 0.13, v + 0.24)
        canvas.strand([root, end], 1.8, fill=Slot.LINE, taper=(0.8, 0))


def _crease(canvas: Canvas, eye: Eye) -> None:
    """The fold of the lid: children have none yet, grown-ups a clear one."""
    width, opacity = _CREASES[eye.at.spec.age]
    if not width:
        return
    lid = eye.upper()[2:6]
    gap = eye.shape.crease + (0.12 if eye.pose.cut > -0.3 else 0.0)
    points = [eye.p(u, v - gap - 0.06 * (1 - abs(u))) for u, v in lid]
    canvas.strand(points, width, fill=Slot.LINE, opacity=opacity)


_CREASES = {"child": (0.0, 0.0), "young": (1.4, 0.5), "adult": (2.4, 0.9), "elder": (2.2, 0.8)}
"""Width and opacity by age."""


_SHUT: dict[str, tuple[tuple[Point, ...], ...]] = {
    "happy": (((-0.98, 0.34), (-0.56, -0.20), (0.02, -0.42), (0.58, -0.20), (1.02, 0.38)),),
    "closed": (((-0.95, 0.05), (-0.45, 0.40), (0.06, 0.50), (0.58, 0.38), (1.04, -0.02)),),
    "squeeze": (
        ((0.94, -0.58), (0.20, -0.20), (-0.78, 0.06)),
        ((-0.78, 0.06), (0.16, 0.26), (0.92, 0.62)),
    ),
}
"""Shut lids as brush strokes in (u, v)."""


def _closed(canvas: Canvas, eye: Eye) -> None:
    kind = eye.pose.lids
    width = (4.3 + 1.1 * eye.lashes) * (1.15 if eye.at.chibi else 1.0)
    for stroke in _SHUT[kind]:
        taper = (0.25, 0.25) if kind != "squeeze" else (0.45, 0.45)
        points = [eye.p(*q) for q in stroke]
        # Rouge below and a shimmer above keep the line readable on dark skin.
        glow = [(x, y + 2.6) for x, y in points]
        canvas.strand(glow, width * 1.7, fill=Slot.BLUSH, opacity=0.55, taper=(0.3, 0.3))
        shimmer = [(x, y - 1.8) for x, y in points]
        canvas.strand(shimmer, width * 1.5, fill=Slot.WHITE, opacity=0.38, taper=(0.3, 0.3))
        _ink(canvas, brush(points, width * canvas.line_scale, taper))
    if kind != "squeeze" and eye.at.spec.age in ("adult", "elder"):
        fold = [eye.p(u, v - 0.40) for u, v in _SHUT[kind][0][1:4]]
        canvas.strand(fold, 2.2, fill=Slot.LINE, opacity=0.8)
    if kind == "squeeze" or eye.lashes < 0.8:
        return
    for root, end in (((0.86, 0.14), (1.24, 0.10)), ((0.66, -0.10), (1.02, -0.22))):
        canvas.strand([eye.p(*root), eye.p(*end)], 2.6 * eye.lashes, fill=Slot.LINE, taper=(0.9, 0))


def _ink(canvas: Canvas, d: str) -> None:
    """Fill a lash line, darker than the outlines of the hair: pale lines get lost on dark skin."""
    canvas.path(d, fill=Slot.LINE)
    canvas.path(d, fill=Slot.INK, opacity=0.5)


def _soft_max(a: float, b: float, blend: float = 0.10) -> float:
    """The larger value, without a kink where they cross."""
    return float(a + b + ((a - b) ** 2 + blend**2) ** 0.5) / 2


def _interpolate(points: Sequence[Point], x: float) -> float:
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * max(0.0, x - x0) / (x1 - x0)
    return points[-1][1]


def _offset(points: Sequence[Point], distances: Sequence[float]) -> list[Point]:
    """Points moved upwards along the curve's normals."""
    result: list[Point] = []
    last = len(points) - 1
    for i, ((x, y), distance) in enumerate(zip(points, distances, strict=True)):
        (ax, ay), (bx, by) = points[max(i - 1, 0)], points[min(i + 1, last)]
        dx, dy = bx - ax, by - ay
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        up = -1.0 if dx > 0 else 1.0
        result.append((x - up * dy / length * distance, y + up * dx / length * distance))
    return result
