"""A contact sheet of all named styles.

python -m generator.style.contact --out docs/art/styles.png PICTURE...

The pictures in the repository show nobody: a still life and figures, both of our own making. They
come first; those that are given follow.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps

from generator.art.sheets import sheet
from generator.compositing import background
from generator.photo import open_photo
from generator.prompt import parse
from generator.style.still_life import still_life
from generator.style.styles import styles
from generator.style.stylizer import Stylizer

_SIDE, _TILE = 512, 160
_FIGURES = ("girl with long brown hair and glasses, smiling", "man with a short black beard")


def contact_sheet(pictures: Sequence[Image.Image], stylizer: Stylizer) -> Image.Image:
    """One column a picture, one line a style; the first line are the pictures."""
    pictures = [ImageOps.fit(p, (_SIDE, _SIDE), centering=(0.5, 0.3)) for p in pictures]
    tiles, labels = list(pictures), ["picture"] * len(pictures)
    for name in stylizer.names:
        tiles += [stylizer.stylize(picture, name) for picture in pictures]
        labels += [styles()[name].en] * len(pictures)
    # Two blocks beside each other, or the page is a ribbon.
    n, lines = len(pictures), len(stylizer.names) + 1
    left = -(-lines // 2)
    order = [
        (line + half * left) * n + i for line in range(left) for half in (0, 1) for i in range(n)
    ]
    small = [t.resize((_TILE, _TILE), Image.Resampling.LANCZOS).convert("RGBA") for t in tiles]
    empty = Image.new("RGBA", (_TILE, _TILE))
    return sheet(
        [small[i] if i < len(small) else empty for i in order], columns=2 * n,
        labels=[labels[i] if i < len(labels) else "" for i in order],
    )  # fmt: skip


def ours() -> list[Image.Image]:
    """A still life, and figures on a background."""
    from generator.art.figure import draw

    specs = [parse(words).wish.complete(i) for i, words in enumerate(_FIGURES)]
    drawn = [background(draw(s, _SIDE), "gradient", seed=i) for i, s in enumerate(specs)]
    return [still_life(_SIDE), *drawn]


def small(page: Image.Image) -> Image.Image:
    """The page in 256 colours: a third of the bytes."""
    # Only for a palette that is given, Pillow dithers.
    return page.quantize(palette=page.quantize(256), dither=Image.Dither.FLOYDSTEINBERG)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    args = parser.parse_args()
    given = [open_photo(file.read_bytes()) for file in args.pictures]
    stylizer = Stylizer.load(args.weights) if args.weights else Stylizer.load()
    small(contact_sheet([*ours(), *given], stylizer)).save(args.out, optimize=True)


if __name__ == "__main__":
    main()
