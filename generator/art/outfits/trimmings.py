"""Small ornaments: bows, ties, buttons, stars, blossoms. All in body space, around a point."""

from __future__ import annotations

from math import cos, pi, sin

from generator.art.canvas import Canvas, ellipse, fmt, smooth
from generator.art.outfits.cut import d, halves, tone
from generator.art.palette import Slot


def bow(
    canvas: Canvas, x: float, y: float, size: float, fill: Slot, shade: Slot | None, *,
    tails: float = 1.0, knot: Slot | None = None, width: float = 2.0,
) -> None:  # fmt: skip
    """A ribbon bow; `size` is half its span, `tails` scales the hanging ends (0: none)."""
    k = size / 20
    with canvas.group(transform=f"translate({fmt(x)} {fmt(y)}) scale({fmt(k)})"):
        line = width / k
        if tails:
            for _ in halves(canvas):
                t = tails
                tail = (
                    d("M", 1, 1, "C", 5, 6, 8, 10 * t, 13, 21 * t, "L", 7.5, 18.5 * t,
                      "L", 3.5, 23 * t, "C", 3, 14 * t, 1, 8, -1.5, 3, "Z")
                )  # fmt: skip
                canvas.path(tail, fill=fill, stroke=Slot.LINE, width=line * 0.9)
                tone(canvas, tail, shade)
        for _ in halves(canvas):
            canvas.path(
                "M2 0C6 -8 13 -12 18.5 -10.5C21.5 -7 21.5 6 18.5 9C13 10.5 6 6.5 2 0Z",
                fill=fill, stroke=Slot.LINE, width=line,
            )  # fmt: skip
            tone(canvas, "M3 1C8 4 14 3.5 20 2C20.5 5 19.8 7.5 18 8.2C13 9.2 7 6 3 1Z", shade)
            canvas.strand([(9, -6.4), (13.5, -8), (18, -7)], 2.6, fill=Slot.WHITE, opacity=0.45)
            canvas.strand([(4, -1), (8, -2.6), (12, -3)], 1.6 / k**0.5, fill=Slot.LINE)
        canvas.path(
            "M-4.6 -3.5Q0 -6 4.6 -3.5Q6 0 4.6 4.2Q0 6.4 -4.6 4.2Q-6 0 -4.6 -3.5Z",
            fill=knot or fill, stroke=Slot.LINE, width=line,
        )  # fmt: skip


def tie(
    canvas: Canvas, y: float, bottom: float, half: float, fill: Slot, shade: Slot | None,
    stripe: Slot | None = None, *, width: float = 1.9,
) -> None:  # fmt: skip
    """A knotted tie on the axis from `y` to below `bottom`; `half` is its half width down there."""
    k = half * 0.72
    top = y + k * 1.5
    blade = d(
        "M", -k * 0.55, top, "L", -half, bottom - half * 0.9, "L", 0, bottom,
        "L", half, bottom - half * 0.9, "L", k * 0.55, top, "Z",
    )  # fmt: skip
    canvas.path(blade, fill=fill, stroke=Slot.LINE, width=width)
    with canvas.group(clip=blade):
        side = d("M", half * 0.15, top, "L", half * 0.3, bottom, "H", half * 2, "V", top, "Z")
        if stripe is not None:
            for i in range(4):
                yy = top + 3 + i * half * 1.15
                canvas.path(d("M", -half - 2, yy + half * 0.9, "L", half + 2, yy - half * 0.9),
                            stroke=stripe, width=half * 0.32, cap="butt")  # fmt: skip
        tone(canvas, side + d("M", -k, top - 1, "Q", 0, top + 3.5, k, top - 1, "Z"), shade)
    canvas.path(
        d("M", -k, y, "Q", 0, y - k * 0.3, k, y, "L", k * 0.62, top,
          "Q", 0, top + k * 0.35, -k * 0.62, top, "Z"),
        fill=fill, stroke=Slot.LINE, width=width,
    )  # fmt: skip


