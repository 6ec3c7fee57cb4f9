"""What a picture's file consists of: everything but the pixels is taken out of it.

Decoders never see comments, text, thumbnails, EXIF, XMP, colour profiles or further frames, so
whatever is hidden or wrong there can do nothing, and cannot leave with the picture either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Format = Literal["JPEG", "PNG", "WEBP", "HEIF"]

MOST_PROFILE = 2 << 20
"""Bytes of a colour profile; those of printing presses reach one megabyte."""


class BrokenError(Exception):
    """The file is not what its first bytes promise."""


@dataclass(frozen=True, slots=True)
class Container:
    """A file without its metadata.

    Attributes:
        format: What it is by its content, and what is to decode it.
        data: Pixels only; for HEIF the file as it came.
        size: Width and height in pixels as they are stored; for HEIF (0, 0).
        orientation: EXIF's tag 274, 1 to 8: how the pixels are to be turned.
        profile: ICC colour profile; empty without one.
        passes: How often the decoder goes over all pixels (a progressive JPEG's scans).
    """

    format: Format
    data: bytes
    size: tuple[int, int] = (0, 0)
    orientation: int = 1
    profile: bytes = b""
    passes: int = 1


def orientation_of(exif: bytes) -> int:
    """The orientation tag of an EXIF block (a TIFF header and what follows), 1 where it has none.

    Reads no other tag: a block of 64 KB can hold thousands that each claim the whole of it.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    if exif[:4] == b"II*\0":
        order: Literal["little", "big"] = "little"
    elif exif[:4] == b"MM\0*":
        order = "big"
    else:
        return 1
    start = int.from_bytes(exif[4:8], order)
    for entry in range(int.from_bytes(exif[start : start + 2], order)):
        at = start + 2 + 12 * entry
        tag, kind = exif[at : at + 2], exif[at + 2 : at + 4]
        if len(kind) < 2:
            break
        if int.from_bytes(tag, order) == 0x0112 and int.from_bytes(kind, order) == 3:
            value = int.from_bytes(exif[at + 8 : at + 10], order)
            return value if 1 <= value <= 8 else 1
    return 1
