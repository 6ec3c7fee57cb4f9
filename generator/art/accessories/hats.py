"""Hats: cap, beret, witch's hat, Santa's hat.

They sit on the skull ellipse, not on the hair: hair keeps inside it under a hat (`Frame.hat`).
"""

from __future__ import annotations

from generator.art.accessories.bows import star
from generator.art.accessories.placement import cast_shade, mirrored, ring, scallops, side_of
from generator.art.canvas import Canvas
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

_FUR = (
    (54.0, 88.0), (63.0, 79.0), (76.0, 73.0), (92.0, 69.0), (110.0, 67.0), (128.0, 66.0),
    (146.0, 67.0), (164.0, 69.0), (180.0, 73.0), (193.0, 79.0), (202.0, 88.0),
    (200.0, 101.0), (186.0, 98.0), (168.0, 94.5), (148.0, 92.0), (128.0, 91.0),
    (108.0, 92.0), (88.0, 94.5), (70.0, 98.0), (56.0, 101.0),
)  # fmt: skip
"""The rim of Santa's hat, clockwise: one puff from point to point."""


def cap(canvas: Canvas, at: Frame) -> None:
    """A baseball cap, its visor a little to one side."""
    dome = "M54 97C49 58 76 33 128 33C180 33 207 58 202 97C180 86 158 81 128 81C98 81 76 86 54 97Z"
    with at.layer(canvas, 0.35):
        cast_shade(
            canvas, at, "M60 92Q94 80 128 80Q162 80 196 92L192 106Q160 97 128 97Q96 97 64 106Z"
        )
    with at.layer(canvas, 0.15):
        canvas.path(dome, fill=Slot.ACCESSORY)
        with canvas.group(clip=dome):
            canvas.path("M168 30C186 52 190 76 184 100L210 100V30Z", fill=Slot.ACCESSORY_SHADE)
            canvas.path(
                "M48 104C76 88 100 85 128 85C158 85 180 89 208 104V94"
                "C184 80 160 75 128 75C98 75 72 79 48 94Z",
                fill=Slot.ACCESSORY_SHADE,
            )
            canvas.strand([(70, 82), (78, 58), (104, 42)], 7.0, fill=Slot.WHITE, opacity=0.35)
        for seam in ([(126, 36), (124, 58), (126, 80)], [(122, 35), (92, 50), (80, 88)],
                     [(134, 35), (164, 50), (176, 88)]):  # fmt: skip
            canvas.strand(seam, 1.7, fill=Slot.LINE, opacity=0.75, taper=(0.5, 0.2))
        canvas.path(dome, stroke=Slot.LINE, width=2.6)
        canvas.ellipse(128, 33.5, 6.5, 3.8, fill=Slot.ACCESSORY_SHADE, stroke=Slot.LINE, width=2.2)
    with at.layer(canvas, 0.6):
        canvas.path(star(CX, 62, 11.0, plump=0.5), fill=Slot.WHITE, stroke=Slot.LINE, width=1.8)
    aside = 4.0 if at.spec.detail[0] >= 0 else -4.0
    visor = (
        "M66 92C80 79 102 75 128 75C154 75 176 79 190 92C194 97 191 101 185 101"
        "C168 107 148 110 128 110C108 110 88 107 71 101C65 101 62 97 66 92Z"
    )
    with at.layer(canvas, 1.0), canvas.group(transform=f"translate({aside} 0)"):
        canvas.path(visor, fill=Slot.ACCESSORY)
        with canvas.group(clip=visor):
            canvas.path("M60 96C90 106 166 106 196 96V114H60Z", fill=Slot.ACCESSORY_SHADE)
            canvas.strand([(82, 88), (104, 81), (132, 80)], 5.0, fill=Slot.WHITE, opacity=0.35)
        canvas.path(visor, stroke=Slot.LINE, width=2.6)
        canvas.strand([(74, 96), (128, 103.5), (182, 96)], 1.6, fill=Slot.LINE, opacity=0.5)


