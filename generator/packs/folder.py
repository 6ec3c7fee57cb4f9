"""The folder where packs live: NAME.toml, and the network beside it under its hash.

A pack is there when its manifest is: the network is put into its place first, and the manifest's
renaming is the one moment when a new pack, or a new version, begins.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.manifest import sha256
from generator.packs.fetch import Progress, fetch
from generator.packs.manifest import Language, PackError, PackManifest, parse, read_text
from generator.packs.style import PhotoStyle
from generator.packs.trial import Trial, load, trial

log = logging.getLogger(__name__)
_SUFFIX = {"onnx": "onnx", "torchscript": "pt"}


def default_folder() -> Path:
    """MOEMOJI_PACKS, or `packs` where the program was started."""
    return Path(os.environ.get("MOEMOJI_PACKS") or "packs")


def torchscript_trusted() -> bool:
    """Whether MOEMOJI_PACKS_TORCHSCRIPT allows programs, which TorchScript networks are."""
    return os.environ.get("MOEMOJI_PACKS_TORCHSCRIPT", "").lower() in ("1", "true", "yes", "on")


@dataclass(frozen=True)
class Pack:
    """A pack in the folder."""

    manifest: PackManifest
    file: Path

    @property
    def name(self) -> str:
        """As in commands; unique in the folder."""
        return self.manifest.name

    def title(self, language: Language) -> str:
        """As people call it."""
        return self.manifest.title(language)

    def check(self) -> None:
        """Refuse a network that is not there, is another, or may not be loaded here.

        Raises:
            PackError: So it is; the message says what to do.
        """
        _allow(self.manifest)
        if not self.whole():
            raise PackError(
                f"{self.file} is not the one of its manifest, or gone: pull the pack again (python "
                "-m generator models pull)"
            )

    def whole(self) -> bool:
        """Whether the network is there and has the manifest's hash."""
        return (
            self.file.is_file()
            and self.file.stat().st_size == self.manifest.bytes
            and sha256(self.file) == self.manifest.sha256
        )

    def load(self) -> PhotoStyle:
        """The network, ready to paint.

        Raises:
            PackError: It is not the file that was pulled, or cannot be loaded here.
        """
        self.check()
        return load(self.manifest, self.file)

    def verify(self) -> Trial:
        """Check the file, and let it paint in a process of its own.

        Raises:
            PackError: Something is wrong with it.
        """
        self.check()
        return trial(self.manifest, self.file)


def packs(folder: Path | None = None) -> list[Pack]:
    """The packs of a folder, by name; those that cannot be read are logged and left out.

    Nothing is loaded, hashed or fetched: this is cheap.
    """
    found = []
    for _, pack in examine(folder or default_folder()):
        if isinstance(pack, Pack):
            found.append(pack)
        else:
            log.warning("pack left out: %s", pack)
    return found


def examine(folder: Path) -> Iterator[tuple[str, Pack | PackError]]:
    """Every manifest of a folder by its file's name: the pack, or what is wrong with it."""
    for file in sorted(folder.glob("*.toml")):
        try:
            manifest = parse(read_text(file), file)
            if manifest.name != file.stem:
                raise PackError(f"{file} is the manifest of {manifest.name}: pull it instead")
            yield file.stem, Pack(manifest, _place(folder, manifest))
        except PackError as error:
            yield file.stem, error


def install(
    source: Path, folder: Path, accept: Callable[[PackManifest], None], progress: Progress
) -> tuple[Pack, Trial]:
    """Fetch, check and try the network of a manifest, then make it a pack of the folder.

    Nothing of a network that is refused stays, and an earlier version stays as it is.

    Args:
        source: A manifest.
        folder: Where packs live; made if it is not there.
        accept: Shows the licence; raises a PackError if it is not accepted.
        progress: Called with the bytes that are there.

    Raises:
        PackError: It is refused; the message says why, and what to do.
    """
    text = read_text(source)
    manifest = parse(text, source)
    _allow(manifest)
    accept(manifest)
    _make_room(folder, manifest.bytes)
    pack = Pack(manifest, _place(folder, manifest))
    if pack.whole():
        tried = trial(manifest, pack.file)
    else:
        part = folder / f".{pack.file.name}.part"
        fetch(manifest, source.parent, part, progress)
        try:
            tried = trial(manifest, part)
            part.replace(pack.file)
        finally:
            part.unlink(missing_ok=True)
    listed = folder / f"{manifest.name}.toml"
    _put(listed, text)
    for file in (*folder.glob(f"{manifest.name}.*"), *folder.glob(f".{manifest.name}.*.part")):
        if file not in (pack.file, listed):
            file.unlink()
    return pack, tried


def _make_room(folder: Path, size: int) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise PackError(f"{folder} cannot be made: {error.strerror}") from error
    if free < size:
        raise PackError(f"{folder} has no room for {size / 1e6:.1f} MB: make some")


def _allow(manifest: PackManifest) -> None:
    if manifest.format == "torchscript" and not torchscript_trusted():
        raise PackError(
            f"{manifest.name} is TorchScript, a program that runs with the worker's rights: find "
            "it as ONNX, or set MOEMOJI_PACKS_TORCHSCRIPT=true if you trust whoever made it"
        )


def _place(folder: Path, manifest: PackManifest) -> Path:
    return folder / f"{manifest.name}.{manifest.sha256[:16]}.{_SUFFIX[manifest.format]}"


def _put(file: Path, text: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(text)
    part.replace(file)
