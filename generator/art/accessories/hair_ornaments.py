"""What is pinned, tied or laid into hair: ribbon, hairpin, flowers, tiara, maid's frill, ahoge."""

from __future__ import annotations

from generator.art.accessories.bows import bow, star
from generator.art.accessories.placement import (
    arch,
    crown_y,
    mirrored,
    nearer,
    ring,
    scallops,
    side_of,
    xy,
)
from generator.art.canvas import Canvas, Point, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

_CROWDING = frozenset({"flower_crown", "tiara", "maid_headdress", "cap", "witch_hat", "santa_hat"})
PINNED_DEPTH = 0.55
"""Of hairpins, as in `Frame.head`."""
_PETALS = (Slot.PINK, Slot.WHITE, Slot.RED, Slot.GOLD)


def ribbon(canvas: Canvas, at: Frame) -> None:
    """A big bow at one side of the crown, lower where something else crowns the head."""
    side = side_of(at, 3)
    inward = nearer(at, 5.0)
    low = bool(_CROWDING & at.spec.accessories)
    x, y, lean, size = (66.0, 92.0, -52.0, 0.72) if low else (80.0, 62.0, -32.0, 0.86)
    with at.layer(canvas, 0.35), mirrored(
        canvas, side, inner=f"translate({x + inward} {y}) rotate({lean}) scale({size})"
    ):  # fmt: skip
        bow(canvas)


def hairpin(canvas: Canvas, at: Frame) -> None:
    """Two crossed clips and a star at one side of the fringe."""
    side, (x, y) = pinned(at)
    with at.layer(canvas, PINNED_DEPTH), mirrored(
        canvas, side, inner=f"translate({x} {y}) rotate(-18)"
    ):  # fmt: skip
        for lean in (28, -28):
            with canvas.group(transform=f"rotate({lean})"):
                canvas.path("M-15 0H15", stroke=Slot.LINE, width=7.0)
                canvas.path("M-15 0H15", stroke=Slot.ACCESSORY, width=3.8)
                canvas.path("M-13 -1H2", stroke=Slot.WHITE, width=1.4, opacity=0.6)
        d = star(0, -0.5, 10.5)
        canvas.path(d, fill=Slot.GOLD, stroke=Slot.LINE, width=2.2)
        canvas.ellipse(-2.6, -3.2, 2.2, 1.7, fill=Slot.WHITE, opacity=0.8)


def pinned(at: Frame) -> tuple[int, Point]:
    """Where hairpins cross, on the left side of the head; and the side (-1, 1) that they are on."""
    return -side_of(at, 3), (84.0, 112.0 if at.hat else 96.0)


def flower_crown(canvas: Canvas, at: Frame) -> None:
    """A wreath of mixed flowers with leaves between them."""
    spots = arch(68.0 - nearer(at, 6.0), 58.0, 92.0, start=0.05, end=0.95, steps=8)
    with at.layer(canvas, 0.35):
        leaves = ""
        for i, (x, y) in enumerate(spots[:-1]):
            nx, ny = spots[i + 1]
            mx, my = (x + nx) / 2, (y + ny) / 2
            for up in (-1, 1):
                tip_x, tip_y = mx + (mx - CX) * 0.05, my + up * 13.5 - (3 if up > 0 else 0)
                leaves += (
                    f"M{xy(mx, my)}Q{xy(mx - 8, (my + tip_y) / 2)} {xy(tip_x, tip_y)}"
                    f"Q{xy(mx + 8, (my + tip_y) / 2)} {xy(mx, my)}Z"
                )
        canvas.path(leaves, fill=Slot.LEAF, stroke=Slot.LINE, width=1.9)
        offset = 2 * (at.spec.detail[3] >= 0)
        order = sorted(range(len(spots)), key=lambda i: i % 2 == 0)
        for i in order:
            x, y = spots[i]
            large = i % 2 == 0
            _flower(canvas, x, y, 11.0 if large else 8.5, _PETALS[(i + offset) % 4], 0.6 * i)


def _flower(canvas: Canvas, x: float, y: float, r: float, slot: Slot, phase: float) -> None:
    petals = scallops(ring(x, y, r * 0.74, 5, phase=phase), bulge=0.53)
    canvas.path(petals, fill=slot, stroke=Slot.LINE, width=2.0)
    rays = "".join(
        f"M{fmt(x)} {fmt(y)}L{fmt(px)} {fmt(py)}" for px, py in ring(x, y, r * 0.62, 5, phase=phase)
    )
    canvas.path(rays, stroke=Slot.LINE, width=1.2, opacity=0.35)
    heart = Slot.WHITE if slot is Slot.GOLD else Slot.GOLD
    canvas.ellipse(x, y, r * 0.3, r * 0.3, fill=heart, stroke=Slot.LINE, width=1.5)


