"""Reading pictures: where the figure lies, what is decoded, what a file of weights has to be."""

import io
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file

from generator.art.figure import draw
from generator.engine import Engine
from generator.fusion.extraction import (
    ExtractionError,
    Reader,
    chosen_accessories,
    cut_out,
    nearest_seed,
    squared,
)
from generator.fusion.refinement import distance, refine
from generator.models.encoder import Encoder, vocabulary
from generator.priors import uniform
from generator.prompt import parse
from generator.spec import ACCESSORIES, EXCLUSIVE, AvatarSpec


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """An encoder that has learned nothing: whatever it says has to be decoded."""
    file = tmp_path_factory.mktemp("weights") / "encoder.safetensors"
    torch.manual_seed(3)
    state = {k: v.half() for k, v in Encoder().state_dict().items()}
    save_file(state, file, {"vocabulary": vocabulary()})
    return Reader.load(file)


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from(["RGB", "RGBA", "L", "P"]))
def test_any_picture_gives_a_valid_spec(reader: Reader, width: int, height: int, mode: str):
    noise = np.random.default_rng(width).integers(0, 256, (height, width, 3)).astype(np.uint8)
    (reading,) = reader.look([Image.fromarray(noise).convert(mode)])
    assert AvatarSpec.model_validate_json(reading.spec.model_dump_json()) == reading.spec
    assert all(0 <= value <= 1 for value in reading.confidence.values())
    assert reading.figure.shape == (4, 256, 256)
    assert not reading.figure.isnan().any()


def test_reading_is_deterministic_and_batches_do_not_matter(reader: Reader):
    pictures = [draw(uniform(Random(seed))) for seed in range(3)]
    together = reader.look(pictures)
    assert [r.spec for r in reader.look(pictures)] == [r.spec for r in together]
    assert reader.look([]) == []


def test_what_is_no_figure_is_said(reader: Reader):
    torch.nn.init.zeros_(reader.encoder.read.weight)
    with torch.no_grad():
        reader.encoder.read.bias.fill_(-9.0)
    with pytest.raises(ExtractionError, match="face"):
        reader.read([Image.new("RGB", (64, 64))])


@pytest.mark.parametrize("damage", [b"", b"not weights"])
def test_a_file_that_is_no_encoder_is_said(tmp_path: Path, damage: bytes):
    file = tmp_path / "encoder.safetensors"
    with pytest.raises(ExtractionError, match="there is no encoder"):
        Reader.load(file)
    file.write_bytes(damage)
    with pytest.raises(ExtractionError, match="damaged"):
        Reader.load(file)


@given(st.lists(st.floats(0, 1), min_size=len(ACCESSORIES), max_size=len(ACCESSORIES)))
def test_accessories_never_exclude_each_other(chances: list[float]):
    worn = chosen_accessories(torch.tensor(chances))
    assert all(len(group & worn) <= 1 for group in EXCLUSIVE)


@given(st.lists(st.floats(-1, 1), min_size=4, max_size=4))
def test_a_seed_is_found_for_any_detail(detail: list[float]):
    found = AvatarSpec(seed=nearest_seed(np.array(detail))).detail
    assert [value >= 0 for value in found] == [value >= 0 for value in detail]


@settings(deadline=None, max_examples=20)
@given(st.floats(-1.0, 0.5), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.integers(100, 900))
def test_cutting_out_brings_a_figure_to_the_middle(size: float, x: float, y: float, side: int):
    """A disc where a figure of that placement would be fills the square afterwards."""
    page = np.zeros((side, side, 4), np.uint8)
    line = (np.arange(side) + 0.5) / side * 2 - 1
    inside = (line[None] - x) ** 2 + (line[:, None] - y) ** 2 <= (0.5 * 2**size) ** 2
    page[inside] = (255, 0, 0, 255)
    cut = np.asarray(cut_out(Image.fromarray(page), (size, x, y)).getchannel("A")) / 255
    line = (np.arange(256) + 0.5) / 128 - 1
    seen = (abs(line[None] * 2**size + x) <= 1) & (abs(line[:, None] * 2**size + y) <= 1)
    wanted = ((line[None] ** 2 + line[:, None] ** 2) <= 0.25) & seen
    assert abs(cut - wanted).mean() < 0.03


def test_pictures_are_made_square_without_being_stretched():
    wide = squared(Image.new("RGB", (30, 10), "red"))
    assert wide.size == (30, 30)
    assert wide.getpixel((15, 2)) == (0, 0, 0, 0)
    assert wide.getpixel((15, 15)) == (255, 0, 0, 255)


def test_refining_never_moves_away_from_the_picture(reader: Reader):
    engine = Engine.load()
    (image,) = engine.draw([uniform(Random(5))])
    (reading,) = reader.look([image])
    refined = refine(engine, reading)
    assert distance(engine, refined) <= distance(engine, reading) + 1e-6
    buffer = io.BytesIO()
    engine.draw([refined.spec])[0].save(buffer, "PNG")
    assert buffer.getvalue()


def test_the_shipped_encoder_reads_what_the_shipped_generator_draws():
    wishes = [
        "moe girl with pink twintails and cat ears, laughing",
        "chibi boy with glasses, short blue hair, hoodie",
        "chibi witch with long green hair",
        "moe man with a beard and a suit",
        "moe girl with red drills, kimono",
    ]
    specs = [parse(text).wish.complete(1) for text in wishes]
    reader = Reader.load()
    readings = reader.read(Engine.load().draw(specs))
    for spec, reading in zip(specs, readings, strict=True):
        for name in ("style", "hair", "outfit", "facial_hair"):
            assert getattr(reading.spec, name) == getattr(spec, name)
    assert "cat_ears" in readings[0].spec.accessories
    with pytest.raises(ExtractionError, match="face"):
        reader.read([Image.new("RGB", (300, 300), "#88aacc")])
