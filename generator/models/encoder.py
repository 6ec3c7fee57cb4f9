"""The encoder: a picture -> the figure it shows, as what the generator is asked for.

Convolutions like the judge's (`generator.evaluation.judge`), which may not be used here: it judges
what the encoder finds. Two things are its own:

- It says where in the picture the figure lies, so that a second look can be taken at an upright,
  centred square (a spatial transformer, Jaderberg et al., arXiv 1506.02025, between two passes).
- It marks hair, skin, irises and cloth, and reads colours off the marked pixels; a small network
  corrects them for what lies in between (an iris has three tones). A colour is copied, not guessed.
"""

from __future__ import annotations

import json
from enum import IntEnum
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.models.conditions import CONTINUOUS
from generator.models.convolution import Convolution
from generator.spec import ACCESSORIES, VOCABULARY

SIDE = 256
CELL = 4
"""Pixels between two of the places that are marked."""
CELLS = SIDE // CELL
COLOURS: tuple[str, ...] = (
    "hair_colour", "hair_colour2", "skin", "eye_colour", "eye_colour2", "outfit_colour",
    "accessory_colour",
)  # fmt: skip
"""What is read off marked pixels; eye_colour is that of the eye on the picture's left."""


class Region(IntEnum):
    """What a marked pixel belongs to. 0 to 6 are those of `COLOURS`."""

    HAIR = 0
    HAIR2 = 1
    SKIN = 2
    EYE_L = 3
    EYE_R = 4
    CLOTH = 5
    ACCESSORY = 6
    FIGURE = 7
    """Any other part of the figure."""
    NOTHING = 8
    """What is not the figure."""


_PLACEMENT = 3
_SIDES = 4
_OUTPUTS: dict[str, int] = {
    **{group: len(levels) for group, levels in VOCABULARY.items()},
    "accessories": len(ACCESSORIES),
    "sides": _SIDES,
    "numbers": CONTINUOUS,
    "spreads": CONTINUOUS,
    "placement": _PLACEMENT,
    "mirrored": 1,
    "present": 1,
}


class Seen(NamedTuple):
    """What the network makes of B pictures. Left and right are the picture's.

    groups: logits (B, levels) by group of `VOCABULARY`.
    accessories: logits (B, len(ACCESSORIES)). sides: logits (B, 4), `AvatarSpec.detail` >= 0.
    numbers: (B, CONTINUOUS) sliders, then `AvatarSpec.detail`; spreads: log of the absolute error
        to be expected of each.
    placement: (B, 3) log2 of the figure's size (0: fills the picture) and its middle's x and y in
        half sides from the picture's.
    mirrored: logits (B,), drawn the other way round. present: logits (B,), a figure at all.
    regions: logits (B, len(Region), CELLS, CELLS). colours: (B, len(COLOURS), 3) in [0, 1].
    areas: (B, len(COLOURS)) share of the marked places that each colour was read from.
    """

    groups: dict[str, Tensor]
    accessories: Tensor
    sides: Tensor
    numbers: Tensor
    spreads: Tensor
    placement: Tensor
    mirrored: Tensor
    present: Tensor
    regions: Tensor
    colours: Tensor
    areas: Tensor


def vocabulary() -> str:
    """What a file of the encoder's weights has to fit."""
    return json.dumps(
        _OUTPUTS | {g: list(v) for g, v in VOCABULARY.items()} | {"worn": ACCESSORIES}
    )


class _Layer(nn.Module):
    """conv, batch norm, ReLU; with a residual path when `residual`."""

    def __init__(
        self, cin: int, cout: int, *, stride: int = 1, kernel: int = 3, residual: bool = False
    ) -> None:
        super().__init__()
        self.conv = Convolution(cin, cout, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(cout)
        self.norm.num_batches_tracked = None  # a counter that half precision cannot hold
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm(self.conv(x)))
        return x + y if self.residual else y


