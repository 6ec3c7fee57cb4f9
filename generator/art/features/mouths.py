"""Mouths, as data: drawn around (0, 0) with a half width of about 10."""

from __future__ import annotations

from dataclasses import dataclass

from generator.art.canvas import Canvas, Point, ellipse, smooth
from generator.art.frame import CX, Frame
from generator.art.palette import Slot

DEPTH = 0.85


@dataclass(frozen=True)
class Mouth:
    """An open mouth has an `outline`, a closed one only `lines`."""

    outline: str = ""
    lines: tuple[tuple[Point, ...], ...] = ()
    weight: float = 2.5
    """Width of the lines."""
    teeth: float | None = None
    """Lower edge of the upper teeth."""
    lower_teeth: float | None = None
    """Upper edge of the lower teeth."""
    tongue: tuple[float, float, float, float] | None = None
    """An ellipse: cx, cy, rx, ry; clipped by the outline."""
    lick: str = ""
    """A tongue that hangs out."""
    fangs: tuple[Point, ...] = ()
    """Roots of the fangs that the accessory adds."""
    lip: tuple[Point, ...] = ()
    """The shadow under the lower lip."""
    reach: tuple[float, float, float] = (10.0, -4.0, 5.0)
    """Half width, top and bottom, for what grows around the mouth."""


