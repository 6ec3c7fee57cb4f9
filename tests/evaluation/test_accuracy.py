"""Accuracy, recall and precision, by hand."""

import math

import pytest
import torch

from generator.evaluation import accuracy
from generator.evaluation.accuracy import WORN, score, score_colours, share_right
from generator.evaluation.colours import COLOURED
from generator.evaluation.visibility import ATTRIBUTES
from generator.spec import PALETTES, VOCABULARY

STYLE = ATTRIBUTES.index("style")
GLASSES = ATTRIBUTES.index("glasses")


def figures(n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    zeros = torch.zeros(n, len(ATTRIBUTES), dtype=torch.long)
    return zeros.clone(), zeros.clone(), torch.ones(n, len(ATTRIBUTES), dtype=torch.bool)


def test_recall_and_precision_by_hand():
    read, asked, counts = figures(40)
    asked[20:, STYLE] = 1  # 20 moe, 20 chibi
    read[25:, STYLE] = 1  # 5 chibi drawn as moe
    read[:2, STYLE] = 1  # 2 moe drawn as chibi
    found = score(read, asked, counts)
    assert found.accuracy["style"] == pytest.approx(33 / 40)
    assert found.recall("style", "moe") == pytest.approx(18 / 20)
    assert found.recall("style", "chibi") == pytest.approx(15 / 20)
    (chibi,) = [s for s in found.levels if s.level == "chibi"]
    assert chibi.precision == pytest.approx(15 / 17)
    assert chibi.count == 20
    assert found.recall("hair", "bob") is None  # nobody asked


def test_what_cannot_be_seen_does_not_count():
    read, asked, counts = figures(40)
    read[:20, STYLE] = 1
    counts[:20, STYLE] = False
    assert score(read, asked, counts).accuracy["style"] == 1
    assert share_right(read, asked, counts) == 1


def test_accessories_by_the_recall_of_worn_ones():
    read, asked, counts = figures(40)
    asked[:20, GLASSES] = 1
    read[:15, GLASSES] = 1
    read[39, GLASSES] = 1
    found = score(read, asked, counts)
    assert found.accuracy[WORN] == pytest.approx(0.75)
    assert found.recall(WORN, "glasses") == pytest.approx(0.75)
    unasked = 40 * (len(ATTRIBUTES) - len(VOCABULARY)) - 20
    assert found.false_alarms == pytest.approx(1 / unasked)
    # Absent accessories are easy and would flatter: only worn ones enter the share.
    assert share_right(read, asked, counts) == pytest.approx(1 - 5 / (40 * len(VOCABULARY) + 20))


def test_rare_levels_are_not_judged(monkeypatch: pytest.MonkeyPatch):
    read, asked, counts = figures(40)
    asked[: accuracy.FEWEST - 1, STYLE] = 1
    assert score(read, asked, counts).recall("style", "chibi") is None


def test_colours_by_hand():
    differences = torch.full((20, len(COLOURED)), math.nan)
    named = torch.full((20, len(COLOURED), 2), -1)
    differences[:10, 0] = 1.0
    differences[10:15, 0] = 9.0
    named[:12, 0, 0] = 3
    named[:9, 0, 1] = 3
    named[9:12, 0, 1] = 4
    found = score_colours(differences, named)["hair_colour"]
    assert found.count == 15
    assert found.close == pytest.approx(10 / 15)
    assert found.median == 1.0
    assert found.named == pytest.approx(9 / 12)
    (level,) = found.levels
    assert level.level == list(PALETTES["hair_colour"])[3]
    assert level.recall == pytest.approx(0.75)
    assert level.precision == 1
    assert math.isnan(score_colours(differences, named)["skin"].close)
