"""Where skin, hair, clothes and the whites of the eyes are on an aligned head.

Nothing here is a network: the mesh says where the face is, the mask where the person is, and what
is left is told apart by how much its colour is like the skin of this face and the clothes below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from generator.evaluation.colours import lab
from generator.faces import topology as at
from generator.selfie.alignment import CENTRE, CHIN, FACE, FINE, HEIGHT, WIDTH, Floats, Head, Mask

_PERSON = 0.5
_FEW = 30
"""Pixels; what is smaller has no colour of its own."""

# Landmarks around patches of bare skin: both cheeks, the forehead between the brows and above.
CHEEKS = ((117, 118, 101, 36, 205, 187, 123), (346, 347, 330, 266, 425, 411, 352))
"""The person's right and left."""
_FOREHEAD = (109, 338, 336, 107)
_NOSE = (6, 197, 195, 5, 4, 45, 220, 115, 188)

Y, X = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)


@dataclass(frozen=True)
class Colour:
    """A robust colour: median and spread (1.4826 MAD, at least 2) of CIELAB, and of how much."""

    median: Floats
    spread: Floats
    pixels: int

    def distance(self, lab: Floats) -> Floats:
        """Spreads away from this colour: (..., 3) -> (...); light falls as it likes."""
        scale = self.spread * _LENIENT + 1.5
        scaled: Floats = np.sqrt((((lab - self.median) / scale) ** 2).sum(-1))
        return scaled


_LENIENT = np.array([1.5, 1.0, 1.0], np.float32)


def colour_of(pixels: Floats) -> Colour | None:
    """The colour of (n, 3) CIELAB pixels; None of too few."""
    if len(pixels) < _FEW:
        return None
    median = np.median(pixels, 0)
    spread = 1.4826 * np.median(np.abs(pixels - median), 0)
    return Colour(median.astype(np.float32), np.maximum(spread, 2).astype(np.float32), len(pixels))


def trimmed(pixels: Floats, low: float, high: float) -> Floats:
    """The pixels between two shares of lightness: neither shadows nor highlights."""
    if len(pixels) < _FEW:
        return pixels
    dark, bright = np.quantile(pixels[:, 0], (low, high))
    kept: Floats = pixels[(pixels[:, 0] >= dark) & (pixels[:, 0] <= bright)]
    return kept


def skin_patches(head: Head) -> tuple[Mask, ...]:
    """Right cheek, left cheek, forehead, nose."""
    return tuple(head.patch(points) & head.inside for points in (*CHEEKS, _FOREHEAD, _NOSE))


def eye_whites(head: Head) -> Floats:
    """(n, 3) CIELAB of the whites of the eyes: the lighter part of what is not iris."""
    fine = np.asarray(head.image)
    found: list[Floats] = []
    for side, iris in at.IRIS_CENTRES.items():
        outline = head.landmarks[list(at.OUTLINES[f"{side}_eye"])] * FINE  # type: ignore[index]
        rim = head.landmarks[list(at.OUTLINES[f"{side}_iris"])] * FINE  # type: ignore[index]
        x0, y0 = np.maximum(np.floor(outline.min(0)).astype(int), 0)
        x1, y1 = np.ceil(outline.max(0)).astype(int) + 1
        box = fine[y0:y1, x0:x1]
        if not box.size:
            continue
        x, y = head.landmarks[iris] * FINE
        page = Image.new("1", (box.shape[1], box.shape[0]))
        ImageDraw.Draw(page).polygon([(float(u - x0), float(v - y0)) for u, v in outline], fill=1)
        rows, columns = np.indices(box.shape[:2])
        away = np.hypot(columns + x0 - x, rows + y0 - y)
        radius = np.hypot(rim[:, 0] - x, rim[:, 1] - y).mean()
        eye = np.asarray(page, np.bool_) & (away > 1.15 * radius)
        if eye.any():
            found.append(lab(box[eye].astype(np.float64)).astype(np.float32))
    if not found:
        return np.zeros((0, 3), np.float32)
    pixels = np.concatenate(found)
    whites: Floats = pixels[pixels[:, 0] >= np.quantile(pixels[:, 0], 0.5)]
    return whites


def shrink(mask: Mask, pixels: int) -> Mask:
    """Without a rim of so many pixels."""
    page = Image.fromarray(mask.astype(np.uint8) * 255, "L")
    return np.asarray(page.filter(ImageFilter.MinFilter(2 * pixels + 1))) > 0


@dataclass(frozen=True, eq=False)
class Regions:
    """Where what is, each (HEIGHT, WIDTH).

    Attributes:
        face: The oval of the mesh.
        crown: The band of the person above the hairline and the temples: hair, skin or a hat.
        hair: What is coloured like the crown's own colour, and hangs together with it.
        bare: Outside the face, what is coloured like its skin.
        clothes: The rest of the person, below the chin.
        backdrop: Surely nobody.
        skin: The colour of the face.
        top: The crown's own colour: of that half of it that is less like the skin.
    """

    face: Mask
    crown: Mask
    hair: Mask
    bare: Mask
    clothes: Mask
    backdrop: Mask
    skin: Colour
    top: Colour | None


def regions(head: Head) -> Regions:
    """Tell apart what the person mask holds."""
    face = head.region("face", 1.02)
    person = (head.person > _PERSON) & head.inside
    patches = np.logical_or.reduce(skin_patches(head))
    skin = colour_of(trimmed(head.lab[patches], 0.1, 0.9)) or colour_of(head.lab[face]) or _NOWHERE
    unlike_skin = skin.distance(head.lab)
    brow = float(head.landmarks[[105, 334], 1].mean())
    crown = person & ~face & (brow > Y)
    inner = shrink(crown, 2)
    inner = inner if inner.sum() >= _FEW else crown
    top = None
    if inner.sum() >= _FEW:
        strange = unlike_skin[inner]
        top = colour_of(head.lab[inner][strange >= np.median(strange)])
    below = person & ((CHIN + 0.45 * FACE < Y) & (np.abs(X - CENTRE) < 0.3 * FACE))
    cloth = colour_of(head.lab[below & (unlike_skin > 3)])
    rest = person & ~face
    hair = np.zeros_like(face)
    if top is not None:
        unlike_hair = top.distance(head.lab)
        hair = rest & (unlike_hair < unlike_skin) & (unlike_hair < 4)
        if cloth is not None:
            hair &= (cloth.distance(head.lab) > unlike_hair) | (CHIN > Y)
        hair = _reached(hair, hair & crown)
    bare = rest & ~hair & (unlike_skin < 3)
    clothes = rest & ~hair & ~bare & (CHIN + 0.1 * FACE < Y)
    backdrop = head.inside & (head.person < 0.1)
    return Regions(face, crown, hair, bare, clothes, backdrop, skin, top)


_NOWHERE = Colour(np.array([60, 12, 16], np.float32), np.full(3, 8, np.float32), 0)


def _reached(mask: Mask, seeds: Mask) -> Mask:
    """The part of a mask that hangs together with the seeds (geodesic growth, half scale)."""
    cells, grown = (
        m.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean((1, 3)) >= 0.5 for m in (mask, seeds)
    )
    size = -1
    while grown.sum() != size:
        size = int(grown.sum())
        wider = grown.copy()
        wider[1:] |= grown[:-1]
        wider[:-1] |= grown[1:]
        wider[:, 1:] |= grown[:, :-1]
        wider[:, :-1] |= grown[:, 1:]
        grown = wider & cells
    kept: Mask = mask & np.kron(grown, np.ones((2, 2), np.bool_))
    return kept
