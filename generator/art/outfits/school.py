"""Uniforms and suits: sailor, blazer, suit."""

from __future__ import annotations

from generator.art.canvas import smooth
from generator.art.outfits.bust import FLOOR, Bust
from generator.art.outfits.chibi import Doll
from generator.art.outfits.cut import d, halves
from generator.art.outfits.trimmings import bow, button, tie
from generator.art.palette import Slot


def sailor_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    b.skin()
    b.cloth(b.garment(n + 6, 246, point=True, lift=1.0))
    # The dickey closes the V.
    c.path(d("M", -n * 0.72, 229, "Q", 0, 235, n * 0.72, 229, "L", 3, 254, "H", -3, "Z"),
        fill=Slot.CLOTH, stroke=Slot.LINE, width=1.8)  # fmt: skip
    c.path(d("M", -n * 0.66, 232, "Q", 0, 238, n * 0.66, 232), stroke=Slot.TRIM, width=1.6)
    far = min(s - 24, n + 34)
    for side in halves(c):
        flap = d("M", n + 2, 205, "C", n + 5, 216, n - 1, 230, 2, 248, "L", 4, 256, "C", 16, 254,
            far - 6, 252, far + 4, 243, "C", far + 6, 234, far + 2, 226, far - 2, 221.5, "C", n
            + 20, 217, n + 12, 212, n + 8, 203, "Z")  # fmt: skip
        c.path(flap, fill=Slot.TRIM, stroke=Slot.LINE, width=2.4)
        with c.group(clip=flap):
            if side > 0:
                c.path(d("M", far - 4, 218, "Q", far + 1, 234, far - 12, 243, "Q", 20, 250, 2,
                    251, "V", 260, "H", far + 10, "V", 218, "Z"), fill=Slot.TRIM_SHADE)  # fmt: skip
            else:
                c.path(d("M", n, 204, "C", n + 8, 218, n + 2, 232, 2, 252, "H", -4, "V", 204, "Z"),
                       fill=Slot.TRIM_SHADE)  # fmt: skip
            for inset, width in ((5.5, 2.0), (10.0, 1.4)):
                x, y = far - inset, 244 - inset * 0.8
                edge = d("M", x - 2, 212, "C", x + 3, 226, x + 6, 235, x + 2, y,
                    "C", x - 8, 253 - inset, 16, 254 - inset, 4, 255.5 - inset)  # fmt: skip
                c.path(edge, stroke=Slot.CLOTH, width=width)
        c.strand([(n + 8, 204), (n + 13, 212), (n + 22, 217.5)], 1.8, fill=Slot.LINE)
    bow(c, 0, 250, 20, Slot.RED, None, tails=0.9)


def _sailor_collar(b: Doll) -> None:
    c = b.canvas
    b.throat(178)
    c.path("M-5 169.5Q0 172 5 169.5L0 179Z", fill=Slot.CLOTH, stroke=Slot.LINE, width=1.4)
    for side in halves(c):
        flap = (
            "M8 154C9 164 5 172 0 177L1 181.5C10 181 19 179 22.5 173.5"
            "C23 168 21 164.5 19 162C15 160 13 158 12 154Z"
        )
        c.path(flap, fill=Slot.TRIM, stroke=Slot.LINE, width=2.1)
        if side > 0:
            c.path("M19.8 164C20.5 170 17 175 2 179.5L2 181"
                   "C10 180.5 19 178 22 173C22.4 168 21 165.5 19.8 164Z",
                fill=Slot.TRIM_SHADE)  # fmt: skip
        c.path("M16.6 162C19 167 18.6 171 15.5 173.5C12 175.8 7 177 2 177.8", stroke=Slot.CLOTH,
            width=1.5)  # fmt: skip


