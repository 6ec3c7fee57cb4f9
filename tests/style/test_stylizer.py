from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.engine import EngineError
from generator.models.colourspace import lab, srgb
from generator.models.stylenet import StyleConfig, StyleNetwork
from generator.models.tones import toned, tones
from generator.style import StyleError, find_style, styles
from generator.style.pictures import smoothed, to_image, to_tensor
from generator.style.still_life import still_life
from generator.style.styles import WEIGHTS
from generator.style.stylizer import Stylizer


def distance(a: Image.Image, b: Image.Image) -> float:
    return float(np.abs(np.asarray(a, float) - np.asarray(b, float)).mean())


def test_every_style_has_a_name_in_four_languages_and_is_found_by_it():
    assert len(styles()) >= 12
    for key, style in styles().items():
        assert all((style.en, style.zh_hans, style.zh_hant, style.ja))
        assert find_style(key) == find_style(key.upper().replace("_", "-")) == key
        assert styles()[find_style(style.en)].en == style.en
        assert styles()[find_style(style.ja)].ja == style.ja
    with pytest.raises(StyleError, match="starry_night"):
        find_style("crayon")


@settings(max_examples=12, deadline=None)
@given(width=st.integers(32, 300), height=st.integers(32, 300), size=st.sampled_from([64, 200]))
def test_any_size_comes_back_in_its_aspect(stylizer, width: int, height: int, size: int):
    painted = stylizer.stylize(Image.new("RGB", (width, height), "#998877"), "pastel", size=size)
    assert painted.mode == "RGB"
    assert max(painted.size) == min(size, max(width, height))
    scale = min(1, size / max(width, height))  # to the nearest pixel
    assert abs(painted.width - width * scale) <= 0.5
    assert abs(painted.height - height * scale) <= 0.5


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "CMYK", "LA", "1"])
def test_any_mode_is_painted(stylizer: Stylizer, photo: Image.Image, mode: str):
    assert stylizer.stylize(photo.convert(mode), "comic").size == photo.size


def test_a_ribbon_and_a_speck_are_painted(stylizer: Stylizer):
    assert stylizer.stylize(Image.new("RGB", (900, 9)), "comic").size == (512, 5)
    assert stylizer.stylize(Image.new("RGB", (1, 1)), Image.new("RGB", (1, 1))).size == (1, 1)


def test_strength_goes_from_the_photo_to_the_painting(stylizer: Stylizer, photo: Image.Image):
    steps = [
        distance(photo, stylizer.stylize(photo, "pastel", strength=s)) for s in (0, 0.25, 0.5, 1)
    ]
    assert steps[0] == 0
    assert 0 < steps[1] < steps[2]
    assert steps[3] > 0


def test_the_same_is_painted_the_same_and_leaves_the_photo_alone(
    stylizer: Stylizer, photo: Image.Image
):
    before = photo.tobytes()
    assert distance(stylizer.stylize(photo, "moe"), stylizer.stylize(photo, "moe")) == 0
    assert photo.tobytes() == before


def test_a_plain_wall_is_painted_with_strokes():
    """Noise is what they grow from: without any, what is flat stays flat."""
    torch.manual_seed(0)
    network = StyleNetwork(StyleConfig(names=("one",), blocks_eighth=1, blocks_quarter=1))
    network.requires_grad_(False)
    wall, code = torch.full((1, 3, 320, 320), 0.5), network.named(["one"])

    def inside() -> torch.Tensor:  # borders are seen from afar
        return network(wall, code)[:, :, 120:-120, 120:-120].std((2, 3))

    assert float(inside().min()) > 5e-3
    network.noise.zero_()
    assert float(inside().max()) < 1e-3


def test_other_noise_is_another_painting():
    network = StyleNetwork(StyleConfig(names=("one",)))
    code = network.named(["one"]).expand(2, -1)
    rgb = torch.rand(1, 3, 64, 64).expand(2, -1, -1, -1)
    one, other = network(rgb, code)
    assert not torch.equal(one, other)
    assert torch.equal(network(rgb[:1], code[:1])[0], one)
    assert torch.equal(network(rgb[:1], code[:1], shift=1)[0], other)


def test_a_blend_lies_between_its_styles(stylizer: Stylizer):
    a, b = stylizer.code("pastel"), stylizer.code("comic")
    torch.testing.assert_close(stylizer.code({"pastel": 3, "comic": 1}), a.lerp(b, 0.25))
    torch.testing.assert_close(stylizer.code({"pastel": 2, "comic": 0}), a)


def test_a_painting_has_the_tones_of_its_style(stylizer: Stylizer, photo: Image.Image):
    """Whatever the photo's own are; with less strength it keeps more of them."""
    dawn = Image.merge("RGB", [Image.effect_noise((300, 200), s) for s in (60, 40, 20)])
    dawn = Image.blend(dawn, Image.new("RGB", dawn.size, "orange"), 0.5)
    wanted, own = (tones(to_tensor(x)) for x in (dawn, photo.convert("RGB")))
    apart = [
        float((tones(to_tensor(stylizer.stylize(photo, dawn, strength=s))) - wanted).norm())
        for s in (1.0, 0.6)
    ]
    assert apart[0] < 0.2 * float((own - wanted).norm())
    assert apart[0] < apart[1]


