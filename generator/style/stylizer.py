"""The door to painted styles: holds the style network."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

import torch
import torch.nn.functional as F
from PIL import Image
from safetensors import SafetensorError, safe_open
from torch import Tensor

from generator.allocation import keep_memory
from generator.engine import EngineError
from generator.manifest import SHIPPED, check
from generator.models.colourspace import recoloured
from generator.models.convolution import channels_last
from generator.models.storage import read
from generator.models.stylenet import MULTIPLE, StyleConfig, StyleNetwork
from generator.models.tones import toned, tones
from generator.style.pictures import (
    MASKED,
    Mask,
    fitted,
    flat,
    smoothed,
    soft,
    to_image,
    to_tensor,
)
from generator.style.styles import WEIGHTS, StyleError, styles
from generator.training.precision import Precision, half

SIDE = 512
"""Longer side of what is painted, in pixels, unless told otherwise."""
Style = str | Image.Image
"""The key of a named style, or a picture of one."""
Blend = Mapping[str, float]
"""Named styles and their shares, of any sum."""
_MARGIN = 48
"""Pixels that are painted beyond the picture's edges and cut off: networks fray at borders."""
_STYLE_SIDE = 384
"""Pictures of styles are looked at with as many pixels as a square of this side has."""


class Code(NamedTuple):
    """What is known of a style: (1, code) and (1, TONES)."""

    code: Tensor
    tones: Tensor

    def lerp(self, other: Code, share: float) -> Code:
        """`share` of another style in this one."""
        return Code(self.code.lerp(other.code, share), self.tones.lerp(other.tones, share))


def load_network(weights: Path) -> StyleNetwork:
    """The network of a safetensors file, in float32 on the CPU.

    Raises:
        EngineError: No such file, or it does not fit this version.
    """
    try:
        with safe_open(weights, "pt") as file:
            settings = json.loads((file.metadata() or {})["config"])
            state = read(file)
        lists: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()
        }
        network = StyleNetwork(StyleConfig(**lists))
        network.load_state_dict(state)
    except FileNotFoundError as error:
        raise EngineError(f"there are no weights in {weights}: train or fetch them") from error
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise EngineError(f"{weights} is damaged or of another version: fetch it again") from error
    return network


