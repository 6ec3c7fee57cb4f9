"""Readings become figures: what is sure stays, what is not differs, and a prompt has its way."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.prompt import parse
from generator.selfie import candidates, described, wish_of
from generator.selfie.reading import SelfieReading
from generator.selfie.tints import (
    dyed,
    dyed_tint,
    eye_tint,
    hair_tint,
    hex_of,
    lab_of,
    nearest,
    skin_tint,
)  # fmt: skip
from generator.selfie.traits import NORMAL
from generator.spec import SKIN_TONES
from generator.wish import Wish

COLOURS = ("black", "brown", "blonde", "red", "gray", "white")


def sure(level, *others):
    return {level: 1.0, **dict.fromkeys(others, 0.0)}


READING = SelfieReading(
    hair_colour=sure("brown", "black", "blonde", "red", "gray", "white", "dyed"),
    hair_tints={name: hair_tint(name, None) for name in COLOURS},
    hair_length=sure("long", "bald", "short", "medium"),
    hair_texture=sure("wavy", "straight", "curly", "coily"),
    hair_height=0.3, fringe=0.1, parting=0.0,
    cover=sure("none", "hat", "scarf"), cover_tint="#556677",
    skin=3.0, skin_sure=0.6, skin_tint=skin_tint(3.0, np.float32([66, 16, 20])),
    eye_colour=sure("green", "brown", "blue", "grey"),
    eye_tints={name: eye_tint(name, None) for name in ("brown", "blue", "green", "grey")},
    glasses=sure("clear", "none", "dark"),
    facial_hair=sure("none", "moustache", "beard"),
    smile=sure("closed", "none", "open"),
    gaping=0.0, closed=(0.0, 0.0), gaze=0.0, shape=dict.fromkeys(NORMAL, 0.0),
    age=sure("adult", "young", "elder"), clothes_tint="#aa3344", suit=0.0, yaw=10.0, roll=-4.0,
    clarity=0.9, manner=sure("feminine", "masculine"),
)  # fmt: skip


def shares(*levels):
    return st.lists(st.floats(0, 1), min_size=len(levels), max_size=len(levels)).map(
        lambda ws: {
            k: (w + 1e-6) / (sum(ws) + 1e-6 * len(ws)) for k, w in zip(levels, ws, strict=True)
        }
    )


@st.composite
def readings(draw):
    return replace(
        READING,
        hair_colour=draw(shares(*COLOURS)),
        hair_length=draw(shares("bald", "short", "medium", "long")),
        hair_texture=draw(shares("straight", "wavy", "curly", "coily")),
        hair_height=draw(st.floats(0, 1)), fringe=draw(st.floats(0, 1)),
        parting=draw(st.floats(-1, 1)), cover=draw(shares("none", "hat", "scarf")),
        eye_colour=draw(shares("brown", "blue", "green", "grey")),
        glasses=draw(shares("none", "clear", "dark")),
        facial_hair=draw(shares("none", "moustache", "beard")),
        smile=draw(shares("none", "closed", "open")), gaping=draw(st.floats(0, 1)),
        closed=(draw(st.floats(0, 1)), draw(st.floats(0, 1))),
        shape={name: draw(st.floats(-6, 6)) for name in NORMAL},
        age=draw(shares("young", "adult", "elder")), suit=draw(st.floats(0, 1)),
        yaw=draw(st.floats(-60, 60)), roll=draw(st.floats(-45, 45)),
        manner=draw(shares("feminine", "masculine")),
        clothes_tint=draw(st.sampled_from([None, "#223344"])),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(readings(), st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_any_reading_becomes_figures_that_wear_only_what_was_read(reading, seed, count):
    specs = candidates(reading, None, seed, count)
    assert len(specs) == count
    assert specs == candidates(reading, None, seed, count)
    for spec in specs:
        assert spec.skin == reading.skin_tint
        assert spec.accessories <= {"glasses", "round_glasses", "sunglasses", "cap", "beret"}
        assert (spec.hair == "bald") <= (reading.hair_length["bald"] > 0.05)
        assert (spec.hair == "hijab") <= (reading.cover["scarf"] > 0.05)


def test_what_is_sure_is_the_same_in_all_four():
    specs = candidates(READING, None, 7)
    for name in ("hair_colour", "eye_colour", "skin", "facial_hair", "age", "outfit_colour"):
        assert len({getattr(spec, name) for spec in specs}) == 1, name
    assert specs[0].hair == "long_wavy"
    assert all(spec.accessories & {"glasses", "round_glasses"} for spec in specs)
    assert all(spec.expression == "smile" for spec in specs)


def test_what_is_not_sure_is_dealt_out_by_how_likely_it_is():
    unsure = replace(
        READING,
        hair_colour={"brown": 0.5, "black": 0.49, "blonde": 0.01},
        facial_hair={"none": 0.74, "beard": 0.26, "moustache": 0.0},
    )
    for seed in range(5):
        specs = candidates(unsure, None, seed)
        colours = [nearest("hair_colour", spec.hair_colour) for spec in specs]
        assert sorted(colours) == ["black", "black", "brown", "brown"]
        assert colours[0] == "brown"
        assert [spec.facial_hair for spec in specs].count("beard") == 1
        assert specs[0].facial_hair == "none"


def test_the_four_are_never_four_times_the_same():
    for seed in range(20):
        assert len({spec.model_dump_json() for spec in candidates(READING, None, seed)}) == 4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("as a witch with blue hair", {"hair_colour": "blue"}),
        ("twintails", {"hair": "twintails"}),
        ("angry, chibi", {"expression": "angry", "style": "chibi"}),
        ("dark skin, red eyes", {"eye_colour": "red"}),
    ],
)
def test_a_prompt_overrides_and_leaves_the_rest(words, expected):
    prompt = parse(words).wish
    for spec in candidates(READING, prompt, 3):
        for name, level in expected.items():
            assert getattr(spec, name) == level
        assert spec.outfit_colour == READING.clothes_tint or prompt.outfit_colour
    assert all("witch_hat" in spec.accessories
               for spec in candidates(READING, parse("with a witch hat").wish, 3))  # fmt: skip


def test_glasses_can_be_taken_off_by_a_prompt():
    wish = Wish(without=frozenset({"glasses", "round_glasses", "sunglasses"}))
    assert all(not spec.accessories for spec in candidates(READING, wish, 1))


def test_presentation_is_never_told():
    told = {**described(READING), **READING.confidence}
    assert not any("presentation" in name or "manner" in name for name in told)
    assert not {"feminine", "masculine", "girl", "boy"} & set(map(str, told.values()))
    assert "feminine" not in repr(READING)


def test_nobody_sure_to_be_either_is_drawn_between():
    between = replace(READING, manner={"feminine": 0.5, "masculine": 0.5})
    shown = [spec.presentation for spec in candidates(between, None, 2)]
    assert shown[0] == "neutral"
    assert shown.count("neutral") >= 2


def test_turning_and_leaning_are_kept_in_mirrored_figures_too():
    for parting in (-0.5, 0.5):
        wish = wish_of(replace(READING, parting=parting))
        side = -1 if wish.flip else 1
        assert side * wish.turn > 0
        assert side * wish.tilt < 0


def test_a_hat_hides_the_hair_so_its_colour_is_guessed_and_a_scarf_is_a_scarf():
    scarf = replace(READING, cover={"none": 0.2, "hat": 0.1, "scarf": 0.7})
    specs = candidates(scarf, None, 0)
    assert specs[0].hair == "hijab"
    assert specs[0].accessory_colour == READING.cover_tint
    assert any(spec.hair != "hijab" for spec in specs)


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_colours_survive_the_way_to_cielab_and_back(rgb):
    code = "#{:02x}{:02x}{:02x}".format(*rgb)
    back = hex_of(lab_of(code))
    assert all(abs(int(back[i : i + 2], 16) - int(code[i : i + 2], 16)) <= 1 for i in (1, 3, 5))


@pytest.mark.parametrize(
    ("family", "levels"),
    [
        ("black", {"black"}), ("brown", {"brown", "dark_brown"}), ("blonde", {"blonde"}),
        ("red", {"auburn", "orange"}), ("gray", {"grey"}), ("white", {"white", "silver"}),
    ],
)  # fmt: skip
def test_typical_hair_is_drawn_in_its_own_level(family, levels):
    assert nearest("hair_colour", hair_tint(family, None)) in levels


@settings(deadline=None)
@given(st.tuples(st.floats(0, 100), st.floats(-60, 60), st.floats(-60, 60)))
def test_hair_stays_within_reach_of_its_family(seen):
    for family in COLOURS:
        away = np.abs(lab_of(hair_tint(family, np.float32(seen))) - lab_of(hair_tint(family, None)))
        assert away.max() < 16


def test_darker_hair_is_drawn_darker():
    light, dark = (lab_of(hair_tint("brown", np.float32([v, 9, 13])))[0] for v in (36, 22))
    assert dark < light - 8


def test_darker_skin_is_drawn_darker_all_along_the_scale():
    steps = [lab_of(skin_tint(s, np.float32([60, 16, 20])))[0] for s in np.linspace(1, 6, 21)]
    assert all(a > b for a, b in pairwise(steps))
    names = [nearest("skin", skin_tint(s, np.float32([66, 16, 20]))) for s in range(1, 7)]
    assert [tuple(SKIN_TONES).index(n) for n in names] == sorted(
        {tuple(SKIN_TONES).index(n) for n in names}
    )


def test_only_colours_that_do_not_grow_are_dyed():
    assert dyed(lab_of("#3366cc"))
    assert dyed(lab_of("#f058a0"))
    for natural in ("#2b2018", "#7a4e33", "#c9a468", "#a85a30", "#9a9a9c", "#e8e4e0"):
        assert not dyed(lab_of(natural))
    assert nearest("hair_colour", dyed_tint(lab_of("#3366cc"))) == "blue"
