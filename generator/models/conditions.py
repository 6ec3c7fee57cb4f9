"""What a network is told of a figure: specs as tensors.

Colours are not conditions: networks paint masks of palette slots, and the palette is applied to
those (see `generator.art.palette`). What remains is shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generator.art.anchors import anchors
from generator.art.frame import frame
from generator.art.palette import palette
from generator.spec import ACCESSORIES, SLIDERS, VOCABULARY, AvatarSpec

GROUPS: tuple[str, ...] = tuple(VOCABULARY)
SLICES: dict[str, slice] = {}
"""Where the one-hot levels of every group lie in `Conditions.attributes`; accessories and the signs
of `AvatarSpec.detail` follow."""
_end = 0
for _group, _levels in VOCABULARY.items():
    SLICES[_group] = slice(_end, _end + len(_levels))
    _end += len(_levels)
SLICES["accessories"] = slice(_end, _end + len(ACCESSORIES))
_end += len(ACCESSORIES)
SLICES["sides"] = slice(_end, _end + 8)
ATTRIBUTES = _end + 8
NUMBERS: tuple[str, ...] = (*SLIDERS, "detail_0", "detail_1", "detail_2", "detail_3")
"""What the columns of `Conditions.sliders` mean; the last four are `AvatarSpec.detail`."""
CONTINUOUS = len(NUMBERS)
_DETAILS = NUMBERS[-4:]
MOVED_BY: dict[str, tuple[str, ...]] = {
    "hair": ("hair_volume", "hair_length", "turn", *_DETAILS, "chibi"),
    "fringe": ("hair_volume", "turn", *_DETAILS, "chibi"),
    "expression": (
        "mouth_size", "eye_size", "eye_height", "eye_spacing", "brow_height", "face_width", "turn",
        "chibi",
    ),
    "eye_shape": ("eye_size", "eye_height", "eye_spacing", "gaze", "chibi"),
    "accessories": (
        "face_width", "eye_size", "eye_spacing", "hair_volume", "turn", "detail_0", "chibi",
    ),
}  # fmt: skip
"""Which numbers (and "chibi", the level) move the lines of which attribute, each level's in a way
of its own: longer hair is another thing for braids than for a bob."""


def interactions() -> list[tuple[int, int]]:
    """The pairs of `MOVED_BY`, level by level, as columns of [attributes | sliders]."""
    chibi = SLICES["style"].start + VOCABULARY["style"].index("chibi")
    return [
        (level, chibi if name == "chibi" else ATTRIBUTES + NUMBERS.index(name))
        for group, names in MOVED_BY.items()
        for level in range(SLICES[group].start, SLICES[group].stop)
        for name in names
    ]


@dataclass(frozen=True)
class Conditions:
    """The shapes of a batch of figures. All of it is linear: two figures can be mixed.

    attributes: (B, ATTRIBUTES) float; a one-hot per group of `SLICES`, a many-hot for accessories,
        and a one-hot per sign of `AvatarSpec.detail` (which eye winks, where a fringe falls to).
    sliders: (B, CONTINUOUS) float in [-1, 1].
    pose: (B, 2, 3) float affine map from canvas to head space, both as [-1, 1] squares
        (the form torch's affine_grid takes).
    anchors: (B, len(ANCHORS), 2, 3) the same from the canvas to windows on the face's features.
    """

    attributes: Tensor
    sliders: Tensor
    pose: Tensor
    anchors: Tensor

    def __iter__(self) -> Iterator[Tensor]:
        """So that `generator(*conditions)` works."""
        return iter((self.attributes, self.sliders, self.pose, self.anchors))

    def __len__(self) -> int:
        return len(self.attributes)

    def __getitem__(self, index: slice | Tensor) -> Conditions:
        return Conditions(*(part[index] for part in self))

    def to(self, device: torch.device) -> Conditions:
        return Conditions(*(part.to(device) for part in self))

    def mix(self, other: Conditions, share: Tensor) -> Conditions:
        """`share` (B,) of `other` in self; between the two, not necessarily a drawable figure."""
        return Conditions(
            *(
                torch.lerp(mine, theirs, share.view(-1, *[1] * (mine.ndim - 1)))
                for mine, theirs in zip(self, other, strict=True)
            )
        )


def cat(parts: Sequence[Conditions]) -> Conditions:
    """Several batches as one."""
    return Conditions(*(torch.cat(same) for same in zip(*parts, strict=True)))


def encode(specs: Sequence[AvatarSpec]) -> Conditions:
    """Specs -> conditions (on the CPU)."""
    attributes = torch.zeros(len(specs), ATTRIBUTES)
    for row, spec in zip(attributes, specs, strict=True):
        for k, number in enumerate(spec.detail):
            row[SLICES["sides"].start + 2 * k + (number >= 0)] = 1
        for group, levels in VOCABULARY.items():
            row[SLICES[group].start + levels.index(getattr(spec, group))] = 1
        for name in spec.accessories:
            row[SLICES["accessories"].start + ACCESSORIES.index(name)] = 1
    sliders = [[*(getattr(s, name) for name in SLIDERS), *s.detail] for s in specs]
    frames = [frame(s) for s in specs]
    return Conditions(
        attributes,
        torch.tensor(sliders, dtype=torch.float32),
        torch.tensor([at.to_head_space() for at in frames], dtype=torch.float32),
        torch.tensor([anchors(at) for at in frames], dtype=torch.float32),
    )


def palettes(specs: Sequence[AvatarSpec]) -> Tensor:
    """The colours of every slot: (B, len(Slot), 3) float in [0, 1]."""
    return torch.tensor([palette(s) for s in specs], dtype=torch.float32) / 255
