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
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.art.anchors import ANCHORS
from generator.models.layers import Block, Tables, cat_channels

CELLS = 128
ROWS, COLUMNS = slice(28, 104), slice(24, 104)
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
_SIGN = ("style",)
"""A sign's window is seen on faces that show it, and what is in it is always the same."""
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
    "sparkle": _Maps(_SIGN, 3, 24, 24, sliders=False),
    "sparkles": _Maps(_SIGN, 3, 40, 28, shared="sparkle", sliders=False),
    "hearts": _Maps(_SIGN, 3, 56, 44, shared="sparkle", sliders=False),
    "vein": _Maps(_SIGN, 3, 36, 36, shared="sparkle", sliders=False),
    "sweat": _Maps(_SIGN, 3, 24, 20, shared="sparkle", sliders=False),
    "gloom": _Maps(_SIGN, 2, 48, 100, sliders=False),
}


def _channels() -> dict[str, slice]:
    """Which of the channels that are looked up each window's maps are added into."""
    channels: dict[str, slice] = {}
    begun = 0
    for name, maps in _MAPS.items():
        if maps.shared:
            channels[name] = channels[maps.shared]
        else:
            channels[name] = slice(begun, begun + maps.channels)
            begun += maps.channels
    return channels


_CHANNELS = _channels()
_LOOKED_UP = max(s.stop for s in _CHANNELS.values())


class CloseUp(nn.Module):
    """The trunk's features and what windows hold -> channels beside them."""

    def __init__(self, trunk: int, width: int, style: int) -> None:
        super().__init__()
        self.tables = nn.ModuleDict({name: _tables(maps) for name, maps in _MAPS.items()})
        self.blocks = nn.ModuleList(
            [Block(trunk + _LOOKED_UP * _PHASES**2, width, style), Block(width, width, style)]
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
        found = across.new_zeros(len(anchors), _LOOKED_UP, len(down), len(across))
        for name, affine, region in zip(ANCHORS, anchors.unbind(1), _regions(anchors), strict=True):
            if region is None:
                continue
            rows, columns = region
            maps = self.tables[name](attributes, sliders)
            along_x, along_y, start = affine[:, None, None].unbind(-1)  # (B, 1, 1, 2) each
            grid = along_x * across[columns] + (along_y * down[rows] + start)
            seen = F.grid_sample(maps.float(), grid, align_corners=False)
            found[:, _CHANNELS[name], rows, columns] += seen
        windows = F.pixel_unshuffle(found, _PHASES)
        x = cat_channels([_QUIET * trunk, windows.to(trunk.dtype)])
        for block in self.blocks:
            x = block(x, w)
        return x * _fade(x)

    @staticmethod
    def cut(trunk: Tensor) -> Tensor:
        """(B, C, 128, 128) -> the rectangle where faces are."""
        return trunk[:, :, ROWS, COLUMNS]


_Region = tuple[slice, slice]


def _regions(anchors: Tensor) -> list[_Region | None]:
    """The rectangle's pixels (rows, columns) that each window covers on any of the figures.

    To draw, nothing else is looked up; what a face lacks has its window beside the canvas, and is
    left out. Where something learns, every window is looked for everywhere.
    """
    height, width = (_PHASES * (s.stop - s.start) for s in (ROWS, COLUMNS))
    if torch.is_grad_enabled():
        return [(slice(0, height), slice(0, width))] * len(ANCHORS)
    # Corners of the windows on the canvas; a map is felt half a pixel of its own beyond its border.
    turn, start = anchors[..., :2], anchors[..., 2:]
    reach = _reaches(anchors.device)  # (windows, 2, 4)
    there = torch.linalg.inv_ex(turn)[0] @ (reach - start)  # (B, windows, 2, 4)
    pixels = (there + 1) * (_PHASES * CELLS / 2)
    begins = torch.tensor([COLUMNS.start, ROWS.start], device=anchors.device)[:, None] * _PHASES
    first = (pixels - begins).amin((0, 3)).floor().nan_to_num(0)
    last = (pixels - begins).amax((0, 3)).ceil().nan_to_num(max(height, width))
    regions: list[_Region | None] = []
    for (left, top), (right, bottom) in zip(first.tolist(), last.tolist(), strict=True):
        rows = slice(int(min(max(top, 0), height)), int(min(max(bottom, 0), height)))
        columns = slice(int(min(max(left, 0), width)), int(min(max(right, 0), width)))
        empty = rows.start == rows.stop or columns.start == columns.stop
        regions.append(None if empty else (rows, columns))
    return regions


@cache
def _reaches(device: torch.device) -> Tensor:
    """Corners of each window's maps, x first, as far as they are felt: (windows, 2, 4)."""
    corners = torch.tensor([[-1.0, 1.0, -1.0, 1.0], [-1.0, -1.0, 1.0, 1.0]])
    felt = [[1 + 1 / _MAPS[name].width, 1 + 1 / _MAPS[name].height] for name in ANCHORS]
    return (torch.tensor(felt)[..., None] * corners).to(device)


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
