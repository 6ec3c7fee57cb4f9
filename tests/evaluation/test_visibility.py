"""The rules of what can be seen, against drawings with one attribute changed."""

from collections.abc import Mapping

import numpy as np
import pytest

from generator.art.figure import compose
from generator.art.palette import palette
from generator.art.render import rasterise
from generator.evaluation.visibility import ATTRIBUTES, visible
from generator.spec import VOCABULARY, AvatarSpec

PLAIN = AvatarSpec(hair_colour="black", skin="fair", hair="bob", fringe="blunt")


def changed(spec: AvatarSpec, update: Mapping[str, object]) -> int:
    """Pixels of a 256 px picture that differ."""
    pictures = [
        rasterise(compose(s).svg(palette(s), size=256), 256).astype(int)
        for s in (spec, spec.model_copy(update=dict(update)))
    ]
    return int((np.abs(pictures[0] - pictures[1]).max(-1) > 24).sum())


def dressed(**values: object) -> AvatarSpec:
    return AvatarSpec(**{**PLAIN.model_dump(), **values})


def test_a_plain_figure_shows_everything():
    assert visible(PLAIN) == frozenset(ATTRIBUTES)


HIDDEN = [
    (dressed(hair="bald"), "fringe", {"fringe": "curtain"}),
    (dressed(hair="bald"), "hair_pattern", {"hair_pattern": "ombre", "hair_colour2": "pink"}),
    (dressed(hair="hijab"), "hair_pattern", {"hair_pattern": "ombre", "hair_colour2": "pink"}),
    (dressed(hair="hijab"), "earrings", {"accessories": {"earrings"}}),
    (dressed(hair="hijab"), "ahoge", {"accessories": {"ahoge"}}),
    (dressed(expression="laugh"), "eye_shape", {"eye_shape": "narrow"}),
    (dressed(expression="bawl"), "eye_shape", {"eye_shape": "droopy"}),
    (dressed(accessories={"face_mask"}), "facial_hair", {"facial_hair": "stubble"}),
    (dressed(accessories={"face_mask"}), "mole", {"accessories": {"face_mask", "mole"}}),
    (dressed(accessories={"face_mask"}), "freckles", {"accessories": {"face_mask", "freckles"}}),
    (dressed(expression="rage"), "fangs", {"accessories": {"fangs"}}),
]


@pytest.mark.parametrize(("spec", "attribute", "update"), HIDDEN)
def test_what_is_hidden_changes_nothing(spec, attribute, update):
    assert attribute not in visible(spec)
    assert changed(spec, update) <= 12


SEEN = [
    (dressed(hair="hijab"), "hair", {"hair": "bob"}),
    (dressed(expression="laugh"), "expression", {"expression": "bawl"}),
    (dressed(), "facial_hair", {"facial_hair": "stubble"}),
    (dressed(), "mole", {"accessories": {"mole"}}),
    (dressed(), "fangs", {"accessories": {"fangs"}}),
    (dressed(hair="hijab"), "hairpin", {"accessories": {"hairpin"}}),
    (dressed(), "earrings", {"accessories": {"earrings"}}),
    (dressed(expression="wink"), "eye_shape", {"eye_shape": "narrow"}),
]


@pytest.mark.parametrize(("spec", "attribute", "update"), SEEN)
def test_what_is_seen_changes_the_picture(spec, attribute, update):
    assert attribute in visible(spec)
    assert changed(spec, update) > 5


def test_eyes_can_be_covered_one_by_one():
    one = dressed(expression="wink")
    assert "eye_shape" in visible(one)
    assert "eye_shape" not in visible(dressed(expression="wink", accessories={"eye_patch"}))
    assert "eye_shape" not in visible(dressed(fringe="over_eye", accessories={"eye_patch"}))
    assert "eye_shape" not in visible(dressed(accessories={"sunglasses"}))


def test_like_colours_make_no_pattern():
    pattern = {"hair_pattern": "ombre", "hair_colour": "black"}
    assert "hair_pattern" in visible(dressed(**pattern, hair_colour2="pink"))
    assert "hair_pattern" not in visible(dressed(**pattern, hair_colour2="#2d2a39"))


def test_stubble_needs_contrast():
    assert "facial_hair" in visible(dressed(facial_hair="stubble"))
    dark = dressed(facial_hair="stubble", skin="ebony", hair_colour="dark_brown")
    assert "facial_hair" not in visible(dark)


def test_every_group_is_judged_somewhere():
    assert set(VOCABULARY) < set(ATTRIBUTES)
