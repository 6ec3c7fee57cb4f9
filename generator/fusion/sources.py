"""What somebody names as a source of a blend: a picture, a spec in a file, or words."""

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


class SourceError(PersonError):
    """A source that is not there or not readable; the message says what to do."""


def figure_of(text: str, *, seed: int, read: Callable[[Image.Image], AvatarSpec]) -> AvatarSpec:
    """The figure that a source names.

    Args:
        text: The path of a picture or of a JSON file, else a prompt.
        seed: Completes a prompt; the same prompt and seed are the same figure.
        read: Reads a picture, see `generator.fusion.extraction.Reader`.

    Raises:
        SourceError: A file of that name does not exist or holds no spec.
        PersonError: The picture cannot be opened, or shows nothing.
    """
    suffix = Path(text).suffix.lower()
    if suffix in SPECS:
        return spec_in(_bytes(Path(text)), text)
    if suffix in PICTURES:
        from generator.photo import open_photo

        return read(open_photo(_bytes(Path(text))))
    return prompt.parse(text).wish.complete(seed)


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