def sailor_chibi(b: Doll) -> None:
    c = b.canvas
    if b.girl:
        b.legs(sock=Slot.TRIM, sock_top=228, sock_shade=Slot.TRIM_SHADE)
        b.shoes("loafer", Slot.INK, None)
        b.skirt(200, 19.5, 219, 31, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=7,
            band=Slot.CLOTH)  # fmt: skip
    else:
        b.legs(sock=Slot.WHITE, sock_top=228)
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=240 if b.boy else 220, flare=1.5)
        b.shoes("loafer", Slot.INK, None)
    b.torso(b.torso_path(204, flare=0.5))
    c.path("M-22.6 200.5Q0 207 22.6 200.5", stroke=Slot.TRIM, width=1.7)
    b.arms("short", cuff=Slot.TRIM)
    _sailor_collar(b)
    bow(c, 0, 180, 11.5, Slot.RED, None, tails=0.8, width=1.8)


def _shirt_collar(b: Bust, fill: Slot = Slot.WHITE, spread: float = 0.0) -> None:
    """The two points of a shirt collar around the neck."""
    c, n = b.canvas, b.n
    for side in halves(c):
        c.path(d("M", n - 1, 204, "Q", n, 216, 0, 229, "L", 0, 222, "Q", n - 5, 214, n - 1, 204,
            "Z"), fill=Slot.SKIN_SHADE)  # fmt: skip
        leaf = d("M", n + 0.5, 202, "C", n + 3, 212, n * 0.6, 222, 1, 229.5, "L", 9 + spread, 241,
            "C", n - 2, 236, n + 10, 226, n + 11, 214, "Q", n + 9, 207, n + 5, 200,
            "Z")  # fmt: skip
        c.path(leaf, fill=fill, stroke=Slot.LINE, width=2.2)
        with c.group(clip=leaf):
            if side > 0:
                c.path(d("M", n + 8, 204, "C", n + 6, 224, 16, 234, 6, 238, "L", 12, 246, "L", n
                    + 14, 226, "V", 204, "Z"), fill=Slot.LINE, opacity=0.16)  # fmt: skip
            c.path(d("M", n - 1, 200, "C", n + 2, 212, n * 0.6, 221, 0, 230, "V", 200, "Z"),
                fill=Slot.LINE, opacity=0.16)  # fmt: skip


def _shirt_front(b: Bust, fill: Slot = Slot.WHITE) -> None:
    c, n = b.canvas, b.n
    front = d("M", -n - 8, 214, "L", 0, 226, "L", n + 8, 214, "L", n + 6, FLOOR, "H", -n - 6, "Z")
    c.path(front, fill=fill)
    with c.group(clip=front):
        c.path(d("M", -n - 6, 222, "Q", 0, 250, n + 8, 226, "V", 214, "H", -n - 8, "Z"),
            fill=Slot.LINE, opacity=0.14)  # fmt: skip
        c.path(d("M", 6, 226, "L", 9, FLOOR, "H", n + 10, "V", 226, "Z"), fill=Slot.LINE,
            opacity=0.12)  # fmt: skip


