"""The baselines' objective: DCGAN, mixture of generators, VAE, on 64 px pictures of a data set."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor

from generator.data.pictures64 import small_pictures
from generator.models.textbook import DcganDiscriminator, DcganGenerator, Vae
from generator.training.config import TrainConfig
from generator.training.ema import Ema
from generator.training.losses import discriminator_loss, generator_loss, gradient_penalty
from generator.training.pictures import grid
from generator.training.stepping import M, Stepper

_SHOWN = 64


class TextbookObjective:
    """One of three architectures; pictures are RGB on white in [-1, 1]."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.data = small_pictures(config.data[0])
        t = config.textbook
        self.vae = t.architecture == "vae"
        self.kinds = t.generators if t.architecture == "mixture" else 1
        g = Vae(t.latent) if self.vae else DcganGenerator(t.latent, self.kinds)
        self.ema = Ema(g, config.ema)
        self.ema.module.to(fabric.device)
        self.generator = self._stepper(g)
        d = None if self.vae else DcganDiscriminator(self.kinds)
        self.discriminator = self._stepper(d) if d else None

    def _stepper(self, module: M) -> Stepper[M]:
        optimizer = torch.optim.Adam(module.parameters(), self.config.lr, self.config.betas)
        return Stepper(self.fabric, module, optimizer, clip=self.config.clip)

    def state(self) -> dict[str, Any]:
        state = {"generator": self.generator.state(), "ema": self.ema}
        return state | ({"discriminator": self.discriminator.state()} if self.discriminator else {})

    def step(self, seen: int, lr_scale: float) -> dict[str, float]:
        random = self._random(seen)
        x = self._real(random)
        z = torch.randn(len(x), self.config.textbook.latent, generator=random).to(x.device)
        scalars = (
            self._vae_step(x, z, lr_scale) if self.vae else self._gan_step(x, z, seen, lr_scale)
        )
        # Batch-norm statistics are not averaged: copied, or the average would draw with stale ones.
        for mine, theirs in zip(
            self.ema.module.buffers(), self.generator.module.buffers(), strict=True
        ):
            mine.copy_(theirs)
        self.ema.update(self.generator.module)
        return {name: float(value) for name, value in scalars.items()}

    def pictures(self) -> Image.Image:
        """64 drawings of fixed latents by the averaged weights."""
        random = torch.Generator().manual_seed(self.config.seed)
        return grid(self.sample(_SHOWN, random), columns=8)

    @torch.inference_mode()
    def sample(self, count: int, random: torch.Generator) -> Tensor:
        """(count, 3, 64, 64) in [0, 1]."""
        z = torch.randn(count, self.config.textbook.latent, generator=random)
        model = self.ema.module
        if isinstance(model, Vae):
            drawn = model.decoder(z)
        else:
            drawn = model(z, torch.arange(count) % self.kinds)
        return (drawn.float() + 1) / 2

    def _vae_step(self, x: Tensor, z: Tensor, lr_scale: float) -> dict[str, Tensor | float]:
        drawn, mean, log_var = self.generator(x, z)
        reconstruction = F.mse_loss(drawn, x, reduction="none").sum((1, 2, 3)).mean()
        kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1).mean()
        loss = reconstruction + self.config.textbook.kl_weight * kl
        norm = self.generator.step(loss, lr_scale)
        return {"reconstruction": reconstruction.detach(), "kl": kl.detach(), "g_norm": norm}

    def _gan_step(
        self, x: Tensor, z: Tensor, seen: int, lr_scale: float
    ) -> dict[str, Tensor | float]:
        assert self.discriminator is not None
        t = self.config.textbook
        which = torch.arange(len(x), device=x.device) % self.kinds
        drawn = self.generator(z, which)

        step = seen // (self.config.batch * self.fabric.world_size)
        penalise = t.r1 > 0 and step % t.r1_every == 0
        scores = self.discriminator(torch.cat([x, drawn.detach()]))
        real, fake = scores[: len(x)], scores[len(x) :]
        d_loss = discriminator_loss(t.loss, real[:, 0], fake[:, 0])
        scalars: dict[str, Tensor | float] = {"d_loss": d_loss.detach()}
        if self.kinds > 1:
            d_loss = d_loss + F.cross_entropy(fake[:, 1:], which)
        if penalise:
            # On the bare module: the engine's wrapper allows no second derivative.
            x = x.requires_grad_()
            penalty = gradient_penalty(self.discriminator.module(x)[:, 0], x)
            d_loss = d_loss + t.r1 / 2 * t.r1_every * penalty
        self.discriminator.step(d_loss, lr_scale)

        judged = self.discriminator.module(torch.cat([x.detach(), drawn]))
        real, fake = judged[: len(x)].detach(), judged[len(x) :]
        g_loss = generator_loss(t.loss, real[:, 0], fake[:, 0])
        scalars["g_loss"] = g_loss.detach()
        if self.kinds > 1:  # generators that can be told apart draw different things
            g_loss = g_loss + 0.5 * F.cross_entropy(fake[:, 1:], which)
        scalars["g_norm"] = self.generator.step(g_loss, lr_scale)
        return scalars

    def _random(self, seen: int) -> torch.Generator:
        """All randomness of a step follows from the run's seed, the step and the process."""
        return torch.Generator().manual_seed(
            (self.config.seed * 1_000_003 + seen) * 64 + self.fabric.global_rank
        )

    def _real(self, random: torch.Generator) -> Tensor:
        rows = torch.randint(len(self.data), (self.config.batch,), generator=random)
        pixels = torch.from_numpy(np.ascontiguousarray(self.data[rows.numpy()]))
        return (pixels.permute(0, 3, 1, 2).float() / 127.5 - 1).to(self.fabric.device)
