"""The chibi body: a doll of torso, skirt or trousers, stubby limbs and shoes, in a pose.

The pose comes from the expression; which hand waves comes from the figure's small print.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from generator.art.canvas import Canvas, Point, brush, fmt, smooth
from generator.art.frame import Frame
from generator.art.outfits.cut import bend, d, halves, mirrored, onward, sides, tone, without_loops
from generator.art.palette import Slot

Gesture = Literal["hang", "wave", "chest", "hip", "out", "up", "chin"]
Sleeve = Literal["none", "short", "long", "wide", "puff"]
Shoe = Literal["sneaker", "loafer", "strap", "boot", "sandal"]

# Hand and elbow of each gesture, on a side's own half.
_ARMS: dict[Gesture, tuple[Point, Point]] = {
    "hang": ((33.5, 198.0), (31.0, 184.0)),
    "wave": ((46.0, 162.0), (40.0, 181.0)),
    "chest": ((7.5, 188.5), (30.0, 197.0)),
    "hip": ((22.5, 199.5), (44.0, 188.0)),
    "out": ((44.5, 186.0), (34.0, 179.0)),
    "up": ((42.5, 165.0), (42.0, 183.0)),
    "chin": ((28.5, 168.5), (46.0, 194.0)),
}
# Gesture of the leading hand and of the other one.
_POSES: dict[str, tuple[Gesture, Gesture]] = {
    "smile": ("wave", "hang"),
    "laugh": ("out", "out"),
    "wink": ("wave", "hip"),
    "angry": ("hip", "hip"),
    "pout": ("hip", "hip"),
    "sad": ("chest", "chest"),
    "crying": ("chin", "hang"),
    "surprised": ("out", "out"),
    "shy": ("chest", "chest"),
    "smug": ("hip", "hang"),
    "starry": ("chin", "chin"),
    "love": ("chest", "chest"),
    "dizzy": ("out", "hang"),
    "shock": ("up", "up"),
    "rage": ("up", "up"),
    "bawl": ("chin", "chin"),
}
_SHOULDER: Point = (18.0, 171.5)


@dataclass(frozen=True)
class Doll:
    """A chibi body in body space; garments are drawn by calling its parts in painter's order."""

    canvas: Canvas
    at: Frame

    @property
    def girl(self) -> bool:
        return self.at.spec.presentation == "girl"

    @property
    def boy(self) -> bool:
        return self.at.spec.presentation == "boy"

    @property
    def broad(self) -> float:
        """How much wider than the plain doll the shoulders are."""
        grown = {"child": -1.0, "young": 0.0, "adult": 0.7, "elder": 0.5}[self.at.spec.age]
        return grown * 0.9 + {"girl": -1.5, "neutral": 0.2, "boy": 2.2}[self.at.spec.presentation]

    def gesture(self, side: int) -> Gesture:
        lead, other = _POSES.get(self.at.spec.expression, ("hang", "hang"))
        a, b, _, _ = self.at.spec.detail
        if self.at.spec.expression == "smile" and b < 0:
            return "hang"
        return lead if side == (1 if a >= 0 else -1) else other

    # Legs

    def legs(
        self, fill: Slot = Slot.SKIN, shade: Slot | None = Slot.SKIN_SHADE, *,
        shadow: float = 226.0, sock: Slot | None = None,
        sock_top: float = 230.0, sock_shade: Slot | None = None,
    ) -> None:  # fmt: skip
        """Both legs, bare or in tights, with socks from `sock_top` down."""
        leg = "M1.6 200C2 216 3.4 228 4.2 244L17.2 244C18.6 230 20 216 20 200Z"
        for side in halves(self.canvas):
            self.canvas.path(leg, fill=fill, stroke=Slot.LINE, width=2.3)
            with self.canvas.group(clip=leg):
                x = 13.5 if side > 0 else 1.0
                y = shadow
                tone(self.canvas, d("M", x, y, "L", x + 0.5, 246, "h", 4.5, "L", x + 5, y, "Z",
                    "M", 0, 196, "H", 24, "V", y, "Q", 11, y + 4, 0, y, "Z"), shade)  # fmt: skip
                if sock is not None:
                    top = sock_top
                    self.canvas.path(
                        d("M", 0, top, "Q", 11, top + 3, 22, top, "V", 246, "H", 0, "Z"),
                        fill=sock, stroke=Slot.LINE, width=1.6,
                    )  # fmt: skip
                    if sock_shade is not None:
                        self.canvas.path(d("M", x + 0.6, top + 2, "L", x + 1, 246, "h", 4, "L", x
                            + 5.6, top + 2, "Z"), fill=sock_shade)  # fmt: skip
            self.canvas.path(leg, stroke=Slot.LINE, width=2.3)

    def trousers(
        self, fill: Slot, shade: Slot | None, *, hem: float = 240.0, flare: float = 0.0
    ) -> None:
        """Trousers, or shorts with a high hem."""
        f = flare
        leg = d("M", 0.4, 204, "C", 0.8, 212, 2, 226, 2.8 - f, hem, "Q", 11, hem + 3, 19 + f, hem,
                "C", 21, 226, 21.6, 214, 21, 204, "Z")  # fmt: skip
        for side in halves(self.canvas):
            self.canvas.path(leg, fill=fill, stroke=Slot.LINE, width=2.3)
            with self.canvas.group(clip=leg):
                x = 15.0 if side > 0 else 0.0
                tone(self.canvas, d("M", x, 200, "L", x + 0.5, hem + 4, "h", 7, "L", x + 8, 200,
                    "Z"), shade)  # fmt: skip
        self.canvas.strand([(0, 206), (0.4, 212), (0.2, 219)], 2.0, fill=Slot.LINE, taper=(1, 0))

    def shoes(
        self, kind: Shoe, fill: Slot, shade: Slot | None, *, accent: Slot = Slot.WHITE
    ) -> None:
        """A pair of shoes on the ground at y = 248."""
        c = self.canvas
        top = {"boot": 231.0, "sneaker": 236.5, "loafer": 239.0, "strap": 239.5, "sandal": 241.0}
        t = top[kind]
        shoe = d("M", 3.2, t, "Q", 10.5, t + 2.2, 18.4, t, "C", 18.8, 240, 23.6, 240, 24.2, 245,
            "C", 24.4, 248, 23, 249, 20, 249, "H", 5, "C", 2, 249, 1.4, 246.5, 2.2, 243,
            "Z")  # fmt: skip
        for side in halves(c):
            c.path(shoe, fill=fill, stroke=Slot.LINE, width=2.3)
            with c.group(clip=shoe):
                if kind == "sneaker":
                    c.path("M0 246H28V252H0Z", fill=accent)
                else:
                    tone(c, "M0 246H28V252H0Z", shade)
                if side > 0:
                    tone(c, d("M", 17, t - 2, "Q", 20, 243, 19, 250, "H", 27, "V", t - 2, "Z"),
                        shade)  # fmt: skip
                else:
                    tone(c, d("M", 2, t, "Q", 7, 243, 5, 250, "H", -2, "V", t, "Z"), shade)
            if kind == "sneaker":
                c.path("M2.4 246H24", stroke=Slot.LINE, width=1.2)
                c.path("M8 239.6L14 240.6M8.4 242.4L15 243.2", stroke=accent, width=1.5)
            elif kind == "strap":
                c.path("M4 237.5Q11 240.5 18 237.5", stroke=Slot.LINE, width=3.4)
                c.path("M4 237.5Q11 240.5 18 237.5", stroke=fill, width=1.6)
                c.ellipse(16, 238.6, 1.4, 1.4, fill=accent)
            elif kind == "loafer":
                c.path("M6 243.4Q12 240.8 18.6 243.4", stroke=Slot.LINE, width=1.4)
            elif kind == "boot":
                c.path(d("M", 2.4, t, "Q", 10.5, t + 2.6, 19.2, t, "L", 19.4, t + 4.5,
                         "Q", 10.5, t + 7, 2.2, t + 4.5, "Z"),
                       fill=accent, stroke=Slot.LINE, width=1.8)  # fmt: skip
            else:
                c.path("M5 245L11.5 241L20 245", stroke=accent, width=2.2)
            c.ellipse(11 if side > 0 else 15, 243.6, 2.2, 1.0, fill=Slot.WHITE, opacity=0.4)

    # Torso

    def torso_path(self, hem: float = 207.0, *, flare: float = 0.0, neck: float = 9.0) -> str:
        """Path data of a top from the neck to its hem."""
        w = self.broad
        waist = 19.6 + w - (1.4 if self.girl else 0.0)
        right: list[Point] = [
            (neck, 156.5), (17.5 + w * 0.8, 161.5), (22.4 + w, 169), (21.2 + w, 181), (waist, 191),
            (22.6 + flare, hem),
        ]  # fmt: skip
        return "M" + onward(mirrored(right))[1:] + onward(right) + d("Q", 0, hem + 6,
            -22.6 - flare, hem, "Z")  # fmt: skip

    def throat(self, depth: float = 170.0) -> None:
        """The bare V of a neckline over a garment."""
        c = self.canvas
        v = d("M", -9.5, 154, "L", 9.5, 154, "C", 8, 162, 4, depth - 3, 0, depth, "C", -4,
            depth - 3, -8, 162, -9.5, 154, "Z")  # fmt: skip
        c.path(v, fill=Slot.SKIN)
        c.path(d("M", -9.5, 154, "H", 9.5, "L", 8.5, 160, "Q", 0, 166, -8.5, 160, "Z"),
            fill=Slot.SKIN_SHADE)  # fmt: skip

    def torso(self, path: str, *, fill: Slot = Slot.CLOTH, shade: Slot = Slot.CLOTH_SHADE) -> None:
        """Fill a top and shade its right side and the head's shadow."""
        c = self.canvas
        c.path(path, fill=fill, stroke=Slot.LINE, width=2.4)
        with c.group(clip=path):
            c.path("M12 156C20 176 12 192 16 218H40V156Z", fill=shade)
            c.ellipse(1, 158, 24, 10.5, fill=shade)

    def skirt(
        self, top: float, waist: float, hem: float, half: float, *, fill: Slot = Slot.CLOTH,
        shade: Slot | None = Slot.CLOTH_SHADE, pleats: int = 6, band: Slot | None = None,
    ) -> str:  # fmt: skip
        """A flared skirt with pleats; gives its outline back for patterns."""
        c = self.canvas
        low = [(-half + 2 * half * i / pleats, 0.0) for i in range(pleats + 1)]
        low = [(x, hem + 4.5 * (1 - (x / half) ** 2)) for x, _ in low]
        edge = d("M", -waist, top, "C", -waist - 3, top + 9, -half, hem - 8, *low[0])
        for (ax, ay), (bx, by) in pairwise(low):
            edge += d("Q", (ax + bx) / 2, (ay + by) / 2 + 3.4, bx, by)
        edge += d("C", half, hem - 8, waist + 3, top + 9, waist, top, "Q", 0, top + 4, -waist,
            top, "Z")  # fmt: skip
        c.path(edge, fill=fill, stroke=Slot.LINE, width=2.4)
        with c.group(clip=edge):
            folds = d("M", -waist - 4, top, "Q", 0, top + 9, waist + 4, top + 1, "V", top - 4,
                "H", -waist - 4, "Z")  # fmt: skip
            for i, (x, y) in enumerate(low[1:], 1):
                inner = waist * (2 * i / pleats - 1)
                left = x - half / pleats * 0.85
                folds += d("M", inner, top, "L", x, y + 4, "L", left, y + 4, "Z")
            tone(c, folds, shade)
            if band is not None:
                c.path(smooth([(x, y - 5.5) for x, y in low]), stroke=band, width=2.2)
            rise = hem - top
            creases = [
                [(x, y + 1), (x * 0.88, y - rise * 0.3), (x * 0.74, y - rise * 0.55)]
                for x, y in low[1:-1]
            ]
            strokes = [brush(crease, 1.8 * c.line_scale, (0.9, 0)) for crease in creases]
            c.path("".join(strokes), fill=Slot.LINE)
        c.path(edge, stroke=Slot.LINE, width=2.4)
        return edge

    # Arms

    def arm_line(self, side: int) -> list[Point]:
        """The arm's middle from shoulder to wrist on a side's own half."""
        hand, elbow = _ARMS[self.gesture(side)]
        x, y = _SHOULDER
        return bend((x + self.broad, y), elbow, hand)

    def arms(
        self, sleeve: Sleeve, *, fill: Slot = Slot.CLOTH, shade: Slot = Slot.CLOTH_SHADE,
        cuff: Slot | None = None, glove: Slot | None = None, seam: bool = False,
        extra: Callable[[list[Point], int], None] | None = None,
    ) -> None:  # fmt: skip
        """Both arms over the torso; `extra` decorates a sleeve, given its middle line."""
        for side in halves(self.canvas):
            line = self.arm_line(side)
            # A forearm that is folded up lies in front of the sleeve, and so does its hand.
            folded = self.gesture(side) == "chin"
            upper = line[: 3 if folded else 4]
            if sleeve != "wide" and not folded:
                self._hand(line, glove)
            if sleeve in ("none", "short", "puff"):
                self._tube(line, 7.2, 5.4, Slot.SKIN, Slot.SKIN_SHADE, side)
            if sleeve == "short":
                self._tube(upper, 8.6, 9.4, fill, shade, side, cuff=cuff, seam=seam)
            elif sleeve == "puff":
                self._tube(upper, 9.0, 8.2, fill, shade, side, cuff=cuff, bulge=3.4, seam=seam)
            elif sleeve == "long":
                self._tube(line, 8.6, 7.2, fill, shade, side, cuff=cuff, seam=seam)
            elif sleeve == "wide":
                self._wide(line, fill, shade, cuff)
            if sleeve == "wide" or folded:
                self._hand(line, glove)
            if extra is not None:
                extra(line, side)

    def forearms(self) -> None:
        """Bare forearms that are folded in front of the body, once more on top of a bodice."""
        for side in halves(self.canvas):
            if self.gesture(side) in ("chest", "hip"):
                line = self.arm_line(side)
                self._hand(line, None)
                self._tube(line[3:], 6.3, 5.4, Slot.SKIN, Slot.SKIN_SHADE, side)

    def folded_hands(self) -> None:
        """Hands folded before the chest, once more on top of lapels."""
        for side in halves(self.canvas):
            if self.gesture(side) == "chest":
                self._hand(self.arm_line(side), None)

    def _collarbone(self, joint: Point) -> Point:
        """Where an arm's upper edge leaves the torso's, so that the shoulder is one curve."""
        return (17.5 + 0.8 * self.broad, 161.5) if joint[1] < 172 else joint

    def _hand(self, line: list[Point], glove: Slot | None) -> None:
        (px, py), (hx, hy) = line[-2], line[-1]
        length = ((hx - px) ** 2 + (hy - py) ** 2) ** 0.5 or 1.0
        ux, uy = (hx - px) / length, (hy - py) / length
        # The hand's own x runs on along the arm; the thumb is on the body's side.
        thumb = -1 if ux * 1.0 + uy * 0.2 > 0.35 and uy < 0.3 else 1
        matrix = (
            f"matrix({fmt(ux)} {fmt(uy)} {fmt(-uy * thumb)} {fmt(ux * thumb)} {fmt(hx)} {fmt(hy)})"
        )
        with self.canvas.group(transform=matrix):
            self.canvas.path(
                "M-4 -4.6C1 -6.4 8.6 -6 9 -0.6C9 3.2 6.6 5.2 3.4 5.2C4.4 7.4 2.4 8.8 0.6 7.2"
                "C-0.8 6 -2.6 5.4 -4 4.6Z",
                fill=glove or Slot.SKIN, stroke=Slot.LINE, width=2.2,
            )  # fmt: skip

    def _tube(
        self, line: list[Point], start: float, end: float, fill: Slot, shade: Slot, side: int, *,
        cuff: Slot | None = None, bulge: float = 0.0, seam: bool = False,
    ) -> None:  # fmt: skip
        """A sleeve: filled over the torso, its outline open at the shoulder, so that both join."""
        c = self.canvas
        outer, inner = sides(line, start, end)
        inner = without_loops(line, inner)
        if line[0][1] < 175:
            outer[0] = self._collarbone(outer[0])
        if bulge:
            for i in range(1, len(line) - 1):
                outer[i] = (outer[i][0] + bulge, outer[i][1] - bulge)
                inner[i] = (inner[i][0] - bulge * 0.3, inner[i][1] + bulge * 0.7)
        (ax, ay), (bx, by) = line[0], line[1]
        back = start / (((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0) * 1.3
        cap = d("Q", ax + (ax - bx) * back, ay + (ay - by) * back, *outer[0])
        closed = smooth(outer) + onward(inner[::-1]) + cap + "Z"
        c.path(closed, fill=fill)
        with c.group(clip=closed):
            low = inner if side > 0 or line[-1][1] < 185 else outer
            mids = [((x + 2 * lx) / 3, (y + 2 * ly) / 3) for (x, y), (lx, ly) in zip(line, low,
                strict=True)]  # fmt: skip
            c.path(smooth(mids[1:]) + onward(low[:0:-1]) + "Z", fill=shade)
            if side < 0 and fill is not Slot.SKIN:
                light = [
                    (x * 0.35 + ox * 0.65, y * 0.35 + oy * 0.65)
                    for (x, y), (ox, oy) in zip(line, outer, strict=True)
                ]
                c.strand(light[: len(light) * 3 // 4], 2.6, fill=Slot.WHITE, opacity=0.35)
        # The inner edge starts at the armpit.
        armpit = 0 if seam else max(1, round(len(line) * 0.25))
        below = inner[armpit:][::-1]
        # A bare arm runs on into its hand; a sleeve ends in a hem.
        joint = smooth(below) if fill is Slot.SKIN else onward(below)
        c.path(smooth(outer) + joint, stroke=Slot.LINE, width=2.3)
        if seam:
            c.path(d("M", *inner[0]) + cap, stroke=Slot.LINE, width=1.7)
        if cuff is not None:
            (ax, ay), (bx, by) = outer[-1], inner[-1]
            (px, py), (qx, qy) = line[-2], line[-1]
            length = ((qx - px) ** 2 + (qy - py) ** 2) ** 0.5 or 1.0
            vx, vy = (qx - px) / length * 3.6, (qy - py) / length * 3.6
            c.path(d("M", ax - vx, ay - vy, "L", bx - vx, by - vy, "L", bx + vx * 0.4, by
                + vy * 0.4, "L", ax + vx * 0.4, ay + vy * 0.4, "Z"), fill=cuff, stroke=Slot.LINE,
                width=1.8)  # fmt: skip

    def _wide(self, line: list[Point], fill: Slot, shade: Slot, cuff: Slot | None) -> None:
        """A kimono or wizard sleeve: it widens to the wrist and hangs down from it."""
        c = self.canvas
        (sx, sy), (wx, wy) = line[0], line[-1]
        outer, inner = sides(line, 8.6, 7.0)
        outer[0] = self._collarbone(outer[0])
        hang = 19.0 if wx > 40 else 13.0
        lean = 2.5 if wx > 26 else -1.0
        tip = (wx + lean, wy + hang)
        pit = (sx + 4.0, max(sy + 12.0, min(wy, 190.0)))
        closed = smooth(outer) + d("Q", wx + lean + 4, wy + hang * 0.5, *tip, "Q", tip[0] - 8,
            tip[1] + 3, *((tip[0] + pit[0]) / 2 - 4, tip[1] - 1), "Q", pit[0] - 1, (pit[1]
            + tip[1]) / 2, *pit)  # fmt: skip
        c.path(closed + d("L", sx - 4, sy + 6, "L", *outer[0], "Z"), fill=fill)
        with c.group(clip=closed + "Z"):
            c.path(d("M", *inner[-1], "L", wx - 3, tip[1] + 6, "H", pit[0] - 14, "V", pit[1] - 2,
                "Z"), fill=shade)  # fmt: skip
            if cuff is not None:
                c.path(d("M", outer[-1][0] + 4, outer[-1][1] - 4, "L", tip[0] + 5, tip[1] + 4),
                    stroke=cuff, width=11)  # fmt: skip
        c.path(closed, stroke=Slot.LINE, width=2.3)
