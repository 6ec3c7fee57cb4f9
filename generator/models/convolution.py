"""A 3 x 3 convolution whose weights' gradient is taken by Winograd's minimal filtering.

In float32 on a processor, the library takes up to seven times as long for the weights' gradient as
for the forward pass. F(3 x 3, 4 x 4) of Lavin and Gray, arXiv 1509.09308, needs a quarter of the
multiplications. On one thread with AVX2 and batches of 8, gradients of the avatar generator's
layers took 19 to 425 ms before and 8 to 117 ms since, a whole training step 4.0 and 2.7 s (medians
of twelve, in turns). The forward pass and the inputs' gradient stay with the library: transforming
them by tensor operations costs about what it saves.
"""

from __future__ import annotations

from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from generator.halves import has_fast_bf16

M = TypeVar("M", bound=nn.Module)

_TILE = 4
_CACHED = 3 << 20
"""Bytes of transformed tiles at a time: what a core's share of the last cache holds."""
_INPUT = (
    (4, 0, -5, 0, 1, 0),
    (0, -4, -4, 1, 1, 0),
    (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0),
    (0, 2, -1, -2, 1, 0),
    (0, 4, 0, -5, 0, 1),
)
_OUTPUT = ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1))
_FILTER = (
    (1 / 4, 0, 0),
    (-1 / 6, -1 / 6, -1 / 6),
    (-1 / 6, 1 / 6, -1 / 6),
    (1 / 24, 1 / 12, 1 / 6),
    (1 / 24, -1 / 12, 1 / 6),
    (0, 0, 1),
)
"""The transforms B^T, A^T and G of the paper's F(4 x 4, 3 x 3), for one dimension."""


def _both(matrix: tuple[tuple[float, ...], ...]) -> Tensor:
    """A transform of rows and columns at once, as one matrix on flattened squares."""
    one = torch.tensor(matrix, dtype=torch.float64)
    return torch.kron(one, one).float()


_B, _A, _G = _both(_INPUT), _both(_OUTPUT).T.contiguous(), _both(_FILTER).T.contiguous()


def weight_gradient(x: Tensor, grad: Tensor) -> Tensor:
    """The gradient of a 3 x 3 convolution (stride 1, padding 1) for its weights.

    Args:
        x: (B, I, H, W) float32, what went in; H and W are multiples of 4.
        grad: (B, O, H, W), the gradient of what came out.

    Returns:
        (O, I, 3, 3), equal to the library's but for rounding (about 1e-5 of its deviation).
    """
    b, i, h, w = x.shape
    o = grad.shape[1]
    rows, columns = h // _TILE, w // _TILE
    padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    sb, sy, sx, _ = padded.stride()
    # Overlapping 6 x 6 squares of the input and the 4 x 4 squares of the output that they make.
    seen = padded.as_strided((6, 6, b, rows, columns, i), (sy, sx, sb, _TILE * sy, _TILE * sx, 1))
    made = grad.permute(0, 2, 3, 1).contiguous().view(b, rows, _TILE, columns, _TILE, o)
    total = x.new_zeros(36, i, o)
    step = max(1, _CACHED // (36 * 4 * i * columns * b))
    for row in range(0, rows, step):
        tiles = (_B @ seen[:, :, :, row : row + step].reshape(36, -1)).view(36, -1, i)
        part = made[:, row : row + step].permute(2, 4, 0, 1, 3, 5).reshape(16, -1)
        total.baddbmm_(tiles.mT, (_A @ part).view(36, -1, o))
    return (_G @ total.flatten(1)).view(3, 3, i, o).permute(3, 2, 0, 1)


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight, bias, padding=1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        for_x, for_weight, for_bias = ctx.needs_input_grad
        turned = weight.flip(2, 3).transpose(0, 1)
        return (
            F.conv2d(grad, _rows_of_channels(turned), padding=1) if for_x else None,
            _rows_of_channels(weight_gradient(x, grad)) if for_weight else None,
            grad.sum((0, 2, 3)) if for_bias else None,
        )


def channels_last(network: M) -> M:
    """Kernels as rows of channels instead of planes: a quarter faster on CPUs.

    Kernels alone: `Module.to(memory_format=...)` turns every tensor of four dimensions, and learned
    maps, which are flattened to be added up, would be copied for every figure.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network


class Convolution(nn.Conv2d):
    """`nn.Conv2d`, trained faster if it is 3 x 3, of stride 1, and float32 is what there is.

    Gradients of gradients (R1) are not to be had of it there; discriminators take `nn.Conv2d`.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H', W')."""
        if not (torch.is_grad_enabled() and self.weight.requires_grad and self._suits(x)):
            return super().forward(x)
        convolved: Tensor = _Convolve.apply(x, self.weight, self.bias)
        return convolved

    def _suits(self, x: Tensor) -> bool:
        """Whether tiles cover it, and the library would compute in float32."""
        return (
            self.kernel_size == (3, 3)
            and self.stride == self.padding == self.dilation == (1, 1)
            and self.groups == 1
            and x.device.type == "cpu"
            and x.dtype == torch.float32
            and not torch.is_autocast_enabled("cpu")
            and not has_fast_bf16(x.device)
            and x.shape[2] % _TILE == 0 == x.shape[3] % _TILE
        )


class Pointwise(nn.Conv2d):
    """A 1 x 1 `nn.Conv2d` as the matrix product that it is.

    The library takes its slow path for a single figure, and lays its channels out anew twice.
    """

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__(cin, cout, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, I, H, W) -> (B, O, H, W), in rows of channels."""
        rows = F.linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias)
        return rows.permute(0, 3, 1, 2)


def _rows_of_channels(x: Tensor) -> Tensor:
    return x.contiguous(memory_format=torch.channels_last)
