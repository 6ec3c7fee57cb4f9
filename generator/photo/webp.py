"""WEBP files, chunk by chunk (RFC 9649)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.photo.container import MOST_PROFILE, BrokenError, Container, orientation_of

_MOST_CHUNKS = 10_000
_ALPHA = 0x10


def strip(data: bytes) -> Container:
    """Keep pixels and transparency; of an animation the first frame.

    Raises:
        BrokenError: Chunks that end nowhere, no picture.
    """
    orientation, profile = 1, b""
    picture: dict[bytes, bytes] = {}
    for kind, body in _chunks(data[12:]):
        if kind in (b"VP8 ", b"VP8L", b"ALPH"):
            picture.setdefault(kind, body)
        elif kind == b"ANMF" and not picture:
            picture = {k: b for k, b in _chunks(body[16:]) if k in (b"VP8 ", b"VP8L", b"ALPH")}
        elif kind == b"EXIF":
            orientation = orientation_of(body)
        elif kind == b"ICCP" and len(body) <= MOST_PROFILE:
            profile = body
    if lossless := picture.get(b"VP8L"):
        size = _lossless_size(lossless)
        chunks = _chunk(b"VP8L", lossless)
    elif lossy := picture.get(b"VP8 "):
        size = _lossy_size(lossy)
        chunks = _chunk(b"VP8 ", lossy)
        if alpha := picture.get(b"ALPH"):
            canvas = b"".join((n - 1).to_bytes(3, "little") for n in size)
            extended = _chunk(b"VP8X", bytes((_ALPHA, 0, 0, 0)) + canvas)
            chunks = extended + _chunk(b"ALPH", alpha) + chunks
    else:
        raise BrokenError("no picture")
    whole = b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks
    return Container("WEBP", whole, size, orientation, profile)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if len(body) < length:
            raise BrokenError("chunk")
        yield data[at : at + 4], body
        at += 8 + length + length % 2
    raise BrokenError("chunks")


def _lossless_size(body: bytes) -> tuple[int, int]:
    if len(body) < 5 or body[0] != 0x2F:
        raise BrokenError("header")
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _lossy_size(body: bytes) -> tuple[int, int]:
    if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":
        raise BrokenError("header")
    width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
    if not width & 0x3FFF or not height & 0x3FFF:
        raise BrokenError("size")
    return width & 0x3FFF, height & 0x3FFF


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