MOUTHS: dict[str, Mouth] = {
    "calm": Mouth(
        lines=(((-6.2, 0.0), (0, 1.7), (6.2, 0.0)),), fangs=((3.2, 0.9),), reach=(7, -3, 4),
    ),
    "smile": Mouth(
        lines=(((-9.8, -2.6), (-5.6, 1.7), (0, 3.4), (5.6, 1.7), (9.8, -2.6)),), weight=2.8,
        fangs=((5.2, 1.9),),
    ),
    "laugh": Mouth(
        "M-11.5 -5C-6 -3.2 6 -3.2 11.5 -5C12 4 6.8 11 0 11C-6.8 11 -12 4 -11.5 -5Z",
        teeth=-1.0, tongue=(0, 10.5, 7, 5.2), fangs=((-7, -4.2), (7, -4.2)), reach=(12, -6, 11),
    ),
    "tongue_out": Mouth(
        lines=(((-9.5, -1.6), (-5, 2.0), (0, 3.0), (5.2, 1.6), (10, -3.2)),), weight=2.8,
        lick="M0.6 3C0.8 9.6 8.8 9.4 8.2 -0.4Q4.6 2.9 0.6 3Z", fangs=((-4.4, 2.2),),
        reach=(10, -4, 9),
    ),
    "snarl": Mouth(
        "M-8.5 4.4C-7.4 -2.6 -4 -4 0 -3.4C4 -4 7.4 -2.6 8.5 4.4C5 2.4 -5 2.4 -8.5 4.4Z",
        teeth=0.6, fangs=((-4.6, -2.6), (4.6, -2.6)), reach=(9, -5, 6),
    ),
    "pout": Mouth(
        lines=(((-4.6, 2.2), (-2.2, -1.2), (0, -0.2), (2.2, -1.2), (4.6, 2.2)),), weight=2.7,
        lip=((-2.2, 4.6), (0, 5.4), (2.2, 4.6)), fangs=((2.8, -0.2),), reach=(6, -4, 6),
    ),
    "sad": Mouth(
        lines=(((-6.8, 3.0), (-3.4, -0.4), (0, -1.4), (3.4, -0.4), (6.8, 3.0)),), weight=2.7,
        lip=((-2.6, 4.6), (0, 4.2), (2.6, 4.6)), fangs=((3.6, -0.4),), reach=(8, -4, 6),
    ),
    "sob": Mouth(
        "M-8.6 4.4C-8.4 -1.6 -5.4 -4.6 -2.4 -3C-0.8 -2.1 0.8 -2.1 2.4 -3C5.4 -4.6 8.4 -1.6 8.6 4.4"
        "C6.2 6.6 3.4 4.4 0 5C-3.4 4.4 -6.2 6.6 -8.6 4.4Z",
        tongue=(0, 5.6, 6.4, 4), fangs=((-4.6, -2.6), (4.6, -2.6)), reach=(9, -5, 7),
    ),
    "o": Mouth(
        ellipse(0, 2, 4.8, 6.2), tongue=(0, 7.4, 4.4, 4.2), fangs=((-2.3, -3.0), (2.3, -3.0)),
        reach=(5, -4, 9),
    ),
    "wave": Mouth(
        lines=(((-7.4, 0.8), (-4.8, -1.7), (-1.7, 1.4), (1.5, -1.5), (4.6, 1.6), (7.4, -0.8)),),
        fangs=((-1.7, 1.0),), reach=(8, -3, 4),
    ),
    "cat": Mouth(
        lines=(
            ((-9, -2.6), (-7.4, 1.4), (-3.6, 2.2), (0, -1.6)),
            ((0, -1.6), (3.4, 2.4), (8, 1.4), (11.4, -4.8)),
        ),
        weight=2.8, fangs=((5.2, 2.0),), reach=(11, -5, 5),
    ),
    "doze": Mouth(
        ellipse(0, 2, 4.0, 3.2), tongue=(0, 4.4, 3.6, 2.4), fangs=((-2, -0.4), (2, -0.4)),
        reach=(5, -3, 6),
    ),
    "beam": Mouth(
        "M-14 -6C-7 -3.8 7 -3.8 14 -6C14.6 5 8.4 12.4 0 12.4C-8.4 12.4 -14.6 5 -14 -6Z",
        teeth=-1.2, tongue=(0, 12, 8.4, 6), fangs=((-8.6, -4.8), (8.6, -4.8)), reach=(14, -7, 12),
    ),
    "cat_open": Mouth(
        "M-11 -4.6C-9.4 0.2 -3.4 0.6 0 -3C3.4 0.6 9.4 0.2 11 -4.6C11.6 4.6 6.4 10.6 0 10.6"
        "C-6.4 10.6 -11.6 4.6 -11 -4.6Z",
        tongue=(0, 10, 6.6, 5), fangs=((-5.4, -0.9), (5.4, -0.9)), reach=(11, -6, 11),
    ),
    "waver": Mouth(
        "M-11.5 1C-9.6 -4.6 -7 -4.4 -5 -1.6C-3 1 -1.4 -4.4 1.2 -3C3.4 -1.6 5 -0.4 6.6 -2.6"
        "C8.4 -5 10.6 -4 11.5 0.4C9.6 5.8 7.4 6 5.4 3.6C3.4 1.4 2 6.4 -0.8 5.2"
        "C-3 4.2 -4.6 2.4 -6.4 4.4C-8.6 6.6 -10.6 5.6 -11.5 1Z",
        tongue=(0, 5.4, 8, 4), fangs=((-5, -1.8), (5, -1.4)), reach=(11, -5, 7),
    ),
    "jagged": Mouth(
        "M-10 6.8L-8.4 -3.6L-4 -5.4L-0.4 -3.4L3.6 -5.4L8.4 -3.6L10 6.8L6.4 4.2L3.2 7.4L-0.2 4"
        "L-3.6 7.4L-6.6 4.2Z",
        teeth=-2.6, tongue=(0, 6.8, 5.4, 3.4), fangs=((-4.6, -4.6), (4.6, -4.6)), reach=(10, -6, 8),
    ),
    "shout": Mouth(
        "M-12.5 9C-13.4 -1.6 -8.6 -6.4 0 -5.4C8.6 -6.4 13.4 -1.6 12.5 9C7 11 -7 11 -12.5 9Z",
        teeth=-1.6, lower_teeth=7.0, tongue=(0, 8.6, 6.4, 4.4), fangs=((-7, -4.4), (7, -4.4)),
        reach=(13, -7, 11),
    ),
    "wail": Mouth(
        "M-13.6 9C-15 -3.6 -9.4 -8.2 -5 -7C-2 -6.2 2 -6.2 5 -7C9.4 -8.2 15 -3.6 13.6 9"
        "C9 13.4 -9 13.4 -13.6 9Z",
        teeth=-4.2, tongue=(0, 11, 9.4, 6.6), fangs=((-6, -6.4), (6, -6.4)), reach=(14, -8, 12),
    ),
}  # fmt: skip
_ALWAYS_FANGED = frozenset({"shout"})


