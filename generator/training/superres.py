"""The 512 px head: a finished generator stays as it is, its last features learn to paint finer.

It learns in mask space like everything else, so edges come out as sharp as they are drawn, not as a
picture enlarged. Trained on renders at 512 px.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor, nn

from generator.engine import load_generator
from generator.models.convolution import channels_last
from generator.models.generator import Generator, paint
from generator.training.batches import Batch, Figures, choose_cells, pixel_weights
from generator.training.config import TrainConfig
from generator.training.ema import Ema
from generator.training.losses import slot_cross_entropy
from generator.training.pictures import grid
from generator.training.precision import half
from generator.training.stepping import Stepper


class _Head(nn.Module):
    """What learns: the two layers after the shared features."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator.requires_grad_(False)
        for layer in (generator.sharpen, generator.palette512):
            layer.requires_grad_(True)

    def forward(self, features: Tensor, index: Tensor) -> Tensor:
        return self.generator.cells(features, index, 512)


class SuperresObjective:
    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.half = half(config.precision, fabric.device)
        self.figures = Figures(config.data, seed=config.seed)
        generator = load_generator(config.superres.weights)
        if not config.superres.go_on:
            generator.start_512()
        head = _Head(generator)
        channels_last(head)
        learning = [p for p in head.parameters() if p.requires_grad]
        optimizer = torch.optim.Adam(learning, config.lr, config.betas)
        self.ema = Ema(head, config.ema)
        self.ema.module.to(fabric.device)
        self.head = Stepper(fabric, head, optimizer, clip=config.clip)
        self._stream: Iterator[Batch] | None = None
        self._fixed = self.figures.batch(list(range(min(6, len(self.figures)))))

    def state(self) -> dict[str, Any]:
        return {"generator": self.head.state(), "ema": self.ema}

    def step(self, seen: int, lr_scale: float) -> dict[str, float]:
        if self._stream is None:
            rank, world = self.fabric.global_rank, self.fabric.world_size
            self._stream = self.figures.stream(seen, self.config.batch, rank, world)
        batch = next(self._stream).to(self.fabric.device)
        section = self.config.superres
        weight = pixel_weights(batch, face=section.feature_weight, marks=section.mark_weight)
        random = torch.Generator().manual_seed(
            self.config.seed + 64 * seen + self.fabric.global_rank
        )
        cells = choose_cells(batch, weight, random)
        with self.half():
            with torch.no_grad():
                features = self.head.module.generator.features(*batch.conditions)
            logits = self.head(features, cells.index)
        loss = slot_cross_entropy(logits, cells.slots, cells.shares, cells.weight)
        norm = self.head.step(loss, lr_scale)
        self.ema.update(self.head.module)
        return {"reconstruction": float(loss.detach()), "g_norm": norm}

    def pictures(self) -> Image.Image:
        fixed = self._fixed.to(self.fabric.device)
        generator = self.ema.module.generator
        images = []
        with torch.inference_mode():
            for i in range(len(fixed.conditions)):
                masks = generator(*fixed.conditions[i : i + 1], size=512).float().softmax(-1)
                images.append(paint(masks, generator.colours(fixed.palettes[i : i + 1])))
        return grid(torch.cat(images), columns=3)
