"""What belongs to what: the reach of negations, degrees, colours and adjectives.

Tokens come in clauses; nothing but a bare colour reaches beyond its own. Within a clause a
modifier goes to the part it predicates ("hair is pink", 眼睛是蓝色), else to the next part after it
("red eyes blue hair"), else to the one just before it ("hair pink, eyes blue").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.prompt.lexicon import Settings
from generator.prompt.tokens import Token

THROUGH = ("filler", "more", "less", "side")
"""Kinds that a modifier looks past on the way to its part."""
_NOR = frozenset(
    {"or", "nor", "和", "与", "與", "跟", "及", "以及", "或", "或者", "と", "や", "も", "also"}
)


@dataclass(frozen=True)
class Bond:
    """A modifier, or a group of joined colours, and the token whose part it describes."""

    modifiers: tuple[Token, ...]
    noun: Token | None
    part: str
    towards: bool = False
    """The colours of the group blend from one to the next."""
    side: str | None = None
    """Of an eye: "left", "right" or "one"."""


def clauses(tokens: list[Token]) -> list[list[Token]]:
    """The stretches between commas, full stops and "but"."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "break":
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def negate(clause: list[Token]) -> None:
    """Mark what the clause's negations rule out."""
    for index, token in enumerate(clause):
        if token.kind != "negator":
            continue
        if token.entry.after:
            _negate_before(clause, index)
        else:
            _negate_after(clause, index)


def _negate_after(clause: list[Token], start: int) -> None:
    extends = clause[start].text.casefold().startswith("without")
    settled = joined = False
    for place, token in enumerate(clause[start + 1 :]):
        if token.text == "的" and place and not any(t.negated for t in clause[start:]):
            return  # what was negated asks for nothing drawable: 没有心事的少女
        if token.kind == "joiner" and settled:
            joined = token.text.casefold() in _NOR or (extends and token.text.casefold() == "and")
            if not joined:
                return
        elif token.is_content or token.kind == "unknown":
            if settled and not joined:
                return
            token.negated, settled, joined = True, True, False
        elif token.is_modifier and (not settled or joined):
            token.negated = True
        elif token.kind == "negator" or (settled and token.kind in ("barrier", "worn", "copula")):
            return


def _negate_before(clause: list[Token], end: int) -> None:
    settled = joined = False
    for token in reversed(clause[:end]):
        if token.kind == "joiner" and settled:
            joined = token.text in _NOR
            if not joined:
                return
        elif token.is_content or token.kind == "unknown":
            if settled and not joined:
                return
            token.negated, settled, joined = True, True, False
        elif token.is_modifier:
            token.negated = True
        elif token.kind == "negator" or (settled and token.kind != "filler"):
            return


def grade(clause: list[Token]) -> None:
    """Hand every "very" and "slightly" to the word it strengthens or weakens."""
    for index, token in enumerate(clause):
        if token.kind not in ("more", "less"):
            continue
        degree = 1 if token.kind == "more" else -1
        order = reversed(clause[:index]) if token.entry.after else iter(clause[index + 1 :])
        for other in order:
            if other.is_content or other.kind in ("adjective", "shade"):
                other.degree = degree
                break
            if other.kind not in ("filler", "more", "less", "copula", "colour", "barrier"):
                break


def bonds(clause: list[Token]) -> list[Bond]:
    """Every modifier of the clause with its part, in the order of the words."""
    found: list[tuple[int, Bond]] = []
    for start, end in reversed(_groups(clause)):
        found.extend(_attach(clause, start, end))
    found.sort(key=lambda pair: pair[0])
    return [bond for _, bond in found]


def _groups(clause: list[Token]) -> list[tuple[int, int]]:
    """First and last index of each group: colours joined to one, or a single adjective."""
    groups: list[tuple[int, int]] = []
    index = 0
    while index < len(clause):
        if not clause[index].is_modifier:
            index += 1
            continue
        last = index
        if clause[index].kind == "colour":
            ahead = index + 1
            while ahead < len(clause) and (
                clause[ahead].kind in ("colour", "joiner", "filler")
                or clause[ahead].entry.side == "one"  # "one blue and one red eye"
                or _blends(clause, ahead)
            ):
                if clause[ahead].kind == "colour":
                    if _complexion(clause[ahead]) != _complexion(clause[index]):
                        break
                    if _dyed_before(clause, index, ahead) is not None:
                        break
                    last = ahead
                ahead += 1
        groups.append((index, last))
        index = last + 1
    return groups