def _jacket(
    b: Bust, meet: float, notch: float, *, piping: Slot | None = None, wide: float = 0.0
) -> None:
    """A jacket with lapels that meet at y = `meet`; their notches lie at y = `notch`."""
    c, n, s = b.canvas, b.n, b.s
    inner = n + 9
    for side in halves(c):
        right = b.shoulder(inner, lift=2.0)
        front = smooth(right) + d("H", -1, "L", 0, meet, "C", n * 0.55, meet - 12, n + 6, 226,
            *right[0], "Z")  # fmt: skip
        c.path(front, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.6)
        with c.group(clip=front):
            if side > 0:
                c.path(d("M", s - 16, 222, "C", s - 7, 232, s - 9, 244, s - 13, FLOOR, "H", s
                    + 16, "V", 216, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
                c.path(d("M", s - 16, 241, "Q", s - 25, 250, s - 26, FLOOR, "H", s - 17, "Z"),
                    fill=Slot.CLOTH_SHADE)  # fmt: skip
            else:
                c.strand([(s * 0.5, 227), (s - 15, 230.5), (s - 5, 240), (s - 1, 252)], 3.4,
                    fill=Slot.WHITE, opacity=0.3)  # fmt: skip
                c.path(d("M", s - 16, 243, "Q", s - 23, 252, s - 23, FLOOR, "H", s - 18, "Z"),
                    fill=Slot.CLOTH_SHADE)  # fmt: skip
            c.strand([(s - 18, FLOOR), (s - 19, 252), (s - 15.5, 241)], 2.2, fill=Slot.LINE,
                taper=(0.8, 0))  # fmt: skip
        w = wide
        collar = d("M", n + 5, 203, "Q", n + 10, 211, n + 22 + w, 217, "L", n + 24 + w, notch - 1,
            "L", n + 16, notch + 1, "C", n + 12, 222, n + 6, 214, n + 5, 203, "Z")  # fmt: skip
        lapel = d("M", n + 4.5, 210, "C", n + 8, 226, n * 0.6, meet - 12, 0, meet + 2, "L", 0,
            meet + 16, "C", 14, meet + 10, n + 16 + w, notch + 22, n + 30 + w, notch
            + 3 - w * 0.8, "L", n + 17, notch + 1, "Q", n + 8, 220, n + 4.5, 210, "Z")  # fmt: skip
        # The lapel throws a narrow shadow on the front.
        with c.group(clip=front):
            c.path(d("M", 4, meet + 20, "C", 18, meet + 13, n + 20 + w, notch + 26, n + 34 + w,
                notch + 6, "L", n + 20, notch, "L", 0, meet, "Z"),
                fill=Slot.CLOTH_SHADE)  # fmt: skip
        for shape in (lapel, collar):
            c.path(shape, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.2)
        with c.group(clip=lapel):
            c.path(d("M", n + 3, 208, "C", n + 12, 228, n * 0.6 + 5, meet - 12, 3, meet + 6, "H",
                -4, "V", 208, "Z"), fill=Slot.CLOTH_SHADE,
                opacity=0.8 if side < 0 else 0.5)  # fmt: skip
        if piping is None:
            # A faint edge of light keeps a black lapel readable.
            light = d("M", 3, meet + 11, "C", 14, meet + 6, n + 13 + w, notch + 18, n + 25 + w,
                notch + 5.5 - w * 0.8)  # fmt: skip
            c.path(light, stroke=Slot.WHITE, width=1.3, opacity=0.3)
        else:
            c.path(d("M", 2, meet + 12, "C", 14, meet + 7, n + 14 + w, notch + 19, n + 26 + w,
                notch + 5 - w * 0.8), stroke=piping, width=1.7)  # fmt: skip
            c.path(d("M", n + 9, 206, "Q", n + 12, 211, n + 20 + w, 215.5), stroke=piping,
                width=1.5)  # fmt: skip


def blazer_bust(b: Bust) -> None:
    c, s = b.canvas, b.s
    _shirt_front(b)
    if not b.girl:
        tie(c, 228, 270, 8.5, Slot.RED, None, Slot.GOLD)
    _jacket(b, 252, 229, piping=Slot.TRIM)
    _shirt_collar(b)
    if b.girl:
        bow(c, 0, 235, 18, Slot.RED, None, tails=0.9)
    else:
        tie(c, 228, 252, 8.5, Slot.RED, None, Slot.GOLD)
    x = s * 0.56
    crest = d("M", x - 5.5, 245, "Q", x, 243, x + 5.5, 245, "Q", x + 6.5, 253, x, 257, "Q",
        x - 6.5, 253, x - 5.5, 245, "Z")  # fmt: skip
    c.path(crest, fill=Slot.GOLD, stroke=Slot.LINE, width=1.6)
    c.path(d("M", x - 2.5, 250, "L", x, 247.5, "L", x + 2.5, 250, "M", x, 248, "V", 253),
        stroke=Slot.RED, width=1.4)  # fmt: skip


def _jacket_chibi(b: Doll, meet: float, *, piping: Slot | None = None, hem: float = 208.0) -> None:
    """Shirt triangle, lapels and jacket fronts on a chibi."""
    c = b.canvas
    path = b.torso_path(hem, flare=1.0)
    b.torso(path)
    c.path(d("M-10 158L0", meet, "L10 158Z"), fill=Slot.WHITE)
    b.throat(169)
    c.strand([(0, meet), (0.6, meet + 8), (0, hem + 2)], 1.9, fill=Slot.LINE, taper=(1, 1))
    for x in (meet + 6, meet + 13):
        button(c, 4.2, x, 1.9, Slot.GOLD)


def _lapels_chibi(b: Doll, meet: float, piping: Slot | None = None) -> None:
    c = b.canvas
    for side in halves(c):
        lapel = d("M11.5 155C10 166 5 174 0", meet - 1, "L0", meet + 2, "C8", meet - 3, 15, 178,
            17.5, 170.5, "L13.5 168.5L17.5 166.5Q18.5 164 17 160Z")  # fmt: skip
        c.path(lapel, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.0)
        if side > 0:
            c.path(d("M1", meet, "C8", meet - 5, 13, 176, 15, 170.2, "L17.5 170.5C15 178 8",
                meet - 3, 1, meet + 1, "Z"), fill=Slot.CLOTH_SHADE)  # fmt: skip
        if piping is not None:
            c.path(d("M2", meet - 1.5, "C8", meet - 6, 12.5, 177, 14.6, 171.4), stroke=piping,
                width=1.3)  # fmt: skip
        c.path("M9.5 154C9 161 5 166 0.5 168L5.5 174C9.5 171.5 13 166 13.5 157Z", fill=Slot.WHITE,
            stroke=Slot.LINE, width=1.8)  # fmt: skip


def blazer_chibi(b: Doll) -> None:
    c = b.canvas
    if b.girl:
        b.legs(sock=Slot.INK, sock_top=228)
        b.shoes("loafer", Slot.INK, None)
        skirt = b.skirt(202, 19.5, 220, 31, fill=Slot.TRIM, shade=Slot.TRIM_SHADE, pleats=7)
        with c.group(clip=skirt):
            c.path("M-32 211Q0 218 32 211M-32 216Q0 224 32 216", stroke=Slot.CLOTH, width=1.6)
    else:
        b.legs(sock=Slot.INK, sock_top=228)
        b.trousers(Slot.TRIM, Slot.TRIM_SHADE, hem=240 if b.boy else 221)
        b.shoes("loafer", Slot.INK, None)
    _jacket_chibi(b, 186)
    if not b.girl:
        tie(c, 167, 188, 4.6, Slot.RED, None, Slot.GOLD, width=1.6)
    b.arms("long", cuff=Slot.TRIM)
    _lapels_chibi(b, 186, Slot.TRIM)
    if b.girl:
        bow(c, 0, 172, 10.5, Slot.RED, None, tails=0.8, width=1.8)
    else:
        tie(c, 167, 184, 4.6, Slot.RED, None, Slot.GOLD, width=1.6)
    b.folded_hands()


def suit_bust(b: Bust) -> None:
    c, n, s = b.canvas, b.n, b.s
    child = b.at.spec.age == "child"
    if b.girl:
        b.skin()
        blouse = d("M", -n - 6, 212, "L", 0, 242, "L", n + 6, 212, "L", n + 6, FLOOR, "H", -n - 6,
            "Z")  # fmt: skip
        c.path(blouse, fill=Slot.WHITE, stroke=Slot.LINE, width=1.8)
        c.path(d("M", 4, 240, "L", n + 8, 218, "V", FLOOR, "H", 6, "Z"), fill=Slot.LINE,
            opacity=0.12)  # fmt: skip
        _jacket(b, 266, 231, wide=3)
        for side in halves(c):
            # The blouse's open collar lies over the lapels.
            leaf = d("M", n + 2, 203, "C", n + 5, 214, n * 0.7, 226, 1, 240, "L", 7, 248, "C",
                n - 1, 240, n + 15, 231, n + 20, 219.5, "Q", n + 12, 213, n + 6, 201,
                "Z")  # fmt: skip
            c.path(leaf, fill=Slot.WHITE, stroke=Slot.LINE, width=2.1)
            if side > 0:
                c.path(d("M", n + 15.6, 218.4, "C", n + 8, 230, 14, 236, 4, 242, "L", 7.2, 246,
                    "C", n - 2, 239, n + 13, 231, n + 18.4, 220.2, "Z"), fill=Slot.LINE,
                    opacity=0.18)  # fmt: skip
        c.ellipse(0, 233, 2.6, 2.6, fill=Slot.GOLD, stroke=Slot.LINE, width=1.3)
        c.path(d("M", -n + 1, 219, "Q", -8, 229, 0, 231, "Q", 8, 229, n - 1, 219),
            stroke=Slot.GOLD, width=1.3)  # fmt: skip
        return
    _shirt_front(b)
    if b.boy and not child:
        tie(c, 228, 274, 9.0, Slot.INK, None)
    else:
        for y in (246.0, 254.0):
            button(c, 0, y, 1.7, Slot.INK)
    _jacket(b, 262, 230, wide=5)
    _shirt_collar(b)
    if b.boy and not child:
        tie(c, 228, 266, 9.0, Slot.INK, None)
        c.path("M-6.5 250H6.5", stroke=Slot.LINE, width=3.6)
        c.path("M-6 250H6", stroke=Slot.GOLD, width=1.8)
    else:
        bow(c, 0, 234, 15, Slot.INK, None, tails=0)
    x = s * 0.55
    c.path(d("M", x - 7, 252, "L", x - 6, 246, "L", x - 1, 249.5, "L", x + 3, 244.5, "L", x + 7.5,
        251, "Z"), fill=Slot.TRIM, stroke=Slot.LINE, width=1.6)  # fmt: skip
    c.path(d("M", x - 9, 252.5, "L", x + 9.5, 251), stroke=Slot.LINE, width=1.8)


def suit_chibi(b: Doll) -> None:
    c = b.canvas
    if b.girl:
        b.legs(Slot.INK, None)
        b.shoes("strap", Slot.INK, None, accent=Slot.GOLD)
        pencil = "M-20 200C-22 208 -23 216 -20.5 224Q0 229 20.5 224C23 216 22 208 20 200Z"
        c.path(pencil, fill=Slot.CLOTH, stroke=Slot.LINE, width=2.3)
        c.path("M10 202L13 226L20.5 224C23 216 22 208 20 200Z", fill=Slot.CLOTH_SHADE)
    else:
        b.legs(sock=Slot.WHITE, sock_top=230)
        b.trousers(Slot.CLOTH, Slot.CLOTH_SHADE, hem=240 if b.boy else 222)
        b.shoes("loafer", Slot.INK, None)
    _jacket_chibi(b, 188, hem=209)
    if not b.girl:
        tie(c, 167, 189, 4.6, Slot.INK, None, width=1.6)
    else:
        b.throat(175)
    b.arms("long", cuff=Slot.WHITE)
    _lapels_chibi(b, 188)
    if b.boy:
        tie(c, 167, 186, 4.6, Slot.INK, None, width=1.6)
    elif not b.girl:
        bow(c, 0, 171, 8, Slot.INK, None, tails=0, width=1.6)
    c.path("M10.5 184.5L11.5 180.5L14 182.6L16.2 180L18 184Z", fill=Slot.TRIM, stroke=Slot.LINE,
        width=1.3)  # fmt: skip
    b.folded_hands()
