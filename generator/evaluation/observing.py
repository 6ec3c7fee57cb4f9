"""Looks at pictures once and keeps what every later number is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from generator.data.store import Bytes
from generator.engine import Engine
from generator.evaluation.colours import COLOURED, Reading, read
from generator.evaluation.features import ImageNetFeatures
from generator.evaluation.figures import Renders, as_tensor, draw, on_paper, small
from generator.evaluation.judge import Judge
from generator.spec import PALETTES

BATCH = 16
Tick = Callable[[int], None]
"""Called with the number of pictures that were just dealt with."""


@dataclass(frozen=True)
class Observed:
    """A set of pictures as the judges see it; every field has a row a picture.

    judge: (N, Classifier.FEATURES), imagenet: (N, 1280), features. levels: (N, len(ATTRIBUTES)) as
    `Judge.levels`. ghosts: (N,) in [0, 1]. differences: (N, len(COLOURED)) CIEDE2000 to the asked
    colour, NaN where nothing is to be seen. named: (N, len(COLOURED), 2) int64, the level that was
    asked for and the one that is seen, -1 for free colours. small: (N, 64, 64, 3) uint8 on white.
    """

    judge: Tensor
    imagenet: Tensor
    levels: Tensor
    ghosts: Tensor
    differences: Tensor
    named: Tensor
    small: Tensor

    def __len__(self) -> int:
        return len(self.judge)

    def __getitem__(self, rows: slice | Tensor) -> Observed:
        return Observed(*(getattr(self, f.name)[rows] for f in fields(self)))


class Observer:
    """The judges together."""

    def __init__(self, judge: Judge, imagenet: ImageNetFeatures) -> None:
        self.judge, self.imagenet = judge, imagenet

    def look(self, pictures: Bytes, readings: Sequence[dict[str, Reading]] = ()) -> Observed:
        """One batch of (B, 256, 256, 4) premultiplied pictures."""
        rgb = as_tensor(on_paper(pictures))
        features = self.judge(rgb)
        differences, named = _columns(readings, len(pictures))
        return Observed(
            features, self.imagenet(rgb), self.judge.levels(features), self.judge.ghostliness(rgb),
            differences, named, torch.from_numpy(small(pictures)),
        )  # fmt: skip

    def renders(self, renders: Renders, rows: Sequence[int], tick: Tick) -> Observed:
        """The renders of a data set's figures, colours included."""
        return self._stream(renders, rows, lambda part: renders.pictures(part), tick)

    def drawn(self, engine: Engine, renders: Renders, rows: Sequence[int], tick: Tick) -> Observed:
        """The generator's pictures of the same specs."""

        def make(part: Sequence[int]) -> Bytes:
            return draw(engine, [renders.specs[i] for i in part])

        return self._stream(renders, rows, make, tick)

    def _stream(
        self, renders: Renders, rows: Sequence[int], make: Callable[[Sequence[int]], Bytes],
        tick: Tick,
    ) -> Observed:  # fmt: skip
        seen = []
        for part in batches(rows):
            pictures = make(part)
            readings = [
                read(picture, *renders.masks(i), renders.specs[i])
                for picture, i in zip(pictures, part, strict=True)
            ]
            seen.append(self.look(pictures, readings))
            tick(len(part))
        return together(seen)

    def features_64(self, small_pictures: Bytes, tick: Tick) -> tuple[Tensor, Tensor]:
        """Both feature spaces on (N, 64, 64, 3) pictures: judge, ImageNet."""
        judge, imagenet = [], []
        for i in range(0, len(small_pictures), BATCH):
            rgb = as_tensor(small_pictures[i : i + BATCH])
            judge.append(self.judge(rgb))
            imagenet.append(self.imagenet(rgb))
            tick(len(rgb))
        return torch.cat(judge), torch.cat(imagenet)

    def judge_features(self, renders: Renders, rows: Sequence[int], tick: Tick) -> Tensor:
        """Only the judge's features, of renders."""
        parts = []
        for part in batches(rows):
            parts.append(self.judge(as_tensor(on_paper(renders.pictures(part)))))
            tick(len(part))
        return torch.cat(parts)


def batches(rows: Sequence[int]) -> Iterable[Sequence[int]]:
    return (rows[i : i + BATCH] for i in range(0, len(rows), BATCH))


def together(parts: Sequence[Observed]) -> Observed:
    """Several batches as one."""
    names = [f.name for f in fields(Observed)]
    return Observed(*(torch.cat([getattr(p, name) for p in parts]) for name in names))


def _columns(readings: Sequence[dict[str, Reading]], count: int) -> tuple[Tensor, Tensor]:
    differences = np.full((count, len(COLOURED)), np.nan, np.float32)
    named = np.full((count, len(COLOURED), 2), -1, np.int64)
    for i, reading in enumerate(readings):
        for j, attribute in enumerate(COLOURED):
            if found := reading.get(attribute):
                differences[i, j] = found.difference
                if found.asked is not None and found.named is not None:
                    names = list(PALETTES[attribute])
                    named[i, j] = names.index(found.asked), names.index(found.named)
    return torch.from_numpy(differences), torch.from_numpy(named)
