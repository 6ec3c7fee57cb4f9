from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops
from safetensors.torch import save_file

from generator.data.printing import printed
from generator.data.store import DatasetError
from generator.data.style_pictures import StylePictures, held_out, pictures_of
from generator.engine import EngineError
from generator.models.stylenet import StyleConfig, StyleNetwork
from generator.style import styles
from generator.style.optimisation import optimise
from generator.style.pictures import to_tensor
from generator.style.stylizer import Stylizer
from generator.training.config import read_config
from generator.training.export import export_run
from generator.training.loop import Trainer
from generator.training.perception import Eye, Weights, content_loss, structure, style_loss
from generator.training.precision import half
from generator.training.style_lessons import StyleLessons

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def eye() -> Eye:
    return Eye(half("32", CPU), CPU)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def write_config(file: Path, data: Path, **changes: object) -> Path:
    values = {
        "name": "tiny", "objective": "style", "images": 4, "batch": 2, "precision": "32",
        "picture_images": 4, "runs": str(file.parent / "runs"), "warmup": 0, **changes,
    }  # fmt: skip
    lines = [f"{key} = {value!r}".replace("'", '"') for key, value in values.items()]
    file.write_text("\n".join(lines) + f'\ndata = ["{data}"]\n[style]\nsize = 96\n')
    return file


def test_a_stopped_run_resumes_exactly_and_is_exported(pictures: Path, tmp_path: Path):
    def run(file: Path, *more: str) -> None:
        command = [sys.executable, "-m", "generator", "train", str(file), *more]
        subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})

    whole = write_config(tmp_path / "whole.toml", pictures, name="whole")
    run(whole)
    part = write_config(tmp_path / "half.toml", pictures, name="half", images=2)
    run(part)
    write_config(part, pictures, name="half", images=4)
    run(part, "--resume")
    one, other = (
        torch.load(tmp_path / f"runs/{n}/checkpoint.pt", weights_only=True)
        for n in ("whole", "half")
    )
    assert one["seen"] == other["seen"] == 4
    for name, tensor in one["generator"]["module"].items():
        torch.testing.assert_close(tensor, other["generator"]["module"][name], rtol=0, atol=0)
    with Image.open(tmp_path / "runs/whole/generated_images/step_4.png") as page:
        assert page.height >= 96

    file = tmp_path / "style.safetensors"
    assert export_run(read_config(whole), file) <= 4_000_000
    stylizer = Stylizer.load(file)
    assert stylizer.names == ("one", "two")
    assert stylizer.stylize(Image.new("RGB", (64, 48), "teal"), "two").size == (64, 48)


def test_a_few_steps_bring_the_loss_down(pictures: Path, tmp_path: Path):
    trainer = Trainer(read_config(write_config(tmp_path / "c.toml", pictures, lr=5e-3)))
    losses = [trainer.objective.step(0, 1.0)["reconstruction"] for _ in range(12)]
    assert losses[-1] < 0.9 * losses[0]


def test_a_run_can_begin_with_finished_weights(pictures: Path, tmp_path: Path):
    """Styles that it knew keep their codes, whatever their order; new ones begin at chance."""
    torch.manual_seed(3)
    before = StyleNetwork(StyleConfig(names=("two", "gone")))
    state = {k: v.contiguous() for k, v in before.state_dict().items()}
    file = tmp_path / "before.safetensors"
    notes = {"config": json.dumps(asdict(before.config)), "images": "8", "hours": "0.5"}
    save_file(state, file, notes)
    config = write_config(tmp_path / "on.toml", pictures, images=12)
    config.write_text(config.read_text() + f'weights = "{file}"\n')
    trainer = Trainer(read_config(config))
    begun = trainer.objective.painter.module.generator
    assert trainer.seen == 8
    torch.testing.assert_close(begun.named(["two"]), before.named(["two"]), rtol=0, atol=0)
    for name, tensor in before.state_dict().items():
        if name not in ("codes", "tones"):
            torch.testing.assert_close(begun.state_dict()[name], tensor, rtol=0, atol=0)
    trainer.run()
    assert trainer.seen == 12

    save_file(state, file, notes | {"config": json.dumps(asdict(before.config) | {"code": 7})})
    with pytest.raises(EngineError, match="another version"):
        Trainer(read_config(write_other(config)))