def test_grey_stays_grey_in_coloured_tones():
    """A contrast that a picture does not have cannot be multiplied into it."""
    grey = torch.rand(1, 1, 64, 64).expand(1, 3, 64, 64) * 0.2 + 0.4
    vivid = tones(torch.rand(1, 3, 64, 64))
    moved = toned(grey, vivid)
    assert float(moved.std((2, 3)).max()) <= 3.01 * float(grey.std((2, 3)).max())
    assert float((moved - moved.mean(1, keepdim=True)).std()) < 0.02


def test_a_picture_is_a_style_and_pictures_differ(stylizer: Stylizer, photo: Image.Image):
    red, noise = Image.new("RGB", (90, 400), "red"), Image.effect_noise((300, 200), 80)
    assert distance(stylizer.stylize(photo, red), stylizer.stylize(photo, noise)) > 0


def test_kept_colours_are_the_photos(stylizer: Stylizer, photo: Image.Image):
    kept = stylizer.stylize(photo, "starry_night", keep_colours=True)
    taken = stylizer.stylize(photo, "starry_night")

    def chroma(image: Image.Image) -> np.ndarray:
        return np.asarray(image.convert("YCbCr"), float)[..., 1:].mean((0, 1))

    wanted = chroma(photo)
    assert np.abs(chroma(kept) - wanted).max() < 4
    assert np.abs(chroma(kept) - wanted).max() <= np.abs(chroma(taken) - wanted).max() + 1


@pytest.mark.parametrize("kind", [bool, np.float32, "image"])
def test_a_mask_changes_what_it_covers(stylizer: Stylizer, photo: Image.Image, kind):
    area = np.zeros((photo.height, photo.width), np.float32)
    area[:, :60] = 1
    mask = Image.fromarray(np.uint8(area * 255)) if kind == "image" else area.astype(kind)
    plain = np.asarray(stylizer.stylize(photo, "fauvism"), float)
    masked = np.asarray(stylizer.stylize(photo, "fauvism", mask=mask), float)
    assert np.abs(plain - masked)[:, 100:].max() <= 1
    assert np.abs(plain - masked)[:, :50].mean() > 0


@pytest.mark.parametrize(
    "style", ["crayon", {"pastel": -1.0}, {}, {"pastel": 0.0}, {"pastel": float("nan")}]
)
def test_what_is_no_style_is_one_sentence(stylizer: Stylizer, photo: Image.Image, style):
    with pytest.raises(StyleError, match=r"^[^\n]+$"):
        stylizer.stylize(photo, style)


def test_what_is_no_strength_is_one_sentence(stylizer: Stylizer, photo: Image.Image):
    with pytest.raises(StyleError, match="from 0 to 1"):
        stylizer.stylize(photo, "comic", strength=1.5)


def test_missing_and_damaged_weights_are_one_sentence(tmp_path: Path, weights: Path):
    with pytest.raises(EngineError, match="train or fetch"):
        Stylizer.load(tmp_path / "none.safetensors")
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(EngineError, match="damaged"):
        Stylizer.load(broken)


@settings(max_examples=30, deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_lab_and_back(colour: tuple[int, int, int]):
    rgb = torch.tensor(colour).float().div(255)[None, :, None, None]
    torch.testing.assert_close(srgb(lab(rgb)), rgb, atol=2e-3, rtol=0)


def test_lab_of_known_colours():
    red = lab(torch.tensor([1.0, 0, 0])[None, :, None, None])[0, :, 0, 0]
    torch.testing.assert_close(red, torch.tensor([53.24, 80.09, 67.20]), atol=0.1, rtol=0)


@pytest.mark.skipif(not WEIGHTS.exists(), reason="not trained yet")
def test_shipped_weights_paint_in_colour_and_keep_what_is_painted():
    assert WEIGHTS.stat().st_size <= 4_000_000
    stylizer = Stylizer.load()
    assert set(stylizer.names) == set(styles())
    picture = still_life(256)
    grey = np.asarray(picture.convert("L"), float)
    for name in stylizer.names:
        painted = stylizer.stylize(picture, name)
        pixels = np.asarray(painted, float)
        assert pixels.std() > 15, name
        if name not in ("pencil_sketch", "engraving"):
            assert np.ptp(pixels, 2).mean() > 4, name
        shape = np.corrcoef(grey.ravel(), np.asarray(painted.convert("L"), float).ravel())
        assert shape[0, 1] > 0.5, name


def test_smoothing_keeps_edges_and_takes_wrinkles():
    picture = torch.zeros(1, 3, 64, 64)
    picture[..., 32:] = 0.8
    wrinkled = picture + 0.03 * torch.randn(
        picture.shape, generator=torch.Generator().manual_seed(1)
    )
    made = smoothed(wrinkled)
    assert made[..., :24].std() < 0.4 * wrinkled[..., :24].std()
    assert made[..., 33].mean() - made[..., 30].mean() > 0.7


def test_styles_of_flat_areas_paint_what_is_smooth():
    stylizer = Stylizer.load()
    photo = Image.merge("RGB", [Image.effect_noise((96, 96), 8)] * 3)
    rgb = to_tensor(photo)
    with torch.inference_mode():
        painted = (stylizer._paint(x, stylizer.code("comic")) for x in (rgb, smoothed(rgb)))
        rough, calm = (distance(to_image(x), stylizer.stylize(photo, "comic")) for x in painted)
    assert calm < 1 < rough
