"""Batches of rendered figures: which ones, and as which tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generator.art.features.effects import OVER_HAIR
from generator.art.features.poses import POSES
from generator.art.palette import palette
from generator.data.store import FACE, MARKS, DatasetError, Store
from generator.models.conditions import Conditions, encode
from generator.priors import MARKS as MARKED
from generator.spec import AvatarSpec

_SPARED = 8
_WINDOW = 64


@dataclass(frozen=True)
class Batch:
    """Figures with their true masks, in the cells that the generator's heads speak.

    slots: (B, 128, 128, f * f, 3) int64; shares: the same, float; features: (B, 128, 128, f * f)
    uint8, the bits `FACE` and `MARKS`; palettes: (B, len(Slot), 3) float, of other figures: colours
    and shapes are independent, so every figure is met in ever new colours.
    """

    conditions: Conditions
    slots: Tensor
    shares: Tensor
    features: Tensor
    palettes: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(
            self.conditions.to(device), self.slots.to(device), self.shares.to(device),
            self.features.to(device), self.palettes.to(device),
        )  # fmt: skip


def cells(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(B, S, S, ...) pixels -> (B, 128, 128, f * f, ...) cells, row by row; f = S / 128."""
    b, h = array.shape[:2]
    f, rest = h // 128, array.shape[3:]
    split = array.reshape(b, 128, f, 128, f, *rest)
    moved = np.moveaxis(split, 2, 3)
    return np.ascontiguousarray(moved).reshape(b, 128, 128, f * f, *rest)


class Figures:
    """Rendered data sets as batches. What a step shows depends on (seed, step) only."""

    def __init__(self, folders: Sequence[Path], *, seed: int = 0, marked: bool = False) -> None:
        """
        Args:
            folders: Of the data sets.
            seed: Of the order in which figures are shown.
            marked: Show only those that have `MARKS`, half of them.

        Raises:
            DatasetError: One of them is missing, unfinished, imported, or of another size, or
                there is nothing to show.
        """
        self.stores = [Store.open(folder) for folder in folders]
        for store in self.stores:
            if store.meta.kind != "rendered" or store.meta.size != self.stores[0].meta.size:
                raise DatasetError(f"{store.folder}: give rendered data sets of one size")
        self.starts = np.cumsum([0, *(len(store) for store in self.stores)])
        self.seed = seed
        specs = [AvatarSpec(**label) for store in self.stores for label in store.labels()]
        self.conditions = encode(specs)
        self.palettes = torch.tensor([palette(s) for s in specs], dtype=torch.float32) / 255
        shown = [i for i, spec in enumerate(specs) if not marked or has_marks(spec)]
        if not shown:
            raise DatasetError("none of the figures has marks: leave out `marked`, or render more")
        self._shown = np.array(shown, np.int64)
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.empty(0, np.int64))

    def __len__(self) -> int:
        return int(self.starts[-1])

    def indices(self, first: int, count: int) -> list[int]:
        """The figures shown as number `first` ... of a run: a fresh permutation each epoch."""
        chosen = []
        for position in range(first, first + count):
            epoch, place = divmod(position, len(self._shown))
            if self._order[0] != epoch:
                rng = np.random.default_rng((self.seed, epoch))
                self._order = (epoch, rng.permutation(self._shown))
            chosen.append(int(self._order[1][place]))
        return chosen

    def batch(self, indices: list[int], *, palette_seed: int | None = None) -> Batch:
        """The batch of these figures; their own colours if no palette seed is given."""
        slots = cells(self._read("slots", indices))
        first = cells(self._read("shares", indices)).astype(np.float32) / 255
        shares = np.concatenate([first, 1 - first.sum(-1, keepdims=True)], -1)
        dressed = torch.tensor(indices)
        if palette_seed is not None:
            rng = np.random.default_rng((self.seed, palette_seed))
            dressed = torch.from_numpy(rng.integers(len(self), size=len(indices)))
        return Batch(
            self.conditions[torch.tensor(indices)],
            torch.from_numpy(slots).long(),
            torch.from_numpy(shares),
            torch.from_numpy(cells(self._read("features", indices))),
            self.palettes[dressed],
        )

    def _read(self, name: str, indices: Sequence[int]) -> NDArray[np.uint8]:
        which = np.searchsorted(self.starts, indices, side="right") - 1
        return np.stack(
            [
                getattr(self.stores[store], name)[i - self.starts[store]]
                for store, i in zip(which, indices, strict=True)
            ]
        )

    def stream(self, first: int, per_step: int, rank: int, world: int) -> Iterator[Batch]:
        """Endless batches from image number `first` on, read ahead by a thread."""
        queue: Queue[Batch] = Queue(maxsize=4)

        def read() -> None:
            position = first
            while True:
                mine = self.indices(position + rank * per_step, per_step)
                queue.put(self.batch(mine, palette_seed=position + rank))
                position += per_step * world

        Thread(target=read, daemon=True).start()
        while True:
            yield queue.get()