def write_other(config: Path) -> Path:
    config.write_text(config.read_text().replace('"tiny"', '"other"'))
    return config


def test_batches_follow_from_their_seed_and_hold_what_they_say(pictures: Path):
    lessons = StyleLessons(StylePictures(pictures), size=96, own=0.3, named=0.4)
    one, other = lessons.batch(24, seeded(5)), lessons.batch(24, seeded(5))
    assert torch.equal(one.contents, other.contents)
    assert torch.equal(one.styles, other.styles)
    assert one.contents.shape == (24, 3, 96, 96)
    assert one.styles.shape == (24, 3, 144, 144)
    assert 0 <= float(one.contents.min()) <= float(one.contents.max()) <= 1
    own = one.own.bool()
    assert own.any()
    assert torch.equal(one.contents[own], one.styles[own][..., 24:-24, 24:-24])
    assert {-1, 0, 1} == set(one.named.tolist())
    assert one.importance.shape == (24, 1, 96, 96)


def test_flat_styles_are_learned_on_what_they_will_be_given(pictures: Path, tmp_path: Path):
    copy = shutil.copytree(pictures, tmp_path / "set")
    meta = json.loads((copy / "meta.json").read_text())
    (copy / "meta.json").write_text(
        json.dumps({**meta, "names": ["comic", "pastel"], "drawn": ["pastel"]})
    )
    before, lessons = (
        StyleLessons(StylePictures(f), size=96, own=0.0, named=1.0) for f in (pictures, copy)
    )
    plain, batch = before.batch(16, seeded(3)), lessons.batch(16, seeded(3))
    assert {0, 1} == set(batch.named.tolist())
    for i, name in enumerate(batch.named.tolist()):
        same = torch.equal(batch.contents[i], plain.contents[i])
        assert same == (name == 1)
        assert torch.equal(batch.importance[i], (1 if same else 2) * plain.importance[i])
        if not same:
            rough, smooth = (
                x.diff(dim=2).square().mean() for x in (plain.contents[i], batch.contents[i])
            )
            assert smooth < rough


def test_losses_are_lowest_for_what_they_ask_for(eye: Eye, photo: Image.Image):
    content = to_tensor(photo.resize((96, 96)))
    style = to_tensor(Image.effect_noise((96, 96), 90).convert("RGB"))
    a, b = eye(content), eye(style)
    weights, importance = Weights(), torch.zeros(1, 1, 96, 96)
    assert float(content_loss(a, a, weights, importance)) < 1e-3
    assert float(content_loss(b, a, weights, importance)) > 0.1
    assert float(style_loss(b, b, weights, seeded())) < float(style_loss(a, b, weights, seeded()))
    everywhere = content_loss(b, a, weights, torch.ones_like(importance))
    assert everywhere > content_loss(b, a, weights, importance)


@pytest.mark.parametrize("sides", [(96, 96), (144, 80)])
def test_styles_of_any_size_are_compared(eye: Eye, sides: tuple[int, int]):
    red, blue = (eye(to_tensor(Image.new("RGB", (112, 112), c))) for c in ("#c03020", "#2030c0"))
    other = eye(to_tensor(Image.new("RGB", sides, "#c03020")))
    same = float(style_loss(red, other, Weights(), seeded()))
    assert same < 0.1 * float(style_loss(blue, other, Weights(), seeded()))


def test_where_strokes_lie_is_no_matter_of_style_but_how_many_is(eye: Eye):
    noise = Image.effect_noise((128, 128), 90).convert("RGB")
    turned = ImageChops.offset(noise, 37, 50)
    smooth = noise.resize((32, 32)).resize((128, 128))
    model, moved, coarse = (eye(to_tensor(x)) for x in (noise, turned, smooth))
    near = float(style_loss(moved, model, Weights(), seeded()))
    assert near < 0.1 * float(style_loss(coarse, model, Weights(), seeded()))


