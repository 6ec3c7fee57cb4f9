"""Pictures that somebody names in a line: paths among the words."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from bot.core.events import Picture
from bot.core.refusals import RefusalError

_TOKEN = re.compile(r'"([^"]+)"|\'([^\']+)\'|(\S+)')
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})


def pictures_in(words: str) -> tuple[str, tuple[Picture, ...]]:
    """What remains of the words without the paths, and the pictures of those.

    Raises:
        RefusalError: if what looks like a picture's name is not there.
    """
    found: list[Picture] = []

    def taken(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        path = Path(name).expanduser()
        if path.suffix.lower() not in _SUFFIXES:
            return match[0]
        found.append(picture_at(path))
        return ""

    rest = _TOKEN.sub(taken, words)
    return " ".join(rest.split()), tuple(found)


def picture_at(path: Path) -> Picture:
    """The picture in a file.

    Raises:
        RefusalError: if there is no such file.
    """
    if not path.is_file():
        raise RefusalError("no_file", file=str(path)[:100])
    return Picture(
        lambda: asyncio.to_thread(path.read_bytes),
        path.stat().st_size,
        address=str(path.absolute()),
    )
