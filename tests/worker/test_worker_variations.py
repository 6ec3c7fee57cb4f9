"""Others like a picture that was picked."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis.strategies import floats, integers

from generator.spec import AvatarSpec
from generator.wish import Wish
from worker.jobs import Address, Author, DrawRequest, Variation
from worker.tasks import specs_of, vary


def request(**values: Any) -> DrawRequest:
    author = Author(platform="console", user_id="1")
    return DrawRequest(author=author, address=Address(platform="console", chat_id="7"), **values)


def test_variations_stay_near_and_differ():
    base = Wish(hair="twintails", hair_colour="pink").complete(5)
    asked = request(
        specs=(base,),
        variation=Variation(parent="p", index=2, strength=0.25),
        seed=9,
    )
    specs = specs_of(asked)
    assert specs == specs_of(asked)
    assert len(set(specs)) == 4
    names = [name for name in AvatarSpec.model_fields if name not in ("seed", "accessories")]
    for seed in range(40):
        other = vary(base, seed, 0.3)
        choices = [name for name in names if isinstance(getattr(base, name), str)]
        same = sum(getattr(base, name) == getattr(other, name) for name in choices)
        assert same >= len(choices) / 3
        assert other.skin == base.skin
        vary(base, seed, 1.0)


@given(seed=integers(0, 2**32 - 1), strength=floats(0, 1))
def test_variations_keep_what_was_asked_for(seed, strength):
    wish = Wish(
        hair="twintails", hair_colour="pink", hair_colour2="blue", expression="laugh",
        wear=frozenset({"cat_ears"}), without=frozenset({"glasses"}), hair_length=0.9,
        avoid=frozenset({("outfit", "hoodie")}),
    )  # fmt: skip
    base = wish.complete(seed)
    asked = request(
        wish=wish,
        specs=(base,),
        variation=Variation(parent="p", index=0, strength=strength),
        seed=seed,
    )
    for spec in specs_of(asked):
        for name in ("hair", "hair_colour", "hair_colour2", "expression", "hair_length"):
            assert getattr(spec, name) == getattr(base, name)
        assert "cat_ears" in spec.accessories
        assert "glasses" not in spec.accessories
        assert spec.outfit != "hoodie"


def test_variations_of_a_person_look_like_the_person():
    read = Wish(hair="bob", hair_colour="black", skin="tan", wear=frozenset({"glasses"}))
    asked = request(
        wish=Wish(hair_colour="blue"),
        likeness=(read,),
        specs=(read.merge(Wish(hair_colour="blue")).complete(3),),
        variation=Variation(parent="p", index=2, strength=1.0),
        seed=4,
    )
    for spec in specs_of(asked):
        assert (spec.hair, spec.hair_colour) == ("bob", "blue")
        assert "glasses" in spec.accessories
