"""JPEG files, segment by segment (ITU-T T.81, annex B; EXIF 2.3, 4.5.4; ICC.1:2022, annex B.4)."""

from __future__ import annotations

import re

from generator.photo.container import MOST_PROFILE, BrokenError, Container, orientation_of

_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_STANDALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_FRAMES = frozenset((0xC0, 0xC1, 0xC2, 0xC9, 0xCA))
"""Baseline, extended and progressive, Huffman and arithmetic: what libjpeg-turbo decodes."""
_OTHER_FRAMES = frozenset((0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xCB, 0xCD, 0xCE, 0xCF))
_TABLES = frozenset((0xC4, 0xCC, 0xDB, 0xDD))
_SCAN, _END = 0xDA, 0xD9
_MOST_SEGMENTS = 10_000
_MARKER = re.compile(rb"\xff[\x01-\xfe]")
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Inside a scan FF 00 is data, FF D0 to FF D7 are restart markers and FF FF is padding."""
_ICC = b"ICC_PROFILE\x00"


def strip(data: bytes) -> Container:
    """Keep the tables, the frame and its scans.

    Raises:
        BrokenError: Segments that end nowhere, no frame, two frames, no scan.
    """
    kept = [b"\xff\xd8", _JFIF] if data[6:10] == b"JFIF" else [b"\xff\xd8"]
    size, orientation, scans = (0, 0), 0, 0
    profile: dict[int, bytes] = {}
    at = 2
    for _ in range(_MOST_SEGMENTS):
        begin = _MARKER.search(data, at)
        if begin is None:
            raise BrokenError("no end")
        at, marker = begin.start(), data[begin.start() + 1]
        if marker == _END:
            break
        if marker in _STANDALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at : at + 2 + length]
        body = segment[4:]
        if length < 2 or len(segment) < 2 + length or marker in _OTHER_FRAMES:
            raise BrokenError("segment")
        at += 2 + length
        if marker in _TABLES or (marker == 0xEE and body.startswith(b"Adobe")):
            kept.append(segment)
        elif marker in _FRAMES:
            if size != (0, 0) or len(body) < 6:
                raise BrokenError("frames")
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            size = width, height
            kept.append(segment)
        elif marker == _SCAN:
            scans += 1
            found = _NEXT_MARKER.search(data, at)
            end = found.start() if found else len(data)
            kept += (segment, data[at:end])
            at = end
        elif marker == 0xE1 and body.startswith(b"Exif\0\0"):
            orientation = orientation or orientation_of(body)
        elif marker == 0xE2 and body.startswith(_ICC) and len(body) > 14:
            profile[body[12]] = body[14:]
    else:
        raise BrokenError("segments")
    if size == (0, 0) or not scans:
        raise BrokenError("no picture")
    whole = b"".join(profile[number] for number in sorted(profile))
    return Container(
        "JPEG",
        b"".join((*kept, b"\xff\xd9")),
        size,
        orientation or 1,
        whole if len(whole) <= MOST_PROFILE else b"",
        scans,
    )
