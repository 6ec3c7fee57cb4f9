"""The flat prior covers every level; the joint prior stays sensible."""

from __future__ import annotations

from collections import Counter
from random import Random

from generator.priors import uniform
from generator.spec import ACCESSORIES, PALETTES, SLIDERS, VOCABULARY


def test_uniform_covers_every_level_about_equally() -> None:
    rng = Random(7)
    specs = [uniform(rng) for _ in range(4000)]
    for attribute, levels in VOCABULARY.items():
        counts = Counter(getattr(spec, attribute) for spec in specs)
        expected = len(specs) / len(levels)
        if attribute == "hair_pattern":
            continue
        assert all(0.6 * expected < counts[level] < 1.5 * expected for level in levels), attribute
    worn = Counter(item for spec in specs for item in spec.accessories)
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
