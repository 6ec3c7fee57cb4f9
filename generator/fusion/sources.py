"""What somebody names as a source of a blend: a picture, a photo, a spec in a file, or words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from generator import prompt
from generator.errors import PersonError
from generator.spec import AvatarSpec

if TYPE_CHECKING:
    from PIL import Image

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".heic", ".heif"})
SPECS = frozenset({".json"})
SELFIE = "selfie:"
"""Begins the name of a photo. It has to be said, since MediaPipe finds drawn faces as well."""


class SourceError(PersonError):
    """A source that is not there or not readable; the message says what to do."""


def figure_of(text: str, *, seed: int, read: Callable[[Image.Image], AvatarSpec]) -> AvatarSpec:
    """The figure that a source names.

    Args:
        text: The path of a drawn picture or of a JSON file, "selfie:" and the path of a photo, else
            a prompt.
        seed: Completes a prompt or what a photo shows; the same twice are the same figure.
        read: Reads a picture, see `generator.fusion.extraction.Reader`.

    Raises:
        SourceError: A file of that name does not exist or holds no spec.
        PersonError: The picture cannot be opened, or shows nothing.
    """
    if text.lower().startswith(SELFIE):
        return person_in(text[len(SELFIE) :].strip(), seed)
    suffix = Path(text).suffix.lower()
    if suffix in SPECS:
        return spec_in(_bytes(Path(text)), text)
    if suffix in PICTURES:
        from generator.photo import open_photo

        return read(open_photo(_bytes(Path(text))))
    return prompt.parse(text).wish.complete(seed)


def person_in(file: str, seed: int) -> AvatarSpec:
    """The likeliest figure of the largest face in a photo.

    Raises:
        SourceError: There is no such file, or nobody in it.
        PersonError: It cannot be opened, or MediaPipe is not installed.
    """
    from generator.faces import load_reader
    from generator.photo import open_photo
    from generator.selfie import candidates, read_selfie

    faces = load_reader().read(open_photo(_bytes(Path(file))))
    if not faces.found:
        raise SourceError(
            f"no face was found in {file}: give a photo that shows one from the front"
        )
    return candidates(read_selfie(faces, faces.found[0]), seed=seed, count=1)[0]


def spec_in(data: bytes, name: str) -> AvatarSpec:
    """The spec in a JSON file: itself, or the first that `draw --json` or `encode --json` prints.

    Raises:
        SourceError: There is none.
    """
    try:
        found = json.loads(data)
        if isinstance(found, dict) and "specs" in found:
            found = found["specs"][0]
        elif isinstance(found, dict) and "spec" in found:
            found = found["spec"]
        return AvatarSpec.model_validate(found)
    except (ValueError, RecursionError, LookupError, TypeError, ValidationError) as error:
        raise SourceError(
            f"{name} holds no avatar: give what draw --json or encode --json prints"
        ) from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror}") from error
