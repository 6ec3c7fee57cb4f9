"""What the encoder meets in training: figures as chats hold them, with everything known of them.

A figure comes from a data set as masks of palette slots (rendered, or painted by the network, see
`generator.data.drawn`). It is dressed in other colours, inked in another hand, mirrored, moved, cut
into a sticker, laid on a background, made worse. Whatever is done to the picture is done to the
labels.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from queue import Queue
from threading import Thread

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from generator.art.palette import Slot, palette
from generator.data.store import BACKGROUND, Bytes, DatasetError, Store
from generator.evaluation.visibility import labels_of
from generator.models.conditions import encode
from generator.models.encoder import CELL, CELLS, COLOURS, SIDE, Region
from generator.spec import SLIDERS, AvatarSpec
from generator.training.backdrops import backdrops
from generator.training.hand import Hand, dressed, inked

Rng = np.random.Generator

CHANCES = {
    "empty": 0.04, "mirrored": 0.3, "another hand": 0.5, "moved": 0.4, "sticker": 0.15,
    "small": 0.35, "jpeg": 0.3, "noisy": 0.25,
}  # fmt: skip
"""How often a picture is treated in which way; "empty" shows no figure at all."""
_EASY = 24_000
"""Pictures over which these chances rise from a fifth: what a thing is, is learned where it is
plain to be seen."""
LATERAL: list[int] = [SLIDERS.index(name) for name in ("turn", "tilt", "gaze")]
"""Columns of the sliders that change their sign when a picture is mirrored."""
_REGIONS = {
    Slot.HAIR: Region.HAIR, Slot.HAIR2: Region.HAIR2, Slot.SKIN: Region.SKIN,
    Slot.CLOTH: Region.CLOTH, Slot.ACCESSORY: Region.ACCESSORY,
    Slot.EYE_L: Region.EYE_L, Slot.EYE_L_DARK: Region.EYE_L, Slot.EYE_L_LIGHT: Region.EYE_L,
    Slot.EYE_R: Region.EYE_R, Slot.EYE_R_DARK: Region.EYE_R, Slot.EYE_R_LIGHT: Region.EYE_R,
}  # fmt: skip
_SHADES = {
    Slot.HAIR_SHADE: Region.HAIR, Slot.HAIR2_SHADE: Region.HAIR2, Slot.SKIN_SHADE: Region.SKIN,
    Slot.CLOTH_SHADE: Region.CLOTH, Slot.ACCESSORY_SHADE: Region.ACCESSORY,
}  # fmt: skip
_NEAR = 0.12
"""How much of a placement's reach is left when a figure was found and centred: a second look."""
UNMARKED = -1
"""A place on a border belongs to nothing: not asked about."""
_SURE = 230
"""Least share, in 1/255, that a pixel's slot has where it is marked."""


@dataclass(frozen=True)
class Scene:
    """B pictures and what they show, in the terms of `generator.models.encoder.Seen`.

    pictures: (B, 3, 256, 256) in [0, 1]. levels, counts: (B, len(ATTRIBUTES)) as `labels_of` gives
    them. sides: (B, 4) 0 or 1. numbers: (B, CONTINUOUS). placement: (B, 3). mirrored, present: (B,)
    0 or 1. regions: (B, CELLS, CELLS) int64 or `UNMARKED`. colours: (B, len(COLOURS), 3); coloured:
    (B, len(COLOURS)) whether the figure shows them at all.
    """

    pictures: Tensor
    levels: Tensor
    counts: Tensor
    sides: Tensor
    numbers: Tensor
    placement: Tensor
    mirrored: Tensor
    present: Tensor
    regions: Tensor
    colours: Tensor
    coloured: Tensor

    def __len__(self) -> int:
        return len(self.pictures)

    def to(self, device: torch.device) -> Scene:
        return Scene(*(getattr(self, f.name).to(device) for f in fields(self)))


