"""The tones of a picture, mean and covariance of its colours, and pictures moved to other tones."""

from __future__ import annotations

import torch
from torch import Tensor

TONES = 12
"""Numbers that tones are: three means and a 3 x 3 covariance, row by row, of sRGB in [0, 1]."""
PLAIN = torch.tensor([[0.5, 0.5, 0.5, 0.05, 0, 0, 0, 0.05, 0, 0, 0, 0.05]])
"""Of no picture in particular: medium grey, all colours alike."""
_NOISE = 1e-4
"""Variance that is no colour: what is nearly grey is not blown up to a rainbow."""
_GAIN = 3.0
"""The most that a contrast grows."""


def tones(rgb: Tensor) -> Tensor:
    """(B, 3, H, W) in [0, 1] -> (B, TONES)."""
    x = rgb.flatten(2).float()
    mean = x.mean(2, keepdim=True)
    x = x - mean
    return torch.cat([mean[..., 0], (x @ x.transpose(1, 2) / x.shape[2]).flatten(1)], 1)


def toned(rgb: Tensor, target: Tensor) -> Tensor:
    """A picture in other tones, by the linear map that moves its colours least.

    The linear Monge-Kantorovich map of two Gaussians (Pitie and Kokaram, CVMP 2007). Being linear,
    it bends no gradient and tears no plain wall, which maps of whole histograms do. The map counts
    as a constant: gradients flow through the pictures only.

    Args:
        rgb: (B, 3, H, W) in [0, 1].
        target: (B, TONES) from `tones`, or mixed of such.

    Returns:
        As `rgb`; may lie beyond [0, 1].
    """
    with torch.no_grad():
        mine = tones(rgb)
        noise = _NOISE * torch.eye(3, device=rgb.device)
        a, b = (each[:, 3:].reshape(-1, 3, 3) + noise for each in (mine, target.float()))
        root = _power(a, 0.5)
        inverse = _power(a, -0.5)
        gains, axes = torch.linalg.eigh(inverse @ _power(root @ b @ root, 0.5) @ inverse)
        matrix = axes @ torch.diag_embed(gains.clamp(max=_GAIN)) @ axes.transpose(1, 2)
        shift = target[:, :3, None].float() - matrix @ mine[:, :3, None]
    moved = matrix @ rgb.flatten(2).float() + shift
    return moved.reshape(rgb.shape).to(rgb.dtype)


def _power(matrix: Tensor, exponent: float) -> Tensor:
    """Of symmetric positive definite matrices (B, 3, 3)."""
    values, axes = torch.linalg.eigh(matrix)
    scaled = torch.diag_embed(values.clamp_min(1e-8) ** exponent)
    return axes @ scaled @ axes.transpose(1, 2)
