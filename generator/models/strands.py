"""Hair, looked up where its strands lie.

A fringe, a braid or the ends of long hair are drawn alike on every figure, but length, volume,
turn and tilt move them by several pixels, each part its own way. Every hairstyle and fringe has
maps here as fine as the generator's last features. They are carried to the canvas by the head's
known map and then by a learned flow, which the coarse features of the trunk imply: that is how
templates deform in Shu et al., Deforming Autoencoders (arXiv 1806.06503), with a template a level.

Hair that lies behind the body moves in a way of its own and has a flow and maps of its own. Cuts
that are parted at a side, and a fringe that falls over one eye, are mirrored with that side.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.art.frame import SIDED
from generator.models.conditions import SLICES
from generator.models.convolution import Pointwise
from generator.models.layers import Tables, unit
from generator.spec import VOCABULARY

CELLS = 128
CHANNELS = 8
_HAIR, _FRINGE, _BACK = 3, 3, 2
"""Channels of the maps of a hairstyle's front, of a fringe and of a hairstyle's back."""
_GAIN = 8.0
"""What maps are taken times, to be as large as the features they join, and to learn as fast."""
_REACH = 0.02
"""What the flow is taken times: a first step of its weights moves hair by less than a pixel."""


class Strands(nn.Module):
    """Coarse features -> what the maps of a figure's hair say, at 128 px."""

    def __init__(self, trunk: int) -> None:
        super().__init__()
        self.hair = _tables("hair", channels=_HAIR)
        # Twice: fringes of hair that has no parting, and of hair that is mirrored with its side.
        self.fringe = _tables("fringe", "fringe", channels=_FRINGE)
        self.back = _tables("hair", channels=_BACK)
        self.flow = Pointwise(trunk, 4)
        nn.init.zeros_(self.flow.weight)
        nn.init.zeros_(self.flow.bias)  # type: ignore[arg-type]
        levels = VOCABULARY["hair"]
        sided = torch.tensor([float(level in SIDED) for level in levels], device="cpu")
        self.sided: Tensor
        self.register_buffer("sided", sided, persistent=False)

    def forward(self, coarse: Tensor, attributes: Tensor, grid: Tensor) -> Tensor:
        """
        Args:
            coarse: (B, trunk, 32, 32), on the canvas.
            attributes: As in `Conditions`.
            grid: (B, 128, 128, 2): where in head space the canvas lies.

        Returns:
            (B, CHANNELS, 128, 128).
        """
        flow = _REACH * self.flow(unit(coarse)).float()
        flow = F.interpolate(flow, (CELLS, CELLS), mode="bilinear").permute(0, 2, 3, 1)
        front, back = flow.split(2, -1)
        hair, fringe = attributes[:, SLICES["hair"]], attributes[:, SLICES["fringe"]]
        sided = (hair @ self.sided)[:, None]  # (B, 1)
        first, second = _signs(attributes)[:2]
        over_eye = fringe[:, [VOCABULARY["fringe"].index("over_eye")]]
        parted = torch.where((sided > 0.5) & (second < 0), -1.0, 1.0)
        falls = torch.where((sided <= 0.5) & (over_eye > 0.5) & (first < 0), -1.0, parted)
        fringes = torch.cat([fringe * (1 - sided), fringe * sided], 1)
        found = [
            _sample(self.hair.of(hair), grid, front, parted),
            _sample(self.fringe.of(fringes), grid, front, falls),
            _sample(self.back.of(hair), grid, back, parted),
        ]
        return _GAIN * torch.cat(found, 1)


def _tables(*groups: str, channels: int) -> Tables:
    tables = Tables(groups, channels=channels, height=CELLS, width=CELLS)
    nn.init.zeros_(tables.maps)  # hair begins as the trunk paints it
    return tables


def _signs(attributes: Tensor) -> tuple[Tensor, ...]:
    """The signs of `AvatarSpec.detail`, as (B, 1) in [-1, 1]: between two figures, anything."""
    sides = attributes[:, SLICES["sides"]].unflatten(1, (-1, 2))
    return (sides[..., 1] - sides[..., 0]).split(1, 1)


def _sample(maps: Tensor, grid: Tensor, flow: Tensor, mirror: Tensor) -> Tensor:
    """Maps (B, C, 128, 128) at `grid` + `flow`; x is turned where `mirror` (B, 1) is -1."""
    turn = torch.cat([mirror, torch.ones_like(mirror)], 1)[:, None, None]
    return F.grid_sample(maps.float(), (grid + flow) * turn, align_corners=False)