def _complexion(token: Token) -> bool:
    """Whether a colour is one of skin alone ("pale", "dark skinned"), so that no hair has it."""
    parts = token.entry.parts
    coloured = token.kind in ("colour", "shade")
    return coloured and "skin" in parts and not {"hair", "eyes"} & parts.keys()


def _dyed_before(clause: list[Token], index: int, ahead: int) -> int | None:
    """The lock before a colour that is its own: 挑染蓝色的黑发, black hair with streaks of blue.

    Args:
        index: The colour's place.
        ahead: That of the colour after it, which is another's then.
    """
    said = index - 1
    while said >= 0 and clause[said].kind in ("copula", "filler"):
        said -= 1
    if said < 0 or clause[said].entry.part not in ("streak", "ombre"):
        return None
    apart = any(token.kind == "filler" for token in clause[index + 1 : ahead])
    told = any(token.kind == "copula" for token in clause[said:index])
    return said if (apart or told) and not clause[said].text.isascii() else None


def _blends(clause: list[Token], index: int) -> bool:
    """Whether a word like 渐变 stands between two colours: one becomes the other."""
    around = clause[index - 1 : index + 2]
    return (
        clause[index].entry.part == "ombre"
        and len(around) == 3
        and around[0].kind == around[2].kind == "colour"
    )


def _predicated(clause: list[Token], start: int) -> int | None:
    """The noun of "noun is [very] [big and] modifier", if that is how it stands."""
    copula = False
    for index in range(start - 1, -1, -1):
        token = clause[index]
        if token.kind == "copula":
            copula = True
        elif token.is_content:
            return index if copula and token.entry.part else None
        elif not (token.is_modifier or token.kind in (*THROUGH, "joiner", "negator")):
            return None
    return None


def _ahead(clause: list[Token], end: int, colour: bool) -> int | None:
    """The next part after a modifier, unless something bars the way."""
    for index in range(end + 1, len(clause)):
        token = clause[index]
        if token.is_content:
            if token.entry.part:
                return None if colour and token.coloured else index
            if token.entry.person or token.kind == "archetype":
                return None
        elif not (token.is_modifier or token.kind in (*THROUGH, "joiner")):
            return None
    return None


def _behind(clause: list[Token], start: int, colour: bool) -> int | None:
    """The part or the "wearing" just before a modifier."""
    for index in range(start - 1, -1, -1):
        token = clause[index]
        if token.kind == "worn":
            return index
        if token.is_content:
            taken = colour and (token.coloured or _colours_come_first(clause, index))
            return index if token.entry.part and not taken else None
        if not (token.is_modifier or token.kind in (*THROUGH, "joiner", "negator")):
            return None
    return None


def _colours_come_first(clause: list[Token], index: int) -> bool:
    """Whether the part has a colour of its own before it, in a clause that begins with one.

    In "black dress red" the dress is black; in "hair pink eyes blue" the eyes are blue.
    """
    before = index - 1
    while before >= 0 and clause[before].kind in ("adjective", "filler"):
        before -= 1
    if before < 0 or clause[before].kind != "colour":
        return False
    first = next(place for place, token in enumerate(clause) if token.kind == "colour")
    return not any(token.is_content and token.entry.part for token in clause[:first])


def _is_about_something_else(clause: list[Token], end: int) -> bool:
    """Whether a modifier stands before an unknown word, as in "green umbrella".

    Before a person it does not: in "pink cyberpunk girl" somebody is pink.
    """
    index = end + 1
    while index < len(clause) and clause[index].kind in ("unknown", "filler"):
        index += 1
    unknown = any(token.kind == "unknown" for token in clause[end + 1 : index])
    person = index < len(clause) and clause[index].entry.person
    return unknown and clause[end + 1].kind in ("unknown", "filler") and not person


def _person(clause: list[Token], end: int, modifier: Token) -> int | None:
    """The person right after a modifier ("dark girl", "little witch")."""
    if "person" not in modifier.entry.parts or end + 1 >= len(clause):
        return None
    if modifier.kind != "adjective" and not modifier.text.isascii():
        return None
    after = clause[end + 1]
    if modifier.kind == "adjective":
        return end + 1 if after.entry.person else None
    return end + 1 if after.entry.person and after.kind == "set" else None


def _fades(clause: list[Token], start: int) -> bool:
    """Whether a colour is what others fade to; "change the hair to blue" has no other."""
    towards = clause[start - 1] if start > 1 else None
    if towards is None or not towards.entry.towards:
        return False
    plain = towards.text.casefold() in ("to", "into", "到", "至", "へ")
    return not plain or any(token.kind == "colour" for token in clause[: start - 1])


