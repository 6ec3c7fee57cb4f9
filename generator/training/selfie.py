"""Fits the heads of `generator.selfie.heads` on labelled portraits.

A labels file is a CSV: `file`, then any of presentation, hair_color, hair_length, glasses (0, 1),
facial_hair, skin (1 to 6), smile; an empty cell is not known. Nothing of the portraits but the
layers' numbers is kept.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from generator.errors import PersonError
from generator.selfie.alignment import Floats, align
from generator.selfie.cues import Cues, measure
from generator.selfie.heads import QUESTIONS, Heads, softmax
from generator.selfie.regions import regions

COLUMNS = {"hair_colour": "hair_color"}
"""Where an attribute's column has another name."""
LABELS = "labels.csv"
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """How one head is fitted: the weight of its L2 penalty, and how far classes are balanced
    (0: as they come, 1: rare ones count as much as frequent ones). `scale`: its levels are steps
    of a scale, in their order. `further`: how much a further label counts beside a judged one:
    those portraits are mostly of light-skinned men with brown or gray hair."""

    penalty: float
    balance: float = 0.5
    scale: bool = False
    further: float = 1.0


SETTINGS: dict[str, Settings] = {
    "hair_colour": Settings(10.0, further=0.1),
    "hair_length": Settings(3.0),
    "skin": Settings(0.01, 0.5, scale=True, further=0.3),
    "glasses": Settings(0.3),
    "facial_hair": Settings(0.5, 0.9),
    "smile": Settings(0.2, 0.3, further=0.3),
    "presentation": Settings(3.0),
}


@dataclass(frozen=True, eq=False)
class Example:
    """One labelled portrait: attribute -> level, for what is known. `further`: its labels help in
    fitting and are never judged on."""

    file: str
    cues: Cues
    labels: dict[str, str]
    further: bool = False


def read_labels(file: Path) -> dict[str, dict[str, str]]:
    """File name -> attribute -> level of a labels file.

    Raises:
        PersonError: It is not there, or has no column `file`.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise PersonError(f"{file} cannot be read: name a CSV file with labels") from error
    if rows and "file" not in rows[0]:
        raise PersonError(f"{file} has no column named file: add one")
    return {row["file"]: _labels(row) for row in rows}


def _labels(row: dict[str, str]) -> dict[str, str]:
    labels = {}
    for name, question in QUESTIONS.items():
        value = row.get(COLUMNS.get(name, name), "") or ""
        if name == "glasses":
            value = {"0": "no", "1": "yes"}.get(value, "")
        if value in question.levels:
            labels[name] = value
    return labels


def read_examples(
    folder: Path, labels: dict[str, dict[str, str]], tick: Callable[[int], None] = lambda n: None,
    further: bool = False,
) -> list[Example]:  # fmt: skip
    """Measure the largest face of every labelled portrait that is there and has one."""
    from generator.faces import load_reader
    from generator.photo import open_photo

    reader = load_reader()
    examples = []
    for name, known in sorted(labels.items()):
        file = folder / name
        tick(1)
        if not file.is_file():
            continue
        faces = reader.read(open_photo(file.read_bytes()))
        if faces.found:
            head = align(faces, faces.found[0])
            examples.append(Example(name, measure(head, regions(head)), known, further))
    if not examples:
        raise PersonError(f"none of the labelled portraits is in {folder}")
    return examples


Layer = tuple[Floats, Floats]


def fit(name: str, examples: Iterable[Example]) -> Layer:
    """The layer of one head: multinomial logistic regression with an L2 penalty, by L-BFGS, or
    ridge regression of a scale.

    Inputs are standardised for the penalty's sake, which is folded into the layer afterwards.
    """
    question, settings = QUESTIONS[name], SETTINGS[name]
    known = [e for e in examples if name in e.labels]
    inputs = np.stack([question.vector(e.cues) for e in known]).astype(np.float64)
    levels = np.array([question.levels.index(e.labels[name]) for e in known])
    mean, scale = inputs.mean(0), inputs.std(0) + 1e-3
    counts = np.bincount(levels, minlength=len(question.levels))
    importance = np.array([settings.further if e.further else 1.0 for e in known])
    importance *= (len(levels) / counts[levels]) ** settings.balance
    if settings.scale:
        return _fit_scale(
            (inputs - mean) / scale, levels, importance, settings, mean, scale,
            len(question.levels),
        )  # fmt: skip
    shares = torch.from_numpy(importance)
    x, y = torch.from_numpy((inputs - mean) / scale), torch.from_numpy(levels)
    weight = torch.zeros(x.shape[1], len(question.levels), dtype=x.dtype, requires_grad=True)
    bias = torch.zeros(len(question.levels), dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        entropy = F.cross_entropy(x @ weight + bias, y, reduction="none")
        total = (entropy * shares).sum() / shares.sum()
        total = total + settings.penalty * weight.square().sum() / x.shape[1]
        total.backward()
        return total

    optimizer.step(loss)
    w = weight.detach().numpy().T / scale
    b = bias.detach().numpy() - w @ mean
    return w.astype(np.float32), b.astype(np.float32)


_OFF = 0.85
"""Standard deviation, in steps, of held-out predictions of a scale."""


def _fit_scale(
    x: Doubles, levels: NDArray[np.intp], importance: Doubles, settings: Settings, mean: Doubles,
    scale: Doubles, count: int,
) -> Layer:  # fmt: skip
    """Ridge regression z of the step, as a layer: scores -(z - step)² / 2σ² without their z²."""
    weights = importance / importance.sum()
    middle, target = weights @ x, float(weights @ levels)
    centred = x - middle
    moments = (centred * weights[:, None]).T
    slope = np.linalg.solve(
        moments @ centred + settings.penalty * np.eye(x.shape[1]), moments @ (levels - target)
    )
    start = target - middle @ slope - (mean / scale) @ slope
    steps = np.arange(count)
    weight = steps[:, None] * (slope / scale) / _OFF**2
    bias = (steps * start - steps**2 / 2) / _OFF**2
    return weight.astype(np.float32), bias.astype(np.float32)


def temper(scores: Floats, levels: Sequence[int]) -> float:
    """The temperature at which held-out scores (n, levels) say best how sure they are."""
    chosen = np.arange(len(levels)), np.asarray(levels)
    temperatures = np.geomspace(0.5, 4, 25)
    losses = [-np.log(softmax(scores / t)[chosen] + 1e-9).mean() for t in temperatures]
    return float(temperatures[int(np.argmin(losses))])


def fit_all(examples: Sequence[Example], temperatures: dict[str, float]) -> Heads:
    """Heads of all examples, as sure of themselves as they proved to be on held-out ones."""
    layers = {}
    for name in QUESTIONS:
        weight, bias = fit(name, examples)
        heat = np.float32(temperatures.get(name, 1.0))
        layers[name] = weight / heat, bias / heat
    return Heads(layers)
