"""Sets of pictures against unseen renders, in both feature spaces."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from generator.evaluation.metrics import density_coverage, kid


@dataclass(frozen=True)
class Distances:
    """One set of pictures against renders. All by feature space.

    kid: Mean and standard deviation of the unbiased estimate; 0 for what is real.
    coverage, density: With the 5 nearest neighbours; 1 is as good as real pictures can be, but for
        chance (see the floor).
    """

    name: str
    note: str
    kid: dict[str, tuple[float, float]]
    density: dict[str, float]
    coverage: dict[str, float]
    count: int


@dataclass(frozen=True)
class NotTrained:
    """A baseline whose weights are not there."""

    name: str
    note: str = "not trained"


Row = Distances | NotTrained


def compare(
    name: str, mine: dict[str, Tensor], real: dict[str, Tensor], note: str = ""
) -> Distances:
    """Features of a set of pictures and of unseen renders, by feature space -> distances."""
    kids: dict[str, tuple[float, float]] = {}
    density: dict[str, float] = {}
    coverage: dict[str, float] = {}
    for space, features in mine.items():
        kids[space] = kid(features, real[space])
        density[space], coverage[space] = density_coverage(real[space], features)
    return Distances(name, note, kids, density, coverage, len(next(iter(mine.values()))))


def chance(floor: Distances, space: str) -> float:
    """The KID that two sets of real figures stay below 39 times in 40: mean plus two deviations.

    The unbiased estimate is zero on average for real figures, so a multiple of its mean would mean
    nothing.
    """
    mean, std = floor.kid[space]
    return mean + 2 * std
