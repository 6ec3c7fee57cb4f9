"""Whole training runs through the command line: pictures, resuming, several processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from PIL import Image

from generator.data.build import build, spec_of
from generator.data.importing import import_folder
from generator.data.store import MARKS, DatasetError
from generator.engine import WEIGHTS, load_generator
from generator.training.batches import Figures, has_marks
from generator.training.config import ConfigError, read_config
from generator.training.drawings import Drawings
from generator.training.loop import Trainer

COMMAND = [sys.executable, "-m", "generator", "train"]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "set"
    assert list(build(folder, count=16, size=256, seed=3, processes=1))[-1] == 16
    return folder


def write_config(file: Path, data: Path, **changes: object) -> Path:
    values = {
        "name": "tiny", "objective": "avatar", "images": 16, "batch": 2, "precision": "32",
        "picture_images": 8, "kernel_lr": 0.01, "runs": str(file.parent / "runs"), **changes,
    }  # fmt: skip
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in values.items()]
    file.write_text(
        "\n".join(lines)
        + f'\ndata = ["{data}"]\n[avatar]\nadversarial_from = 8\nr1_every = 2\n'
        + '[textbook]\narchitecture = "mixture"\ngenerators = 2\nr1 = 1.0\nlatent = 8\n'
    )
    return file


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    return {**state["generator"]["module"], "seen": torch.tensor(state["seen"])}


def test_a_stopped_run_resumes_exactly(figures: Path, tmp_path: Path):
    whole = write_config(tmp_path / "whole.toml", figures, name="whole")
    subprocess.run([*COMMAND, whole], check=True, env=environment())
    half = write_config(tmp_path / "half.toml", figures, name="half", images=8)
    subprocess.run([*COMMAND, half], check=True, env=environment())
    again = subprocess.run([*COMMAND, half], capture_output=True, text=True, env=environment())
    assert again.returncode == 2
    assert "--resume" in again.stderr
    write_config(half, figures, name="half", images=16)
    subprocess.run([*COMMAND, half, "--resume"], check=True, env=environment())

    one, other = weights(tmp_path / "runs/whole"), weights(tmp_path / "runs/half")
    assert one["seen"] == other["seen"] == 16
    for name, tensor in one.items():
        torch.testing.assert_close(tensor, other[name], rtol=0, atol=0, msg=name)
    drawn = sorted(f.name for f in (tmp_path / "runs/whole/generated_images").iterdir())
    assert drawn == ["step_16.png", "step_8.png"]
    assert list((tmp_path / "runs/whole/tensorboard").iterdir())


def test_sigterm_leaves_a_checkpoint_and_sigkill_a_whole_one(figures: Path, tmp_path: Path):
    config = write_config(
        tmp_path / "long.toml", figures, images=100_000, checkpoint_minutes=0.02, name="long"
    )
    process = subprocess.Popen([*COMMAND, config], env=environment())
    file = tmp_path / "runs/long/checkpoint.pt"
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.kill()
    process.wait()
    before = int(weights(tmp_path / "runs/long")["seen"])
    assert before > 0

    process = subprocess.Popen([*COMMAND, config, "--resume"], env=environment())
    changed = file.stat().st_mtime
    while file.stat().st_mtime == changed and time.monotonic() < deadline + 60:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert int(weights(tmp_path / "runs/long")["seen"]) > before


@pytest.mark.parametrize("objective", ["avatar", "textbook"])
def test_two_processes_train_as_one(figures: Path, tmp_path: Path, objective: str):
    config = write_config(tmp_path / "two.toml", figures, objective=objective)
    subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         "-m", "generator", "train", config],
        check=True, env=environment(), timeout=240,
    )  # fmt: skip
    state = torch.load(tmp_path / "runs/tiny/checkpoint.pt", weights_only=True)
    assert state["seen"] == 16


def test_a_step_that_is_not_finite_is_left_out_and_counted(figures: Path, tmp_path: Path):
    config = read_config(write_config(tmp_path / "nan.toml", figures, images=8))
    trainer = Trainer(config)
    objective = trainer.objective
    objective.step(0, 1.0)
    before = {k: v.clone() for k, v in objective.generator.module.state_dict().items()}
    with torch.no_grad():
        objective.figures.conditions.sliders.fill_(float("nan"))
    objective._stream = None
    objective.step(2, 1.0)
    assert objective.generator.skipped == 1
    for name, tensor in objective.generator.module.state_dict().items():
        torch.testing.assert_close(tensor, before[name], rtol=0, atol=0)


@pytest.mark.parametrize("architecture", ["dcgan", "vae", "mixture"])
def test_textbook_models_train(figures: Path, tmp_path: Path, architecture: str):
    file = write_config(tmp_path / "t.toml", figures, objective="textbook", batch=4)
    file.write_text(file.read_text().replace('"mixture"', f'"{architecture}"'))
    trainer = Trainer(read_config(file))
    trainer.run()
    assert trainer.seen == 16
    assert (tmp_path / "runs/tiny/generated_images/step_16.png").exists()


def test_a_run_can_begin_with_finished_weights(figures: Path, tmp_path: Path):
    file = write_config(tmp_path / "on.toml", figures)
    file.write_text(file.read_text().replace("[avatar]", f'[avatar]\nweights = "{WEIGHTS}"'))
    begun = Trainer(read_config(file)).objective.generator.module.generator.state_dict()
    for name, tensor in load_generator(WEIGHTS).state_dict().items():
        torch.testing.assert_close(begun[name], tensor, rtol=0, atol=0)


def test_the_close_up_learns_and_leaves_the_rest_alone(figures: Path, tmp_path: Path):
    file = write_config(tmp_path / "face.toml", figures, objective="closeup", name="face")
    config = read_config(file)
    trainer = Trainer(config)
    first = trainer.objective.step(0, 1.0)["reconstruction"]
    trainer.objective._stream = None
    trainer.run()
    begun = load_generator(WEIGHTS).state_dict()
    for name, tensor in trainer.objective.face.module.generator.state_dict().items():
        learns = name.startswith("closeup.") or name == "palette.weight"
        assert learns or torch.equal(tensor, begun[name]), name
    palette = trainer.objective.face.module.generator.palette.weight
    trunk = trainer.objective.face.module.generator.config.last
    assert torch.equal(palette[:, :trunk], begun["palette.weight"][:, :trunk])
    assert not torch.equal(palette[:, trunk:], begun["palette.weight"][:, trunk:])
    trainer.objective._stream = None
    assert trainer.objective.step(0, 0.0)["reconstruction"] < first + 0.02


def test_a_run_can_show_marked_figures_only(figures: Path):
    drawn = Figures([figures])
    bits = drawn.batch(list(range(len(drawn)))).features & MARKS
    seen = {i for i, figure in enumerate(bits) if figure.any()}
    shown = set(Figures([figures], marked=True).indices(0, 64))
    assert seen <= shown < set(drawn.indices(0, 16))
    assert len(shown - seen) <= 1, "what hair or a beard covers is not seen"
    later = Figures([figures], seed=1, marked=True).indices(64, 64)
    assert sorted(later) != later, "in another order each time"


def test_a_data_set_without_marks_is_refused_where_they_are_asked_for(tmp_path: Path):
    unmarked = next(seed for seed in range(99) if not has_marks(spec_of(seed, 0, "train")))
    assert list(build(tmp_path / "one", count=1, size=128, seed=unmarked, processes=1))[-1] == 1
    with pytest.raises(DatasetError, match="none of the figures has marks"):
        Figures([tmp_path / "one"], marked=True)


def test_some_parts_can_learn_while_the_others_stay(figures: Path, tmp_path: Path):
    file = write_config(tmp_path / "parts.toml", figures, images=4)
    text = file.read_text()
    file.write_text(text.replace("[avatar]", '[avatar]\nlearn = ["up128", "palette"]'))
    trainer = Trainer(read_config(file))
    generator = trainer.objective.generator.module.generator
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    trainer.run()
    for name, tensor in generator.state_dict().items():
        changed = not torch.equal(tensor, before[name])
        assert changed == name.startswith(("up128.", "palette.")), name
    wrong = text.replace("[avatar]", '[avatar]\nlearn = ["up12"]')
    file.write_text(wrong.replace("tiny", "wrong"))
    with pytest.raises(ConfigError, match="there is no up12: the parts are mapping"):
        Trainer(read_config(file))


def test_own_drawings_join_the_training(figures: Path, tmp_path: Path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for i, colour in enumerate(("#aa3355", "#33aa55")):
        Image.new("RGB", (300, 300), colour).save(folder / f"{i}.png")
    labels = tmp_path / "labels.csv"
    labels.write_text("file,hair,hair_colour,accessories\n0.png,bob,#aa3355,glasses\n1.png,,,\n")
    import_folder(folder, tmp_path / "set", size=256, labels=labels)
    drawings = Drawings([tmp_path / "set"])
    assert drawings.labelled.tolist() == [1.0, 0.0]
    assert drawings.specs[0].hair_colour == "#aa3355"
    assert "glasses" in drawings.specs[0].accessories
    with pytest.raises(DatasetError, match="dataset import"):
        Drawings([figures])

    file = write_config(tmp_path / "own.toml", figures, images=12, batch=4)
    file.write_text(
        file.read_text().replace(
            "adversarial_from = 8", f'adversarial_from = 0\ndrawings = ["{tmp_path / "set"}"]'
        )
    )
    trainer = Trainer(read_config(file))
    scalars = trainer.objective.step(0, 1.0)
    assert {"drawings", "gap", "r1"} <= scalars.keys()
    assert all(value == value for value in scalars.values())


def test_critics_features_can_be_matched(figures: Path, tmp_path: Path):
    """It changes what is learned, once the critic has joined in full."""
    norms = []
    for weight in (0.0, 5.0):
        file = write_config(tmp_path / "c.toml", figures, images=12, batch=4, name=f"w{weight}")
        more = f"adversarial_from = 0\nadversarial_ramp = 1\nmatching_weight = {weight}"
        file.write_text(file.read_text().replace("adversarial_from = 8", more))
        scalars = Trainer(read_config(file)).objective.step(8, 1.0)
        assert ("matching" in scalars) == (weight > 0)
        norms.append(scalars["g_norm"])
    assert 0 < scalars["matching"] < 2
    assert norms[1] > 1.01 * norms[0]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = ", "is not TOML"),
        ('name = "a"\nobjective = "avatar"', "data"),
        ('name = "a"\nobjective = "poetry"\ndata = ["x"]\nimages = 1', "objective"),
        ('name = "a"\nobjective = "avatar"\ndata = ["x"]\nimages = 1\nspeed = 9', "speed"),
    ],
)
def test_a_wrong_config_is_one_sentence(tmp_path: Path, text: str, sentence: str):
    file = tmp_path / "c.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=sentence):
        read_config(file)
