"""A data set as small RGB pictures on white, for the 64 px baselines and for judging them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from generator.art.palette import palette
from generator.data.store import Bytes, Store, coloured
from generator.spec import AvatarSpec

_FILE = "small.npy"
SIDE = 64


def small_pictures(folder: Path, limit: int = 10_000) -> Bytes:
    """(N, 64, 64, 3) uint8 of the first `limit` figures; kept beside the data set once made."""
    file = folder / _FILE
    if file.exists():
        return np.load(file)  # type: ignore[no-any-return]
    store = Store.open(folder)
    count = min(limit, len(store))
    pictures = np.empty((count, SIDE, SIDE, 3), np.uint8)
    labels = store.labels()
    for i in range(count):
        if store.meta.kind == "rendered":
            colours = palette(AvatarSpec(**labels[i]))
            rgba = coloured(store.slots[i], store.shares[i], colours)
        else:
            rgba = np.array(store.images[i])
            rgba[..., :3] = rgba[..., :3] * (rgba[..., 3:] / 255)
        white = rgba[..., :3] + (255 - rgba[..., 3:])
        small = Image.fromarray(white).resize((SIDE, SIDE), Image.Resampling.BOX)
        pictures[i] = np.asarray(small)
    # Its own name: the processes of one run all get here at the same time.
    part = folder / f".{os.getpid()}.{_FILE}"
    np.save(part, pictures)
    part.replace(file)
    return pictures
