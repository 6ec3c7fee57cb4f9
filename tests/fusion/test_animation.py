"""Films of figures: they loop, ease, fit, and carry nothing but pictures."""

import io
from random import Random

import pytest
from PIL import Image

from generator.blending import BlendError
from generator.engine import Engine
from generator.fusion.animation import (
    AnimationError,
    Film,
    encode,
    itinerary,
    shoot,
)
from generator.priors import uniform

ONE, OTHER, THIRD = (uniform(Random(seed)) for seed in (11, 12, 13))


@pytest.fixture(scope="module")
def film() -> Film:
    return shoot(Engine.load(), itinerary([ONE, OTHER], steps=5))


def test_the_way_there_and_back_holds_at_both_ends():
    stops = itinerary([ONE, OTHER], steps=6, pace=50, hold=700)
    specs, durations = [s for s, _ in stops], [ms for _, ms in stops]
    assert (specs[0], specs[6]) == (ONE, OTHER)
    assert specs[1:6] == specs[:6:-1]
    assert durations == [700, *[50] * 5, 700, *[50] * 5]


def test_three_figures_go_round():
    stops = itinerary([ONE, OTHER, THIRD], steps=4)
    assert [spec for spec, _ in stops][::4] == [ONE, OTHER, THIRD]
    assert len(stops) == 12


@pytest.mark.parametrize("count", [0, 1, 5])
def test_one_figure_is_no_film(count: int):
    with pytest.raises(BlendError):
        itinerary([ONE] * count)


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_files_loop_for_ever_and_hold_no_metadata(film: Film, kind: str):
    data = encode(film, "webp" if kind == "webp" else "gif")
    with Image.open(io.BytesIO(data)) as image:
        assert image.n_frames == len(film.frames)  # type: ignore[attr-defined]
        assert image.info["loop"] == 0
        durations, corners = [], []
        for i in range(len(film.frames)):
            image.seek(i)
            image.load()
            durations.append(image.info["duration"])
            corners.append(image.convert("RGBA").getpixel((2, 2))[3])
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(image.info)
    assert durations[0] == film.durations[0]
    assert set(corners) == {0}  # transparent, and no frame shines through the next
    assert not any(mark in data for mark in (b"EXIF", b"XMP ", b"ICCP"))


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_a_film_is_made_to_fit(film: Film, kind: str):
    film = Film(tuple(f.resize((128, 128)) for f in film.frames[:3]), film.durations[:3])
    whole = len(encode(film, "webp" if kind == "webp" else "gif"))
    less = encode(film, "webp" if kind == "webp" else "gif", limit=whole // 2)
    assert len(less) <= whole // 2
    with pytest.raises(AnimationError):
        encode(film, "webp" if kind == "webp" else "gif", limit=200)
