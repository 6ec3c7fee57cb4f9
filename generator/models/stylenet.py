"""The style network: a picture and a style's code -> the picture painted in that style.

After MicroAST (Wang et al., AAAI 2023, arXiv 2211.15313): micro encoders for content and style, a
modulator, a decoder. What differs: the style's signals are statistics of every level of its encoder
and become one *code*, which scales and shifts instance-normalised features everywhere (conditional
instance normalisation, Dumoulin et al., arXiv 1610.07629); so a code is all that has to be kept of
a style, codes can be mixed, and named styles can be learned without any encoder. Pixel-unshuffle
first, residual blocks at an eighth and a quarter of the picture's size: most of the work is done
where pictures are small. And noise, as much of it as the style wants: a plain wall is no plain
surface any more once it is painted, and strokes have to grow from something (Karras et al., arXiv
1812.04948).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generator.models.convolution import Convolution
from generator.models.tones import PLAIN

MULTIPLE = 8
"""Sides of pictures are multiples of this many pixels."""
_SLOPE = 0.1
_NOISE = 128
"""Side of the noise, which is repeated on larger pictures: the same picture is always painted the
same."""


@dataclass(frozen=True)
class StyleConfig:
    """Widths at a half, a quarter and an eighth of the picture's size."""

    half: int = 32
    quarter: int = 64
    eighth: int = 96
    blocks_eighth: int = 4
    blocks_quarter: int = 2
    code: int = 192
    encoder: tuple[int, ...] = (24, 48, 72, 96)
    names: tuple[str, ...] = ()
    """Named styles, in the order of their learned codes."""


