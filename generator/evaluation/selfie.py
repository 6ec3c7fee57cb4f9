"""How well selfies are read: every portrait judged by heads that never saw it.

Two ways stand beside each other for every attribute: plain statistics (Gaussians over one to three
hand-picked numbers) and the trained heads that are shipped. Both are fitted in ten folds of the
labelled portraits, each portrait is judged by the fold that was fitted without it; further labels
may help in training and are never judged on. Intervals are Wilson's, 95%.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.evaluation.goals import Goal, percent
from generator.selfie.alignment import Floats
from generator.selfie.cues import Cues
from generator.selfie.hair_cues import MIDDLE
from generator.selfie.heads import QUESTIONS, Heads, softmax
from generator.training.selfie import (
    LABELS,
    SETTINGS,
    Example,
    fit,
    fit_all,
    read_examples,
    read_labels,
    temper,
)

FOLDS = 10
GAP = 0.10
"""A group may be so far below the others."""
FEWEST = 8
"""Portraits; of smaller groups nothing can be said."""

NEIGHBOURS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        ("black", "brown"), ("brown", "red"), ("brown", "blonde"), ("red", "blonde"),
        ("black", "gray"), ("gray", "white"), ("blonde", "white"),
    )
)  # fmt: skip
"""Hair colours that pass into each other."""

PLAIN: dict[str, Callable[[Cues], Floats]] = {
    "hair_colour": lambda cues: cues.hair[MIDDLE],
    "hair_length": lambda cues: np.array([cues.crown[0], cues.sides[12], cues.sides[18]]),
    "skin": lambda cues: cues.skin[[0, 2]],
    "glasses": lambda cues: _frames(cues.eyes),
    "facial_hair": lambda cues: cues.beard[[0, 5, 35, 40]],
    "smile": lambda cues: cues.mouth[[1, 2, 8]],
}
"""The numbers that statistics judge by: the hair's colour; the crown and the hair beside chin and
shoulders; the skin's lightness and yellowness; level edges on the bridge of the nose and below the
eyes; darkness and roughness of lip and chin; how open, lifted and light the mouth is."""


def _frames(eyes: Floats) -> Floats:
    cells = eyes.reshape(6, 12, 8)
    level = cells[:, :, 3:6].sum(-1)
    return np.array([level[2:4, 5:7].mean(), level[4:, [1, 2, 3, 8, 9, 10]].mean()])


@dataclass(frozen=True, eq=False)
class Judged:
    """One attribute, read of held-out portraits in one way.

    Attributes:
        files: The portraits.
        truth, read: Indices of levels, (n,).
        scores: (n, levels), before the softmax.
    """

    name: str
    files: tuple[str, ...]
    truth: Any
    read: Any
    scores: Floats

    def right(self, within: str = "exact") -> Any:
        """(n,) bool: read as labelled, or near enough."""
        levels = QUESTIONS[self.name].levels
        if within == "neighbours":
            pairs = zip(self.truth, self.read, strict=True)
            return np.array(
                [a == b or frozenset((levels[a], levels[b])) in NEIGHBOURS for a, b in pairs]
            )
        if within == "step":
            return np.abs(self.truth - self.read) <= 1
        if within == "coarse":  # medium hair is long hair
            return np.minimum(self.truth, 2) == np.minimum(self.read, 2)
        return self.truth == self.read


def cross_validate(
    name: str, judged: Sequence[Example], more: Sequence[Example], *, plain: bool = False,
    seed: int = 0,
) -> Judged:  # fmt: skip
    """Judge every portrait whose label is known by a fit that has not seen it."""
    question = QUESTIONS[name]
    known = [e for e in judged if name in e.labels]
    truth = np.array([question.levels.index(e.labels[name]) for e in known])
    order = np.random.default_rng(seed).permutation(len(known))
    scores = np.zeros((len(known), len(question.levels)), np.float32)
    for fold in range(min(FOLDS, len(known))):
        held = order[fold::FOLDS]
        rest = [known[i] for i in sorted(set(range(len(known))) - set(held.tolist()))]
        if plain:
            score = _gaussians(name, [*rest, *more])
            for i in held:
                scores[i] = score(known[i].cues)
        else:
            weight, bias = fit(name, [*rest, *more])
            for i in held:
                scores[i] = weight @ question.vector(known[i].cues) + bias
    read = scores.argmax(1)
    if name == "skin":  # a scale: the mean of what is likely, not the likeliest step
        read = np.round(softmax(scores) @ np.arange(len(question.levels))).astype(int)
    return Judged(name, tuple(e.file for e in known), truth, read, scores)


def _gaussians(name: str, examples: Sequence[Example]) -> Callable[[Cues], Floats]:
    """Log posteriors of Gaussians with one variance a number, by Bayes' rule."""
    numbers, levels = PLAIN[name], QUESTIONS[name].levels
    known = [e for e in examples if name in e.labels]
    x = np.stack([numbers(e.cues) for e in known])
    y = np.array([levels.index(e.labels[name]) for e in known])
    counts = np.array([SETTINGS[name].further if e.further else 1.0 for e in known])
    spread = x.std(0) + 1e-6
    fits: list[tuple[Any, Any, float] | None] = []
    for level in range(len(levels)):
        own, weights = x[y == level], counts[y == level]
        if len(own) < 2:
            fits.append(None)
            continue
        mean = np.average(own, 0, weights)
        deviation = np.sqrt(np.average((own - mean) ** 2, 0, weights))
        fits.append((mean, deviation + 0.1 * spread, math.log(weights.sum() / counts.sum())))

    def score(cues: Cues) -> Floats:
        values = numbers(cues)
        return np.array(
            [
                -1e9 if f is None
                else f[2] - float((((values - f[0]) / f[1]) ** 2 / 2 + np.log(f[1])).sum())
                for f in fits
            ]
        )  # fmt: skip

    return score


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    z, p = 1.96, right / count
    middle, scale = p + z * z / (2 * count), 1 + z * z / count
    half = z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count))
    return (middle - half) / scale, (middle + half) / scale


