"""The encoder's objective: name what a picture shows, say where it is, copy its colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor

from generator.evaluation.classifier import loss_of
from generator.evaluation.visibility import ATTRIBUTES
from generator.fusion.extraction import load_encoder
from generator.models.convolution import channels_last
from generator.models.encoder import Encoder, Region, Seen
from generator.spec import SLIDERS, VOCABULARY
from generator.training.config import EncoderSection, TrainConfig
from generator.training.ema import Ema
from generator.training.optimizers import optimizers
from generator.training.pictures import grid
from generator.training.precision import half
from generator.training.scenes import UNMARKED, Scene, Scenes
from generator.training.stepping import Stepper

_DETAIL_WEIGHT = 0.1
"""Of `AvatarSpec.detail`: how locks fall is seldom to be seen."""
_SIDES_WEIGHT = 0.5
_FIXED = 16
_FIRST_LOOK = 0.25
"""How much levels count in figures off the middle: those are looked at twice."""
_OFF = 0.12
"""From which placement on a figure is off the middle."""


class EncoderObjective:
    """Owns the network, its optimizer and what one step does with them."""

    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.half = half(config.precision, fabric.device)
        self.scenes = Scenes(config.data, seed=config.seed)
        start = config.encoder.weights
        network = load_encoder(start) if start else Encoder()
        channels_last(network)
        self.ema = Ema(network, config.ema)
        self.ema.module.to(fabric.device)
        own = optimizers(network, lr=config.lr, betas=config.betas, kernel_lr=config.kernel_lr)
        self.encoder = Stepper(fabric, network, *own, clip=config.clip)
        self._stream: Iterator[Scene] | None = None
        self._fixed: Scene | None = None

    def state(self) -> dict[str, Any]:
        return {"encoder": self.encoder.state(), "ema": self.ema}

    def step(self, seen: int, lr_scale: float) -> dict[str, float]:
        """One update; `seen` pictures were shown before."""
        if self._stream is None:
            rank, world = self.fabric.global_rank, self.fabric.world_size
            self._stream = self.scenes.stream(seen, self.config.batch, rank, world)
        scene = next(self._stream).to(self.fabric.device)
        with self.half():
            found = self.encoder(scene.pictures)
        losses = losses_of(found, scene, self.config.encoder)
        scalars = {name: float(value.detach()) for name, value in losses.items()}
        scalars["norm"] = self.encoder.step(torch.stack(list(losses.values())).sum(), lr_scale)
        scalars["reconstruction"] = scalars["levels"]  # what the progress bar shows
        self.ema.update(self.encoder.module)
        # Averages of batch statistics are averages already.
        for kept, now in zip(self.ema.module.buffers(), self.encoder.module.buffers(), strict=True):
            kept.copy_(now)
        return scalars

    def pictures(self) -> Image.Image:
        """Fixed scenes, below each what was marked in it in the colours that were read."""
        if self._fixed is None:
            self._fixed = self.scenes.batch(10**9, _FIXED)
        scene = self._fixed.to(self.fabric.device)
        with torch.inference_mode():
            found = self.ema.module(scene.pictures)
        table = torch.cat([found.colours, torch.full_like(found.colours[:, :2], 0.5)], 1)
        table[:, Region.NOTHING] = 1.0
        marks = torch.einsum("brhw,brc->bchw", found.regions.softmax(1), table)
        marks = F.interpolate(marks, scene.pictures.shape[2:], mode="nearest")
        pairs = torch.stack([scene.pictures, marks], 1).unflatten(0, (2, -1)).transpose(1, 2)
        return grid(pairs.flatten(0, 2), columns=_FIXED // 2)


def losses_of(found: Seen, scene: Scene, weights: EncoderSection) -> dict[str, Tensor]:
    """Every loss, weighted; all are means over what the pictures show."""
    present = scene.present
    here = present / present.sum().clamp_min(1)  # (B,) sums to one
    logits = {**found.groups, "accessories": found.accessories}
    numbers = _laplace(found.numbers, found.spreads, scene.numbers)
    sliders = len(SLIDERS)
    placement = F.smooth_l1_loss(found.placement, scene.placement, reduction="none", beta=0.05)
    sides = F.binary_cross_entropy_with_logits(found.sides, scene.sides, reduction="none")
    mirrored = F.binary_cross_entropy_with_logits(found.mirrored, scene.mirrored, reduction="none")
    off = scene.placement.abs().amax(1) > _OFF
    counts = scene.counts * torch.where(off, _FIRST_LOOK, 1.0)[:, None]
    coloured = scene.coloured.float()
    apart = (found.colours - scene.colours).abs().mean(2)
    return {
        "levels": loss_of(logits, scene.levels, counts),
        "numbers": weights.numbers_weight
        * (
            here
            @ (5 * numbers[:, :sliders].mean(1) + _DETAIL_WEIGHT * numbers[:, sliders:].mean(1))
            + 10 * here @ placement.mean(1)
        ),
        "sides": _SIDES_WEIGHT * (here @ (sides.mean(1) + mirrored)),
        "presence": F.binary_cross_entropy_with_logits(found.present, present),
        "regions": weights.regions_weight
        * F.cross_entropy(found.regions, scene.regions, ignore_index=UNMARKED),
        "colours": weights.colours_weight * (apart * coloured).sum() / coloured.sum().clamp_min(1),
    }


def _laplace(mean: Tensor, log_spread: Tensor, truth: Tensor) -> Tensor:
    """Negative log likelihood under a Laplace distribution whose scale is predicted, too."""
    return (mean - truth).abs() * torch.exp(-log_spread) + log_spread


def accuracy(found: Seen, scene: Scene) -> float:
    """Share of the visible single choices that are named right."""
    right = torch.stack([found.groups[g].argmax(1) for g in VOCABULARY], 1)
    shapes = slice(0, len(VOCABULARY))
    counts = scene.counts[:, shapes]
    return float((right == scene.levels[:, shapes])[counts].float().mean())


assert ATTRIBUTES[: len(VOCABULARY)] == tuple(VOCABULARY)
