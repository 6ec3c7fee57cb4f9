"""What the judge meets in training: figures on (B, 3, 256, 256) pictures, treated by chance."""

from __future__ import annotations

import io

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from generator.data.store import Bytes

_SHIFT = 0.05
_SCALE = 0.04
_BLURRED, _COMPRESSED, _NOISY = 0.4, 0.15, 0.5


def augment(pictures: Bytes, random: torch.Generator) -> Tensor:
    """Premultiplied RGBA (B, H, W, 4) uint8 -> RGB in [0, 1], each picture treated by chance.

    A flat background of any colour, a small shift and scale, softening (as if drawn at a lower
    resolution, down to a third), noise, JPEG blocks.
    """
    rgba = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    return _worn(_backed(_moved(rgba, random), random), random)


def ghosts(
    first: Bytes, second: Bytes, random: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Double exposures and clean pictures, half of each.

    Args:
        first, second: (B, 256, 256, 4) uint8 premultiplied RGBA; figure i of both in like colours.

    Returns:
        (B, 3, 256, 256) pictures; (B, 16, 16) 1 where a patch mixes two figures; and how much the
        patch counts (patches that are hardly mixed do not).
    """
    a, b = (torch.from_numpy(p).permute(0, 3, 1, 2).float() / 255 for p in (first, second))
    a, b = _moved(a, random), _moved(b, random)
    n = len(a)
    share = 0.2 + 0.6 * torch.rand(n, 1, 1, 1, generator=random)
    where = _clouds(n, a.shape[-1], random)
    mixed = (torch.rand(n, 1, 1, 1, generator=random) < 0.6).float() * share * where
    picture = a + mixed * (b - a)
    # Mixed is what is far from both: where the figures agree there is no ghost.
    ghost = torch.minimum((picture - a).abs().amax(1), (picture - b).abs().amax(1))
    ghost = F.avg_pool2d(ghost[:, None], 16)[:, 0]
    truth = (ghost > 0.02).float()
    weight = ((ghost > 0.02) | (ghost < 0.004)).float()
    return _worn(_backed(picture, random), random), truth, weight


def _clouds(count: int, side: int, random: torch.Generator) -> Tensor:
    """Soft-edged regions, or everywhere for half of them: (B, 1, side, side) in [0, 1]."""
    coarse = torch.rand(count, 1, 5, 5, generator=random)
    smooth = F.interpolate(coarse, (side, side), mode="bicubic")
    region = ((smooth - 0.5) * 6 + 0.5).clamp(0, 1)
    everywhere = torch.rand(count, 1, 1, 1, generator=random) < 0.5
    return torch.where(everywhere, torch.ones(()), region)


def _moved(rgba: Tensor, random: torch.Generator) -> Tensor:
    n = len(rgba)
    affine = torch.zeros(n, 2, 3)
    affine[:, 0, 0] = affine[:, 1, 1] = 1 + _SCALE * (2 * torch.rand(n, generator=random) - 1)
    affine[:, :, 2] = 2 * _SHIFT * (2 * torch.rand(n, 2, generator=random) - 1)
    # Whole-pixel shifts for some: resampling softens, and sharp pictures have to be met too.
    sharp = torch.rand(n, generator=random) < 0.5
    side = rgba.shape[-1]
    affine[sharp, 0, 0] = affine[sharp, 1, 1] = 1.0
    affine[sharp, :, 2] = (affine[sharp, :, 2] * side / 2).round() * 2 / side
    grid = F.affine_grid(affine, list(rgba.shape), align_corners=False)
    return F.grid_sample(rgba, grid, align_corners=False)


def _backed(rgba: Tensor, random: torch.Generator) -> Tensor:
    paper = torch.rand(len(rgba), 3, 1, 1, generator=random)
    # Mostly pale, as figures are judged: among loud colours it takes long to find the figure.
    pale = torch.rand(len(rgba), 1, 1, 1, generator=random) < 0.85
    paper = torch.where(pale, 0.85 + 0.15 * paper, paper)
    return rgba[:, :3] + (1 - rgba[:, 3:]) * paper


def _worn(rgb: Tensor, random: torch.Generator) -> Tensor:
    """Softened, noisy, compressed."""
    chances = torch.rand(len(rgb), 3, generator=random)
    amounts = torch.rand(len(rgb), 3, generator=random)
    pictures = []
    for picture, (blur, block, noise), (softness, quality, grain) in zip(
        rgb.split(1), chances.tolist(), amounts.tolist(), strict=True
    ):
        if blur < _BLURRED:
            side = round(picture.shape[-1] / (1 + 2 * softness**2))
            picture = F.interpolate(picture, (side, side), mode="bilinear", antialias=True)
            picture = F.interpolate(picture, rgb.shape[2:], mode="bilinear")
        if block < _COMPRESSED:
            picture = _jpeg(picture, 50 + round(45 * quality))
        if noise < _NOISY:
            picture = picture + 0.03 * grain * torch.randn(picture.shape, generator=random)
        pictures.append(picture)
    return torch.cat(pictures).clamp(0, 1)


def _jpeg(picture: Tensor, quality: int) -> Tensor:
    pixels = (picture[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().numpy()
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    decoded = np.array(Image.open(buffer))
    return torch.from_numpy(decoded).permute(2, 0, 1)[None].float() / 255