class Scenes:
    """Data sets of masks as endless scenes. What a step shows depends on (seed, step) only."""

    def __init__(self, folders: Sequence[Path], *, seed: int = 0) -> None:
        """
        Raises:
            DatasetError: One of them is missing, unfinished, imported, or not of 256 px.
        """
        self.stores = [Store.open(folder) for folder in folders]
        for store in self.stores:
            if store.meta.kind != "rendered" or store.meta.size != SIDE:
                raise DatasetError(f"{store.folder}: give rendered data sets of {SIDE} px")
        self.specs = [AvatarSpec(**label) for store in self.stores for label in store.labels()]
        self.starts = np.cumsum([0, *(len(store) for store in self.stores)])
        self.seed = seed
        self.backdrops = backdrops(seed)

    def __len__(self) -> int:
        return len(self.specs)

    def batch(self, first: int, count: int) -> Scene:
        """The pictures shown as number `first` to `first + count` of a run."""
        return together([self.picture(first + i) for i in range(count)])

    def stream(self, first: int, per_step: int, rank: int, world: int) -> Iterator[Scene]:
        """Endless batches from picture number `first` on, made ahead by a thread."""
        queue: Queue[Scene] = Queue(maxsize=4)

        def make() -> None:
            position = first
            while True:
                queue.put(self.batch(position + rank * per_step, per_step))
                position += per_step * world

        Thread(target=make, daemon=True).start()
        while True:
            yield queue.get()

    def picture(self, number: int) -> Scene:
        """One picture of its own, as a batch of one."""
        rng = np.random.default_rng((self.seed, number))
        ease = min(1.0, 0.2 + 0.8 * number / _EASY)
        row, other = (int(i) for i in rng.integers(len(self), size=2))
        spec = dressed(self.specs[row], self.specs[other])
        hand = Hand.any(rng) if _by_chance(rng, "another hand", ease) else Hand()
        store = int(np.searchsorted(self.starts, row, side="right")) - 1
        place = row - int(self.starts[store])
        slots, shares = self.stores[store].slots[place], self.stores[store].shares[place]
        figure = inked(slots, shares, hand.colours(palette(spec)), hand)
        regions = marked(slots, shares, flat=hand.flat)
        scene = scene_of(spec, regions, mirrored=_by_chance(rng, "mirrored", ease))
        return self._shown(scene, figure, regions, rng, ease)

    def _shown(
        self, scene: Scene, figure: Bytes, regions: NDArray[np.int8], rng: Rng, ease: float
    ) -> Scene:
        """Place the figure, put it on a background, wear the picture out."""
        mirrored, present = bool(scene.mirrored), not _by_chance(rng, "empty")
        place = placement(rng) if _by_chance(rng, "moved", ease) else placement(rng, reach=_NEAR)
        cut = float(rng.uniform(2, 6)) if _by_chance(rng, "sticker") else 0.0
        page = self.backdrops[int(rng.integers(len(self.backdrops)))]
        page = np.roll(page, rng.integers(SIDE, size=2), (0, 1)) if rng.random() < 0.3 else page
        page = Image.fromarray(page[:, :: -1 if rng.random() < 0.5 else 1])
        if present:
            page = laid(figure, page, place, mirrored=mirrored, outline=cut)
        page = worn(page, rng, ease)
        shown = moved_regions(regions, place, mirrored=mirrored)
        if not present:
            shown[:] = Region.NOTHING
        pixels = torch.from_numpy(np.asarray(page).copy()).permute(2, 0, 1)[None].float() / 255
        return Scene(
            pixels, scene.levels, scene.counts & present, scene.sides, scene.numbers,
            torch.tensor([place], dtype=torch.float32), scene.mirrored,
            torch.tensor([float(present)]), torch.from_numpy(shown.astype(np.int64))[None],
            scene.colours, scene.coloured & present,
        )  # fmt: skip


def together(parts: Sequence[Scene]) -> Scene:
    """Several scenes as one."""
    return Scene(*(torch.cat([getattr(p, f.name) for p in parts]) for f in fields(Scene)))


def scene_of(spec: AvatarSpec, regions: NDArray[np.int8], *, mirrored: bool) -> Scene:
    """The labels of a figure (its picture is filled in later), left and right as it is shown."""
    conditions = encode([spec])
    numbers = conditions.sliders.clone()
    count = numbers.shape[1] - 4
    sides = (numbers[:, count:] >= 0).float()
    colours = list(palette(spec))
    left, right = colours[Slot.EYE_L], colours[Slot.EYE_R]
    visible = np.bincount(regions[regions >= 0].ravel(), minlength=len(Region)) > 0
    left_seen, right_seen = bool(visible[Region.EYE_L]), bool(visible[Region.EYE_R])
    if mirrored:
        numbers[:, LATERAL] *= -1
        numbers[:, count:] *= -1
        sides = 1 - sides
        left, right, left_seen, right_seen = right, left, right_seen, left_seen
    shown = (
        colours[Slot.HAIR], colours[Slot.HAIR2], colours[Slot.SKIN], left, right,
        colours[Slot.CLOTH], colours[Slot.ACCESSORY],
    )  # fmt: skip
    seen = [bool(v) for v in visible[: len(COLOURS)]]
    seen[Region.EYE_L], seen[Region.EYE_R] = left_seen, right_seen
    levels, counts = labels_of(spec)
    return Scene(
        torch.zeros(1, 3, SIDE, SIDE), torch.tensor([levels]), torch.tensor([counts]), sides,
        numbers, torch.zeros(1, 3), torch.tensor([float(mirrored)]), torch.ones(1),
        torch.from_numpy(regions.astype(np.int64))[None],
        torch.tensor([shown], dtype=torch.float32) / 255, torch.tensor([seen]),
    )  # fmt: skip


