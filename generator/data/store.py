"""A data set on disk: memory-mapped uint8 arrays and one line of labels a figure.

A rendered figure is kept as what it is made of: for every pixel the three palette slots that cover
most of it, and their shares. That is exact to 2/255 (three shapes seldom meet within a pixel), five
times smaller than all masks, and lets training dress every figure in any colours. Imported pictures
are kept as RGBA.

    meta.json       kind, count, size, version
    labels.jsonl    one AvatarSpec (rendered) or partial labels (imported) a line
    slots.u8        (N, size, size, 3)  slot indices, BACKGROUND = nothing there
    shares.u8       (N, size, size, 2)  coverage of the first two, in 1/255; the third has the rest
    features.u8     (N, size, size)     bit set: 1 eyes, 2 brows, 4 mouth, 8 marks (`FACE`, `MARKS`)
    images.u8       (N, size, size, 4)  imported sets only
    done.u8         (shards,)           1 = this shard is complete
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from generator.art.palette import RGB, Slot
from generator.errors import PersonError

BACKGROUND = len(Slot)
"""Index of "nothing": the channel after the last slot."""
FACE, MARKS = 1 + 2 + 4, 8
"""Bits of `features.u8`."""
_SEEN, _MARK_SEEN = 127, 31
"""From which share on a pixel belongs to a feature. Marks are faint and a pixel or two wide."""
SHARD = 32
"""Figures that are rendered, written and marked as done together."""
VERSION = 2

Bytes = NDArray[np.uint8]


class DatasetError(PersonError):
    """A data set that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Meta:
    kind: Literal["rendered", "imported"]
    count: int
    size: int
    seed: int = 0
    split: str = "train"
    version: int = VERSION


class Store:
    """Opens (or creates) a data set folder; arrays are memory maps, so opening costs nothing."""

    def __init__(self, folder: Path, meta: Meta, mode: Literal["r", "r+"]) -> None:
        self.folder, self.meta = folder, meta
        n, s = meta.count, meta.size
        self.done = self._map("done.u8", (-(-n // SHARD),), mode)
        if meta.kind == "rendered":
            self.slots = self._map("slots.u8", (n, s, s, 3), mode)
            self.shares = self._map("shares.u8", (n, s, s, 2), mode)
            self.features = self._map("features.u8", (n, s, s), mode)
        else:
            self.images = self._map("images.u8", (n, s, s, 4), mode)

    def __len__(self) -> int:
        return self.meta.count

    @classmethod
    def create(cls, folder: Path, meta: Meta) -> Store:
        """Start a data set, or go on with one that was begun with the same settings.

        Raises:
            DatasetError: The folder holds another data set.
        """
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "meta.json"
        if file.exists():
            if _read_meta(file) != meta:
                raise DatasetError(f"{folder} holds another data set: choose a new folder for this")
        else:
            file.write_text(json.dumps(asdict(meta)))
        return cls(folder, meta, "r+")

    @classmethod
    def open(cls, folder: Path) -> Store:
        """Open a finished data set for reading.

        Raises:
            DatasetError: There is none, or its building was interrupted.
        """
        file = folder / "meta.json"
        if not file.exists():
            raise DatasetError(f"there is no data set in {folder}: build or import one first")
        store = cls(folder, _read_meta(file), "r")
        if not store.done.all():
            raise DatasetError(f"{folder} is unfinished: run its build command again to go on")
        return store

    def labels(self) -> list[dict[str, Any]]:
        lines = (self.folder / "labels.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def _map(self, name: str, shape: tuple[int, ...], mode: Literal["r", "r+"]) -> Bytes:
        path = self.folder / name
        if not path.exists():
            if mode == "r":
                raise DatasetError(f"{path} is missing: build the data set again")
            with path.open("wb") as file:  # sparse: takes its room as it is filled
                file.truncate(int(np.prod(shape)))
        return np.memmap(path, np.uint8, mode, shape=shape)


def _read_meta(file: Path) -> Meta:
    try:
        meta = Meta(**json.loads(file.read_text()))
    except (ValueError, TypeError) as error:
        raise DatasetError(f"{file} is damaged: build the data set again") from error
    if meta.version != VERSION:
        raise DatasetError(f"{file.parent} was made by another version: build it again")
    return meta


def feature_bits(features: Bytes) -> Bytes:
    """The bits of every pixel: (4, H, W), as `generator.art.render.features` gives -> (H, W)."""
    eyes, brows, mouth = features[:3] > _SEEN
    marks = features[3] > _MARK_SEEN
    bits: Bytes = np.asarray(eyes + 2 * brows + 4 * mouth + MARKS * marks, np.uint8)
    return bits


def pack(masks: Bytes) -> tuple[Bytes, Bytes]:
    """The three strongest slots of every pixel.

    Args:
        masks: (len(Slot), H, W) coverage, as `generator.art.render.masks` gives.

    Returns:
        Slots (H, W, 3) and shares (H, W, 2) as in the module's table.
    """
    rest = np.clip(255 - masks.sum(0, dtype=np.int32), 0, 255).astype(np.uint8)
    planes = np.concatenate([masks, rest[None]])
    # A coverage and the slot it is of, in one number: the largest is found several times as fast as
    # where it is. Of equals the first slot is taken.
    last = len(planes) - 1
    names = np.arange(last, -1, -1, dtype=np.uint16)[:, None, None]
    numbers = planes.astype(np.uint16) * np.uint16(len(planes)) + names
    slots = np.empty((*rest.shape, 3), np.uint8)
    shares = np.empty((*rest.shape, 3), np.float32)
    for i in range(3):
        best = numbers.max(0)
        share, name = np.divmod(best, np.uint16(len(planes)))
        slots[..., i], shares[..., i] = last - name, share
        if i < 2:
            np.put_along_axis(numbers, (last - name)[None].astype(np.intp), name[None], 0)
    shares *= 255 / np.maximum(shares.sum(-1, keepdims=True), 1)
    first = np.rint(shares[..., :2]).astype(np.uint8)
    over = first.sum(-1, dtype=np.int32) > 255
    first[over, 1] = 255 - first[over, 0]
    return slots, first


def coloured(slots: Bytes, shares: Bytes, colours: Sequence[RGB]) -> Bytes:
    """A stored figure as a picture.

    Args:
        slots: (H, W, 3), shares: (H, W, 2), as `pack` gives them.
        colours: One a slot, as `generator.art.palette.palette` gives them.

    Returns:
        Premultiplied RGBA (H, W, 4) uint8.
    """
    table = np.zeros((BACKGROUND + 1, 4), np.uint8)
    table[: len(colours), :3], table[: len(colours), 3] = colours, 255
    words = table.view(np.uint32)[:, 0]  # four channels are looked up at once
    picture = words[slots[..., 0]]
    mixed = (shares[..., 0] != 255).nonzero()  # one pixel in four
    slots, shares = slots[mixed], shares[mixed].astype(np.uint16)
    first, second = shares[:, 0], shares[:, 1]
    total = np.full((len(slots), 4), 127, np.uint16)
    for k, share in enumerate((first, second, 255 - first - second)):
        total += words[slots[:, k], None].view(np.uint8) * share[:, None]
    picture[mixed] = (total // 255).astype(np.uint8).view(np.uint32)[:, 0]
    rgba: Bytes = picture[..., None].view(np.uint8)
    return rgba
