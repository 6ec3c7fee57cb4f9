"""Neck, ears, the face itself and its nose, shadows, blush and lines of age."""

from __future__ import annotations

from collections.abc import Sequence

from generator.art.canvas import Canvas, Point, Stop, smooth
from generator.art.frame import CX, Frame
from generator.art.palette import Slot


def draw_neck(canvas: Canvas, at: Frame) -> None:
    """The neck down into the collar (canvas coordinates), with the chin's shadow."""
    top, w, y = (140.0, at.neck, at.neck_y) if at.chibi else (176.0, at.neck, at.neck_y)
    flare = 2.0 if at.chibi else 9.0
    d = smooth([(CX - w, top), (CX - w + 0.5, y - 12), (CX - w - flare, y + 8)])
    right = smooth([(CX + w + flare, y + 8), (CX + w - 0.5, y - 12), (CX + w, top)])
    outline = f"{d}L{right[1:]}Z"
    canvas.path(outline, fill=Slot.SKIN)
    shadow = y - 4 if at.chibi else y - 3
    with canvas.group(clip=outline):
        dx = at.spec.turn * 3
        canvas.path(
            f"M{CX - 40} {top - 20}H{CX + 40}V{shadow - 9}"
            f"Q{CX + dx} {shadow + 9} {CX - 40} {shadow - 9}Z",
            fill=Slot.SKIN_SHADE,
        )
    canvas.path(d + right, stroke=Slot.LINE, width=2.3)


def draw(canvas: Canvas, at: Frame) -> None:
    """Ears, face, shadow under the hair, blush, nose and wrinkles."""
    if at.spec.hair != "hijab" and "elf_ears" not in at.spec.accessories:
        for side in (-1, 1):
            _ear(canvas, at, side)
    outline = at.face_outline()
    with at.layer(canvas, 0.25):
        canvas.path(outline, fill=Slot.SKIN)
    with at.layer(canvas, 0.25, clip=outline):
        _shadows(canvas, at)
        _blush(canvas, at)
    with at.layer(canvas, 0.25):
        canvas.path(outline, stroke=Slot.LINE, width=2.6)
    with at.layer(canvas, 0.95):
        _nose(canvas, at)
        if at.spec.age == "elder":
            _wrinkles(canvas, at)


def _ear(canvas: Canvas, at: Frame, side: int) -> None:
    x, y = at.cheek - 2.0, at.eye_y + 2.0

    def p(dx: float, dy: float) -> tuple[float, float]:
        return CX + side * (x + dx), y + dy

    with at.layer(canvas, -0.1 - 0.25 * side * at.spec.turn):
        shell = smooth([p(-3, -13), p(5, -15.5), p(9.5, -9), p(7.5, 2), p(3, 11.5), p(-4, 11)])
        canvas.path(shell + "Z", fill=Slot.SKIN, stroke=Slot.LINE, width=2.4)
        inner = [p(4.5, -10.5), p(5.5, -5), p(1.5, 1), p(2.0, 6)]
        canvas.strand(inner, 2.6, fill=Slot.SKIN_SHADE, taper=(0.3, 0.2))


def _shadows(canvas: Canvas, at: Frame) -> None:
    """Two-tone shading: under the hair above, and a thin crescent along the jaw's dark side."""
    if at.spec.hair != "bald":
        lift = {"none": 34.0, "curtain": 14.0, "swept": 4.0}.get(at.spec.fringe, 0.0)
        drop = at.eye_y - at.eye_h + 4 - lift
        edge = [
            (216.0, drop), (CX + 58, drop - 3), (CX + 30, drop - 8), (CX, drop - 5),
            (CX - 30, drop - 8), (CX - 58, drop - 1), (40.0, drop + 6),
        ]  # fmt: skip
        canvas.path(f"M40 40H216V{drop}L{smooth(edge)[1:]}Z", fill=Slot.SKIN_SHADE, opacity=0.5)
    x = CX + at.cheek
    crescent = [
        (x + 4, at.eye_y - 8), (x - 3.5, at.jaw_y - 12), (CX + at.jaw - 8, at.jaw_y + 3),
        (CX + at.jaw - 24, at.chin_y - 8), (CX + 6, at.chin_y + 2),
    ]  # fmt: skip
    canvas.path(f"{smooth(crescent)}L{x + 8} {at.chin_y + 8}Z", fill=Slot.SKIN_SHADE, opacity=0.45)