class Stylizer:
    """Paints pictures. Load it once a process; one thread at a time."""

    def __init__(
        self, network: StyleNetwork, device: torch.device, precision: Precision = "auto"
    ) -> None:
        self.network = network.eval().requires_grad_(False)
        self.device = device
        told = "32" if os.environ.get("MOEMOJI_FLOAT32") else precision
        self.half = half(told, device)

    @classmethod
    def load(
        cls, weights: Path = WEIGHTS, *, device: str = "auto", precision: Precision = "auto"
    ) -> Self:
        """Read the weights.

        Args:
            weights: A safetensors file as `python -m generator export` writes. Those that are
                shipped are compared with their manifest.
            device: "auto" (CUDA where there is one), "cpu", "cuda", "cuda:1" ...
            precision: "auto" computes in bfloat16 where the hardware does; MOEMOJI_FLOAT32 in the
                environment forbids it.

        Raises:
            EngineError: No such file, or it does not fit this version.
            ManifestError: A shipped file is not the one that was published.
        """
        keep_memory()
        if weights.resolve().parent == SHIPPED.resolve():
            check(weights)
        chosen = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        network = load_network(weights)
        where = torch.device(chosen)
        return cls(channels_last(network).to(where), where, precision)

    @property
    def names(self) -> tuple[str, ...]:
        """Keys of the styles that it knows by name."""
        return self.network.config.names

    def warm(self) -> None:
        """Paint once, so that the first person does not wait for kernels to be chosen."""
        self.stylize(Image.new("RGB", (SIDE, SIDE)), self.names[0])

    @torch.inference_mode()
    def stylize(
        self, photo: Image.Image, style: Style | Blend, *, strength: float = 1.0,
        keep_colours: bool = False, mask: Mask | None = None, size: int = SIDE,
    ) -> Image.Image:  # fmt: skip
        """Paint a picture in a style.

        Args:
            photo: Any mode; what is transparent is white.
            style: A named style, a picture of a style, or shares of several named ones.
            strength: 0 leaves the photo as it is, 1 paints it wholly.
            keep_colours: Take the style's strokes and contrasts but the photo's own colours.
            mask: Of the photo's aspect, "L" or (H, W) with 1 (or True) where more structure is to
                be kept, above all on faces.
            size: Longer side of the result at most, in pixels; smaller photos stay as small.

        Returns:
            RGB, of the photo's aspect.

        Raises:
            StyleError: No style of that name, or shares that are no shares.
        """
        if not 0 <= strength <= 1:
            raise StyleError(f"a strength of {strength:g} is none: choose one from 0 to 1")
        image = fitted(flat(photo), size)
        rgb = to_tensor(image).to(self.device)
        code, own = self.code(style), self._read(rgb)
        flatness = strength * _flatness(style)
        areas = rgb.lerp(smoothed(rgb), flatness) if flatness else rgb
        painted = self._paint(areas, own.lerp(code, strength))
        if mask is not None:
            gently = soft(mask, image.size).to(self.device)
            softer = self._paint(areas, own.lerp(code, strength * MASKED))
            painted = painted.lerp(softer, gently)
        if keep_colours:
            painted = recoloured(painted, rgb)
        # Codes near the photo's own are painted nearly, not exactly, as the photo is.
        painted = rgb.lerp(painted, min(1.0, 2 * strength))
        return to_image(painted)

    @torch.inference_mode()
    def code(self, style: Style | Blend) -> Code:
        """The code of a style, and its tones."""
        if isinstance(style, str):
            style = {style: 1.0}
        if isinstance(style, Image.Image):
            return self._read(to_tensor(flat(style)).to(self.device))
        unknown = [name for name in style if name not in self.names]
        if unknown:
            raise StyleError(f"“{unknown[0]}” is no style: choose {', '.join(self.names)}")
        shares = torch.tensor([float(share) for share in style.values()])
        if not len(shares) or not shares.isfinite().all() or shares.min() < 0 or not shares.sum():
            raise StyleError("shares of styles are numbers above 0, such as pastel:2")
        shares = (shares / shares.sum()).to(self.device)
        codes, theirs = self.network.named(list(style)), self.network.named_tones(list(style))
        return Code((shares @ codes.float())[None], (shares @ theirs.float())[None])

    def _read(self, rgb: Tensor) -> Code:
        seen = _seen(rgb)
        return Code(self.network.encoder(seen).float(), tones(seen))

    def _paint(self, rgb: Tensor, code: Code) -> Tensor:
        height, width = rgb.shape[2:]
        right, below = -width % MULTIPLE, -height % MULTIPLE
        framed = F.pad(rgb, (_MARGIN, _MARGIN + right, _MARGIN, _MARGIN + below), mode="replicate")
        with self.half():
            framed = framed.contiguous(memory_format=torch.channels_last)
            painted = self.network(framed, code.code)
        inside = painted[:, :, _MARGIN : _MARGIN + height, _MARGIN : _MARGIN + width]
        return toned(inside.float().clamp(0, 1), code.tones).clamp(0, 1)


def _flatness(style: Style | Blend) -> float:
    """The share of styles that are made of flat areas, in [0, 1]."""
    if isinstance(style, Image.Image):
        return 0.0
    shares = {style: 1.0} if isinstance(style, str) else style
    named = styles()
    flat_ones = sum(share for name, share in shares.items() if name in named and named[name].flat)
    return flat_ones / sum(shares.values())


def _seen(rgb: Tensor) -> Tensor:
    """A picture of a style as the encoder is used to: about 384 x 384 pixels."""
    height, width = rgb.shape[2:]
    scale = _STYLE_SIDE / (height * width) ** 0.5
    sides = [
        max(2 * MULTIPLE, round(side * scale / MULTIPLE) * MULTIPLE) for side in (height, width)
    ]
    sides = [min(side, 8 * _STYLE_SIDE) for side in sides]
    return F.interpolate(rgb, tuple(sides), mode="bilinear", antialias=True)
