"""The close-up of faces on a finished generator: what it is made of learns, the rest stays.

Only the rectangle where faces are is painted and compared, and what the trunk says of it is kept
from one time a figure is shown to the next: half a megabyte each. That is five times as fast as
learning the whole network, and small marks need to be seen often.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor, nn

from generator.engine import load_generator
from generator.models.closeup import COLUMNS, ROWS
from generator.models.conditions import Conditions
from generator.models.convolution import channels_last
from generator.models.generator import Generator
from generator.models.layers import cat_channels
from generator.training.batches import Batch, Figures, choose_cells, pixel_weights
from generator.training.config import TrainConfig
from generator.training.ema import Ema
from generator.training.losses import slot_cross_entropy
from generator.training.optimizers import optimizers
from generator.training.pictures import drawn_grid
from generator.training.precision import half
from generator.training.stepping import Stepper


class _Face(nn.Module):
    """What learns: the close-up, and how its channels are painted."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator.requires_grad_(False)
        generator.closeup.requires_grad_(True)
        weight = generator.palette.weight.requires_grad_(True)
        # Adam leaves alone what never has a gradient: the channels of the trunk.
        weight.register_hook(lambda grad: _only_from(grad, generator.config.last))

    def forward(
        self, trunk: Tensor, conditions: tuple[Tensor, ...], w: Tensor, index: Tensor
    ) -> Tensor:
        attributes, sliders, _, anchors = conditions
        close = self.generator.closeup(trunk, attributes, sliders, anchors, w)
        return self.generator.cells(cat_channels([trunk, close]), index)


class CloseUpObjective:
    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.half = half(config.precision, fabric.device)
        self.figures = Figures(config.data, seed=config.seed, marked=config.closeup.marked)
        face = _Face(load_generator(config.closeup.weights))
        channels_last(face.to(fabric.device))
        self.ema = Ema(face, config.ema)
        own = optimizers(face, lr=config.lr, betas=config.betas, kernel_lr=config.kernel_lr)
        self.face = Stepper(fabric, face, *own, clip=config.clip)
        self._trunks = _Trunks(self.face.module.generator, len(self.figures))
        self._stream: Iterator[Batch] | None = None
        self._fixed = self.figures.batch(list(range(min(24, len(self.figures)))))

    def state(self) -> dict[str, Any]:
        return {"generator": self.face.state(), "ema": self.ema}

    def step(self, seen: int, lr_scale: float) -> dict[str, float]:
        config, rank, world = self.config, self.fabric.global_rank, self.fabric.world_size
        if self._stream is None:
            self._stream = self.figures.stream(seen, config.batch, rank, world)
        batch = next(self._stream).to(self.fabric.device)
        rows = self.figures.indices(seen + rank * config.batch, config.batch)
        faces = dataclasses.replace(
            batch, slots=batch.slots[:, ROWS, COLUMNS], shares=batch.shares[:, ROWS, COLUMNS],
            features=batch.features[:, ROWS, COLUMNS],
        )  # fmt: skip
        section = config.closeup
        weight = pixel_weights(
            faces, face=section.feature_weight, marks=section.mark_weight,
            edges=section.edge_weight,
        )  # fmt: skip
        random = torch.Generator().manual_seed(config.seed + 64 * seen + rank)
        cells = choose_cells(faces, weight, random)
        with self.half():
            with torch.no_grad():
                conditions = batch.conditions
                w = self.face.module.generator.mapping(conditions.attributes, conditions.sliders)
                trunk = self._trunks.of(rows, conditions, w)
            logits = self.face(trunk, tuple(conditions), w, cells.index)
        loss = slot_cross_entropy(logits, cells.slots, cells.shares, cells.weight)
        norm = self.face.step(loss, lr_scale)
        self.ema.update(self.face.module)
        return {"reconstruction": float(loss.detach()), "g_norm": norm}

    def pictures(self) -> Image.Image:
        """The fixed grid: 24 figures of the data set, drawn by the averaged weights."""
        return drawn_grid(self.ema.module.generator, self._fixed.to(self.fabric.device))


class _Trunks:
    """The trunk's features of faces, in half precision, made when a figure is first shown."""

    def __init__(self, generator: Generator, figures: int) -> None:
        self.generator = generator
        height, width = ROWS.stop - ROWS.start, COLUMNS.stop - COLUMNS.start
        # Memory is taken when it is written to.
        self.kept = torch.empty(figures, height, width, generator.config.last, dtype=torch.half)
        self.known = torch.zeros(figures, dtype=torch.bool)

    def of(self, rows: list[int], conditions: Conditions, w: Tensor) -> Tensor:
        """(B, last, rows, columns) float32, from figures of these numbers."""
        index = torch.tensor(rows)
        new = ~self.known[index]
        if new.any():
            # The same figure may come twice in a batch: it is made twice, alike.
            attributes, sliders, pose, _ = conditions[new]
            trunk = self.generator.trunk(attributes, sliders, pose, w[new])
            face = self.generator.closeup.cut(trunk).permute(0, 2, 3, 1)
            self.kept[index[new]] = face.cpu().half()
            self.known[index[new]] = True
        return self.kept[index].to(w.device).float().permute(0, 3, 1, 2)


def _only_from(grad: Tensor, channel: int) -> Tensor:
    kept = grad.clone()
    kept[:, :channel] = 0
    return kept
