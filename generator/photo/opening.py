"""From the bytes that somebody sent to upright RGB pixels, with bounded time and memory."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image, ImageCms

from generator.photo import jpeg, png, webp
from generator.photo.container import BrokenError, Container, Format
from generator.photo.errors import PhotoError

MAX_BYTES = 20_000_000
"""As much as a Telegram bot can download."""
MAX_PIXELS: dict[Format, int] = {
    "JPEG": 25_000_000, "HEIF": 25_000_000, "PNG": 16_800_000, "WEBP": 16_800_000
}  # fmt: skip
"""What phones take; for the others 4096 x 4096. Decoding that many takes up to 400 MB."""
MAX_PIXELS_ONE_PASS = 50_000_000
"""A JPEG of one scan is scaled down while it is decoded, so that it may be larger."""
_MAX_PASSES = 20
"""Scans of a JPEG; progressive ones have 10 or so, and each goes over the whole picture."""
MIN_SIDE = 32
SIDE = 1600
"""The longer side of what is returned, in pixels, at most."""

_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
"""ISO/IEC 23008-12, annex B."""
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF 2.3, 4.6.4.A: how to set upright what was stored with that orientation."""


def open_photo(data: bytes) -> Image.Image:
    """Open a picture that a stranger sent.

    Args:
        data: A JPEG, PNG, WEBP or HEIC file, told by its content.

    Returns:
        An upright RGB image in sRGB without any metadata, at most `SIDE` pixels a side; what was
        transparent is white, of an animation it is the first frame.

    Raises:
        PhotoError: It is refused; the message says what to do.
    """
    if len(data) > MAX_BYTES:
        raise PhotoError("photo.too_big", megabytes=MAX_BYTES // 1_000_000)
    try:
        container = _container(data)
    except BrokenError as error:
        raise PhotoError("photo.broken") from error
    if container.format != "HEIF":
        _check(container, container.size)
    try:
        with _opened(container) as opened:
            if opened.size != container.size:
                _check(container, opened.size)
            return _finished(opened, container)
    except (PhotoError, MemoryError):
        raise
    # Decoders raise whatever their authors came across: all of it means that the file is broken.
    except Exception as error:
        raise PhotoError("photo.broken") from error


def _container(data: bytes) -> Container:
    if data.startswith(b"\xff\xd8\xff"):
        return jpeg.strip(data)
    if data.startswith(png.SIGNATURE):
        return png.strip(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return webp.strip(data)
    if data[4:8] == b"ftyp":
        brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
        if not _BRANDS.isdisjoint(brands[i : i + 4] for i in range(0, len(brands), 4)):
            return Container("HEIF", data)
    raise PhotoError("photo.format")


def _check(container: Container, size: tuple[int, int]) -> None:
    one_pass = container.format == "JPEG" and container.passes == 1
    most = MAX_PIXELS_ONE_PASS if one_pass else MAX_PIXELS[container.format]
    if size[0] * size[1] > most:
        raise PhotoError("photo.too_many_pixels", megapixels=most // 1_000_000)
    if container.passes > _MAX_PASSES:
        raise PhotoError("photo.broken")
    longer, shorter = max(size), min(size)
    if shorter * min(1, SIDE / max(longer, 1)) < MIN_SIDE:
        raise PhotoError("photo.too_small", pixels=MIN_SIDE)


def _opened(container: Container) -> Image.Image:
    file = io.BytesIO(container.data)
    if container.format != "HEIF":
        return Image.open(file, formats=(container.format,))
    try:
        from pillow_heif import HeifImageFile
    except ImportError as error:
        raise PhotoError("photo.heic") from error
    read: Callable[[io.BytesIO], Image.Image] = HeifImageFile
    return read(file)


def _finished(opened: Image.Image, container: Container) -> Image.Image:
    profile = container.profile or opened.info.get("icc_profile") or b""
    target = _fitting(opened.size)
    opened.draft(None, target)
    opened.load()
    image = _eight_bits(opened)
    if image.size != target:
        image = image.resize(target, Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(_on_white(image), profile)
    if container.orientation in _TRANSPOSE:
        image = image.transpose(_TRANSPOSE[container.orientation])
    fresh = Image.new("RGB", image.size)
    fresh.paste(image)
    return fresh


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _eight_bits(image: Image.Image) -> Image.Image:
    """One of the modes L, RGB, RGBA and CMYK, which can be resized."""
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip at 255
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they are meant; a profile that is damaged or of another kind is left aside."""
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            given = ImageCms.getOpenProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, given, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")
