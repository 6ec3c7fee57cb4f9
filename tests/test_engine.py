"""The engine draws what a spec says, always the same."""

from pathlib import Path

import numpy as np
import pytest
import torch

from generator.art.figure import draw as vector
from generator.art.palette import Slot
from generator.engine import SHARPNESS, SKIN_SHARPNESS, Engine, EngineError, decided
from generator.models.closeup import COLUMNS, ROWS
from generator.models.conditions import encode, palettes
from generator.models.generator import unshuffled
from generator.spec import Accessory, AvatarSpec, Style, resolve_colour


@pytest.fixture(scope="module")
def engine() -> Engine:
    torch.set_num_threads(1)
    return Engine.load(device="cpu")


def test_the_same_spec_is_the_same_picture_alone_and_in_a_batch(engine: Engine):
    specs = [AvatarSpec(seed=1), AvatarSpec(hair="afro", style="chibi"), AvatarSpec(seed=2)]
    batch = engine.draw(specs)
    alone = [engine.draw([s])[0] for s in specs]
    assert [i.mode for i in batch] == ["RGBA"] * 3
    for one, other in zip(batch, alone, strict=True):
        difference = np.asarray(one, int) - np.asarray(other, int)
        # A batch may sum in another order; the eye must not be able to tell.
        assert np.abs(difference[np.asarray(one)[..., 3] > 8]).max() <= 24
    assert engine.draw(specs)[1].tobytes() == batch[1].tobytes()


