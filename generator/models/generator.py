"""The avatar generator: a spec's shape -> masks of palette slots -> a picture.

Five ideas, the first and the last after measurements of conditioning without:

- *Spatial attribute tables*: every level of every attribute (and every slider) has a learned
  16 x 16 feature map of its own, so a cat ear knows where it is. FiLM (Perez et al., arXiv
  1709.07871) alone does not learn it.
- *Details*: and a finer one, 64 x 64, of a few channels: where a braid's strands or freckles lie.
- *Interactions*: and a map for every pair of a level and a number that moves it.
- *Head space*: heads tilt, turn and shrink (chibi) as a whole. The head's features are made in a
  head at rest and then carried to the canvas by the affine map that the spec implies (a spatial
  transformer, Jaderberg et al., arXiv 1506.02025, whose transform is known instead of learned).
- *Palette head*: the last layer gives, for every pixel, a distribution over the palette's slots.
  The picture is the mixture of their colours: any colour can be asked for, none can be missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt, pi
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from generator.art.palette import Slot
from generator.models.conditions import ATTRIBUTES, CONTINUOUS, SLICES, interactions
from generator.models.convolution import Convolution, Pointwise
from generator.spec import VOCABULARY

NOTHING = len(Slot)
"""The channel of what no slot covers: transparency."""
CHANNELS = 32
"""Every slot, nothing, and one free colour (32 also keeps rows of channels aligned, which triples
the speed of the softmax)."""
_BODY = ("presentation", "age", "outfit")
_SLOPE = 0.2
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
    detail: int = 8
    """Channels of a level's 64 x 64 table."""
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


