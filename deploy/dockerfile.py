"""Reads a Dockerfile: stages, instructions, and what .dockerignore leaves of the context.

As much of https://docs.docker.com/reference/dockerfile/ as ours uses.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path


@dataclass
class Stage:
    """One FROM and what follows it."""

    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, instruction: str) -> str | None:
        """The argument of the last such instruction: only that one counts for CMD and the like."""
        return next((arg for name, arg in reversed(self.steps) if name == instruction), None)


def read(text: str) -> tuple[dict[str, str], dict[str, Stage]]:
    """The global arguments with their defaults, and the stages by name, in order."""
    arguments: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    current: Stage | None = None
    for name, rest in _instructions(text):
        if name == "FROM":
            base, _, alias = (part.strip() for part in re.split(r"(?i)\s(AS)\s", rest))
            current = Stage(alias, expand(base, arguments))
            stages[alias] = current
        elif current is None:
            arguments |= dict([rest.split("=", 1)])
        else:
            current.steps.append((name, rest))
    return arguments, stages


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, rest = line.partition(" ")
        yield name.upper(), rest.strip()


def lineage(stages: dict[str, Stage], name: str) -> list[Stage]:
    """The stage and those it is made from, the oldest first."""
    found: list[Stage] = []
    while name in stages:
        found.insert(0, stages[name])
        name = stages[name].base
    return found


def expand(text: str, values: dict[str, str]) -> str:
    """Put values in place of ${NAME} and $NAME; unknown names become nothing."""
    return re.sub(r"\$\{?(\w+)\}?", lambda found: values.get(found[1], ""), text)


def environment(stages: list[Stage]) -> dict[str, str]:
    """What ENV sets along a lineage."""
    values: dict[str, str] = {}
    for stage in stages:
        for name, rest in stage.steps:
            if name == "ENV":
                values |= dict(pair.split("=", 1) for pair in shlex.split(rest))
    return values


def context(root: Path) -> list[Path]:
    """The files that a builder gets, relative to the root; the last rule that fits counts."""
    rules = [
        line
        for line in (root / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    wanted = [rule[1:] for rule in rules if rule.startswith("!")]
    files: list[Path] = []
    for top in wanted:
        path = root / top
        files += [path] if path.is_file() else [f for f in path.rglob("*") if f.is_file()]
    return sorted(
        relative for relative in {f.relative_to(root) for f in files} if _kept(relative, rules)
    )


def _kept(path: Path, rules: list[str]) -> bool:
    kept = True
    for rule in rules:
        bare = rule.removeprefix("!")
        pieces = [path, *path.parents]
        if bare.startswith("**/"):
            fits = any(fnmatch(piece.name, bare[3:]) for piece in pieces)
        else:
            fits = bare == "**" or any(str(piece) == bare for piece in pieces)
        if fits:
            kept = rule.startswith("!")
    return kept
