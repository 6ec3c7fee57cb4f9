"""What of a figure can be seen at all. Nobody is judged on what is hidden."""

from __future__ import annotations

import numpy as np

from generator.art.features.poses import POSES
from generator.art.palette import Slot, palette
from generator.evaluation.colours import ciede2000, lab
from generator.spec import ACCESSORIES, VOCABULARY, AvatarSpec

ATTRIBUTES: tuple[str, ...] = (*VOCABULARY, *ACCESSORIES)
"""Everything that the judge reads: the single choices, then every accessory by itself."""

_COVERED_HAIR = frozenset({"bald", "hijab"})
_HATS = frozenset({"cap", "beret", "witch_hat", "santa_hat"})
_TIED_SHORT = frozenset({"short_crop", "top_bun"})
_EYE_COVERS = frozenset({"glasses", "round_glasses", "sunglasses", "eye_patch"})
_FANGED_MOUTHS = frozenset({"shout"})
_STRANDS, _STUBBLE = 12.0, 18.0
"""Least CIEDE2000 contrast of a second hair colour, and of stubble (30% opaque) to the skin."""


def visible(spec: AvatarSpec) -> frozenset[str]:
    """The attributes of `ATTRIBUTES` that somebody who sees the picture could name.

    The rules follow from drawing figures with an attribute changed and nothing else: where the
    picture stays (nearly) the same whatever the level is, the attribute is hidden
    (tests/evaluation/test_visibility.py does so).

    - A face mask hides the mouth: expression, facial hair, fangs, freckles, moles and scars.
    - Bald heads and scarves leave no fringe and no hair pattern; scarves cover earrings and a lock
      that would stand up. A pattern of two like colours is none; streaks lie in the fringe, so with
      a bare forehead they hide under hats and in short hair.
    - An eye's shape needs an open eye: laughing and wailing shut both, a wink, an eye patch and a
      fringe over one eye take one each, sunglasses take both.
    - Stubble needs contrast between hair and skin. A shouting mouth shows fangs whoever owns it.
    - Beards, glasses and patches lie where a mole would be.

    Args:
        spec: A complete figure, in the colours that it is shown in.
    """
    worn = spec.accessories
    hidden: set[str] = set()
    if "face_mask" in worn:
        hidden |= {"expression", "facial_hair", "fangs", "freckles", "mole", "scar"}
    if spec.hair in _COVERED_HAIR:
        hidden |= {"fringe", "hair_pattern"}
    if spec.hair == "hijab":
        hidden |= {"earrings", "ahoge"}
    if spec.hair_pattern != "solid" and _contrast(spec, Slot.HAIR, Slot.HAIR2) < _STRANDS:
        hidden.add("hair_pattern")
    if spec.fringe == "none" and (worn & _HATS or spec.hair in _TIED_SHORT):
        hidden.add("hair_pattern")
    if _open_eyes(spec) < 1:
        hidden.add("eye_shape")
    bare = spec.facial_hair in ("none", "stubble")
    if bare and _contrast(spec, Slot.HAIR_SHADE, Slot.SKIN) < _STUBBLE:
        hidden.add("facial_hair")
    if POSES[spec.expression].mouth in _FANGED_MOUTHS:
        hidden.add("fangs")
    if spec.facial_hair == "beard" or worn & _EYE_COVERS:
        hidden.add("mole")
    return frozenset(ATTRIBUTES) - hidden


def labels_of(spec: AvatarSpec) -> tuple[list[int], list[bool]]:
    """Level indices (accessories: 1 = worn) and what counts, both in the order of ATTRIBUTES."""
    levels = [VOCABULARY[g].index(getattr(spec, g)) for g in VOCABULARY]
    levels += [int(a in spec.accessories) for a in ACCESSORIES]
    seen = visible(spec)
    return levels, [a in seen for a in ATTRIBUTES]


def _open_eyes(spec: AvatarSpec) -> int:
    """How many eyes are surely open and uncovered."""
    if "sunglasses" in spec.accessories or POSES[spec.expression].eyes.lids != "open":
        return 0
    taken = (
        (POSES[spec.expression].wink is not None)
        + ("eye_patch" in spec.accessories)
        + (spec.fringe == "over_eye" and spec.hair not in _COVERED_HAIR)
    )
    return 2 - taken


def _contrast(spec: AvatarSpec, one: Slot, other: Slot) -> float:
    """CIEDE2000 between two slots of a figure."""
    colours = np.array(palette(spec), np.float64)
    return float(ciede2000(lab(colours[one]), lab(colours[other])))
