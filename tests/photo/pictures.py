"""Pictures as files: what phones, cameras, editors and attackers make."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, PngImagePlugin
from pillow_heif import from_pillow

MARKER = b"Planted-by-somebody"
"""Text that metadata carries, and nothing that leaves may."""


def scene(width: int = 96, height: int = 64, mode: str = "RGB") -> Image.Image:
    """A red upper left, a green upper right, a blue lower left and a white lower right."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 2, : width // 2] = (220, 30, 30)
    pixels[: height // 2, width // 2 :] = (30, 160, 30)
    pixels[height // 2 :, : width // 2] = (30, 30, 220)
    return Image.fromarray(pixels).convert(mode)


def exif(orientation: int) -> bytes:
    """An EXIF block with an orientation, a description and a place."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010E] = MARKER.decode()
    block.get_ifd(0x8825)[1] = "N"
    return block.tobytes()


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The image as a JPEG, PNG, WEBP or HEIF file."""
    file = io.BytesIO()
    if form == "HEIF":
        from_pillow(image).save(file, **options)
    else:
        image.save(file, form, **options)
    return file.getvalue()


def profile() -> bytes:
    """An sRGB profile whose description is the marker."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARKER


def gossiping(form: str) -> bytes:
    """A file with the marker in every kind of metadata that its format has."""
    image, text = scene(), MARKER.decode()
    told: dict[str, object] = {"exif": exif(1), "icc_profile": profile()}
    if form == "JPEG":
        told |= {"comment": MARKER, "xmp": b"<x:xmpmeta>" + MARKER}
    elif form == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", text)
        info.add_text("Packed", text, zip=True)
        info.add_itxt("XML:com.adobe.xmp", text)
        info.add(b"teXt", MARKER)
        told["pnginfo"] = info
    else:
        told["xmp"] = b"<x:xmpmeta>" + MARKER
    data = encoded(image, form, **told)
    assert MARKER in data
    return data


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_png_chunk(data: bytes, chunk: bytes) -> bytes:
    """The PNG with a chunk behind its header."""
    return data[:33] + chunk + data[33:]


def with_jpeg_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """The JPEG with a segment at its beginning."""
    return data[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]
