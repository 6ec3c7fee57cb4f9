"""The door to the pictures: holds the networks, turns specs into images in batches.

engine = Engine.load()
images = engine.draw([parse("cute girl, pink twintails").wish.complete(seed=7)])
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from math import isqrt
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import Tensor

from generator.allocation import keep_memory
from generator.art.palette import Slot
from generator.errors import PersonError
from generator.halves import has_fast_bf16, kernels_in_bf16
from generator.manifest import SHIPPED, check
from generator.models.closeup import COLUMNS, ROWS
from generator.models.conditions import Conditions, encode, palettes
from generator.models.convolution import channels_last
from generator.models.generator import Generator, GeneratorConfig
from generator.models.storage import read
from generator.spec import AvatarSpec

WEIGHTS = SHIPPED / "moe.safetensors"
SIZES = (256, 512)
SHARPNESS = 1.6
"""Exponent on the masks' shares before they are painted: above 1 an undecided pixel decides."""
SKIN_SHARPNESS = 1.0
"""The same on the skin of a face. What is thin there is meant to be: stubble is a fifth of hair's
shade over skin, and at 1.6 a ninth of it is left."""
_FACE_FADE = 6
"""Cells over which the one gives way to the other."""
_SKIN = [int(Slot.SKIN), int(Slot.SKIN_SHADE)]
_BAND = 32
"""Rows of 2 x 2 cells that are painted at a time."""
_SIDES = {2: 0.06, 4: 0.25}
"""What a neighbour to either side counts, by pixels a cell (of 256 and 512 px): about as wide on
the figure at either size."""


class EngineError(PersonError):
    """The networks cannot be had; the message says what to do."""


def load_generator(weights: Path) -> Generator:
    """The network of a safetensors file, in float32 on the CPU.

    Raises:
        EngineError: No such file, or it does not fit this version.
    """
    try:
        with safe_open(weights, "pt") as file:
            settings = json.loads((file.metadata() or {})["config"])
            with torch.device("meta"):  # nothing is drawn from chance only to be overwritten
                generator = Generator(GeneratorConfig(**settings))
            state = read(file)
        generator.load_state_dict(state, assign=True)
    except FileNotFoundError as error:
        raise EngineError(f"there are no weights in {weights}: train or fetch them") from error
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise EngineError(f"{weights} is damaged or of another version: fetch it again") from error
    return generator


class Engine:
    """Draws avatars. Load it once a process; `draw` may be called from one thread at a time."""

    def __init__(self, generator: Generator, device: torch.device) -> None:
        self.generator = generator.eval().requires_grad_(False)
        self.device = device
        # The variable is for comparing (`bench`), and for a processor that lies about itself.
        self.half = has_fast_bf16(device) and not os.environ.get("MOEMOJI_FLOAT32")
        if self.half:
            kernels_in_bf16(self.generator)

    @classmethod
    def load(cls, weights: Path = WEIGHTS, *, device: str = "auto") -> Self:
        """Read the weights.

        Args:
            weights: A safetensors file as `python -m generator export` writes. Those that are
                shipped are compared with their manifest.
            device: "auto" (CUDA where there is one), "cpu", "cuda", "cuda:1" ...

        Raises:
            EngineError: No such file, or it does not fit this version.
            ManifestError: A shipped file is not the one that was published.
        """
        keep_memory()
        with _tiny_is_nothing():
            torch.zeros(1 << 20).exp_()  # starts torch's threads: they inherit it, and keep it
        if weights.resolve().parent == SHIPPED.resolve():
            check(weights)
        chosen = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        generator = load_generator(weights)
        where = torch.device(chosen)
        return cls(channels_last(generator).to(where), where)

    def warm(self, pictures: int = 1) -> None:
        """Draw once, so that the first person does not wait for kernels and memory.

        Args:
            pictures: The batch to be ready for: a first batch of 8 takes about twice the
                processor time of the next if only one figure was drawn before.
        """
        self.draw([AvatarSpec()] * pictures)

    @torch.inference_mode()
    def draw(self, specs: Sequence[AvatarSpec], size: int = 256) -> list[Image.Image]:
        """Draw a batch of figures.

        Args:
            specs: Complete specs; one forward pass for all of them.
            size: 256 or 512 pixels.

        Returns:
            A (size, size) RGBA image with straight alpha for every spec, in order.
        """
        if size not in SIZES:
            raise ValueError(f"figures are drawn at {' or '.join(map(str, SIZES))} px, not {size}")
        if not specs:
            return []
        conditions = encode(specs).to(self.device)
        rgba = self.paint(conditions, palettes(specs).to(self.device), size)
        images = _to_images(rgba)
        return [
            image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if spec.mirrored else image
            for spec, image in zip(specs, images, strict=True)
        ]

    def scores(self, conditions: Conditions, size: int = 256) -> Tensor:
        """Conditions -> what the network says of every slot, as `Generator.forward` gives it."""
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            scores: Tensor = self.generator(*conditions, size=size)
        return scores

    def paint(self, conditions: Conditions, colours: Tensor, size: int = 256) -> Tensor:
        """Conditions and slot colours (B, slots, 3) -> (B, 4, size, size) premultiplied RGBA."""
        with _tiny_is_nothing():
            return self._painted(conditions, colours, size)

    def _painted(self, conditions: Conditions, colours: Tensor, size: int) -> Tensor:
        logits = self.scores(conditions, size)
        # In bands: 32 float32 masks of a whole batch would be most of the memory a process takes,
        # and slower, for no cache holds them.
        rows = logits.shape[1]
        band = _BAND if size == 256 else _BAND // 4
        slots = self.generator.colours(colours)
        parts = [
            decided(logits, top, min(top + band, rows)).flatten(1, 2) @ slots
            for top in range(0, rows, band)
        ]
        return torch.cat(parts, 1).unflatten(1, (size, size)).permute(0, 3, 1, 2)


