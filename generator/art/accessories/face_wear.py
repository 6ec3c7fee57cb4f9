"""What a face wears: a mask, earrings, and pointed ears."""

from __future__ import annotations

from generator.art.accessories.placement import COVERED_EARS, FREE_EARS, face_half, mirrored, xy
from generator.art.canvas import Canvas, fmt
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

MASK_DEPTH = 0.25


def masked(at: Frame) -> tuple[float, float]:
    """The heights of a mask's upper edge at the cheeks and of its lower one."""
    top = at.eye_y + at.eye_h + (-1.5 if at.chibi else 4.0)
    return min(top, at.jaw_y - 9.0), at.chin_y + 1.8  # large low eyes: over their lower edge


def face_mask(canvas: Canvas, at: Frame) -> None:
    """Over nose, mouth and chin, with pleats and ear loops: white paper or coloured cloth."""
    cloth = at.spec.detail[1] >= 0
    base, shade = (Slot.ACCESSORY, Slot.ACCESSORY_SHADE) if cloth else (Slot.WHITE, Slot.WATER)
    lead = at.spec.turn * 3.0  # the nose goes ahead of the cheeks
    top, chin = masked(at)
    nose = min(top + 1.0, at.nose_y - (5.0 if at.chibi else 2.0))
    edge = min(at.cheek - 7.5, face_half(at, top + 4.0) - 1.0)
    jaw = at.jaw + 1.6
    with at.layer(canvas, MASK_DEPTH):
        for side in (-1, 1):
            ear = CX + side * (at.cheek + 1.5)
            for y0, y1 in ((top + 4.0, at.eye_y + 1.0), (at.jaw_y + 2.0, at.eye_y + 12.0)):
                x0 = CX + side * (edge - 2 if y0 < at.jaw_y else jaw - 1)
                canvas.strand([(x0, y0), ((x0 + ear) / 2, (y0 + y1) / 2 + 1), (ear, y1)], 2.2,
                              fill=Slot.LINE, taper=(0.8, 0.5))  # fmt: skip

        turn_in = max(edge - 2.0, jaw)  # where the cloth turns down along the cheek

        def p(x: float, y: float) -> str:
            return f"{fmt(CX + x)} {fmt(y)}"

        d = (
            f"M{p(-edge, top + 4)}C{p(-edge * 0.6, top + 3)} {p(-14 + lead, nose)} {p(lead, nose)}"
            f"C{p(14 + lead, nose)} {p(edge * 0.6, top + 3)} {p(edge, top + 4)}"
            f"C{p(turn_in, at.jaw_y - 8)} {p(jaw + 2, at.jaw_y - 4)} {p(jaw, at.jaw_y + 1)}"
            f"C{p(jaw - 8, at.jaw_y + 13)} {p(at.chin + 8, chin)} {p(0, chin)}"
            f"C{p(-at.chin - 8, chin)} {p(-jaw + 8, at.jaw_y + 13)} {p(-jaw, at.jaw_y + 1)}"
            f"C{p(-jaw - 2, at.jaw_y - 4)} {p(-turn_in, at.jaw_y - 8)} {p(-edge, top + 4)}Z"
        )
        canvas.path(d, fill=base)
        with canvas.group(clip=d):
            canvas.path(
                f"M{p(edge + 4, top)}C{p(jaw - 6, at.jaw_y)} {p(24, chin - 10)} {p(-8, chin + 4)}"
                f"L{p(edge + 6, chin + 6)}Z",
                fill=shade, opacity=1.0 if cloth else 0.45,
            )  # fmt: skip
            if not cloth:
                low, high = nose + 5.4, nose + 2.6
                wire = f"M{p(lead - 14, low)}Q{p(lead, high)} {p(lead + 14, low)}"
                canvas.path(wire, stroke=shade, width=3.0)
        canvas.path(d, stroke=Slot.LINE, width=2.2)
        height = chin - nose
        for share, half in ((0.36, 0.78), (0.58, 0.72)):
            y = nose + height * share
            canvas.strand(
                [(CX - edge * half, y - 2.5), (CX + lead, y + 2.5), (CX + edge * half, y - 2.5)],
                1.9, fill=Slot.LINE, opacity=0.55,
            )  # fmt: skip


