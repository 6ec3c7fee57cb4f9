"""The style network's objective: paint any picture in any style, and named styles from memory.

Half of a batch is painted from the learned code of a named style, the rest from the code that the
encoder makes of the style's picture; a few pictures are their own style, so that the codes between
a photograph and a style are degrees of strength. Losses are those of `perception`.
"""

from __future__ import annotations

from typing import Any

import torch
from lightning_fabric import Fabric
from PIL import Image
from torch import Tensor, nn

from generator.data.style_pictures import StylePictures
from generator.models.convolution import channels_last
from generator.models.stylenet import StyleConfig, StyleNetwork
from generator.models.tones import toned, tones
from generator.style.stylizer import load_network
from generator.training.config import ConfigError, TrainConfig
from generator.training.ema import Ema
from generator.training.optimizers import optimizers
from generator.training.perception import Eye, Weights, total_loss
from generator.training.pictures import grid
from generator.training.precision import half
from generator.training.stepping import Stepper
from generator.training.style_lessons import StyleLessons

_SHIFT = 16
"""The loss network sees a picture moved by up to so many pixels, the coarsest stride that is looked
at: else its grid would be painted."""
_SHOWN = 3
"""Pictures that each style is shown on."""


class _Painter(nn.Module):
    def __init__(self, generator: StyleNetwork) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, contents: Tensor, styles: Tensor, named: Tensor, shift: int) -> Tensor:
        """`named` (B,): index of a learned code, or -1 for the code of the style's picture.

        The tones are those of the picture, also of a named style: crops of its works differ.
        """
        read = self.generator.encoder(styles).float()
        learned = self.generator.codes[named.clamp_min(0)]
        code = torch.where(named[:, None] >= 0, learned, read)
        return toned(self.generator(contents, code, shift).float(), tones(styles)).clamp(0, 1)


class StyleObjective:
    def __init__(self, config: TrainConfig, fabric: Fabric) -> None:
        self.config, self.fabric = config, fabric
        self.half = half(config.precision, fabric.device)
        s = config.style
        self.weights = Weights(**{k: getattr(s, k) for k in Weights.__dataclass_fields__})
        self.eye = Eye(self.half, fabric.device)
        self.lessons = StyleLessons(
            StylePictures(config.data[0]), size=s.size, own=s.own, named=s.named
        )
        painter = _Painter(self._network())
        channels_last(painter.to(fabric.device))
        own = optimizers(painter, lr=config.lr, betas=config.betas, kernel_lr=config.kernel_lr)
        self.ema = Ema(painter, config.ema)
        self.ema.module.to(fabric.device)
        self.painter = Stepper(fabric, painter, *own, clip=config.clip)

    def _network(self) -> StyleNetwork:
        """A new one, or the one to go on from; styles that it did not know begin at chance."""
        network = StyleNetwork(StyleConfig(names=self.lessons.names))
        network.tones.copy_(torch.cat([self.lessons.tones_of(n) for n in self.lessons.names]))
        start = self.config.style.weights
        if not start:
            return network
        before = load_network(start)
        known = [n for n in self.lessons.names if n in before.config.names]
        rows = [self.lessons.names.index(n) for n in known]
        state = before.state_dict()
        with torch.no_grad():
            codes = network.codes.clone()
            codes[rows] = before.named(known)
        try:
            network.load_state_dict(state | {"codes": codes, "tones": network.tones})
        except RuntimeError as error:
            raise ConfigError(f"{start} is of another version: remove style.weights") from error
        return network

    def state(self) -> dict[str, Any]:
        names = list(self.lessons.names)
        return {"generator": self.painter.state(), "ema": self.ema, "names": names}

    def step(self, seen: int, lr_scale: float) -> dict[str, float]:
        random = torch.Generator().manual_seed(
            (self.config.seed * 1_000_003 + seen) * 64 + self.fabric.global_rank
        )
        batch = self.lessons.batch(self.config.batch, random).to(self.fabric.device)
        with self.half():
            shift = int(torch.randint(1 << 16, (), generator=random))
            painted = self.painter(batch.contents, batch.styles, batch.named, shift)
        painted, contents, importance = _shifted(random, painted, batch.contents, batch.importance)
        with torch.no_grad():
            content, style = self.eye(contents), self.eye(batch.styles)
        loss, parts = total_loss(
            self.eye(painted), content, style, self.weights, importance, random
        )
        apart = (painted - contents).abs().mean((1, 2, 3))
        loss = loss + 5 * (apart * batch.own).sum() / len(painted)
        norm = self.painter.step(loss, lr_scale)
        self.ema.update(self.painter.module)
        return {"reconstruction": float(loss.detach()), "g_norm": norm, **parts}

    @torch.inference_mode()
    def pictures(self) -> Image.Image:
        """Each named style on fixed pictures, beside one of the pictures it is learned from."""
        network, device = self.ema.module.generator, self.fabric.device
        contents = self.lessons.examples(_SHOWN).to(device)
        shown = [torch.ones_like(contents[:1]), contents]
        for name in network.config.names:
            shown.append(self.lessons.example_of(name).to(device))
            code, theirs = network.named([name] * _SHOWN), network.named_tones([name] * _SHOWN)
            shown.append(toned(network(contents, code), theirs).clamp(0, 1))
        for work in self.lessons.works(_SHOWN).to(device).split(1):  # through the encoder
            code, theirs = (x.expand(_SHOWN, -1) for x in (network.encoder(work), tones(work)))
            shown += [work, toned(network(contents, code), theirs).clamp(0, 1)]
        return grid(torch.cat(shown), columns=3 * (1 + _SHOWN))


def _shifted(random: torch.Generator, *pictures: Tensor) -> tuple[Tensor, ...]:
    """All pictures, turned over their edges by the same random number of rows and columns."""
    down, right = torch.randint(_SHIFT, (2,), generator=random).tolist()
    return tuple(torch.roll(p, (down, right), (2, 3)) for p in pictures)
