"""The realism critic: looks at pictures, in patches of two sizes, knows nothing of the spec.

A conditional critic is not needed here: reconstruction teaches what a spec looks like, the critic
teaches what a drawing looks like, also between two specs, where there is no target. A PatchGAN
(Isola et al., arXiv 1611.07004) without normalisation that starts with pixel-unshuffle, which keeps
most of the work at <= 64 px.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Discriminator(nn.Module):
    """(B, 4, S, S) premultiplied RGBA in [0, 1] -> (B, (S / 16)^2 + (S / 32)^2) patch scores."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        c = width
        self.stem = nn.Conv2d(4 * 4, c, 3, padding=1)
        self.down64 = nn.Conv2d(c, 2 * c, 4, 2, 1)
        self.down32 = nn.Conv2d(2 * c, 3 * c, 4, 2, 1)
        self.down16 = nn.Conv2d(3 * c, 4 * c, 4, 2, 1)
        self.score16 = nn.Conv2d(4 * c, 1, 1)
        self.down8 = nn.Conv2d(4 * c, 4 * c, 4, 2, 1)
        self.mix8 = nn.Conv2d(4 * c, 4 * c, 3, padding=1)
        self.score8 = nn.Conv2d(4 * c, 1, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, a=0.2)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]

    def forward(self, pictures: Tensor) -> Tensor:
        return self.look(pictures)[0]

    def look(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Patch scores, and the features that they were made from, fine ones first."""
        x = F.pixel_unshuffle(pictures * 2 - 1, 2).contiguous(memory_format=torch.channels_last)
        features = []
        for layer in (self.stem, self.down64, self.down32, self.down16):
            x = F.leaky_relu(layer(x), 0.2)
            features.append(x)
        fine = self.score16(x)
        x = F.leaky_relu(self.mix8(F.leaky_relu(self.down8(x), 0.2)), 0.2)
        scores = torch.cat([fine.flatten(1), self.score8(x).flatten(1)], 1).float()
        return scores, features
