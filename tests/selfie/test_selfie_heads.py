"""Heads, how they are fitted, and that nobody is judged by a fit that has seen them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from painted import Painted
from typer.testing import CliRunner

from generator.errors import PersonError
from generator.evaluation.selfie import cross_validate, evaluate, markdown, plain_data, wilson
from generator.manifest import SHIPPED
from generator.selfie import candidates, read_selfie
from generator.selfie.alignment import align
from generator.selfie.cues import measure
from generator.selfie.heads import QUESTIONS, WEIGHTS, Heads
from generator.selfie.regions import regions
from generator.training.selfie import Example, fit, fit_all, read_examples, read_labels


@pytest.fixture(scope="module")
def cues():
    faces = Painted(length=0.3).faces()
    head = align(faces, faces.found[0])
    return measure(head, regions(head))


def _examples(cues, count, *, told):
    """Noise about one painted person; the labels are in the numbers if `told`, else chance."""
    rng = np.random.default_rng(4)
    examples = []
    for i in range(count):
        labels, noisy = {}, {}
        for name in cues.__dataclass_fields__:
            vector = getattr(cues, name)
            noisy[name] = (vector + rng.normal(0, 1, vector.shape)).astype(np.float32)
        for name, question in QUESTIONS.items():
            level = int(rng.integers(len(question.levels)))
            labels[name] = question.levels[level]
            if told:
                told_by = np.tile(8 * np.eye(len(question.levels))[level], 3)
                noisy[question.cues[0]][: len(told_by)] += told_by
        examples.append(Example(f"{i}.jpg", replace(cues, **noisy), labels))
    return examples


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_what_is_in_the_numbers_is_learned(cues, name):
    if name == "skin":  # a scale: its steps lie on one line
        rng = np.random.default_rng(1)
        examples = []
        for i in range(120):
            step = int(rng.integers(1, 7))
            skin = rng.normal(0, 0.1, cues.skin.shape).astype(np.float32)
            skin[0] += step
            examples.append(Example(f"{i}.jpg", replace(cues, skin=skin), {"skin": str(step)}))
    else:
        examples = _examples(cues, 160, told=True)
    result = cross_validate(name, examples, ())
    assert result.right().mean() > 0.8


def test_held_out_portraits_are_not_in_the_fit(cues):
    """With more numbers than examples a fit knows all it has seen: chance must remain chance."""
    examples = _examples(cues, 60, told=False)
    result = cross_validate("glasses", examples, ())
    assert result.right().mean() < 0.75
    weight, bias = fit("glasses", examples)
    seen = [
        QUESTIONS["glasses"].levels[int(np.argmax(weight @ e.cues.eyes + bias))]
        == e.labels["glasses"]
        for e in examples
    ]
    assert np.mean(seen) > 0.95


def test_heads_come_back_from_their_file_as_they_were(cues, tmp_path):
    heads = fit_all(_examples(cues, 60, told=True), {"smile": 2.0})
    heads.save(tmp_path / "heads.safetensors")
    again = Heads.load(tmp_path / "heads.safetensors")
    for name, shares in again.answer(cues).items():
        assert shares == pytest.approx(heads.answer(cues)[name], abs=1e-5)
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)


def test_the_shipped_heads_are_small_and_read_a_painted_person():
    assert WEIGHTS.stat().st_size <= 300_000
    assert WEIGHTS.parent == SHIPPED
    faces = Painted(length=0.4).faces()
    reading = read_selfie(faces, faces.found[0])
    assert reading == read_selfie(faces, faces.found[0])
    specs = candidates(reading, None, 3)
    assert len(specs) == 4
    assert all(0 <= share <= 1 for share in reading.confidence.values())


def test_a_report_has_every_goal_and_group(cues):
    report = evaluate(_examples(cues, 60, told=True))
    page = markdown(report)
    for title in (
        "hair colour",
        "skin tone within one level",
        "glasses",
        "with glasses",
        "skin 5-6",
    ):
        assert title in page
    assert len(report.goals) == 8
    json.dumps(plain_data(report))


def test_wilson_intervals_are_those_of_the_books():
    assert wilson(90, 100) == pytest.approx((0.8256, 0.9448), abs=1e-3)
    assert wilson(0, 0) == (0.0, 1.0)


def test_labels_that_cannot_be_read_say_what_to_do(tmp_path):
    with pytest.raises(PersonError, match="name a CSV file"):
        read_labels(tmp_path / "none.csv")
    (tmp_path / "wrong.csv").write_text("name,skin\na.jpg,3\n")
    with pytest.raises(PersonError, match="column named file"):
        read_labels(tmp_path / "wrong.csv")
    (tmp_path / "labels.csv").write_text("file,skin,glasses,hair_color\na.jpg,9,1,\n")
    assert read_labels(tmp_path / "labels.csv") == {"a.jpg": {"glasses": "yes"}}


def test_the_command_says_what_it_needs(tmp_path):
    from generator.cli import app

    result = CliRunner().invoke(app, ["evaluate", "selfie", "--data", str(tmp_path)])
    assert isinstance(result.exception, PersonError)


DATA = os.environ.get("MOEMOJI_DATA")


@pytest.mark.skipif(not DATA, reason="MOEMOJI_DATA names no folder with portraits")
def test_portraits_are_read_the_same_each_time_and_become_four_figures():
    from generator.faces import load_reader
    from generator.photo import open_photo

    folder = Path(str(DATA)) / "portraits"
    labels = read_labels(folder / "labels.csv")
    names = sorted(labels)[:6]
    reader = load_reader()
    for name in names:
        faces = reader.read(open_photo((folder / name).read_bytes()))
        reading = read_selfie(faces, faces.found[0])
        assert read_selfie(faces, faces.found[0]) == reading
        specs = candidates(reading, None, 1)
        assert len({spec.model_dump_json() for spec in specs}) == 4
    assert len(read_examples(folder, {name: labels[name] for name in names[:2]})) == 2
