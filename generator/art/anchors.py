"""Where a face's features lie on the canvas, and how large: known before anything is drawn.

Freckles go where the cheeks are, fangs where the mouth is. A feature's *window* is a rectangle in
head space around it, at the depth that its layer has; what is in the window looks much the same on
every face, wherever sliders, age and turn have put it.

What is on one side only has a window of its own, mirrored with it: on which side of which figure a
mole is follows from fringe, eye patch and seed together, which added maps can not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.art.accessories import face_wear, hair_ornaments, marks
from generator.art.accessories.placement import face_half, open_side
from generator.art.canvas import SIDE, Point
from generator.art.features import brows, effects, eyes, mouths
from generator.art.features.poses import POSES, Effect
from generator.art.frame import CX, Frame

ANCHORS = (
    "eye_left", "eye_right", "brow_left", "brow_right", "cheek_left", "cheek_right", "mouth", "jaw",
    "mole", "cheek_scar", "brow_scar", "hairpin", "fang", "second_fang", "lone_fang", "mask",
    "sparkle", "sparkles", "hearts", "vein", "sweat", "gloom",
)  # fmt: skip
"""In the order of `anchors`; left and right are the picture's. Of the two kinds of scars, and of
fangs in an open mouth and one over a closed lip, a figure has one: the others' windows lie far
away. So do those of a mouth, a jaw and fangs under a mask, and those of signs (a sparkle on the
left, two on the right, hearts ...) that the expression does not have."""
_FAR = 1_000.0


@dataclass(frozen=True)
class _Window:
    """Middle, half width (below 0: mirrored) and half height in head space; depth as in
    `Frame.head`."""

    x: float
    y: float
    half_w: float
    half_h: float
    depth: float


def anchors(at: Frame) -> list[list[list[float]]]:
    """Affine maps (2 x 3) from the canvas to the windows of `ANCHORS`, all as [-1, 1] squares."""
    pose = POSES[at.spec.expression]
    pair = eyes.eyes(at, pose)
    windows = [_Window(e.x, e.y, 1.7 * e.w, 1.7 * e.h, eyes.DEPTH) for e in pair]
    # A scar through a brow stays where it is when the brow rises.
    still = "scar" in at.spec.accessories
    x = at.eye_x + 1.0 - (0.0 if still else pose.brows.close)
    y = at.brow_y - (0.0 if still else pose.brows.lift)
    windows += [_Window(CX + s * x, y, 1.3 * at.eye_w, 17.0, brows.DEPTH) for s in (-1, 1)]
    x, y = _cheek(at)
    windows += [_Window(CX + s * x, y, 22.0, 22.0, 0.75) for s in (-1, 1)]
    lift, s = mouths.lift(at, pose.mouth), mouths.scale(at)
    mouth = _Window(CX, at.mouth_y - lift + 2 * s, 18 * s, 16 * s, mouths.DEPTH)
    jaw = _Window(CX, at.mouth_y - 1.0, at.jaw + 2.0, 24.0, 0.25)
    top, low = face_wear.masked(at)
    middle, half_h = (top + low) / 2 - 4.0, (low - top) / 2 + 10.0  # with the loops
    mask = _Window(CX, middle, at.cheek + 4.0, half_h, face_wear.MASK_DEPTH)
    below = [mouth, jaw, *_fangs(at, pose.mouth)]
    if "face_mask" in at.spec.accessories:
        below = [replace(window, x=_FAR) for window in below]
    else:
        mask = replace(mask, x=_FAR)
    windows += [*below[:2], *_one_sided(at), *below[2:], mask, *_signs(at, pose.effects)]
    return [_to_window(at, window) for window in windows]


def _one_sided(at: Frame) -> list[_Window]:
    """The windows of moles, scars and hairpins, all as if on the right."""
    side = open_side(at)
    x, y = marks.spotted(at)
    mole = _Window(CX + side * x, y, side * 10.0, 10.0, marks.MOLE_DEPTH)
    x, y = marks.scarred(at)
    cheek = _Window(CX + side * x, y, side * 17.0, 11.0, marks.DEPTH)
    top, low = marks.cut(at)
    brow = _Window(
        CX + side * (at.eye_x + 6.5), (top + low) / 2, side * 11.0, (low - top) / 2 + 4.0,
        marks.DEPTH,
    )  # fmt: skip
    if marks.on_cheek(at):
        brow = replace(brow, x=_FAR)
    else:
        cheek = replace(cheek, x=_FAR)
    side, (x, y) = hair_ornaments.pinned(at)
    pin = _Window(CX + side * (CX - x), y, side * 22.0, 22.0, hair_ornaments.PINNED_DEPTH)
    return [mole, cheek, brow, pin]


def _fangs(at: Frame, name: str) -> list[_Window]:
    """The windows of the first and the second fang of an open mouth, and of a closed one's."""
    mouth, s, side = mouths.MOUTHS[name], mouths.scale(at), mouths.facing(at)
    y = at.mouth_y - mouths.lift(at, name)
    # The second fang is the first one mirrored.
    windows = [
        _Window(CX + side * s * fx, y + s * (fy + 1.5), turn * side * s * 6, s * 7, mouths.DEPTH)
        for (fx, fy), turn in zip(mouth.fangs, (1, -1), strict=False)
    ]
    far = _Window(_FAR, y, s * 6, s * 7, mouths.DEPTH)
    if not mouth.outline:
        return [far, far, *windows[:1]]
    first, second = (*windows, far)[:2]
    return [first, second, far]


def _signs(at: Frame, shown: Sequence[Effect]) -> list[_Window]:
    """The windows of what floats around a head in strong moods."""
    side = effects.side(at)
    x, y = effects.sweating(at)
    depth = effects.DEPTH
    windows: list[tuple[Effect, _Window]] = [
        ("sparkles", _Window(CX - at.eye_x - 27, at.eye_y - 27, 11, 11, depth)),
        ("sparkles", _Window(CX + at.eye_x + 25.5, at.eye_y - 25.5, 13, 19, depth)),
        ("hearts", _Window(CX + side * 52.5, 97, side * 20, 26, depth)),
        ("vein", _Window(CX + side * effects.VEIN[0], effects.VEIN[1], side * 17, 17, depth)),
        ("sweat", _Window(CX + side * x, y + 8, side * 9, 11, depth)),
        ("gloom", _Window(CX, effects.GLOOM + 16, 50, 24, depth)),
    ]
    return [w if effect in shown else replace(w, x=_FAR) for effect, w in windows]


def _cheek(at: Frame) -> Point:
    """The middle of the right cheek from the axis, as what is on it takes it."""
    if "mole" in at.spec.accessories:
        x, _ = marks.spotted(at)
        return x - 7.0, marks.cheek_y(at, 7.0)
    if "freckles" in at.spec.accessories:
        x, y = marks.freckled(at)
        return x + 1.0, y
    y = marks.cheek_y(at, 7.0)
    return min(at.eye_x, face_half(at, y + 3) - 14.5), y


def _to_window(at: Frame, window: _Window) -> list[list[float]]:
    across, down = at.to_head_space(window.depth)
    half = SIDE / 2
    return [
        _scaled(across, half, half - window.x, window.half_w),
        _scaled(down, half, half - window.y, window.half_h),
    ]


def _scaled(row: list[float], half: float, shift: float, extent: float) -> list[float]:
    a, b, c = row
    return [a * half / extent, b * half / extent, (c * half + shift) / extent]
