"""Pictures through `open_photo`: what is accepted comes out upright, in colour, and clean."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFilter

from generator.errors import PersonError
from generator.photo import MAX_BYTES, REFUSALS, SIDE, PhotoError, open_photo
from tests.photo import fuzz
from tests.photo.pictures import (
    MARKER,
    encoded,
    exif,
    gossiping,
    png_chunk,
    scene,
    with_jpeg_segment,
    with_png_chunk,
)

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


def like(image: Image.Image, expected: Image.Image, tolerance: float = 12) -> bool:
    """Whether the corners look alike; between them lossy formats blur."""
    if image.size != expected.size:
        return False
    small = [np.asarray(i.resize((2, 2), Image.Resampling.BOX), float) for i in (image, expected)]
    return bool(np.abs(small[0] - small[1]).max() <= tolerance)


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(data)
    assert isinstance(caught.value, PersonError)
    assert str(caught.value) == REFUSALS[caught.value.key].format(**caught.value.params)
    return caught.value.key


@pytest.mark.parametrize("form", FORMATS)
def test_formats_are_told_by_content(form: str) -> None:
    image = open_photo(encoded(scene(), form))
    assert image.mode == "RGB"
    assert like(image, scene())


@pytest.mark.parametrize(
    ("form", "mode"),
    [("JPEG", "L"), ("JPEG", "CMYK")]
    + [("PNG", m) for m in ("1", "L", "LA", "P", "RGBA", "I;16")]
    + [("WEBP", "RGBA"), ("HEIF", "L"), ("HEIF", "RGBA")],
)
def test_modes(form: str, mode: str) -> None:
    if mode == "I;16":
        grey = np.asarray(scene(mode="L")).astype(np.uint16) * 257
        source, expected = Image.fromarray(grey), scene(mode="L")
    else:
        source = scene(mode=mode)
        expected = source
    image = open_photo(encoded(source, form))
    assert like(image, expected.convert("RGB"), 16)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "HEIF"])
def test_transparency_is_white(form: str) -> None:
    figure = scene(mode="RGBA")
    figure.paste((0, 0, 0, 0), (0, 0, 48, 32))
    corner = open_photo(encoded(figure, form)).getpixel((8, 8))
    assert min(corner) > 240


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_a_transparent_colour_is_white(mode: str) -> None:
    source = scene(mode=mode)
    data = encoded(source, "PNG", transparency=source.getpixel((8, 8)))
    assert open_photo(data).getpixel((8, 8)) == (255, 255, 255)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations(form: str, orientation: int) -> None:
    upright = scene()
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    assert like(open_photo(encoded(stored, form, exif=exif(orientation))), upright)


@pytest.mark.parametrize(
    "block", [b"", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0\xff\xff\xff\xff"]
)
def test_a_broken_orientation_is_none(block: bytes) -> None:
    data = with_jpeg_segment(encoded(scene(), "JPEG"), 0xE1, b"Exif\0\0" + block)
    assert like(open_photo(data), scene())


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation(form: str) -> None:
    others = [scene().filter(ImageFilter.GaussianBlur(9)), Image.new("RGB", (96, 64))]
    data = encoded(scene(), form, save_all=True, append_images=others, duration=40)
    assert like(open_photo(data), scene())


def test_large_pictures_are_scaled_down() -> None:
    for form in FORMATS:
        assert open_photo(encoded(scene(2000, 1000), form)).size == (SIDE, SIDE // 2)
    assert open_photo(encoded(scene(), "JPEG")).size == (96, 64)


def test_colours_are_srgb_afterwards() -> None:
    """The same colour in a profile with red and green swapped is another one in sRGB."""
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = swapped.find(b"rXYZ"), swapped.find(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    for form in ("JPEG", "PNG", "WEBP"):
        red_one = Image.new("RGB", (64, 64), (255, 0, 0))
        r, g, _ = open_photo(encoded(red_one, form, icc_profile=bytes(swapped))).getpixel((9, 9))
        assert g > 200 > 60 > r, form


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_the_file_but_its_pixels_leaves(form: str) -> None:
    image = open_photo(gossiping(form))
    assert like(image, scene())
    assert not image.info
    assert not image.getexif()
    for out in ("PNG", "JPEG", "WEBP", "GIF", "TIFF"):
        file = io.BytesIO()
        image.save(file, out)
        assert MARKER not in file.getvalue(), out
        with Image.open(io.BytesIO(file.getvalue())) as again:
            left = {"exif", "icc_profile", "comment", "xmp", "Comment", "photoshop"}
            assert not left & again.info.keys(), out


def test_a_thumbnail_and_what_follows_the_picture_do_not_leave() -> None:
    data = with_jpeg_segment(encoded(scene(), "JPEG"), 0xE0, b"JFXX\0\x10" + MARKER) + MARKER
    file = io.BytesIO()
    open_photo(data).save(file, "JPEG")
    assert MARKER not in file.getvalue()


@pytest.mark.parametrize("form", FORMATS)
def test_truncated(form: str) -> None:
    data = encoded(scene(), form)
    for share in (0.1, 0.5, 0.9):
        assert refusal(data[: int(len(data) * share)]) in ("photo.broken", "photo.format")


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + bytes(50), b"<svg/>", b"%PDF-1.7", b"hello", bytes(1000),
     b"\0\0\0\x20ftypmp42", b"RIFF\0\0\0\0WAVE"],
)  # fmt: skip
def test_other_files(data: bytes) -> None:
    assert refusal(data) == "photo.format"


def test_too_big_and_too_small() -> None:
    assert refusal(bytes(MAX_BYTES + 1)) == "photo.too_big"
    assert refusal(encoded(scene(20, 20), "PNG")) == "photo.too_small"
    assert refusal(encoded(Image.new("RGB", (16000, 40)), "JPEG")) == "photo.too_small"


def claimed(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds a few zeros."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def test_bombs_are_refused_unopened() -> None:
    assert refusal(claimed(60_000, 60_000)) == "photo.too_many_pixels"
    webp = bytearray(encoded(scene(), "WEBP", lossless=True))
    at = webp.find(b"VP8L") + 9
    webp[at : at + 4] = b"\xff\xff\xff\x0f"
    assert refusal(bytes(webp)) == "photo.too_many_pixels"
    jpeg = bytearray(encoded(scene(), "JPEG"))
    at = jpeg.find(b"\xff\xc0") + 5
    jpeg[at : at + 4] = b"\xff\xff\xff\xff"
    assert refusal(bytes(jpeg)) == "photo.too_many_pixels"


def test_bombs_in_metadata_are_never_unpacked() -> None:
    packed = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    plain = encoded(scene(), "PNG")
    for kind in (b"zTXt", b"iCCP"):
        assert like(open_photo(with_png_chunk(plain, png_chunk(kind, packed))), scene())
    # Every one of these tags claims the whole block.
    tags = b"".join(struct.pack("<HHII", 300 + i, 1, 60_000, 8) for i in range(5000))
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 5000) + tags
    assert like(open_photo(with_jpeg_segment(encoded(scene(), "JPEG"), 0xE1, block)), scene())


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(scene(), "JPEG", progressive=True)
    last = data[data.rfind(b"\xff\xda") : -2]
    assert refusal(data[:-2] + last * 30 + data[-2:]) == "photo.broken"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**40))
def test_mutated_files_are_opened_or_refused(number: int) -> None:
    assert fuzz.attempt(number) in {"opened", *REFUSALS}


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic"]
    ),
    st.binary(max_size=300),
)
def test_anything_behind_a_signature(signature: bytes, rest: bytes) -> None:
    with pytest.raises(PhotoError):
        open_photo(signature + rest)


def test_heic_is_loaded_only_when_it_is_needed() -> None:
    code = (
        "import sys; from generator.photo import open_photo; "
        "open_photo(sys.stdin.buffer.read()); "
        "print([m for m in ('pillow_heif', 'numpy', 'mediapipe', 'torch') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], input=encoded(scene(), "JPEG"), capture_output=True
    )
    assert answer.stdout.strip() == b"[]", answer.stderr
