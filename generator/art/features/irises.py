"""What lies between the lids: irises with their lights, and the manga shorthand instead of them."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from typing import TYPE_CHECKING

from generator.art.canvas import Canvas, Point, Stop, fmt, smooth
from generator.art.features.paths import pairs
from generator.art.palette import Slot

if TYPE_CHECKING:
    from generator.art.features.eyes import Eye
    from generator.art.features.poses import Iris


def place(eye: Eye) -> tuple[float, float, float, float]:
    """The iris' ellipse: cx, cy, rx, ry."""
    spec, pose = eye.at.spec, eye.pose
    side = -1 if spec.detail[3] < 0 else 1
    scale = pose.size * eye.shape.iris * (1.08 if spec.age == "child" else 1.0)
    rx, ry = 0.75 * eye.w * scale, 0.95 * eye.h * scale * (0.97 if eye.at.chibi else 1.0)
    dx = 0.20 * spec.gaze + 0.06 * spec.turn + pose.look[0] * side - 0.05 * eye.side
    dx = max(-0.46, min(0.46, dx))
    return eye.x + dx * eye.w, eye.y + (0.04 + pose.look[1]) * eye.h, rx, ry


def draw(canvas: Canvas, eye: Eye) -> None:
    """Everything of the iris that the lid's shadow falls on."""
    _IRISES[eye.pose.iris](canvas, eye)


def draw_highlights(canvas: Canvas, eye: Eye) -> None:
    """The lights, which shine through the lid's shadow."""
    if eye.pose.iris not in ("plain", "star"):
        return
    cx, cy, rx, ry = place(eye)
    if eye.pose.iris == "star":
        _star_light(canvas, cx, cy, rx, ry)
        return
    big = 1.15 if eye.pose.glossy or eye.at.chibi else 1.0
    # Under a low lid the light comes down with it.
    lid = eye.y + max(v for u, v in eye.upper() if abs(u) < 0.6) * eye.h
    top = max(cy - 0.40 * ry, lid + 0.16 * ry)
    canvas.ellipse(cx - 0.36 * rx, top, 0.34 * rx * big, 0.29 * ry * big, fill=Slot.WHITE)
    low = (cx + 0.40 * rx, cy + 0.46 * ry)
    canvas.ellipse(*low, 0.18 * rx * big, 0.15 * ry * big, fill=Slot.WHITE, opacity=0.95)
    if eye.pose.glossy:
        canvas.ellipse(cx - 0.20 * rx, cy + 0.62 * ry, 0.34 * rx, 0.17 * ry, fill=Slot.WHITE,
                       opacity=0.8)  # fmt: skip


def _plain(canvas: Canvas, eye: Eye) -> None:
    cx, cy, rx, ry = place(eye)
    base, dark, light = eye.slots
    body = canvas.linear(
        cx, cy - ry, cx, cy + ry,
        [Stop(0.06, dark), Stop(0.24, dark), Stop(0.50, base), Stop(0.94, light)],
    )  # fmt: skip
    canvas.ellipse(cx, cy, rx, ry, fill=body)
    # The light that falls in from the upper left gathers at the bottom.
    with canvas.group(transform=f"translate({fmt(cx)} {fmt(cy + 0.66 * ry)}) scale(1 .7)"):
        glow = canvas.radial(0, 0, 0.72 * rx, [Stop(0, light, 0.95), Stop(1, light, 0)])
        canvas.ellipse(0, 0, 0.72 * rx, 0.72 * rx, fill=glow)
    canvas.ellipse(cx, cy - 0.02 * ry, 0.40 * rx, 0.42 * ry, fill=dark)
    canvas.ellipse(cx, cy - 0.06 * ry, 0.36 * rx, 0.34 * ry, fill=Slot.INK, opacity=0.6)
    canvas.ellipse(cx, cy, rx - 0.7, ry - 0.7, stroke=dark, width=1.7)


def _star_light(canvas: Canvas, cx: float, cy: float, rx: float, ry: float) -> None:
    star = _star(cx, cy - 0.02 * ry, 0.84 * rx, 0.44)
    canvas.path(star, fill=Slot.WHITE, stroke=Slot.GOLD, width=2.0)
    canvas.ellipse(cx + 0.52 * rx, cy + 0.62 * ry, 0.15 * rx, 0.13 * ry, fill=Slot.WHITE)
    canvas.ellipse(cx - 0.46 * rx, cy - 0.66 * ry, 0.17 * rx, 0.13 * ry, fill=Slot.WHITE)


def _star(cx: float, cy: float, r: float, inner: float) -> str:
    points = []
    for i in range(10):
        angle = -pi / 2 + i * pi / 5
        radius = r * (inner if i % 2 else 1.0)
        points.append(f"{fmt(cx + radius * cos(angle))} {fmt(cy + radius * sin(angle))}")
    return f"M{'L'.join(points)}Z"


def heart(cx: float, cy: float, r: float) -> str:
    """Path data of a heart about 2 r wide."""

    def q(*points: Point) -> str:
        return pairs(*((cx + x * r, cy + y * r) for x, y in points))

    return (
        f"M{q((0, 1))}C{q((-0.45, 0.62), (-1.08, 0.20), (-1.02, -0.36))}"
        f"C{q((-0.96, -0.96), (-0.22, -1.0), (0, -0.42))}"
        f"C{q((0.22, -1.0), (0.96, -0.96), (1.02, -0.36))}"
        f"C{q((1.08, 0.20), (0.45, 0.62), (0, 1))}Z"
    )


def _heart(canvas: Canvas, eye: Eye) -> None:
    cx, cy, rx, _ = place(eye)
    r = min(0.98 * rx, 0.82 * eye.h)
    shine = canvas.linear(cx, cy - r, cx, cy + r, [Stop(0, Slot.RED), Stop(1, Slot.PINK)])
    canvas.path(heart(cx, cy + 0.02 * r, r), fill=shine, stroke=Slot.RED, width=1.8)
    canvas.ellipse(cx - 0.44 * r, cy - 0.34 * r, 0.24 * r, 0.20 * r, fill=Slot.WHITE)
    canvas.ellipse(cx + 0.30 * r, cy + 0.26 * r, 0.10 * r, 0.10 * r, fill=Slot.WHITE)


def _spiral(canvas: Canvas, eye: Eye) -> None:
    r = 0.80 * min(eye.w, eye.h)
    turns, steps = 1.9, 26
    points: list[Point] = []
    for i in range(steps + 1):
        t = i / steps
        angle = eye.side * (t * turns * 2 * pi + 0.6)
        points.append((eye.x + r * t * cos(angle), eye.y + 0.04 * eye.h + r * t * sin(angle)))
    with canvas.feature("marks"):  # thin lines, and all that shows of the eye's colour
        canvas.path(smooth(points), stroke=eye.slots[1], width=3.6)


def _dot(canvas: Canvas, eye: Eye) -> None:
    cx, cy, rx, ry = place(eye)
    drop = 0.14 * eye.h if eye.pose.slant > 0.3 else 0.0
    r = 0.26 * rx
    canvas.ellipse(cx, cy + drop - 0.06 * ry, r, r * 1.1, fill=eye.slots[1])


_IRISES: dict[Iris, Callable[[Canvas, Eye], None]] = {
    "plain": _plain,
    "star": _plain,
    "heart": _heart,
    "spiral": _spiral,
    "dot": _dot,
}
