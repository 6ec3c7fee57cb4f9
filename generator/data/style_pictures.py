"""What the style network learns from: pictures to paint, and pictures of styles.

meta.json     names of the styles, counts and sides
contents.u8   (N, 320, 320, 3)  portraits, artworks, renders
weights.u8    (N, 320, 320)     how much structure matters there: faces, most of all their eyes
styles.u8     (M, 512, 512, 3)  artworks and our own renders
groups.u8     (M,)              index of the named style, or 255
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from pathlib import Path
from zlib import crc32

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from generator.compositing import background
from generator.data.printing import printed
from generator.data.store import Bytes, DatasetError
from generator.style.styles import styles
from generator.wish import Wish

CONTENT, STYLE = 320, 512
"""Sides in pixels of what is stored."""
NO_GROUP = 255
FACE, FEATURES = 90, 255
"""Weights of a face's skin, and of its eyes, brows and lips."""
_RENDERS = 96
_DRAWN = 768
"""Side of renders before they are reduced: lines and dots of `printed` are made for it."""
RENDERS = "renders:"
_HELD_OUT_EVERY = 16
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class StyleMeta:
    names: tuple[str, ...]
    contents: int
    styles: int
    drawn: tuple[str, ...]
    """Styles learned from renders of ours alone, of which there are many."""


class StylePictures:
    """Opens a data set; arrays are memory maps.

    Raises:
        DatasetError: There is none.
    """

    def __init__(self, folder: Path) -> None:
        file = folder / "meta.json"
        if not file.exists():
            raise DatasetError(
                f"there are no pictures in {folder}: run `python -m generator dataset style` first"
            )
        read = json.loads(file.read_text())
        try:
            self.meta = StyleMeta(
                tuple(read["names"]), read["contents"], read["styles"], tuple(read["drawn"])
            )
        except KeyError as error:
            raise DatasetError(f"{folder} is no data set of styles: choose another") from error
        n, m = self.meta.contents, self.meta.styles
        self.contents = np.memmap(
            folder / "contents.u8", np.uint8, "r", shape=(n, CONTENT, CONTENT, 3)
        )
        self.weights = np.memmap(folder / "weights.u8", np.uint8, "r", shape=(n, CONTENT, CONTENT))
        self.styles = np.memmap(folder / "styles.u8", np.uint8, "r", shape=(m, STYLE, STYLE, 3))
        self.groups = np.memmap(folder / "groups.u8", np.uint8, "r", shape=(m,))


def build_style_pictures(portraits: Path, artworks: Path, folder: Path) -> Iterator[str]:
    """Make the data set; yields what it is at.

    Args:
        portraits: Folder of photographs of people; their faces are looked for.
        artworks: Folder of pictures of artworks, named as `styles.toml` expects.
        folder: Where to write; what is there is replaced.

    Raises:
        DatasetError: A folder is empty, or artworks that a style needs are not there.
        PersonError: MediaPipe is not installed.
    """
    photos, works = _learned_from(portraits), _learned_from(artworks)
    folder.mkdir(parents=True, exist_ok=True)
    groups: list[int] = []
    count = 0
    with (folder / "styles.u8").open("wb") as file:
        for group, square in _style_squares(works):
            file.write(np.ascontiguousarray(square).tobytes())
            groups.append(group)
    (folder / "groups.u8").write_bytes(bytes(groups))
    yield f"{len(groups)} pictures of styles"
    with (folder / "contents.u8").open("wb") as pictures, (folder / "weights.u8").open("wb") as w:
        for picture, weight in _contents(photos, works):
            pictures.write(np.ascontiguousarray(picture).tobytes())
            w.write(np.ascontiguousarray(weight).tobytes())
            count += 1
            if count % 50 == 0:
                yield f"{count} pictures to paint"
    drawn = (k for k, s in styles().items() if all(map(_is_drawn, s.pictures)))
    meta = StyleMeta(tuple(styles()), count, len(groups), tuple(drawn))
    (folder / "meta.json").write_text(json.dumps(asdict(meta)))
    yield f"{count} pictures to paint, {len(groups)} of styles"


