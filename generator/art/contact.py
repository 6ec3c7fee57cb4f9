"""Contact sheets of the whole library: every level of every attribute, in both styles.

python -m generator.art.contact --out docs/art
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from generator.art.figure import draw
from generator.art.sheets import sheet
from generator.spec import (
    ACCESSORIES,
    EYE_COLOURS,
    HAIR_COLOURS,
    OUTFIT_COLOURS,
    SKIN_TONES,
    SLIDERS,
    VOCABULARY,
    AvatarSpec,
)
from generator.wish import Wish

LIMIT = 500_000
"""Bytes of one sheet at most."""
STYLES = VOCABULARY["style"]
Figure = tuple[str, AvatarSpec]


def _spec(**values: Any) -> AvatarSpec:
    return AvatarSpec.model_validate(values)


_CAST: tuple[dict[str, Any], ...] = (
    {"hair": "bob", "hair_colour": "dark_brown", "outfit": "sailor", "outfit_colour": "navy"},
    {"hair": "short_crop", "fringe": "swept", "hair_colour": "black", "presentation": "boy",
     "outfit": "hoodie", "outfit_colour": "green", "eye_colour": "grey"},
    {"hair": "long_wavy", "hair_colour": "pink", "outfit": "dress", "outfit_colour": "mint",
     "eye_colour": "purple", "fringe": "wispy"},
    {"hair": "box_braids", "hair_colour": "white", "outfit": "cloak", "outfit_colour": "purple",
     "eye_colour": "cyan", "presentation": "neutral"},
)  # fmt: skip
"""Who stands model where one figure is not enough."""


def _figures(attribute: str, levels: Iterable[str], **base: Any) -> Iterator[Figure]:
    for i, level in enumerate(levels):
        yield level, _spec(**{"seed": 11 + i, **base, attribute: level})


def _hair(style: str) -> Iterator[Figure]:
    colours = tuple(HAIR_COLOURS)
    for i, level in enumerate(VOCABULARY["hair"]):
        fringe = VOCABULARY["fringe"][(i * 4 + 1) % 9]
        yield level, _spec(
            style=style, hair=level, fringe=fringe, hair_colour=colours[(i * 7 + 3) % 15], seed=i,
            accessory_colour=tuple(OUTFIT_COLOURS)[i % 14], eye_colour="blue",
        )  # fmt: skip


def _outfits(style: str) -> Iterator[Figure]:
    for i, level in enumerate(VOCABULARY["outfit"]):
        colour, other = (tuple(OUTFIT_COLOURS)[(i * 5 + k) % 14] for k in (3, 8))
        base = {"style": style, "outfit": level, "hair": "bob", "seed": i}
        yield f"{level} {colour}", _spec(**base, outfit_colour=colour)
        boy = base | {"presentation": "boy", "hair": "short_crop", "fringe": "swept"}
        yield f"{level} white", _spec(**boy, outfit_colour="white")
        neither = base | {"presentation": "neutral", "hair": "pixie", "fringe": "wispy"}
        yield f"{level} {other}", _spec(**neither, outfit_colour=other)


def _accessories(style: str) -> Iterator[Figure]:
    for i, item in enumerate(ACCESSORIES):
        hair = ("bob", "twintails", "long_straight", "short_crop")[i % 4]
        yield item, _spec(
            style=style, hair=hair, hair_colour=("brown", "blonde", "black", "silver")[i % 4],
            accessories=frozenset({item}), seed=i, eye_colour="green", fringe="wispy",
        )  # fmt: skip


def _skin(style: str) -> Iterator[Figure]:
    for model in _CAST[:3]:
        yield from _figures("skin", SKIN_TONES, style=style, **model)


def _patterns(style: str) -> Iterator[Figure]:
    for i, hair in enumerate(("bob", "long_wavy", "twin_braids", "spiky", "locs", "curly")):
        for k, pattern in enumerate(("ombre", "streak")):
            yield f"{hair} {pattern}", _spec(
                style=style, hair=hair, hair_pattern=pattern, hair_colour=("black", "silver")[k],
                hair_colour2=("pink", "blue")[k], fringe="between_eyes", seed=i,
            )  # fmt: skip


def _ages(style: str) -> Iterator[Figure]:
    for presentation in VOCABULARY["presentation"]:
        for age in VOCABULARY["age"]:
            model = {"girl": _CAST[0], "boy": _CAST[1], "neutral": _CAST[1] | {"hair": "medium"}}
            colour = "grey" if age == "elder" else "brown"
            look = model[presentation] | {"hair_colour": colour, "presentation": presentation}
            yield f"{age} {presentation}", _spec(style=style, age=age, **look)


def _facial_hair(style: str) -> Iterator[Figure]:
    for i, colour in enumerate(("brown", "black", "white")):
        skin = ("fair", "brown", "ebony")[i]
        look = {**_CAST[1], "skin": skin, "hair_colour": colour, "age": "adult", "style": style}
        yield from _figures("facial_hair", VOCABULARY["facial_hair"], **look)


def _sliders(style: str) -> Iterator[Figure]:
    for slider in SLIDERS:
        for value in (-1.0, 0.0, 1.0):
            model = {**_CAST[2 if slider in ("hair_length", "hair_volume") else 0], "style": style}
            yield f"{slider} {value:+.0f}", _spec(**model, **{slider: value})


def _poses(style: str) -> Iterator[Figure]:
    for model in _CAST[:2]:
        for turn in (-1.0, 0.0, 1.0):
            for tilt in (-1.0, 1.0):
                yield (
                    f"turn {turn:+.0f} tilt {tilt:+.0f}",
                    _spec(style=style, turn=turn, tilt=tilt, **model),
                )


def _random(style: str) -> Iterator[Figure]:
    for seed in range(48):
        yield str(seed), Wish.model_validate({"style": style}).complete(seed)


def _plan(style: str) -> Iterator[tuple[str, list[Figure], int, int]]:
    """Sheets of one style: name, figures, their size, columns."""
    yield "hair", list(_hair(style)), 160, 9
    fringes = _figures("fringe", VOCABULARY["fringe"], style=style, hair="medium",
                       hair_colour="cyan")  # fmt: skip
    yield "fringe", list(fringes), 160, 9
    colours = _figures("hair_colour", HAIR_COLOURS, style=style, hair="twintails")
    yield "hair-colour", list(colours), 160, 8
    yield "hair-pattern", list(_patterns(style)), 160, 6
    eyes = _figures("eye_colour", EYE_COLOURS, style=style, hair="bob", hair_colour="silver")
    yield "eye-colour", list(eyes), 160, 6
    shapes = _figures("eye_shape", VOCABULARY["eye_shape"], style=style, eye_colour="purple")
    yield "eye-shape", list(shapes), 200, 5
    for size, columns in ((256, 6), (64, 18)):
        look = {"hair": "medium", "hair_colour": "orange", "eye_colour": "green", "fringe": "wispy"}
        figures = [
            (mood, _spec(style=style, expression=mood, seed=3, **look))
            for mood in VOCABULARY["expression"]
        ]
        if size == 64:
            dark = {"skin": "ebony", "hair_colour": "black"}
            figures += [(name, spec.model_copy(update=dark)) for name, spec in figures]
        yield f"expression-{size}", figures, size, columns
    yield "skin", list(_skin(style)), 140, 8
    yield "facial-hair", list(_facial_hair(style)), 160, 4
    yield "age", list(_ages(style)), 180, 4
    yield "accessory", list(_accessories(style)), 160, 9
    yield "outfit", list(_outfits(style)), 144, 9
    yield "slider", list(_sliders(style)), 112, 9
    yield "pose", list(_poses(style)), 180, 6
    yield "random", list(_random(style)), 160, 8


def encoded(page: Image.Image) -> bytes:
    """An optimised PNG in as many palette colours as fit below `LIMIT`."""
    for colours in (256, 160, 96, 64):
        buffer = BytesIO()
        page.quantize(palette=_palette(page, colours), dither=Image.Dither.NONE).save(
            buffer, "PNG", optimize=True
        )
        if buffer.tell() <= LIMIT:
            break
    return buffer.getvalue()


def _palette(page: Image.Image, colours: int) -> Image.Image:
    """Most colours go where the pixels are; some to small bright spots that a median cut loses."""
    rare = colours // 5
    common = page.quantize(colours - rare, Image.Quantize.MEDIANCUT, kmeans=3).getpalette() or []
    spread = page.quantize(rare, Image.Quantize.MAXCOVERAGE, kmeans=3).getpalette() or []
    image = Image.new("P", (1, 1))
    image.putpalette([*common[: 3 * (colours - rare)], *spread[: 3 * rare]])
    return image


def write(folder: Path, only: str = "") -> list[Path]:
    """Draw the sheets whose name holds `only` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for style in STYLES:
        for name, figures, size, columns in _plan(style):
            if only not in f"{style}-{name}":
                continue
            pictures = [draw(spec, size) for _, spec in figures]
            labels = [label for label, _ in figures]
            page = sheet(pictures, columns=columns, labels=labels)
            file = folder / f"{style}-{name}.png"
            file.write_bytes(encoded(page))
            files.append(file)
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the contact sheets of the vector art.")
    parser.add_argument("--out", type=Path, default=Path("docs/art"))
    parser.add_argument("--only", default="", help="sheets with this in their names, as chibi-hair")
    options = parser.parse_args()
    for file in write(options.out, options.only):
        print(f"{file} {file.stat().st_size // 1000} kB")  # noqa: T201


if __name__ == "__main__":
    main()
