"""The way from figure to figure as a film: animated WEBP or GIF that loops, small enough for chats.

Every frame is a spec of its own (`generator.blending.between`), drawn like any other: no frame is
two figures laid over each other.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi
from typing import Literal, Protocol

import numpy as np
from PIL import Image

from generator.blending import MOST_SOURCES, BlendError, between
from generator.compositing import background
from generator.engine import Engine
from generator.errors import PersonError
from generator.spec import AvatarSpec

Format = Literal["webp", "gif"]
LIMIT = 10_000_000
"""Bytes: what Discord takes from everybody; Telegram takes 50 MB from bots."""
STEPS = 14
"""Frames on the way from one figure to the next."""
PACE = 70
"""Milliseconds of a frame on the way. Browsers slow GIFs down that ask for less than 20."""
HOLD = 900
"""Milliseconds that every source is shown for."""
_BATCH = 8
_OPAQUE = 128
"""Least alpha of a GIF's pixel: it is there or it is not."""


class AnimationError(PersonError):
    """A film that cannot be made; the message says what to do."""


class Drawing(Protocol):
    """What draws: `generator.engine.Engine`, or something around it."""

    def draw(self, specs: list[AvatarSpec], size: int = 256) -> list[Image.Image]:
        """One RGBA picture of that side for each spec."""
        ...


@dataclass(frozen=True)
class Film:
    """Frames (RGBA, of one size) and how long each is shown, in milliseconds."""

    frames: tuple[Image.Image, ...]
    durations: tuple[int, ...]


def itinerary(
    specs: Sequence[AvatarSpec], *, steps: int = STEPS, pace: int = PACE, hold: int = HOLD
) -> list[tuple[AvatarSpec, int]]:
    """From every figure to the next and back to the first: figures and milliseconds.

    The way eases in and out. Between two figures the way back is the way there.

    Raises:
        BlendError: Fewer than two or too many figures.
    """
    if not 2 <= len(specs) <= MOST_SOURCES:
        raise BlendError(f"give two to {MOST_SOURCES} figures to go between")
    shares = [(1 - cos(pi * i / steps)) / 2 for i in range(1, steps)]
    stops: list[tuple[AvatarSpec, int]] = []
    for a, b in zip(specs, [*specs[1:], specs[0]], strict=True):
        there = [between(a, b, share) for share in shares]
        if len(specs) == 2 and b is specs[0]:
            there = [between(b, a, share) for share in reversed(shares)]
        stops += [(a, hold), *((spec, pace) for spec in there)]
    return stops


def shoot(
    engine: Drawing, stops: Sequence[tuple[AvatarSpec, int]], *, size: int = 256,
    behind: str = "transparent", seed: int = 0,
) -> Film:  # fmt: skip
    """Draw a film; every figure once, however often it is shown.

    Args:
        stops: As `itinerary` gives them.
        size: 256 or 512.
        behind: A background of `generator.compositing`; `seed` scatters it.
    """
    known = list(dict.fromkeys(spec for spec, _ in stops))
    drawn: dict[AvatarSpec, Image.Image] = {}
    for first in range(0, len(known), _BATCH):
        part = known[first : first + _BATCH]
        for spec, image in zip(part, engine.draw(part, size), strict=True):
            drawn[spec] = background(image, behind, seed=seed)
    return Film(tuple(drawn[spec] for spec, _ in stops), tuple(ms for _, ms in stops))


def encode(film: Film, kind: Format, *, limit: int = LIMIT) -> bytes:
    """A film as a file that loops for ever and carries no metadata.

    If it is larger than the limit it is compressed more, then made smaller.

    Raises:
        AnimationError: Nothing helps.
    """
    for side, quality in _attempts(film.frames[0].width):
        frames = [_reduced(frame, side) for frame in film.frames]
        write = _webp if kind == "webp" else _gif
        data = write(frames, film.durations, quality)
        if len(data) <= limit:
            return data
    raise AnimationError(
        f"this film does not fit into {limit / 1e6:g} MB: take fewer figures or frames"
    )


def morph(
    engine: Engine, specs: Sequence[AvatarSpec], kind: Format = "webp", *, size: int = 256,
    behind: str = "transparent", limit: int = LIMIT,
) -> bytes:  # fmt: skip
    """The way from figure to figure as the bytes of a file; see `itinerary` and `encode`."""
    return encode(shoot(engine, itinerary(specs), size=size, behind=behind), kind, limit=limit)


def _attempts(side: int) -> Iterator[tuple[int, float]]:
    """Sides in pixels and qualities in [0, 1]."""
    for quality in (0.85, 0.6, 0.35):
        yield side, quality
    while side > 64:
        side //= 2
        yield side, 0.6


def _reduced(frame: Image.Image, side: int) -> Image.Image:
    if frame.width == side:
        return frame
    small = frame.convert("RGBa").resize((side, side), Image.Resampling.BOX)
    return small.convert("RGBA")


def _webp(frames: Sequence[Image.Image], durations: Sequence[int], quality: float) -> bytes:
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "WEBP", save_all=True, append_images=list(frames[1:]), duration=list(durations),
        loop=0, quality=round(100 * quality), method=4, background=(0, 0, 0, 0),
    )  # fmt: skip
    return buffer.getvalue()


def _gif(frames: Sequence[Image.Image], durations: Sequence[int], quality: float) -> bytes:
    """One palette for all frames, so that nothing flickers; the last entry is transparency."""
    colours = max(16, round(255 * quality))
    sheet = Image.new("RGB", (frames[0].width, frames[0].height * len(frames)))
    solid = [_hardened(frame) for frame in frames]
    for i, frame in enumerate(solid):
        sheet.paste(frame.convert("RGB"), (0, i * frame.height))
    table = sheet.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    pages = [_indexed(frame, table, colours) for frame in solid]
    clear = any(frame.getchannel("A").getextrema()[0] == 0 for frame in solid)
    transparency = {"transparency": colours, "disposal": 2} if clear else {}
    buffer = io.BytesIO()
    pages[0].save(
        buffer, "GIF", save_all=True, append_images=pages[1:], duration=list(durations), loop=0,
        optimize=False, **transparency,
    )  # fmt: skip
    return buffer.getvalue()


def _hardened(frame: Image.Image) -> Image.Image:
    """Pixels that are there or not; the rim takes the figure's colour, so that no halo shows."""
    solid = frame.copy()
    solid.putalpha(frame.getchannel("A").point(lambda a: 255 if a >= _OPAQUE else 0))
    return solid


def _indexed(frame: Image.Image, table: Image.Image, clear: int) -> Image.Image:
    page = frame.convert("RGB").quantize(palette=table, dither=Image.Dither.NONE)
    indices = np.array(page)
    indices[np.asarray(frame.getchannel("A")) == 0] = clear
    out = Image.fromarray(indices, "P")
    colours = page.getpalette() or []
    out.putpalette((colours + [0] * 768)[: 3 * clear] + [0] * (768 - 3 * clear))
    return out