def marked(slots: Bytes, shares: Bytes, *, flat: bool = False) -> NDArray[np.int8]:
    """The region of every pixel: (256, 256), `UNMARKED` on borders.

    Args:
        flat: Shadows are painted in the colour of what they lie on.
    """
    table = np.full(256, Region.FIGURE, np.int8)
    table[BACKGROUND] = Region.NOTHING
    for slot, region in {**_REGIONS, **(_SHADES if flat else {})}.items():
        table[slot] = region
    named = table[slots]
    third = 255 - shares.sum(-1, dtype=np.int32)
    alike = shares[..., 0].astype(np.int32)
    alike = alike + np.where(named[..., 1] == named[..., 0], shares[..., 1], 0)
    alike = alike + np.where(named[..., 2] == named[..., 0], third, 0)
    return np.where(alike >= _SURE, named[..., 0], np.int8(UNMARKED))


Placement = tuple[float, float, float]


def placement(rng: Rng, *, reach: float = 1.0) -> Placement:
    """log2 of the size, then the middle's x and y in half sides: rough crops and small figures."""
    size = reach * float(rng.uniform(-0.8, 0.6))
    # What is larger than the picture may hang over its edge, what is smaller stays inside.
    room = 0.12 + abs(1 - 2**size) if reach == 1 else 0.06
    x, y = (float(v) for v in rng.uniform(-room, room, 2))
    return size, x, y


def affine(place: Placement, *, mirrored: bool = False) -> tuple[float, ...]:
    """The picture -> figure map in pixels, as `Image.transform` takes it."""
    size, x, y = place
    s, half = 2.0**-size, SIDE / 2
    a = -s if mirrored else s
    return a, 0.0, half - a * half * (1 + x), 0.0, s, half - s * half * (1 + y)


def laid(
    figure: Bytes, page: Image.Image, place: Placement, *, mirrored: bool = False,
    outline: float = 0.0,
) -> Image.Image:  # fmt: skip
    """A premultiplied figure on a page, RGB; `outline` pixels of white around it (stickers)."""
    rgba = Image.frombuffer("RGBa", (SIDE, SIDE), figure.tobytes(), "raw", "RGBa", 0, 1)
    if place != (0.0, 0.0, 0.0) or mirrored:
        coefficients = affine(place, mirrored=mirrored)
        rgba = rgba.transform(
            page.size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR
        )
    pixels = torch.from_numpy(np.asarray(rgba).copy()).permute(2, 0, 1).float()
    back = torch.from_numpy(np.asarray(page.convert("RGB")).copy()).permute(2, 0, 1).float()
    if outline:
        reach = 2 * round(outline) + 1
        around = torch.nn.functional.max_pool2d(pixels[None, 3:], reach, 1, reach // 2)[0] / 255
        back = back + around * (255 - back)
    mixed = pixels[:3] + (1 - pixels[3:] / 255) * back
    return Image.fromarray(mixed.round().clamp(0, 255).byte().permute(1, 2, 0).numpy())


def moved_regions(
    regions: NDArray[np.int8], place: Placement, *, mirrored: bool = False
) -> NDArray[np.int8]:
    """The regions at the marked places of a picture: (CELLS, CELLS)."""
    a, _, c, _, e, f = affine(place, mirrored=mirrored)
    line = np.arange(CELLS) * CELL + CELL // 2 + 0.5
    x, y = np.floor(a * line + c).astype(int), np.floor(e * line + f).astype(int)
    inside = ((y >= 0) & (y < SIDE))[:, None] & ((x >= 0) & (x < SIDE))[None]
    found = regions[np.clip(y, 0, SIDE - 1)[:, None], np.clip(x, 0, SIDE - 1)[None]]
    found = np.where(inside, found, np.int8(Region.NOTHING))
    if mirrored:
        left, right = found == Region.EYE_L, found == Region.EYE_R
        found[left], found[right] = Region.EYE_R, Region.EYE_L
    return found


def worn(picture: Image.Image, rng: Rng, ease: float = 1.0) -> Image.Image:
    """Reduced and enlarged, compressed, noisy: what happens to pictures that are passed on."""
    size = picture.size
    if _by_chance(rng, "small", ease):
        side = int(rng.uniform(72, 230))
        picture = picture.resize((side, side), Image.Resampling.BOX)
    if _by_chance(rng, "jpeg", ease):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=int(rng.uniform(30, 95)))
        picture = Image.open(buffer)
        picture.load()
    if picture.size != size:
        picture = picture.resize(size, Image.Resampling.BILINEAR)
    if _by_chance(rng, "noisy", ease):
        pixels = np.asarray(picture, np.float32)
        noise = rng.standard_normal(pixels.shape, np.float32) * float(rng.uniform(1, 8))
        picture = Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))
    return picture


def _by_chance(rng: Rng, name: str, ease: float = 1.0) -> bool:
    return bool(rng.random() < CHANCES[name] * ease)
