"""How different figures of the same attributes are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from generator.art.figure import draw as render
from generator.data.store import Bytes
from generator.engine import Engine
from generator.evaluation.figures import Renders, as_tensor, draw, on_paper
from generator.evaluation.metrics import spread
from generator.evaluation.observing import Observer, Tick
from generator.spec import SLIDERS, AvatarSpec


@dataclass(frozen=True)
class Diversity:
    """Mean distance, in the ImageNet feature space, between figures that share every attribute and
    colour but not their sliders and seed; ours and the renders'."""

    FIGURES: ClassVar[int] = 24
    VARIANTS: ClassVar[int] = 6

    ours: float
    renders: float

    @property
    def ratio(self) -> float:
        return self.ours / self.renders


def variants(spec: AvatarSpec, others: list[AvatarSpec]) -> list[AvatarSpec]:
    """The same attributes with the sliders and seeds of other figures."""
    return [
        spec.model_copy(update={"seed": o.seed, **{name: getattr(o, name) for name in SLIDERS}})
        for o in others
    ]


def variants_of(renders: Renders, figure: int) -> list[AvatarSpec]:
    """Figure number `figure` of the measure, `Diversity.VARIANTS` times."""
    n, k = len(renders), Diversity.VARIANTS
    first = Diversity.FIGURES + figure * k
    return variants(
        renders.specs[figure % n], [renders.specs[(first + j) % n] for j in range(k)]
    )  # fmt: skip


def rendered(specs: list[AvatarSpec]) -> Bytes:
    """The renderer's pictures, made on the spot: (B, 256, 256, 4) premultiplied."""
    pictures = [np.asarray(render(spec).convert("RGBa")) for spec in specs]
    return np.stack(pictures)


def measure_diversity(
    engine: Engine, observer: Observer, renders: Renders, tick: Tick
) -> Diversity:  # fmt: skip
    """Draw and render `Diversity.FIGURES` x `Diversity.VARIANTS` figures."""
    ours: list[Tensor] = []
    theirs: list[Tensor] = []
    for figure in range(Diversity.FIGURES):
        specs = variants_of(renders, figure)
        for pictures, kept in ((draw(engine, specs), ours), (rendered(specs), theirs)):
            kept.append(observer.imagenet(as_tensor(on_paper(pictures))))
            tick(len(specs))
    return Diversity(
        float(spread(torch.stack(ours)).mean()), float(spread(torch.stack(theirs)).mean())
    )