@pytest.mark.parametrize("size", [256, 512])
def test_sizes_and_transparency(engine: Engine, size: int):
    image = engine.draw([AvatarSpec()], size)[0]
    assert image.size == (size, size)
    alpha = np.asarray(image)[..., 3]
    assert alpha[2:10, 2:10].max() <= 12
    assert alpha[size // 2, size // 2] >= 250


def test_flip_mirrors_the_finished_picture(engine: Engine):
    straight, mirrored = engine.draw([AvatarSpec(seed=5), AvatarSpec(seed=5, flip=True)])
    a, b = np.asarray(straight, int), np.asarray(mirrored, int)[:, ::-1]
    assert np.abs(a - b)[a[..., 3] > 8].max() <= 24


@pytest.mark.parametrize("colour", ["#12c8a4", "#f28a10", "#5a2cf0"])
def test_any_hair_colour_can_be_had(engine: Engine, colour: str):
    image = np.asarray(engine.draw([AvatarSpec(hair="afro", fringe="none", hair_colour=colour)])[0])
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    near = (np.abs(image[..., :3].astype(int) - wanted).max(-1) <= 10) & (image[..., 3] > 250)
    assert near.mean() > 0.02


def test_skin_is_the_skin_asked_for(engine: Engine):
    for skin in ("porcelain", "tan", "ebony"):
        image = np.asarray(engine.draw([AvatarSpec(hair="bald", fringe="none", skin=skin)])[0])
        colour = resolve_colour("skin", skin)
        wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        near = np.abs(image[..., :3].astype(int) - wanted).max(-1) <= 10
        assert (near & (image[..., 3] > 250)).mean() > 0.1


def test_numbers_are_as_small_for_others_as_they_were(engine: Engine):
    engine.draw([AvatarSpec()])
    assert np.float32(1e-40) * np.float32(0.5) > 0


def test_no_specs_no_pictures(engine: Engine):
    assert engine.draw([]) == []
    with pytest.raises(ValueError, match="256 or 512"):
        engine.draw([AvatarSpec()], 300)


def test_wrong_weights_are_one_sentence(tmp_path: Path):
    with pytest.raises(EngineError, match="no weights"):
        Engine.load(tmp_path / "none.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x00" * 100)
    with pytest.raises(EngineError, match="damaged"):
        Engine.load(broken)


@pytest.mark.parametrize("size", [256, 512])
def test_masks_are_smoothed_alike_everywhere(size: int, monkeypatch: pytest.MonkeyPatch):
    """Painting goes band by band; no seam may show, and no frame at the picture's edges."""
    monkeypatch.setenv("MOEMOJI_FLOAT32", "1")  # what it is compared with is float32 everywhere
    engine = Engine.load()
    specs = [AvatarSpec(seed=3, turn=0.5), AvatarSpec(style="chibi")]
    conditions, colours = encode(specs), palettes(specs)
    painted = engine.paint(conditions, colours, size)
    with torch.inference_mode():
        scores = unshuffled(engine.scores(conditions, size).float())
        side = {256: 0.06, 512: 0.25}[size]
        line = torch.tensor([side, 1 - 2 * side, side])
        kernel = torch.outer(line, line)[None, None]
        total = torch.conv2d(scores.flatten(0, 1)[:, None], kernel, padding=1).view_as(scores)
        there = torch.conv2d(torch.ones(1, 1, size, size), kernel, padding=1)
        scores = total / there * SHARPNESS
        skin = scores.softmax(1)[:, [Slot.SKIN, Slot.SKIN_SHADE]].sum(1, keepdim=True)
        at = (torch.arange(size) + 0.5) / size * 128
        rows, columns = (
            (torch.minimum(at - part.start, part.stop - at) / 6).clamp(0, 1)
            for part in (ROWS, COLUMNS)
        )
        gentle = skin * torch.outer(rows, columns)
        masks = (scores * (1 + gentle * (SKIN_SHARPNESS / SHARPNESS - 1))).softmax(1)
        slots = engine.generator.colours(colours)
        whole = torch.einsum("bchw,bck->bkhw", masks, slots)
    torch.testing.assert_close(painted, whole, rtol=0, atol=1e-3)


@pytest.mark.parametrize("corner", [(0, 0), (40, 20), (64, 64)])
def test_a_window_is_decided_as_the_whole_is(engine: Engine, corner: tuple[int, int]):
    """The critic sees windows, and has to see in them what people get."""
    with torch.inference_mode():
        scores = engine.scores(encode([AvatarSpec(seed=3)])).float()
        top, left = corner
        window = decided(scores[:, top : top + 64, left : left + 64], 0, 64, corner)
        whole = decided(scores, 0, 128)[:, 2 * top : 2 * top + 128, 2 * left : 2 * left + 128]
    # The outermost pixels have no neighbours in the window.
    torch.testing.assert_close(window[:, 1:-1, 1:-1], whole[:, 1:-1, 1:-1], rtol=0, atol=1e-5)


def test_half_precision_paints_the_same_pictures(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("generator.engine.has_fast_bf16", lambda _device: True)
    monkeypatch.delenv("MOEMOJI_FLOAT32", raising=False)
    rounded = Engine.load()
    monkeypatch.setenv("MOEMOJI_FLOAT32", "1")
    plain = Engine.load()
    assert rounded.half
    assert not plain.half
    worn: frozenset[Accessory] = frozenset({"mole", "glasses"})
    specs = [AvatarSpec(seed=3, hair="locs"), AvatarSpec(style="chibi", accessories=worn)]
    for one, other in zip(rounded.draw(specs), plain.draw(specs), strict=True):
        apart = np.abs(np.array(one).astype(int) - np.array(other))
        assert apart.mean() < 1.0
        assert np.quantile(apart, 0.99) < 40


@pytest.mark.parametrize("style", ["moe", "chibi"])
def test_stubble_is_as_dark_as_it_is_meant_to_be(engine: Engine, style: Style):
    smooth = AvatarSpec(style=style, presentation="boy", age="adult", hair_colour="black",
                        hair="short_crop", skin="fair", expression="neutral", seed=4)  # fmt: skip
    rough = smooth.model_copy(update={"facial_hair": "stubble"})
    drawn, meant = (
        [np.array(image.convert("L"), np.float32) for image in images]
        for images in (engine.draw([smooth, rough]), [vector(smooth, 256), vector(rough, 256)])
    )
    there = meant[0] - meant[1] > 8
    assert there.sum() > 150
    darker = (drawn[0] - drawn[1])[there].mean() / (meant[0] - meant[1])[there].mean()
    assert 0.6 < darker < 1.4