def test_gradients_pass_through_the_style(eye: Eye, photo: Image.Image):
    rgb = to_tensor(photo.resize((96, 96))).requires_grad_()
    model = eye(to_tensor(Image.effect_noise((96, 96), 90).convert("RGB")))
    style_loss(eye(rgb), model, Weights(), seeded()).sum().backward()
    assert rgb.grad is not None
    step = rgb.detach() - 1e-3 * rgb.grad / rgb.grad.abs().max()
    losses = [style_loss(eye(x), model, Weights(), seeded()) for x in (rgb.detach(), step)]
    assert float(losses[1]) < float(losses[0])


def test_plain_walls_may_get_strokes_and_contours_may_not_go():
    """The structure loss asks less of a wall than of a contour."""
    noise = torch.rand(1, 1, 40, 40, generator=seeded())
    wall = 0.5 + 0.01 * noise
    contour = (torch.arange(40)[None, None, :, None] > 20).float().expand(1, 1, 40, 40)
    on_wall = structure(torch.rand(1, 1, 40, 40, generator=seeded(1)), wall).max()
    lost = structure(torch.rand(1, 1, 40, 40, generator=seeded(1)), contour).max()
    assert float(lost) > 2 * float(on_wall)


def test_structure_does_not_mind_contrast_or_brightness():
    grey = torch.rand(1, 1, 40, 40, generator=seeded())
    assert float(structure(grey * 0.5 + 0.2, grey).mean()) < 0.02
    assert float(structure(1 - grey, grey).mean()) > 1.5


def test_the_slow_way_nears_the_style_and_keeps_the_content(eye: Eye, photo: Image.Image):
    content = to_tensor(photo.resize((96, 96)))
    style = to_tensor(Image.effect_mandelbrot((96, 96), (-2, -1.5, 1, 1.5), 60).convert("RGB"))
    done: list[int] = []
    weights = Weights()
    painted = optimise(eye, content, style, weights=weights, iterations=20, progress=done.append)
    assert done == list(range(1, 21))
    assert 0 <= float(painted.min()) <= float(painted.max()) <= 1
    target = eye(style)
    before, after = (
        float(style_loss(eye(x), target, weights, seeded())) for x in (content, painted)
    )
    assert after < 0.9 * before


@pytest.mark.parametrize("kind", ["comic", "pencil", "moe"])
def test_renders_are_printed(kind: str):
    render = Image.new("RGB", (768, 768), "#f5e0d0")
    render.paste("#803020", (200, 200, 500, 560))
    shown = printed(kind, render, 3)
    assert shown.mode == "RGB"
    assert shown.size == render.size
    pixels = np.asarray(shown, float)
    assert pixels[300:400, 300:400].mean() < pixels[50:150, 50:150].mean()
    assert (np.ptp(pixels, 2).max() == 0) == (kind == "pencil")


def test_no_data_set_is_one_sentence(tmp_path: Path):
    with pytest.raises(DatasetError, match="dataset style"):
        StylePictures(tmp_path)
    with pytest.raises(DatasetError, match="no pictures"):
        held_out(tmp_path)


def test_what_is_kept_for_judging_stays_so_when_pictures_are_added(tmp_path: Path):
    needed = next(iter(styles().values())).pictures[0].replace("*", "") + ".jpg"
    for name in [needed, *(f"{i}.jpg" for i in range(200))]:
        (tmp_path / name).touch()
    before = held_out(tmp_path)
    assert 4 <= len(before) <= 24
    assert tmp_path / needed not in before
    for i in range(200, 300):
        (tmp_path / f"{i}.jpg").touch()
    assert set(before) <= set(held_out(tmp_path))


DATA = os.environ.get("MOEMOJI_DATA")


@pytest.mark.skipif(not DATA, reason="MOEMOJI_DATA names no folder")
def test_every_named_style_has_its_artworks_and_they_are_not_held_out():
    artworks = Path(DATA or "") / "artworks"
    unseen = {file.name for file in held_out(artworks)}
    assert 4 <= len(unseen) <= 12
    for name, style in styles().items():
        asked = [p for p in style.pictures if not p.startswith("renders:")]
        assert len(pictures_of(name, artworks)) >= len(asked), name
