"""Small trained heads: one linear layer each from cues to the levels of an attribute.

They see a few dozen to a few hundred numbers and were trained on some hundred portraits, so they
are kept linear; `generator.training.selfie` fits them, `python -m generator evaluate selfie` sets
them beside plain statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from generator.manifest import SHIPPED, check
from generator.selfie.alignment import Floats
from generator.selfie.cues import Cues

WEIGHTS = SHIPPED / "selfie.safetensors"


@dataclass(frozen=True)
class Question:
    """What a head answers: the cues it is given, and the levels it knows."""

    cues: tuple[str, ...]
    levels: tuple[str, ...]

    def vector(self, cues: Cues) -> Floats:
        """The head's input."""
        return np.concatenate([getattr(cues, name) for name in self.cues])


QUESTIONS: dict[str, Question] = {
    "hair_colour": Question(("hair",), ("black", "brown", "blonde", "red", "gray", "white")),
    "hair_length": Question(("crown", "sides"), ("bald", "short", "medium", "long")),
    "skin": Question(("skin",), ("1", "2", "3", "4", "5", "6")),
    "glasses": Question(("eyes",), ("no", "yes")),
    "facial_hair": Question(("beard",), ("none", "moustache", "beard")),
    "smile": Question(("mouth",), ("none", "closed", "open")),
    "presentation": Question(("whole",), ("feminine", "masculine")),
}
Answers = dict[str, dict[str, float]]
"""Attribute -> level -> probability."""


@dataclass(frozen=True)
class Heads:
    """All heads. `layers`: attribute -> weight (levels, inputs) and bias (levels,)."""

    layers: dict[str, tuple[Floats, Floats]]

    @classmethod
    def load(cls, weights: Path = WEIGHTS) -> Self:
        """Read the weights.

        Raises:
            ManifestError: The shipped file is not there, or not the one that was published.
            ValueError: Another file that does not fit this version.
        """
        from safetensors.numpy import load_file

        if weights.resolve().parent == SHIPPED.resolve():
            check(weights)
        arrays = load_file(weights)
        layers = {}
        for name, question in QUESTIONS.items():
            weight, bias = arrays.get(f"{name}.weight"), arrays.get(f"{name}.bias")
            if weight is None or bias is None or len(weight) != len(question.levels):
                raise ValueError(f"{weights} has no head for {name}: fit it anew")
            layers[name] = weight.astype(np.float32), bias.astype(np.float32)
        return cls(layers)

    def save(self, weights: Path) -> None:
        """Write the weights as safetensors."""
        from safetensors.numpy import save_file

        arrays = {}
        for name, (weight, bias) in self.layers.items():
            # The format writes memory as it lies: a transposed view would come back scrambled.
            arrays[f"{name}.weight"] = np.ascontiguousarray(weight)
            arrays[f"{name}.bias"] = np.ascontiguousarray(bias)
        save_file(arrays, weights)

    def answer(self, cues: Cues) -> Answers:
        """How probable each level of each attribute is."""
        answers: Answers = {}
        for name, (weight, bias) in self.layers.items():
            question = QUESTIONS[name]
            shares = softmax(weight @ question.vector(cues) + bias)
            answers[name] = dict(zip(question.levels, map(float, shares), strict=True))
        return answers


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    shares: Floats = powers / powers.sum(-1, keepdims=True)
    return shares
