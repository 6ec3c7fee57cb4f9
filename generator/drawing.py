"""From a wish to files: complete specs, drawn, on backgrounds, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from PIL import Image

from generator.compositing import BACKGROUNDS, background, grid, png
from generator.errors import PersonError
from generator.spec import AvatarSpec

if TYPE_CHECKING:
    from generator.wish import Wish

_BATCH = 8


class Size(StrEnum):
    """Pixels of what is drawn, as command lines offer them."""

    small = "256"
    large = "512"


class Style(StrEnum):
    """Of figures, as command lines offer them."""

    moe = "moe"
    chibi = "chibi"


def _named_colour(name: str) -> str:
    """A colour in words of four languages ("light blue", "粉色") as #rrggbb; all else stays."""
    from generator.prompt import colour

    return name if name in BACKGROUNDS else colour(name) or name


Behind = Annotated[
    str,
    typer.Option(
        "--background", help="transparent, gradient, sakura, stars, hearts or a colour.",
        callback=_named_colour,
    ),
]  # fmt: skip
"""What is behind a figure, as command lines take it."""


@dataclass(frozen=True)
class Order:
    """What somebody wants drawn. `seed` None: a fresh one."""

    wish: Wish
    seed: int | None
    count: int
    size: int
    style: str | None
    background: str


@dataclass(frozen=True)
class Drawn:
    seed: int
    specs: tuple[AvatarSpec, ...]
    files: tuple[Path, ...]


def specs_of(wish: Wish, seed: int, count: int, style: str | None = None) -> tuple[AvatarSpec, ...]:
    """The figures of a wish: picture i of a seed is always the same figure, as in a chat."""
    if style is not None:
        wish = wish.model_copy(update={"style": style})
    return wish.candidates(seed, count)


def draw_files(order: Order, output: Path) -> Drawn:
    """Draw an order into one file (a grid) or, where the name holds {i}, a file a picture.

    Raises:
        PersonError: The folder does not exist, the name is not a PNG's, the background is unknown.
    """
    check_target(output, order.background)
    seed = order.seed if order.seed is not None else fresh_seed()
    specs = specs_of(order.wish, seed, order.count, order.style)
    return Drawn(seed, specs, write_figures(specs, output, order.size, order.background))


def fresh_seed() -> int:
    """A seed for somebody who named none."""
    return secrets.randbits(32)


def check_target(output: Path, behind: str) -> None:
    """What is known to fail is said before anything is drawn.

    Raises:
        PersonError: The folder does not exist, the name is not a PNG's, the background is unknown.
    """
    if output.suffix.lower() != ".png":
        raise PersonError(f"pictures are PNG files: call it {output.with_suffix('.png')}")
    if not output.parent.is_dir():
        raise PersonError(f"there is no folder {output.parent}: make it first")
    background(Image.new("RGBA", (8, 8)), behind)


def write_figures(
    specs: Sequence[AvatarSpec], output: Path, size: int, behind: str
) -> tuple[Path, ...]:
    """Draw figures into one file (a grid) or, where the name holds {i}, a file a figure."""
    from generator.engine import Engine  # torch takes a second: only when there is work for it

    engine = Engine.load()
    images: list[Image.Image] = []
    for first in range(0, len(specs), _BATCH):
        images += engine.draw(specs[first : first + _BATCH], size)
    images = [
        background(image, behind, seed=spec.seed) for image, spec in zip(images, specs, strict=True)
    ]
    if "{i}" in output.name:
        files = tuple(
            output.with_name(output.name.replace("{i}", str(i + 1))) for i in range(len(images))
        )
    else:
        files, images = (output,), [grid(images)]
    for file, image in zip(files, images, strict=True):
        write_whole(file, png(image))
    return files


def write_whole(file: Path, data: bytes) -> None:
    """Write next to the file, then rename: nobody ever sees half of it."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PersonError(f"{file} cannot be written: {error.strerror}") from error
