"""The close-up: a face's features, looked at once more where they are and at their size.

A map that belongs to a level says where things lie on the head at rest. Eyes, mouths and what sits
on cheeks move from there by more than a freckle's size, with age, sliders and turn. Here every
level has maps in *windows* that move along (`generator.art.anchors`): in its window an iris, a fang
or a mole is always at the same place. Portrait networks with branches for eyes, nose and mouth do
alike (Yi et al., APDrawingGAN, CVPR 2019); theirs cut out rectangles, ours are affine.

What is found is added as channels beside those of the trunk, in the rectangle of the canvas where
faces are.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.art.anchors import ANCHORS
from generator.models.layers import Block, Tables, cat_channels

CELLS = 128
ROWS, COLUMNS = slice(36, 104), slice(26, 102)
"""The cells of the canvas where windows lie."""
_PHASES = 2
"""Maps are looked up at every pixel of 256, and a cell has as many pixels either way."""
_QUIET = 1 / 20
"""What the trunk's features of faces are taken times, to be as large as what windows hold."""
_BORDER = 3
"""Cells over which a close-up fades at the rectangle's border, or hair shows where it begins."""
_FACE = ("style", "presentation", "age", "expression", "accessories", "sides")


@dataclass(frozen=True)
class _Maps:
    """Groups of levels that have maps in a window, and their channels, height and width.

    A window's pixels are about as many: 1 to 1.5 px of a figure at 256 px each.
    """

    groups: tuple[str, ...]
    channels: int
    height: int
    width: int
    shared: str = ""
    """The window into whose channels these are added, since the two lie side by side."""
    sliders: bool = True
    """Whether numbers have maps, too."""


_WORN = ("accessories",)
_EYE = (*_FACE, "eye_shape", "fringe")
_MAPS = {
    "eye_left": _Maps(_EYE, 4, 40, 40),
    "eye_right": _Maps(_EYE, 4, 40, 40, shared="eye_left"),
    "brow_left": _Maps(_FACE, 2, 28, 32),
    "brow_right": _Maps(_FACE, 2, 28, 32, shared="brow_left"),
    "cheek_left": _Maps(_FACE, 3, 44, 44),
    "cheek_right": _Maps(_FACE, 3, 44, 44),
    "mouth": _Maps((*_FACE, "facial_hair"), 4, 40, 44),
    "jaw": _Maps(("style", "presentation", "age", "facial_hair", "sides"), 2, 48, 96),
    "mole": _Maps(_WORN, 3, 20, 20, sliders=False),
    "cheek_scar": _Maps(_WORN, 3, 22, 34, shared="mole", sliders=False),
    "brow_scar": _Maps(_WORN, 3, 72, 22, shared="mole", sliders=False),
    "fang": _Maps(_WORN, 3, 16, 14, shared="mole", sliders=False),
    "second_fang": _Maps(_WORN, 3, 16, 14, shared="mole", sliders=False),
    "lone_fang": _Maps(_WORN, 3, 16, 14, shared="mole", sliders=False),
    "hairpin": _Maps(_WORN, 2, 44, 44, sliders=False),
    "mask": _Maps(("style", "age", "sides"), 3, 40, 80, shared="mole"),
}


class CloseUp(nn.Module):
    """The trunk's features and what windows hold -> channels beside them."""

    def __init__(self, trunk: int, width: int, style: int) -> None:
        super().__init__()
        self.tables = nn.ModuleDict({name: _tables(maps) for name, maps in _MAPS.items()})
        looked_up = sum(maps.channels for maps in _MAPS.values() if not maps.shared)
        self.blocks = nn.ModuleList(
            [Block(trunk + looked_up * _PHASES**2, width, style), Block(width, width, style)]
        )

    def forward(
        self, trunk: Tensor, attributes: Tensor, sliders: Tensor, anchors: Tensor, w: Tensor
    ) -> Tensor:
        """
        Args:
            trunk: (B, trunk, rows, columns) as `cut` gives it.
            attributes, sliders, anchors: As in `Conditions`.
            w: (B, style) what modulates.

        Returns:
            (B, width, rows, columns).
        """
        across, down = _pixels(trunk.device)
        found: dict[str, Tensor] = {}
        away = _away(anchors) if not torch.is_grad_enabled() else [False] * len(ANCHORS)
        for name, affine, unseen in zip(ANCHORS, anchors.unbind(1), away, strict=True):
            into = _MAPS[name].shared or name
            if unseen:
                channels = _MAPS[name].channels
                empty = across.new_zeros(1, channels, len(down), len(across))
                found.setdefault(into, empty.expand(len(anchors), -1, -1, -1))
                continue
            maps = self.tables[name](attributes, sliders)
            along_x, along_y, start = affine[:, None, None].unbind(-1)  # (B, 1, 1, 2) each
            grid = along_x * across + (along_y * down + start)
            seen = F.grid_sample(maps.float(), grid, align_corners=False)
            found[into] = found[into] + seen if into in found else seen
        windows = F.pixel_unshuffle(torch.cat(list(found.values()), 1), _PHASES)
        x = cat_channels([_QUIET * trunk, windows.to(trunk.dtype)])
        for block in self.blocks:
            x = block(x, w)
        return x * _fade(x)

    @staticmethod
    def cut(trunk: Tensor) -> Tensor:
        """(B, C, 128, 128) -> the rectangle where faces are."""
        return trunk[:, :, ROWS, COLUMNS]


def _away(anchors: Tensor) -> list[bool]:
    """Which windows lie beside the canvas on every figure: what a face lacks is not looked for."""
    across = anchors[:, :, 0].abs()  # (B, windows, 3): x of the window = a x + b y + c
    beside = across[..., 2] > across[..., :2].sum(-1) + 1.5
    gone: list[bool] = beside.all(0).tolist()
    return gone


def _tables(maps: _Maps) -> Tables:
    tables = Tables(
        maps.groups, channels=maps.channels, height=maps.height, width=maps.width,
        sliders=maps.sliders,
    )  # fmt: skip
    nn.init.zeros_(tables.maps)  # a face begins as the trunk paints it
    return tables


def on_canvas(close: Tensor) -> Tensor:
    """The rectangle of `CloseUp` -> (B, C, 128, 128), with nothing around it."""
    around = (COLUMNS.start, CELLS - COLUMNS.stop, ROWS.start, CELLS - ROWS.stop)
    return F.pad(close, around)


def _fade(x: Tensor) -> Tensor:
    """(rows, columns) in (0, 1]: 1 but near the border."""
    rows, columns = (
        ((torch.arange(n, device=x.device) + 0.5).clamp(max=_BORDER) / _BORDER).to(x.dtype)
        for n in x.shape[-2:]
    )
    rows, columns = torch.minimum(rows, rows.flip(0)), torch.minimum(columns, columns.flip(0))
    return torch.outer(rows, columns)


def _pixels(device: torch.device) -> tuple[Tensor, Tensor]:
    """The rectangle's pixels in [-1, 1]: x (columns * 2, 1) and y (rows * 2, 1, 1)."""
    x, y = (
        (torch.arange(_PHASES * s.start, _PHASES * s.stop, device=device) + 0.5)
        * (2 / (_PHASES * CELLS)) - 1
        for s in (COLUMNS, ROWS)
    )  # fmt: skip
    return x[:, None], y[:, None, None]
