"""Kimono and qipao."""

from __future__ import annotations

from generator.art.canvas import Canvas, smooth
from generator.art.outfits.bust import FLOOR, Bust
from generator.art.outfits.chibi import Doll
from generator.art.outfits.cut import bend, d, halves
from generator.art.outfits.trimmings import blossom, bow, frog
from generator.art.palette import Slot


def kimono_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    b.skin()
    body = b.garment(n + 8, 247, point=True, lift=1.5)
    b.cloth(body, sleeve=False)
    obi = d("M", -s + 18, 250, "Q", 0, 254.5, s - 18, 250, "V", FLOOR, "H", -s + 18, "Z")
    under = Slot.WHITE if b.boy else Slot.RED
    # The wearer's left panel, on the picture's right, lies on top.
    for side in halves(c):
        lap = 15.0 if side > 0 else 12.0
        white = d("M", n + 1, 204, "C", n + 3, 216, 8, 232, -lap + 4, 253, "L", 2, 262, "L", n
            + 10, 222, "L", n + 6, 203, "Z")  # fmt: skip
        c.path(white, fill=under, stroke=Slot.LINE, width=2.0)
        c.path(d("M", n - 1, 212, "C", n, 222, 8, 236, -lap + 5, 254, "L", -lap + 9, 257, "C", 10,
            240, n + 3, 226, n + 2, 212, "Z"), fill=Slot.LINE, opacity=0.14)  # fmt: skip
        band = d("M", n + 4.5, 201, "C", n + 7.5, 217, 13, 235, -lap + 6, 256, "L", -lap + 12,
            FLOOR, "L", 6, FLOOR, "C", 18, 250, n + 16, 232, n + 18, 217.5, "Q", n + 13, 209, n
            + 9, 200, "Z")  # fmt: skip
        c.path(band, fill=Slot.TRIM, stroke=Slot.LINE, width=2.4)
        with c.group(clip=band):
            shade = (d("M", n + 14, 206, "C", n + 13, 230, 18, 244, 2, 260, "L", 14, 268, "L", n
                + 24, 230, "Z") if side > 0 else d("M", n + 4, 200, "C", n + 11, 218, 16, 236, -4,
                262, "H", -20, "V", 200, "Z"))  # fmt: skip
            c.path(shade, fill=Slot.TRIM_SHADE)
    c.path(obi, fill=Slot.TRIM, stroke=Slot.LINE, width=2.0)
    with c.group(clip=obi):
        c.path(d("M", -s, 253, "H", -s + 24, "V", FLOOR, "H", -s, "Z", "M", s, 246, "H", s - 34,
            "V", FLOOR, "H", s, "Z"), fill=Slot.TRIM_SHADE)  # fmt: skip
    c.path(d("M", -s + 18, 256.5, "Q", 0, 261, s - 18, 256.5), stroke=Slot.RED, width=3.0)
    # The sleeves hang in front of the obi's ends.
    for side in halves(c):
        sleeve = d("M", s - 12, 240, "C", s - 20, 246, s - 22, 254, s - 23, FLOOR, "H", s - 4,
            "V", 240, "Z")  # fmt: skip
        c.path(sleeve, fill=Slot.CLOTH if side < 0 else Slot.CLOTH_SHADE)
        c.strand([(s - 22.5, FLOOR), (s - 21, 252), (s - 13, 240)], 2.4, fill=Slot.LINE,
            taper=(0.9, 0))  # fmt: skip
    with c.group(clip=body):
        for x, y, r, slot in (
            (-s * 0.78, 246.0, 8.0, Slot.TRIM), (-s * 0.52, 236.0, 4.5, Slot.PINK), (-s * 0.5,
            256.0, 6.0, Slot.TRIM),
            (s * 0.72, 241.0, 7.0, Slot.TRIM), (s * 0.47, 239.0, 4.2, Slot.PINK), (s * 0.92,
            257.0, 6.0, Slot.PINK),
        ):  # fmt: skip
            blossom(c, x, y, r, slot, Slot.GOLD, turn=x)


