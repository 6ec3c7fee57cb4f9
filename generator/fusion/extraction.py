"""What a picture shows, as a spec: the encoder looks twice and says how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import Tensor

from generator.allocation import keep_memory
from generator.art.palette import hex_colour
from generator.errors import PersonError
from generator.evaluation.colours import ciede2000, lab
from generator.manifest import SHIPPED, check
from generator.models.convolution import channels_last
from generator.models.encoder import COLOURS, SIDE, Encoder, Region, Seen, vocabulary
from generator.models.storage import read
from generator.spec import ACCESSORIES, EXCLUSIVE, SLIDERS, VOCABULARY, AvatarSpec
from generator.training.precision import half

WEIGHTS = SHIPPED / "encoder.safetensors"
PRESENT = 0.5
"""Least probability of a figure; below, there is none to be read."""
ODD_EYES = 14.0
"""CIEDE2000 between two irises from which on they are meant to differ."""
_LEAST_EYE = 4.0 / 64**2
"""Share of the marked places (four of them) that an iris is read from at least."""
_STEADY = 0.04
"""Figures that lie closer to the middle than this are not looked at again."""
_LATERAL = ("turn", "tilt", "gaze")
_ONE_SIDED = ("kimono", "qipao")
_SEEDS = 4096
_PAPER = (238, 240, 246)


class ExtractionError(PersonError):
    """A picture that nothing can be read from, or no encoder to read it."""


@dataclass(frozen=True)
class Reading:
    """A picture as a figure.

    spec: What is drawn in it.
    confidence: Probability of each single choice, of every accessory's being worn or not, and of
        there being a figure at all ("present").
    errors: The absolute error to be expected of each slider.
    logits: All that was considered, by group of `VOCABULARY` and "accessories".
    placement: log2 of the figure's size in the (squared) picture, then its middle in half sides.
    figure: (4, 256, 256) premultiplied RGBA of the figure alone, centred, in [0, 1]. Where it ends
        was read as well, unless the picture was transparent there.
    """

    spec: AvatarSpec
    confidence: dict[str, float]
    errors: dict[str, float]
    logits: dict[str, Tensor]
    placement: tuple[float, float, float]
    figure: Tensor


def load_encoder(weights: Path) -> Encoder:
    """The network of a safetensors file, in float32 on the CPU.

    Raises:
        ExtractionError: No such file, or it does not fit this version.
    """
    try:
        with safe_open(weights, "pt") as file:
            if (file.metadata() or {}).get("vocabulary") != vocabulary():
                raise ValueError("another vocabulary")
            state = read(file)
        encoder = Encoder()
        # Batch norm asks for a counter that is not kept: what is missing is what matters.
        if encoder.load_state_dict(state, strict=False).missing_keys:
            raise ValueError("not all weights")
    except FileNotFoundError as error:
        raise ExtractionError(f"there is no encoder in {weights}: train or fetch one") from error
    except (SafetensorError, ValueError, RuntimeError) as error:
        raise ExtractionError(
            f"{weights} is damaged or of another version: fetch it again"
        ) from error
    return encoder


class Reader:
    """Holds the encoder. Load it once a process."""

    def __init__(self, encoder: Encoder, device: torch.device) -> None:
        self.encoder = encoder.eval().requires_grad_(False)
        self.device = device
        self.half = half("auto", device)

    @classmethod
    def load(cls, weights: Path = WEIGHTS, *, device: str = "auto") -> Self:
        """
        Raises:
            ExtractionError: No such file, or it does not fit this version.
            ManifestError: A shipped file is not the one that was published.
        """
        keep_memory()
        if weights.resolve().parent == SHIPPED.resolve():
            check(weights)
        encoder = load_encoder(weights)
        chosen = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        return cls(channels_last(encoder).to(torch.device(chosen)), torch.device(chosen))

    def read(self, pictures: Sequence[Image.Image]) -> list[Reading]:
        """What pictures show; two forward passes for all of them.

        Args:
            pictures: RGB or RGBA, any size and shape.

        Raises:
            ExtractionError: One of them shows no figure.
        """
        readings = self.look(pictures)
        for reading in readings:
            if reading.confidence["present"] < PRESENT:
                raise ExtractionError(
                    "there is no drawn figure to be seen in this picture: give one that shows a "
                    "face from the front"
                )
        return readings

    def look(self, pictures: Sequence[Image.Image]) -> list[Reading]:
        """The same of whatever pictures there are."""
        if not pictures:
            return []
        squares = [squared(picture) for picture in pictures]
        first = self._see([cut_out(square, (0.0, 0.0, 0.0)) for square in squares])
        places = [_steadied(row) for row in first.placement.tolist()]
        looks = [cut_out(square, place) for square, place in zip(squares, places, strict=True)]
        seen = self._see(looks) if any(any(place) for place in places) else first
        present = torch.maximum(first.present, seen.present).sigmoid()
        return [
            _decoded(seen, i, look, place, float(present[i]))
            for i, (look, place) in enumerate(zip(looks, places, strict=True))
        ]

    @torch.inference_mode()
    def _see(self, looks: Sequence[Image.Image]) -> Seen:
        pixels = np.stack([np.asarray(on_paper(look)) for look in looks])
        rgb = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
        with self.half():
            seen: Seen = self.encoder(rgb.to(self.device))
        groups = {name: x.float().cpu() for name, x in seen.groups.items()}
        rest = {name: x.float().cpu() for name, x in seen._asdict().items() if name != "groups"}
        return Seen(groups=groups, **rest)


Placement = tuple[float, float, float]


def squared(picture: Image.Image) -> Image.Image:
    """RGBA, square: what is missing at the shorter sides is transparent."""
    rgba = picture.convert("RGBA")
    side = max(rgba.size)
    if rgba.size == (side, side):
        return rgba
    page = Image.new("RGBA", (side, side))
    page.paste(rgba, ((side - rgba.width) // 2, (side - rgba.height) // 2))
    return page


def cut_out(square: Image.Image, place: Placement) -> Image.Image:
    """The figure at `place`, filling 256 x 256 pixels."""
    size, x, y = place
    scale = min(1.0, SIDE / (square.width * 2.0**size))
    if scale < 1:  # antialiased: first as much smaller as it will be, then cut
        side = max(1, round(square.width * scale))
        square = square.resize((side, side), Image.Resampling.BOX)
    half_side = square.width / 2
    reach = half_side * 2.0**size
    left, top = half_side * (1 + x) - reach, half_side * (1 + y) - reach
    if place == (0.0, 0.0, 0.0) and square.width == SIDE:
        return square
    step = 2 * reach / SIDE
    premultiplied = square.convert("RGBa").transform(
        (SIDE, SIDE), Image.Transform.AFFINE, (step, 0.0, left, 0.0, step, top),
        Image.Resampling.BILINEAR,
    )  # fmt: skip
    return premultiplied.convert("RGBA")


def on_paper(look: Image.Image) -> Image.Image:
    page = Image.new("RGBA", look.size, (*_PAPER, 255))
    page.alpha_composite(look)
    return page.convert("RGB")


def _steadied(place: Sequence[float]) -> Placement:
    size, x, y = place
    if max(abs(size), abs(x), abs(y)) < _STEADY:
        return (0.0, 0.0, 0.0)
    return max(-3.0, min(1.0, size)), max(-1.0, min(1.0, x)), max(-1.0, min(1.0, y))


def _decoded(seen: Seen, i: int, look: Image.Image, place: Placement, present: float) -> Reading:
    """Row `i` of what the network says, as a spec."""
    confidence = {"present": present}
    values: dict[str, Any] = {}
    for group, levels in VOCABULARY.items():
        chances = seen.groups[group][i].softmax(0)
        best = int(chances.argmax())
        values[group], confidence[group] = levels[best], float(chances[best])
    worn = seen.accessories[i].sigmoid()
    values["accessories"] = chosen_accessories(worn)
    for k, name in enumerate(ACCESSORIES):
        chance = float(worn[k])
        confidence[name] = chance if name in values["accessories"] else 1 - chance
    mirrored = float(seen.mirrored[i].sigmoid()) > 0.5 and values["outfit"] not in _ONE_SIDED
    side = -1.0 if mirrored else 1.0
    numbers = seen.numbers[i]
    for k, name in enumerate(SLIDERS):
        value = float(numbers[k]) * (side if name in _LATERAL else 1.0)
        values[name] = round(max(-1.0, min(1.0, value)), 4)
    signs = torch.where(seen.sides[i] >= 0, 1.0, -1.0)
    detail = signs * numbers[len(SLIDERS) :].abs().clamp(0.05, 1) * side
    values["seed"], values["flip"] = nearest_seed(detail.numpy()), mirrored
    values |= _coloured(seen.colours[i].numpy(), seen.areas[i].numpy(), values, mirrored=mirrored)
    spreads = seen.spreads[i].exp()
    return Reading(
        AvatarSpec(**values), confidence,
        {name: float(spreads[k]) for k, name in enumerate(SLIDERS)},
        {**{g: seen.groups[g][i] for g in VOCABULARY}, "accessories": seen.accessories[i]},
        place, _figure(look, seen.regions[i]),
    )  # fmt: skip


def chosen_accessories(chances: Tensor) -> frozenset[str]:
    """What is rather worn than not; of pieces that exclude each other the surest."""
    worn: set[str] = set()
    for k in chances.argsort(descending=True).tolist():
        piece = ACCESSORIES[k]
        if chances[k] > 0.5 and not any(piece in group and group & worn for group in EXCLUSIVE):
            worn.add(piece)
    return frozenset(worn)


def _coloured(
    colours: NDArray[np.float32], areas: NDArray[np.float32], values: dict[str, Any], *,
    mirrored: bool,
) -> dict[str, str | None]:  # fmt: skip
    """The colours as #rrggbb; eyes that look alike are alike."""
    rgb = np.clip(np.rint(colours * 255), 0, 255).astype(int)
    named: dict[str, str | None] = {
        name: _hex(rgb[k]) for k, name in enumerate(COLOURS) if not name.startswith("eye")
    }
    if values["hair_pattern"] == "solid":
        named["hair_colour2"] = None
    left, right = Region.EYE_L, Region.EYE_R
    if mirrored:
        left, right = right, left
    odd = min(areas[left], areas[right]) >= _LEAST_EYE and (
        float(ciede2000(lab(rgb[left]), lab(rgb[right]))) > ODD_EYES
    )
    weights = np.array([areas[left], areas[right]]) + 1e-6
    both = np.rint((rgb[[left, right]] * weights[:, None]).sum(0) / weights.sum()).astype(int)
    named["eye_colour"] = _hex(rgb[left] if odd else both)
    named["eye_colour2"] = _hex(rgb[right]) if odd else None
    return named


def _hex(rgb: NDArray[np.int_]) -> str:
    r, g, b = (int(v) for v in rgb)
    return hex_colour((r, g, b))


@cache
def _details() -> NDArray[np.float64]:
    return np.array([AvatarSpec(seed=seed).detail for seed in range(_SEEDS)])


def nearest_seed(detail: NDArray[np.float32]) -> int:
    """A seed whose `AvatarSpec.detail` has these signs and is nearest to these numbers."""
    known = _details()
    alike = ((known >= 0) == (detail >= 0)).sum(1)
    distance = np.abs(known - detail).sum(1) + 10.0 * (4 - alike)
    return int(distance.argmin())


def _figure(look: Image.Image, regions: Tensor) -> Tensor:
    """The figure alone: what is drawn times where the figure is."""
    rgba = torch.from_numpy(np.asarray(look).copy()).permute(2, 0, 1).float() / 255
    matte = 1 - regions.softmax(0)[Region.NOTHING]
    smooth = F.interpolate(matte[None, None], (SIDE, SIDE), mode="bilinear")[0]
    alpha = rgba[3:] * ((smooth - 0.5) * 4 + 0.5).clamp(0, 1)
    return torch.cat([rgba[:3] * alpha, alpha])
