"""The judge: what it is taught, how it is kept, what it says."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from generator.errors import PersonError
from generator.evaluation import judge as judging
from generator.evaluation.augmentation import augment, ghosts
from generator.evaluation.classifier import Apprenticeship, dress, loss_of
from generator.evaluation.figures import Renders, as_tensor, on_paper, small
from generator.evaluation.judge import Classifier, GhostDetector, Judge
from generator.evaluation.visibility import ATTRIBUTES, labels_of
from generator.priors import uniform
from generator.spec import ACCESSORIES, VOCABULARY


def test_a_judge_is_kept_small_and_reads_the_same(judge_file: Path, renders: Renders):
    assert judge_file.stat().st_size <= 3e6
    kept = Judge.load(judge_file)
    torch.manual_seed(0)
    fresh = Judge(Classifier(), GhostDetector(), {})
    rgb = as_tensor(on_paper(renders.pictures([0, 1, 2])))
    assert torch.allclose(kept(rgb), fresh(rgb), atol=2e-2)
    assert kept(rgb).shape == (3, Classifier.FEATURES)
    assert kept.notes["minutes"] == "0"
    levels = kept.levels(kept(rgb))
    assert levels.shape == (3, len(ATTRIBUTES))
    scores = kept.ghostliness(rgb)
    assert scores.shape == (3,)
    assert bool(((scores >= 0) & (scores <= 1)).all())


def test_how_rare_a_level_is_does_not_make_it_less_likely():
    """Solid hair is shown three times as often as ombre; what looks like either is not solid."""
    classifier = Classifier()
    group = list(VOCABULARY).index("hair_pattern")
    levels = torch.zeros(1000, len(ATTRIBUTES), dtype=torch.int64)
    levels[:250, group] = VOCABULARY["hair_pattern"].index("ombre")
    counts = torch.ones_like(levels, dtype=torch.bool)
    counts[900:] = False
    seen = torch.log(torch.tensor([[650.0, 250.0, 1.0], [750.0, 125.0, 1.0]]))
    assert classifier.balanced(seen, "hair_pattern").argmax(1).tolist() == [0, 0]
    classifier.set_shares(levels, counts)
    even = classifier.balanced(seen, "hair_pattern")
    assert even[0, 0] == pytest.approx(float(even[0, 1]), abs=0.02)
    assert even.argmax(1)[1] == 0
    judge = Judge(classifier, GhostDetector(), {})
    features = torch.zeros(1, Classifier.FEATURES)
    with torch.no_grad():
        for head in classifier.heads.values():
            head.weight.zero_()
            head.bias.zero_()
    assert VOCABULARY["hair_pattern"][int(judge.levels(features)[0, group])] == "streak"


def test_no_judge_says_how_to_get_one(tmp_path: Path):
    with pytest.raises(PersonError, match=r"generator\.evaluation\.classifier"):
        Judge.load(tmp_path / "judge.safetensors")


def test_a_judge_of_another_vocabulary_is_refused(judge_file: Path, monkeypatch):
    monkeypatch.setattr(judging, "vocabulary", lambda: "other")
    with pytest.raises(PersonError, match="other attributes"):
        Judge.load(judge_file)


def test_labels_are_levels_and_what_counts():
    spec = uniform(Random(1))
    levels, counts = labels_of(spec)
    assert len(levels) == len(counts) == len(ATTRIBUTES)
    for i, (group, names) in enumerate(VOCABULARY.items()):
        assert names[levels[i]] == getattr(spec, group)
    worn = {a for a, level in zip(ACCESSORIES, levels[len(VOCABULARY) :], strict=True) if level}
    assert worn == spec.accessories


@pytest.mark.parametrize("seed", range(20))
def test_other_colours_leave_the_shape(seed: int):
    spec, other = uniform(Random(seed)), uniform(Random(seed + 1000))
    dressed = dress(spec, other)
    assert type(dressed).model_validate(dressed.model_dump()) == dressed
    assert dressed.skin == other.skin
    for group in VOCABULARY:
        assert getattr(dressed, group) == getattr(spec, group)


def test_the_hidden_costs_nothing():
    torch.manual_seed(0)
    logits = {g: torch.randn(4, len(names)) for g, names in VOCABULARY.items()}
    logits["accessories"] = torch.randn(4, len(ACCESSORIES))
    levels = torch.zeros(4, len(ATTRIBUTES), dtype=torch.long)
    counts = torch.ones(4, len(ATTRIBUTES), dtype=torch.bool)
    hair = list(ATTRIBUTES).index("hair")
    counts[2, hair] = False
    before = loss_of(logits, levels, counts)
    logits["hair"][2] += 100 * torch.randn(len(VOCABULARY["hair"]))
    assert float(loss_of(logits, levels, counts)) == pytest.approx(float(before))
    logits["hair"][1, 0] -= 100
    assert float(loss_of(logits, levels, counts)) > float(before) + 1
    assert float(loss_of(logits, levels, torch.zeros_like(counts))) == 0


def test_augmented_pictures_are_pictures(renders: Renders):
    pictures = renders.pictures([0, 1, 2, 3])
    seen = augment(pictures, torch.Generator().manual_seed(1))
    assert seen.shape == (4, 3, 256, 256)
    assert 0 <= float(seen.min()) <= float(seen.max()) <= 1
    assert torch.equal(seen, augment(pictures, torch.Generator().manual_seed(1)))
    assert not torch.equal(seen, augment(pictures, torch.Generator().manual_seed(2)))


def test_ghosts_are_where_two_figures_differ(renders: Renders):
    first = renders.pictures([0] * 16)
    nothing = np.zeros_like(first)
    rgb, truth, weight = ghosts(nothing, nothing, torch.Generator().manual_seed(0))
    assert rgb.shape == (16, 3, 256, 256)
    assert float(truth.sum()) == 0
    second = renders.pictures([1] * 16)
    _, truth, weight = ghosts(first, second, torch.Generator().manual_seed(0))
    assert 0 < float(truth.flatten(1).amax(1).mean()) < 1  # some pictures are clean
    assert set(truth.unique().tolist()) <= {0.0, 1.0}
    assert bool((weight[truth == 1] == 1).all())


def test_training_learns_and_resumes(figures: Path, tmp_path: Path):
    from rich.progress import Progress

    renders, file = Renders(figures), tmp_path / "run" / "checkpoint.pt"
    with Progress(disable=True) as progress:
        first = Apprenticeship(renders, file, minutes=0.03, batch=4)
        first.run(progress)
        assert first.step > 0
        more = first.seconds / 60 + 0.03
        again = Apprenticeship(renders, file, minutes=more, batch=4)
        assert again.step == first.step
        assert again.seconds == pytest.approx(first.seconds)
        again.run(progress)
        assert again.step > first.step
    assert 0 <= float(again.judge().notes["validation"]) <= 1


def test_lessons_do_not_show_what_is_kept_aside(figures: Path, tmp_path: Path):
    lessons = Apprenticeship(Renders(figures), tmp_path / "x.pt", minutes=1, batch=4).lessons
    assert lessons.count + len(lessons.validation()) == len(lessons.renders)
    pictures, second, levels, counts = lessons.make(3)
    assert pictures.shape == (4, 256, 256, 4)
    assert second.shape == (2, 256, 256, 4)
    assert levels.shape == counts.shape == (4, len(ATTRIBUTES))
    assert np.array_equal(pictures, lessons.make(3)[0])


def test_several_data_sets_are_shown_as_one(figures: Path, renders: Renders):
    twice, few = Renders(figures, figures), Renders(figures, figures, limit=50)
    assert len(twice) == 2 * len(renders)
    assert len(few) == 50
    assert few.specs == [*renders.specs, *renders.specs[:2]]
    for row in (0, 47):
        assert np.array_equal(twice.pictures([48 + row]), renders.pictures([row]))


def test_small_pictures_are_means_on_white():
    picture = np.zeros((1, 256, 256, 4), np.uint8)
    picture[0, :2, :4] = (100, 0, 0, 255)
    seen = small(picture)
    assert seen.shape == (1, 64, 64, 3)
    assert seen[0, 0, 0].tolist() == [178, 128, 128]
    assert seen[0, 5, 5].tolist() == [255, 255, 255]