def _robe(c: Canvas) -> None:
    """A kimono from the sash down, with blossoms."""
    robe = "M-20 196C-23 210 -25 224 -24.5 236Q0 242 24.5 236C25 224 23 210 20 196Z"
    c.path(robe, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
    with c.group(clip=robe):
        c.path("M13 196Q19 218 16 242H30V196Z", fill=Slot.CLOTH_SHADE)
        c.path("M5 200Q-2 220 -6 242L-2 243Q3 222 10 202Z", fill=Slot.CLOTH_SHADE)
        c.strand([(6, 204), (0, 222), (-5, 240)], 2.0, fill=Slot.LINE, taper=(0.5, 1))
        for x, y, r, slot in ((-15.0, 228.0, 6.0, Slot.TRIM), (13.0, 223.0, 5.0, Slot.PINK),
        (4.0, 234.0, 4.2, Slot.TRIM),
                              (-14.0, 215.0, 3.6, Slot.PINK)):  # fmt: skip
            blossom(c, x, y, r, slot, Slot.GOLD, turn=x)


def kimono_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs(Slot.WHITE, None)
    b.shoes("sandal", Slot.WHITE, None, accent=Slot.RED)
    for x in (-13.0, 13.0):
        c.path(d("M", x - 11, 246.6, "H", x + 11, "V", 249.6, "H", x - 11, "Z"), fill=Slot.INK,
            stroke=Slot.LINE, width=1.5)  # fmt: skip
    if b.girl:
        _robe(c)
    elif b.boy:  # a hakama
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=238, flare=4.5)
    else:  # a jinbei: short trousers of the jacket's cloth
        b.trousers(Slot.CLOTH, Slot.CLOTH_SHADE, hem=226, flare=2.5)
    b.torso(b.torso_path(202 if b.girl else 209, flare=-1.5))
    b.throat(177)
    for _ in halves(c):
        c.path("M8.5 154C9 162 3 172 -7 182L-1 186C9 176 13 166 13 155Z",
            fill=Slot.RED if b.girl else Slot.WHITE, stroke=Slot.LINE, width=1.6)  # fmt: skip
        c.path("M11 154C11.5 164 5 175 -6 186L2 190C13 179 18 168 17.5 160Q15 158 14 154Z",
            fill=Slot.TRIM, stroke=Slot.LINE, width=2.0)  # fmt: skip
    c.path("M-20.5 186Q0 190.5 20.5 186L21.5 202.5Q0 207.5 -21.5 202.5Z", fill=Slot.TRIM,
        stroke=Slot.LINE, width=2.2)  # fmt: skip
    c.path("M11 188Q16 187.4 20.5 186L21.5 202.5Q17 204.4 12 205Z", fill=Slot.TRIM_SHADE)
    c.path("M-21 193.5Q0 198.5 21 193.5L21.2 197Q0 202 -21.2 197Z", fill=Slot.RED,
        stroke=Slot.LINE, width=1.4)  # fmt: skip
    if b.girl:
        bow(c, 0, 197.5, 7, Slot.RED, None, tails=0, width=1.5)
    b.arms("wide", cuff=Slot.TRIM)


