"""Specs refuse what does not fit together, and wishes complete, merge and round-trip."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generator.spec import (
    ACCESSORIES,
    EXCLUSIVE,
    PALETTES,
    SLIDERS,
    VOCABULARY,
    AvatarSpec,
    resolve_colour,
)
from generator.wish import Wish


def test_a_default_spec_is_valid_and_frozen() -> None:
    spec = AvatarSpec()
    with pytest.raises(ValidationError):
        spec.hair = "bob"
    assert AvatarSpec.model_validate_json(spec.model_dump_json()) == spec


@pytest.mark.parametrize(
    "values",
    [
        {"hair": "mohawk"},
        {"hair_colour": "rainbow"},
        {"hair_colour": "#12345"},
        {"eye_size": 1.01},
        {"hair_pattern": "ombre"},
        {"hair_colour2": "pink"},
        {"accessories": ["cap", "beret"]},
        {"seed": -1},
        {"colour": "red"},
    ],
)
def test_what_does_not_fit_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AvatarSpec.model_validate(values)


def test_vocabularies_cover_the_fields() -> None:
    fields = set(AvatarSpec.model_fields)
    assert fields >= {*VOCABULARY, *PALETTES, *SLIDERS}
    assert set().union(*EXCLUSIVE) <= set(ACCESSORIES)
    for attribute, palette in PALETTES.items():
        assert all(resolve_colour(attribute, level).startswith("#") for level in palette)
        assert resolve_colour(attribute, "#ff88aa") == "#ff88aa"


def test_detail_depends_on_the_seed_alone() -> None:
    one, other = AvatarSpec(seed=3), AvatarSpec(seed=3, hair="bob")
    assert one.detail == other.detail != AvatarSpec(seed=4).detail
    assert all(-1 <= number <= 1 for number in one.detail)


@pytest.mark.parametrize(
    "values",
    [
        {"wear": ["cap"], "without": ["cap"]},
        {"wear": ["glasses", "sunglasses"]},
        {"hair_pattern": "solid", "hair_colour2": "pink"},
        {"eye_colour2": "red", "odd_eyes": False},
        {"hair": "bob", "avoid": [("hair", "bob")]},
        {"avoid": [("hair", "mohawk")]},
        {"avoid": [("style", "moe"), ("style", "chibi")]},
    ],
)
def test_wishes_that_contradict_themselves_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Wish.model_validate(values)


def wishes() -> st.SearchStrategy[Wish]:
    """Every wish that can be made."""
    parts: dict[str, st.SearchStrategy[object]] = {
        name: st.none() | st.sampled_from(levels) for name, levels in VOCABULARY.items()
    }
    for name, palette in PALETTES.items():
        hexadecimal = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
        parts[name] = st.none() | st.sampled_from(sorted(palette)) | hexadecimal
    for name in SLIDERS:
        parts[name] = st.none() | st.floats(-1, 1)
    parts["odd_eyes"] = st.none() | st.booleans()
    parts["wear"] = st.frozensets(st.sampled_from(ACCESSORIES), max_size=4)
    parts["without"] = st.frozensets(st.sampled_from(ACCESSORIES), max_size=6)
    pairs = [(name, level) for name, levels in VOCABULARY.items() for level in levels]
    parts["avoid"] = st.frozensets(st.sampled_from(pairs), max_size=12)

    def valid(values: dict[str, object]) -> bool:
        try:
            Wish.model_validate(values)
        except ValidationError:
            return False
        return True

    some = st.lists(st.sampled_from(sorted(parts)), max_size=5, unique=True)
    chosen = some.flatmap(lambda names: st.fixed_dictionaries({n: parts[n] for n in names}))
    return chosen.filter(valid).map(Wish.model_validate)


@settings(max_examples=200, deadline=None)
@given(wishes(), st.integers())
def test_every_wish_is_granted(wish: Wish, seed: int) -> None:
    spec = wish.complete(seed)
    assert spec == wish.complete(seed) == wish.complete(seed % 2**32)
    assert wish.wear <= spec.accessories
    assert not wish.without & spec.accessories
    for attribute, value in wish.asked.items():
        if attribute in {*VOCABULARY, *PALETTES, *SLIDERS}:
            assert getattr(spec, attribute) == value
    for attribute, level in wish.avoid:
        assert getattr(spec, attribute) != level
    if wish.odd_eyes is not None:
        assert (spec.eye_colour2 is not None) == wish.odd_eyes
    assert Wish.model_validate_json(wish.model_dump_json()) == wish


@settings(max_examples=200, deadline=None)
@given(wishes(), wishes(), st.integers(0, 2**32 - 1))
def test_the_later_wish_counts(one: Wish, other: Wish, seed: int) -> None:
    merged = one.merge(other)
    for attribute, value in other.asked.items():
        if attribute in {*VOCABULARY, *PALETTES, *SLIDERS}:
            assert getattr(merged, attribute) == value
    assert other.wear <= merged.wear
    assert other.without <= merged.without
    assert other.avoid <= merged.avoid
    merged.complete(seed)


def test_exclusive_accessories_give_way_when_merged() -> None:
    before = Wish(wear=frozenset({"glasses", "cap"}), odd_eyes=True)
    after = before.merge(Wish(wear=frozenset({"sunglasses"}), eye_colour="red"))
    assert after.wear == {"sunglasses", "cap"}
    assert after.odd_eyes is None
    assert before.merge(Wish(without=frozenset({"cap"}))).wear == {"glasses"}


def test_an_edit_of_a_figure_keeps_the_rest() -> None:
    spec = Wish(presentation="girl").complete(11)
    edited = Wish.of(spec).merge(Wish(hair_colour="cyan")).complete(11)
    assert edited == spec.model_copy(update={"hair_colour": "cyan"})


def test_wishes_serialize_the_same_way_every_time() -> None:
    wish = Wish(
        without=frozenset(ACCESSORIES[:12]), avoid=frozenset({("hair", "bob"), ("age", "child")})
    )
    data = json.loads(wish.model_dump_json())
    assert data["without"] == sorted(ACCESSORIES[:12])
    assert data["avoid"] == [["age", "child"], ["hair", "bob"]]


def test_candidates_of_neighbouring_seeds_differ() -> None:
    seeds = [spec.seed for seed in range(50) for spec in Wish().candidates(seed, 4)]
    assert len(set(seeds)) == 200
    assert [spec.seed for spec in Wish().candidates(7, 1)] == [7]
