"""The avatar generator's objective: learn to paint the renders, then to be taken for one.

Reconstruction is a cross-entropy per pixel over palette slots, with the face's features weighted
up. The adversarial share is small and unconditional: it sharpens, and because half of what the
critic sees are figures between two specs, it makes in-betweens clean. The critic is one of strokes,
not of compositions: it sees figures through a window of a quarter of the picture, at a quarter of
the price.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor, nn

from generator.engine import decided, load_generator
from generator.models.conditions import Conditions, cat
from generator.models.convolution import channels_last
from generator.models.discriminator import Discriminator
from generator.models.generator import CHANNELS, Generator, paint
from generator.training.batches import (
    Batch,
    Figures,
    Window,
    choose_cells,
    choose_window,
    pixel_weights,
    pixels,
    true_masks,
)
from generator.training.config import ConfigError, TrainConfig
from generator.training.drawings import Drawings, pyramid_l1
from generator.training.ema import Ema
from generator.training.losses import (
    discriminator_loss,
    feature_distance,
    generator_loss,
    gradient_penalty,
    slot_cross_entropy,
)
from generator.training.optimizers import optimizers
from generator.training.pictures import drawn_grid
from generator.training.precision import Half, half
from generator.training.stepping import Stepper


class Lesson(nn.Module):
    """What runs inside the engine's wrapper: figures in, loss and pictures out.

    Masks have 32 channels: they are used up in here, because the wrapper would convert them.
    """

    def __init__(self, generator: Generator, precision: Half) -> None:
        super().__init__()
        self.generator, self.precision = generator, precision

    def forward(
        self, conditions: tuple[Tensor, ...], index: Tensor, slots: Tensor, shares: Tensor,
        weight: Tensor, rows: Tensor, window: Window, palettes: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """The reconstruction loss of some `Cells`, and `rows`, seen through a window, in
        `palettes`."""
        with self.precision():
            features = self.generator.features(*conditions)
            logits = self.generator.cells(features, index)
            painted = self.generator.masks256(features[(rows, slice(None), *window)])
        loss = slot_cross_entropy(logits, slots, shares, weight)
        if not len(rows):
            return loss, loss.new_zeros(0, 4, 1, 1)
        # Smoothed and sharpened, as people get it.
        masks = decided(painted, 0, painted.shape[1], (window[0].start, window[1].start))
        rgba = masks.flatten(1, 2) @ self.generator.colours(palettes)
        return loss, rgba.unflatten(1, masks.shape[1:3]).permute(0, 3, 1, 2)


def _choose(generator: Generator, parts: tuple[str, ...]) -> None:
    """Only these parts learn.

    Raises:
        ConfigError: There is no such part.
    """
    known = dict(generator.named_children())
    generator.requires_grad_(False)
    for part in parts:
        if part not in known:
            raise ConfigError(f"avatar.learn: there is no {part}: the parts are {', '.join(known)}")
        known[part].requires_grad_(True)


class AvatarObjective:
    """Owns the networks, their optimizers and what one step does with them."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.half = half(config.precision, fabric.device)
        self.figures = Figures(config.data, seed=config.seed)
        start = config.avatar.weights
        g = load_generator(start) if start else Generator()
        if config.avatar.learn:
            _choose(g, config.avatar.learn)
        g.sharpen.requires_grad_(False)  # the 512 px head is trained on the finished generator
        g.palette512.requires_grad_(False)
        d = Discriminator()
        for network in (g, d):
            channels_last(network.to(fabric.device))
        self.ema = Ema(g, config.ema)
        self.ema.module.to(fabric.device)
        section = config.avatar
        own = optimizers(g, lr=config.lr, betas=config.betas, kernel_lr=config.kernel_lr)
        self.generator = Stepper(fabric, Lesson(g, self.half), *own, clip=config.clip)
        critic = torch.optim.Adam(d.parameters(), section.discriminator_lr, (0.0, 0.99), fused=True)
        self.discriminator = Stepper(fabric, d, critic, clip=config.clip * 10)
        self.drawings = Drawings(section.drawings, seed=config.seed) if section.drawings else None
        self._stream: Iterator[Batch] | None = None
        self._fixed = self.figures.batch(list(range(min(24, len(self.figures)))))

    def state(self) -> dict[str, Any]:
        return {
            "generator": self.generator.state(),
            "discriminator": self.discriminator.state(),
            "ema": self.ema,
        }

    def step(self, seen: int, lr_scale: float) -> dict[str, float]:
        """One update of each network; `seen` images were shown before."""
        if self._stream is None:
            rank, world = self.fabric.global_rank, self.fabric.world_size
            self._stream = self.figures.stream(seen, self.config.batch, rank, world)
        batch = next(self._stream).to(self.fabric.device)
        section = self.config.avatar
        ramp = min(1.0, max(0.0, (seen - section.adversarial_from) / section.adversarial_ramp))
        adversarial = seen >= section.adversarial_from and section.adversarial_weight > 0
        conditions = batch.conditions
        if adversarial:
            conditions = cat([conditions, self._between(batch.conditions, seen)])
        n = len(batch.conditions)
        rows = torch.cat([torch.arange(n // 2), torch.arange(n, len(conditions))])
        rows = rows.to(self.fabric.device) if adversarial else rows[:0]
        colours = batch.palettes[torch.arange(len(rows), device=rows.device) % n]
        own = None
        if adversarial and self.drawings:
            own = self.drawings.take(max(1, n // 4), seen + self.fabric.global_rank, rows.device)
            first = len(conditions)
            conditions = cat([conditions, own.conditions])
            more = torch.arange(first, len(conditions), device=rows.device)
            rows, colours = torch.cat([rows, more]), torch.cat([colours, own.palettes])
        random = torch.Generator().manual_seed(
            self.config.seed + 64 * seen + self.fabric.global_rank
        )
        hard = pixel_weights(
            batch, face=section.feature_weight, marks=section.mark_weight, edges=section.edge_weight
        )
        cells = choose_cells(batch, hard, random)
        window = choose_window(random)
        loss, fakes = self.generator(tuple(conditions), *cells, rows, window, colours)
        scalars = {"reconstruction": loss.detach()}
        if adversarial:
            with torch.no_grad():
                count = len(fakes) - (len(own) if own else 0)
                masks = true_masks(batch, CHANNELS, window)[:count]
                reals = paint(masks, self.generator.module.generator.colours(colours[:count]))
            if own:
                theirs = own.pictures[(..., *pixels(window))]
                reals = torch.cat([reals, theirs])
                apart = pyramid_l1(fakes[-len(own) :], theirs) * own.labelled
                loss = loss + section.drawings_weight * apart.mean()
                scalars["drawings"] = apart.mean().detach()
            with self.half():
                scores, features = self.discriminator.module.look(torch.cat([reals, fakes]))
            real, fake = scores.chunk(2)
            gan = generator_loss(section.loss, real.detach(), fake)
            scalars["g_loss"] = gan.detach()
            scalars["gap"] = (real.mean() - fake.mean()).detach()
            loss = loss + ramp * section.adversarial_weight * gan
            if section.matching_weight:
                # Of the first half a batch there are renders.
                halves = [[x[: n // 2] for x in layer.chunk(2)] for layer in features]
                matching = feature_distance([b for _, b in halves], [a for a, _ in halves])
                scalars["matching"] = matching.detach()
                loss = loss + ramp * section.matching_weight * matching
        scalars["g_norm"] = torch.tensor(self.generator.step(loss, lr_scale))
        if adversarial:  # after the generator's step: its graph runs through the critic's weights
            scalars |= self._train_discriminator(reals, fakes.detach(), seen)
        self.ema.update(self.generator.module.generator)
        return {name: float(value) for name, value in scalars.items()}

    def pictures(self) -> Image.Image:
        """The fixed grid: 24 figures of the data set, drawn by the averaged weights."""
        return drawn_grid(self.ema.module, self._fixed.to(self.fabric.device))

    def _between(self, conditions: Conditions, seen: int) -> Conditions:
        """Half a batch of figures between two specs."""
        random = torch.Generator().manual_seed(self.config.seed + seen)
        n = len(conditions)
        first, second = torch.randperm(n, generator=random).chunk(2)
        second = second[: len(first)]
        first = first[: len(second)]
        share = torch.rand(len(first), generator=random) * 0.8 + 0.1
        return conditions[first].mix(conditions[second], share.to(conditions.sliders.device))

    def _train_discriminator(self, reals: Tensor, fakes: Tensor, seen: int) -> dict[str, Tensor]:
        section = self.config.avatar
        step = seen // (self.config.batch * self.fabric.world_size)
        penalise = section.r1 > 0 and step % section.r1_every == 0
        with self.half():
            scores = self.discriminator(torch.cat([reals, fakes]))
        real, fake = scores.chunk(2)
        loss = discriminator_loss(section.loss, real, fake)
        scalars = {"d_loss": loss.detach()}
        if penalise:
            # On the bare module and in float32: the engine's wrapper allows no second derivative.
            reals = reals.float().requires_grad_()
            penalty = gradient_penalty(self.discriminator.module(reals), reals)
            scalars["r1"] = penalty.detach()
            loss = loss + section.r1 / 2 * section.r1_every * penalty
        scalars["d_norm"] = torch.tensor(self.discriminator.step(loss, 1.0))
        return scalars
