"""Between two specs every step is a valid figure."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.blending import between
from generator.priors import uniform
from generator.spec import EXCLUSIVE, SLIDERS


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.floats(0, 1))
def test_in_betweens_are_valid_and_lie_between(one: int, other: int, share: float):
    a, b = uniform(Random(one)), uniform(Random(other))
    middle = between(a, b, share)  # validates: EXCLUSIVE, colours, slider ranges
    for slider in SLIDERS:
        low, high = sorted((getattr(a, slider), getattr(b, slider)))
        assert low - 1e-9 <= getattr(middle, slider) <= high + 1e-9
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
