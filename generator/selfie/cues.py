"""Numbers that an aligned head is judged by: what statistics decide, and what heads are fed.

Every group is one small vector with a fixed order of numbers, about 1 in size; colours are CIELAB
in hundreds, lengths in faces (hairline to chin).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from generator.evaluation.colours import lab
from generator.faces import topology as at
from generator.selfie.alignment import CENTRE, CHIN, FACE, FINE, Floats, Head, Mask
from generator.selfie.gradients import histogram, roughness
from generator.selfie.hair import sure_hair
from generator.selfie.hair_cues import hair_cues
from generator.selfie.regions import (
    CHEEKS,
    Regions,
    X,
    Y,
    eye_whites,
    shrink,
    skin_patches,
    trimmed,
)  # fmt: skip

EYES_SIZE, WHOLE_SIZE = (96, 48), (64, 80)
_BANDS = (-0.7, -0.45, -0.2, 0.0, 0.12, 0.25, 0.4, 0.6, 0.85)
"""Edges, in faces below the chin, between which hair beside face and neck is measured."""

# Landmarks around where facial hair grows.
_BEARD = (
    (98, 97, 2, 326, 327, 322, 270, 269, 267, 0, 37, 39, 40, 92),  # the whole moustache
    (97, 2, 326, 267, 0, 37),
    (98, 97, 37, 39, 40, 92),
    (327, 326, 267, 269, 270, 322),
    (84, 17, 314, 406, 18, 182),  # under the lower lip
    (201, 18, 421, 428, 396, 175, 171, 208),  # the chin
    (208, 428, 396, 152, 171),
    (172, 136, 150, 149, 170, 211, 212, 214, 192, 138),  # the jaw
    (397, 365, 379, 378, 395, 431, 432, 434, 416, 367),
    (206, 216, 212, 214, 207),  # between cheek and corner of the mouth
    (426, 436, 432, 434, 427),
)


@dataclass(frozen=True, eq=False)
class Cues:
    """What was measured; each field is one vector, float32.

    Attributes:
        skin: (28,) colour of the skin without shadows and highlights, of the whites of the eyes,
            of the nose; then what tells of the light: teeth, the brightest of the picture, the
            face's darkest and lightest, lips, brows, and some ratios between these.
        hair: (89,) as `generator.selfie.hair_cues` says.
        crown: (31,) how unlike the skin the crown is, in its middle and at its sides; how rough;
            how high it stands.
        sides: (24,) how much hair is beside face and neck, by bands from the eyes to the chest.
        mouth: (13,) widths, heights and tooth-white of mouth and corners.
        beard: (77,) colour and roughness around the mouth, relative to the cheeks.
        eyes: (576,) histogram of gradients about the eyes.
        whole: (640,) histogram of gradients of the whole head.
    """

    skin: Floats
    hair: Floats
    crown: Floats
    sides: Floats
    mouth: Floats
    beard: Floats
    eyes: Floats
    whole: Floats


def measure(head: Head, where: Regions) -> Cues:
    """All cues of a head."""
    middle = (head.landmarks[at.RIGHT_EYE_OUTER] + head.landmarks[at.LEFT_EYE_OUTER]) / 2
    eyes = head.crop(middle + np.asarray([0, 0.04 * FACE], np.float32), 1.05 * FACE, EYES_SIZE)
    page = np.asarray([CENTRE, CHIN - 0.45 * FACE], np.float32)
    skin, rough = _skin(head), roughness(head.lab[..., 0])
    return Cues(
        skin=skin,
        hair=hair_cues(head, sure_hair(head, where), _growing(head)),
        crown=_crown(head, where, rough),
        sides=_sides(head, where),
        mouth=_mouth(head),
        beard=_beard(head, where, rough),
        eyes=histogram(eyes),
        whole=histogram(head.crop(page, 1.7 * FACE, WHOLE_SIZE)),
    )


def _median(pixels: Floats) -> Floats:
    """In hundreds; a middle grey where there is nothing."""
    if not len(pixels):
        return np.array([0.5, 0.0, 0.0], np.float32)
    median: Floats = (np.median(pixels, 0) / 100).astype(np.float32)
    return median


def _skin(head: Head) -> Floats:
    right, left, forehead, nose = skin_patches(head)
    patches = head.lab[right | left | forehead]
    lit = trimmed(patches, 0.35, 0.9)
    face = head.lab[head.region("face", 0.92) & head.inside]
    white, tooth = eye_whites(head), _teeth(head)
    ends = np.quantile(face[:, 0], (0.1, 0.5, 0.95)) if len(face) else np.full(3, 50.0)
    lips = head.region("lips") & ~head.region("mouth")
    brows = head.region("right_brow", 0.8) | head.region("left_brow", 0.8)
    brightest = trimmed(head.lab[head.inside], 0.97, 1.0)
    skin, light = _median(lit), _median(white)
    ita = float(np.arctan2(skin[0] - 0.5, max(0.02, float(skin[2]))))
    joined: Floats = np.concatenate(
        [
            skin, light, _median(trimmed(head.lab[nose], 0.3, 0.9)),
            _median(tooth) if len(tooth) else light,
            _median(brightest), ends / 100, _median(head.lab[lips]), _median(head.lab[brows])[:1],
            [ita, float(np.hypot(skin[1], skin[2])), skin[0] - light[0], skin[0] ** 2,
             skin[2] - light[2], skin[0] / max(0.3, float(brightest[:, 0].mean()) / 100)],
        ]
    ).astype(np.float32)  # fmt: skip
    return joined


def _teeth(head: Head) -> Floats:
    """(n, 3) CIELAB of the lightest between the lips, where the mouth is open."""
    mouth = head.region("mouth") & head.inside
    pixels = head.lab[mouth]
    if len(pixels) < 12:
        return pixels[:0]
    return trimmed(pixels, 0.6, 0.95)


def _crown(head: Head, where: Regions, rough: Floats) -> Floats:
    unlike = where.skin.distance(head.lab)
    hairline = float(head.landmarks[at.FOREHEAD, 1])
    inner = shrink(where.crown, 1)
    column = X - CENTRE
    numbers: list[float] = []
    sectors: tuple[Mask, ...] = (
        inner & (np.abs(column) < 0.14 * FACE) & (hairline > Y),
        inner & (np.abs(column) < 0.3 * FACE) & (hairline > Y),
        inner & (column < -0.3 * FACE),
        inner & (column > 0.3 * FACE),
    )
    for sector in sectors:
        if sector.sum() < 6:
            numbers += [0.0] * 7
            continue
        d = np.minimum(unlike[sector], 8)
        delta = np.median(head.lab[sector], 0) - where.skin.median
        numbers += [
            float(np.median(d)) / 4, float(np.mean(d > 2.5)), float(where.hair[sector].mean()),
            float(rough[sector].mean()), *(delta / 25),
        ]  # fmt: skip
    person = (head.person > 0.5) & (np.abs(column) < 0.14 * FACE) & (hairline > Y)
    rows = Y[person]
    height = (hairline - float(rows.min())) / FACE if len(rows) else 0.0
    edge = float(head.inside[:, int(CENTRE)].argmax())
    numbers += [height, float(edge > 0 and edge > hairline - height * FACE - 2)]
    numbers.append(float((where.hair & (hairline > Y)).sum()) / FACE**2)
    return np.array(numbers, np.float32)


def _sides(head: Head, where: Regions) -> Floats:
    numbers: list[float] = []
    for top, bottom in pairwise(_BANDS):
        band = (CHIN + top * FACE <= Y) & (CHIN + bottom * FACE > Y)
        rows = (bottom - top) * FACE
        widths = [
            float((where.hair & band & side).sum()) / rows / FACE * 2
            for side in (CENTRE > X, CENTRE <= X)
        ]
        seen = float((head.inside & band).sum()) / max(1, band.sum())
        numbers += [max(widths), min(widths), seen]
    return np.array(numbers, np.float32)


def _growing(head: Head) -> Mask:
    """Lip and chin."""
    return head.patch(_BEARD[0]) | head.patch(_BEARD[5]) | head.patch(_BEARD[6])


def beard_colour(head: Head, where: Regions) -> Floats | None:
    """CIELAB of what grows on lip and chin: of the pixels that are less like skin."""
    pixels = head.lab[_growing(head)]
    if len(pixels) < 20:
        return None
    strange = where.skin.distance(pixels)
    median: Floats = np.median(pixels[strange >= np.quantile(strange, 0.6)], 0).astype(np.float32)
    return median


def _beard(head: Head, where: Regions, rough: Floats) -> Floats:
    base = where.skin.median
    chroma = float(np.hypot(base[1], base[2]))
    smooth = float(np.mean([_mean(rough[head.patch(cheek)]) for cheek in CHEEKS]))
    numbers: list[float] = []
    for points in _BEARD:
        patch = head.patch(points)
        pixels = head.lab[patch]
        if len(pixels) < 4:
            numbers += [0.0] * 7
            continue
        delta = np.median(pixels, 0) - base
        ends = np.quantile(pixels[:, 0], (0.15, 0.85)) - base[0]
        strength = float(np.hypot(pixels[:, 1], pixels[:, 2]).mean()) - chroma
        numbers += [*(delta / 20), *(ends / 20), _mean(rough[patch]) - smooth, strength / 20]
    return np.array(numbers, np.float32)


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else 0.0


def _mouth(head: Head) -> Floats:
    p = head.landmarks
    right, left = p[at.MOUTH_RIGHT], p[at.MOUTH_LEFT]
    eyes = max(1.0, float(np.linalg.norm(p[at.LEFT_EYE_OUTER] - p[at.RIGHT_EYE_OUTER])))
    width = max(1.0, float(np.linalg.norm(left - right)))
    gap = float(np.linalg.norm(p[at.MOUTH_BOTTOM] - p[at.MOUTH_TOP]))
    corners = float(right[1] + left[1]) / 2
    nose = float(p[at.NOSE_TIP, 1])
    return np.array(
        [
            width / eyes * 2, gap / width * 5, (p[13, 1] + p[14, 1] - 2 * corners) / width * 2.5,
            (p[0, 1] - corners) / width * 5, (p[17, 1] - p[0, 1]) / width * 2,
            (p[205, 1] + p[425, 1] - 2 * nose) / eyes * 2, (corners - nose) / eyes * 2,
            *_between_lips(head),
        ],
        np.float32,
    )  # fmt: skip


def _between_lips(head: Head) -> list[float]:
    """How much lighter (three quantiles) and redder than the lips it is there, and how large."""
    outline = head.landmarks[list(at.OUTLINES["lips"])] * FINE
    x0, y0 = np.maximum(np.floor(outline.min(0)).astype(int), 0)
    x1, y1 = np.ceil(outline.max(0)).astype(int) + 1
    box = np.asarray(head.image)[y0:y1, x0:x1]
    if not box.size:
        return [0.0] * 6
    part = lab(box.astype(np.float64))

    def inside(points: Floats) -> Mask:
        page = Image.new("1", (part.shape[1], part.shape[0]))
        polygon = [(float(x - x0), float(y - y0)) for x, y in points]
        ImageDraw.Draw(page).polygon(polygon, fill=1)
        return np.asarray(page, np.bool_)

    lips = inside(outline)
    inner = inside(head.landmarks[list(at.OUTLINES["mouth"])] * FINE)
    red = part[lips & ~inner]
    between = part[inner] if inner.sum() >= 8 else part[lips]
    if not len(between) or not len(red):
        return [0.0] * 6
    base = np.median(red, 0)
    light = np.quantile(between[:, 0], (0.2, 0.5, 0.85)) - base[0]
    return [
        *(light / 25), float(np.median(between[:, 1]) - base[1]) / 15,
        float(np.quantile(part[lips][:, 0], 0.9) - base[0]) / 25,
        float(inner.sum()) / (FINE * FACE) ** 2 * 80,
    ]  # fmt: skip
