"""Putting figures and wishes into words, in each of the four languages (`words/names.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any, Literal, get_args

from generator.prompt.lexicon import FOLDER
from generator.spec import ACCESSORIES, PALETTES, SLIDERS, AvatarSpec, resolve_colour
from generator.wish import Wish

Language = Literal["en", "zh_hans", "zh_hant", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NOTABLE = 0.35
"""From here on a slider is worth a word."""

_SINGLE = ("style", "fringe", "eye_shape", "expression", "facial_hair")
_FAMILIES = {
    "glasses": ("glasses", "round_glasses", "sunglasses"),
    "hat": ("cap", "beret", "witch_hat", "santa_hat"),
    "ears": ("cat_ears", "fox_ears", "bunny_ears"),
}
_COLOURED = frozenset(
    {"glasses", "round_glasses", "ribbon", "hairpin", "headphones", "cap", "beret", "witch_hat"}
    | {"santa_hat", "tiara", "face_mask", "eye_patch", "earrings", "maid_headdress"}
)
_LENGTHS = {"long_straight": 1, "long_wavy": 1, "bob": -1, "pixie": -1, "short_crop": -1}
"""Styles whose names already say that they are long or short."""
_COLOUR_OF = {
    "hair_colour": "hair_of",
    "hair_colour2": "streaks_of",
    "eye_colour": "eyes_of",
    "eye_colour2": "eyes_of",
    "skin": "skin_of",
    "outfit_colour": "outfit_of",
    "accessory_colour": "accessories_of",
}


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "names.toml").read_text(encoding="utf-8"))


def name(attribute: str, level: str, language: Language) -> str:
    """The name of a level, such as "双马尾" for ("hair", "twintails")."""
    table = _names()["colour" if attribute in PALETTES and attribute != "skin" else attribute]
    return str(table[level][LANGUAGES.index(language)])


def colour_name(attribute: str, value: str, language: Language) -> str:
    """The name of a colour; a #rrggbb is called by the nearest level."""
    if value.startswith("#"):
        wanted = _luma_chroma(value)
        value = min(
            PALETTES[attribute],
            key=lambda level: sum(
                weight * (a - b) ** 2
                for weight, a, b in zip(
                    (1, 3, 3), _luma_chroma(resolve_colour(attribute, level)), wanted, strict=True
                )
            ),
        )
    return name(attribute, value, language)