def earrings_under(canvas: Canvas, at: Frame) -> None:
    if at.spec.hair in FREE_EARS:
        _earrings(canvas, at)


def earrings_over(canvas: Canvas, at: Frame) -> None:
    if at.spec.hair not in FREE_EARS:
        _earrings(canvas, at)


def elf_ears_under(canvas: Canvas, at: Frame) -> None:
    if at.spec.hair not in COVERED_EARS:
        _elf_ears(canvas, at, through_hair=False)


def elf_ears_over(canvas: Canvas, at: Frame) -> None:
    if at.spec.hair in COVERED_EARS:
        _elf_ears(canvas, at, through_hair=True)


def _earrings(canvas: Canvas, at: Frame) -> None:
    """Gold drops below the ear lobes; a scarf hides them."""
    if at.spec.hair == "hijab":
        return
    y = at.eye_y + 15.0
    for side in (-1, 1):
        with at.layer(canvas, -0.05 - 0.2 * side * at.spec.turn):
            x = CX - at.cheek - 2.0
            with mirrored(canvas, side):
                canvas.ellipse(x, y, 2.4, 2.4, fill=Slot.GOLD, stroke=Slot.LINE, width=1.8)
                drop = (
                    f"M{xy(x, y + 4)}C{xy(x + 2, y + 9)} {xy(x + 5.5, y + 12)}"
                    f" {xy(x + 5.5, y + 16)}A5.5 5.5 0 0 1 {xy(x - 5.5, y + 16)}"
                    f"C{xy(x - 5.5, y + 12)} {xy(x - 2, y + 9)} {xy(x, y + 4)}Z"
                )
                canvas.path(drop, fill=Slot.GOLD, stroke=Slot.LINE, width=2.0)
            sx = CX + side * (at.cheek + 2.0)
            canvas.ellipse(sx - 1.8, y + 14.5, 1.5, 2.4, fill=Slot.WHITE, opacity=0.9)


def _elf_ears(canvas: Canvas, at: Frame, *, through_hair: bool) -> None:
    """Long pointed ears. The face is there already, so they are clipped to its outside."""
    # The face runs clockwise; a counter-clockwise sheet around it leaves only the outside.
    outside = f"M-60 -60V320H320V-60Z{at.face_outline()}"
    x, y = at.cheek - 2.0, at.eye_y + 1.0
    for side in (-1, 1):
        slip = -0.35 - 0.25 * side * at.spec.turn  # relative to the face's depth of 0.25

        def p(dx: float, dy: float) -> str:
            return f"{fmt(CX - x - dx)} {fmt(y + dy)}"

        with at.layer(canvas, 0.25, clip=outside), canvas.group(
            transform=f"translate({fmt(slip * at.spec.turn * 7.0)} 0)"
        ), mirrored(canvas, side):  # fmt: skip
            shell = (
                f"M{p(-8, -13)}C{p(4, -17)} {p(22, -19)} {p(39, -27)}"
                f"C{p(36, -8)} {p(21, 10)} {p(7, 14)}Q{p(0, 16)} {p(-8, 11)}Z"
            )
            canvas.path(shell, fill=Slot.SKIN)
            with canvas.group(clip=shell):
                canvas.path(
                    f"M{p(-4, -7)}C{p(8, -12)} {p(18, -14)} {p(33, -23)}"
                    f"C{p(22, -8)} {p(13, 0)} {p(8, 4)}Q{p(6, -4)} {p(-4, 8)}Z",
                    fill=Slot.SKIN_SHADE,
                )
                canvas.path(f"M{p(39, -27)}L{p(19, -19)}L{p(20, 0)}Z",
                            fill=Slot.BLUSH, opacity=0.35)  # fmt: skip
            canvas.path(shell, stroke=Slot.LINE, width=2.4)
            if through_hair:  # a lock falls back over the root
                lock = (
                    f"M{p(-6, -30)}C{p(6, -22)} {p(8, -4)} {p(3, 22)}"
                    f"C{p(1, 12)} {p(-3, 4)} {p(-9, 2)}Z"
                )
                canvas.path(lock, fill=Slot.HAIR, stroke=Slot.LINE, width=1.8)