def _attach(clause: list[Token], start: int, end: int) -> list[tuple[int, Bond]]:
    group = [token for token in clause[start : end + 1] if token.is_modifier]
    colour = group[0].kind == "colour"
    joiners = [token for token in clause[start : end + 1] if token.kind == "joiner"]
    ahead, behind = _ahead(clause, end, colour), _predicated(clause, start)
    following = next((i for i in range(end + 1, len(clause)) if clause[i].kind == "colour"), None)
    dyed = _dyed_before(clause, start, following) if colour and following is not None else None
    if dyed is not None:
        ahead, behind = None, dyed
    elif behind is not None and any(
        clause[index].kind == "colour" and _dyed_before(clause, index, start) is not None
        for index in range(behind + 1, start)
    ):
        behind = None  # what the lock is has been said
    if _complexion(group[0]):  # "pale red hair" is red hair of somebody pale
        parts = group[0].entry.parts
        ahead = ahead if ahead is not None and clause[ahead].entry.part in parts else None
        behind = behind if behind is not None and clause[behind].entry.part in parts else None
    if behind is None and ahead is None and _is_about_something_else(clause, end):
        for token in group:
            token.lost = True
        return []
    if behind is None and ahead is None and not _complexion(group[0]):
        behind = _behind(clause, start, colour)
    elif behind is None and len(group) > 1 and joiners:
        before = _behind(clause, start, colour)
        if before is not None and before == start - 1 and clause[before].entry.part != "ombre":
            behind = before  # "hair pink and blue eyes": a part on either side
    if behind is not None and ahead is not None and len(group) > 1 and joiners:
        middle = clause.index(group[1])
        after = _attach(clause, middle, end)
        return [*_attach(clause, start, start), *after]
    if colour and len(group) == 1 and _fades(clause, start):
        blended = next((t for t in reversed(clause[: start - 1]) if t.is_content), None)
        if blended is not None and blended.entry.part in ("hair", "fringe", "ombre"):
            return [(start, Bond(tuple(group), blended, "blend"))]  # "pink hair fading to blue"
    person = _person(clause, end, group[-1])
    if ahead is None and behind is None and person is None and group[-1].entry.before:
        group[-1].lost = True
        return []
    if behind is not None and clause[behind].kind == "worn" and person is None:
        return [(start, Bond(tuple(group), None, "outfit"))]
    target = behind if behind is not None else ahead
    if target is None and person is not None:
        return [(start, Bond(tuple(group), clause[person], "person"))]
    towards = any(
        token.entry.towards or _blends(clause, index)
        for index, token in enumerate(clause[start : end + 1], start)
    )
    if target is None:
        return [(start, Bond(tuple(group), None, "bare", towards, _side(clause, start, end)))]
    noun = clause[target]
    noun.coloured = noun.coloured or colour
    side = _side(clause, min(start, target), max(end, target))
    extra = _shared(clause, target, group) if colour and target > end else []
    return [
        (start, Bond(tuple(group), noun, noun.entry.part or "bare", towards, side)),
        *((start, bond) for bond in extra),
    ]


def _shared(clause: list[Token], target: int, group: list[Token]) -> list[Bond]:
    """The second noun of "pink hair and eyes"."""
    if target + 2 >= len(clause) or clause[target + 1].kind != "joiner" or len(group) > 1:
        return []
    pair = clause[target], clause[target + 2]
    if {noun.entry.part for noun in pair} != {"hair", "eyes"} or pair[1].coloured:
        return []
    if any(noun.entry.says_something for noun in pair):
        return []
    pair[1].coloured = True
    return [Bond(tuple(group), pair[1], pair[1].entry.part or "bare")]


def _side(clause: list[Token], first: int, last: int) -> str | None:
    """ "left", "right" or "one" in or right before a bond."""
    window = clause[max(0, first - 2) : last + 1]
    for token in reversed(window):
        if token.kind == "side":
            return token.entry.side
    for token in clause[last + 1 :]:
        if token.kind == "side":
            return token.entry.side
        if token.kind != "filler":
            break
    return None


def settings_of(layers: Mapping[str, Settings], layer: str, degree: int) -> dict[str, Any]:
    """A layer's settings as strengthened (degree 1) or weakened (-1)."""
    settings = dict(layers.get(layer, {}))
    strengthened = layers.get("more" if degree > 0 else "less") if degree else None
    if strengthened is not None and layer in ("set", "firm"):
        return settings | dict(strengthened)
    if degree:
        for name, value in settings.items():
            if isinstance(value, float) and value:
                settings[name] = (1.0 if value > 0 else -1.0) if degree > 0 else value * 0.5
    return settings