def beret(canvas: Canvas, at: Frame) -> None:
    """Soft and round, slipped to one side."""
    bag = (
        "M57 94C38 92 31 72 44 54C60 31 104 20 146 27C184 33 208 54 206 76"
        "C205 86 201 91 196 95C176 82 152 77 126 78C100 79 76 85 57 94Z"
    )
    with at.layer(canvas, 0.3):
        cast_shade(
            canvas, at, "M60 92Q94 78 128 79Q162 79 196 94L192 106Q160 95 128 95Q96 95 64 106Z"
        )
    side = side_of(at)
    with at.layer(canvas, 0.2), mirrored(canvas, side):
        canvas.path("M108 28C106 20 110 15 116 13Q120 15 118 19C115 22 115 25 116 29Z",
                    fill=Slot.ACCESSORY_SHADE, stroke=Slot.LINE, width=2.2)  # fmt: skip
        canvas.path(bag, fill=Slot.ACCESSORY)
        with canvas.group(clip=bag):
            canvas.path(
                "M30 84C60 92 80 74 126 70C164 67 190 70 212 62V104H30Z", fill=Slot.ACCESSORY_SHADE
            )
            gleam = (
                [(54, 62), (72, 44), (104, 34)] if side < 0 else [(194, 64), (178, 46), (150, 36)]
            )
            canvas.strand(gleam, 8.0, fill=Slot.WHITE, opacity=0.35)
            canvas.ellipse(120 if side < 0 else 132, 34.5, 5.0, 2.6, fill=Slot.WHITE, opacity=0.35)
        for fold in ([(74, 84), (66, 76), (50, 70)], [(118, 76), (116, 64), (106, 54)],
                     [(170, 80), (180, 70), (194, 66)]):  # fmt: skip
            canvas.strand(fold, 2.0, fill=Slot.LINE, opacity=0.7, taper=(0.5, 0.0))
        canvas.path(bag, stroke=Slot.LINE, width=2.6)
        band = (
            "M57 92C76 83 100 76.5 126 76C152 75.5 177 81 197 93L196 101"
            "C176 90 152 84.5 126 85C100 85.5 78 91 59 100Z"
        )
        canvas.path(band, fill=Slot.ACCESSORY_SHADE, stroke=Slot.LINE, width=2.2)


def witch_hat(canvas: Canvas, at: Frame) -> None:
    """A wide brim and a bent tip: there is no room for a tall one."""
    cone = (
        "M62 86C70 62 82 42 104 29C124 14 152 8 178 16C192 20 202 28 206 38"
        "C208 44 204 47 199 44C190 38 180 38 174 43C184 56 190 70 194 86Z"
    )
    brim = (
        "M25 92C22 86 30 80 44 79C56 78 62 76 72 77C108 84 148 84 184 77C194 76 202 78 212 79"
        "C226 80 234 86 231 92C224 98 208 96 196 98C176 106 152 109 128 109"
        "C104 109 80 106 60 98C48 96 32 98 25 92Z"
    )
    with at.layer(canvas, 0.35):
        cast_shade(canvas, at, "M62 98Q128 114 194 98L191 112Q160 120 128 120Q96 120 65 112Z")
    side = side_of(at)
    # Mirrored shapes would take the light along: on a hat that leans left the shade is drawn apart.
    shade = (
        "M140 8C158 26 164 58 160 96L210 96V4Z" if side < 0
        else "M50 90V30L104 22C84 44 84 70 90 96H50Z"
    )  # fmt: skip
    gleam = [(84, 74), (94, 50), (116, 32)] if side < 0 else [(170, 74), (162, 52), (142, 28)]
    with at.layer(canvas, 0.2), mirrored(canvas, side):
        canvas.path(cone, fill=Slot.ACCESSORY)
        with canvas.group(clip=cone):
            canvas.path(shade, fill=Slot.ACCESSORY_SHADE)
            canvas.strand(gleam, 7.0, fill=Slot.WHITE, opacity=0.28)
            canvas.path("M58 70C100 84 156 84 198 70L200 84C156 96 100 96 56 84Z", fill=Slot.INK)
            canvas.path("M58 70C100 84 156 84 198 70M56 83C100 95 156 95 200 83",
                        stroke=Slot.LINE, width=1.8)  # fmt: skip
        canvas.strand([(174, 43), (164, 38), (150, 40)], 2.2, fill=Slot.LINE, taper=(0.7, 0.0))
        canvas.strand([(168, 52), (156, 54), (146, 52)], 1.8, fill=Slot.LINE, opacity=0.7)
        canvas.path(cone, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, 0.35), mirrored(canvas, side_of(at)):
        canvas.path(brim, fill=Slot.ACCESSORY)
        with canvas.group(clip=brim):
            canvas.path(
                "M20 92C60 92 90 103 128 103C166 103 196 92 236 92V112H20Z",
                fill=Slot.ACCESSORY_SHADE,
            )
            canvas.strand([(40, 85), (64, 84), (96, 90)], 4.4, fill=Slot.WHITE, opacity=0.3)
        canvas.path(brim, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, 0.65):
        buckle = "M117 71H139Q141 71 141 73V90Q141 92 139 92H117Q115 92 115 90V73Q115 71 117 71Z"
        canvas.path(buckle, stroke=Slot.LINE, width=6.8)
        canvas.path(buckle, stroke=Slot.GOLD, width=3.6)


