"""A data set as small RGB pictures on white, for the 64 px baselines and for judging them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

from generator.art.palette import palette
from generator.data.store import Bytes, Store, unpack
from generator.spec import AvatarSpec

_FILE = "small.npy"
SIDE = 64


def coloured(store: Store, index: int, colours: tuple[tuple[int, int, int], ...]) -> Bytes:
    """One figure as premultiplied RGBA (size, size, 4) uint8."""
    masks = unpack(store.slots[index], store.shares[index])[: len(colours)].astype(np.float32)
    flat = masks.reshape(len(colours), -1).T / 255
    rgba = flat @ np.array([(*c, 255) for c in colours], np.float32)
    side = store.meta.size
    pixels: Bytes = np.rint(rgba).clip(0, 255).astype(np.uint8).reshape(side, side, 4)
    return pixels


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
            rgba = coloured(store, i, palette(AvatarSpec(**labels[i])))
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
