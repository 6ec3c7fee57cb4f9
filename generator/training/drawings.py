"""An artist's own pictures in the training: what the critic takes for real.

Labelled pictures also say what their figures should have looked like. A picture without labels, or
with some, is completed from the priors: the critic compares styles, not figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generator.data.store import DatasetError, Store
from generator.models.conditions import Conditions, encode, palettes
from generator.spec import AvatarSpec
from generator.wish import Wish

_NOT_ATTRIBUTES = frozenset({"file", "accessories"})


@dataclass(frozen=True)
class Drawn:
    """A few pictures: premultiplied RGBA (B, 4, S, S) in [0, 1]; `labelled` (B,) 1 or 0."""

    pictures: Tensor
    conditions: Conditions
    palettes: Tensor
    labelled: Tensor

    def __len__(self) -> int:
        return len(self.pictures)


class Drawings:
    """Imported data sets, shown as one."""

    def __init__(self, folders: Sequence[Path], *, seed: int = 0) -> None:
        """
        Raises:
            DatasetError: One of them is missing, or is not an imported set.
        """
        self.stores = [Store.open(folder) for folder in folders]
        for store in self.stores:
            if store.meta.kind != "imported":
                raise DatasetError(f"{store.folder}: drawings come from `dataset import`")
        labels = [label for store in self.stores for label in store.labels()]
        self.specs = [spec_of(label, seed + i) for i, label in enumerate(labels)]
        self.labelled = torch.tensor([float(len(label) > 1) for label in labels])
        self.seed = seed

    def __len__(self) -> int:
        return len(self.specs)

    def take(self, count: int, position: int, device: torch.device) -> Drawn:
        """`count` random pictures; which ones depends on (seed, position) only."""
        rows = np.random.default_rng((self.seed, position)).integers(len(self), size=count)
        pixels = np.stack([self._image(int(row)) for row in rows]).astype(np.float32) / 255
        pixels[..., :3] *= pixels[..., 3:]
        specs = [self.specs[int(row)] for row in rows]
        return Drawn(
            torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous().to(device),
            encode(specs).to(device),
            palettes(specs).to(device),
            self.labelled[torch.from_numpy(rows)].to(device),
        )

    def _image(self, row: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        for store in self.stores:
            if row < len(store):
                return store.images[row]
            row -= len(store)
        raise IndexError(row)


def spec_of(label: dict[str, object], seed: int) -> AvatarSpec:
    """The figure of a label line; what it does not say comes from the priors."""
    said = {name: value for name, value in label.items() if name not in _NOT_ATTRIBUTES}
    worn = label.get("accessories", ())
    return Wish.model_validate({**said, "wear": worn}).complete(seed)


def pyramid_l1(drawn: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute difference at four scales, one number a picture: (B, C, H, W) twice -> (B,)."""
    total = torch.zeros(len(drawn), device=drawn.device)
    for _ in range(4):
        total = total + (drawn - wanted).abs().mean((1, 2, 3))
        drawn, wanted = F.avg_pool2d(drawn, 2), F.avg_pool2d(wanted, 2)
    return total / 4
