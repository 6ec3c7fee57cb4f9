"""The whole report, on a handful of figures and networks that know nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from generator.errors import PersonError
from generator.evaluation import report as reporting
from generator.evaluation.accuracy import LevelScore, Scores
from generator.evaluation.comparison import Distances, NotTrained, chance, compare
from generator.evaluation.diversity import Diversity, variants
from generator.evaluation.goals import judge_goals
from generator.evaluation.inbetweens import ENDS, KINDS, SPECS, Cleanliness, pairs_of
from generator.evaluation.report import Settings, evaluate
from generator.spec import SLIDERS, VOCABULARY, AvatarSpec


@pytest.fixture
def settings(figures: Path, weights: Path, judge_file: Path, tmp_path: Path) -> Settings:
    return Settings(
        data=figures, figures=40, training=figures, weights=weights, earlier=weights,
        judge=judge_file, baselines=tmp_path / "none", runs=tmp_path / "none",
    )  # fmt: skip


def test_everything_is_measured_and_written(settings: Settings, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(reporting, "PAIRS", 4)
    monkeypatch.setattr(Diversity, "FIGURES", 2)
    monkeypatch.setattr(Diversity, "VARIANTS", 2)
    folder = tmp_path / "report"
    report = evaluate(folder, settings)
    written = json.loads((folder / "report.json").read_text())
    assert written["figures"] == 40
    assert len(written["goals"]) == len(report.goals) == 13
    page = (folder / "report.md").read_text()
    assert "not trained" in page
    assert "400,000 pictures, 8.1 h" in page
    for name in report.sheets:
        assert (folder / name).stat().st_size > 1000
        assert f"({name})" in page
    assert {"figures.png", "inbetweens.png", "baselines.png"} <= set(report.sheets)
    # What is known without any training: renders are in their own colours, and are themselves.
    assert all(c.close == 1 for c in report.colours_ceiling.values())
    floor, ours = report.distances[0], report.distances[1]
    assert isinstance(floor, Distances)
    assert isinstance(ours, Distances)
    for space, (mean, _) in ours.kid.items():
        assert mean > floor.kid[space][0]
    assert sum(isinstance(row, NotTrained) for row in report.distances_64) == 4
    assert not [f for f in folder.iterdir() if f.name.startswith(".")]


def test_what_is_missing_is_said_plainly(settings: Settings, tmp_path: Path):
    with pytest.raises(PersonError, match="dataset build"):
        evaluate(tmp_path / "r", replace(settings, data=tmp_path / "nothing"))
    with pytest.raises(PersonError, match="no judge"):
        evaluate(tmp_path / "r", replace(settings, judge=tmp_path / "nothing"))
    with pytest.raises(PersonError, match="no weights"):
        evaluate(tmp_path / "r", replace(settings, weights=tmp_path / "nothing"))
    with pytest.raises(PersonError, match="40 at least"):
        evaluate(tmp_path / "r", replace(settings, figures=10))
    assert not (tmp_path / "r").exists()


def test_pairs_meet_once():
    pairs = pairs_of(list(range(0, 40, 2)), 8)
    used = [row for i, j, _ in pairs for row in (i, j)]
    assert len(used) == len(set(used)) == 16
    assert all(0.25 <= share <= 0.75 for _, _, share in pairs)
    assert len(pairs_of(list(range(6)), 100)) == 3


def test_variants_share_everything_that_is_asked_for():
    spec = AvatarSpec(hair="bob", hair_colour="pink")
    (other,) = variants(spec, [AvatarSpec(hair="afro", seed=9, jaw=0.5)])
    assert (other.seed, other.jaw) == (9, 0.5)
    same = VOCABULARY.keys() | {"hair_colour", "accessories"}
    assert all(getattr(other, name) == getattr(spec, name) for name in same)
    assert "jaw" in SLIDERS


def test_chance_is_above_the_floor():
    random = torch.Generator().manual_seed(0)
    a, b = (torch.randn(200, 8, generator=random) for _ in range(2))
    floor = compare("floor", {"s": a}, {"s": b})
    assert chance(floor, "s") > floor.kid["s"][0]
    assert floor.coverage["s"] > 0.8


def perfect() -> dict[str, object]:
    level = LevelScore("hair", "bob", 1.0, 1.0, 50)
    scores = Scores({"hair": 1.0}, (level,), 0.0)
    row = Distances("x", "", {"s": (0.0, 0.1)}, {"s": 1.0}, {"s": 0.97}, 100)
    clean = Cleanliness(0.1, 0.05, 2.0, 10)
    return {
        "colours": {}, "shapes": scores, "ceiling": scores, "ours": row, "floor": row,
        "unseen": 1.0, "rest": 1.0, "unseen_ceiling": 1.0, "rest_ceiling": 1.0,
        "between": dict.fromkeys(KINDS, clean),
    }  # fmt: skip


def missed(**changes: object) -> list[str]:
    return [g.name for g in judge_goals(**{**perfect(), **changes}) if not g.reached]  # type: ignore[arg-type]


def test_goals_are_reached_or_missed():
    assert missed() == []
    weak = Scores({"hair": 0.94}, (LevelScore("hair", "bob", 0.8, 1.0, 50),), 0.0)
    assert missed(shapes=weak) == [
        "shape attributes, average",
        "weakest level of a shape attribute",
    ]
    far = Distances("x", "", {"s": (0.4, 0.1)}, {"s": 1.0}, {"s": 0.8}, 100)
    assert missed(ours=far) == ["KID, s", "coverage, s"]
    assert missed(unseen=0.96) == ["combinations never rendered in training"]
    ghostly = {**perfect()["between"], SPECS: Cleanliness(0.5, 0.4, 3.0, 10)}  # type: ignore[dict-item]
    assert len(missed(between=ghostly)) == 2
    assert ENDS in ghostly


def test_a_level_that_renders_cannot_show_is_named_as_such():
    weak = Scores({"hair": 1.0}, (LevelScore("hair", "bob", 0.5, 1.0, 50),), 0.0)
    (goal,) = [
        g for g in judge_goals(**{**perfect(), "shapes": weak, "ceiling": weak})  # type: ignore[arg-type]
        if g.name.startswith("weakest")
    ]  # fmt: skip
    assert "1 of the 1" in goal.note