def tiara(canvas: Canvas, at: Frame) -> None:
    """Gold peaks rising to a gem in the middle."""
    y = crown_y(at) + 31.0
    foot = [
        (CX - 44, y + 11),
        (CX - 24, y + 3.5),
        (CX, y + 1),
        (CX + 24, y + 3.5),
        (CX + 44, y + 11),
    ]
    d = (
        f"M84 {fmt(y + 11)}Q88 {fmt(y - 2)} 89 {fmt(y - 6)}Q97 {fmt(y - 3)} 101 {fmt(y - 1)}"
        f"Q105 {fmt(y - 10)} 107 {fmt(y - 15)}Q113 {fmt(y - 9)} 118 {fmt(y - 6)}"
        f"Q124 {fmt(y - 18)} 128 {fmt(y - 25)}Q132 {fmt(y - 18)} 138 {fmt(y - 6)}"
        f"Q143 {fmt(y - 9)} 149 {fmt(y - 15)}Q151 {fmt(y - 10)} 155 {fmt(y - 1)}"
        f"Q159 {fmt(y - 3)} 167 {fmt(y - 6)}Q168 {fmt(y - 2)} 172 {fmt(y + 11)}"
        f"Q150 {fmt(y + 1)} 128 {fmt(y + 1)}Q106 {fmt(y + 1)} 84 {fmt(y + 11)}Z"
    )
    grown = f"translate({CX} {fmt(y)}) scale(1.12) translate({-CX} {fmt(-y)})"
    with at.layer(canvas, 0.5), canvas.group(transform=grown):
        canvas.path(d, fill=Slot.GOLD, stroke=Slot.LINE, width=2.2)
        canvas.path(smooth(foot), stroke=Slot.LINE, width=6.6)
        canvas.path(smooth(foot), stroke=Slot.GOLD, width=3.2)
        canvas.strand(
            [(92, y + 4), (104, y - 0.5), (118, y - 2.5)], 2.2, fill=Slot.WHITE, opacity=0.8
        )
        for x, dy in ((-39, -7.5), (-21, -16.5), (0, -26.5), (21, -16.5), (39, -7.5)):
            canvas.ellipse(CX + x, y + dy, 3.0, 3.0, fill=Slot.WHITE, stroke=Slot.LINE, width=1.7)
        gem = f"M128 {fmt(y - 16)}L135 {fmt(y - 7)}L128 {fmt(y + 3)}L121 {fmt(y - 7)}Z"
        canvas.path(gem, fill=Slot.ACCESSORY)
        canvas.path(
            f"M128 {fmt(y - 16)}L135 {fmt(y - 7)}L128 {fmt(y + 3)}Z", fill=Slot.ACCESSORY_SHADE
        )
        canvas.path(
            f"M124 {fmt(y - 8)}L127 {fmt(y - 12)}L127 {fmt(y - 6)}Z", fill=Slot.WHITE, opacity=0.8
        )
        canvas.path(gem, stroke=Slot.LINE, width=2.0)


def maid_headdress(canvas: Canvas, at: Frame) -> None:
    """A white frill over the crown, a ribbon threaded through it and a bow at each end."""
    top, slim = crown_y(at), nearer(at, 7.0)
    inner = arch(67.0 - slim, top + 19.0, 104.0, start=0.1, end=0.9, steps=14)
    outer = arch(79.0 - slim, top - 4.0, 99.0, start=0.09, end=0.91, steps=11)
    with at.layer(canvas, 0.2):
        frill = scallops(outer, bulge=0.56, closed=False) + "L" + "L".join(
            f"{fmt(x)} {fmt(y)}" for x, y in inner[::-1]
        ) + "Z"  # fmt: skip
        canvas.path(frill, fill=Slot.WHITE, stroke=Slot.LINE, width=2.3)
        pleats = "".join(
            f"M{fmt(x)} {fmt(y)}L{fmt(x + (CX - x) * 0.09)} {fmt(y + (96 - y) * 0.13)}"
            for x, y in outer[1:-1]
        )
        canvas.path(pleats, stroke=Slot.LINE, width=1.5, opacity=0.6)
        band = smooth(arch(69.0 - slim, top + 15.0, 103.0, start=0.1, end=0.9))
        canvas.path(band, stroke=Slot.LINE, width=9.4)
        canvas.path(band, stroke=Slot.WHITE, width=5.8)
        canvas.path(band, stroke=Slot.ACCESSORY, width=2.6)
    for side in (-1, 1):
        with at.layer(canvas, 0.2), mirrored(
            canvas, side, inner=f"translate({62 + slim} 88) rotate(-58) scale(.46)"
        ):  # fmt: skip
            bow(canvas, width=4.0)


def ahoge(canvas: Canvas, at: Frame) -> None:
    """A lock with a will of its own, springing from the crown."""
    if at.spec.hair == "hijab":
        return
    y = crown_y(at) + (2.0 if at.hat else 9.0)
    x = 120.0 if at.hat else 127.0
    peak = max(9.5, y - 34.0)
    tip_x, tip_y = x - 27.0, peak + 15.0

    d = (
        f"M{xy(x + 3, y)}C{xy(x + 15, y - 15)} {xy(x + 9, peak - 1)} {xy(x - 7, peak)}"
        f"C{xy(tip_x + 6, peak + 0.5)} {xy(tip_x - 2, tip_y - 7)} {xy(tip_x, tip_y)}"
        f"C{xy(tip_x + 5, tip_y - 7)} {xy(x - 6, peak + 4)} {xy(x - 2, peak + 14)}"
        f"C{xy(x, y - 10)} {xy(x - 5, y - 4)} {xy(x - 10, y + 2)}"
        f"Q{xy(x - 3, y - 1)} {xy(x - 1, y + 3)}Q{xy(x, y)} {xy(x + 3, y)}Z"
    )
    with at.layer(canvas, 0.15), mirrored(canvas, -side_of(at)):  # hats lean to the other side
        canvas.path(d, fill=Slot.HAIR, stroke=Slot.LINE, width=2.3)
        sheen = [(x + 4, y - 7), (x + 5.5, y - 16), (x - 2, peak + 4)]
        canvas.strand(sheen, 2.8, fill=Slot.HAIR_LIGHT)
