"""Whether the model files are the ones that were shipped, without torch: their manifest says."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from generator import manifest

Finding: TypeAlias = tuple[str, Literal["ok", "note", "broken"], str, str]


def weights_rows(folder: Path = manifest.SHIPPED) -> Iterator[Finding]:
    """One finding for each file: name, state, what was found, what to do.

    Args:
        folder: Where weights and manifest are.
    """
    try:
        listed = manifest.read(folder)
    except manifest.ManifestError as error:
        yield "models", "broken", *_halves(error)
        return
    files = {file.name for file in folder.glob(f"*{manifest.SUFFIX}")}
    if not files and importlib.util.find_spec("torch") is None:
        yield "models", "ok", "not here: only workers need them", ""
        return
    if not files | listed.keys():
        yield "models", "broken", f"none in {folder}", "Train or fetch them; see docs/training.md."
    for name in sorted(files | listed.keys()):
        try:
            entry = manifest.check(folder / name)
        except manifest.ManifestError as error:
            yield "models", "broken", *_halves(error)
        else:
            version, start = entry.version, entry.sha256[:16]
            yield "models", "ok", f"{name} is whole: version {version}, sha256 {start}", ""


def _halves(error: manifest.ManifestError) -> tuple[str, str]:
    found, _, todo = str(error).rpartition(": ")
    return found, f"{todo[:1].upper()}{todo[1:]}."
