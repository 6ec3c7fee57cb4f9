"""What chibi wear, looked up where their bodies stand.

A chibi's body is drawn alike on every figure of an outfit and a presentation, arms apart; it grows
from the neck with age, and nothing else moves it. Every such pair has maps here as fine as the
generator's last features. A bust's clothes are large, and learned well without.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.art.canvas import SIDE
from generator.art.frame import CHIBI_GROWTH, CHIBI_NECK, CX
from generator.models.conditions import SLICES
from generator.models.layers import summed
from generator.spec import VOCABULARY

CELLS = 128
CHANNELS = 4
_ROWS, _COLUMNS = slice(74, 128), slice(34, 94)
"""The cells of the canvas where chibi bodies stand."""
_MIDDLE, _HALF_WIDTH, _HALF_HEIGHT = 203.0, 50.0, 48.0
"""The part of body space that maps cover; a number for every two units."""
_GAIN = 8.0
"""As of strands: what maps are taken times, to be as large as the features that they join."""


class Clothes(nn.Module):
    """Attributes -> what the maps of a chibi's outfit and presentation say, at 128 px."""

    def __init__(self) -> None:
        super().__init__()
        pairs = len(VOCABULARY["outfit"]) * len(VOCABULARY["presentation"])
        size = int(_HALF_HEIGHT), int(_HALF_WIDTH)
        # Bodies begin as the trunk paints them.
        self.maps = nn.Parameter(torch.zeros(pairs, CHANNELS, *size))
        growth = torch.tensor([CHIBI_GROWTH[age] for age in VOCABULARY["age"]], device="cpu")
        self.growth: Tensor
        self.register_buffer("growth", growth, persistent=False)

    def forward(self, attributes: Tensor) -> Tensor:
        """
        Args:
            attributes: As in `Conditions`.

        Returns:
            (B, CHANNELS, 128, 128).
        """
        outfit, presentation, age = (
            attributes[:, SLICES[group]] for group in ("outfit", "presentation", "age")
        )
        chibi = attributes[:, SLICES["style"].start + VOCABULARY["style"].index("chibi")]
        pairs = (outfit[:, :, None] * presentation[:, None]).flatten(1) * chibi[:, None]
        maps = summed(self.maps, pairs)
        found = F.grid_sample(maps.float(), self._grid(age), align_corners=False)
        around = (_COLUMNS.start, CELLS - _COLUMNS.stop, _ROWS.start, CELLS - _ROWS.stop)
        return _GAIN * F.pad(found, around)

    def _grid(self, age: Tensor) -> Tensor:
        """Where in the maps the cells lie: (B, rows, columns, 2)."""
        size = (age @ self.growth)[:, None]  # (B, 1)
        x, y = (
            (torch.arange(part.start, part.stop, device=age.device) + 0.5) * (SIDE / CELLS)
            for part in (_COLUMNS, _ROWS)
        )
        across = (x - CX) / (size * _HALF_WIDTH)
        down = ((y - CHIBI_NECK) / size + CHIBI_NECK - _MIDDLE) / _HALF_HEIGHT
        shape = len(age), len(y), len(x)
        return torch.stack([across[:, None].expand(shape), down[:, :, None].expand(shape)], -1)
