"""What "it", "them" and a bare "change to blue" refer to: the part named last."""

from __future__ import annotations

from generator.prompt.tokens import Token

_PRONOUNS = frozenset(
    {"it", "them", "those", "these", "they", "它", "它们", "把它", "それ", "それら", "これ"}
)
_PASSED = ("filler", "more", "less", "copula", "negator", "joiner")
_RATHER = frozenset({"じゃなくて", "じゃなく", "ではなく", "なくて"})
"""Not this but: what follows is about what was negated (赤い目じゃなくて青)."""


def antecedent(clauses: list[list[Token]], modifier: Token) -> Token | None:
    """The part that a modifier is about by way of a pronoun or of a clause without a subject.

    Args:
        clauses: All clauses up to and with the modifier's own.
        modifier: A colour or adjective without a part in its own clause.

    Returns:
        The noun named last, as in "no red eyes, make them blue"; None if nothing refers back.
    """
    *earlier, clause = clauses
    start = next(place for place, token in enumerate(clause) if token is modifier)
    pronoun = _pronoun(clause, start)
    if pronoun is None:
        return None
    before = [token for part in earlier for token in part] + clause[:pronoun]
    nouns = (token for token in reversed(before) if token.is_content and token.entry.part)
    return next((noun for noun in nouns if not (noun.negated and noun.entry.says_something)), None)


def _pronoun(clause: list[Token], start: int) -> int | None:
    """Where the pronoun before a modifier stands; 0 for 改成蓝色, whose subject is left out."""
    verb = False
    for place in range(start - 1, -1, -1):
        token = clause[place]
        if token.text.casefold() in _PRONOUNS or token.text in _RATHER:
            return place
        if token.kind not in _PASSED and not token.is_modifier:
            return None
        verb = verb or token.kind == "copula"
    return 0 if verb else None


def allow_again(clauses: list[list[Token]]) -> None:
    """Let "no red ribbon, make it blue" rule out the red, not the ribbon."""
    for number, clause in enumerate(clauses[1:], start=1):
        colour = next((place for place, t in enumerate(clause) if t.kind == "colour"), None)
        if colour is None or _pronoun(clause, colour) is None:
            continue
        if any(token.is_content for token in clause):
            continue
        before = clauses[number - 1]
        for place, token in enumerate(before[1:], start=1):
            red = before[place - 1]
            if token.is_content and token.negated and red.negated and red.kind == "colour":
                token.negated = False
