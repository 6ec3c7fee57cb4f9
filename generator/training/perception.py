"""How alike a painted picture is to a style, and to what was to be painted.

Features are those of EfficientNet-Lite0 (ImageNet weights) after its first stages, at strides 2, 4,
8 and 16. A style is a distribution of features: means, deviations (Li et al., arXiv 1701.01036) and
sliced Wasserstein distances (Heitz et al., arXiv 2006.07229), for the network's features, for
patches of pixels at three scales, and for colours in Lab. Content is structure: features and local
correlations that do not change with colour or contrast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generator.evaluation.features import Lite0, load_lite0
from generator.models.colourspace import lab
from generator.training.precision import Half

_LAST = {0: 2, 2: 4, 4: 8, 7: 16}
"""Blocks whose output is looked at, and their stride."""
_CONTENT = 2, 3
"""Levels that content is compared on: strides 8 and 16."""
_POINTS, _SLICES = 1024, 32
"""About so many places of a picture are compared, along so many random directions."""
_PATCH = 7
_PATCH_SCALES = 1, 2, 4
_WINDOWS = 1, 2, 4
"""Structure is compared in 7 x 7 windows of the picture at these reductions."""


@dataclass(frozen=True)
class Weights:
    """How much each part of the losses counts."""

    features: float = 1.0
    patches: float = 3.0
    colours: float = 1.0
    content: float = 0.15
    structure: float = 0.2
    face: float = 3.0
    """How much more content and structure count on a face."""
    smoothness: float = 0.05


@dataclass(frozen=True)
class Seen:
    """A batch of pictures and what the network sees in them."""

    rgb: Tensor
    levels: tuple[Tensor, ...]

    def detached(self) -> Seen:
        return Seen(self.rgb.detach(), tuple(level.detach() for level in self.levels))


class Eye:
    """The loss network. Frozen; gradients flow to its input."""

    def __init__(self, half: Half, device: torch.device) -> None:
        self.half = half
        self.network: Lite0 = load_lite0().to(device)

    def __call__(self, rgb: Tensor) -> Seen:
        """(B, 3, H, W) in [0, 1], sides multiples of 16."""
        n = self.network
        levels = []
        with self.half():
            x = ((rgb * 255 - 127) / 128).contiguous(memory_format=torch.channels_last)
            x = F.relu6(n._bn0(n._conv_stem(x)))
            for i, block in enumerate(n._blocks[: max(_LAST) + 1]):
                x = block(x)
                if i in _LAST:
                    levels.append(x)
        return Seen(rgb, tuple(level.float() for level in levels))


def style_loss(painted: Seen, style: Seen, weights: Weights, random: torch.Generator) -> Tensor:
    """Distance of two distributions of strokes and colours; sizes may differ. (B,)"""
    total = torch.zeros(len(painted.rgb), device=painted.rgb.device)
    for mine, theirs in zip(painted.levels, style.levels, strict=True):
        mean, var = _moments(theirs)
        # The layer's deviation, one number a picture, so that all layers count alike.
        scale = (var.mean(1, keepdim=True) + 1e-6).sqrt()
        mine_mean, mine_var = _moments(mine)
        apart = (mine_mean - mean).square() / scale.square()
        wide = ((x / scale.square() + 1e-4).sqrt() for x in (mine_var, var))
        directions = _directions(mine.shape[1], 1, random).to(mine)
        sliced = _sliced(mine, theirs, directions, random) / scale[:, 0].square()
        distance = apart.mean(1) + _squares(*wide) + sliced
        total = total + weights.features / len(painted.levels) * distance
    for factor in _PATCH_SCALES:
        mine, theirs = (_reduced(x, factor) for x in (painted.rgb, style.rgb))
        sliced = _sliced(mine, theirs, _directions(3, _PATCH, random).to(mine), random)
        total = total + weights.patches / len(_PATCH_SCALES) * 8 * sliced
    a, b = (lab(_thinned(x, random)) / 50 for x in (painted.rgb, style.rgb))
    colours = _covariance(a, b) + 4 * _sliced(a, b, _directions(3, 1, random).to(a), random)
    return total + weights.colours * colours


def content_loss(painted: Seen, content: Seen, weights: Weights, importance: Tensor) -> Tensor:
    """How much structure is lost. `importance` (B, 1, H, W) in [0, 1] marks faces. (B,)"""
    total = torch.zeros(len(painted.rgb), device=painted.rgb.device)
    for i in _CONTENT:
        mine, theirs = (F.instance_norm(seen.levels[i]) for seen in (painted, content))
        at = 1 + weights.face * _shrunk(importance, mine)
        apart = (mine - theirs).square().mean(1, keepdim=True) * at
        total = total + weights.content / len(_CONTENT) * apart.mean((1, 2, 3)) / 2
    grey_mine, grey_theirs = (_luma(seen.rgb) for seen in (painted, content))
    for factor in _WINDOWS:
        lost = structure(_reduced(grey_mine, factor), _reduced(grey_theirs, factor))
        at = 1 + weights.face * _shrunk(importance, lost)
        total = total + weights.structure / len(_WINDOWS) * (lost * at).mean((1, 2, 3))
    return total


def smoothness(rgb: Tensor) -> Tensor:
    """Total variation of neighbours' differences: (B,)"""
    down = (rgb[:, :, 1:] - rgb[:, :, :-1]).abs().mean((1, 2, 3))
    right = (rgb[..., 1:] - rgb[..., :-1]).abs().mean((1, 2, 3))
    return down + right