def _blush(canvas: Canvas, at: Frame) -> None:
    strength = 0.5 + 0.4 * at.spec.blush + (0.2 if at.spec.age == "child" else 0.0)
    if at.spec.presentation == "boy":
        strength *= 0.55
    if at.spec.expression in ("shy", "love", "starry"):
        strength = min(1.0, strength + 0.4)
    if strength <= 0.02:
        return
    y = at.eye_y + at.eye_h + (-1.0 if at.chibi else 5.5)
    for side in (-1, 1):
        x = CX + side * (at.eye_x + (13.0 if at.chibi else 11.5)) + at.spec.turn * 4
        with canvas.group(transform=f"translate({x:.2f} {y:.2f}) scale(1 .62)"):
            glow = canvas.radial(
                0, 0, 15, [Stop(0, Slot.BLUSH, strength), Stop(0.55, Slot.BLUSH, strength * 0.7),
                           Stop(1, Slot.BLUSH, 0)],
            )  # fmt: skip
            canvas.ellipse(0, 0, 15, 15, fill=glow)


def _nose(canvas: Canvas, at: Frame) -> None:
    y, turn = at.nose_y, at.spec.turn
    side = 1 if turn >= 0 else -1
    grown = at.spec.age in ("adult", "elder")
    if at.chibi:  # a chibi's face is eyes and mouth; the grown-up ones have a hint of a nose
        if grown:
            tip = [(CX + side * 2.0, y - 6.0), (CX + side * 3.8, y), (CX - side * 1.6, y + 1.8)]
            canvas.strand(tip, 2.9, fill=Slot.LINE, opacity=0.75, taper=(0.1, 0.3))
        return
    if at.spec.age == "child":
        canvas.ellipse(CX, y + 2.4, 1.7, 1.2, fill=Slot.LINE, opacity=0.55)
        return
    if grown:
        bridge = [(CX + side * 1.2, y - 10), (CX + side * 4.2, y + 0.8), (CX - side * 1.0, y + 3.8)]
        canvas.strand(bridge, 3.0, fill=Slot.SKIN_SHADE, taper=(0.1, 0.3))
        canvas.strand(bridge[1:], 1.8, fill=Slot.LINE, opacity=0.6, taper=(0.1, 0.2))
    canvas.strand(
        [(CX + side * 2.2, y), (CX + side * 1.6, y + 2.6), (CX - side * 1.4, y + 3.2)],
        1.9, fill=Slot.LINE, opacity=0.75,
    )  # fmt: skip


def _wrinkles(canvas: Canvas, at: Frame) -> None:
    """Smile lines, soft bags under the eyes, crow's feet and a crease or two on the forehead.

    A chibi's eyes leave no room for all of them: short lines beside the mouth and under the eyes.
    """
    under = at.eye_y + at.eye_h + (2.5 if at.chibi else 3.0)
    for side in (-1, 1):
        if at.chibi:
            x = at.mouth_w * 1.28 + 7.0
            cheek = [
                (x - 2.0, at.mouth_y - 6),
                (x + 1.0, at.mouth_y - 1),
                (x - 0.5, at.mouth_y + 4),
            ]
            bag = [(at.eye_x - 8, under), (at.eye_x, under + 2), (at.eye_x + 7, under + 0.5)]
        else:
            x = at.mouth_w + 8.0
            cheek = [(12.0, at.nose_y + 1), (x, at.mouth_y - 5), (x + 1.5, at.mouth_y + 4)]
            bag = [(at.eye_x - 11, under - 1), (at.eye_x - 1, under + 3),
                   (at.eye_x + 10, under - 0.5)]  # fmt: skip
        width, core = (3.6, 0.75) if at.chibi else (2.4, 0.5)
        _crease(canvas, [(CX + side * u, v) for u, v in cheek], width, core)
        _crease(canvas, [(CX + side * u, v) for u, v in bag], width, core)
        edge = at.eye_x + at.eye_w + (1.5 if at.chibi else 3.0)
        for dy, tip in ((3.0, 1.0), (7.0, 7.5)):
            foot = [(edge, at.eye_y + dy), (edge + 6.5, at.eye_y + tip)]
            _crease(canvas, [(CX + side * u, v) for u, v in foot], 1.8)
    if at.spec.hair == "bald" or at.spec.fringe == "none":
        for y in (92.0, 101.0):
            _crease(canvas, [(CX - 22, y), (CX, y - 2), (CX + 22, y)], 1.9)


def _crease(canvas: Canvas, points: Sequence[Point], width: float, core: float = 0.5) -> None:
    """A line of age: a soft fold with a thin dark core of an opacity."""
    canvas.strand(points, width * 1.3, fill=Slot.SKIN_SHADE)
    canvas.strand(points, width * 0.55, fill=Slot.LINE, opacity=core)
