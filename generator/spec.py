"""What an avatar is: every attribute of a figure as plain data.

An `AvatarSpec` is complete and frozen; the same spec always gives the same picture. A `Wish` is
the part of a spec that somebody asked for; `Wish.complete(seed)` fills in the rest from the joint
priors of `generator.priors`.

Vocabularies are tuples in a fixed order: their indices are the networks' condition levels, so a new
level goes to the end.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Style = Literal["moe", "chibi"]
Presentation = Literal["girl", "boy", "neutral"]
Age = Literal["child", "young", "adult", "elder"]
Hair = Literal[
    "pixie", "bob", "medium", "long_straight", "long_wavy", "hime",
    "high_ponytail", "low_ponytail", "side_ponytail", "twintails", "low_twintails", "twin_braids",
    "side_braid", "double_buns", "top_bun", "drills", "wolf_cut", "spiky", "short_crop",
    "undercut", "curly", "afro", "locs", "box_braids", "bald", "hijab",
]  # fmt: skip
Fringe = Literal[
    "none", "blunt", "swept", "curtain", "spiky", "wispy", "between_eyes", "over_eye", "rounded"
]
HairPattern = Literal["solid", "ombre", "streak"]
EyeShape = Literal["round", "droopy", "upturned", "half_lidded", "narrow"]
Expression = Literal[
    "neutral", "smile", "laugh", "wink", "angry", "pout", "sad", "crying", "surprised", "shy",
    "smug", "sleepy",
    # Exaggerated ones, the manga shorthand that chibi lives from:
    "starry", "love", "dizzy", "shock", "rage", "bawl",
]  # fmt: skip
FacialHair = Literal["none", "stubble", "moustache", "beard"]
Accessory = Literal[
    "glasses", "round_glasses", "sunglasses", "cat_ears", "fox_ears", "bunny_ears", "elf_ears",
    "ribbon", "hairpin", "flower_crown", "headphones", "cap", "beret", "witch_hat", "santa_hat",
    "tiara", "maid_headdress", "halo", "horns", "ahoge", "fangs", "freckles", "mole", "face_mask",
    "eye_patch", "scar", "earrings",
]  # fmt: skip
Outfit = Literal[
    "tee", "hoodie", "sailor", "blazer", "suit", "dress", "maid", "kimono", "turtleneck", "idol",
    "cloak", "overalls", "qipao", "armour",
]  # fmt: skip

HAIR_COLOURS: dict[str, str] = {
    "black": "#2b2a37", "dark_brown": "#4a332b", "brown": "#7a4e33", "auburn": "#9c4a2f",
    "orange": "#ee8a3c", "blonde": "#f0cf6e", "red": "#d23a3f", "pink": "#f58fb4",
    "purple": "#9a6fd8", "blue": "#4d86dd", "cyan": "#5fcbd8", "green": "#4fb378",
    "grey": "#8d909d", "silver": "#cfd4e4", "white": "#f4f1f4",
}  # fmt: skip
EYE_COLOURS: dict[str, str] = {
    "black": "#3d3a4a", "brown": "#84502f", "hazel": "#a58443", "amber": "#e7a022",
    "red": "#d9333f", "pink": "#ee6fa4", "purple": "#8d53d2", "blue": "#2f7fdb",
    "cyan": "#2fb9cf", "green": "#3c9f5c", "grey": "#8b93a6",
}  # fmt: skip
SKIN_TONES: dict[str, str] = {
    "porcelain": "#fff1ea", "fair": "#fee4d4", "light": "#f9d3b8", "beige": "#eebd96",
    "tan": "#d79f73", "brown": "#b0774f", "deep": "#855239", "ebony": "#5f392b",
}  # fmt: skip
OUTFIT_COLOURS: dict[str, str] = {
    "white": "#f7f5f7", "black": "#34343f", "grey": "#9598a5", "red": "#d8424c",
    "pink": "#f7a3bf", "orange": "#f0934a", "yellow": "#f6cf5c", "green": "#62b37c",
    "mint": "#a5dfcb", "blue": "#5b8fdd", "navy": "#364a80", "purple": "#9b7bd4",
    "brown": "#94684b", "beige": "#e6d2b5",
}  # fmt: skip
PALETTES = {
    "hair_colour": HAIR_COLOURS,
    "hair_colour2": HAIR_COLOURS,
    "eye_colour": EYE_COLOURS,
    "eye_colour2": EYE_COLOURS,
    "skin": SKIN_TONES,
    "outfit_colour": OUTFIT_COLOURS,
    "accessory_colour": OUTFIT_COLOURS,
}

_HEX = re.compile(r"#[0-9a-f]{6}")


def _one_of(palette: dict[str, str]) -> AfterValidator:
    def check(value: str) -> str:
        value = value.lower()
        if value not in palette and not _HEX.fullmatch(value):
            raise ValueError(f"write a colour as #rrggbb or as one of {', '.join(palette)}")
        return value

    return AfterValidator(check)


HairColour = Annotated[str, _one_of(HAIR_COLOURS)]
EyeColour = Annotated[str, _one_of(EYE_COLOURS)]
SkinTone = Annotated[str, _one_of(SKIN_TONES)]
OutfitColour = Annotated[str, _one_of(OUTFIT_COLOURS)]
Slider = Annotated[float, Field(ge=-1.0, le=1.0)]

# At most one of each group fits on a head; `Wish.merge` and the priors keep it so.
EXCLUSIVE: tuple[frozenset[str], ...] = (
    frozenset({"glasses", "round_glasses", "sunglasses"}),
    frozenset({"cat_ears", "fox_ears", "bunny_ears"}),
    frozenset(
        {"flower_crown", "cap", "beret", "witch_hat", "santa_hat", "tiara", "maid_headdress"}
    ),
    frozenset({"eye_patch", "sunglasses"}),
    frozenset({"face_mask", "fangs"}),
)


class AvatarSpec(BaseModel):
    """A complete figure. Sliders lie in [-1, 1] with 0 as the house style's default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    style: Style = "moe"
    presentation: Presentation = "girl"
    age: Age = "young"
    hair: Hair = "long_straight"
    fringe: Fringe = "blunt"
    hair_colour: HairColour = "brown"
    hair_pattern: HairPattern = "solid"
    hair_colour2: HairColour | None = None
    """The second colour of an ombre (the ends) or of streaks; None with a solid pattern."""
    eye_colour: EyeColour = "brown"
    eye_colour2: EyeColour | None = None
    """The colour of the eye on the picture's right; None: both eyes are alike."""
    eye_shape: EyeShape = "round"
    expression: Expression = "smile"
    skin: SkinTone = "fair"
    facial_hair: FacialHair = "none"
    accessories: frozenset[Accessory] = frozenset()
    accessory_colour: OutfitColour = "red"
    outfit: Outfit = "tee"
    outfit_colour: OutfitColour = "white"

    eye_size: Slider = 0.0
    eye_spacing: Slider = 0.0
    eye_height: Slider = 0.0
    face_width: Slider = 0.0
    jaw: Slider = 0.0
    """-1: a pointed chin, 1: a broad one."""
    turn: Slider = 0.0
    """-1: the head looks to the picture's left, 1: to its right."""
    tilt: Slider = 0.0
    """-1: the head leans to the picture's left, 1: to its right (about 7 degrees)."""
    gaze: Slider = 0.0
    brow_height: Slider = 0.0
    brow_weight: Slider = 0.0
    mouth_size: Slider = 0.0
    hair_volume: Slider = 0.0
    hair_length: Slider = 0.0
    line_weight: Slider = 0.0
    blush: Slider = 0.0

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """Drives the small print of a figure: how locks fall, where a streak lies."""
    flip: bool = False
    """Mirror the finished picture (partings and side tails change side)."""

    @model_validator(mode="after")
    def _consistent(self) -> AvatarSpec:
        if (self.hair_colour2 is None) != (self.hair_pattern == "solid"):
            raise ValueError("give hair_colour2 with an ombre or streak pattern, and only then")
        for group in EXCLUSIVE:
            worn = sorted(group & self.accessories)
            if len(worn) > 1:
                raise ValueError(f"choose one of {' and '.join(worn)}: they do not fit together")
        return self

    @property
    def mirrored(self) -> bool:
        """Whether the finished picture is mirrored: some garments close on one side only."""
        return self.flip and self.outfit not in ("kimono", "qipao")

    @property
    def detail(self) -> tuple[float, float, float, float]:
        """Four numbers in [-1, 1] drawn from the seed: the only randomness a figure has."""
        digest = hashlib.blake2b(self.seed.to_bytes(4, "little"), digest_size=8).digest()
        pairs = (digest[i : i + 2] for i in (0, 2, 4, 6))
        a, b, c, d = (int.from_bytes(pair, "little") / 32767.5 - 1 for pair in pairs)
        return a, b, c, d


VOCABULARY: dict[str, tuple[str, ...]] = {
    "style": get_args(Style),
    "presentation": get_args(Presentation),
    "age": get_args(Age),
    "hair": get_args(Hair),
    "fringe": get_args(Fringe),
    "hair_pattern": get_args(HairPattern),
    "eye_shape": get_args(EyeShape),
    "expression": get_args(Expression),
    "facial_hair": get_args(FacialHair),
    "outfit": get_args(Outfit),
}
"""Level names of each single-choice attribute."""
ACCESSORIES: tuple[str, ...] = get_args(Accessory)
SLIDERS: tuple[str, ...] = (
    "eye_size", "eye_spacing", "eye_height", "face_width", "jaw", "turn", "tilt", "gaze",
    "brow_height", "brow_weight", "mouth_size", "hair_volume", "hair_length", "line_weight",
    "blush",
)  # fmt: skip


def resolve_colour(attribute: str, value: str) -> str:
    """The #rrggbb of a colour level or of a #rrggbb itself.

    Args:
        attribute: A key of `PALETTES`, such as "hair_colour".
        value: A level name of that palette, or "#rrggbb".
    """
    return value if value.startswith("#") else PALETTES[attribute][value]
