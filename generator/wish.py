"""What somebody asked for: the part of an avatar that is settled before chance fills in the rest.

A wish is what prompts, buttons and a person's taste have in common. Wishes merge (the later one
wins) and complete into an `AvatarSpec`.

Example:
    >>> from generator.wish import Wish
    >>> Wish(hair="twintails", wear=frozenset({"glasses"})).complete(seed=7).hair
    'twintails'
"""

from __future__ import annotations

import hashlib
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, field_serializer, model_validator

from generator import priors
from generator.spec import (
    EXCLUSIVE,
    PALETTES,
    SLIDERS,
    VOCABULARY,
    Accessory,
    Age,
    AvatarSpec,
    Expression,
    EyeColour,
    EyeShape,
    FacialHair,
    Fringe,
    Hair,
    HairColour,
    HairPattern,
    Outfit,
    OutfitColour,
    Presentation,
    SkinTone,
    Slider,
    Style,
)

CHOICES: tuple[str, ...] = (*VOCABULARY, *PALETTES)
"""Attributes with one value out of a vocabulary or palette; `Wish.avoid` may name their levels."""


class Wish(BaseModel):
    """A partial figure; None leaves an attribute to `generator.priors`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style: Style | None = None
    presentation: Presentation | None = None
    age: Age | None = None
    hair: Hair | None = None
    fringe: Fringe | None = None
    hair_colour: HairColour | None = None
    hair_pattern: HairPattern | None = None
    hair_colour2: HairColour | None = None
    eye_colour: EyeColour | None = None
    eye_colour2: EyeColour | None = None
    odd_eyes: bool | None = None
    """Two eyes of different colours, asked for (True) or ruled out (False)."""
    eye_shape: EyeShape | None = None
    expression: Expression | None = None
    skin: SkinTone | None = None
    facial_hair: FacialHair | None = None
    wear: frozenset[Accessory] = frozenset()
    without: frozenset[Accessory] = frozenset()
    accessory_colour: OutfitColour | None = None
    outfit: Outfit | None = None
    outfit_colour: OutfitColour | None = None
    avoid: frozenset[tuple[str, str]] = frozenset()
    """Ruled-out levels of single-choice attributes, as ("expression", "smile")."""

    eye_size: Slider | None = None
    eye_spacing: Slider | None = None
    eye_height: Slider | None = None
    face_width: Slider | None = None
    jaw: Slider | None = None
    turn: Slider | None = None
    tilt: Slider | None = None
    gaze: Slider | None = None
    brow_height: Slider | None = None
    brow_weight: Slider | None = None
    mouth_size: Slider | None = None
    hair_volume: Slider | None = None
    hair_length: Slider | None = None
    line_weight: Slider | None = None
    blush: Slider | None = None
    flip: bool | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Wish:
        both = sorted(self.wear & self.without)
        if both:
            raise ValueError(f"either wear {both[0]} or leave it off")
        for group in EXCLUSIVE:
            worn = sorted(group & self.wear)
            if len(worn) > 1:
                raise ValueError(f"choose one of {' and '.join(worn)}: they do not fit together")
        if self.hair_colour2 is not None and self.hair_pattern == "solid":
            raise ValueError("leave hair_colour2 out of a solid hair_pattern")
        if self.eye_colour2 is not None and self.odd_eyes is False:
            raise ValueError("leave eye_colour2 out, or odd_eyes unset")
        for attribute, level in sorted(self.avoid):
            if level not in VOCABULARY.get(attribute, ()) and level not in PALETTES.get(
                attribute, ()
            ):
                raise ValueError(f"{attribute} has no level {level!r} to avoid")
            if getattr(self, attribute) == level:
                raise ValueError(f"either ask for {attribute}={level} or avoid it")
        for attribute in CHOICES:
            levels = VOCABULARY.get(attribute) or tuple(PALETTES[attribute])
            if all((attribute, level) in self.avoid for level in levels):
                raise ValueError(f"leave at least one level of {attribute} to choose from")
        return self

    @field_serializer("wear", "without", when_used="json")
    def _in_order(self, items: frozenset[Accessory]) -> list[Accessory]:
        return sorted(items)

    @field_serializer("avoid", when_used="json")
    def _avoid_in_order(self, items: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
        return sorted(items)

    @classmethod
    def of(cls, spec: AvatarSpec) -> Wish:
        """The wish for exactly this figure: merge an edit into it and complete it anew."""
        values: dict[str, Any] = {
            name: getattr(spec, name) for name in (*CHOICES, *SLIDERS, "flip")
        }
        return cls(
            **values,
            odd_eyes=spec.eye_colour2 is not None,
            wear=spec.accessories,
            without=frozenset(get_args(Accessory)) - spec.accessories,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """The settled attributes only, in the order of the fields."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if value not in (None, frozenset())}

    def merge(self, other: Wish) -> Wish:
        """Both wishes; where they disagree, the other one's word counts."""
        values = self.asked | other.asked
        values["avoid"] = other.avoid | {
            (name, level) for name, level in self.avoid if values.get(name) != level
        }
        for name, level in other.avoid:
            if values.get(name) == level:
                del values[name]
        for name in CHOICES:
            # Avoided one by one until nothing was left: only the later wish still counts.
            levels = VOCABULARY.get(name) or tuple(PALETTES[name])
            if all((name, level) in values["avoid"] for level in levels):
                mine = {pair for pair in self.avoid if pair[0] == name} - other.avoid
                values["avoid"] -= mine
        values["wear"] = other.wear | {
            item
            for item in self.wear
            if item not in other.without and priors.fits(item, other.wear)
        }
        values["without"] = other.without | (self.without - other.wear)
        if other.hair_pattern == "solid":
            values.pop("hair_colour2", None)
        elif other.hair_colour2 and other.hair_pattern is None and self.hair_pattern == "solid":
            values.pop("hair_pattern")
        if other.odd_eyes is False or (
            other.eye_colour and not other.eye_colour2 and not other.odd_eyes
        ):
            values.pop("eye_colour2", None)
            if other.odd_eyes is None:
                values.pop("odd_eyes", None)
        elif other.eye_colour2 and other.odd_eyes is None:
            values.pop("odd_eyes", None)
        return Wish(**values)

    def complete(self, seed: int) -> AvatarSpec:
        """The figure that this wish becomes with the given seed, always the same one.

        Args:
            seed: Any integer; it is folded into 32 bits.
        """
        return priors.complete(self, seed)

    def candidates(self, seed: int, count: int) -> tuple[AvatarSpec, ...]:
        """The figures to choose from: always the same for a seed, however many are asked for.

        Args:
            seed: In [0, 2**32).
            count: How many.
        """
        return tuple(self.complete(candidate_seed(seed, index)) for index in range(count))


def candidate_seed(seed: int, index: int) -> int:
    """The seed of a candidate: the given one for the first, unrelated ones for the others.

    Seed + index would show three of the same four figures when somebody tries the next seed.
    """
    if index == 0:
        return seed
    digest = hashlib.blake2b(f"{seed}/{index}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")