class _Conv(Convolution):
    def __init__(self, cin: int, cout: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(cin, cout, kernel, stride, padding=kernel // 2)
        nn.init.kaiming_normal_(self.weight, _SLOPE)
        assert self.bias is not None
        nn.init.zeros_(self.bias)


class _Modulated(nn.Module):
    """Convolution, instance normalisation, then the code's scale and shift."""

    def __init__(self, cin: int, cout: int, code: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv = _Conv(cin, cout, stride=stride)
        self.film = nn.Linear(code, 2 * cout)
        nn.init.normal_(self.film.weight, std=0.3 / code**0.5)
        nn.init.zeros_(self.film.bias)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """(1, cin, H, W) -> (1, cout, H, W)."""
        scale, shift = self.film(code)[0].float().chunk(2)
        # Of a batch of one, batch normalisation is instance normalisation, and the only kernel
        # that normalises, scales and shifts rows of channels in one pass, forth and back.
        return F.batch_norm(self.conv(x), None, None, 1 + scale, shift, training=True)


class _Block(nn.Module):
    def __init__(self, channels: int, code: int) -> None:
        super().__init__()
        self.first = _Modulated(channels, channels, code)
        self.second = _Modulated(channels, channels, code)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        y = F.leaky_relu(self.first(x, code), _SLOPE)
        return x + self.second(y, code)


class _Grain(nn.Module):
    """Adds noise to features, as much to each as the code says."""

    def __init__(self, channels: int, code: int) -> None:
        super().__init__()
        self.gain = nn.Linear(code, channels)
        nn.init.normal_(self.gain.weight, std=0.1 / code**0.5)
        nn.init.constant_(self.gain.bias, 0.1)

    def forward(self, x: Tensor, code: Tensor, noise: Tensor) -> Tensor:
        times = [-(-side // _NOISE) for side in x.shape[2:]]
        part = noise.repeat(1, 1, *times)[:, :, : x.shape[2], : x.shape[3]].to(x.dtype)
        return torch.addcmul(x, self.gain(code)[..., None, None].to(x.dtype), part)


class StyleEncoder(nn.Module):
    """A picture of a style -> its code, from means and deviations at every level."""

    def __init__(self, config: StyleConfig) -> None:
        super().__init__()
        widths = (12, *config.encoder)
        self.levels = nn.ModuleList(
            _Conv(a, b, stride=1 if i == 0 else 2) for i, (a, b) in enumerate(pairwise(widths))
        )
        wide = 2 * sum(config.encoder) + 6
        self.head = nn.Sequential(
            nn.Linear(wide, 256), nn.LeakyReLU(_SLOPE), nn.Linear(256, config.code)
        )

    def forward(self, rgb: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1] -> (B, code)."""
        signals = [*_moments(rgb * 4 - 2)]
        x = F.pixel_unshuffle(rgb * 2 - 1, 2)
        for level in self.levels:
            x = F.leaky_relu(level(x), _SLOPE)
            signals += _moments(x)
        return self.head(torch.cat(signals, 1))


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:
    x = x.float()
    mean = x.mean((2, 3))  # `torch.var_mean` takes ten times as long
    var = (x.square().mean((2, 3)) - mean.square()).clamp_min(0)
    return mean, (var + 1e-5).sqrt()


class StyleNetwork(nn.Module):
    def __init__(self, config: StyleConfig) -> None:
        super().__init__()
        self.config = config
        c, code = config, config.code
        self.encoder = StyleEncoder(config)
        self.codes = nn.Parameter(torch.randn(len(config.names), code) * 0.5)
        random = torch.Generator().manual_seed(0)
        noise = torch.randn(1, 1, _NOISE, _NOISE, generator=random)
        self.register_buffer("noise", noise)
        self.noise: Tensor
        self.register_buffer("tones", PLAIN.repeat(len(config.names), 1))
        self.tones: Tensor
        """Of the named styles: what their pictures have together."""
        self.stem = _Conv(12, c.half)
        self.down4 = _Modulated(c.half, c.quarter, code, stride=2)
        self.down8 = _Modulated(c.quarter, c.eighth, code, stride=2)
        self.grain8 = nn.ModuleList(_Grain(c.eighth, code) for _ in range(c.blocks_eighth))
        self.trunk8 = nn.ModuleList(_Block(c.eighth, code) for _ in range(c.blocks_eighth))
        self.up4 = _Modulated(c.eighth, c.quarter, code)
        self.grain4 = nn.ModuleList(_Grain(c.quarter, code) for _ in range(c.blocks_quarter))
        self.trunk4 = nn.ModuleList(_Block(c.quarter, code) for _ in range(c.blocks_quarter))
        self.up2 = _Modulated(c.quarter, c.half, code)
        self.grain2 = _Grain(c.half, code)
        self.join2 = _Modulated(2 * c.half, c.half, code)
        self.paint = _Conv(c.half, 12)
        with torch.no_grad():
            # All four pixels of a cell begin alike, or a checkerboard is what it begins with.
            self.paint.weight.mul_(0.3)
            self.paint.weight.copy_(self.paint.weight[::4].repeat_interleave(4, 0))

    def forward(self, rgb: Tensor, code: Tensor, shift: int = 0) -> Tensor:
        """Paint.

        Args:
            rgb: (B, 3, H, W) in [0, 1]; H and W are multiples of `MULTIPLE`.
            code: (B, code) from `encoder`, `codes`, or mixed of those.
            shift: Another one, other noise.

        Returns:
            (B, 3, H, W), within [-0.02, 1.02] so that black and white can be reached.
        """
        if len(rgb) > 1:  # see `_Modulated`
            pairs = zip(rgb.split(1), code.split(1), strict=True)
            return torch.cat([self(*pair, shift + i) for i, pair in enumerate(pairs)])
        noise = (torch.roll(self.noise, (29 * shift, 47 * i), (2, 3)) for i in count(1))
        half = F.leaky_relu(self.stem(F.pixel_unshuffle(rgb * 2 - 1, 2)), _SLOPE)
        quarter = F.leaky_relu(self.down4(half, code), _SLOPE)
        x = F.leaky_relu(self.down8(quarter, code), _SLOPE)
        for grain, block in zip(self.grain8, self.trunk8, strict=True):
            x = block(grain(x, code, next(noise)), code)
        x = F.leaky_relu(self.up4(_twice(x), code), _SLOPE) + quarter
        for grain, block in zip(self.grain4, self.trunk4, strict=True):
            x = block(grain(x, code, next(noise)), code)
        x = F.leaky_relu(self.up2(_twice(x), code), _SLOPE)
        x = self.grain2(x, code, next(noise))
        x = F.leaky_relu(self.join2(torch.cat([x, half], 1), code), _SLOPE)
        return F.pixel_shuffle(self.paint(x).float(), 2).sigmoid() * 1.04 - 0.02

    def named(self, names: Sequence[str]) -> Tensor:
        """The learned codes of named styles, (B, code)."""
        return self.codes[[self.config.names.index(name) for name in names]]

    def named_tones(self, names: Sequence[str]) -> Tensor:
        """The tones of named styles, (B, TONES)."""
        return self.tones[[self.config.names.index(name) for name in names]]


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")
