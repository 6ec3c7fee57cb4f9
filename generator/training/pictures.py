"""Pictures of how training goes."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def grid(
    pictures: Tensor, *, columns: int, background: tuple[int, int, int] = (238, 240, 246)
) -> Image.Image:
    """(B, 4 or 3, H, W) premultiplied RGBA or RGB in [0, 1] -> one RGB picture."""
    if pictures.shape[1] == 4:
        back = torch.tensor(background, device=pictures.device)[:, None, None] / 255
        pictures = pictures[:, :3] + (1 - pictures[:, 3:]) * back
    n, _, h, w = pictures.shape
    rows = -(-n // columns)
    page = np.full((rows * h, columns * w, 3), 255, np.uint8)
    pixels = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    for i, image in enumerate(pixels):
        y, x = i // columns * h, i % columns * w
        page[y : y + h, x : x + w] = image
    return Image.fromarray(page)
