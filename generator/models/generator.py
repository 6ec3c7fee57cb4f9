"""The avatar generator: a spec's shape -> masks of palette slots -> a picture.

Seven ideas, the first and the last after measurements of conditioning without:

- *Spatial attribute tables*: every level of every attribute (and every slider) has a learned
  16 x 16 feature map of its own, so a cat ear knows where it is. FiLM (Perez et al., arXiv
  1709.07871) alone does not learn it.
- *Interactions*: and a map for every pair of a level and a number that moves it.
- *Close-up*: eyes, brows, cheeks and mouth are looked at once more, each in a frame of its own
  (`generator.models.closeup`).
- *Strands*: every hairstyle and fringe has maps as fine as the last features, carried by a flow
  (`generator.models.strands`).
- *Clothes*: so has every outfit of a chibi (`generator.models.clothes`).
- *Head space*: heads tilt, turn and shrink (chibi) as a whole. The head's features are made in a
  head at rest and then carried to the canvas by the affine map that the spec implies (a spatial
  transformer, Jaderberg et al., arXiv 1506.02025, whose transform is known instead of learned).
- *Palette head*: the last layer gives, for every pixel, a distribution over the palette's slots.
  The picture is the mixture of their colours: any colour can be asked for, none can be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt, pi

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.art.palette import Slot
from generator.models import clothes, strands
from generator.models.closeup import COLUMNS, ROWS, CloseUp, on_canvas
from generator.models.clothes import Clothes
from generator.models.conditions import ATTRIBUTES, CONTINUOUS, SLICES
from generator.models.convolution import Convolution, Pointwise
from generator.models.layers import (
    SLOPE,
    Block,
    Interactions,
    Tables,
    cat_channels,
    rows_of,
    unit,
)
from generator.models.strands import Strands
from generator.spec import VOCABULARY

NOTHING = len(Slot)
"""The channel of what no slot covers: transparency."""
CHANNELS = 32
"""Every slot, nothing, and one free colour (32 also keeps rows of channels aligned, which triples
the speed of the softmax)."""
_BODY = ("presentation", "age", "outfit")
_WAVES = {16: (1, 2, 4), 32: (1, 2, 4, 8), 64: (2, 4, 8, 16, 32)}
"""Coordinate frequencies by resolution, in half periods over the square."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Widths of the network. The defaults draw a 256 px figure for about 2.3 GMAC."""

    style: int = 256
    """Width of w, the vector that modulates every layer."""
    table: int = 64
    """Channels of a level's 16 x 16 table."""
    moved: int = 12
    """Channels of the 16 x 16 table of a level and a number that moves it."""
    head: int = 224
    """Channels of the head's trunk at 16 and 32 px."""
    body: int = 64
    """Channels of the body's tables and trunk at 16 px."""
    trunk: int = 192
    """Channels at 32 px, where head and body meet."""
    fine: int = 96
    """Channels at 64 px."""
    last: int = 48
    """Channels at 128 px."""
    close: int = 32
    """Channels of the face's close-up at 128 px."""


class Mapping(nn.Module):
    """Attributes and sliders -> w. The first layer holds an embedding per level (summed)."""

    def __init__(self, style: int) -> None:
        super().__init__()
        self.embed = nn.Linear(ATTRIBUTES, 2 * style)
        self.sliders = nn.Linear(CONTINUOUS, 2 * style, bias=False)
        self.mlp = nn.Sequential(
            nn.LeakyReLU(0.2), nn.Linear(2 * style, style), nn.LeakyReLU(0.2),
            nn.Linear(style, style), nn.LeakyReLU(0.2),
        )  # fmt: skip
        nn.init.normal_(self.embed.weight, std=0.5)
        nn.init.normal_(self.sliders.weight, std=0.5)

    def forward(self, attributes: Tensor, sliders: Tensor) -> Tensor:
        return self.mlp(self.embed(attributes) + self.sliders(sliders))


def waves(grid: Tensor) -> Tensor:
    """Fourier features of coordinates: (B, S, S, 2) in [-1, 1] -> (B, 4 * frequencies, S, S).

    Tancik et al., arXiv 2006.10739: without them a network smears what must lie at one place.
    """
    frequencies = torch.tensor(_WAVES[grid.shape[1]], dtype=grid.dtype, device=grid.device)
    angles = (grid[..., None] * (frequencies * (pi / 2))).flatten(-2)  # (B, S, S, 2F)
    return torch.cat([angles.sin(), angles.cos()], -1).permute(0, 3, 1, 2)


