"""The textbook models as small files."""

from pathlib import Path

import numpy as np
import pytest
import torch

from generator.errors import PersonError
from generator.evaluation.baselines import compact, load
from generator.models.textbook import DcganGenerator, Vae
from generator.training.config import TextbookSection, TrainConfig
from generator.training.ema import Ema


def run(tmp_path: Path, name: str, module: torch.nn.Module) -> TrainConfig:
    """A run's checkpoint as the trainer leaves it."""
    config = TrainConfig(
        name=name, objective="textbook", data=(tmp_path,), images=10, runs=tmp_path / "runs",
        textbook=TextbookSection(),
    )  # fmt: skip
    config.folder.mkdir(parents=True)
    state = {"ema": Ema(module, 0.9).state_dict(), "seen": 64_000, "seconds": 5400.0}
    torch.save(state, config.folder / "checkpoint.pt")
    return config


@pytest.mark.parametrize(
    ("name", "module", "generators", "megabytes"),
    [
        ("dcgan", DcganGenerator(), 1, 1.35),
        ("vae", Vae(), 1, 1.35),
        ("mixture", DcganGenerator(100, 4), 4, 4.0),
    ],
)
def test_a_small_file_draws_what_its_run_draws(tmp_path, name, module, generators, megabytes):
    config = run(tmp_path, name, module)
    file = tmp_path / "small" / f"{name}.safetensors"
    assert compact(config, file) == file.stat().st_size < megabytes * 1e6
    small = load(name, folder=file.parent, runs=tmp_path / "none")
    full = load(name, folder=tmp_path / "none", runs=tmp_path / "runs")
    assert small is not None
    assert full is not None
    assert small.generator.generators == generators
    assert (small.images, small.hours) == (full.images, full.hours) == (64_000, 1.5)
    pictures = small.sample(120, seed=1)
    assert pictures.shape == (120, 64, 64, 3)
    assert pictures.dtype == np.uint8
    apart = np.abs(pictures.astype(int) - full.sample(120, seed=1))
    assert apart.mean() < 1
    assert np.array_equal(pictures, small.sample(120, seed=1))


def test_untrained_is_none(tmp_path: Path):
    assert load("dcgan", folder=tmp_path, runs=tmp_path) is None


def test_only_trained_textbook_runs_are_exported(tmp_path: Path):
    config = TrainConfig(name="x", objective="textbook", data=(tmp_path,), images=10, runs=tmp_path)
    with pytest.raises(PersonError, match="no checkpoint"):
        compact(config, tmp_path / "x.safetensors")
    with pytest.raises(PersonError, match="no textbook run"):
        compact(config.model_copy(update={"objective": "avatar"}), tmp_path / "x.safetensors")