class _Modulate(torch.autograd.Function):
    """Unit RMS over space and channels, scale, shift, LeakyReLU, with as few passes as it takes.

    Left to autograd, the parts take a third of a training step.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
        # Summed in the order of memory, which is a third faster than dimension by dimension.
        length = torch.linalg.vector_norm(x.permute(0, 2, 3, 1).flatten(1), dim=1)[:, None]
        power = length.float()[..., None, None].square() / x[0].numel()
        norm = torch.rsqrt(power + 1e-6)  # (B, 1, 1, 1); scale, shift: (B, C, 1, 1)
        y = torch.addcmul(shift.to(x.dtype), x, (norm * (1 + scale)).to(x.dtype))
        y = F.leaky_relu_(y, _SLOPE)
        ctx.save_for_backward(x, scale, norm, y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, scale, norm, y = ctx.saved_tensors
        g = torch.ops.aten.leaky_relu_backward(grad, y, _SLOPE, self_is_result=True)
        along_x = (g * x).sum((2, 3), keepdim=True).float()
        shift = g.sum((2, 3), keepdim=True)
        # d norm / d x = -norm^3 x / N
        inward = (along_x * (1 + scale)).sum(1, keepdim=True) * norm**3 / x[0].numel()
        g.mul_((norm * (1 + scale)).to(g.dtype)).addcmul_(x, -inward.to(g.dtype))
        return g, (along_x * norm).to(scale.dtype), shift.to(scale.dtype)


class Film(nn.Module):
    """Unit RMS over space and channels, scale and shift by w, LeakyReLU; no batch statistics."""

    def __init__(self, channels: int, style: int) -> None:
        super().__init__()
        self.affine = nn.Linear(style, 2 * channels)
        nn.init.zeros_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        scale, shift = self.affine(w).float()[:, :, None, None].chunk(2, 1)  # (B, C, 1, 1) each
        modulated: Tensor = _Modulate.apply(x, scale, shift)
        return modulated


class Block(nn.Module):
    """conv 3x3, FiLM, LeakyReLU, with a residual path when the widths allow."""

    def __init__(self, cin: int, cout: int, style: int) -> None:
        super().__init__()
        self.conv = Convolution(cin, cout, 3, padding=1)
        self.film = Film(cout, style)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        y = self.film(self.conv(x), w)
        return (x + y).mul_(0.7071) if x.shape == y.shape else y


class Tables(nn.Module):
    """One learned (C, S, S) map per attribute level, summed over what a figure has.

    With `sliders`, one map per slider too, times the slider's value.
    """

    def __init__(
        self, groups: tuple[str, ...], *, channels: int, size: int = 16, sliders: bool = False
    ) -> None:
        super().__init__()
        self.columns: Tensor
        columns = [i for g in groups for i in range(SLICES[g].start, SLICES[g].stop)]
        if sliders:
            columns += range(ATTRIBUTES, ATTRIBUTES + CONTINUOUS)
        self.register_buffer("columns", torch.tensor(columns, device="cpu"), persistent=False)
        self.maps = nn.Parameter(torch.randn(len(columns), channels, size, size) * 0.1)

    def forward(self, attributes: Tensor, sliders: Tensor) -> Tensor:
        chosen = torch.cat([attributes, sliders], 1)[:, self.columns]
        return (chosen @ self.maps.flatten(1)).unflatten(1, self.maps.shape[1:])


class Interactions(nn.Module):
    """One learned (C, S, S) map per pair of a level and a number that moves its lines.

    Summed, times the number, over the levels that a figure has: how each hairstyle changes with
    length, volume or turn, to the first order. Tables that are only added cannot say it, and FiLM
    has too few channels to say it for every level.
    """

    def __init__(self, *, channels: int, size: int = 16) -> None:
        super().__init__()
        self.columns: Tensor
        pairs = torch.tensor(interactions(), device="cpu")
        self.register_buffer("columns", pairs, persistent=False)
        self.maps = nn.Parameter(torch.zeros(len(pairs), channels, size, size))

    def forward(self, attributes: Tensor, sliders: Tensor) -> Tensor:
        moved = torch.cat([attributes, sliders], 1)[:, self.columns].prod(-1)  # (B, pairs)
        return (moved @ self.maps.flatten(1)).unflatten(1, self.maps.shape[1:])


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
        self.details = Tables(groups, channels=config.detail, size=64, sliders=True)
        self.trunk64 = nn.ModuleList(
            [
                Block(config.fine + 2 * n64 + config.detail, config.fine, s),
                Block(config.fine, config.fine, s),
            ]
        )
        self.up128 = Pointwise(config.fine, 4 * config.last)
        self.trunk128 = Convolution(config.last, config.last, 3, padding=1)
        self.palette = Pointwise(config.last, 4 * CHANNELS)
        self.sharpen = Convolution(config.last, config.last, 3, padding=1)
        self.palette512 = Pointwise(config.last, 16 * CHANNELS)
        self.free_colour = nn.Parameter(torch.full((3,), 0.5))

    def forward(self, attributes: Tensor, sliders: Tensor, pose: Tensor, size: int = 256) -> Tensor:
        """The tensors of `Conditions` -> logits (B, 128, 128, f * f, CHANNELS) in f x f cells.

        f is 2 at 256 px and 4 at 512 px; pixel (f y + i, f x + j) is entry f i + j of cell (y, x).
        `unshuffled` gives (B, CHANNELS, size, size); losses need not pay for that.
        """
        features = self.features(attributes, sliders, pose)
        return self.masks512(features) if size == 512 else self.masks256(features)

    def masks256(self, features: Tensor) -> Tensor:
        return self.palette(features).permute(0, 2, 3, 1).unflatten(-1, (4, CHANNELS))

    def masks512(self, features: Tensor) -> Tensor:
        """Super-resolution by two, of masks instead of pixels: edges stay edges."""
        x = self._sharpened(features)
        return self.palette512(x).permute(0, 2, 3, 1).unflatten(-1, (16, CHANNELS))

    def cells(self, features: Tensor, index: Tensor, size: int = 256) -> Tensor:
        """The masks of some cells only: (N,) int64 into (B, 128, 128) -> (N, f * f, CHANNELS)."""
        head = self.palette512 if size == 512 else self.palette
        x = self._sharpened(features) if size == 512 else features
        chosen = x.permute(0, 2, 3, 1).flatten(0, 2)[index]
        return F.linear(chosen, head.weight.flatten(1), head.bias).unflatten(-1, (-1, CHANNELS))

    def _sharpened(self, features: Tensor) -> Tensor:
        return features + F.leaky_relu(self.sharpen(features), _SLOPE)

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

    def features(self, attributes: Tensor, sliders: Tensor, pose: Tensor) -> Tensor:
        """What both heads read: (B, last, 128, 128)."""
        w = self.mapping(attributes, sliders)
        rest = {r: _grid(len(pose), r, w.device) for r in (16, 32, 64)}
        tables = self.head_tables(attributes, sliders), self.head_moves(attributes, sliders)
        x = _cat([*tables, waves(rest[16])])
        for block in self.head16:
            x = block(x, w)
        x = _cat([_double(x), waves(rest[32]).to(x.dtype)])
        for block in self.head32:
            x = block(x, w)

        posed = {r: _posed_grid(pose, r) for r in (32, 64)}
        head = F.grid_sample(x.float(), posed[32], padding_mode="border", align_corners=False)
        styles = attributes[:, SLICES["style"]]  # (B, 2)
        body = sum(
            share[:, None, None, None] * maps(attributes, sliders)
            for share, maps in zip(styles.unbind(1), self.body_tables, strict=True)
        )
        body = self.body16(_cat([body, waves(rest[16])]), w)
        parts = [head, _double(body), waves(posed[32]), waves(rest[32])]
        x = self.join(_cat([p.to(x.dtype) for p in parts]), w)
        x = self.trunk32(x, w)
        details = self.details(attributes, sliders)
        details = F.grid_sample(details.float(), posed[64], align_corners=False)
        parts = [F.pixel_shuffle(self.up64(x), 2), waves(posed[64]), waves(rest[64]), details]
        x = _cat([p.to(x.dtype) for p in parts])
        for block in self.trunk64:
            x = block(x, w)
        return F.leaky_relu(self.trunk128(_layout(F.pixel_shuffle(self.up128(x), 2))), 0.2)

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


def _layout(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)


def _cat(parts: Sequence[Tensor]) -> Tensor:
    """All channels, in rows: most parts lie so already, and all would be copied at the end."""
    return torch.cat([_layout(p) for p in parts], 1)


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
