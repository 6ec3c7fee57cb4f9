"""A painting over its photo, for networks that only know how to paint wholly: an admin's packs."""

from __future__ import annotations

import torch
from PIL import Image

from generator.models.colourspace import recoloured
from generator.style.pictures import MASKED, Mask, flat, soft, to_image, to_tensor


@torch.inference_mode()
def laid_over(
    photo: Image.Image, painted: Image.Image, *, strength: float = 1.0, keep_colours: bool = False,
    mask: Mask | None = None,
) -> Image.Image:  # fmt: skip
    """Let the photo show through its painting.

    Args:
        photo: Any mode; what is transparent is white.
        painted: Of the photo's aspect.
        strength: 0 is the photo, 1 the painting.
        keep_colours: Take the painting's lightness but the photo's own colours.
        mask: Where more of the photo is to be seen, above all on faces.

    Returns:
        RGB, of the painting's size.
    """
    rgb = to_tensor(flat(photo).resize(painted.size, Image.Resampling.LANCZOS))
    share = torch.full((1, 1, 1, 1), strength)
    if mask is not None:
        share = share * (1 - (1 - MASKED) * soft(mask, painted.size))
    result = torch.lerp(rgb, to_tensor(painted.convert("RGB")), share)
    return to_image(recoloured(result, rgb) if keep_colours else result)
