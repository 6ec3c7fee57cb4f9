"""Whether the model files are whole, without torch: the header of safetensors, and the sha256.

The format: 8 bytes of length, little-endian, that many bytes of JSON, then the tensors
(https://huggingface.co/docs/safetensors). A file `NAME.safetensors` may have a `NAME.sha256`
beside it, as `sha256sum` writes it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import generator

Finding: TypeAlias = tuple[str, Literal["ok", "note", "broken"], str, str]


def weights_rows(folder: Path | None = None) -> Iterator[Finding]:
    """One finding for each file: name, state, what was found, what to do.

    Args:
        folder: The one inside the generator if None.
    """
    folder = folder or Path(generator.__file__).parent / "weights"
    files = sorted(folder.glob("*.safetensors"))
    if not files and importlib.util.find_spec("torch") is None:
        yield "models", "ok", "not here: only workers need them", ""
    elif not files:
        yield "models", "broken", f"none in {folder}", "Train or fetch them; see docs/training.md."
    for file in files:
        yield _examined(file)


def _examined(file: Path) -> Finding:
    again = "Fetch it again."
    if not whole(file):
        return "models", "broken", f"{file.name} is damaged", again
    digest = hashlib.sha256()
    with file.open("rb") as data:
        while block := data.read(1 << 20):
            digest.update(block)
    expected = file.with_suffix(".sha256")
    if not expected.exists():
        return "models", "ok", f"{file.name} is whole; sha256 {digest.hexdigest()[:16]}", ""
    if expected.read_text().split()[:1] != [digest.hexdigest()]:
        return "models", "broken", f"{file.name} is not the file of {expected.name}", again
    return "models", "ok", f"{file.name} is whole and the one of {expected.name}", ""


def whole(file: Path) -> bool:
    """Whether the header can be read and the tensors end where the file does."""
    size = file.stat().st_size
    with file.open("rb") as data:
        length = int.from_bytes(data.read(8), "little")
        if length > size - 8:
            return False
        try:
            header = json.loads(data.read(length))
            ends = [item["data_offsets"][1] for name, item in header.items() if name[:2] != "__"]
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            return False
    return 8 + length + max(ends, default=0) == size