def scale(at: Frame) -> float:
    """Head-space units per unit of the table."""
    return at.mouth_w / 10.0 * (1.4 if at.chibi else 1.08)


def lift(at: Frame, name: str) -> float:
    """How far above `Frame.mouth_y` a mouth is drawn: large ones need room above the chin."""
    return max(0.0, MOUTHS[name].reach[2] * scale(at) + 3.5 - (at.chin_y - at.mouth_y))


def facing(at: Frame) -> int:
    """1 as the table has mouths, -1 mirrored."""
    return -1 if at.spec.detail[2] < 0 else 1


def draw(canvas: Canvas, at: Frame, name: str) -> None:
    mouth = MOUTHS[name]
    s = scale(at)
    side = facing(at)
    place = f"translate({CX:.2f} {at.mouth_y - lift(at, name):.2f}) scale({side * s:.3f} {s:.3f})"
    with canvas.group(transform=place):
        if mouth.outline:
            _open(canvas, mouth, at, name)
        else:
            _closed(canvas, mouth, at)


def _open(canvas: Canvas, mouth: Mouth, at: Frame, name: str) -> None:
    fanged = name in _ALWAYS_FANGED or "fangs" in at.spec.accessories
    # A rim of lip keeps the dark inside apart from dark skin; a girl's lips are tinted.
    width, opacity = (5.2, 0.9) if at.spec.presentation == "girl" else (3.8, 0.55)
    canvas.path(mouth.outline, stroke=Slot.LIP, width=width, opacity=opacity)
    canvas.path(mouth.outline, fill=Slot.MOUTH)
    with canvas.group(clip=mouth.outline):
        if mouth.tongue is not None:
            canvas.ellipse(*mouth.tongue, fill=Slot.LIP)
        if mouth.teeth is not None:
            y = mouth.teeth
            canvas.path(f"M-16 -12H16V{y - 1.2}Q0 {y + 1.6} -16 {y - 1.2}Z", fill=Slot.WHITE)
        if mouth.lower_teeth is not None:
            y = mouth.lower_teeth
            canvas.path(f"M-16 16H16V{y}Q0 {y + 1.6} -16 {y}Z", fill=Slot.WHITE)
        if fanged:
            with canvas.feature("marks"):
                for x, y in mouth.fangs:
                    fang = f"M{x - 3} {y - 3}L{x + 3} {y - 3}L{x} {y + 7}Z"
                    canvas.path(fang, fill=Slot.WHITE)
    canvas.path(mouth.outline, stroke=Slot.LINE, width=1.7)


def _closed(canvas: Canvas, mouth: Mouth, at: Frame) -> None:
    for line in mouth.lines:
        # The lip is what shows of the line on dark skin; on light skin it is paler than lipstick.
        tinted = at.spec.presentation == "girl"
        lower = [(0.8 * x, y + (1.9 if tinted else 1.3)) for x, y in line]
        width = (1.45 if tinted else 0.95) * mouth.weight
        canvas.path(smooth(lower), stroke=Slot.LIP, width=width, opacity=0.9)
    if mouth.lick:
        canvas.path(mouth.lick, fill=Slot.LIP, stroke=Slot.LINE, width=1.5)
    if "fangs" in at.spec.accessories:
        x, y = mouth.fangs[0]
        with canvas.feature("marks"):
            canvas.path(
                f"M{x - 2.7} {y}L{x + 2.7} {y - 0.4}L{x + 0.2} {y + 6}Z",
                fill=Slot.WHITE, stroke=Slot.LINE, width=1.0,
            )  # fmt: skip
    ink = Slot.LINE if at.spec.presentation == "boy" else Slot.MOUTH
    for line in mouth.lines:
        canvas.strand(line, 0.92 * mouth.weight, fill=ink, taper=(0.4, 0.4))
    if mouth.lip:
        canvas.strand(mouth.lip, 1.9, fill=Slot.SKIN_SHADE)
