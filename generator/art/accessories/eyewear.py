"""Glasses, sunglasses and the eye patch: drawn over the eyes, under the fringe."""

from __future__ import annotations

from generator.art.canvas import Canvas, Stop, ellipse, fmt, smooth
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

_DEPTH = 0.9


def glasses(canvas: Canvas, at: Frame) -> None:
    """Rounded rectangles in a dark frame, heavier above."""
    w, h = min(at.eye_w + 6.0, at.eye_x - 4.5), at.eye_h * 0.86 + 2.5
    cy = at.eye_y + at.eye_h * 0.16
    _arms(canvas, at, w, cy - h * 0.45, Slot.INK, 2.8)
    with at.layer(canvas, _DEPTH):
        for side in (-1, 1):
            d = _lens(side, at.eye_x, cy, w, h)
            canvas.path(d, fill=Slot.WHITE, opacity=0.07)
            _glint(canvas, CX + side * at.eye_x, cy, w, h, d)
            canvas.path(d, stroke=Slot.INK, width=2.5)
            x = CX + side * at.eye_x
            brow = [(x - w + 1, cy - h * 0.5), (x - w * 0.7, cy - h), (x, cy - h - 0.4),
                    (x + w * 0.7, cy - h), (x + w - 1, cy - h * 0.5)]  # fmt: skip
            canvas.strand(brow, 3.9, fill=Slot.INK, taper=(0.4, 0.4))
        _bridge(canvas, at.eye_x - w, cy - h * 0.35, Slot.INK, 2.8)


def round_glasses(canvas: Canvas, at: Frame) -> None:
    """A thin wire, gold or dark."""
    wire = Slot.GOLD if at.spec.detail[0] >= 0 else Slot.INK
    r = min(max(at.eye_w, at.eye_h) + 3.0, at.eye_x - 3.5)
    ry = max(r, at.eye_h + 1.0)
    cy = at.eye_y + 1.5
    _arms(canvas, at, r, cy - 4, wire, 2.0)
    with at.layer(canvas, _DEPTH):
        for side in (-1, 1):
            d = ellipse(CX + side * at.eye_x, cy, r, ry)
            canvas.path(d, fill=Slot.WATER, opacity=0.1)
            _glint(canvas, CX + side * at.eye_x, cy, r, ry, d)
            if wire is Slot.GOLD:
                canvas.path(d, stroke=Slot.LINE, width=3.5)
            canvas.path(d, stroke=wire, width=2.0)
        if wire is Slot.GOLD:
            _bridge(canvas, at.eye_x - r, cy - 3, Slot.LINE, 3.5)
        _bridge(canvas, at.eye_x - r, cy - 3, wire, 2.0)


def sunglasses(canvas: Canvas, at: Frame) -> None:
    """Dark lenses that lighten downwards, with a broad reflection."""
    w, h = min(at.eye_w + 7.0, at.eye_x - 3.0), at.eye_h * 0.84 + 3.0
    cy = at.eye_y + at.eye_h * 0.08
    _arms(canvas, at, w, cy - h * 0.5, Slot.INK, 3.6)
    with at.layer(canvas, _DEPTH):
        _bridge(canvas, at.eye_x - w, cy - h * 0.5, Slot.INK, 4.0)
        glass = canvas.linear(
            0, cy - h, 0, cy + h + 4,
            [Stop(0, Slot.INK), Stop(0.45, Slot.INK), Stop(1, Slot.ACCESSORY_SHADE)],
        )  # fmt: skip
        for side in (-1, 1):
            d = _lens(side, at.eye_x, cy, w, h, drop=3.0)
            canvas.path(d, fill=glass)
            _glint(canvas, CX + side * at.eye_x, cy, w, h, d, strength=0.45)
            canvas.path(d, stroke=Slot.INK, width=2.8)


