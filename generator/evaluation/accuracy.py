"""How much of what was asked for can be found in the pictures: per attribute and per level."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from generator.evaluation.colours import CLOSE, COLOURED
from generator.evaluation.visibility import ATTRIBUTES
from generator.spec import ACCESSORIES, PALETTES, VOCABULARY

FEWEST = 10
"""A level that fewer figures show is not judged by itself."""
WORN = "accessories"


@dataclass(frozen=True)
class LevelScore:
    """recall: of the figures asked to show it, the share that does. precision: of the figures that
    show it, the share that was asked to; NaN when nothing shows it. count: figures asked."""

    attribute: str
    level: str
    recall: float
    precision: float
    count: int


@dataclass(frozen=True)
class Scores:
    """What was found of all that was asked for.

    accuracy: By attribute, the share of figures that show what they were asked to ("accessories":
        the mean recall of worn ones).
    levels: Every level that at least `FEWEST` figures were asked for.
    false_alarms: Share of accessories that are seen though nobody asked for them.
    """

    accuracy: dict[str, float]
    levels: tuple[LevelScore, ...]
    false_alarms: float

    @property
    def mean(self) -> float:
        return sum(self.accuracy.values()) / len(self.accuracy)

    def recall(self, attribute: str, level: str) -> float | None:
        found = [s for s in self.levels if (s.attribute, s.level) == (attribute, level)]
        return found[0].recall if found else None


def score(read: Tensor, asked: Tensor, counts: Tensor) -> Scores:
    """Compare levels that were read with levels that were asked for.

    Args:
        read, asked: (N, len(ATTRIBUTES)) int64 level indices, 1 for a worn accessory.
        counts: (N, len(ATTRIBUTES)) bool, what can be seen.
    """
    accuracy: dict[str, float] = {}
    levels: list[LevelScore] = []
    for i, (group, names) in enumerate(VOCABULARY.items()):
        rows = counts[:, i]
        r, a = read[rows, i], asked[rows, i]
        accuracy[group] = _share(r == a)
        for k, name in enumerate(names):
            if int((a == k).sum()) >= FEWEST:
                levels.append(_level(group, name, r == k, a == k))
    worn: list[LevelScore] = []
    wrong = alarms = 0
    for name in ACCESSORIES:
        i = ATTRIBUTES.index(name)
        rows = counts[:, i]
        r, a = read[rows, i] == 1, asked[rows, i] == 1
        wrong, alarms = wrong + int((r & ~a).sum()), alarms + int((~a).sum())
        if int(a.sum()) >= FEWEST:
            worn.append(_level(WORN, name, r, a))
    if worn:
        accuracy[WORN] = sum(s.recall for s in worn) / len(worn)
    return Scores(accuracy, (*levels, *worn), wrong / max(alarms, 1))


def share_right(read: Tensor, asked: Tensor, counts: Tensor) -> float:
    """Of all that can be seen of some figures (worn accessories included), the share that is right:
    one number that also a few hundred figures settle."""
    relevant = counts.clone()
    relevant[:, len(VOCABULARY) :] &= asked[:, len(VOCABULARY) :] == 1
    return _share((read == asked)[relevant])


@dataclass(frozen=True)
class ColourScores:
    """close: share of figures within CIEDE2000 of `CLOSE`. median, worst: that difference's median
    and 99th percentile. named: of the figures asked for a named level, the share nearest to it."""

    close: float
    median: float
    worst: float
    named: float
    levels: tuple[LevelScore, ...]
    count: int


def score_colours(differences: Tensor, named: Tensor) -> dict[str, ColourScores]:
    """By attribute of `COLOURED`; the arguments are those fields of `observing.Observed`."""
    result = {}
    for j, attribute in enumerate(COLOURED):
        d = differences[:, j]
        d = d[~d.isnan()]
        asked, seen = named[named[:, j, 0] >= 0, j].unbind(1)
        levels = tuple(
            _level(attribute, name, seen == k, asked == k)
            for k, name in enumerate(PALETTES[attribute])
            if int((asked == k).sum()) >= FEWEST
        )
        result[attribute] = ColourScores(
            _share(d <= CLOSE), _quantile(d, 0.5), _quantile(d, 0.99), _share(asked == seen),
            levels, len(d),
        )  # fmt: skip
    return result


def _level(attribute: str, level: str, read: Tensor, asked: Tensor) -> LevelScore:
    both = int((read & asked).sum())
    shown = int(read.sum())
    count = int(asked.sum())
    return LevelScore(
        attribute, level, both / max(count, 1), both / shown if shown else float("nan"), count
    )


def _share(right: Tensor) -> float:
    return float(right.float().mean()) if right.numel() else float("nan")


def _quantile(values: Tensor, q: float) -> float:
    return float(values.float().quantile(q)) if values.numel() else float("nan")