@dataclass(frozen=True)
class Share:
    """How many of how many were right."""

    right: int
    count: int

    @classmethod
    def of(cls, right: Any) -> Share:
        return cls(int(np.sum(right)), len(right))

    @property
    def value(self) -> float:
        return self.right / self.count if self.count else math.nan

    def __str__(self) -> str:
        low, high = wilson(self.right, self.count)
        return f"{percent(self.value)} ({percent(low)} to {percent(high)}, n={self.count})"


_ASKED: tuple[tuple[str, str, str, float], ...] = (
    ("hair colour", "hair_colour", "exact", 0.85),
    ("hair colour within neighbours", "hair_colour", "neighbours", 0.95),
    ("skin tone within one level", "skin", "step", 0.95),
    ("glasses", "glasses", "exact", 0.95),
    ("facial hair", "facial_hair", "exact", 0.90),
    ("smile", "smile", "exact", 0.90),
    ("bald, short or long hair", "hair_length", "coarse", 0.85),
)
_ALSO: tuple[tuple[str, str, str], ...] = (
    ("skin tone exactly", "skin", "exact"),
    ("bald, short, medium or long", "hair_length", "exact"),
)
_GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "skin": {"skin 1-2": ("1", "2"), "skin 3-4": ("3", "4"), "skin 5-6": ("5", "6")},
    "presentation": {"feminine": ("feminine",), "masculine": ("masculine",)},
    "glasses": {"without glasses": ("no",), "with glasses": ("yes",)},
}


@dataclass(frozen=True)
class Line:
    """One thing that was asked for: both ways, weighed, and in groups.

    weighed: The mean over the groups of skin and of presentation, so that the many older
        light-skinned men of the portraits count no more than others.
    gap: How far the weakest group lies below all others; groups below `FEWEST` are left out.
    """

    title: str
    trained: Share
    plain: Share
    weighed: float
    groups: dict[str, Share]
    gap: float
    weakest: str


@dataclass(frozen=True)
class Report:
    """Everything that was measured."""

    lines: tuple[Line, ...]
    goals: tuple[Goal, ...]
    confusions: dict[str, Any]
    temperatures: dict[str, float]
    judged: int
    further: int


def evaluate(judged: Sequence[Example], more: Sequence[Example] = ()) -> Report:
    """Judge all attributes both ways."""
    trained = {name: cross_validate(name, judged, more) for name in PLAIN}
    plain = {name: cross_validate(name, judged, more, plain=True) for name in PLAIN}
    labels = {e.file: e.labels for e in judged}
    asked = [_line(t, n, w, trained[n], plain[n], labels) for t, n, w, _ in _ASKED]
    also = [_line(t, n, w, trained[n], plain[n], labels) for t, n, w in _ALSO]
    goals = [
        Goal(
            line.title, f"≥ {percent(least)}", str(line.trained), line.trained.value >= least,
            f"statistics: {percent(line.plain.value)}; weighed: {percent(line.weighed)}",
        )
        for line, (_, _, _, least) in zip(asked, _ASKED, strict=True)
    ]  # fmt: skip
    worst = max(asked, key=lambda line: line.gap)
    behind = [f"{line.title}: {line.weakest}" for line in asked if line.gap > GAP]
    goals.append(
        Goal(
            "no group behind the others", f"≤ {100 * GAP:.0f} points",
            f"{100 * worst.gap:.1f} points ({worst.title}: {worst.weakest})", worst.gap <= GAP,
            "; ".join(behind),
        )
    )  # fmt: skip
    manner = cross_validate("presentation", judged, more)
    every = {**trained, "presentation": manner}
    return Report(
        tuple(asked + also),
        tuple(goals),
        {name: _confusion(result) for name, result in trained.items()},
        {name: temper(result.scores, result.truth) for name, result in every.items()},
        len(judged),
        len(more),
    )


