"""`dataset import`: a data set from a folder of somebody's own pictures."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from generator.data.store import DatasetError, Meta, Store
from generator.spec import ACCESSORIES, PALETTES, VOCABULARY

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_MOST_PIXELS = 64_000_000


@dataclass(frozen=True)
class Imported:
    count: int
    refused: tuple[tuple[str, str], ...]
    """File name and reason of every picture that was left out."""


def import_folder(
    pictures: Path, folder: Path, *, size: int = 256, labels: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Imported:  # fmt: skip
    """Read every PNG, JPEG and WEBP below `pictures` into a data set.

    Pictures are cropped to their middle square (figures on transparency to their figure, with a
    margin) and resized. `labels` is a CSV file whose first column is the file's path below
    `pictures`; the other columns are attributes of `generator.spec` (accessories separated by
    spaces, colours by name or as #rrggbb); empty cells are unknown.

    Raises:
        DatasetError: No folder, no picture in it, a wrong labels file, or `folder` is in use.
    """
    if not pictures.is_dir():
        raise DatasetError(f"{pictures} is not a folder: give the one your pictures are in")
    known = _read_labels(labels) if labels else {}
    files = sorted(f for f in pictures.rglob("*") if f.suffix.lower() in _SUFFIXES and f.is_file())
    accepted: list[tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]] = []
    refused: list[tuple[str, str]] = []
    for i, file in enumerate(files):
        name = file.relative_to(pictures).as_posix()
        try:
            accepted.append((name, _square(file, size)))
        except (OSError, ValueError, Image.DecompressionBombError, SyntaxError) as error:
            refused.append((name, str(error) or type(error).__name__))
        progress(i + 1, len(files))
    if not accepted:
        raise DatasetError(
            f"no picture in {pictures} could be read: it needs PNG, JPEG or WEBP files"
        )
    if (folder / "meta.json").exists():
        raise DatasetError(f"{folder} holds a data set already: choose a new folder")
    store = Store.create(folder, Meta("imported", len(accepted), size))
    for i, (_, pixels) in enumerate(accepted):
        store.images[i] = pixels
    store.images.flush()  # type: ignore[attr-defined]
    lines = [json.dumps({"file": name, **known.get(name, {})}) for name, _ in accepted]
    part = folder / f".labels.{os.getpid()}.part"
    part.write_text("\n".join(lines) + "\n")
    part.replace(folder / "labels.jsonl")
    store.done[:] = 1
    return Imported(len(accepted), tuple(refused))


def _square(file: Path, size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(file, formats=("PNG", "JPEG", "WEBP")) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            raise ValueError(f"larger than {_MOST_PIXELS // 1_000_000} megapixels")
        image = ImageOps.exif_transpose(opened).convert("RGBA")
    box = image.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox()
    if box is None:
        raise ValueError("nothing is on it")
    if box != (0, 0, *image.size):  # a figure on transparency: keep it whole
        w, h = box[2] - box[0], box[3] - box[1]
        side = round(max(w, h) * 1.06)
        page = Image.new("RGBA", (side, side))
        page.paste(image.crop(box), ((side - w) // 2, side - h))
        image = page
    else:
        side = min(image.size)
        left = (image.width - side) // 2
        top = (image.height - side) // 4  # portraits have their face above the middle
        image = image.crop((left, top, left + side, top + side))
    return np.asarray(image.resize((size, size), Image.Resampling.LANCZOS))


def _is_level(column: str, value: str) -> bool:
    if column == "accessories":
        return value in ACCESSORIES
    if column in PALETTES:
        return value in PALETTES[column] or re.fullmatch("#[0-9a-f]{6}", value) is not None
    return value in VOCABULARY[column]


def _read_labels(file: Path) -> dict[str, dict[str, object]]:
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file} cannot be read: give a UTF-8 CSV file") from error
    if not rows or rows[0].keys() <= {None}:
        raise DatasetError(
            f"{file} has no rows: first line the column names, then a picture a line"
        )
    key, *columns = [c for c in rows[0] if c is not None]
    known = (*VOCABULARY, "accessories", *PALETTES)
    if wrong := [c for c in columns if c not in known]:
        raise DatasetError(
            f"{file}: there is no attribute {wrong[0]}; there are {', '.join(known)}"
        )
    labels: dict[str, dict[str, object]] = {}
    for number, row in enumerate(rows, start=2):
        found: dict[str, object] = {}
        for column in columns:
            value = (row[column] or "").strip()
            if not value:
                continue
            values = value.split() if column == "accessories" else [value]
            for v in values:
                if not _is_level(column, v):
                    raise DatasetError(f"{file}, line {number}: {column} has no level {v}")
            found[column] = values if column == "accessories" else value
        labels[row[key]] = found
    return labels
