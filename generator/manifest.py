"""What is known of the shipped weights: `manifest.json` beside them, written by the export.

Free of torch, so that a frontend's doctor reads it as well. A hash says that a file is the one
that was published; it is no signature: who can write to the folder can write both.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from generator.errors import PersonError

SHIPPED = Path(__file__).parent / "weights"
MANIFEST = "manifest.json"
SUFFIX = ".safetensors"
REBUILD = "python -m generator models manifest"


class ManifestError(PersonError):
    """A file is not the one that its manifest names; the message says what to do."""


class Weights(BaseModel):
    """One file of weights. `name`, `licence` and `about` are kept when it is exported anew."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    file: str = Field(pattern=r"^[\w-]+(\.[\w-]+)*$")
    version: int = Field(ge=1)
    """Counts the exports: one more each time the bytes have changed."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    licence: str = "MIT"
    about: str = ""
    """What it is, in one line."""


class _Manifest(RootModel[tuple[Weights, ...]]):
    pass


def sha256(file: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def read(folder: Path = SHIPPED) -> dict[str, Weights]:
    """The manifest of a folder, by file name; empty if there is none.

    Raises:
        ManifestError: It cannot be read.
    """
    file = folder / MANIFEST
    try:
        entries = _Manifest.model_validate_json(file.read_bytes()).root
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise ManifestError(f"{file} cannot be read: restore it, or run {REBUILD}") from error
    return {entry.file: entry for entry in entries}


def check(file: Path) -> Weights:
    """Compare a file with the manifest beside it.

    Raises:
        ManifestError: It is not there, not listed, or another file.
    """
    entry = read(file.parent).get(file.name)
    if not file.exists():
        raise ManifestError(f"there is no {file}: train or fetch it")
    if entry is None:
        raise ManifestError(f"{file} is not in {MANIFEST}: if you exported it, run {REBUILD}")
    if file.stat().st_size != entry.bytes or sha256(file) != entry.sha256:
        raise ManifestError(
            f"{file} is not the one that {MANIFEST} names: fetch it again, or if you exported it, "
            f"run {REBUILD}"
        )
    return entry


def record(file: Path) -> Weights:
    """Write a file's size and hash into the manifest beside it."""
    entries = read(file.parent)
    digest, before = sha256(file), entries.get(file.name)
    size = file.stat().st_size
    if before is None:
        after = Weights(name=file.stem, file=file.name, version=1, sha256=digest, bytes=size)
    else:
        changed = {"version": before.version + (digest != before.sha256)}
        after = before.model_copy(update={**changed, "sha256": digest, "bytes": size})
    _write(file.parent, {**entries, file.name: after})
    return after


def publish(part: Path, file: Path) -> None:
    """Put a finished file of weights in its place, and into the manifest if there is one beside."""
    # A mode of 0600, as safetensors sets it, would follow the file into packages and images.
    part.chmod(0o644)
    part.replace(file)
    if (file.parent / MANIFEST).exists():
        record(file)


def rebuild(folder: Path = SHIPPED) -> list[Weights]:
    """Record every file of weights in a folder, and forget those that are gone."""
    files = sorted(folder.glob(f"*{SUFFIX}"))
    names = {file.name for file in files}
    _write(folder, {name: entry for name, entry in read(folder).items() if name in names})
    return [record(file) for file in files]


def _write(folder: Path, entries: dict[str, Weights]) -> None:
    manifest = _Manifest(tuple(entries[name] for name in sorted(entries)))
    part = folder / f"{MANIFEST}.part"
    part.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    part.replace(folder / MANIFEST)