def eye_patch(canvas: Canvas, at: Frame) -> None:
    """A patch over one eye, its strap running round the head."""
    side = at.patched
    slot = Slot.ACCESSORY if at.spec.detail[0] >= 0 else Slot.INK
    x, y = CX + side * at.eye_x, at.eye_y + 1.0
    w, h = at.eye_w + 4.5, at.eye_h + 1.5
    outline = at.face_outline()
    shift = at.spec.turn * 4.5
    with at.layer(canvas, 0.25, clip=outline):
        for x0, y0, x1, y1 in (
            (x - side * w * 0.7, y - h * 0.75, CX - side * 68, y - h - 34),
            (x + side * w * 0.7, y - h * 0.55, CX + side * 72, y - h * 0.9),
        ):
            strap = smooth(
                [(x0 + shift, y0), ((x0 + shift + x1) / 2, (y0 + y1) / 2 - 2.5), (x1, y1)]
            )
            canvas.path(strap, stroke=Slot.LINE, width=6.2)
            canvas.path(strap, stroke=slot, width=3.4)
    with at.layer(canvas, 0.85):
        patch = _shield(x, y, w, h, side)
        canvas.path(patch, fill=slot, stroke=Slot.LINE, width=2.4)
        with canvas.group(clip=patch):
            sheen = canvas.linear(
                x - w, y - h, x + w, y + h,
                [Stop(0, Slot.WHITE, 0.18), Stop(0.42, Slot.WHITE, 0.0), Stop(1, Slot.LINE, 0.3)],
            )  # fmt: skip
            canvas.path(patch, fill=sheen)
        seam, faint = (Slot.WHITE, 0.32) if slot is Slot.INK else (Slot.LINE, 0.5)
        hem = _shield(x, y, w - 4.4, h - 4.4, side)
        canvas.path(hem, stroke=seam, width=1.3, opacity=faint)


def _lens(side: int, eye_x: float, cy: float, w: float, h: float, *, drop: float = 1.5) -> str:
    """A rounded rectangle that hangs a little at its outer lower corner."""
    x = CX + side * eye_x

    def p(dx: float, dy: float) -> str:
        return f"{fmt(x + side * dx * w)} {fmt(cy + dy)}"

    return (
        f"M{p(-1, -h * 0.3)}C{p(-1, -h * 0.85)} {p(-0.75, -h)} {p(-0.2, -h)}"
        f"L{p(0.4, -h)}C{p(0.85, -h)} {p(1.02, -h * 0.8)} {p(1, -h * 0.3)}"
        f"C{p(0.98, h * 0.55)} {p(0.8, h + drop)} {p(0.15, h + drop)}"
        f"C{p(-0.7, h + drop * 0.6)} {p(-0.98, h * 0.6)} {p(-1, -h * 0.3)}Z"
    )


def _shield(x: float, y: float, w: float, h: float, side: int) -> str:
    def p(dx: float, dy: float) -> str:
        return f"{fmt(x + side * dx * w)} {fmt(y + dy * h)}"

    return (
        f"M{p(-0.95, -0.7)}C{p(-0.4, -1.04)} {p(0.5, -1.02)} {p(0.98, -0.6)}"
        f"C{p(1.1, 0.1)} {p(0.75, 0.95)} {p(0.05, 1.05)}"
        f"C{p(-0.75, 0.95)} {p(-1.12, 0.1)} {p(-0.95, -0.7)}Z"
    )


def _glint(
    canvas: Canvas, x: float, y: float, w: float, h: float, clip: str, *, strength: float = 0.26
) -> None:
    """Two slanted bars of light across a lens."""
    with canvas.group(clip=clip):
        for at_x, width in ((-0.62, 0.34), (-0.1, 0.14)):
            a, b = x + at_x * w, x + (at_x + width) * w
            lean = h * 0.8
            canvas.path(
                f"M{fmt(a + lean * 0.5)} {fmt(y - h - 2)}H{fmt(b + lean * 0.5)}"
                f"L{fmt(b - lean * 0.5)} {fmt(y + h * 0.7)}H{fmt(a - lean * 0.5)}Z",
                fill=Slot.WHITE, opacity=strength,
            )  # fmt: skip


def _bridge(canvas: Canvas, half: float, y: float, slot: Slot, width: float) -> None:
    canvas.path(
        f"M{fmt(CX - half)} {fmt(y)}Q{CX} {fmt(y - 5.5)} {fmt(CX + half)} {fmt(y)}",
        stroke=slot, width=width,
    )  # fmt: skip


def _arms(canvas: Canvas, at: Frame, w: float, y: float, slot: Slot, width: float) -> None:
    """From the lenses back to the ears; the face's own depth, so that they stretch with a turn."""
    lead = at.spec.turn * 4.55
    with at.layer(canvas, 0.25):
        for side in (-1, 1):
            x0, x1 = CX + side * (at.eye_x + w - 1) + lead, CX + side * (at.cheek + 0.5)
            if side * (x1 - x0) > 0:
                canvas.path(
                    f"M{fmt(x0)} {fmt(y)}L{fmt(x1)} {fmt(y - 2.5)}", stroke=slot, width=width
                )
