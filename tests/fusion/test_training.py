"""The encoder's training: what pictures are labelled with; a run learns, resumes and exports."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch
from PIL import Image

from generator.art.figure import compose, draw
from generator.art.palette import Slot, palette
from generator.art.render import masks
from generator.data.build import build
from generator.data.drawn import paint
from generator.data.store import DatasetError, Store, pack
from generator.fusion.extraction import Reader
from generator.models.encoder import CELL, CELLS, Region
from generator.priors import uniform
from generator.training.config import read_config
from generator.training.export import export_run
from generator.training.hand import Hand, inked
from generator.training.loop import Trainer
from generator.training.scenes import Scenes, laid, marked, moved_regions, scene_of

SPEC = uniform(Random(6)).model_copy(update={"flip": False})


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "set"
    assert list(build(folder, count=8, seed=3, processes=1))[-1] == 8
    return folder


def test_our_own_hand_draws_what_the_renderer_draws():
    slots, shares = pack(masks(compose(SPEC), 256))
    ours = Image.frombuffer(
        "RGBa", (256, 256), inked(slots, shares, palette(SPEC), Hand()).tobytes()
    )
    apart = np.asarray(ours.convert("RGBA")).astype(int) - np.asarray(draw(SPEC))
    assert abs(apart).mean() < 2


@pytest.mark.parametrize("line", [-1.2, 1.8])
def test_other_lines_cover_more_or_less(line: float):
    slots, shares = pack(masks(compose(SPEC), 256))
    black_on_white = [(255, 255, 255)] * len(Slot)
    black_on_white[Slot.LINE] = (0, 0, 0)
    dark = [
        float(
            (
                255 - inked(slots, shares, black_on_white, Hand(line=change))[..., 0].astype(float)
            ).sum()
        )
        for change in (0.0, line)
    ]
    assert (dark[1] < dark[0]) == (line < 0)


def test_regions_move_with_the_picture():
    """Where a moved picture is marked as skin, it has the colour of skin."""
    slots, shares = pack(masks(compose(SPEC), 256))
    figure, regions = inked(slots, shares, palette(SPEC), Hand()), marked(slots, shares)
    skin = np.array(palette(SPEC)[Slot.SKIN])
    page = Image.new("RGB", (256, 256))
    for place in ((0.0, 0.0, 0.0), (-0.5, 0.2, -0.1), (0.4, -0.1, 0.2)):
        for mirrored in (False, True):
            pixels = np.asarray(laid(figure, page, place, mirrored=mirrored))
            seen = pixels[CELL // 2 :: CELL, CELL // 2 :: CELL]
            where = moved_regions(regions, place, mirrored=mirrored) == Region.SKIN
            assert where.sum() > 20
            assert np.median(abs(seen[where].astype(int) - skin)) <= 2


def test_labels_are_what_is_seen_in_a_mirror():
    spec = SPEC.model_copy(update={"turn": 0.5, "eye_colour": "red", "eye_colour2": "blue"})
    regions = np.full((256, 256), Region.SKIN, np.int8)
    plain, mirrored = (scene_of(spec, regions, mirrored=m) for m in (False, True))
    assert torch.equal(plain.colours[0, [Region.EYE_L, Region.EYE_R]],
                       mirrored.colours[0, [Region.EYE_R, Region.EYE_L]])  # fmt: skip
    assert torch.equal(plain.sides, 1 - mirrored.sides)
    assert (plain.numbers != mirrored.numbers).any()


def test_a_scene_depends_on_its_number_only(figures: Path):
    scenes = Scenes([figures], seed=1)
    one, other = scenes.batch(10**6, 3), scenes.batch(10**6 + 1, 2)
    assert torch.equal(one.pictures[1:], other.pictures)
    assert torch.equal(one.regions[1:], other.regions)
    assert one.pictures.shape == (3, 3, 256, 256)
    assert one.regions.shape == (3, CELLS, CELLS)


def test_a_run_trains_resumes_and_exports(figures: Path, tmp_path: Path):
    file = tmp_path / "run.toml"
    text = 'name = "tiny"\nobjective = "encoder"\nimages = {}\nbatch = 2\nprecision = "32"\n'
    text += f'warmup = 4\npicture_images = 100\nruns = "{tmp_path}/runs"\ndata = ["{figures}"]\n'
    file.write_text(text.format(4))
    Trainer(read_config(file)).run()
    file.write_text(text.format(8))
    trainer = Trainer(read_config(file), resume=True)
    assert trainer.seen == 4
    trainer.run()
    size = export_run(read_config(file), tmp_path / "encoder.safetensors")
    assert size <= 2_000_000
    (reading,) = Reader.load(tmp_path / "encoder.safetensors").look([draw(SPEC)])
    assert reading.spec.hair

    other = tmp_path / "other.toml"
    on = text.replace("tiny", "on").format(12)
    other.write_text(f'{on}[encoder]\nweights = "{tmp_path}/encoder.safetensors"\n')
    begun = Trainer(read_config(other))
    assert begun.seen == 8
    exported = Reader.load(tmp_path / "encoder.safetensors").encoder.state_dict()
    for name, tensor in begun.objective.ema.module.state_dict().items():
        if "num_batches" not in name:
            torch.testing.assert_close(tensor, exported[name], rtol=0, atol=0)


def test_what_the_network_paints_is_a_data_set(tmp_path: Path):
    assert list(paint(tmp_path / "painted", count=2))[-1] == 2
    store = Store.open(tmp_path / "painted")
    assert (np.asarray(store.slots[0]) < len(Slot)).any()
    assert len(Scenes([tmp_path / "painted"]).batch(0, 1)) == 1
    with pytest.raises(DatasetError):
        Scenes([tmp_path / "nothing"])