def _line(
    title: str, name: str, within: str, trained: Judged, plain: Judged,
    labels: dict[str, dict[str, str]],
) -> Line:  # fmt: skip
    right = trained.right(within)
    groups: dict[str, Share] = {}
    gaps: list[tuple[float, str]] = [(0.0, "none")]
    means = []
    for attribute, parts in _GROUPS.items():
        values = []
        for group, levels in parts.items():
            inside = np.array([labels[file].get(attribute) in levels for file in trained.files])
            others = np.array([
                attribute in labels[file] and labels[file][attribute] not in levels
                for file in trained.files
            ])  # fmt: skip
            share = groups[group] = Share.of(right[inside])
            if share.count >= FEWEST and others.any():
                values.append(share.value)
                gaps.append((Share.of(right[others]).value - share.value, group))
        if attribute != "glasses" and values:
            means.append(float(np.mean(values)))
    gap, weakest = max(gaps)
    weighed = float(np.mean(means)) if means else math.nan
    return Line(
        title, Share.of(right), Share.of(plain.right(within)), weighed, groups, gap, weakest
    )


def _confusion(result: Judged) -> dict[str, dict[str, int]]:
    """Labelled level -> read level -> how many."""
    levels = QUESTIONS[result.name].levels
    return {
        truth: {
            read: int(np.sum((result.truth == i) & (result.read == j)))
            for j, read in enumerate(levels)
        }
        for i, truth in enumerate(levels)
    }


def markdown(report: Report) -> str:
    """The report as a page."""
    reached = sum(goal.reached for goal in report.goals)
    parts = [
        "# How well are selfies read?",
        f"{report.judged} labelled portraits, each judged by heads that were fitted without it"
        f" ({FOLDS} folds; {report.further} further portraits with labels made by eye help in"
        f" fitting only). **{reached} of {len(report.goals)} goals are reached.**",
        "The portraits are official ones: most people on them are over 45, light-skinned and"
        " masculine-looking, under studio light. *Weighed* is the mean over groups of skin and"
        " presentation. With 150 portraits an interval is about ±5 points, and in small groups"
        " ±15: what differs by less is not known to differ. Labels were made by eye; black and"
        " brown, gray and white, and the steps of the skin scale can differ by one. Cues, penalties"
        " and the weight of further labels were chosen on these portraits: that flatters.",
        _table(
            ("goal", "target", "measured (95% interval)", "reached", "note"),
            [(g.name, g.target, g.measured, "yes" if g.reached else "**no**", g.note)
             for g in report.goals],
        ),
        "## Statistics beside trained heads",
        _table(
            ("attribute", "trained", "statistics", "weighed"),
            [(x.title, str(x.trained), str(x.plain), percent(x.weighed)) for x in report.lines],
        ),
        "## Groups",
        _table(
            ("attribute", *report.lines[0].groups, "weakest"),
            [
                (x.title, *(_short(s) for s in x.groups.values()),
                 f"{x.weakest} ({100 * x.gap:.1f} points)")
                for x in report.lines
            ],
        ),
        "## What is taken for what",
        *(_matrix(name, counts) for name, counts in report.confusions.items()),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _short(share: Share) -> str:
    return f"{percent(share.value)} of {share.count}" if share.count else "none"


def _matrix(name: str, counts: dict[str, dict[str, int]]) -> str:
    rows = [(level, *map(str, row.values())) for level, row in counts.items()]
    return f"{name.replace('_', ' ')} (lines: labelled, columns: read)\n\n" + _table(
        ("", *counts), rows
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def plain_data(report: Report) -> dict[str, Any]:
    """For JSON."""
    lines = [
        {
            **asdict(line),
            "trained": asdict(line.trained) | {"interval": wilson(*_pair(line.trained))},
            "plain": asdict(line.plain) | {"interval": wilson(*_pair(line.plain))},
        }
        for line in report.lines
    ]
    return asdict(report) | {"lines": lines}


def _pair(share: Share) -> tuple[int, int]:
    return share.right, share.count


def run(
    folder: Path, further: Path | None = None, tick: Callable[[int], None] = lambda n: None
) -> tuple[Report, Callable[[], Heads]]:
    """Measure a folder of portraits with `labels.csv`, and more labels where there are any.

    Returns:
        The report, and a function that fits heads on everything for shipping.
    """
    known = read_labels(folder / LABELS)
    judged = read_examples(folder, known, tick)
    rest = {k: v for k, v in read_labels(further).items() if k not in known} if further else {}
    more = read_examples(folder, rest, tick, further=True) if rest else []
    report = evaluate(judged, more)
    return report, lambda: fit_all([*judged, *more], report.temperatures)