class Generator(nn.Module):
    """Conditions -> slot logits at 256 or 512 px."""

    def __init__(self, config: GeneratorConfig = GeneratorConfig()) -> None:
        super().__init__()
        self.config = config
        s = config.style
        n16, n32, n64 = (4 * len(_WAVES[r]) for r in (16, 32, 64))
        self.mapping = Mapping(s)
        groups = (*(g for g in VOCABULARY if g != "outfit"), "accessories", "sides")
        self.head_tables = Tables(groups, channels=config.table, sliders=True)
        self.head_moves = Interactions(channels=config.moved)
        self.head16 = nn.ModuleList(
            [
                Block(config.table + config.moved + n16, config.head, s),
                Block(config.head, config.head, s),
            ]
        )
        self.head32 = nn.ModuleList(
            [Block(config.head + n32, config.head, s), Block(config.head, config.trunk, s)]
        )
        self.body_tables = nn.ModuleList(
            Tables(_BODY, channels=config.body) for _ in VOCABULARY["style"]
        )
        self.body16 = Block(config.body + n16, config.body, s)
        self.join = Block(config.trunk + config.body + 2 * n32, config.trunk, s)
        self.trunk32 = Block(config.trunk, config.trunk, s)
        self.up64 = Pointwise(config.trunk, 4 * config.fine)
        self.trunk64 = nn.ModuleList(
            [
                Block(config.fine + 2 * n64, config.fine, s),
                Block(config.fine, config.fine, s),
            ]
        )
        self.up128 = Pointwise(config.fine, 4 * config.last)
        self.strands = Strands(config.trunk)
        self.clothes = Clothes()
        joined = config.last + strands.CHANNELS + clothes.CHANNELS
        self.trunk128 = Convolution(joined, config.last, 3, padding=1)
        self.closeup = CloseUp(config.last, config.close, s)
        self.palette = Pointwise(config.last + config.close, 4 * CHANNELS)
        self.sharpen = Convolution(config.last, config.last, 3, padding=1)
        self.palette512 = Pointwise(config.last + config.close, 16 * CHANNELS)
        self.free_colour = nn.Parameter(torch.full((3,), 0.5))

    def forward(
        self, attributes: Tensor, sliders: Tensor, pose: Tensor, anchors: Tensor, size: int = 256
    ) -> Tensor:
        """The tensors of `Conditions` -> logits (B, 128, 128, f * f, CHANNELS) in f x f cells.

        f is 2 at 256 px and 4 at 512 px; pixel (f y + i, f x + j) is entry f i + j of cell (y, x).
        `unshuffled` gives (B, CHANNELS, size, size); losses need not pay for that.
        """
        w = self.mapping(attributes, sliders)
        trunk = self.trunk(attributes, sliders, pose, w)
        close = self.closeup(self.closeup.cut(trunk), attributes, sliders, anchors, w)
        head = self.palette512 if size == 512 else self.palette
        x = self._sharpened(trunk) if size == 512 else trunk
        # As of `features`, but the channels of the close-up are nothing outside its rectangle.
        parts = head.weight.flatten(1).split([self.config.last, self.config.close], 1)
        logits = F.linear(x.permute(0, 2, 3, 1), parts[0], head.bias)
        logits[:, ROWS, COLUMNS] += F.linear(close.permute(0, 2, 3, 1), parts[1])
        return logits.unflatten(-1, (-1, CHANNELS))

    def masks256(self, features: Tensor) -> Tensor:
        """The masks of a window on `features`: (B, C, H, W) -> (B, H, W, 4, CHANNELS)."""
        return self.palette(features).permute(0, 2, 3, 1).unflatten(-1, (4, CHANNELS))

    def cells(self, features: Tensor, index: Tensor, size: int = 256) -> Tensor:
        """The masks of some cells only: (N,) int64 into (B, 128, 128) -> (N, f * f, CHANNELS)."""
        head = self.palette512 if size == 512 else self.palette
        trunk, close = features.split([self.config.last, self.config.close], 1)
        x = cat_channels([self._sharpened(trunk), close]) if size == 512 else features
        chosen = x.permute(0, 2, 3, 1).flatten(0, 2)[index]
        return F.linear(chosen, head.weight.flatten(1), head.bias).unflatten(-1, (-1, CHANNELS))

    def _sharpened(self, trunk: Tensor) -> Tensor:
        """Super-resolution by two, of what masks are made of, not of pixels: edges stay edges."""
        return F.leaky_relu(self.sharpen(rows_of(trunk)), SLOPE).add_(trunk)

    def start_512(self) -> None:
        """Begin the 512 px head as the 256 px head with every pixel doubled."""
        nn.init.zeros_(self.sharpen.weight)
        nn.init.zeros_(self.sharpen.bias)  # type: ignore[arg-type]
        doubled = [2 * (i // 2) + j // 2 for i in range(4) for j in range(4)]
        with torch.no_grad():
            for mine, theirs in (
                (self.palette512.weight, self.palette.weight),
                (self.palette512.bias, self.palette.bias),
            ):
                assert mine is not None
                assert theirs is not None
                cells = theirs.unflatten(0, (4, CHANNELS))[doubled]
                mine.copy_(cells.flatten(0, 1))

    def features(
        self, attributes: Tensor, sliders: Tensor, pose: Tensor, anchors: Tensor
    ) -> Tensor:
        """What both heads read: (B, last + close, 128, 128)."""
        w = self.mapping(attributes, sliders)
        trunk = self.trunk(attributes, sliders, pose, w)
        close = self.closeup(self.closeup.cut(trunk), attributes, sliders, anchors, w)
        return cat_channels([trunk, on_canvas(close)])

    def trunk(self, attributes: Tensor, sliders: Tensor, pose: Tensor, w: Tensor) -> Tensor:
        """The whole figure, before the face is looked at closely: (B, last, 128, 128)."""
        rest = {r: _grid(len(pose), r, w.device) for r in (16, 32, 64)}
        tables = self.head_tables(attributes, sliders), self.head_moves(attributes, sliders)
        x = cat_channels([*tables, waves(rest[16])])
        for block in self.head16:
            x = block(x, w)
        x = cat_channels([_double(unit(x)), waves(rest[32]).to(x.dtype)])
        for block in self.head32:
            x = block(x, w)

        posed = {r: _posed_grid(pose, r) for r in (32, 64, 128)}
        head = F.grid_sample(x.float(), posed[32], padding_mode="border", align_corners=False)
        styles = attributes[:, SLICES["style"]]  # (B, 2)
        body = sum(
            share[:, None, None, None] * maps(attributes, sliders)
            for share, maps in zip(styles.unbind(1), self.body_tables, strict=True)
        )
        body = self.body16(cat_channels([body, waves(rest[16])]), w)
        parts = [unit(head), _double(unit(body)), waves(posed[32]), waves(rest[32])]
        x = self.join(cat_channels([p.to(x.dtype) for p in parts]), w)
        x = self.trunk32(x, w)
        hair = self.strands(x, attributes, posed[128])
        above = F.pixel_shuffle(unit(self.up64(x)), 2)
        parts = [above, waves(posed[64]), waves(rest[64])]
        x = cat_channels([p.to(x.dtype) for p in parts])
        for block in self.trunk64:
            x = block(x, w)
        x = F.pixel_shuffle(self.up128(x), 2)
        x = cat_channels([x, hair.to(x.dtype), self.clothes(attributes).to(x.dtype)])
        return F.leaky_relu(self.trunk128(x), SLOPE)

    def colours(self, palettes: Tensor) -> Tensor:
        """(B, len(Slot), 3) colours of the slots -> (B, CHANNELS, 4), opaque but for nothing."""
        b = len(palettes)
        nothing = palettes.new_zeros(b, 1, 4)
        solid = torch.cat([palettes, palettes.new_ones(b, len(Slot), 1)], -1)
        free = F.pad(self.free_colour.sigmoid(), (0, 1), value=1.0).expand(b, 1, 4)
        return torch.cat([solid, nothing, free], 1)


def unshuffled(cells: Tensor) -> Tensor:
    """(B, H, W, f * f, C) values of f x f cells -> (B, C, f H, f W)."""
    b, h, w, area, c = cells.shape
    f = isqrt(area)
    split = cells.view(b, h, w, f, f, c)
    return split.permute(0, 5, 1, 3, 2, 4).reshape(b, c, f * h, f * w)


def paint(masks: Tensor, colours: Tensor) -> Tensor:
    """Masks times colours.

    Args:
        masks: (B, H, W, f * f, CHANNELS) shares that sum to 1.
        colours: (B, CHANNELS, 4) as `Generator.colours` gives.

    Returns:
        (B, 4, f H, f W) premultiplied RGBA in [0, 1].
    """
    b, h, w, area, c = masks.shape
    flat = masks.reshape(b, h * w * area, c) @ colours.to(masks.dtype)
    return unshuffled(flat.view(b, h, w, area, 4))


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


def _grid(batch: int, size: int, device: torch.device) -> Tensor:
    """Pixel centres of a size x size square in [-1, 1]: (B, size, size, 2), x first."""
    line = (torch.arange(size, device=device, dtype=torch.float32) + 0.5) * (2 / size) - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x, y], -1).expand(batch, size, size, 2)


def _posed_grid(pose: Tensor, size: int) -> Tensor:
    """Where in head space every canvas pixel lies: (B, size, size, 2)."""
    return F.affine_grid(pose, [len(pose), 1, size, size], align_corners=False)
