"""Between Pillow's pictures and the style network's tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from torch import Tensor

Mask = Image.Image | NDArray[Any]
"""Where more of a photo's structure is kept: "L", or (H, W) with 1 (or True) there."""
MASKED = 0.55
"""Strength within the mask, as a share of that outside."""


def flat(image: Image.Image) -> Image.Image:
    """RGB, on white where it is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("RGB")


def fitted(image: Image.Image, size: int) -> Image.Image:
    """The picture, its longer side at most `size` pixels."""
    scale = size / max(image.size)
    if scale >= 1:
        return image
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def to_tensor(image: Image.Image) -> Tensor:
    """RGB -> (1, 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.asarray(image, np.float32) / 255).permute(2, 0, 1)[None]


def to_image(rgb: Tensor) -> Image.Image:
    """(1, 3, H, W) in [0, 1] -> RGB."""
    pixels = (rgb[0] * 255).round().clamp(0, 255).byte().permute(1, 2, 0).contiguous().cpu()
    return Image.fromarray(pixels.numpy())


def smoothed(rgb: Tensor, *, radius: int = 4, contrast: float = 0.07) -> Tensor:
    """Smooth within edges: the guided filter of a picture by itself (He et al., ECCV 2010).

    Args:
        rgb: (B, 3, H, W) in [0, 1].
        radius: Of the windows, in pixels.
        contrast: Deviations in a window that are much below it are smoothed away, those much
            above it are edges.
    """

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(F.pad(x, (radius,) * 4, mode="replicate"), 2 * radius + 1, 1)

    middle = mean(rgb)
    variance = (mean(rgb * rgb) - middle * middle).clamp_min(0)
    gain = variance / (variance + contrast**2)
    return mean(gain) * rgb + mean(middle - gain * middle)


def soft(mask: Mask, size: tuple[int, int]) -> Tensor:
    """(1, 1, H, W) in [0, 1], with a soft edge."""
    if not isinstance(mask, Image.Image):
        mask = Image.fromarray(np.uint8(np.clip(np.asarray(mask, np.float32), 0, 1) * 255))
    mask = mask.convert("L").resize(size, Image.Resampling.BILINEAR)
    mask = mask.filter(ImageFilter.GaussianBlur(max(size) / 64))
    return torch.from_numpy(np.asarray(mask, np.float32) / 255)[None, None]
