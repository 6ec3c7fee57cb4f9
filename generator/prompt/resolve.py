"""From claims to one wish: the strongest word wins, the last one among equals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from generator.priors import fits
from generator.prompt.claims import FIRM, LIKELY, SOFT, WEAK, Claim
from generator.spec import PALETTES, VOCABULARY
from generator.wish import Wish


@dataclass(frozen=True)
class Outcome:
    """A wish, the claims that made it, and the firm ones that others ruled out."""

    wish: Wish
    kept: tuple[Claim, ...]
    dropped: tuple[Claim, ...]


def resolve(claims: list[Claim]) -> Outcome:
    """One consistent wish out of all claims.

    Args:
        claims: In the order of the words.
    """
    claims = _two_colours(_by_presentation(_of_somebody_else(claims)))
    worn, lost = _accessories([claim for claim in claims if claim.attribute == "wear"])
    kept, dropped = list(worn), list(lost)
    values: dict[str, Any] = {}
    avoid: set[tuple[str, str]] = set()
    names = dict.fromkeys(claim.attribute for claim in claims if claim.attribute != "wear")
    for name in names:
        about = [claim for claim in claims if claim.attribute == name]
        winner, losers, refused = _settle(about)
        dropped.extend(losers)
        if winner is not None:
            values[name] = winner.value
            kept.append(winner)
        avoid |= {(name, claim.value) for claim in refused}
        kept.extend(refused)
    for name in {pair[0] for pair in avoid}:
        levels = VOCABULARY.get(name) or tuple(PALETTES[name])
        if all((name, level) in avoid for level in levels):
            avoid = {pair for pair in avoid if pair[0] != name}
            kept = [c for c in kept if not (c.negated and c.attribute == name)]
    if values.get("hair_pattern") == "solid":
        values.pop("hair_colour2", None)
    if values.get("eye_colour2") is not None and values.get("odd_eyes") is False:
        del values["odd_eyes"]
    wish = Wish(
        **values,
        wear=frozenset(claim.value for claim in worn if not claim.negated),
        without=frozenset(claim.value for claim in worn if claim.negated),
        avoid=frozenset(avoid),
    )
    kept.sort(key=lambda claim: claim.order)
    dropped.sort(key=lambda claim: claim.order)
    return Outcome(wish, tuple(kept), tuple(dropped))


def _settle(about: list[Claim]) -> tuple[Claim | None, list[Claim], list[Claim]]:
    """The winner of one attribute, the firm claims it beat, and the levels ruled out."""
    refused: dict[Any, Claim] = {c.value: c for c in about if c.negated}
    winner: Claim | None = None
    for claim in about:
        if claim.negated:
            continue
        against = refused.get(claim.value)
        if against is not None and (claim.rank < FIRM or against.order > claim.order):
            continue
        if winner is None or claim.rank >= winner.rank:
            winner = claim
    if winner is not None:
        refused.pop(winner.value, None)
    losers = [
        claim
        for claim in about
        if winner is not None
        and not claim.negated
        and claim.rank == winner.rank == FIRM
        and claim.value != winner.value
        and isinstance(claim.value, str)
    ]
    return winner, losers, list(refused.values())


def _accessories(about: list[Claim]) -> tuple[list[Claim], list[Claim]]:
    """Accessories worn and refused, and the firm ones that do not fit on the same head."""
    final: dict[str, Claim] = {}
    dropped: list[Claim] = []
    implied = {c.value for c in about if c.rank == SOFT and not c.negated}
    about = [_of_the_kind(claim, implied) for claim in about]
    for claim in sorted(about, key=lambda c: (c.rank, c.order)):
        if not claim.negated:
            for other in [c for c in final.values() if not c.negated]:
                if not fits(claim.value, [other.value]):
                    del final[other.value]
                    if other.rank == FIRM:
                        dropped.append(other)
        final[claim.value] = claim
    return list(final.values()), dropped


def _of_the_kind(claim: Claim, implied: set[str]) -> Claim:
    """The hat of "a witch with a red hat" is a witch's hat: a word for a whole kind of things means
    the one that is there already."""
    meant = implied.intersection(claim.token.entry.kin.get("wear", ()))
    if claim.negated or len(meant) != 1:
        return claim
    return replace(claim, value=meant.pop())


def _of_somebody_else(claims: list[Claim]) -> list[Claim]:
    """Leave out what an archetype says of somebody whom other words rule out.

    "santa, but a cute girl" is not old, for only the man was likely to be, and no archetype gives
    girls or children a beard.
    """
    presentation, _, _ = _settle([c for c in claims if c.attribute == "presentation"])
    age, _, _ = _settle([c for c in claims if c.attribute == "age"])

    def is_out(claim: Claim) -> bool:
        if claim.token.kind != "archetype" or claim.negated or claim.rank == FIRM:
            return False
        if claim.attribute == "facial_hair":
            return (presentation is not None and presentation.value == "girl") or (
                age is not None and age.value == "child" and age.token is not claim.token
            )
        if claim.attribute != "age" or claim.rank != LIKELY or presentation is None:
            return False
        likely = claim.token.entry.layers["likely"].get("presentation", presentation.value)
        return bool(likely != presentation.value)

    return [claim for claim in claims if not is_out(claim)]


def _by_presentation(claims: Iterable[Claim]) -> list[Claim]:
    """Let what depends on presentation follow it: a boy's school uniform is a blazer."""
    claims = list(claims)
    winner, _, _ = _settle([claim for claim in claims if claim.attribute == "presentation"])
    if winner is None:
        return claims
    changed = []
    for claim in claims:
        layers = claim.token.entry.layers
        for part in claim.token.entry.parts.values():
            layers = {**layers, **{key: part[key] for key in ("girl", "boy") if key in part}}
        other = layers.get(str(winner.value), {}).get(claim.attribute)
        changed.append(replace(claim, value=other) if other and not claim.negated else claim)
    return changed


