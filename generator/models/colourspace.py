"""sRGB and CIE Lab (D65), as tensors, and pictures in other pictures' colours."""

from __future__ import annotations

import torch
from torch import Tensor

_XYZ = ((0.4124564, 0.3575761, 0.1804375),
        (0.2126729, 0.7151522, 0.0721750),
        (0.0193339, 0.1191920, 0.9503041))  # fmt: skip
_WHITE = (0.95047, 1.0, 1.08883)
_LIMIT = 6 / 29


def lab(rgb: Tensor) -> Tensor:
    """(B, 3, H, W) sRGB in [0, 1] -> L in [0, 100], a and b about [-110, 110]."""
    rgb = rgb.clamp(0, 1)
    # The lower clamp keeps the power's gradient finite where its branch is not taken.
    linear = torch.where(rgb > 0.04045, ((rgb.clamp_min(0.04) + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    matrix = rgb.new_tensor(_XYZ) / rgb.new_tensor(_WHITE)[:, None]
    t = torch.einsum("ij,bjhw->bihw", matrix, linear)
    f = torch.where(t > _LIMIT**3, t.clamp_min(_LIMIT**3) ** (1 / 3), t / (3 * _LIMIT**2) + 4 / 29)
    x, y, z = f.unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1)


def srgb(values: Tensor) -> Tensor:
    """The inverse of `lab`; colours beyond sRGB are cut off at [0, 1]."""
    light, a, b = values.unbind(1)
    y = (light + 16) / 116
    f = torch.stack([y + a / 500, y, y - b / 200], 1)
    t = torch.where(f > _LIMIT, f**3, 3 * _LIMIT**2 * (f - 4 / 29))
    matrix = torch.linalg.inv(values.new_tensor(_XYZ) / values.new_tensor(_WHITE)[:, None])
    linear = torch.einsum("ij,bjhw->bihw", matrix, t).clamp(0, 1)
    return torch.where(
        linear > 0.0031308, 1.055 * linear.clamp_min(1e-8) ** (1 / 2.4) - 0.055, linear * 12.92
    )


def recoloured(painted: Tensor, photo: Tensor) -> Tensor:
    """The painted lightness with the photo's colours: both (1, 3, H, W) in [0, 1].

    Lightness keeps the photo's mean and deviation, so that a night scene does not darken skin
    (luminance matching, Gatys et al., arXiv 1606.05897).
    """
    mine, theirs = lab(painted), lab(photo)
    (spread, mean), (spread_photo, mean_photo) = (torch.std_mean(x[:, :1]) for x in (mine, theirs))
    light = (mine[:, :1] - mean) * (spread_photo / spread.clamp_min(1)).clamp(0.5, 2) + mean_photo
    return srgb(torch.cat([light.clamp(0, 100), theirs[:, 1:]], 1))
