"""Ears and horns that grow out of the hair, and the headband they sit on where there is none."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.accessories.placement import arch, bare, mirrored, nearer, side_of
from generator.art.canvas import Canvas, Stop, smooth
from generator.art.frame import Frame
from generator.art.palette import Slot

_CAT = (
    "M61 74C54 52 51 30 56 17Q58 12 64 15C81 23 98 34 109 49"
    "Q103 51 100 59Q95 57 90 65Q84 62 77 71Q70 69 61 74Z"
)
_CAT_INNER = "M70 64C64 48 61 34 62 24C75 31 88 41 97 52L90 58L83 61L77 66Z"
_CAT_TUFTS = (
    "M69 66C66 56 66 48 69 40C72 46 73 50 74 54C76 48 78 44 82 40"
    "C83 46 83 50 83 53C86 50 90 48 95 47C93 54 88 60 80 66Z"
)
_FOX = (
    "M57 80C45 58 40 34 46 18Q48 12 54 16C76 26 100 38 113 54"
    "Q106 55 102 64Q96 60 90 70Q83 66 76 76Q68 73 57 80Z"
)
_FOX_INNER = "M66 70C57 54 52 38 53 26C70 34 88 44 101 57L92 62L84 66L76 72Z"
_FOX_TUFTS = (
    "M66 72C60 60 58 50 60 40C64 46 67 51 69 56C70 48 72 41 77 36C79 43 80 49 80 54"
    "C84 48 89 45 96 44C95 50 94 54 99 55C93 64 84 70 76 74Z"
)
_BUNNY = (
    "M84 73C66 62 50 40 48 23Q48 12 58 14C82 20 106 40 112 62"
    "Q106 61 103 68Q98 64 95 71Q89 68 84 73Z"
)
_BUNNY_INNER = "M88 64C72 54 59 38 57 23C76 30 95 46 102 60Z"
_BUNNY_RISE = (
    "M84 73C76 60 70 46 58 36C54 20 70 10 84 15C100 22 112 42 113 62"
    "Q106 61 103 68Q98 64 95 71Q89 68 84 73Z"
)
_BUNNY_HANG = "M86 14C64 6 43 20 36 44C31 60 34 74 42 77C55 75 66 60 71 42C74 31 79 22 86 14Z"


def cat_ears(canvas: Canvas, at: Frame) -> None:
    _pair(canvas, at, _cat_ear, spread=5.0)


def fox_ears(canvas: Canvas, at: Frame) -> None:
    _pair(canvas, at, _fox_ear, spread=3.0)


def bunny_ears(canvas: Canvas, at: Frame) -> None:
    """Leaning far out, for there is little room above a head; one of them is folded."""
    folded = side_of(at, 0)
    _headband(canvas, at)
    for side in (-1, 1):
        inner = f"translate({nearer(at, 5.0)} {nearer(at, 3.0)})"
        with at.layer(canvas, -0.15), mirrored(canvas, side, inner=inner):
            if side == folded:
                _folded_ear(canvas)
            else:
                _skin_of_ear(canvas, _BUNNY, _BUNNY_INNER)


def horns(canvas: Canvas, at: Frame) -> None:
    """Small curved horns, ridged, dark at the root."""
    crowded = bool({"cat_ears", "fox_ears", "bunny_ears"} & at.spec.accessories)
    if crowded:  # between the ears
        place = "translate(43 8) rotate(10 84 50) scale(.82)"
    else:
        out = 12.0 if "witch_hat" in at.spec.accessories else 4.0 if at.hat else -nearer(at, 6.0)
        place = f"translate({-out} {abs(out) * 0.6})"
    horn = "M78 60C64 50 58 32 66 16C71 27 82 35 97 45Q95 52 89 53Q86 58 78 60Z"
    for side in (-1, 1):
        with at.layer(canvas, 0.1), mirrored(canvas, side, inner=place):
            paint = canvas.linear(
                88, 54, 66, 18,
                [Stop(0, Slot.INK), Stop(0.4, Slot.ACCESSORY_SHADE), Stop(1, Slot.ACCESSORY)],
            )  # fmt: skip
            canvas.path(horn, fill=paint, stroke=Slot.LINE, width=2.4)
            for ridge in (
                [(74, 55), (80, 50), (91, 44.5)],
                [(68.5, 46), (73, 41), (81, 36.5)],
                [(65.5, 36), (69, 31.5), (73, 29)],
            ):
                canvas.strand(ridge, 1.9, fill=Slot.LINE, opacity=0.7)
            canvas.strand([(80, 46), (72, 36), (67.5, 24)], 2.8, fill=Slot.WHITE, opacity=0.4)


def _pair(canvas: Canvas, at: Frame, draw: Callable[[Canvas], None], *, spread: float) -> None:
    _headband(canvas, at)
    out = spread if at.hat else -nearer(at, 7.0)
    for side in (-1, 1):
        inner = f"translate({-out} {abs(out) * 0.6})"
        with at.layer(canvas, -0.05), mirrored(canvas, side, inner=inner):
            draw(canvas)


def _cat_ear(canvas: Canvas) -> None:
    _skin_of_ear(canvas, _CAT, _CAT_INNER)
    canvas.path(_CAT_TUFTS, fill=Slot.HAIR_LIGHT)


def _fox_ear(canvas: Canvas) -> None:
    _skin_of_ear(canvas, _FOX, _FOX_INNER, tip=(46, 14, 58, 40))
    canvas.path(_FOX_TUFTS, fill=Slot.WHITE)


def _skin_of_ear(
    canvas: Canvas, shape: str, inner: str, *, tip: tuple[float, float, float, float] | None = None
) -> None:
    canvas.path(shape, fill=Slot.HAIR)
    if tip:
        dark = canvas.linear(
            *tip, [Stop(0, Slot.LINE, 0.95), Stop(0.6, Slot.LINE, 0.8), Stop(1, Slot.LINE, 0)]
        )
        canvas.path(shape, fill=dark)
    canvas.path(inner, fill=Slot.PINK)
    glow = canvas.linear(62, 20, 88, 62, [Stop(0, Slot.HAIR_SHADE, 0.55), Stop(0.8, Slot.PINK, 0)])
    canvas.path(inner, fill=glow)
    canvas.path(shape, stroke=Slot.LINE, width=2.4)


def _folded_ear(canvas: Canvas) -> None:
    canvas.path(_BUNNY_RISE, fill=Slot.HAIR)
    canvas.path("M90 64C86 52 80 42 71 36C80 26 98 42 103 60Z", fill=Slot.PINK)
    canvas.path("M71 42C73 32 78 22 86 15C102 20 92 38 71 42Z", fill=Slot.HAIR_SHADE, opacity=0.8)
    canvas.path(_BUNNY_RISE, stroke=Slot.LINE, width=2.4)
    sheen = canvas.linear(
        50, 16, 52, 70,
        [Stop(0, Slot.HAIR_LIGHT), Stop(0.3, Slot.HAIR), Stop(0.7, Slot.HAIR),
         Stop(1, Slot.HAIR_SHADE)],
    )  # fmt: skip
    canvas.path(_BUNNY_HANG, fill=sheen, stroke=Slot.LINE, width=2.4)


def _headband(canvas: Canvas, at: Frame) -> None:
    """On a bald or covered head the ears sit on a band."""
    if not bare(at) or at.hat:
        return
    d = smooth(arch(71.5 - nearer(at, 5.5), 43.5, 116.0, start=0.12, end=0.88))
    with at.layer(canvas, 0.0):
        canvas.path(d, stroke=Slot.LINE, width=7.4)
        canvas.path(d, stroke=Slot.INK, width=3.8)