def button(
    canvas: Canvas, x: float, y: float, r: float, fill: Slot, *, holes: bool = False
) -> None:
    canvas.ellipse(x, y, r, r, fill=fill, stroke=Slot.LINE, width=min(1.6, r * 0.65))
    if holes:
        for dx in (-0.32, 0.32):
            canvas.ellipse(x + dx * r, y, r * 0.16, r * 0.16, fill=Slot.LINE)
    else:
        canvas.ellipse(x - r * 0.3, y - r * 0.35, r * 0.3, r * 0.3, fill=Slot.WHITE, opacity=0.85)


def star(
    canvas: Canvas, x: float, y: float, r: float, fill: Slot, *, stroke: bool = True,
    turn: float = 0.0, inner: float = 0.52,
) -> None:  # fmt: skip
    """A plump five-pointed star; `turn` in degrees."""
    points = []
    for i in range(10):
        a = -pi / 2 + i * pi / 5 + turn * pi / 180
        radius = r if i % 2 == 0 else r * inner
        points.append((x + radius * cos(a), y + radius * sin(a)))
    canvas.path(
        smooth(points, closed=True, tension=0.35), fill=fill,
        stroke=Slot.LINE if stroke else None, width=1.6,
    )  # fmt: skip


def heart(canvas: Canvas, x: float, y: float, r: float, fill: Slot, *, width: float = 1.6) -> None:
    canvas.path(
        d("M", x, y + r, "C", x - r * 1.7, y - r * 0.1, x - r * 0.9, y - r * 1.4, x, y - r * 0.5,
          "C", x + r * 0.9, y - r * 1.4, x + r * 1.7, y - r * 0.1, x, y + r, "Z"),
        fill=fill, stroke=Slot.LINE if width else None, width=width,
    )  # fmt: skip


def blossom(
    canvas: Canvas, x: float, y: float, r: float, fill: Slot, heart_of: Slot, *, turn: float = 0.0
) -> None:
    """A five-petalled plum blossom, as it is printed on cloth: no outline."""
    angles = [turn * pi / 180 - pi / 2 + i * 2 * pi / 5 for i in range(5)]
    k, petal = r * 0.58, r * 0.44
    petals = [ellipse(x + k * cos(a), y + k * sin(a), petal, petal) for a in angles]
    # A pale rim, or pink blossoms would vanish on pink cloth.
    canvas.path("".join(petals), stroke=Slot.WHITE, width=1.8)
    canvas.path("".join(petals), fill=fill)
    canvas.ellipse(x, y, r * 0.26, r * 0.26, fill=heart_of)


def frog(canvas: Canvas, x: float, y: float, angle: float, size: float, fill: Slot) -> None:
    """A knotted cord closure: two loops around a round knot; `angle` in degrees."""
    with canvas.group(transform=f"translate({fmt(x)} {fmt(y)}) rotate({fmt(angle)})"):
        s = size
        loops = d(
            "M", 0, 0, "C", s * 0.5, -s * 0.75, s * 1.3, -s * 0.5, s * 1.25, 0,
            "C", s * 1.3, s * 0.5, s * 0.5, s * 0.75, 0, 0,
            "C", -s * 0.5, -s * 0.75, -s * 1.3, -s * 0.5, -s * 1.25, 0,
            "C", -s * 1.3, s * 0.5, -s * 0.5, s * 0.75, 0, 0, "Z",
        )  # fmt: skip
        canvas.path(loops, stroke=Slot.LINE, width=s * 0.42 + 1.6)
        canvas.path(loops, stroke=fill, width=s * 0.42)
        canvas.ellipse(0, 0, s * 0.36, s * 0.36, fill=fill, stroke=Slot.LINE, width=1.2)


def gem(canvas: Canvas, x: float, y: float, r: float, stone: Slot, setting: Slot) -> None:
    """A cabochon in a metal setting."""
    canvas.ellipse(x, y, r, r, fill=setting, stroke=Slot.LINE, width=1.8)
    canvas.ellipse(x, y, r * 0.6, r * 0.6, fill=stone, stroke=Slot.LINE, width=1.0)
    canvas.ellipse(x - r * 0.2, y - r * 0.24, r * 0.2, r * 0.16, fill=Slot.WHITE, opacity=0.9)
