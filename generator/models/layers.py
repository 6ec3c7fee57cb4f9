"""What the avatar generator is made of: modulated convolutions, and maps that levels have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from generator.models.conditions import ATTRIBUTES, CONTINUOUS, SLICES, interactions
from generator.models.convolution import Convolution

SLOPE = 0.2
"""Of every LeakyReLU."""


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
        y = F.leaky_relu_(y, SLOPE)
        ctx.save_for_backward(x, scale, norm, y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, scale, norm, y = ctx.saved_tensors
        g = torch.ops.aten.leaky_relu_backward(grad, y, SLOPE, self_is_result=True)
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
    """One learned (C, H, W) map per attribute level, summed over what a figure has.

    With `sliders`, one map per slider too, times the slider's value.
    """

    def __init__(
        self, groups: tuple[str, ...], *, channels: int, height: int = 16, width: int = 16,
        sliders: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.columns: Tensor
        columns = [i for g in groups for i in range(SLICES[g].start, SLICES[g].stop)]
        if sliders:
            columns += range(ATTRIBUTES, ATTRIBUTES + CONTINUOUS)
        self.register_buffer("columns", torch.tensor(columns, device="cpu"), persistent=False)
        self.maps = nn.Parameter(torch.randn(len(columns), channels, height, width) * 0.1)

    def forward(self, attributes: Tensor, sliders: Tensor) -> Tensor:
        return self.of(torch.cat([attributes, sliders], 1)[:, self.columns])

    def of(self, shares: Tensor) -> Tensor:
        """(B, levels) of each level -> (B, C, H, W)."""
        return summed(self.maps, shares)


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
        return summed(self.maps, moved)


def summed(maps: Tensor, shares: Tensor) -> Tensor:
    """The sum of maps (N, C, H, W), each times its share (B, N) -> (B, C, H, W).

    A figure has few of all levels. To draw it only their maps are read; where something learns, one
    matrix product has the faster gradient.
    """
    rows = maps.flatten(1)
    if torch.is_grad_enabled() or maps.device.type != "cpu":
        added = shares @ rows
    else:
        which, level = shares.nonzero(as_tuple=True)
        starts = torch.searchsorted(which, torch.arange(len(shares)))
        weight = shares[which, level].to(rows.dtype)
        added = F.embedding_bag(level, rows, starts, mode="sum", per_sample_weights=weight)
    return added.unflatten(1, maps.shape[1:])


def unit(x: Tensor) -> Tensor:
    """Unit RMS over space and channels, figure by figure.

    For features that are joined with coordinates or maps, which are of that size. What a
    convolution gives can be some hundred times as large, and the others are then never heard.
    """
    power = x.float().square().mean((1, 2, 3), keepdim=True)
    return x * torch.rsqrt(power + 1e-6).to(x.dtype)


def rows_of(x: Tensor) -> Tensor:
    """The same numbers with the channels of a pixel side by side, as kernels want them."""
    return x.contiguous(memory_format=torch.channels_last)


def cat_channels(parts: Sequence[Tensor]) -> Tensor:
    """All channels, in rows: most parts lie so already, and all would be copied at the end."""
    return torch.cat([rows_of(p) for p in parts], 1)
