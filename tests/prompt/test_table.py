"""The table of prompts: every development row must be right, and most of the judging rows."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generator.prompt import Reading, parse
from generator.spec import PALETTES

TABLE = Path(__file__).with_name("table")
JUDGED_RIGHT = 0.9
"""The share of judging rows that must be right; nothing is tuned on them."""


def rows() -> list[dict[str, Any]]:
    found = []
    for path in sorted(TABLE.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [row | {"judge": data["judge"], "file": path.stem} for row in data["rows"]]
    return found


ROWS = rows()
DEVELOPMENT = [row for row in ROWS if not row["judge"]]
JUDGING = [row for row in ROWS if row["judge"]]


def matches(expected: Any, value: Any) -> bool:
    """Whether a value is as expected: "a|b" is either, "*" anything, ">0.4" a bound."""
    if value is None:
        return False
    if isinstance(expected, str) and expected[:1] in "<>":
        bound = float(expected[1:])
        return bool(value > bound if expected[0] == ">" else value < bound)
    if isinstance(expected, str):
        return expected == "*" or value in expected.split("|")
    return bool(value == expected)


def faults(row: dict[str, Any], reading: Reading) -> list[str]:
    """What is wrong with a reading: attributes, words not understood, colours made up."""
    wish, want, found = reading.wish, dict(row["want"]), []
    for name in ("wear", "without"):
        for item in want.pop(name, []):
            if not set(item.split("|")) & set(getattr(wish, name)):
                found.append(f"{name} lacks {item}")
    for name, levels in want.pop("avoid", {}).items():
        missing = [level for level in levels if (name, level) not in wish.avoid]
        found += [f"does not avoid {name}={level}" for level in missing]
    for name, expected in want.items():
        if not matches(expected, getattr(wish, name)):
            found.append(f"{name} is {getattr(wish, name)!r}, not {expected!r}")
    said = [item for item in reading.understood if not item.implied and not item.negated]
    wear = {item for group in row["want"].get("wear", []) for item in group.split("|")}
    for item in said:
        invented = (
            item.value not in wear if item.attribute == "wear" else item.attribute not in want
        )
        if invented and item.attribute in ("wear", *PALETTES):
            found.append(f"made up {item.attribute}={item.value}")
    if list(reading.unknown) != row.get("unknown", []):
        found.append(f"unknown is {list(reading.unknown)}, not {row.get('unknown', [])}")
    dropped = {item.value for item in reading.dropped}
    found += [f"{item} is not dropped" for item in row.get("dropped", []) if item not in dropped]
    return found


@pytest.mark.parametrize("row", DEVELOPMENT, ids=[row["text"][:40] for row in DEVELOPMENT])
def test_development_row(row: dict[str, Any]) -> None:
    assert not faults(row, parse(row["text"]))


def test_judging_share(capsys: pytest.CaptureFixture[str]) -> None:
    right = sum(not faults(row, parse(row["text"])) for row in JUDGING)
    with capsys.disabled():
        sys.stdout.write(f"\njudging rows right: {right} of {len(JUDGING)}\n")
    assert right / len(JUDGING) >= JUDGED_RIGHT


def test_the_table_is_large_and_mixed() -> None:
    assert len(ROWS) >= 300
    assert 0.2 < len(JUDGING) / len(ROWS) < 0.35
    repeated = [text for text, count in Counter(row["text"] for row in ROWS).items() if count > 1]
    assert not repeated
