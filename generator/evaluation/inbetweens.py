"""Are figures between two specs as clean as figures?

Two ways between them are judged: a spec in between (`generator.blending`, what people are shown),
and mixed conditions (what the network itself makes of half a hat). Beside them, as the known bad:
two renders laid over each other. Two scores, neither of which knows the training's discriminator:
the ghost detector's, and the distance to the nearest real figure in the ImageNet feature space.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from generator.blending import between
from generator.data.store import Bytes
from generator.engine import Engine
from generator.evaluation.features import ImageNetFeatures
from generator.evaluation.figures import Renders, as_tensor, draw, draw_conditions, on_paper
from generator.evaluation.judge import Judge
from generator.evaluation.metrics import nearest
from generator.evaluation.observing import BATCH, Tick
from generator.models.conditions import encode, palettes

ENDS, SPECS, LATENTS, EXPOSURES = "ends", "specs", "conditions", "double exposures"
KINDS = (ENDS, SPECS, LATENTS, EXPOSURES)


@dataclass(frozen=True)
class Cleanliness:
    """One kind of picture.

    ghosts: Mean score of the ghost detector, 0 to 1.
    flagged: Share that scores higher than 95% of the end points do.
    distance: Median distance to the nearest real figure.
    """

    ghosts: float
    flagged: float
    distance: float
    count: int


def pairs_of(rows: Sequence[int], count: int, *, seed: int = 0) -> list[tuple[int, int, float]]:
    """Random pairs of rows, and how far between them to look: 0.25 to 0.75."""
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(np.array(rows))[: 2 * min(count, len(rows) // 2)].tolist()
    shares = rng.uniform(0.25, 0.75, len(chosen) // 2).tolist()
    return list(zip(chosen[::2], chosen[1::2], shares, strict=True))


def pictures_between(
    engine: Engine, renders: Renders, pairs: Sequence[tuple[int, int, float]], kind: str
) -> Bytes:
    """The picture of one kind for every pair: (B, 256, 256, 4)."""
    first, second = [i for i, _, _ in pairs], [j for _, j, _ in pairs]
    one, other = [renders.specs[i] for i in first], [renders.specs[j] for j in second]
    shares = [share for _, _, share in pairs]
    if kind == ENDS:
        return draw(engine, one)
    if kind == SPECS:
        return draw(engine, [between(a, b, s) for a, b, s in zip(one, other, shares, strict=True)])
    share = torch.tensor(shares)
    if kind == LATENTS:
        colours = torch.lerp(palettes(one), palettes(other), share[:, None, None])
        return draw_conditions(engine, encode(one).mix(encode(other), share), colours)
    weight = share.numpy()[:, None, None, None]
    mixed = renders.pictures(first) * (1 - weight) + renders.pictures(second) * weight
    return np.rint(mixed).clip(0, 255).astype(np.uint8)


def measure(
    engine: Engine, judge: Judge, imagenet: ImageNetFeatures, renders: Renders,
    pairs: Sequence[tuple[int, int, float]], real: Tensor, tick: Tick,
) -> dict[str, Cleanliness]:  # fmt: skip
    """Every kind of picture between the pairs.

    Args:
        real: (M, 1280) ImageNet features of renders, none of them of a spec in `pairs`.
    """
    ghosts: dict[str, Tensor] = {}
    distances: dict[str, Tensor] = {}
    for kind in KINDS:
        scores, features = [], []
        for i in range(0, len(pairs), BATCH):
            part = pairs[i : i + BATCH]
            rgb = as_tensor(on_paper(pictures_between(engine, renders, part, kind)))
            scores.append(judge.ghostliness(rgb))
            features.append(imagenet(rgb))
            tick(len(part))
        ghosts[kind] = torch.cat(scores)
        distances[kind] = nearest(torch.cat(features), real)[0][:, 0]
    limit = ghosts[ENDS].quantile(0.95)
    return {
        kind: Cleanliness(
            float(ghosts[kind].mean()), float((ghosts[kind] > limit).float().mean()),
            float(distances[kind].median()), len(pairs),
        )
        for kind in KINDS
    }  # fmt: skip
