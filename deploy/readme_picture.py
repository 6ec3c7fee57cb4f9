"""`python -m deploy.readme_picture`: the README's picture, drawn by the shipped weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from generator.art.sheets import sheet
from generator.compositing import background, png
from generator.drawing import specs_of, write_whole
from generator.engine import Engine
from generator.prompt import parse

FIGURES = (
    ("cute girl with pink twintails and cat ears, laughing", 24, "sakura"),
    ("chibi boy with spiky blond hair, smug, green hoodie", 20, "stars"),
    ("Q版女孩，蓝色双马尾，星星眼，和服", 21, "sakura"),
    ("man with brown curly hair, glasses, moustache, suit, wink", 21, "gradient"),
    ("chibi witch with purple side ponytail, wink", 22, "hearts"),
    ("grandpa with a white beard, round glasses, pink sweater", 22, "gradient"),
    ("chibi maid, silver hair, golden eyes", 22, "stars"),
    ("princess with long blonde hair, blue eyes, dark skin", 22, "hearts"),
    ("chibi girl with a blue hijab, shy, school uniform", 24, "gradient"),
    ("狐耳の女の子、オレンジの髪、着物、笑顔", 24, "sakura"),
    ("chibi boy with sunglasses, blue undercut, red hoodie", 22, "stars"),
    ("elf with long green hair, shy, cloak", 22, "hearts"),
)
"""Prompt, seed, background."""
_COLUMNS = 6


def main(file: Path) -> None:
    """All figures, six in a row."""
    specs = [specs_of(parse(text).wish, seed, 1)[0] for text, seed, _ in FIGURES]
    images = [
        background(image, behind, seed=spec.seed)
        for image, spec, (_, _, behind) in zip(
            Engine.load().draw(specs), specs, FIGURES, strict=True
        )
    ]
    write_whole(file, png(sheet(images, columns=_COLUMNS)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/art/readme.png"))
    main(parser.parse_args().out)