class _Looks(nn.Module):
    """(B, C, side, side) -> (B, count * (values + 2)): what attention finds, and its x and y."""

    def __init__(self, channels: int, count: int, values: int, *, side: int) -> None:
        super().__init__()
        self.count = count
        self.where = nn.Conv2d(channels, count, 1)
        self.what = nn.Conv2d(channels, count * values, 1)
        line = (torch.arange(side, dtype=torch.float32) + 0.5) * (2 / side) - 1
        y, x = torch.meshgrid(line, line, indexing="ij")
        self.places: Tensor
        self.register_buffer("places", torch.stack([x, y], -1).view(-1, 2), persistent=False)
        # Every look begins at a place of its own: looks that begin everywhere find theirs slowly.
        rows = round(count**0.5)
        k = torch.arange(count)
        begin = torch.stack([k // rows / (count // rows), k % rows / rows], -1) * 1.6 - 0.7
        apart = torch.cdist(begin, self.places)
        self.usual = nn.Parameter(-apart.square() / (2 * 0.2**2))

    def forward(self, x: Tensor) -> Tensor:
        attention = (self.where(x).flatten(2).float() + self.usual).softmax(-1)  # (B, count, S)
        values = self.what(x).flatten(2).unflatten(1, (self.count, -1)).float()
        taken = (values @ attention[..., None])[..., 0]  # (B, count, values)
        return torch.cat([taken, attention @ self.places], 2).flatten(1)


class Encoder(nn.Module):
    """(B, 3, 256, 256) RGB in [0, 1] -> `Seen`. Under a million parameters, about 0.4 GMAC.

    Levels and numbers are read off *looks*: learned attentions over places (softmax pooling, with a
    bias for where things use to be). Each takes a few values from there, and where "there" is: how
    far two eyes lie apart is a difference of two looks.
    """

    LOOKS, VALUES = 36, 8
    """At 16 px, where what surrounds a place is known as well."""
    FINE_LOOKS, FINE_VALUES = 24, 4
    """At 32 px, for what is small."""
    FEATURES = LOOKS * (VALUES + 2) + FINE_LOOKS * (FINE_VALUES + 2)
    _MARKS = 40

    def __init__(self) -> None:
        super().__init__()
        self.at64 = _Layer(12, 48, stride=2)
        self.at32 = nn.Sequential(_Layer(48, 96, stride=2), _Layer(96, 96, residual=True))
        self.at16 = nn.Sequential(_Layer(96, 128, stride=2), _Layer(128, 128, residual=True))
        self.at8 = nn.Sequential(
            _Layer(128, 128, stride=2), _Layer(128, 128, residual=True, kernel=1)
        )
        self.both = _Layer(128, 128)
        self.looks = _Looks(128, self.LOOKS, self.VALUES, side=16)
        self.fine_looks = _Looks(96, self.FINE_LOOKS, self.FINE_VALUES, side=32)
        self.norm = nn.BatchNorm1d(self.FEATURES)
        self.norm.num_batches_tracked = None
        nn.init.constant_(self.norm.weight, 0.25)  # many features: steps of Adam add up
        outputs = sum(_OUTPUTS.values())
        self.read = nn.Linear(self.FEATURES, outputs)
        self.reread = nn.Sequential(
            nn.Linear(self.FEATURES, 96), nn.LeakyReLU(0.2), nn.Linear(96, outputs)
        )
        self.sideways = nn.ModuleList(
            nn.Conv2d(channels, self._MARKS, 1) for channels in (48, 96, 128, 128)
        )
        self.mark = nn.Sequential(
            _Layer(self._MARKS, self._MARKS), nn.Conv2d(self._MARKS, len(Region), 1)
        )
        n = len(COLOURS)
        self.correct = nn.Sequential(
            nn.Linear(self.FEATURES + 4 * n, 32), nn.LeakyReLU(0.2), nn.Linear(32, 3 * n)
        )
        nn.init.zeros_(self.correct[2].weight)  # type: ignore[arg-type]

    def forward(self, rgb: Tensor) -> Seen:
        x = F.pixel_unshuffle(rgb * 2 - 1, 2).contiguous(memory_format=torch.channels_last)
        levels = [self.at64(x)]
        for stage in (self.at32, self.at16, self.at8):
            levels.append(stage(levels[-1]))
        features = self._features(levels)
        regions = self._marks(levels)
        with torch.autocast(rgb.device.type, enabled=False):  # colours are finer than 8 bits
            features = features.float()
            colours, areas = self._colours(rgb.float(), regions.float(), features)
            read = self.read(features) + self.reread(features)
            parts = read.split(list(_OUTPUTS.values()), 1)
        found = dict(zip(_OUTPUTS, parts, strict=True))
        return Seen(
            groups={group: found[group] for group in VOCABULARY},
            accessories=found["accessories"], sides=found["sides"],
            numbers=found["numbers"], spreads=found["spreads"].clamp(-5, 1),
            placement=found["placement"],
            mirrored=found["mirrored"][:, 0], present=found["present"][:, 0],
            regions=regions.float(), colours=colours, areas=areas,
        )  # fmt: skip

    def _features(self, levels: list[Tensor]) -> Tensor:
        _, at32, at16, at8 = levels
        x = self.both(at16 + F.interpolate(at8, scale_factor=2, mode="nearest"))
        return self.norm(torch.cat([self.looks(x), self.fine_looks(at32)], 1))

    def _marks(self, levels: list[Tensor]) -> Tensor:
        """From coarse to fine, as in a feature pyramid (Lin et al., arXiv 1612.03144)."""
        y = self.sideways[3](levels[3])
        for level, sideways in zip(
            levels[2::-1], (self.sideways[i] for i in (2, 1, 0)), strict=True
        ):
            y = F.interpolate(y, scale_factor=2, mode="nearest") + sideways(level)
        return self.mark(y)

    def _colours(self, rgb: Tensor, regions: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        places = sampled(rgb).flatten(2)  # (B, 3, CELLS ** 2)
        n = len(COLOURS)
        # Cubed: pixels that the network is unsure of lie on borders, and borders are mixtures.
        shares = regions.softmax(1)[:, :n].flatten(2) ** 3
        total = shares.sum(2)
        mean = (shares @ places.mT + 0.5) / (total[..., None] + 1)  # (B, n, 3), grey where nothing
        areas = total / CELLS**2
        known = torch.cat([features, mean.flatten(1), areas.sqrt()], 1)
        return mean + self.correct(known).unflatten(1, (n, 3)), areas


def sampled(picture: Tensor) -> Tensor:
    """The pixels of a (B, C, 256, 256) picture that are marked: (B, C, CELLS, CELLS)."""
    return picture[:, :, CELL // 2 :: CELL, CELL // 2 :: CELL]
