"""Everyday clothes: tee, hoodie, turtleneck, overalls."""

from __future__ import annotations

from generator.art.canvas import Point, smooth
from generator.art.outfits.bust import FLOOR, Bust
from generator.art.outfits.chibi import Doll
from generator.art.outfits.cut import d, halves
from generator.art.outfits.trimmings import button, heart, star
from generator.art.palette import Slot


def _neckband(b: Bust, inner: float, dip: float, thick: float, fill: Slot, shade: Slot) -> None:
    """A ribbed band along a round neckline."""
    c = b.canvas
    y = b.top(inner)
    w = inner + thick * 0.55
    band = d(
        "M", -inner, y - 1.5, "C", -inner * 0.86, dip, -inner * 0.4, dip, 0, dip,
        "C", inner * 0.4, dip, inner * 0.86, dip, inner, y - 1.5, "L", w, y + 1.5,
        "C", w * 0.9, dip + thick, w * 0.45, dip + thick, 0, dip + thick,
        "C", -w * 0.45, dip + thick, -w * 0.9, dip + thick, -w, y + 1.5, "Z",
    )  # fmt: skip
    c.path(band, fill=fill, stroke=Slot.LINE, width=2.0)
    with c.group(clip=band):
        c.path(d("M", inner * 0.3, dip - 3, "H", w + 4, "V", y - 6, "L", w, dip + thick + 4,
                 "H", inner * 0.5, "Z"), fill=shade)  # fmt: skip
        ribs = "".join(
            d("M", x * inner, dip - 11 * x**4, "l", x * 2.6, thick - 1)
            for x in (-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75)
        )
        c.path(ribs, stroke=Slot.LINE, width=0.9, opacity=0.5)


def tee_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    body = b.garment(n + 5, 230)
    b.cloth(body, sleeve=False)
    with c.group(clip=body):
        for side in halves(c):
            # Raglan sleeves in the second colour.
            c.path(d("M", n + 3, 206, "C", n + 12, 226, s - 26, 240, s - 20, FLOOR, "H", s + 20,
                "V", 206, "Z"), fill=Slot.TRIM, stroke=Slot.LINE, width=1.7)  # fmt: skip
            if side > 0:
                c.path(d("M", s - 13, 220, "C", s - 5, 232, s - 8, 246, s - 12, FLOOR, "H", s
                    + 20, "V", 216, "Z"), fill=Slot.TRIM_SHADE)  # fmt: skip
        b.armpits(Slot.TRIM_SHADE, folds=False)
    c.path(body, stroke=Slot.LINE, width=2.6)
    _neckband(b, n + 5, 226, 6.0, Slot.TRIM, Slot.TRIM_SHADE)
    star(c, 0, 251.5, 11.0, Slot.TRIM, turn=5)


def tee_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs(sock=Slot.WHITE, sock_top=233)
    if b.girl:
        b.skirt(203, 20, 222, 30, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=6)
    else:
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=240 if b.boy else 221, flare=1.5)
    b.shoes("sneaker", Slot.CLOTH, Slot.CLOTH_SHADE)
    path = b.torso_path(209, flare=1.5)
    b.torso(path)
    star(c, 0, 189, 8.5, Slot.TRIM, turn=5)
    b.arms("short", fill=Slot.TRIM, shade=Slot.TRIM_SHADE, seam=True)
    b.throat(166)
    c.path("M-9 158.5Q0 170 9 158.5L11.5 160.5Q0 175.5 -11.5 160.5Z", fill=Slot.TRIM,
        stroke=Slot.LINE, width=1.7)  # fmt: skip


