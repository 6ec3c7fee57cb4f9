"""Whatever is blended, with whatever weights: a valid figure, and always the same one."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.blending import PARTS, BlendError, Part, between, blend, leanings
from generator.priors import uniform
from generator.spec import EXCLUSIVE, SLIDERS, VOCABULARY, AvatarSpec, resolve_colour

FIGURES = st.integers(0, 10**6).map(lambda seed: uniform(Random(seed)))
WEIGHTS = st.integers(0, 1000)
SOURCES = st.lists(st.tuples(FIGURES, WEIGHTS), min_size=1, max_size=4).filter(
    lambda sources: sum(weight for _, weight in sources) > 0
)


def as_seen(spec: AvatarSpec, slider: str) -> float:
    """A slider as the picture shows it: what has a side changes it in a mirror."""
    value: float = getattr(spec, slider)
    return -value if spec.mirrored and slider in ("turn", "tilt", "gaze") else value


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 1))
def test_in_betweens_are_valid_and_lie_between(one: int, other: int, share: float):
    a, b = uniform(Random(one)), uniform(Random(other))
    middle = between(a, b, share)  # validates: EXCLUSIVE, colours, slider ranges
    for slider in SLIDERS:
        low, high = sorted((as_seen(a, slider), as_seen(b, slider)))
        assert low - 1e-9 <= as_seen(middle, slider) <= high + 1e-9
    assert middle.hair in (a.hair, b.hair)
    assert middle.accessories <= a.accessories | b.accessories
    assert a.accessories & b.accessories - middle.accessories == frozenset() or any(
        len(group & (a.accessories | b.accessories)) > 1 for group in EXCLUSIVE
    )


def test_the_ends_are_the_ends():
    a, b = uniform(Random(1)), uniform(Random(2))
    assert between(a, b, 0) == a
    assert between(a, b, 1) == b
    assert between(a, a, 0.4).model_dump() == a.model_dump()


def test_colours_meet_in_the_middle():
    a = uniform(Random(1)).model_copy(update={"hair_colour": "#000000"})
    b = uniform(Random(1)).model_copy(update={"hair_colour": "#ffffff"})
    assert between(a, b, 0.5).hair_colour == "#808080"


@settings(deadline=None)
@given(SOURCES, st.randoms(use_true_random=False), st.integers(1, 1000))
def test_order_and_scale_of_weights_do_not_matter(
    sources: list[tuple[AvatarSpec, int]], random: Random, scale: int
):
    once = blend(sources)  # validates: EXCLUSIVE, colours, slider ranges
    assert blend([(spec, weight * scale) for spec, weight in sources]) == once
    random.shuffle(sources)
    assert blend(sources) == once


@settings(deadline=None)
@given(SOURCES)
def test_a_blend_shows_nothing_that_no_source_has(sources: list[tuple[AvatarSpec, int]]):
    blended = blend(sources)
    given_some = [spec for spec, weight in sources if weight]
    for choice in VOCABULARY:
        assert getattr(blended, choice) in {getattr(spec, choice) for spec in given_some}
    assert blended.accessories <= frozenset().union(*(s.accessories for s in given_some))
    for slider in SLIDERS:
        seen = [as_seen(spec, slider) for spec in given_some]
        assert min(seen) - 1e-9 <= as_seen(blended, slider) <= max(seen) + 1e-9


@settings(deadline=None)
@given(FIGURES, st.lists(FIGURES, max_size=3), st.floats(1e-6, 1e6))
def test_who_has_all_the_weight_comes_back(
    whole: AvatarSpec, others: list[AvatarSpec], weight: float
):
    assert blend([(whole, weight), *((other, 0.0) for other in others)]) == whole
    assert blend([(whole, weight)] * 4) == whole


@settings(deadline=None)
@given(SOURCES, FIGURES, st.sets(st.sampled_from(PARTS), min_size=1))
def test_parts_come_whole_from_the_figure_they_are_taken_from(
    sources: list[tuple[AvatarSpec, int]], giver: AvatarSpec, parts: set[Part]
):
    blended = blend(sources, dict.fromkeys(parts, giver))
    if "hair" in parts:
        assert (blended.hair, blended.fringe, blended.seed) == (
            giver.hair, giver.fringe, giver.seed,
        )  # fmt: skip
        assert blended.hair_colour == giver.hair_colour
    if "eyes" in parts:
        assert blended.eye_shape == giver.eye_shape
        assert as_seen(blended, "gaze") == as_seen(giver, "gaze")
    if "mouth" in parts:
        assert blended.expression == giver.expression
    if "accessories" in parts:
        assert blended.accessories == giver.accessories
    if "colours" in parts:
        assert (blended.skin, blended.outfit_colour) == (giver.skin, giver.outfit_colour)


def test_hair_from_one_eyes_and_mouth_from_another_colours_from_a_third():
    one, other, third = (uniform(Random(seed)) for seed in (1, 2, 3))
    take: dict[Part, AvatarSpec] = {"hair": one, "eyes": other, "mouth": other, "colours": third}
    blended = blend([(one, 1), (other, 1), (third, 1)], take)
    assert (blended.hair, blended.eye_shape, blended.expression) == (
        one.hair, other.eye_shape, other.expression,
    )  # fmt: skip
    assert blended.hair_colour == third.hair_colour


def test_equal_weights_share_the_choices_out():
    four = [uniform(Random(seed)) for seed in range(20, 24)]
    names = ("style", "hair", "expression", "outfit")
    blends = {blend([(spec, 1) for spec in order]) for order in permutations(four)}
    assert len(blends) == 1
    (blended,) = blends
    givers = {i for name in names for i, s in enumerate(four)
              if getattr(s, name) == getattr(blended, name)}  # fmt: skip
    assert len(givers) >= 3


def test_the_heavier_source_gives_who_it_is_and_the_colours_lean_to_it():
    dark = uniform(Random(4)).model_copy(update={"skin": "#000000", "presentation": "boy"})
    light = uniform(Random(5)).model_copy(update={"skin": "#ffffff", "presentation": "girl"})
    blended = blend([(light, 1), (dark, 3)])
    assert blended.presentation == "boy"
    assert resolve_colour("skin", blended.skin) == "#404040"


@pytest.mark.parametrize(
    "weights", [(), (0, 0), (1, -1), (float("nan"), 1), (float("inf"), 1), (1, 1, 1, 1, 1)]
)
def test_what_cannot_be_blended_is_said(weights: tuple[float, ...]):
    with pytest.raises(BlendError):
        blend([(uniform(Random(i)), weight) for i, weight in enumerate(weights)])


def test_a_beard_does_not_get_under_a_headscarf():
    man = uniform(Random(1)).model_copy(update={"facial_hair": "beard", "hair": "short_crop"})
    woman = uniform(Random(2)).model_copy(update={"facial_hair": "none", "hair": "hijab"})
    steps = [between(a, b, i / 50) for a, b in ((man, woman), (woman, man)) for i in range(51)]
    steps += [blend([(man, 1), (woman, weight / 10)]) for weight in range(1, 40)]
    assert not any(s.hair == "hijab" and s.facial_hair != "none" for s in steps)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=4, unique=True))
def test_leanings_are_figures_to_choose_from(seeds: list[int]) -> None:
    figures = [uniform(Random(seed)) for seed in seeds]
    found = leanings(figures)
    assert 2 <= len(found) <= 4
    assert len(set(found)) == len(found)
    assert found[0] == blend([(figure, 1.0) for figure in figures])
    assert leanings([figures[0], figures[0]]) == (figures[0],)
