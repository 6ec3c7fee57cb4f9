"""Pictures of how training goes."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from generator.models.generator import Generator, paint
from generator.training.batches import Batch


@torch.inference_mode()
def drawn_grid(generator: Generator, batch: Batch, *, columns: int = 6) -> Image.Image:
    """The figures of a batch at 256 px, in the batch's palettes."""
    images = []
    for i in range(0, len(batch.conditions), 8):
        masks = generator(*batch.conditions[i : i + 8]).float().softmax(-1)
        images.append(paint(masks, generator.colours(batch.palettes[i : i + 8])))
    return grid(torch.cat(images), columns=columns)


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
