"""Colours with a shade before them: "dark blue" and "pale pink" are colours of their own."""

from __future__ import annotations

from dataclasses import replace

from generator.prompt.lexicon import COLOUR_AT, colour_parts
from generator.prompt.tokens import Token
from generator.spec import PALETTES


def shade(clause: list[Token]) -> list[Token]:
    """Merge "dark" and "light" into the colour right after them."""
    merged: list[Token] = []
    for token in clause:
        last = merged[-1] if merged else None
        if last is not None and last.kind == "shade" and token.kind == "colour":
            columns = _shaded(token, last)
            entry = replace(token.entry, parts=colour_parts(columns)) if columns else token.entry
            merged[-1] = Token(
                entry, f"{last.text}{' ' if token.spaced else ''}{token.text}",
                last.length + token.length, last.spaced, token.negated,
            )  # fmt: skip
        else:
            merged.append(token)
    return merged


def _mix(colour: str, other: str, amount: float) -> str:
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * amount):02x}" for a, b in pairs)


def _shaded(colour: Token, by: Token) -> dict[str, str]:
    columns: dict[str, str] = {}
    if by.entry.mix is None or not by.entry.amount:
        return columns
    for part, (column, attribute) in COLOUR_AT.items():
        level = colour.entry.parts.get(part, {}).get("set", {}).get(attribute)
        if level is not None:
            value = level if level.startswith("#") else PALETTES[attribute][level]
            columns[column] = _mix(value, by.entry.mix, by.entry.amount)
    return columns