def _collar(b: Bust) -> None:
    """A standing mandarin collar with a small gap in front."""
    c, n = b.canvas, b.n
    for side in halves(c):
        stand = d("M", n + 1.5, 201, "C", n - 2, 208, 8, 212.5, 1.4, 213.5, "Q", 3, 220, 1.2,
            226.5, "C", 12, 225.5, n + 3, 221, n + 8.5, 214, "Q", n + 6.5, 207, n + 4.5,
            200, "Z")  # fmt: skip
        c.path(stand, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.3)
        if side > 0:
            c.path(d("M", n - 2, 207, "Q", n - 3, 216, n - 9, 221.5, "Q", n + 2, 219.5, n + 7,
                214, "Q", n + 5, 207, n + 3.6, 202, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path(d("M", n + 1.6, 203.6, "C", n - 1, 210, 9, 214.5, 3.4, 215.4, "Q", 4.4, 220, 3,
            224.6, "C", 13, 223.6, n + 2, 219.6, n + 6.2, 214), stroke=Slot.TRIM,
            width=1.7)  # fmt: skip


def qipao_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    arm = b.garment(n + 5, 224, lift=0.5)
    b.cloth(arm)
    with c.group(clip=arm):
        for x, y, r, slot in ((s * 0.42, 247.0, 8.5, Slot.TRIM), (s * 0.62, 237.0, 5.0, Slot.PINK),
                              (s * 0.26, 258.0, 5.0, Slot.PINK)):  # fmt: skip
            blossom(c, x, y, r, slot, Slot.GOLD, turn=20)
        c.strand([(s * 0.2, 266), (s * 0.4, 250), (s * 0.66, 235), (s * 0.78, 233)], 1.6,
            fill=Slot.TRIM)  # fmt: skip
    # The flap closes on the wearer's right.
    flap = [*bend((0.0, 225.0), (-4.0, 243.0), (-s * 0.42, 242.0), 5), (-s * 0.6, 246.0), (-s
        + 19, 258.0), (-s + 18, FLOOR)]  # fmt: skip
    c.path(smooth([(x + 0.5, y + 2.6) for x, y in flap]), stroke=Slot.CLOTH_SHADE, width=4.0)
    c.path(smooth(flap), stroke=Slot.LINE, width=5.0)
    c.path(smooth(flap), stroke=Slot.TRIM, width=2.4)
    _collar(b)
    frog(c, 0, 226, 0, 7.0, Slot.GOLD)
    frog(c, -s * 0.3, 242, -70, 6.5, Slot.GOLD)


def qipao_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs()
    if b.girl:
        hem, side_hem = 225.0, 220.0
    else:
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=239 if b.boy else 225, flare=1.0)
        hem, side_hem = 219.0, 215.0
    b.shoes("strap", Slot.CLOTH, Slot.CLOTH_SHADE, accent=Slot.GOLD)
    skirt = d("M-19.4 193C-23 202 -24.5 210 -24", side_hem, "Q-20", hem, 0, hem + 1.5, "Q20", hem,
        24, side_hem, "C24.5 210 23 202 19.4 193")  # fmt: skip
    b.torso(b.torso_path(200, flare=-1.5))
    c.path(skirt, fill=Slot.CLOTH)
    with c.group(clip=skirt + "Z"):
        c.path("M13.6 192Q18 212 14 232H30V192Z", fill=Slot.CLOTH_SHADE)
        c.path(d("M-24.5 208Q-24.5", side_hem - 2, -23, side_hem - 1, "Q-19", hem - 3, 0, hem - 2,
            "Q19", hem - 3, 23, side_hem - 1, "Q24.5", side_hem - 2, 24.5, 208), stroke=Slot.TRIM,
            width=2.4)  # fmt: skip
    c.path(skirt, stroke=Slot.LINE, width=2.4)
    rise = 225.0 - hem
    blossom(c, -9, 211 - rise, 6.0, Slot.TRIM, Slot.GOLD, turn=12)
    blossom(c, -1, 216.5 - rise, 3.6, Slot.PINK, Slot.GOLD, turn=30)
    b.arms("short", cuff=Slot.TRIM)
    flap = [*bend((0.0, 169.0), (-2.0, 180.0), (-11.0, 179.5), 4), (-17.0, 184.0), (-18.5, 196.0)]
    c.path(smooth(flap), stroke=Slot.LINE, width=3.6)
    c.path(smooth(flap), stroke=Slot.TRIM, width=1.7)
    for _ in halves(c):
        c.path("M11 152C10 158 5 160.6 0.8 161L0.8 169C7 168.4 13 165.6 15 160.5Q14 156 13 152Z",
            fill=Slot.CLOTH, stroke=Slot.LINE, width=2.0)  # fmt: skip
        c.path("M2.4 163V167C8 166 12 163.6 13.4 160", stroke=Slot.TRIM, width=1.3)
    frog(c, 0, 169.5, 0, 4.4, Slot.GOLD)
    frog(c, -10, 179.8, -75, 4.0, Slot.GOLD)
