"""The flat prior covers every level; the joint priors stay sensible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from generator.priors import uniform
from generator.spec import ACCESSORIES, PALETTES, SLIDERS, VOCABULARY, AvatarSpec
from generator.wish import Wish

FIGURES = [Wish().complete(seed) for seed in range(4000)]


def test_uniform_covers_every_level_about_equally() -> None:
    rng = Random(7)
    specs = [uniform(rng) for _ in range(4000)]
    for attribute, levels in VOCABULARY.items():
        counts = Counter(getattr(spec, attribute) for spec in specs)
        expected = len(specs) / len(levels)
        if attribute in ("hair_pattern", "facial_hair"):  # rarer ones are rarer on purpose
            assert all(counts[level] > 0.02 * len(specs) for level in levels)
            continue
        assert all(0.6 * expected < counts[level] < 1.5 * expected for level in levels), attribute
    worn: Counter[str] = Counter(item for spec in specs for item in spec.accessories)
    assert all(0.04 < worn[item] / len(specs) < 0.12 for item in ACCESSORIES)
    for attribute in ("hair_colour", "eye_colour", "skin", "accessory_colour", "outfit_colour"):
        named = [getattr(spec, attribute) for spec in specs]
        named = [colour for colour in named if not colour.startswith("#")]
        assert 0.4 < len(named) / len(specs) < 0.6
        assert set(named) == set(PALETTES[attribute])
    for slider in SLIDERS:
        values = [getattr(spec, slider) for spec in specs]
        assert min(values) < -0.9
        assert max(values) > 0.9


def test_uniform_is_a_function_of_the_generator_state() -> None:
    assert [uniform(Random(5)) for _ in range(3)] == [uniform(Random(5)) for _ in range(3)]


PINNED = {
    "presentation": "girl",
    "age": "adult",
    "hair_colour": "black",
    "skin": "deep",
    "outfit": "blazer",
}


def share(of: Callable[[AvatarSpec], bool], figures: list[AvatarSpec] = FIGURES) -> float:
    return sum(map(of, figures)) / len(figures)


def test_no_child_has_a_beard_and_no_bald_head_a_fringe() -> None:
    for spec in FIGURES:
        if spec.facial_hair != "none":
            assert spec.presentation == "boy"
            assert spec.age in ("adult", "elder")
        if spec.hair in ("bald", "hijab"):
            assert spec.fringe == "none"
        if spec.hair == "bald":
            assert spec.presentation == "boy"
            assert spec.age != "child"
            assert not spec.accessories & {"ribbon", "hairpin", "ahoge", "flower_crown"}


def test_what_is_asked_for_speaks_for_who_wears_it() -> None:
    bearded = [Wish(facial_hair="beard").complete(seed) for seed in range(300)]
    assert all(spec.presentation == "boy" and spec.age in ("adult", "elder") for spec in bearded)
    pink = [Wish(hair_colour="pink").complete(seed) for seed in range(300)]
    assert not any(spec.hair in ("bald", "hijab") for spec in pink)
    assert all(spec.hair_pattern == "solid" for spec in pink)
    ribbons = [Wish(wear=frozenset({"ribbon"})).complete(seed) for seed in range(300)]
    assert not any(spec.hair in ("bald", "hijab") for spec in ribbons)
    sailors = [Wish(outfit="sailor").complete(seed) for seed in range(300)]
    assert share(lambda spec: spec.age == "elder", sailors) < 0.02


def test_asked_for_oddities_are_granted() -> None:
    spec = Wish(age="child", facial_hair="beard", presentation="girl").complete(1)
    assert (spec.age, spec.facial_hair, spec.presentation) == ("child", "beard", "girl")


def test_proportions_are_as_intended() -> None:
    assert 0.35 < share(lambda spec: spec.presentation == "girl") < 0.6
    assert share(lambda spec: len(spec.accessories) <= 2) > 0.95
    assert share(lambda spec: spec.hair_pattern == "solid") > 0.8
    assert share(lambda spec: spec.eye_colour2 is not None) < 0.03
    pleasant = ("smile", "laugh", "neutral", "wink", "shy", "starry", "love", "smug")
    assert share(lambda spec: spec.expression in pleasant) > 0.75
    elders = [spec for spec in FIGURES if spec.age == "elder"]
    silvery = ("grey", "white", "silver")
    assert share(lambda spec: spec.hair_colour in silvery, elders) > 0.5
    loud = ("starry", "love", "dizzy", "shock", "rage", "bawl")
    chibi = [spec for spec in FIGURES if spec.style == "chibi"]
    moe = [spec for spec in FIGURES if spec.style == "moe"]
    assert share(lambda s: s.expression in loud, chibi) > 3 * share(
        lambda s: s.expression in loud, moe
    )
    tones = Counter(spec.skin for spec in FIGURES)
    assert min(tones.values()) > 0.8 * len(FIGURES) / len(PALETTES["skin"])
    for levels, name in ((VOCABULARY[name], name) for name in ("hair", "outfit", "expression")):
        assert {getattr(spec, name) for spec in FIGURES} == set(levels), name


def test_one_changed_attribute_keeps_the_independent_ones() -> None:
    one = Wish(presentation="girl", age="young").complete(5)
    other = Wish(presentation="girl", age="young", eye_colour="red").complete(5)
    assert other == one.model_copy(update={"eye_colour": "red", "eye_colour2": None})


def test_completion_never_changes() -> None:
    """Pinned: chat histories keep (wish, seed) and must show the same figure again."""
    spec = Wish(hair="twintails").complete(2026)
    assert (
        spec.model_dump(include={"presentation", "age", "hair_colour", "outfit", "skin"}) == PINNED
    )


def test_nothing_sits_unasked_where_it_cannot_be_seen() -> None:
    hats = frozenset({"cap", "beret", "witch_hat", "santa_hat"})
    wishes = [Wish(hair="hijab"), *(Wish(wear=frozenset({item})) for item in ("cap", "ahoge"))]
    for figure in [*FIGURES, *(wish.complete(seed) for wish in wishes for seed in range(300))]:
        assert not ("ahoge" in figure.accessories and figure.accessories & hats)
        assert figure.hair != "hijab" or not figure.accessories & {"ahoge", "earrings"}
    asked = Wish(hair="hijab", wear=frozenset({"ahoge", "earrings", "cap"}))
    assert asked.complete(1).accessories >= asked.wear


def test_nothing_unasked_covers_what_was_asked_for() -> None:
    cases = [
        (Wish(expression="laugh"), {"face_mask", "sunglasses"}),
        (Wish(facial_hair="stubble"), {"face_mask"}),
        (Wish(wear=frozenset({"freckles"})), {"face_mask"}),
        (Wish(eye_colour="green"), {"sunglasses"}),
    ]
    for wish, covers in cases:
        assert not any(wish.complete(seed).accessories & covers for seed in range(1500))
    free = [Wish().complete(seed).accessories for seed in range(1500)]
    assert any("face_mask" in worn for worn in free)
    assert any("sunglasses" in worn for worn in free)
    asked = Wish(expression="laugh", wear=frozenset({"face_mask"}))
    assert "face_mask" in asked.complete(1).accessories
