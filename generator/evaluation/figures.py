"""The judged pictures: rendered figures of a data set, and what is drawn from their specs.

Pictures are uint8 RGBA, premultiplied and never flipped (the finished picture is mirrored last,
which says nothing about the network).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generator.art.palette import RGB, palette
from generator.data.store import Bytes, DatasetError, Store, coloured
from generator.engine import Engine
from generator.models.conditions import Conditions, encode, palettes
from generator.spec import AvatarSpec

PAPER = (238, 240, 246)
"""What figures lie on when networks judge them."""
WHITE = (255, 255, 255)
SIDE = 256


class Renders:
    """Rendered data sets as judged figures, one set after the other."""

    def __init__(self, *folders: Path, limit: int | None = None) -> None:
        """
        Raises:
            DatasetError: One is missing, unfinished, imported, or not of 256 px.
        """
        self.stores = [Store.open(folder) for folder in folders]
        for folder, store in zip(folders, self.stores, strict=True):
            if store.meta.kind != "rendered" or store.meta.size != SIDE:
                raise DatasetError(f"{folder}: judging needs a rendered data set of {SIDE} px")
        self._places = [(store, i) for store in self.stores for i in range(len(store))][:limit]
        labels = [label for store in self.stores for label in store.labels()][:limit]
        self.specs = [AvatarSpec(**label).model_copy(update={"flip": False}) for label in labels]

    def __len__(self) -> int:
        return len(self.specs)

    def masks(self, row: int) -> tuple[Bytes, Bytes]:
        """(H, W, 3) slots and (H, W, 2) shares of a figure."""
        store, i = self._places[row]
        return store.slots[i], store.shares[i]

    def pictures(self, rows: Sequence[int], dressed: Sequence[AvatarSpec] | None = None) -> Bytes:
        """(B, 256, 256, 4); in the colours of other specs if `dressed` gives them."""
        colours = dressed or [self.specs[i] for i in rows]
        return np.stack(
            [coloured(*self.masks(i), palette(spec)) for i, spec in zip(rows, colours, strict=True)]
        )


def draw(engine: Engine, specs: Sequence[AvatarSpec]) -> Bytes:
    """The generator's final pictures of specs, unflipped: (B, 256, 256, 4)."""
    return draw_conditions(engine, encode(specs), palettes(specs))


@torch.inference_mode()
def draw_conditions(engine: Engine, conditions: Conditions, colours: Tensor) -> Bytes:
    """The same from conditions and slot colours, which two figures can be mixed in."""
    rgba = engine.paint(conditions.to(engine.device), colours.to(engine.device))
    pixels = (rgba * 255).round().clamp(0, 255).byte().permute(0, 2, 3, 1)
    return np.ascontiguousarray(pixels.cpu().numpy())


def on_paper(pictures: Bytes, paper: RGB = PAPER) -> Bytes:
    """Premultiplied RGBA -> RGB on a flat colour: (B, H, W, 4) -> (B, H, W, 3)."""
    back = (255 - pictures[..., 3:].astype(np.uint16)) * np.array(paper, np.uint16)
    return (pictures[..., :3] + (back + 127) // 255).clip(0, 255).astype(np.uint8)


def small(pictures: Bytes, side: int = 64) -> Bytes:
    """RGBA -> RGB on white, box-reduced, as the baselines know them: (B, side, side, 3)."""
    white = on_paper(pictures, WHITE).astype(np.float32)
    b, h, w, _ = white.shape
    mean = white.reshape(b, side, h // side, side, w // side, 3).mean((2, 4))
    return np.rint(mean).astype(np.uint8)


def as_tensor(rgb: Bytes) -> Tensor:
    """(B, H, W, 3) uint8 -> (B, 3, H, W) float in [0, 1]."""
    return torch.from_numpy(rgb).permute(0, 3, 1, 2).float() / 255