def structure(a: Tensor, b: Tensor, window: int = 7) -> Tensor:
    """What of the second grey picture's structure the first one lacks, in each window.

    1 - correlation, which is the structure term of SSIM (Wang et al., 2004), times the second
    picture's contrast (0.17 where it is flat, 1 where it is not): a plain wall may get strokes.
    (B, 1, H, W) each -> (B, 1, H', W').
    """
    mean_a, mean_b = (F.avg_pool2d(x, window, 2) for x in (a, b))
    var_a = (F.avg_pool2d(a * a, window, 2) - mean_a.square()).clamp_min(0)
    var_b = (F.avg_pool2d(b * b, window, 2) - mean_b.square()).clamp_min(0)
    both = F.avg_pool2d(a * b, window, 2) - mean_a * mean_b
    floor = 4e-4
    lost = 1 - (both + floor) / ((var_a + floor) * (var_b + floor)).sqrt()
    return lost * (var_b + 2e-4) / (var_b + 1.2e-3)


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of each channel, (B, C) each; `torch.var_mean` takes ten times as long."""
    mean = x.mean((2, 3))
    return mean, (x.square().mean((2, 3)) - mean.square()).clamp_min(0)


def _squares(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).square().mean(1)


def _covariance(a: Tensor, b: Tensor) -> Tensor:
    def moments(x: Tensor) -> tuple[Tensor, Tensor]:
        x = x.flatten(2)
        mean = x.mean(2, keepdim=True)
        x = x - mean
        return mean[..., 0], x @ x.transpose(1, 2) / x.shape[2]

    (mean_a, cov_a), (mean_b, cov_b) = moments(a), moments(b)
    return (mean_a - mean_b).square().mean(1) + (cov_a - cov_b).square().mean((1, 2))


def _directions(channels: int, patch: int, random: torch.Generator) -> Tensor:
    """Random unit vectors in the space of patches, as kernels: (slices, channels, patch, patch)."""
    kernels = torch.randn(_SLICES, channels, patch, patch, generator=random)
    return kernels / kernels.flatten(1).norm(dim=1)[:, None, None, None]


def _sliced(a: Tensor, b: Tensor, directions: Tensor, random: torch.Generator) -> Tensor:
    """Sliced 2-Wasserstein distance, squared, of the patches of two batches of pictures. (B,)"""
    mine, theirs = (_sorted(_projected(x, directions, random)) for x in (a, b))
    if mine.shape[2] != theirs.shape[2]:  # quantiles of as many points
        theirs = F.interpolate(theirs, mine.shape[2], mode="linear", align_corners=True)
    return (mine - theirs).square().mean((1, 2))


def _projected(x: Tensor, directions: Tensor, random: torch.Generator) -> Tensor:
    """Projections at about `_POINTS` places, on a grid from a random corner: (B, slices, n)."""
    return F.conv2d(_cornered(x, step := _step(x), random), directions, stride=step).flatten(2)


def _thinned(x: Tensor, random: torch.Generator) -> Tensor:
    """Every second pixel, or fewer of large pictures."""
    step = max(2, _step(x) // 2)
    return _cornered(x, step, random)[:, :, ::step, ::step]


def _step(x: Tensor) -> int:
    return max(1, int((x.shape[2] * x.shape[3] / _POINTS) ** 0.5))


def _cornered(x: Tensor, step: int, random: torch.Generator) -> Tensor:
    top, left = torch.randint(step, (2,), generator=random).tolist()
    return x[:, :, top:, left:]


def _sorted(x: Tensor) -> Tensor:
    """Along the last dimension. On a CPU NumPy sorts many times as fast."""
    if x.device.type != "cpu":
        return x.sort(2).values
    if not x.requires_grad:
        return torch.from_numpy(np.sort(x.numpy(), 2))
    return x.gather(2, torch.from_numpy(np.argsort(x.detach().numpy(), 2)))


def _luma(rgb: Tensor) -> Tensor:
    return (rgb * rgb.new_tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)


def _shrunk(importance: Tensor, like: Tensor) -> Tensor:
    height, width = like.shape[2:]
    return F.adaptive_avg_pool2d(importance, (height, width))


def _reduced(x: Tensor, factor: int) -> Tensor:
    return F.avg_pool2d(x, factor) if factor > 1 else x


def total_loss(
    painted: Seen, content: Seen, style: Seen, weights: Weights, importance: Tensor,
    random: torch.Generator,
) -> tuple[Tensor, dict[str, float]]:  # fmt: skip
    """The sum of all parts, and what they are."""
    c = content_loss(painted, content, weights, importance).mean()
    s = style_loss(painted, style, weights, random).mean()
    rough = smoothness(painted.rgb).mean()
    parts = {"content": float(c.detach()), "style": float(s.detach())}
    return c + s + weights.smoothness * rough, parts


__all__: Sequence[str] = (
    "Eye", "Seen", "Weights", "content_loss", "smoothness", "structure", "style_loss", "total_loss",
)  # fmt: skip