def held_out(folder: Path) -> list[Path]:
    """The pictures of a folder that are never learned from: one in sixteen.

    Their names decide, so that new pictures and new styles leave the others where they were.
    Artworks that a named style needs are not among them.

    Raises:
        DatasetError: The folder is empty.
    """
    named = [p for style in styles().values() for p in style.pictures]
    return [
        file
        for file in _files(folder)
        if crc32(file.name.encode()) % _HELD_OUT_EVERY == 0 and not _belongs(file, tuple(named))
    ]


def pictures_of(name: str, artworks: Path) -> list[Image.Image]:
    """The artworks that a named style is learned from, as they are shown to the network."""
    style = styles()[name]
    images = [_opened(f) for f in _files(artworks) if _belongs(f, style.pictures)]
    if style.grey:
        images = [ImageOps.autocontrast(i.convert("L"), 1).convert("RGB") for i in images]
    return images


def _learned_from(folder: Path) -> list[Path]:
    unseen = set(held_out(folder))
    return [file for file in _files(folder) if file not in unseen]


def _files(folder: Path) -> list[Path]:
    files = sorted(f for f in folder.glob("*") if f.suffix.lower() in _ENDINGS)
    if not files:
        raise DatasetError(f"there are no pictures in {folder}: choose another folder")
    return files


def _style_squares(works: list[Path]) -> Iterator[tuple[int, Bytes]]:
    for file in works:
        if not any(_belongs(file, s.pictures) for s in styles().values()):
            yield from ((NO_GROUP, square) for square in _squares(_opened(file), STYLE))
    for i, (name, style) in enumerate(styles().items()):
        mine = pictures_of(name, works[0].parent)
        drawn = [p for p in style.pictures if _is_drawn(p)]
        if len(mine) + len(drawn) < len(style.pictures):
            raise DatasetError(f"pictures of the style {name} are missing: see styles.toml")
        for image in mine:
            yield from ((i, square) for square in _squares(image, STYLE))
        for kind in drawn:
            for k in range(_RENDERS // 2):
                image = printed(kind.removeprefix(RENDERS), _render(1_000 + k, _DRAWN), k)
                yield i, np.asarray(image.resize((STYLE, STYLE), Image.Resampling.LANCZOS))


def _contents(photos: list[Path], works: list[Path]) -> Iterator[tuple[Bytes, Bytes]]:
    from generator.faces import load_reader

    reader = load_reader()
    for file in photos:
        faces = reader.read(_opened(file))
        weight = np.zeros(faces.image.size[::-1], np.uint8)
        for face in faces.found:
            weight[faces.mask(face, "face")] = FACE
            for region in ("right_eye", "left_eye", "right_brow", "left_brow", "lips"):
                weight[faces.mask(face, region)] = FEATURES
        soft = Image.fromarray(weight).filter(ImageFilter.MaxFilter(5))
        soft = soft.filter(ImageFilter.GaussianBlur(2))
        both = zip(_squares(faces.image, CONTENT)[:1], _squares(soft, CONTENT)[:1], strict=True)
        yield from both
    for file in works:
        for square in _squares(_opened(file), CONTENT):
            yield square, np.zeros((CONTENT, CONTENT), np.uint8)
    for k in range(_RENDERS):
        image = _render(k, 2 * CONTENT).resize((CONTENT, CONTENT), Image.Resampling.LANCZOS)
        yield np.asarray(image), np.full((CONTENT, CONTENT), FACE // 2, np.uint8)


def _squares(image: Image.Image, side: int) -> list[Bytes]:
    """The upper (left) square, and the lower (right) one if they overlap by less than half."""
    scale = side / min(image.size)
    size = (max(side, round(image.width * scale)), max(side, round(image.height * scale)))
    image = image.resize(size, Image.Resampling.LANCZOS)
    pixels = np.asarray(image)
    more = max(size) - side
    return [pixels[:side, :side]] + ([pixels[-side:, -side:]] if more > side / 2 else [])


def _opened(file: Path) -> Image.Image:
    with Image.open(file) as image:
        return image.convert("RGB")


def _is_drawn(pattern: str) -> bool:
    return pattern.startswith(RENDERS)


def _belongs(file: Path, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(file.name, pattern) for pattern in patterns)


def _render(seed: int, size: int) -> Image.Image:
    from generator.art.figure import draw

    spec = Wish().complete(seed)
    return background(draw(spec, size), "gradient", seed=seed).convert("RGB")