def _two_colours(claims: list[Claim]) -> list[Claim]:
    """Sort out which colour is the hair's, the streaks', the left and the right eye's."""
    return list(_eyes(list(_hair(claims))))


def _hair(claims: list[Claim]) -> Iterator[Claim]:
    """ "blue ombre" colours the hair; beside "pink hair" it colours the ends."""
    plain = [
        claim
        for claim in claims
        if claim.attribute == "hair_colour"
        and claim.rank >= SOFT
        and not claim.negated
        and not _blends(claim)
    ]
    second = any(claim.attribute == "hair_colour2" for claim in claims)
    halves = [claim for claim in plain if claim.side and claim.rank == FIRM]
    for claim in claims:
        if len(halves) == 2 and claim is halves[1]:  # "black on the left, white on the right"
            yield replace(claim, attribute="hair_colour2")
            continue
        if claim.attribute == "hair_colour" and _blends(claim) and plain and not second:
            yield replace(claim, attribute="hair_colour2")
        else:
            yield claim


def _blends(claim: Claim) -> bool:
    return claim.side == "ombre"


def _eyes(claims: list[Claim]) -> Iterator[Claim]:
    colours = [
        claim
        for claim in claims
        if claim.attribute == "eye_colour" and claim.rank > WEAK and not claim.negated
    ]
    odd = any(claim.attribute == "odd_eyes" and claim.value for claim in claims)
    pair = colours[-2:]
    if len(pair) < 2 or pair[0].value == pair[1].value:
        yield from claims
        return
    if not (odd or pair[1].joined or all(claim.side for claim in pair)):
        yield from claims
        return
    # Somebody's left eye is on the picture's right, which is where eye_colour2 goes.
    other = pair[0] if pair[0].side == "left" or pair[1].side == "right" else pair[1]
    for claim in claims:
        yield replace(claim, attribute="eye_colour2") if claim is other else claim
