"""Where the attributes nobody asked for come from.

`complete` fills in a wish from joint priors (`priors.toml`): who somebody is comes first, then
hair, face, clothes and accessories, each given what is settled already. What was asked for also
speaks for who wears it: a wished beard makes a man more likely.

`uniform` is the flat prior of the training data: every level of every attribute about equally
often, so that a network sees them all.
"""

from __future__ import annotations

import colorsys
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from generator.chance import normal, pick, pick_weighted, shuffled, stream
from generator.spec import (
    ACCESSORIES,
    EXCLUSIVE,
    PALETTES,
    SKIN_TONES,
    SLIDERS,
    VOCABULARY,
    AvatarSpec,
    resolve_colour,
)

if TYPE_CHECKING:
    from generator.wish import Wish

UNLIKELY = 1e-6
"""The weight of what the tables leave out, so that every wish can be granted."""
ODD_EYES = 0.015
SLIDER_SCALE = {"turn": 0.55, "gaze": 0.45, "tilt": 0.45}
"""Standard deviations that differ from the others' 0.4."""
CONTRAST = 0.35
"""How far apart (in RGB, the cube's side being 1) two colours of one figure lie."""

UNIFORM_ACCESSORY = 0.09
"""How often the flat prior tries each accessory."""
MARKED_ACCESSORY = 0.3
"""The same for `MARKS` in figures that are to be full of them."""
MARKS = frozenset({"freckles", "mole", "scar", "fangs"})
"""What is a few pixels large, on one figure in ten, and therefore learned last."""
UNIFORM_FACIAL_HAIR = (("none", 0.55), ("stubble", 0.15), ("moustache", 0.15), ("beard", 0.15))
"""Facial hair covers the mouth: bare faces more often, or mouths are seldom seen."""
UNIFORM_PATTERNS = (("solid", 0.6), ("ombre", 0.2), ("streak", 0.2))


def _hex(red: float, green: float, blue: float) -> str:
    levels = (round(255 * max(0.0, min(1.0, value))) for value in (red, green, blue))
    return "#" + "".join(f"{level:02x}" for level in levels)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def any_colour(rng: Random, attribute: str) -> str:
    """A named level half of the time, else a #rrggbb somewhere near or between them.

    Args:
        rng: The source of chance.
        attribute: A key of `generator.spec.PALETTES`.
    """
    names = tuple(PALETTES[attribute])
    if rng.random() < 0.5:
        return pick(rng, names)
    if attribute == "skin":
        tones = tuple(SKIN_TONES.values())
        place = rng.random() * (len(tones) - 1)
        below = min(int(place), len(tones) - 2)
        share = place - below
        pairs = zip(_channels(tones[below]), _channels(tones[below + 1]), strict=True)
        red, green, blue = (a + (b - a) * share + (rng.random() - 0.5) * 0.04 for a, b in pairs)
        return _hex(red, green, blue)
    if rng.random() < 0.5:
        near = _channels(resolve_colour(attribute, pick(rng, names)))
        red, green, blue = (value + (rng.random() - 0.5) * 0.16 for value in near)
        return _hex(red, green, blue)
    hue, light, saturation = rng.random(), 0.2 + 0.65 * rng.random(), 0.1 + 0.8 * rng.random()
    return _hex(*colorsys.hls_to_rgb(hue, light, saturation))


def _any_slider(rng: Random) -> float:
    if rng.random() < 0.5:
        return round(2 * rng.random() - 1, 4)
    return normal(rng, 0.6)


def fits(accessory: str, worn: Sequence[str] | set[str] | frozenset[str]) -> bool:
    """Whether the accessory goes with the ones already worn (`generator.spec.EXCLUSIVE`)."""
    return not any(
        accessory in group and any(other in group for other in worn if other != accessory)
        for group in EXCLUSIVE
    )


def uniform(rng: Random, *, marked: bool = False) -> AvatarSpec:
    """A figure for the training data: nearly each level of each attribute equally often.

    Args:
        rng: The source of chance.
        marked: Wear `MARKS` more often.
    """
    values: dict[str, Any] = {name: pick(rng, levels) for name, levels in VOCABULARY.items()}
    values["hair_pattern"] = pick_weighted(rng, UNIFORM_PATTERNS)
    values["facial_hair"] = pick_weighted(rng, UNIFORM_FACIAL_HAIR)
    for name in ("hair_colour", "eye_colour", "skin", "accessory_colour", "outfit_colour"):
        values[name] = any_colour(rng, name)
    if values["hair_pattern"] != "solid":
        values["hair_colour2"] = any_colour(rng, "hair_colour2")
    if rng.random() < 0.12:
        values["eye_colour2"] = any_colour(rng, "eye_colour2")
    worn: list[str] = []
    for accessory in shuffled(rng, ACCESSORIES):
        share = MARKED_ACCESSORY if marked and accessory in MARKS else UNIFORM_ACCESSORY
        if rng.random() < share and fits(accessory, worn):
            worn.append(accessory)
    values["accessories"] = frozenset(worn)
    for slider in SLIDERS:
        values[slider] = _any_slider(rng)
    values["seed"] = int(rng.random() * 2**32)
    values["flip"] = rng.random() < 0.5
    return AvatarSpec(**values)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("priors.toml").read_text(encoding="utf-8"))


