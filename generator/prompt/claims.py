"""What the words of a prompt claim, one attribute at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.prompt.grammar import Bond, bonds, clauses, grade, negate, settings_of
from generator.prompt.lexicon import Settings
from generator.prompt.pronouns import allow_again, antecedent
from generator.prompt.shades import shade
from generator.prompt.tokens import Token
from generator.spec import ACCESSORIES, PALETTES, SLIDERS, VOCABULARY

LIKELY, SOFT, WEAK, LEAN, FIRM = range(5)
"""How much a claim weighs; the strongest wins, and among equals the last word."""
_RANKS = {"likely": LIKELY, "set": FIRM, "firm": FIRM, "weak": WEAK, "lean": LEAN}
_PLAIN = frozenset({"tilt", "turn", "gaze"})
"""Sliders whose negation means 0; that of the others goes half-way to the other side."""


@dataclass(frozen=True)
class Claim:
    """One attribute and what a word says about it.

    Attributes:
        attribute: A field of `Wish`; "wear" for accessories.
        value: The level, number, or accessory.
        rank: `LIKELY` to `FIRM`.
        order: The place of the word in the prompt.
        token: The word itself.
        negated: It is ruled out.
        side: Of an eye colour: "left", "right" or "one"; "ombre" for the colour of an ombre.
    """

    attribute: str
    value: Any
    rank: int
    order: int
    token: Token
    negated: bool = False
    side: str | None = None
    joined: bool = False
    """Second of two joined colours, as in "blue and green eyes"."""


def claims(tokens: list[Token]) -> list[Claim]:
    """Everything that a prompt's tokens claim; marks tokens that found nothing to apply to."""
    found: list[Claim] = []
    parted = [shade(clause) for clause in clauses(tokens)]
    order = 0
    odd: Token | None = None
    for clause in parted:
        negate(clause)
        grade(clause)
    allow_again(parted)
    for number, clause in enumerate(parted):
        places = {id(token): order + index for index, token in enumerate(clause)}
        order += len(clause)
        described: set[int] = set()
        for bond in _of_pronouns(_of_odd_eyes(bonds(clause), odd), parted[: number + 1]):
            if bond.noun is not None and any(token.negated for token in bond.modifiers):
                described.add(id(bond.noun))
            made = list(_of_bond(bond, places))
            if not made and not _negated_noun(bond):
                bond.modifiers[0].lost = not _goes_with(bond)
            found.extend(made)
        odd = next((t for t in clause if "odd_eyes" in t.entry.layers.get("set", {})), None)
        for token in clause:
            if token.is_content and (id(token) not in described or token.entry.says_something):
                found.extend(_of_token(token, places[id(token)]))
    tokens[:] = [token for clause in parted for token in clause]
    return sorted(found, key=lambda claim: claim.order)


def _of_odd_eyes(bonds_: list[Bond], odd: Token | None) -> list[Bond]:
    """Hand "green and brown" to the "different coloured eyes" of the clause before."""
    if odd is None or odd.coloured or len(bonds_) != 1:
        return bonds_
    bond = bonds_[0]
    if bond.noun is not None or bond.part != "bare" or len(bond.modifiers) != 2:
        return bonds_
    odd.coloured = True
    return [replace(bond, noun=odd, part="eyes")]


def _of_pronouns(bonds_: list[Bond], clauses_: list[list[Token]]) -> Iterator[Bond]:
    """Hand the blue of "make them blue" to what "them" stands for."""
    for bond in bonds_:
        noun = None
        if bond.noun is None and bond.part == "bare":
            noun = antecedent(clauses_, bond.modifiers[0])
        if noun is None:
            yield bond
        else:
            noun.coloured = noun.coloured or bond.modifiers[0].kind == "colour"
            yield replace(bond, noun=noun, part=noun.entry.part or "bare")


def _negated_noun(bond: Bond) -> bool:
    return bond.noun is not None and bond.noun.negated and bond.noun.entry.says_something


def _goes_with(bond: Bond) -> bool:
    """Whether a modifier is known to mean nothing at that part ("big hat")."""
    part = "accessory" if bond.part == "glasses" else bond.part
    return all(part in token.entry.parts for token in bond.modifiers)


def _of_bond(bond: Bond, places: Mapping[int, int]) -> Iterator[Claim]:
    if _negated_noun(bond):
        return
    part = bond.part
    for index, token in enumerate(bond.modifiers):
        layers = token.entry.parts.get(part, {})
        order = places[id(token)]
        if token.kind == "colour" and index:
            yield from _further_colour(bond, token, index, order)
            continue
        if token.kind != "colour" or not token.negated:
            side = "ombre" if part == "ombre" and len(bond.modifiers) == 1 else bond.side
            yield from _granted(layers, token, order, side)
            if part == "blend":
                yield Claim("hair_pattern", "ombre", FIRM, order, token)
        elif layers:
            for name, level in layers.get("set", {}).items():
                if level in PALETTES[name]:
                    yield Claim(name, level, FIRM, order, token, negated=True)


def _further_colour(bond: Bond, token: Token, index: int, order: int) -> Iterator[Claim]:
    """The second colour of a group: of streaky hair, or of the other eye."""
    layers = token.entry.parts.get("hair" if bond.part in ("bare", "ombre") else bond.part, {})
    settings = layers.get("set", {})
    if index > 1 or token.negated:
        token.lost = not token.negated
    elif "hair_colour" in settings:
        yield Claim("hair_colour2", settings["hair_colour"], FIRM, order, token)
        yield Claim("hair_pattern", "ombre", FIRM if bond.towards else WEAK, order, token)
    elif "eye_colour" in settings:
        odd = not bond.towards  # "from red to blue" is blue
        yield Claim("eye_colour", settings["eye_colour"], FIRM, order, token, joined=odd)
    else:
        token.lost = True


def _granted(
    layers: Mapping[str, Settings], token: Token, order: int, side: str | None = None
) -> Iterator[Claim]:
    """The claims of layers as they stand, or their opposites when the token is negated."""
    for layer, rank in _RANKS.items():
        if layer == "set" and token.kind == "archetype":
            rank = SOFT
        if layer == "weak" and token.negated and "set" in layers:
            continue  # "no blush" does not rule out being shy
        for name, value in settings_of(layers, layer, token.degree).items():
            for item in value if name == "wear" else [value]:
                if not token.negated:
                    yield Claim(name, item, rank, order, token, side=side)
                else:
                    yield from _ruled_out(name, item, order, token)


def _ruled_out(name: str, value: Any, order: int, token: Token) -> Iterator[Claim]:
    if token.kind == "archetype" and name not in ("wear", "outfit"):
        return
    if name in SLIDERS:
        opposite = 0.0 if name in _PLAIN else -0.5 * (1 if value > 0 else -1)
        yield Claim(name, opposite, FIRM, order, token)
    elif name == "odd_eyes":
        yield Claim(name, False, FIRM, order, token)
    elif name == "wear" or name in VOCABULARY or value in PALETTES.get(name, ()):
        yield Claim(name, value, FIRM, order, token, negated=True)


def _of_token(token: Token, order: int) -> Iterator[Claim]:
    entry = token.entry
    if not token.negated:
        yield from _granted(entry.layers, token, order)
        return
    if "negated" in entry.layers:
        for name, value in entry.layers["negated"].items():
            yield Claim(name, value, FIRM, order, token)
    else:
        yield from _granted(entry.layers, token, order)
    for name, levels in entry.kin.items():
        for level in ACCESSORIES if levels == ("*",) else levels:
            yield Claim(name, level, FIRM, order, token, negated=True)
