"""PNG files, chunk by chunk (https://www.w3.org/TR/png-3/#5DataRep)."""

from __future__ import annotations

import zlib

from generator.photo.container import MOST_PROFILE, BrokenError, Container, orientation_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 20_000
"""A file of 20 MB in the usual 8 KB pieces has 2,500."""


def strip(data: bytes) -> Container:
    """Keep header, palette, transparency and pixels; of an animated PNG that is its still.

    Raises:
        BrokenError: Chunks that end nowhere or are too many, no header, no pixels.
    """
    chunks: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    orientation, profile = 1, b""
    at = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        checksum = data[at + 8 + length : at + 12 + length]
        if len(body) < length or len(checksum) < 4:
            raise BrokenError("chunk")
        at += 12 + length
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT") and (
            zlib.crc32(body, zlib.crc32(kind)) != int.from_bytes(checksum, "big")
        ):
            raise BrokenError("checksum")
        if kind == b"IDAT":
            pixels.append(body)
        elif kind in (b"IHDR", b"PLTE", b"tRNS"):
            chunks.setdefault(kind, body)
        elif kind == b"eXIf":
            orientation = orientation_of(body)
        elif kind == b"iCCP":
            profile = _profile(body)
        elif kind == b"IEND":
            break
    else:
        raise BrokenError("chunks")
    header = chunks.get(b"IHDR", b"")
    if len(header) != 13 or not pixels:
        raise BrokenError("no picture")
    chunks |= {b"IDAT": b"".join(pixels), b"IEND": b""}
    return Container(
        "PNG",
        SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks.items()),
        (int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")),
        orientation,
        profile,
    )


def _profile(body: bytes) -> bytes:
    _, _, packed = body.partition(b"\0")
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed[1:], MOST_PROFILE)
    except zlib.error:
        return b""
    return profile if unpacking.eof else b""


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(kind))
    return b"".join((len(body).to_bytes(4, "big"), kind, body, checksum.to_bytes(4, "big")))
