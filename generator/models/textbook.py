"""The architectures that everybody learns from, at 64 px: DCGAN, a mixture of generators, a VAE.

They are here to be read and to be compared with: none of them knows what was asked for.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SIZE = 64


def dcgan_init(module: nn.Module) -> None:
    """Weights from N(0, 0.02), as Radford et al. (arXiv 1511.06434) set them."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


class DcganGenerator(nn.Module):
    """z (B, latent) -> RGB (B, 3, 64, 64) in [-1, 1]: 8 x 8 x 128, doubled three times.

    With `generators` > 1 it is a mixture (MGAN, Hoang et al., ICLR 2018): each generator has its
    own first layer, all share the rest, so that each can take its own part of the data.
    """

    def __init__(self, latent: int = 100, generators: int = 1) -> None:
        super().__init__()
        self.latent, self.generators = latent, generators
        self.project = nn.ModuleList(nn.Linear(latent, 128 * 8 * 8) for _ in range(generators))
        self.start = nn.BatchNorm2d(128)
        self.up = nn.Sequential(
            nn.ConvTranspose2d(128, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU(True),
            nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(True),
            nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh(),
        )  # fmt: skip
        dcgan_init(self)

    def forward(self, z: Tensor, which: Tensor | None = None) -> Tensor:
        """`which` (B,) tells the generator of each row; the first by default."""
        x = self.project[0](z)
        for i, layer in enumerate(self.project):
            if i and which is not None:
                x = torch.where((which == i)[:, None], layer(z), x)
        return self.up(F.relu(self.start(x.view(-1, 128, 8, 8))))


class DcganDiscriminator(nn.Module):
    """RGB in [-1, 1] -> a score a picture, by strided convolutions alone.

    With `generators` > 1 it also says which generator drew a picture: (B, 1 + generators).
    """

    def __init__(self, generators: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, True),
            nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),
            nn.Conv2d(128, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),
        )  # fmt: skip
        self.score = nn.Linear(128 * 8 * 8, 1 if generators == 1 else 1 + generators)
        dcgan_init(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.score(self.body(x).flatten(1))


class Vae(nn.Module):
    """A convolutional variational autoencoder (Kingma & Welling, arXiv 1312.6114)."""

    def __init__(self, latent: int = 100) -> None:
        super().__init__()
        self.latent = latent
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, True),
            nn.Conv2d(64, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),
            nn.Conv2d(128, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.LeakyReLU(0.2, True),
            nn.Flatten(), nn.Linear(128 * 8 * 8, 2 * latent),
        )  # fmt: skip
        self.decoder = DcganGenerator(latent)

    def forward(self, x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns the reconstruction and the posterior's mean and log variance (B, latent)."""
        mean, log_var = self.encoder(x).chunk(2, 1)
        log_var = log_var.clamp(-12, 12)
        return self.decoder(mean + noise * (log_var / 2).exp()), mean, log_var
