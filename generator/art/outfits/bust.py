"""The moe bust: shoulders and chest that run off the picture's bottom edge, and their drapery."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from generator.art.canvas import Canvas, Point
from generator.art.frame import Frame
from generator.art.outfits.cut import d, halves, mirrored, onward
from generator.art.palette import Slot

FLOOR = 264.0
"""Garments end here, out of sight below the canvas."""


@dataclass(frozen=True)
class Bust:
    """A body from the neck down to the chest, in body space."""

    canvas: Canvas
    at: Frame

    @property
    def n(self) -> float:
        """Half width of the neck."""
        return self.at.neck

    @property
    def s(self) -> float:
        """Half width of the shoulders."""
        return self.at.shoulder

    @property
    def girl(self) -> bool:
        return self.at.spec.presentation == "girl"

    @property
    def boy(self) -> bool:
        return self.at.spec.presentation == "boy"

    def shoulder(self, inner: float, *, lift: float = 0.0) -> list[Point]:
        """From the garment's neckline at x = `inner` over the shoulder down the arm."""
        n, s, y = self.n, self.s, self.at.shoulder_y
        line = [
            (n + 3, 211.0), (n + 14, 218.5), (s * 0.64, y - 12), (s - 14, y - 9.5),
            (s - 3, y - 1), (s + 3, y + 11), (s + 5, FLOOR),
        ]  # fmt: skip
        kept = [(x, yy - lift) for x, yy in line[1:] if x > inner + 4]
        return [(inner, self.top(inner) - lift), *kept]

    def top(self, x: float) -> float:
        """Height of the cloth on the shoulder at a distance from the axis."""
        n, s, y = self.n, self.s, self.at.shoulder_y
        knots = [(n + 3, 211.0), (n + 14, 218.5), (s * 0.64, y - 12), (s - 14, y - 9.5)]
        for (ax, ay), (bx, by) in pairwise(knots):
            if x <= bx:
                return ay + (by - ay) * (x - ax) / (bx - ax)
        return knots[-1][1]

    def garment(self, inner: float, dip: float, *, lift: float = 0.0, point: bool = False) -> str:
        """Path data of a top whose neckline falls to y = `dip`, round or in a point."""
        right = self.shoulder(inner, lift=lift)
        y = right[0][1]
        left = mirrored(right)
        if point:
            neckline = d("L", 0, dip, "L", inner, y)
        else:
            drop = y + (dip - y) * 1.02
            neckline = d("C", -inner * 0.86, drop, -inner * 0.4, dip, 0, dip,
                         "C", inner * 0.4, dip, inner * 0.86, drop, inner, y)  # fmt: skip
        return "M" + onward(left)[1:] + neckline + onward(right) + "Z"

    def throat(self) -> None:
        """Skin over the neck's lower edge, for necklines that leave it bare."""
        n = self.n
        self.canvas.path(
            d("M", -n - 4, 217.5, "H", n + 4, "L", n + 7, 223, "Q", 0, 240, -n - 7, 223, "Z"),
            fill=Slot.SKIN,
        )

    def skin(self) -> None:
        """Bare shoulders and chest with collarbones; the neck's lower edge disappears in them."""
        n, s, y = self.n, self.s, self.at.shoulder_y
        right: list[Point] = [
            (n + 8.6, 221.6), (n + 22, 225.5), (s - 15, y - 6.5), (s - 4, y + 2),
            (s + 1, y + 13), (s + 2, FLOOR),
        ]  # fmt: skip
        left = mirrored(right)
        body = "M" + onward(left)[1:] + d("L", -n - 5, 218.6, "H", n + 5) + onward(right) + "Z"
        self.canvas.path(body, fill=Slot.SKIN)
        with self.canvas.group(clip=body):
            self.canvas.path(
                d("M", s - 12, y - 8, "C", s - 5, y + 2, s - 8, y + 12, s - 10, FLOOR,
                  "H", s + 12, "V", y - 16, "Z"),
                fill=Slot.SKIN_SHADE, opacity=0.7,
            )  # fmt: skip
        for path in (left, right):
            self.canvas.path("M" + onward(path)[1:], stroke=Slot.LINE, width=2.5)
        for _ in halves(self.canvas):
            bone: list[Point] = [(5, 229.5), (n * 0.7, 227.2), (n + 13, 228.5)]
            self.canvas.strand(bone, 2.0, fill=Slot.SKIN_SHADE, taper=(0.5, 0))
            arm: list[Point] = [(s - 17, 262), (s - 19, 252), (s - 16, 244)]
            self.canvas.strand(arm, 1.9, fill=Slot.LINE, taper=(0.8, 0))

    def cloth(
        self, outline: str, *, fill: Slot = Slot.CLOTH, shade: Slot = Slot.CLOTH_SHADE,
        sleeve: bool = True, neck_shadow: float = 0.55,
    ) -> None:  # fmt: skip
        """Fill a garment, shade it from the upper left and let it fall in folds."""
        c, s, y = self.canvas, self.s, self.at.shoulder_y
        c.path(outline, fill=fill, stroke=Slot.LINE, width=2.6)
        with c.group(clip=outline):
            c.path(
                d("M", s - 16, y - 14, "C", s - 7, y - 4, s - 9, y + 8, s - 13, FLOOR,
                  "H", s + 16, "V", y - 20, "Z"),
                fill=shade,
            )  # fmt: skip
            if neck_shadow:
                c.ellipse(3, 215, self.n + 17, 15, fill=shade, opacity=neck_shadow)
            c.strand(
                [(-s * 0.5, y - 9), (-s + 15, y - 5.5), (-s + 5, y + 4), (-s + 1, y + 16)], 3.4,
                fill=Slot.WHITE, opacity=0.3,
            )  # fmt: skip
            if sleeve:
                self.armpits(shade)

    def armpits(self, shade: Slot, *, folds: bool = True) -> None:
        """The creases between arm and chest, with pulled folds."""
        c, s = self.canvas, self.s
        c.path(d("M", s - 16, 241, "Q", s - 25, 250, s - 26, FLOOR, "H", s - 17, "Z"), fill=shade)
        c.path(d("M", -s + 16, 243, "Q", -s + 23, 252, -s + 23, FLOOR, "H", -s + 18, "Z"),
               fill=shade)  # fmt: skip
        for _ in halves(c):
            c.strand([(s - 18, FLOOR), (s - 19, 252), (s - 15.5, 241)], 2.2, fill=Slot.LINE,
                     taper=(0.8, 0))  # fmt: skip
        if not folds:
            return
        c.strand([(-s + 20, 247), (-s + 29, 245), (-s + 38, 247)], 1.6, fill=shade)
        c.strand([(s - 21, 249), (s - 30, 246.5), (s - 40, 248)], 2.2, fill=shade)