def _table(name: str, *keys: str) -> Mapping[str, float]:
    """A table of weights or factors; the first key present counts, else nothing does."""
    found: Any = _tables()[name]
    if not keys:
        return dict(found)
    return next((found[key] for key in keys if key in found), {})


@cache
def _likelihood(attribute: str, who: tuple[str, str]) -> Mapping[str, float]:
    """P(level | presentation, age) of the attributes that depend on who somebody is."""
    presentation, age = who
    if attribute == "facial_hair":
        weights = dict(_table("facial_hair", f"{presentation}_{age}", "none"))
    else:
        keys = (presentation,) if attribute in ("hair", "outfit") else ()
        factors = _table(f"{attribute}_age", age)
        weights = {
            level: weight * factors.get(level, 1.0)
            for level, weight in _table(attribute, *keys).items()
        }
    total = sum(weights.values())
    return {level: weights.get(level, 0.0) / total for level in VOCABULARY_AND_COLOURS[attribute]}


VOCABULARY_AND_COLOURS: dict[str, tuple[str, ...]] = VOCABULARY | {
    name: tuple(palette) for name, palette in PALETTES.items()
}


def _distance(one: str, other: str) -> float:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs))


class _Completion:
    """One run of `complete`: every attribute has its own stream of chance.

    So a wish that changes in one attribute keeps the others, wherever they do not depend on it.
    """

    def __init__(self, wish: Wish, seed: int) -> None:
        self.wish = wish
        self.seed = seed % 2**32
        self.values: dict[str, Any] = {}

    def chance(self, name: str) -> Random:
        return stream(self.seed, name)

    def choose(self, name: str, weights: Mapping[str, float]) -> str:
        """Settle a single-choice attribute: as wished, else by weight among what is allowed."""
        wished: str | None = getattr(self.wish, name)
        if wished is None:
            levels = [level for level in weights if (name, level) not in self.wish.avoid]
            if not any(weights[level] > 0 for level in levels):
                every = VOCABULARY_AND_COLOURS[name]
                levels = [level for level in every if (name, level) not in self.wish.avoid]
                weights = dict.fromkeys(levels, 1.0)
            wished = pick_weighted(self.chance(name), [(level, weights[level]) for level in levels])
        self.values[name] = wished
        return wished

    def who(self) -> tuple[str, str]:
        """Presentation and age, given all that was asked for."""
        wish = self.wish
        evidence = [
            (name, level)
            for name in ("hair", "outfit", "facial_hair", "hair_colour")
            if (level := getattr(wish, name)) is not None and not level.startswith("#")
        ]
        people = [
            (presentation, age)
            for presentation, age in product(VOCABULARY["presentation"], VOCABULARY["age"])
            if wish.presentation in (None, presentation)
            and wish.age in (None, age)
            and ("presentation", presentation) not in wish.avoid
            and ("age", age) not in wish.avoid
        ] or [(wish.presentation or "neutral", wish.age or "young")]
        weighted = []
        for who in people:
            presentation, age = who
            weight = _table("presentation")[presentation] * _table("age")[age]
            weight *= math.prod(
                max(_likelihood(name, who)[level], UNLIKELY) for name, level in evidence
            )
            wear, factors = _table("accessory", presentation), _table("accessory_age", age)
            weight *= math.prod(
                max(wear.get(item, 0.0) * factors.get(item, 1.0), 0.02)
                for item in sorted(wish.wear)
            )
            weighted.append((who, weight))
        who = pick_weighted(self.chance("who"), weighted)
        self.values["presentation"], self.values["age"] = who
        return who

    def suits(self, level: str, wear: Iterable[str]) -> float:
        """How well a hair style or outfit goes with the accessories asked for, 0 to 1."""
        factors = _table("accessory_with", level)
        return math.prod(min(1.0, factors.get(item, 1.0)) for item in sorted(wear))

    def hair(self, who: tuple[str, str]) -> None:
        wish = self.wish
        shown = any(
            value is not None
            for value in (wish.hair_colour, wish.hair_colour2, wish.hair_length, wish.hair_volume)
        ) or (wish.hair_pattern not in (None, "solid"))
        weights = {}
        for style, weight in _likelihood("hair", who).items():
            if shown and style in ("bald", "hijab"):
                continue
            if wish.fringe is not None:
                weight *= _table("fringe", style, "default").get(wish.fringe, 0.0)
            weights[style] = weight * self.suits(style, wish.wear)
        style = self.choose("hair", weights)
        self.choose("fringe", _table("fringe", style, "default"))
        self.hair_colours(who)

    def hair_colours(self, who: tuple[str, str]) -> None:
        wish = self.wish
        weights = _likelihood("hair_colour", who)
        if wish.hair_colour2:
            weights = self.contrasting("hair_colour", wish.hair_colour2, weights)
        colour = self.choose("hair_colour", weights)
        patterns = dict(_likelihood("hair_pattern", who))
        if wish.hair_colour2:
            patterns["solid"] = 0.0
        elif wish.hair_colour and ("hair_pattern", "solid") not in wish.avoid:
            patterns = {"solid": 1.0}  # who asks for pink hair gets pink hair
        if self.choose("hair_pattern", patterns) == "solid":
            self.values["hair_colour2"] = None
        else:
            self.choose(
                "hair_colour2",
                self.contrasting("hair_colour2", colour, _likelihood("hair_colour", who)),
            )

    def contrasting(
        self, name: str, colour: str, weights: Mapping[str, float]
    ) -> Mapping[str, float]:
        """The weights of the colours that stand out from the given one."""
        given = resolve_colour(name, colour)
        return {
            level: weight
            for level, weight in weights.items()
            if _distance(resolve_colour(name, level), given) > CONTRAST
        }

    def eyes(self, who: tuple[str, str]) -> None:
        wish = self.wish
        weights = _table("eye_colour")
        if wish.eye_colour2:
            weights = self.contrasting("eye_colour", wish.eye_colour2, weights)
        colour = self.choose("eye_colour", weights)
        odd = wish.odd_eyes
        if odd is None:
            odd = wish.eye_colour is None and self.chance("odd_eyes").random() < ODD_EYES
        if odd or wish.eye_colour2:
            others = self.contrasting("eye_colour2", colour, _table("eye_colour"))
            self.choose("eye_colour2", others)
        self.choose("eye_shape", _likelihood("eye_shape", who))

    def clothes(self, who: tuple[str, str]) -> None:
        fitting = {
            outfit: weight * self.suits(outfit, self.wish.wear)
            for outfit, weight in _likelihood("outfit", who).items()
        }
        outfit = self.choose("outfit", fitting)
        self.choose("outfit_colour", _table("outfit_colour", outfit, "default"))

    def accessories(self, who: tuple[str, str]) -> None:
        presentation, age = who
        worn: list[str] = [item for item in ACCESSORIES if item in self.wish.wear]
        chance = self.chance("accessories")
        counts: list[float] = _tables()["accessory_count"][f"asked_{min(len(worn), 2)}"]
        count = pick_weighted(chance, list(enumerate(counts)))
        factors = [
            _table("accessory_age", age),
            _table("accessory_with", str(self.values["hair"])),
            _table("accessory_with", str(self.values["outfit"])),
        ]
        for _ in range(count):
            among = factors + [_table("accessory_with", item) for item in worn]
            weighted = [
                (item, weight * math.prod(factor.get(item, 1.0) for factor in among))
                for item, weight in _table("accessory", presentation).items()
                if item not in worn and item not in self.wish.without and fits(item, worn)
            ]
            if any(weight > 0 for _, weight in weighted):
                item = pick_weighted(chance, weighted)
                # Left off once drawn: all other figures stay what they were in old chats.
                if not self.hides_asked(item):
                    worn.append(item)
        self.values["accessories"] = frozenset(worn)
        self.choose("accessory_colour", _table("accessory_colour"))

    def hides_asked(self, accessory: str) -> bool:
        """Whether the accessory would cover something that was asked for."""
        hidden = _tables()["hides"].get(accessory, ())
        return any(
            name in self.wish.wear or getattr(self.wish, name, None) not in (None, "none")
            for name in hidden
        )

    def sliders(self) -> None:
        for name in SLIDERS:
            wished = getattr(self.wish, name)
            drawn = normal(self.chance(name), SLIDER_SCALE.get(name, 0.4))
            self.values[name] = drawn if wished is None else wished
        flip = self.chance("flip").random() < 0.5
        self.values["flip"] = flip if self.wish.flip is None else self.wish.flip

    def style(self) -> None:
        weights = dict(_table("style"))
        asked = self.wish.expression
        if asked is not None:
            for style in weights:
                weights[style] *= _table("expression_style", style).get(asked, 1.0)
        style = self.choose("style", weights)
        factors = _table("expression_style", style)
        feelings = {
            level: weight * factors.get(level, 1.0)
            for level, weight in _table("expression").items()
        }
        self.choose("expression", feelings)


def complete(wish: Wish, seed: int) -> AvatarSpec:
    """The figure that a wish becomes: what was asked for, and sensible chance for the rest.

    Args:
        wish: What is settled.
        seed: Any integer, folded into 32 bits. The same wish and seed give the same figure on
            every machine and Python version.
    """
    run = _Completion(wish, seed)
    run.style()
    who = run.who()
    run.hair(who)
    run.eyes(who)
    run.choose("skin", _table("skin"))
    run.choose("facial_hair", _likelihood("facial_hair", who))
    run.clothes(who)
    run.accessories(who)
    run.sliders()
    return AvatarSpec(**run.values, seed=run.seed)
