"""A pack's manifest: one TOML file that says where a network is, what it eats, and its licence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from generator.errors import PersonError
from generator.packs.address import acceptable

MAX_BYTES = 512 << 20
"""The largest network that is taken."""
MAX_MANIFEST = 256 << 10

Language = Literal["en", "zh-Hans", "zh-Hant", "ja"]
Triple = tuple[float, float, float]


class PackError(PersonError):
    """A pack cannot be had or used; the message says what to do."""


def _is_plain(text: str) -> str:
    # Terminals obey control characters, and right-to-left marks make text read otherwise.
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text):
        raise ValueError("must be plain text, without control characters")
    return text


def _is_url(text: str) -> str:
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError:
        raise ValueError("must be an address, such as https://example.org/network.onnx") from None
    if "@" in url.netloc:
        raise ValueError("must have no password in it")
    if not acceptable(url.scheme, host):
        raise ValueError("must begin with https:// (http:// only for this machine)")
    return text


def _is_beside(text: str) -> str:
    parts = PurePosixPath(text).parts
    if not parts or "\\" in text or ":" in text or text[0] == "/" or ".." in parts:
        raise ValueError("must be a file beside the manifest, without .. in its path")
    return text


def _ascends(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] >= pair[1]:
        raise ValueError("must be two numbers, what black is and what white is: [-1, 1]")
    return pair


Line = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\n]*$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Text = Annotated[Line, AfterValidator(_is_plain)]
Range = Annotated[tuple[float, float], AfterValidator(_ascends)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Input(_Part):
    """What the network is given."""

    size: int = Field(ge=64, le=2048)
    """The longer side, in pixels, that larger pictures are made smaller to."""
    fixed: bool = False
    """The network takes size x size only: other pictures are scaled to fit and filled up."""
    multiple: int = Field(32, ge=1, le=512)
    """Width and height are filled up to multiples of this."""
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    channels: Literal["RGB", "BGR"] = "RGB"
    range: Range = (-1.0, 1.0)
    """What black and white are."""
    mean: Triple | None = None
    """Taken from the channels afterwards, in the network's order of channels."""
    std: Triple | None = None
    """What the channels are divided by then."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.std is not None and min(self.std) <= 0:
            raise ValueError("std must be above 0")
        if self.fixed and self.size % self.multiple:
            raise ValueError("size must be a multiple of multiple")
        return self


class Output(_Part):
    """What the network gives back, of the same width and height."""

    range: Range = (-1.0, 1.0)
    layout: Literal["NCHW", "NHWC"] | None = None
    """As the input's if it is not said."""
    channels: Literal["RGB", "BGR"] | None = None


class PackManifest(_Part):
    """Everything that is known of a pack before it is fetched."""

    name: Name
    """What it is called in commands and files."""
    version: Text = "1"
    format: Literal["onnx", "torchscript"]
    url: Annotated[str, AfterValidator(_is_url)] | None = None
    file: Annotated[str, AfterValidator(_is_beside)] | None = None
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(gt=0, le=MAX_BYTES)
    licence: Text
    """The licence's name."""
    licence_text: Annotated[str, Field(min_length=1, max_length=200_000), AfterValidator(_is_plain)]
    """Shown before anything is fetched."""
    names: dict[Language, Text] = {}
    """What people call the style, by language."""
    input: Input
    output: Output = Output()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.url is None) == (self.file is None):
            raise ValueError("give either url or file")
        return self

    def title(self, language: Language) -> str:
        """The style's name for people; English, then the plain name, where there is none."""
        return self.names.get(language) or self.names.get("en") or self.name


def read_text(file: Path) -> bytes:
    """The bytes of a manifest.

    Raises:
        PackError: It is not there, or too large.
    """
    try:
        with file.open("rb") as data:
            text = data.read(MAX_MANIFEST + 1)
    except OSError as error:
        raise PackError(f"{file} cannot be read: {error.strerror}") from error
    if len(text) > MAX_MANIFEST:
        raise PackError(f"{file} is larger than {MAX_MANIFEST >> 10} KB: is it a manifest?")
    return text


def parse(text: bytes, file: Path) -> PackManifest:
    """Read a manifest's bytes.

    Args:
        text: Of the file.
        file: For the messages.

    Raises:
        PackError: It is not TOML, or has an entry that is wrong.
    """
    try:
        return PackManifest.model_validate(tomllib.loads(text.decode()))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = "".join(f"{part}: " for part in first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise PackError(f"{file.name}: {where}{reason[:1].lower()}{reason[1:]}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise PackError(f"{file} is not TOML: {error}") from error
