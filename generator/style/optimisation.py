"""The slow way: pixels are changed until a picture has the style's statistics (Gatys et al., 2016).

A minute instead of a blink, for a picture that is meant to be printed; and the yardstick of the
style network, which is trained on the same losses. Needs the `train` extra (the loss network).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from generator.training.perception import Eye, Weights, total_loss

ITERATIONS = 200
_RATE = 0.03
_SHIFT = 16


def optimise(
    eye: Eye, content: Tensor, style: Tensor, *, weights: Weights, importance: Tensor | None = None,
    start: Tensor | None = None, iterations: int = ITERATIONS,
    progress: Callable[[int], None] = lambda done: None,
) -> Tensor:  # fmt: skip
    """Adam on pixels.

    Args:
        eye: The loss network.
        content: (1, 3, H, W) in [0, 1]: what to paint.
        style: (1, 3, h, w) in [0, 1]: a picture of the style.
        weights: Of the losses.
        importance: (1, 1, H, W) in [0, 1], 1 where structure matters most.
        start: (1, 3, H, W): where to begin, else the content.
        iterations: Steps; the rate falls to a tenth on the way.
        progress: Called with the number of steps done.

    Returns:
        (1, 3, H, W) in [0, 1].
    """
    if importance is None:
        importance = torch.zeros_like(content[:, :1])
    with torch.no_grad():
        theirs = eye(style)
    painted = (content if start is None else start).clone().requires_grad_()
    adam = torch.optim.Adam([painted], _RATE, (0.9, 0.95))
    random = torch.Generator().manual_seed(0)
    for i in range(iterations):
        for group in adam.param_groups:
            group["lr"] = _RATE * (1 - 0.9 * i / iterations)
        # From a random offset, so that the loss network's grid is not painted.
        down, right = torch.randint(_SHIFT, (2,), generator=random).tolist()
        mine, goal, where = (
            torch.roll(x, (down, right), (2, 3)) for x in (painted, content, importance)
        )
        with torch.no_grad():
            seen = eye(goal)
        loss, _ = total_loss(eye(mine), seen, theirs, weights, where, random)
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad():
            painted.clamp_(0, 1)
        progress(i + 1)
    return painted.detach()