def has_marks(spec: AvatarSpec) -> bool:
    """Whether there is something on a face that the renderer notes as `MARKS`."""
    if not OVER_HAIR.isdisjoint(POSES[spec.expression].effects):
        return True
    if "face_mask" in spec.accessories:
        return False
    small = spec.facial_hair == "stubble"
    return small or not MARKED.isdisjoint(spec.accessories)


Window = tuple[slice, slice]
"""Rows and columns of the 128 x 128 cells."""


def choose_window(random: torch.Generator) -> Window:
    """A quarter of the cells, in a square anywhere."""
    top, left = torch.randint(_WINDOW + 1, (2,), generator=random).tolist()
    return slice(top, top + _WINDOW), slice(left, left + _WINDOW)


def pixels(window: Window, per_cell: int = 2) -> Window:
    """The same window in pixels."""
    rows, columns = (slice(s.start * per_cell, s.stop * per_cell) for s in window)
    return rows, columns


def true_masks(batch: Batch, channels: int, window: Window) -> Tensor:
    """The target masks in a window: (B, 64, 64, 4, channels) float."""
    slots, shares = batch.slots[:, *window], batch.shares[:, *window]
    dense = torch.zeros(*slots.shape[:-1], channels, device=slots.device)
    return dense.scatter_add_(-1, slots, shares)


@dataclass(frozen=True)
class Cells:
    """The cells of pixels that are compared: all that are hard, a share of the rest.

    Two thirds of a figure are the inside of one slot or of nothing. Of those one cell in
    `_SPARED` is looked at, and counts as many: on average the same gradient, for less than half of
    the painting and comparing.

    index: (N,) int64 into (B, 128, 128) flattened. slots, shares, weight: (N, f * f, 3), the same,
    (N, f * f), as in `Batch`.
    """

    index: Tensor
    slots: Tensor
    shares: Tensor
    weight: Tensor

    def __iter__(self) -> Iterator[Tensor]:
        return iter((self.index, self.slots, self.shares, self.weight))


def pixel_weights(batch: Batch, *, face: float, marks: float, edges: float = 1.0) -> Tensor:
    """How much each pixel counts, (B, 128, 128, f * f): 1 within a slot, more where it is hard.

    A mole is a dozen pixels on one figure in ten: counted like others, it is never learned.
    """
    weight = 1.0 + (face - 1.0) * ((batch.features & FACE) > 0)
    weight = weight.masked_fill((batch.features & MARKS) > 0, marks)
    return weight + edges * (batch.shares[..., 0] < 0.97)


def choose_cells(batch: Batch, weight: Tensor, random: torch.Generator) -> Cells:
    """The cells of a step. `weight` (B, 128, 128, f * f): above 1 where a pixel is hard."""
    hard = (weight > 1).any(-1)
    lucky = torch.rand(hard.shape, generator=random) < 1 / _SPARED
    index = (hard | lucky.to(hard.device)).flatten().nonzero()[:, 0]
    counted = torch.where(hard[..., None], weight, weight * _SPARED)
    return Cells(index, *(x.flatten(0, 2)[index] for x in (batch.slots, batch.shares, counted)))