@contextmanager
def _tiny_is_nothing() -> Iterator[None]:
    """Numbers below 1e-38 are 0 in here: one share of a pixel in forty is as small as that.

    A processor takes its slow path for them: the softmax of 64 rows took 0.55 ms with and 0.26 ms
    without. Nobody else's code may meet it: MediaPipe refuses to start.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def decided(logits: Tensor, top: int, end: int, place: tuple[int, int] = (0, 0)) -> Tensor:
    """Shares of the slots in some rows of cells, smoothed and sharpened.

    The pixels of a cell are painted from the same features, each by weights of its own. Where the
    network is undecided they differ by chance, which is seen as a mesh; means with the neighbours
    take it away. All slots have to be smoothed alike: one that is not wins at the edges of the
    others, and lids and lips get dotted rims.

    Args:
        logits: (B, H, W, f * f, CHANNELS), of all cells or of a window.
        top, end: Which rows of these.
        place: Row and column of the picture's cells that they begin at.

    Returns:
        (B, f * (end - top), f * W, CHANNELS) float32.
    """
    first, last = max(0, top - 1), min(end + 1, logits.shape[1])
    cells = logits[:, first:last]
    b, h, w, area, c = cells.shape
    f = isqrt(area)
    # Into rows of pixels and into float32 in one pass.
    pixels = torch.empty(b, h, f, w, f, c, device=cells.device)
    pixels.copy_(cells.unflatten(3, (f, f)).permute(0, 1, 3, 2, 4, 5))
    pixels = pixels.view(b, f * h, f * w, c).permute(0, 3, 1, 2)
    side = _SIDES[f]
    line = torch.tensor([side, 1 - 2 * side, side], device=cells.device)
    kernel = (SHARPNESS * torch.outer(line, line)).expand(c, 1, 3, 3)
    smooth = F.conv2d(pixels, kernel, padding=1, groups=c).permute(0, 2, 3, 1)
    rows = smooth[:, f * (top - first) : f * (end - first)]
    for edge, ends in (
        (rows[:, :, 0], True), (rows[:, :, -1], True),
        (rows[:, 0], top == 0), (rows[:, -1], end == logits.shape[1]),
    ):  # fmt: skip
        if ends:  # of the picture: there are fewer neighbours
            edge.div_(1 - side)
    down, within_rows = _shared(place[0] + top, end - top, ROWS, f)
    right, within_columns = _shared(place[1], w, COLUMNS, f)
    faces = rows[:, down, right]
    if faces.numel():
        with torch.no_grad():
            skin = faces.softmax(-1)[..., _SKIN].sum(-1, keepdim=True)
            there = _on_faces(f, str(rows.device))
        faces *= 1 + skin * there[within_rows, within_columns]
    return rows.softmax(-1)


def _shared(start: int, count: int, part: slice, f: int) -> tuple[slice, slice]:
    """The pixels that some cells share with a part of all cells, counted within either."""
    first = max(start, part.start)
    last = max(first, min(start + count, part.stop))
    mine, theirs = (slice(f * (first - at), f * (last - at)) for at in (start, part.start))
    return mine, theirs


@cache
@torch.inference_mode(mode=False)  # it is kept, and gradients may be wanted the next time
def _on_faces(f: int, device: str) -> Tensor:
    """What scores of skin are taken times, less 1, where faces are: (f * rows, f * columns, 1)."""
    shares = []
    for part in (ROWS, COLUMNS):
        at = (torch.arange(f * (part.stop - part.start), device=device) + 0.5) / f
        shares.append((torch.minimum(at, at.flip(0)) / _FACE_FADE).clamp(max=1))
    return (SKIN_SHARPNESS / SHARPNESS - 1) * torch.outer(*shares)[..., None]


def _to_images(rgba: Tensor) -> list[Image.Image]:
    pixels = (rgba * 255).round_().clamp_(0, 255).byte().permute(0, 2, 3, 1).contiguous().cpu()
    return [
        Image.frombuffer("RGBa", (p.shape[1], p.shape[0]), p.numpy().tobytes(), "raw", "RGBa", 0, 1)
        .convert("RGBA")
        for p in pixels
    ]  # fmt: skip
