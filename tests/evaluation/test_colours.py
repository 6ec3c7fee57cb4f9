"""Colours read off pictures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.art.figure import compose
from generator.art.palette import palette
from generator.art.render import masks
from generator.data.store import coloured, pack
from generator.evaluation.colours import COLOURED, ciede2000, lab, read, rgb
from generator.spec import AvatarSpec


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [  # Sharma, Wu, Dalal 2005, table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0010), 7.1792),
        ((50.0, 2.4900, -0.0010), (50.0, -2.4900, 0.0011), 7.2195),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_ciede2000_against_its_published_table(one, other, difference):
    for a, b in ((one, other), (other, one)):
        assert float(ciede2000(np.array(a), np.array(b))) == pytest.approx(difference, abs=1e-4)


def test_lab_of_known_colours():
    assert lab(rgb("#ffffff")) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab(rgb("#ff0000")) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert lab(rgb("#000000")) == pytest.approx([0, 0, 0], abs=1e-6)


@settings(deadline=None)
@given(*[st.tuples(*[st.integers(0, 255)] * 3)] * 2)
def test_ciede2000_is_a_distance(one, other):
    a, b = lab(np.array(one, float)), lab(np.array(other, float))
    assert float(ciede2000(a, a)) == 0
    assert float(ciede2000(a, b)) == pytest.approx(float(ciede2000(b, a)), abs=1e-9)
    assert (one == other) == (float(ciede2000(a, b)) < 1e-9)


def render(spec: AvatarSpec):
    return pack(masks(compose(spec), 256))


SPEC = AvatarSpec(hair_colour="pink", eye_colour="green", skin="deep", outfit_colour="navy")


def test_a_render_has_the_colours_it_was_asked_for():
    slots, shares = render(SPEC)
    found = read(coloured(slots, shares, palette(SPEC)), slots, shares, SPEC)
    assert found.keys() == set(COLOURED)
    for attribute, reading in found.items():
        assert reading.difference < 2, attribute
        assert reading.named == getattr(SPEC, attribute)


def test_other_colours_are_told_apart():
    slots, shares = render(SPEC)
    drawn = SPEC.model_copy(
        update={"hair_colour": "red", "eye_colour": "blue", "skin": "tan", "outfit_colour": "blue"}
    )
    found = read(coloured(slots, shares, palette(drawn)), slots, shares, SPEC)
    for attribute, reading in found.items():
        assert not reading.close, attribute
        assert reading.named == getattr(drawn, attribute)


def test_an_empty_picture_has_no_colour_right():
    slots, shares = render(SPEC)
    found = read(np.zeros((256, 256, 4), np.uint8), slots, shares, SPEC)
    assert not any(reading.close for reading in found.values())


def test_odd_eyes_are_judged_by_the_worse_one():
    odd = SPEC.model_copy(update={"eye_colour2": "red"})
    slots, shares = render(odd)
    right = read(coloured(slots, shares, palette(odd)), slots, shares, odd)
    assert right["eye_colour"].close
    both_green = coloured(slots, shares, palette(SPEC))
    assert not read(both_green, slots, shares, odd)["eye_colour"].close


def test_what_is_not_there_is_not_read():
    hijab = SPEC.model_copy(update={"hair": "hijab", "expression": "laugh"})
    slots, shares = render(hijab)
    found = read(coloured(slots, shares, palette(hijab)), slots, shares, hijab)
    assert found.keys() == {"skin", "outfit_colour"}


def test_free_colours_have_no_name():
    free = SPEC.model_copy(update={"hair_colour": "#12a4b3"})
    slots, shares = render(free)
    reading = read(coloured(slots, shares, palette(free)), slots, shares, free)["hair_colour"]
    assert reading.close
    assert reading.named is None
