"""A tiny data set, networks with random weights."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from generator.data.build import build
from generator.evaluation.figures import Renders
from generator.evaluation.judge import Classifier, GhostDetector, Judge
from generator.models.generator import Generator, GeneratorConfig


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 rendered figures of any kind."""
    folder = tmp_path_factory.mktemp("judge") / "data"
    for _ in build(folder, count=48, seed=3, split="any", processes=2):
        pass
    return folder


@pytest.fixture(scope="session")
def renders(figures: Path) -> Renders:
    return Renders(figures)


@pytest.fixture(scope="session")
def judge_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("weights") / "judge.safetensors"
    notes = {"images": "1", "minutes": "0", "validation": "0.1"}
    Judge(Classifier(), GhostDetector(), notes).save(file)
    return file


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generator that has learned nothing, as `train` exports one."""
    torch.manual_seed(0)
    config = GeneratorConfig(style=32, table=8, head=16, body=8, trunk=16, fine=16, last=16)
    file = tmp_path_factory.mktemp("weights") / "moe.safetensors"
    state = {k: v.half().contiguous() for k, v in Generator(config).state_dict().items()}
    notes = {"config": json.dumps(asdict(config)), "images": "400000", "hours": "8.1"}
    save_file(state, file, notes)
    return file
