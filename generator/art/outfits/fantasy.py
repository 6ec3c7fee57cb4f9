"""Cloak and armour."""

from __future__ import annotations

from generator.art.canvas import Point, smooth
from generator.art.outfits.bust import FLOOR, Bust
from generator.art.outfits.chibi import Doll
from generator.art.outfits.cut import d, halves, mirrored, onward
from generator.art.outfits.trimmings import button, gem, star
from generator.art.palette import Slot


def cloak_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    tunic = b.garment(n + 4, 226)
    b.cloth(tunic, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, sleeve=False, neck_shadow=1.0)
    c.path(d("M", 0, 226, "V", FLOOR), stroke=Slot.LINE, width=1.7)
    for y in (246.0, 256.0):
        button(c, 4.5, y, 2.4, Slot.GOLD)
    for side in halves(c):
        # The hood, thrown back, stands up behind the jaw.
        c.path(d("M", n - 2, 178, "C", n - 3, 210, n + 4, 222, 6, 232, "L", n + 30, 226, "L", n
            + 22, 178, "Z"), fill=Slot.TRIM_SHADE, stroke=Slot.LINE, width=2.0)  # fmt: skip
        right: list[Point] = [(n + 24, 176), (n + 36, 186), (n + 44, 200), (n + 46, 215), (s - 12,
            222), (s + 3, 232), (s + 11, 247), (s + 14, FLOOR),]  # fmt: skip
        sweep = d("H", 24, "C", 22, 254, 14, 244, 3, 239, "L", 5, 230, "C", n + 12, 226, n + 24,
            208, n + 24, 176, "Z")  # fmt: skip
        mantle = smooth(right) + sweep
        c.path(mantle, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.6)
        with c.group(clip=mantle):
            if side > 0:
                c.path(d("M", n + 40, 184, "C", n + 42, 214, n + 30, 226, n + 20, 230, "C", n
                    + 34, 228, s - 4, 236, s, FLOOR, "H", s + 24, "V", 184, "Z"),
                    fill=Slot.CLOTH_SHADE)  # fmt: skip
            else:
                c.strand([(n + 44, 219), (s - 10, 226), (s + 1, 236), (s + 6, 250)], 3.6,
                    fill=Slot.WHITE, opacity=0.28)  # fmt: skip
                c.path(d("M", n + 36, 222, "C", n + 20, 232, 24, 236, 10, 237, "L", 24, 246, "L",
                    n + 40, 234, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
            for x0, x1 in ((n + 24, n + 27), (s - 18, s - 11)):
                c.path(d("M", x0, 232, "Q", x0 + 1, 250, x1 - 6, FLOOR, "H", x1 + 3, "Q", x0 + 6,
                    250, x0, 232, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
                c.strand([(x0, 230), (x0 + 2, 246), (x1 + 3, FLOOR)], 2.0, fill=Slot.LINE,
                    taper=(0, 0.9))  # fmt: skip
            # Gold braid along the opening and the hood's rim.
            braid = [(28.0, FLOOR), (24.0, 253.0), (15, 244), (3, 236.5)]
            c.path(smooth(braid), stroke=Slot.GOLD, width=2.4)
        c.path(d("M", n + 28, 180, "C", n + 29, 208, n + 15, 228, 6, 233), stroke=Slot.GOLD,
            width=2.2)  # fmt: skip
        c.strand([(n + 45, 216), (n + 38, 224), (n + 22, 230), (8, 235)], 2.0, fill=Slot.LINE,
            taper=(1, 0.3))  # fmt: skip
    c.path("M-8 235Q0 239 8 235", stroke=Slot.LINE, width=4.6)
    c.path("M-8 235Q0 239 8 235", stroke=Slot.GOLD, width=2.2)
    for side in (-1, 1):
        star(c, side * 10.5, 235.5, 5.0, Slot.GOLD, turn=12 * side)
    gem(c, 0, 236.5, 7.0, Slot.RED, Slot.GOLD)


def _legs_chibi(b: Doll, hem: float) -> None:
    """Bare on girls, in tights on others, over which boys wear trousers down to `hem`."""
    if b.girl:
        b.legs()
    else:
        b.legs(Slot.INK, None)
    if b.boy:
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=hem)


def cloak_chibi(b: Doll) -> None:
    c = b.canvas
    # The cloak's inside hangs behind the legs.
    back = (
        "M-18 168C-30 190 -37 214 -38 235C-26 240 -12 238 0 240"
        "C12 238 26 240 38 235C37 214 30 190 18 168Z"
    )
    c.path(back, fill=Slot.CLOTH_SHADE, stroke=Slot.LINE, width=2.4)
    _legs_chibi(b, 236)
    b.shoes("boot", Slot.CLOTH, Slot.CLOTH_SHADE, accent=Slot.GOLD)
    if b.girl:
        b.skirt(204, 21, 221, 32, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=6)
    hem = 206 if b.girl else 217
    tunic = d("M-19 176C-20 188 -22", hem - 8, -23, hem, "Q0", hem + 6, 23, hem, "C22", hem - 8,
        20, 188, 19, 176, "Z")  # fmt: skip
    c.path(tunic, fill=Slot.TRIM, stroke=Slot.LINE, width=2.2)
    c.path(d("M9 176Q14", hem - 17, 11, hem + 3, "Q18", hem + 2, 23, hem, "C22", hem - 8, 20,
        188, 19, 176, "Z"), fill=Slot.TRIM_SHADE)  # fmt: skip
    c.path("M-21 197Q0 202 21 197L21.6 202Q0 207 -21.6 202Z", fill=Slot.INK, stroke=Slot.LINE,
        width=1.6)  # fmt: skip
    c.path("M-4.4 197.6H4.4V205H-4.4Z", fill=Slot.GOLD, stroke=Slot.LINE, width=1.6)
    fists = "chin" in (b.gesture(-1), b.gesture(1))
    if not fists:
        b.arms("wide", cuff=Slot.GOLD)
    for side in halves(c):
        mantle = (
            "M13 158C22 161 28 167 32 180C33 184 33 188 32.5 190"
            "C24 187.5 16 184 9 180C5 177.5 2 175 0 172.5L2 164Z"
        )
        c.path(mantle, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.3)
        with c.group(clip=mantle):
            if side > 0:
                c.path("M18 158C26 168 27 178 25 190H38V158Z", fill=Slot.CLOTH_SHADE)
            c.path("M34 187.4C25 185.4 17 182 10 178C6 175.5 3 173 0 170.4", stroke=Slot.GOLD,
                width=2.0)  # fmt: skip
    if fists:
        b.arms("wide", cuff=Slot.GOLD)
    for side in halves(c):
        hood = "M27 150C30 161 17 172 0 174.5L0 166.5C9 164 14 157 15 149Z"
        c.path(hood, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
        c.path("M17 150C16 158.5 10 165.4 1 168.2", stroke=Slot.GOLD, width=1.7)
        if side > 0:
            c.path("M25 154C26 162 14 170 2 172.6V174C16 171.6 28 163 26.4 152Z",
                fill=Slot.CLOTH_SHADE)  # fmt: skip
    gem(c, 0, 171.5, 4.8, Slot.RED, Slot.GOLD)


def _gloss(b: Bust | Doll, points: list[Point], width: float) -> None:
    """A hard reflection on metal."""
    b.canvas.strand(points, width, fill=Slot.WHITE, opacity=0.75, taper=(0.2, 0.1))


def armour_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    # Cape over the far shoulder line, breastplate, gorget, pauldrons.
    body = b.garment(n + 4, 226)
    b.cloth(body, fill=Slot.TRIM, shade=Slot.TRIM_SHADE)
    right: list[Point] = [(n + 8, 222), (s - 30, 228), (s - 25, 242), (s - 27, FLOOR)]
    plate = "M" + onward(mirrored(right))[1:] + d("Q", 0, 240, n + 8, 222) + onward(right) + "Z"
    c.path(plate, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
    with c.group(clip=plate):
        c.path(d("M", 2, 228, "Q", 8, 246, 2, FLOOR, "H", s, "V", 215, "H", n, "Z"),
            fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path(d("M", 22, 240, "Q", 30, 250, 28, FLOOR, "H", 38, "Q", 36, 246, 22, 240, "Z"),
            fill=Slot.CLOTH)  # fmt: skip
        c.path(d("M", -n - 12, 221, "Q", 0, 244, n + 12, 221), stroke=Slot.GOLD, width=3.0)
    _gloss(b, [(-n - 13, 232), (-n - 17, 243), (-n - 13, 256)], 4.0)
    c.strand([(0, 238), (1.5, 250), (0, FLOOR)], 2.0, fill=Slot.LINE, taper=(0.5, 1))
    gorget = d("M", -n - 4, 204, "C", -n * 0.6, 216, n * 0.6, 216, n + 4, 204, "C", n + 6, 212, n
        + 10, 219, n + 15, 223, "C", n * 0.6, 239, -n * 0.6, 239, -n - 15, 223, "C", -n - 10, 219,
        -n - 6, 212, -n - 4, 204, "Z")  # fmt: skip
    c.path(gorget, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
    with c.group(clip=gorget):
        c.path(d("M", 4, 200, "Q", 12, 220, 4, 240, "H", n + 20, "V", 200, "Z"),
            fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path(d("M", -n - 6, 205.5, "C", -n * 0.6, 218, n * 0.6, 218, n + 6, 205.5),
            stroke=Slot.LINE, width=4.6)  # fmt: skip
        c.path(d("M", -n - 6, 205, "C", -n * 0.6, 217, n * 0.6, 217, n + 6, 205),
            stroke=Slot.GOLD, width=3.0)  # fmt: skip
    c.path(d("M", -n - 12.4, 222, "C", -n * 0.6, 235.4, n * 0.6, 235.4, n + 12.4, 222),
        stroke=Slot.LINE, width=4.2)  # fmt: skip
    c.path(d("M", -n - 12.4, 222, "C", -n * 0.6, 235.4, n * 0.6, 235.4, n + 12.4, 222),
        stroke=Slot.GOLD, width=2.4)  # fmt: skip
    _gloss(b, [(-n - 2, 217), (-n + 2, 224), (-n + 9, 228)], 3.0)
    for side in halves(c):
        low = d("M", s - 30, 240, "C", s - 14, 236, s + 6, 242, s + 12, 258, "L", s + 12, FLOOR,
            "H", s - 28, "Z")  # fmt: skip
        c.path(low, fill=Slot.CLOTH_SHADE, stroke=Slot.LINE, width=2.3)
        dome = d("M", s - 37, 240, "C", s - 37, 226, s - 22, 215, s - 6, 220, "C", s + 6, 224, s
            + 12, 236, s + 13.5, 248, "C", s, 243, s - 18, 250, s - 26, 254, "C", s - 34, 250,
            s - 37, 246, s - 37, 240, "Z")  # fmt: skip
        c.path(dome, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.6)
        with c.group(clip=dome):
            if side > 0:
                c.path(d("M", s - 6, 216, "C", s + 4, 232, s - 8, 246, s - 26, 256, "H", s + 20,
                    "V", 216, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
                c.strand([(s + 9, 232), (s + 9, 239), (s + 4, 242)], 2.4, fill=Slot.CLOTH)
            else:
                c.path(d("M", s - 40, 238, "C", s - 30, 248, s - 20, 246, s + 14, 242, "V", 260,
                    "H", s - 40, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
            rim = d("M", s - 38, 236, "C", s - 38, 246, s - 32, 250, s - 26, 252, "C", s - 18,
                248, s, 241, s + 14, 246)  # fmt: skip
            c.path(rim, stroke=Slot.LINE, width=6.0)
            c.path(rim, stroke=Slot.GOLD, width=4.0)
        if side < 0:
            _gloss(b, [(s - 27, 230), (s - 16, 224.5), (s - 5, 227)], 4.4)
        else:
            _gloss(b, [(s - 29, 231), (s - 22, 225.5), (s - 15, 223.5)], 3.6)
        button(c, s - 29.5, 243, 2.2, Slot.GOLD)
    gem(c, 0, 233, 6.0, Slot.RED, Slot.GOLD)


def armour_chibi(b: Doll) -> None:
    c = b.canvas
    cape = (
        "M-17 168C-25 190 -31 214 -33 234C-22 238 -10 235 0 238"
        "C10 235 22 238 33 234C31 214 25 190 17 168Z"
    )
    c.path(cape, fill=Slot.TRIM_SHADE, stroke=Slot.LINE, width=2.4)
    _legs_chibi(b, 230)
    for side in halves(c):
        greave = "M2.8 222Q10.5 218 19 222L18.4 242H4.4Z"
        c.path(greave, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.1)
        c.path("M13 221L19 222L18.4 242H13Z" if side > 0 else "M2.8 222L7 221L7.4 242H4.4Z",
            fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path("M2.8 222.6Q10.5 218.6 19 222.6", stroke=Slot.GOLD, width=2.0)
    b.shoes("sneaker", Slot.CLOTH, Slot.CLOTH_SHADE, accent=Slot.GOLD)
    if not b.boy:
        hem, half = (221, 31) if b.girl else (213, 27)
        b.skirt(199, 19.5, hem, half, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=5)
    for side in halves(c):
        c.path("M7 200L21 198C25 203 27 209 27.5 214L15 219Z", fill=Slot.CLOTH, stroke=Slot.LINE,
            width=2.1)  # fmt: skip
        if side > 0:
            c.path("M15 199.4L21 198C25 203 27 209 27.5 214L21 216.6Z", fill=Slot.CLOTH_SHADE)
        c.path("M15 217.4L26.6 212.8", stroke=Slot.GOLD, width=2.0)
    path = b.torso_path(202, flare=-2.0)
    b.torso(path)
    _gloss(b, [(-13, 174), (-15, 183), (-12.5, 192)], 3.4)
    c.strand([(0, 176), (1, 186), (0, 198)], 1.8, fill=Slot.LINE, taper=(0.4, 0.8))
    c.path("M-20.6 197Q0 202 20.6 197L21 202Q0 207 -21 202Z", fill=Slot.GOLD, stroke=Slot.LINE,
        width=1.7)  # fmt: skip
    b.arms("long", fill=Slot.TRIM, shade=Slot.TRIM_SHADE, cuff=Slot.CLOTH, glove=Slot.CLOTH)
    for side in halves(c):
        dome = (
            "M12 171C13 162 22 158.5 29 164C33.5 168 35 175 34.6 181"
            "C28 178 21 180 17 182.6C13.5 180 11.5 176 12 171Z"
        )
        c.path(dome, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.3)
        with c.group(clip=dome):
            if side > 0:
                c.path("M25 160C31 168 27 176 17 184H38V160Z", fill=Slot.CLOTH_SHADE)
            c.path("M11 174C12.5 179 15 180.6 17.4 181.4C22 178.6 28 176.6 36 179.6",
                stroke=Slot.GOLD, width=2.6)  # fmt: skip
        _gloss(b, [(17, 168.5), (21, 164.8), (26, 165.5)] if side < 0 else [(16, 169), (19,
            165.5), (22, 164)], 2.8)  # fmt: skip
    c.path("M-13 154C-14 160 -15 164 -17 166Q0 180 17 166C15 164 14 160 13 154Z", fill=Slot.CLOTH,
        stroke=Slot.LINE, width=2.1)  # fmt: skip
    c.path("M4 158Q7 166 4 172.6Q12 170.6 17 166C15 164 14 160 13 154Z", fill=Slot.CLOTH_SHADE)
    c.path("M-15.4 163.6Q0 176.5 15.4 163.6", stroke=Slot.GOLD, width=1.8)
    gem(c, 0, 175, 4.2, Slot.RED, Slot.GOLD)
