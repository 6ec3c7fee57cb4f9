"""Ruffles: dress, maid, idol."""

from __future__ import annotations

from generator.art.canvas import Point, smooth
from generator.art.outfits.bust import FLOOR, Bust
from generator.art.outfits.chibi import Doll
from generator.art.outfits.cut import bend, d, frill, halves, mirrored, onward
from generator.art.outfits.trimmings import bow, star
from generator.art.palette import Slot


def _puff(b: Bust, x: float, y: float, fill: Slot, shade: Slot) -> None:
    """A puffed sleeve over each shoulder, gathered towards x, y."""
    c, s = b.canvas, b.s
    for side in halves(c):
        sleeve = d("M", x, y, "C", x + 8, y - 7, s - 6, y - 3, s + 5, 238, "C", s + 11, 247, s
            + 10, 256, s + 7, FLOOR, "H", x + 2, "C", x + 4, 252, x + 3, 240, x, y,
            "Z")  # fmt: skip
        c.path(sleeve, fill=fill, stroke=Slot.LINE, width=2.5)
        with c.group(clip=sleeve):
            if side > 0:
                c.path(d("M", x + 14, 226, "C", s + 1, 234, s + 2, 248, s - 4, FLOOR, "H", s + 14,
                    "V", 220, "Z"), fill=shade)  # fmt: skip
            else:
                c.strand([(s - 8, 235), (s + 3, 243), (s + 5, 252)], 3.0, fill=Slot.WHITE,
                    opacity=0.35)  # fmt: skip
            c.path(d("M", x - 2, y, "C", x + 8, 240, x + 8, 250, x + 5, FLOOR, "H", x - 2, "Z"),
                fill=shade)  # fmt: skip
        for ex, ey in ((x + 12, 233), (x + 14, 244), (x + 11, 254)):
            c.strand([(x + 2.5, (y + ey) / 2 + 3), (x + 7, ey - 1), (ex + 2, ey)], 1.7,
                fill=Slot.LINE, taper=(0.8, 0))  # fmt: skip