def santa_hat(canvas: Canvas, at: Frame) -> None:
    """Red felt that falls to one side, white fur, a pompom."""
    felt = "M57 90C55 52 84 26 128 26C172 25 204 54 200 92Z"
    flap = (
        "M132 26C172 20 214 46 222 86C223 94 222 102 220 108L206 107"
        "C204 92 198 80 184 68C168 56 148 44 132 26Z"
    )
    with at.layer(canvas, 0.35):
        cast_shade(
            canvas, at, "M58 96Q92 86 128 86Q164 86 198 96L194 110Q160 99 128 99Q96 99 62 110Z"
        )
    side = side_of(at)
    shade = (
        "M130 22C160 44 184 60 196 92H212V22Z" if side < 0 else "M100 22C82 44 74 66 76 94H44V22Z"
    )
    gleam = [(70, 72), (82, 47), (112, 34)] if side < 0 else [(176, 62), (160, 44), (136, 34)]
    with at.layer(canvas, 0.15), mirrored(canvas, side):
        canvas.path(felt, fill=Slot.RED)
        with canvas.group(clip=felt):
            canvas.path(shade, fill=Slot.LINE, opacity=0.3)
            canvas.strand(gleam, 7.0, fill=Slot.WHITE, opacity=0.35)
        canvas.path(felt, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, 0.4):
        fur = scallops(_FUR, bulge=0.6)
        canvas.path(fur, fill=Slot.WHITE)
        with canvas.group(clip=fur):
            canvas.path("M48 98C90 84 166 84 208 92V108H48Z", fill=Slot.WATER, opacity=0.4)
        canvas.path(fur, stroke=Slot.LINE, width=2.4)
    with at.layer(canvas, 0.25), mirrored(canvas, side_of(at)):
        canvas.path(flap, fill=Slot.RED)
        with canvas.group(clip=flap):
            canvas.path("M226 110C226 70 204 44 176 34C196 52 206 80 208 112Z",
                        fill=Slot.LINE, opacity=0.3)  # fmt: skip
        canvas.path(flap, stroke=Slot.LINE, width=2.4)
        canvas.strand([(182, 66), (190, 66), (200, 72)], 1.9, fill=Slot.LINE, opacity=0.7)
        canvas.path(scallops(ring(213, 114, 12.5, 9), bulge=0.58), fill=Slot.WHITE,
                    stroke=Slot.LINE, width=2.4)  # fmt: skip
        canvas.path("M223 111C225 123 214 129 204 124C213 123 219 118 223 111Z",
                    fill=Slot.WATER, opacity=0.45)  # fmt: skip
