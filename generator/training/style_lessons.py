"""Batches for the style network: what to paint, in which style, and from which code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from generator.data.store import Bytes
from generator.data.style_pictures import StylePictures
from generator.models.tones import tones
from generator.style.pictures import smoothed
from generator.style.styles import styles

_RENDERS = 6
"""One in so many arbitrary styles is a render of ours: more are stored than there are artworks."""
_CONTENT, _STYLE = (0.3, 0.9), (0.3, 0.7)
"""The smallest and the largest part of a stored picture's side that a crop takes. Styles are looked
at from near: strokes have to be seen in a painting of 512 pixels."""
_FLAT_RADIUS, _FLAT_FACE = 2, 2.0
"""What is painted in flat styles is smoothed, as it will be later in larger pictures, and faces
matter more: a line too many is another expression."""


@dataclass(frozen=True)
class StyleBatch:
    """A batch of B lessons.

    Attributes:
        contents: (B, 3, S, S) in [0, 1], what to paint.
        importance: (B, 1, S, S) in [0, 1], where structure matters; in flat styles in [0, 2].
        styles: (B, 3, T, T) in [0, 1], pictures of the styles, T = 1.5 S: half a painting is more
            like all of it than a quarter is.
        named: (B,) int64: index of the named style, or -1 for any picture's.
        own: (B,) 1 where the style is the picture's own.
    """

    contents: Tensor
    importance: Tensor
    styles: Tensor
    named: Tensor
    own: Tensor

    def to(self, device: torch.device) -> StyleBatch:
        return StyleBatch(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


class StyleLessons:
    """Draws batches from a data set. All randomness comes from the generator it is given."""

    def __init__(self, data: StylePictures, *, size: int, own: float, named: float) -> None:
        self.data, self.size, self.own, self.named = data, size, own, named
        self.style_size = size * 3 // 2
        self.names = data.meta.names
        groups = np.asarray(data.groups)
        self._rows = [np.flatnonzero(groups == i) for i in range(len(self.names))]
        is_drawn = np.isin(groups, [self.names.index(name) for name in data.meta.drawn])
        named_styles = styles()
        self._flat = [name in named_styles and named_styles[name].flat for name in self.names]
        self._works, self._drawn = np.flatnonzero(~is_drawn), np.flatnonzero(is_drawn)

    def batch(self, count: int, random: torch.Generator) -> StyleBatch:
        """`count` lessons."""
        lessons = [self._lesson(random) for _ in range(count)]
        contents, importance, styles, named, own = zip(*lessons, strict=True)
        return StyleBatch(
            torch.cat(contents).contiguous(memory_format=torch.channels_last),
            torch.cat(importance),
            torch.cat(styles).contiguous(memory_format=torch.channels_last),
            torch.tensor(named),
            torch.tensor(own),
        )

    def examples(self, count: int) -> Tensor:
        """Fixed pictures to paint, far apart in the data set: (count, 3, S, S)."""
        rows = np.linspace(0, len(self.data.contents) - 1, count + 1).astype(int)[1:]
        return _scaled(self.data.contents[rows - len(self.data.contents) // 11], self.size)

    def example_of(self, name: str) -> Tensor:
        """A picture that a named style is learned from: (1, 3, S, S)."""
        return _scaled(self.data.styles[self._rows[self.names.index(name)][:1]], self.size)

    def tones_of(self, name: str) -> Tensor:
        """Of all pictures of a named style together: (1, TONES)."""
        pictures = _scaled(self.data.styles[self._rows[self.names.index(name)]], self.size)
        return tones(pictures.transpose(0, 1).flatten(1)[None, :, None])

    def works(self, count: int) -> Tensor:
        """Fixed artworks that no named style is learned from: (count, 3, S, S)."""
        others = np.setdiff1d(self._works, np.concatenate(self._rows))
        rows = others[np.linspace(0, len(others) - 1, count).astype(int)]
        return _scaled(self.data.styles[rows], self.size)

    def _lesson(self, random: torch.Generator) -> tuple[Tensor, Tensor, Tensor, int, float]:
        row = _pick(len(self.data.contents), random)
        crop = _Crop(self.data.contents.shape[1], _CONTENT, random)
        content = crop(self.data.contents[row], self.size)
        importance = crop(self.data.weights[row][..., None], self.size)
        kind = float(torch.rand((), generator=random))
        if kind < self.own:
            margin = (self.style_size - self.size) // 2
            around = F.pad(content, [margin] * 4, mode="reflect")
            return content, importance, around, -1, 1.0
        if kind < self.own + self.named:
            name = _pick(len(self.names), random)
            if self._flat[name]:
                content = smoothed(content, radius=_FLAT_RADIUS)
                importance = _FLAT_FACE * importance
            return content, importance, self._style(self._rows[name], random), name, 0.0
        rows = self._works if _pick(_RENDERS, random) else self._drawn
        return content, importance, self._style(rows if len(rows) else self._works, random), -1, 0.0

    def _style(self, rows: NDArray[np.intp], random: torch.Generator) -> Tensor:
        crop = _Crop(self.data.styles.shape[1], _STYLE, random)
        return crop(self.data.styles[rows[_pick(len(rows), random)]], self.style_size)


class _Crop:
    """A random square of a square picture, perhaps mirrored."""

    def __init__(self, side: int, parts: tuple[float, float], random: torch.Generator) -> None:
        smallest, largest = parts
        share = smallest + (largest - smallest) * float(torch.rand((), generator=random))
        self.part = round(side * share)
        self.top = _pick(side - self.part + 1, random)
        self.left = _pick(side - self.part + 1, random)
        self.mirrored = bool(_pick(2, random))

    def __call__(self, picture: Bytes, size: int) -> Tensor:
        part = picture[self.top : self.top + self.part, self.left : self.left + self.part]
        return _scaled(part[None, :, ::-1] if self.mirrored else part[None], size)


def _pick(count: int, random: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=random))


def _scaled(pictures: Bytes, size: int) -> Tensor:
    """(B, H, W, C) uint8 -> (B, C, size, size) in [0, 1]."""
    x = torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 255
    return F.interpolate(x, (size, size), mode="bilinear", antialias=True)
