"""`stylize --slow`: a picture painted by optimisation, from a picture of the style."""

from __future__ import annotations

from collections.abc import Callable

import torch
from PIL import Image

from generator.models.colourspace import recoloured
from generator.style.optimisation import ITERATIONS, optimise
from generator.style.pictures import fitted, flat, to_image, to_tensor
from generator.training.perception import Eye, Weights
from generator.training.precision import half

_SMALLEST = 64


def paint_slowly(
    photo: Image.Image, style: Image.Image, *, size: int = 512, iterations: int = ITERATIONS,
    strength: float = 1.0, keep_colours: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Image.Image:  # fmt: skip
    """Paint a picture like another one.

    Args:
        photo: What to paint, any mode.
        style: A picture of the style; it is looked at as large as the result.
        size: Longer side of the result at most, in pixels.
        iterations: Steps of the optimisation.
        strength: 0 leaves the photo as it is, 1 paints it wholly.
        keep_colours: Take the style's strokes but the photo's own colours.
        progress: Called with the number of steps done.

    Returns:
        RGB, of the photo's aspect.

    Raises:
        PersonError: The loss network of the `train` extra is not installed.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    eye = Eye(half("auto", device), device)
    content = to_tensor(fitted(flat(photo), size)).to(device)
    model = flat(style)
    scale = max(_SMALLEST, max(content.shape[2:])) / max(model.size)
    width, height = (max(_SMALLEST, round(side * scale)) for side in model.size)
    target = to_tensor(model.resize((width, height), Image.Resampling.LANCZOS)).to(device)
    painted = optimise(
        eye, content, target, weights=Weights(), iterations=iterations, progress=progress
    )
    if keep_colours:
        painted = recoloured(painted, content)
    return to_image(content.lerp(painted, strength))