def dress_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    b.skin()
    wide = s - 30 if not b.boy else n + 13
    dip = 246.0 if not b.boy else 238.0
    _puff(b, s - 24, 226, Slot.CLOTH, Slot.CLOTH_SHADE)
    right: list[Point] = [(wide, b.top(wide) - 1), (s - 22, 226), (s - 20, 240), (s - 24, FLOOR)]
    top = right[0][1]
    bodice = ("M" + onward(mirrored(right))[1:] + d("C", -wide + 4, dip - 3, -wide * 0.5, dip, 0,
        dip, "C", wide * 0.5, dip, wide - 4, dip - 3, wide, top) + onward(right) + "Z")  # fmt: skip
    c.path(bodice, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
    with c.group(clip=bodice):
        c.path(d("M", s - 24, 218, "Q", s - 30, 244, s - 44, FLOOR, "H", s, "V", 218, "Z"),
            fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.ellipse(0, dip + 6, wide * 0.95, 13, fill=Slot.CLOTH_SHADE)
    line = [*bend((-wide - 1, top - 2), (-wide + 2, dip), (0, dip), 8),
            *bend((0, dip), (wide - 2, dip), (wide + 1, top - 2), 8)[1:]]  # fmt: skip
    frill(c, line, 9.5, waves=13, fill=Slot.TRIM, shade=Slot.TRIM_SHADE)
    c.path(smooth(line), stroke=Slot.LINE, width=3.6)
    c.path(smooth(line), stroke=Slot.CLOTH, width=1.6)
    bow(c, 0, dip + 3, 15, Slot.CLOTH, Slot.CLOTH_SHADE, tails=0.7)


def dress_chibi(b: Doll) -> None:
    c = b.canvas
    if b.girl:
        b.legs(sock=Slot.WHITE, sock_top=236)
    else:
        b.legs(Slot.INK, None)
    if b.boy:
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=239)
    b.shoes("strap", Slot.CLOTH, Slot.CLOTH_SHADE, accent=Slot.GOLD)
    b.skirt(197, 20, 224, 36, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=9)
    b.skirt(195, 19, 219.5, 34, pleats=6)
    path = b.torso_path(198, flare=-2.5)
    b.torso(path)
    b.arms("puff", cuff=Slot.TRIM)
    c.path("M-14 157C-12 166 -6 170 0 170C6 170 12 166 14 157L9 153H-9Z", fill=Slot.SKIN)
    c.path("M-9 154H9Q8 161 0 163Q-8 161 -9 154Z", fill=Slot.SKIN_SHADE)
    frill(c, bend((-17, 161), (0, 182), (17, 161), 8), 5.2, waves=8, fill=Slot.TRIM,
        shade=Slot.TRIM_SHADE, width=1.6)  # fmt: skip
    c.path("M-20 195Q0 200.5 20 195L20.4 199Q0 204.5 -20.4 199Z", fill=Slot.TRIM,
        stroke=Slot.LINE, width=1.7)  # fmt: skip
    bow(c, 0, 178, 8.5, Slot.CLOTH, Slot.CLOTH_SHADE, tails=0.7, width=1.6)


def maid_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    b.cloth(b.garment(n + 5, 228, lift=1.0), sleeve=False)
    _puff(b, s - 24, 224, Slot.CLOTH, Slot.CLOTH_SHADE)
    # Apron: a bib, and straps whose frills stand out over the shoulders.
    bib = d("M", -21, 246, "Q", 0, 249.5, 21, 246, "L", 26, FLOOR, "H", -26, "Z")
    c.path(bib, fill=Slot.WHITE, stroke=Slot.LINE, width=2.2)
    for _ in halves(c):
        outer: list[Point] = [(n + 18, 217.5), (n + 20, 230), (28, 246), (24, FLOOR)]
        frill(c, outer[::-1], 9.5, waves=6, fill=Slot.WHITE, shade=None)
        inside = smooth([(n + 12, 216), (n + 13, 229), (20, 247), (18, FLOOR)])
        strap = inside + onward(outer[::-1]) + "Z"
        c.path(strap, fill=Slot.WHITE, stroke=Slot.LINE, width=2.0)
    for side in halves(c):
        # A round collar.
        leaf = d("M", n + 1, 203, "C", n + 2, 214, n * 0.6, 224, 0, 228, "L", 1, 237, "C", 12,
            244, n + 18, 236, n + 20, 222, "Q", n + 12, 216, n + 5, 201, "Z")  # fmt: skip
        c.path(leaf, fill=Slot.WHITE, stroke=Slot.LINE, width=2.2)
        if side > 0:
            c.path(d("M", n + 16, 220, "C", n + 10, 232, 14, 238, 2, 234.5, "L", 2, 236.4, "C",
                12, 242.6, n + 16, 235, n + 18.6, 222, "Z"), fill=Slot.LINE,
                opacity=0.16)  # fmt: skip
        c.path(d("M", 4, 235.5, "C", 12, 238, n + 10, 232, n + 13, 221.5),
            stroke=Slot.CLOTH_SHADE, width=1.1)  # fmt: skip
    bow(c, 0, 237, 15, Slot.RED, None, tails=0.8)


def maid_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs(Slot.WHITE if b.girl else Slot.INK, None)
    if b.boy:
        b.trousers(Slot.CLOTH, Slot.CLOTH_SHADE, hem=239)
    b.shoes("strap", Slot.INK, None)
    b.skirt(197, 21, 225, 37, fill=Slot.WHITE, shade=None, pleats=10)
    b.skirt(195, 19, 220.5, 35, pleats=6)
    apron = "M-13 197C-16 205 -19 212 -19 217C-12 223 12 223 19 217C19 212 16 205 13 197Z"
    frill(c, bend((-20, 212), (0, 232), (20, 212), 8), 4.6, waves=9, fill=Slot.WHITE, shade=None,
        width=1.6)  # fmt: skip
    c.path(apron, fill=Slot.WHITE, stroke=Slot.LINE, width=1.9)
    path = b.torso_path(198, flare=-2.5)
    b.torso(path)
    b.arms("puff", cuff=Slot.WHITE)
    b.throat(170)
    c.path("M-11.5 183Q0 186 11.5 183L14 197.5Q0 201 -14 197.5Z", fill=Slot.WHITE,
        stroke=Slot.LINE, width=1.9)  # fmt: skip
    c.path("M6 185L11.5 183L14 197.5L9 199.5Z", fill=Slot.LINE, opacity=0.15)
    for _ in halves(c):
        frill(c, [(12, 196), (13.5, 184), (17, 172), (18, 164)], 6.0, waves=4, fill=Slot.WHITE,
            shade=None, width=1.6)  # fmt: skip
        c.path("M13 162L18.5 164Q15.5 174 13 197L9.5 197Q9.5 176 13 162Z", fill=Slot.WHITE,
            stroke=Slot.LINE, width=1.6)  # fmt: skip
        c.path("M9 155C8 162 4 166 0 167.5L0.5 174C8 175 15 170 15.5 162Q13 159 12 155Z",
            fill=Slot.WHITE, stroke=Slot.LINE, width=1.8)  # fmt: skip
    c.path("M-15 195Q0 199.5 15 195L15.4 199.5Q0 204 -15.4 199.5Z", fill=Slot.WHITE,
        stroke=Slot.LINE, width=1.7)  # fmt: skip
    bow(c, 0, 173, 9, Slot.RED, None, tails=0.8, width=1.7)


def _prince_bust(b: Bust) -> None:
    """The boys' stage costume: a braided jacket with a jabot."""
    c, n, s = b.canvas, b.n, b.s
    b.cloth(b.garment(n + 5, 228, lift=1.0))
    for _ in halves(c):
        facing = d("M", n + 9, 214, "C", n + 6, 232, 19, 240, 17, FLOOR)
        c.path(facing, stroke=Slot.LINE, width=4.6)
        c.path(facing, stroke=Slot.GOLD, width=2.4)
        braids = "".join(d("M", 20 if y > 240 else 24, y, "Q", s * 0.36, y + 3, s * 0.55,
            y - 3) for y in (239, 248, 257))  # fmt: skip
        c.path(braids, stroke=Slot.LINE, width=4.2)
        c.path(braids, stroke=Slot.GOLD, width=2.2)
        frill(c, [(s - 24, 238), (s - 10, 236), (s + 3, 241), (s + 9, 250)], 9.0, waves=7,
            fill=Slot.GOLD, shade=None)  # fmt: skip
        pad = d("M", s - 30, 226, "C", s - 16, 219, s + 4, 224, s + 11, 244, "C", s + 4, 243,
            s - 4, 240, s - 12, 241, "C", s - 20, 241, s - 28, 236, s - 30, 226, "Z")  # fmt: skip
        c.path(pad, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
        c.path(d("M", s - 28, 230, "C", s - 24, 238, s - 16, 239, s - 8, 238, "Q", s + 3, 238, s
            + 8, 241), stroke=Slot.GOLD, width=2.0)  # fmt: skip
    for y, w in ((243.0, 17.0), (232.0, 14.0)):
        frill(c, bend((-w * 0.7, y - 2), (0, y + 3), (w * 0.7, y - 2), 6), 14.0, waves=3,
            fill=Slot.TRIM, shade=Slot.TRIM_SHADE)  # fmt: skip
    for side in halves(c):
        stand = d("M", n + 0.5, 201, "C", n, 212, 12, 221, 2, 224, "L", 8, 233, "C", n, 231, n
            + 9, 224, n + 12, 213, "Q", n + 9, 206, n + 4.5, 199, "Z")  # fmt: skip
        c.path(stand, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.3)
        if side > 0:
            c.path(d("M", n + 6, 206, "C", n + 4, 220, n - 4, 226, 6, 229.5, "L", 8.4, 232, "C",
                n, 230, n + 7, 224, n + 10.6, 213, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path(d("M", n + 2.4, 204, "C", n + 2, 214, 14, 222.6, 5, 225), stroke=Slot.GOLD,
            width=1.8)  # fmt: skip
    star(c, 0, 230, 8.0, Slot.GOLD)


def _prince_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs()
    b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=236)
    b.shoes("boot", Slot.CLOTH, Slot.CLOTH_SHADE, accent=Slot.GOLD)
    b.torso(b.torso_path(208, flare=3.0))
    c.path("M-25 203Q0 211 25 203", stroke=Slot.GOLD, width=2.0)
    c.path("M0 180V212", stroke=Slot.LINE, width=1.7)
    for _ in halves(c):
        braids = "M5 187Q11 189 17 186M5 194Q11 196 17 193M5 201Q11 203 17 200"
        c.path(braids, stroke=Slot.LINE, width=3.4)
        c.path(braids, stroke=Slot.GOLD, width=1.7)
    b.arms("long", cuff=Slot.GOLD)
    for _ in halves(c):
        frill(c, bend((13, 171), (24, 166), (32, 177), 5), 5.0, waves=5, fill=Slot.GOLD,
            shade=None, width=1.5)  # fmt: skip
        c.path("M12 164C20 159 30 163 33 175C28 172 24 171 20 172C15 172 12.5 169 12 164Z",
            fill=Slot.CLOTH, stroke=Slot.LINE, width=2.0)  # fmt: skip
    b.throat(168)
    for y, w in ((177.0, 6.0), (171.0, 5.0)):
        frill(c, bend((-w, y - 1), (0, y + 2), (w, y - 1), 5), 8.0, waves=3, fill=Slot.TRIM,
            shade=Slot.TRIM_SHADE, width=1.5)  # fmt: skip
    for _ in halves(c):
        c.path("M9.5 153C9.5 161 6 166 1 168L5 174C11 171 14.5 166 15 158Z", fill=Slot.CLOTH,
            stroke=Slot.LINE, width=1.9)  # fmt: skip
        c.path("M10.6 156C10.4 162 7 166.6 3.4 168.4", stroke=Slot.GOLD, width=1.4)
    star(c, 0, 172, 4.8, Slot.GOLD)


def idol_bust(b: Bust) -> None:
    if b.boy:
        _prince_bust(b)
        return
    c, n, s = b.canvas, b.n, b.s
    b.skin()
    # The bodice hangs from a choker; the shoulders stay bare.
    right: list[Point] = [(n + 9, 236), (s - 32, 236), (s - 25, 245), (s - 25, FLOOR)]
    bodice = ("M" + onward(mirrored(right))[1:] + d("Q", -n - 2, 243, 0, 247, "Q", n + 2, 243, n
        + 9, 236) + onward(right) + "Z")  # fmt: skip
    halter = d("M", -n - 1, 210, "C", -n - 3, 222, -n - 8, 232, -n - 14, 241, "L", n + 14, 241,
        "C", n + 8, 232, n + 3, 222, n + 1, 210, "C", n - 2, 222, 10, 232, 0, 240, "C", -10, 232,
        -n + 2, 222, -n - 1, 210, "Z")  # fmt: skip
    c.path(halter, fill=Slot.TRIM, stroke=Slot.LINE, width=2.0)
    c.path(bodice, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
    with c.group(clip=bodice):
        c.path(d("M", 16, 236, "Q", s - 40, 250, s - 42, FLOOR, "H", s, "V", 230, "Z"),
            fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path(d("M", -13, 240, "L", -9, FLOOR, "M", 13, 240, "L", 9, FLOOR), stroke=Slot.TRIM,
            width=1.6)  # fmt: skip
    for side in halves(c):
        # Off-shoulder ruffles in two tiers round the arms.
        frill(c, bend((s + 7, 252), (s - 14, 260), (s - 30, 248), 6), 9.0, waves=6,
            fill=Slot.TRIM, shade=Slot.TRIM_SHADE)  # fmt: skip
        tier = d("M", s - 31, 247, "Q", s - 14, 260, s + 7, 252, "L", s + 10, FLOOR, "H", s - 31,
            "Z")  # fmt: skip
        c.path(tier, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
        if side > 0:
            c.path(d("M", s - 8, 254, "L", s + 6, 251, "L", s + 9, FLOOR, "H", s - 12, "Z"),
                fill=Slot.CLOTH_SHADE)  # fmt: skip
    line = [*bend((-s + 36, 239), (-n - 4, 238), (0, 248), 8), *bend((0, 248), (n + 4, 238),
        (s - 36, 239), 8)[1:]]  # fmt: skip
    frill(c, line, -6.5, waves=11, fill=Slot.TRIM, shade=Slot.TRIM_SHADE)
    c.path(smooth(line), stroke=Slot.LINE, width=4.0)
    c.path(smooth(line), stroke=Slot.GOLD, width=2.0)
    choker = d("M", -n - 0.6, 205, "Q", 0, 216, n + 0.6, 205, "L", n + 2.6, 211.5, "Q", 0, 223.5,
        -n - 2.6, 211.5, "Z")  # fmt: skip
    c.path(choker, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.0)
    c.path(d("M", 6, 212.4, "Q", n - 4, 210, n + 0.6, 205.6, "L", n + 2.2, 211, "Q", n - 4, 216.4,
        8, 218, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
    star(c, 0, 216.5, 6.0, Slot.GOLD)
    bow(c, 0, 253, 18, Slot.TRIM, Slot.TRIM_SHADE, tails=0)
    star(c, 0, 252.5, 7.0, Slot.GOLD)


def idol_chibi(b: Doll) -> None:
    if b.boy:
        _prince_chibi(b)
        return
    c = b.canvas
    b.legs(sock=Slot.CLOTH, sock_top=229, sock_shade=Slot.CLOTH_SHADE)
    b.shoes("boot", Slot.TRIM, Slot.TRIM_SHADE, accent=Slot.GOLD)
    if b.girl:
        b.skirt(198, 20, 222, 37, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=9)
        b.skirt(196, 19, 216, 34, pleats=7, band=Slot.GOLD)
    else:
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=220, flare=2.0)
    b.torso(b.torso_path(199, flare=-2.5), fill=Slot.SKIN, shade=Slot.SKIN_SHADE)
    b.arms("none")
    bodice = (
        "M-21 177Q-10 174 0 180Q10 174 21 177C21 186 19 192 20 199"
        "Q0 204 -20 199C-19 192 -21 186 -21 177Z"
    )
    c.path(bodice, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.1)
    c.path("M11 176Q17 175 21 177C21 186 19 192 20 199L13 201Q15 188 11 176Z",
        fill=Slot.CLOTH_SHADE)  # fmt: skip
    frill(c, bend((-23, 175), (0, 185), (23, 175), 8), 5.0, waves=9, fill=Slot.TRIM,
        shade=Slot.TRIM_SHADE, width=1.6)  # fmt: skip
    c.path("M-22.5 175Q0 184 22.5 175", stroke=Slot.LINE, width=3.2)
    c.path("M-22.5 175Q0 184 22.5 175", stroke=Slot.GOLD, width=1.5)
    c.path("M-19.6 196Q0 201 19.6 196L20.2 200Q0 205 -20.2 200Z", fill=Slot.GOLD,
        stroke=Slot.LINE, width=1.6)  # fmt: skip
    b.forearms()
    c.path("M-11 157Q0 165 11 157L11.5 162Q0 170 -11.5 162Z", fill=Slot.CLOTH, stroke=Slot.LINE,
        width=1.8)  # fmt: skip
    bow(c, 0, 185, 10.5, Slot.TRIM, Slot.TRIM_SHADE, tails=0.6, width=1.7)
    star(c, 0, 185, 4.6, Slot.GOLD)
    star(c, 0, 165.5, 3.6, Slot.GOLD)