def _luma_chroma(colour: str) -> tuple[float, float, float]:
    """Y, B - Y and R - Y (Rec. 601): people name a colour by its hue before its lightness."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    return luma, blue - luma, red - luma


def _pattern(key: str, language: Language, **parts: str) -> str:
    return str(_names()["pattern"][key][LANGUAGES.index(language)]).format(**parts)


def _slider(attribute: str, value: float, language: Language) -> str:
    if attribute == "hair_length" and 0 < value < 0.8:
        return _pattern("long_hair", language)
    ends = _names()["slider"][attribute]
    return str(ends[value > 0][LANGUAGES.index(language)])


def phrase_of(
    attribute: str, value: str | float | bool, language: Language, *, negated: bool = False
) -> str:
    """One attribute in a few words.

    Args:
        attribute: A field of `Wish`.
        value: Its level, number or truth; for "wear" one accessory.
        language: The language to say it in.
        negated: Say that it is ruled out.
    """
    if attribute in SLIDERS:
        return _slider(attribute, float(value), language)
    if attribute in PALETTES:
        colour = colour_name(attribute, str(value), language)
        said = _pattern(_COLOUR_OF[attribute], language, c=colour)
    elif attribute == "odd_eyes":
        return name("odd_eyes", str(bool(value)).lower(), language)
    else:
        said = name(attribute, str(value), language)
    if not negated:
        return said
    states = ("presentation", "age", "style", "expression")
    return _pattern("not_so" if attribute in states else "not", language, t=said)


def phrases(figure: AvatarSpec | Wish, language: Language = "en") -> tuple[str, ...]:
    """A figure or wish as short phrases, colours beside the thing they colour.

    Only what is settled is said, and of a complete figure only the notable sliders.
    """
    wish = figure if isinstance(figure, Wish) else _notable(figure)
    said = [*_person(wish, language), *_hair(wish, language), *_eyes(wish, language)]
    for attribute in _SINGLE:
        value = getattr(wish, attribute)
        if value is not None:
            said.insert(0 if attribute == "style" else len(said), name(attribute, value, language))
    if wish.skin:
        said.append(phrase_of("skin", wish.skin, language))
    said += _worn(wish, language)
    for attribute in SLIDERS:
        value = getattr(wish, attribute)
        obvious = attribute == "hair_length" and value and _LENGTHS.get(wish.hair or "", 0) * value
        if value and not (obvious and obvious > 0 and abs(value) < 0.8):
            said.append(_slider(attribute, value, language))
    said += _left_off(wish, language)
    said += [
        phrase_of(attribute, level, language, negated=True)
        for attribute, level in sorted(wish.avoid)
        if getattr(wish, attribute) is None
    ]
    return tuple(dict.fromkeys(said))


def describe(figure: AvatarSpec | Wish, language: Language = "en") -> str:
    """A figure or wish in one line.

    Example:
        >>> from generator.wish import Wish
        >>> describe(Wish(presentation="girl", hair="twintails", hair_colour="pink"))
        'girl, pink twintails'
    """
    separator: str = _names()["pattern"]["separator"][LANGUAGES.index(language)]
    return separator.join(phrases(figure, language))


def _notable(spec: AvatarSpec) -> Wish:
    """What is worth saying of a complete figure: no default pattern, no faint sliders."""
    wish = Wish.of(spec)
    quiet: dict[str, Any] = {
        slider: None for slider in SLIDERS if abs(getattr(spec, slider)) < NOTABLE
    }
    quiet |= {"without": frozenset(), "odd_eyes": None, "flip": None}
    if spec.facial_hair == "none":
        quiet["facial_hair"] = None
    if spec.hair in ("bald", "hijab"):
        quiet |= {"hair_colour": None, "hair_colour2": None, "hair_pattern": None, "fringe": None}
    if spec.hair_pattern == "solid":
        quiet["hair_pattern"] = None
    if not spec.accessories:
        quiet["accessory_colour"] = None
    return wish.model_copy(update=quiet)


def _person(wish: Wish, language: Language) -> list[str]:
    if wish.presentation and wish.age:
        return [name("person", f"{wish.presentation}_{wish.age}", language)]
    return [
        name(attribute, value, language)
        for attribute in ("presentation", "age")
        if (value := getattr(wish, attribute)) is not None
    ]


def _hair(wish: Wish, language: Language) -> list[str]:
    style = name("hair", wish.hair, language) if wish.hair else None
    if wish.hair_colour is None:
        said = [style] if style else []
        if wish.hair_colour2:
            said.append(phrase_of("hair_colour2", wish.hair_colour2, language))
        elif wish.hair_pattern:
            said.append(name("hair_pattern", wish.hair_pattern, language))
        return said
    colour = colour_name("hair_colour", wish.hair_colour, language)
    if wish.hair_colour2 is None:
        said = [name("hair_pattern", p, language) for p in [wish.hair_pattern] if p]
        if style:
            return [_pattern("coloured", language, c=colour, t=style), *said]
        return [_pattern("hair_of", language, c=colour), *said]
    other = colour_name("hair_colour2", wish.hair_colour2, language)
    thing = style or _pattern("hair_of", language, c="").strip().removeprefix("の")
    kind = wish.hair_pattern if wish.hair_pattern in ("ombre", "streak") else "two_colours"
    return [_pattern(kind, language, c=colour, d=other, t=thing)]


def _eyes(wish: Wish, language: Language) -> list[str]:
    colours = [
        colour_name("eye_colour", value, language)
        for value in (wish.eye_colour, wish.eye_colour2)
        if value
    ]
    if len(colours) == 2:
        return [_pattern("odd_eyes", language, c=colours[0], d=colours[1])]
    said = [_pattern("eyes_of", language, c=colour) for colour in colours]
    if wish.odd_eyes is not None:
        said.append(phrase_of("odd_eyes", wish.odd_eyes, language))
    return said


def _worn(wish: Wish, language: Language) -> list[str]:
    said = []
    if wish.outfit:
        thing = name("outfit", wish.outfit, language)
        if wish.outfit_colour:
            colour = colour_name("outfit_colour", wish.outfit_colour, language)
            thing = _pattern("coloured", language, c=colour, t=thing)
        said.append(thing)
    elif wish.outfit_colour:
        said.append(phrase_of("outfit_colour", wish.outfit_colour, language))
    things = {item: name("wear", item, language) for item in ACCESSORIES if item in wish.wear}
    if wish.accessory_colour:
        coloured = [item for item in things if item in _COLOURED]
        colour = colour_name("accessory_colour", wish.accessory_colour, language)
        if len(coloured) == 1:
            thing = things[coloured[0]]
            things[coloured[0]] = _pattern("coloured", language, c=colour, t=thing)
        else:
            said.append(phrase_of("accessory_colour", wish.accessory_colour, language))
    return [*said, *things.values()]


def _left_off(wish: Wish, language: Language) -> list[str]:
    """ "no hat" rather than one phrase for each kind of hat."""
    families = [family for family, kinds in _FAMILIES.items() if wish.without.issuperset(kinds)]
    covered = {item for family in families for item in _FAMILIES[family]}
    things = [name("family", family, language) for family in families]
    rest = [item for item in ACCESSORIES if item in wish.without and item not in covered]
    things += [name("wear", item, language) for item in rest]
    return [_pattern("not", language, t=thing) for thing in things]