def hoodie_bust(b: Bust) -> None:
    c, n = b.canvas, b.n
    b.cloth(b.garment(n + 4, 232, lift=2.0))
    for side in halves(c):
        # The hood lies behind the neck and comes round to the front in a thick roll.
        c.path(
            d("M", n - 1.5, 180, "C", n - 2, 212, n + 6, 222, 0, 233, "L", 0, 240,
              "C", n + 14, 238, n + 30, 226, n + 33, 204, "L", n + 22, 180, "Z"),
            fill=Slot.CLOTH_SHADE, stroke=Slot.LINE, width=2.0,
        )  # fmt: skip
        roll = d("M", n + 18, 184, "C", n + 16, 206, n + 8, 224, 0, 234, "L", 0, 246, "C", n + 12,
            245, n + 34, 236, n + 42, 216, "C", n + 46, 204, n + 38, 190, n + 26, 182,
            "Z")  # fmt: skip
        c.path(roll, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
        with c.group(clip=roll):
            if side > 0:
                c.path(d("M", n + 36, 186, "C", n + 36, 222, n + 14, 238, -2, 242, "V", 250, "H",
                    n + 50, "V", 186, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
            else:
                c.path(d("M", 0, 241, "C", n + 10, 239, n + 26, 232, n + 36, 218, "L", n + 44,
                    222, "L", n + 10, 250, "H", 0, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
        if side < 0:
            c.strand([(n + 25, 190), (n + 34, 196), (n + 39, 208)], 3.4, fill=Slot.WHITE,
                     opacity=0.3)  # fmt: skip
        c.strand([(5, 238), (n + 6, 230), (n + 19, 214)], 1.6, fill=Slot.LINE)
        c.strand([(n + 26, 226), (n + 33, 214), (n + 34, 203)], 1.5, fill=Slot.LINE)
        c.ellipse(11, 240.6, 2.6, 2.6, fill=Slot.TRIM, stroke=Slot.LINE, width=1.5)
    for side in (-1, 1):
        x = side * 11.0
        cord = smooth([(x, 241), (x + side * 1.5, 250), (x + side * 0.5, FLOOR)])
        c.path(cord, stroke=Slot.LINE, width=5.2)
        c.path(cord, stroke=Slot.TRIM, width=2.6)
    c.strand([(0, 236), (0.3, 244), (0, 262)], 1.7, fill=Slot.LINE, taper=(0.4, 1))


def hoodie_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs(sock=Slot.TRIM, sock_top=226 if b.girl else 234, sock_shade=Slot.TRIM_SHADE)
    if b.girl:
        b.skirt(206, 21, 220, 31, fill=Slot.INK, shade=None, pleats=6)
    else:
        b.trousers(Slot.INK, None, hem=240 if b.boy else 219, flare=1.5)
    b.shoes("sneaker", Slot.CLOTH, Slot.CLOTH_SHADE, accent=Slot.TRIM)
    path = b.torso_path(211, flare=3.0)
    b.torso(path)
    c.path("M-25 207Q0 214 25 207L25.4 212Q0 219 -25.4 212Z", fill=Slot.CLOTH, stroke=Slot.LINE,
        width=2.0)  # fmt: skip
    c.path("M-25 207Q0 214 25 207L25.4 212Q0 219 -25.4 212Z", fill=Slot.CLOTH_SHADE, opacity=0.5)
    c.path("M-9.5 191H9.5L15 202.5Q0 206.5 -15 202.5Z", fill=Slot.CLOTH, stroke=Slot.LINE,
        width=1.8)  # fmt: skip
    c.path("M-9 199H14L15 202.5Q0 206.5 -15 202.5Z", fill=Slot.CLOTH_SHADE)
    b.arms("long", cuff=Slot.CLOTH_SHADE)
    b.throat(172)
    for side in halves(c):
        roll = "M24 152C26 164 14 172 0 177L0 169C8 166 13 160 14 150Z"
        c.path(roll, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
        if side > 0:
            c.path("M23 156C24 165 12 171 0 175V172C10 169 18 163 20 154Z", fill=Slot.CLOTH_SHADE)
        cord = "M6 173Q7.5 179 6.5 185"
        c.path(cord, stroke=Slot.LINE, width=4.0)
        c.path(cord, stroke=Slot.TRIM, width=2.0)


def _ribs(b: Bust, half: float, top: float, bottom: float) -> str:
    return "".join(d("M", x * half, top - 3 * x * x, "Q", x * half * 1.02, (top + bottom) / 2,
        x * half * 1.08, bottom - 3 * x * x) for x in (-0.78, -0.52, -0.26, 0.0, 0.26, 0.52,
        0.78))  # fmt: skip


def turtleneck_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    body = b.garment(n + 4, 226, lift=1.0)
    b.cloth(body)
    with c.group(clip=body):
        # Cable knit: twisted plaits down the chest.
        for x in (-30.0, 0.0, 30.0):
            for y in (236.0, 246.0, 256.0):
                c.path(d("M", x - 5, y + 5, "C", x - 5, y, x + 5, y, x + 5, y - 5),
                    stroke=Slot.CLOTH_SHADE, width=3.6)  # fmt: skip
                c.path(d("M", x - 5, y - 5, "C", x - 5, y - 1, x - 2, y - 0.5, x - 1, y),
                    stroke=Slot.CLOTH_SHADE, width=3.0)  # fmt: skip
            c.path(d("M", x - 9, 232, "V", FLOOR, "M", x + 9, 232, "V", FLOOR), stroke=Slot.LINE,
                width=1.0, opacity=0.55)  # fmt: skip
    w = n + 5.5
    under = d("M", -w, 214, "C", -w - 4, 222, -w + 2, 229, 0, 230, "C", w - 2, 229, w + 4, 222, w,
        214, "Z")  # fmt: skip
    c.path(under, fill=Slot.CLOTH_SHADE, stroke=Slot.LINE, width=2.0)
    roll = d("M", -w + 1, 201, "C", -w - 3.5, 206, -w - 4, 214, -w - 2.5, 218, "C", -w * 0.5, 227,
        w * 0.5, 227, w + 2.5, 218, "C", w + 4, 214, w + 3.5, 206, w - 1, 201, "Q", 0, 212, -w
        + 1, 201, "Z")  # fmt: skip
    c.path(roll, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
    with c.group(clip=roll):
        c.path(d("M", w * 0.45, 198, "Q", w * 0.62, 214, w * 0.4, 232, "H", w + 8, "V", 198, "Z"),
            fill=Slot.CLOTH_SHADE)  # fmt: skip
        c.path(_ribs(b, w, 206, 227), stroke=Slot.LINE, width=1.3, opacity=0.75)
        c.path(d("M", -w - 3, 199, "Q", 0, 217, w + 3, 199, "Z"), fill=Slot.CLOTH_SHADE,
            opacity=0.6)  # fmt: skip
    c.strand([(-s + 30, 240), (-s + 40, 236), (-s + 48, 238)], 1.5, fill=Slot.CLOTH_SHADE)


def turtleneck_chibi(b: Doll) -> None:
    c = b.canvas
    if b.girl:
        b.legs(Slot.INK, None)
        b.shoes("strap", Slot.TRIM, Slot.TRIM_SHADE, accent=Slot.GOLD)
        b.skirt(203, 19, 219, 27, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=5)
    else:
        b.legs(sock=Slot.CLOTH, sock_top=229, sock_shade=Slot.CLOTH_SHADE)
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=239 if b.boy else 221)
        b.shoes("loafer", Slot.INK, None)
    path = b.torso_path(206, flare=0.5)
    b.torso(path)
    with c.group(clip=path):
        for y in (178.0, 186.0, 194.0):
            c.path(d("M", -4, y + 4, "C", -4, y, 4, y, 4, y - 4, "M", -4, y - 4, "Q", -3.5, y - 1,
                -1, y), stroke=Slot.CLOTH_SHADE, width=2.8)  # fmt: skip
        c.path("M-9 170V202M9 170V202", stroke=Slot.LINE, width=1.0, opacity=0.5)
    c.path("M-22.5 202Q0 208.5 22.5 202L22.6 207Q0 213.5 -22.6 207Z", fill=Slot.CLOTH_SHADE,
        stroke=Slot.LINE, width=1.8)  # fmt: skip
    b.arms("long", cuff=Slot.CLOTH_SHADE)
    c.path("M-14 152C-16 158 -16 162 -15 164Q0 172 15 164C16 162 16 158 14 152Z", fill=Slot.CLOTH,
        stroke=Slot.LINE, width=2.2)  # fmt: skip
    c.path("M4 152L5 168Q11 167 15 164C16 162 16 158 14 152Z", fill=Slot.CLOTH_SHADE)
    c.path("M-9 156L-9.5 165M-4.5 158L-4.7 167M0 158V168M4.5 158L4.7 167M9 156L9.5 165",
        stroke=Slot.LINE, width=1.1, opacity=0.7)  # fmt: skip


def overalls_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    body = b.garment(n + 5, 229)
    b.cloth(body, fill=Slot.TRIM, shade=Slot.TRIM_SHADE)
    with c.group(clip=body):
        for y in (222.0, 231.0, 240.0, 249.0, 258.0):
            c.path(d("M", -s - 8, y + 9, "Q", 0, y - 4, s + 8, y + 9), stroke=Slot.CLOTH, width=3.6)
        b.armpits(Slot.TRIM_SHADE)
    _neckband(b, n + 5, 226, 5.0, Slot.CLOTH, Slot.CLOTH_SHADE)
    x = min(n + 19, s * 0.52)
    for side in halves(c):
        strap = d("M", x - 5, b.top(x - 5) - 3, "L", x + 8, b.top(x + 8) - 3, "L", x + 4, 252,
            "L", x - 11, 252, "Z")  # fmt: skip
        c.path(strap, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
        if side > 0:
            c.path(d("M", x + 3, b.top(x + 4) - 1, "L", x + 6.5, b.top(x + 6) - 1, "L", x + 3,
                250, "H", x - 1, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
    bib = d("M", -x - 3, 242, "Q", 0, 245.5, x + 3, 242, "Q", x + 5, 254, x + 12, FLOOR, "H",
        -x - 12, "Q", -x - 5, 254, -x - 3, 242, "Z")  # fmt: skip
    c.path(bib, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.4)
    c.path(d("M", -x + 1, 246, "Q", 0, 249, x - 1, 246), stroke=Slot.TRIM, width=1.2)
    for side in (-1, 1):
        button(c, side * (x - 4.5), 245.5, 4.0, Slot.GOLD)
    heart(c, 0, 254.5, 4.6, Slot.RED)


def overalls_chibi(b: Doll) -> None:
    c = b.canvas
    b.legs(sock=Slot.TRIM, sock_top=236 if b.boy else 229)
    if b.girl:
        b.skirt(202, 22, 222, 31, pleats=5)
    else:
        hem = 234.0 if b.boy else 220.0
        b.trousers(Slot.CLOTH, Slot.CLOTH_SHADE, hem=hem, flare=1.0)
        for _ in halves(c):
            c.path(d("M2.4", hem - 3, "Q11", hem + 1, 20.4, hem - 3, "L20.6", hem + 2, "Q11",
                hem + 6, 2.2, hem + 2, "Z"), fill=Slot.CLOTH_SHADE, stroke=Slot.LINE,
                width=1.8)  # fmt: skip
    b.shoes("sneaker", Slot.RED, None)
    path = b.torso_path(208)
    b.torso(path, fill=Slot.TRIM, shade=Slot.TRIM_SHADE)
    with c.group(clip=path):
        for y in (166.0, 173.0, 180.0, 187.0):
            c.path(d("M", -26, y, "Q", 0, y + 4, 26, y), stroke=Slot.CLOTH, width=2.6)

    def stripes(line: list[Point], side: int) -> None:
        for i in (2, 4):
            (ax, ay), (bx, by) = line[i - 1], line[i]
            k = 5.4 / (((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1.0)
            nx, ny = (by - ay) * k, (ax - bx) * k
            c.path(d("M", bx + nx, by + ny, "L", bx - nx, by - ny), stroke=Slot.CLOTH, width=2.6,
                cap="butt")  # fmt: skip

    b.arms("long", fill=Slot.TRIM, shade=Slot.TRIM_SHADE, cuff=Slot.CLOTH, extra=stripes)
    b.throat(167)
    c.path("M-9 157C-7 164 -4 166.5 0 167C4 166.5 7 164 9 157", stroke=Slot.LINE, width=4.4)
    c.path("M-9 157C-7 164 -4 166.5 0 167C4 166.5 7 164 9 157", stroke=Slot.CLOTH, width=2.2)
    bib = (
        "M-13 184Q0 187 13 184C14 192 19 195 22.5 197L22.8 210"
        "Q0 215 -22.8 210L-22.5 197C-19 195 -14 192 -13 184Z"
    )
    for _ in halves(c):
        c.path("M11 162.5L17.5 163.5L14.5 188L8.5 188Z", fill=Slot.CLOTH, stroke=Slot.LINE,
            width=1.9)  # fmt: skip
    c.path(bib, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
    c.path("M8 186L13 184C14 192 19 195 22.5 197L22.8 210L12 213Q15 200 8 186Z",
        fill=Slot.CLOTH_SHADE)  # fmt: skip
    c.path("M-7 192H7V199Q0 205 -7 199Z", fill=Slot.CLOTH, stroke=Slot.LINE, width=1.6)
    heart(c, 0, 196.5, 2.6, Slot.RED, width=0)
    for side in (-1, 1):
        button(c, side * 10.8, 187.5, 2.8, Slot.GOLD)
