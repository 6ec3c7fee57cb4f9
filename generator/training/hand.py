"""Other hands: how somebody else might have inked and coloured a figure of ours.

There are no drawings of other artists in the training. What can be changed honestly about our own
is changed: the weight and colour of lines, shading (deeper, of another hue, none), highlights, the
colours that our palette fixes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generator.art.palette import RGB, Slot
from generator.data.store import BACKGROUND, Bytes
from generator.spec import AvatarSpec

_SHADED: tuple[tuple[Slot, Slot], ...] = (
    (Slot.HAIR_SHADE, Slot.HAIR), (Slot.HAIR2_SHADE, Slot.HAIR2), (Slot.SKIN_SHADE, Slot.SKIN),
    (Slot.CLOTH_SHADE, Slot.CLOTH), (Slot.TRIM_SHADE, Slot.TRIM),
    (Slot.ACCESSORY_SHADE, Slot.ACCESSORY),
)  # fmt: skip
_LIT: tuple[tuple[Slot, Slot], ...] = (
    (Slot.HAIR_LIGHT, Slot.HAIR), (Slot.EYE_L_LIGHT, Slot.EYE_L), (Slot.EYE_R_LIGHT, Slot.EYE_R),
    (Slot.BLUSH, Slot.SKIN),
)  # fmt: skip
_FIXED = (Slot.WHITE, Slot.MOUTH, Slot.LIP, Slot.INK, Slot.GOLD, Slot.PINK, Slot.RED, Slot.LEAF,
          Slot.WATER, Slot.TRIM, Slot.BLUSH)  # fmt: skip
_COLOURS = ("hair_colour", "eye_colour", "eye_colour2", "skin", "outfit_colour", "accessory_colour")


@dataclass(frozen=True)
class Hand:
    """A way of drawing; the defaults are ours.

    line: Change of the lines' width in pixels of 256 (-1 thinner, 1.5 bolder).
    ink: The lines' colour, or None for our own.
    shade: How dark shadows are: 0 none at all, 1 ours, 2 twice as far from the colour.
    light: The same of highlights.
    jitter: Added to the colours that the palette fixes: red, green and blue of each, or nothing.
    """

    line: float = 0.0
    ink: RGB | None = None
    shade: float = 1.0
    light: float = 1.0
    jitter: tuple[int, ...] = ()

    @property
    def flat(self) -> bool:
        return self.shade == 0

    @classmethod
    def any(cls, rng: np.random.Generator) -> Hand:
        ink: RGB | None = None
        if rng.random() < 0.5:
            dark = int(rng.integers(0, 70))
            r, g, b = (int(v) for v in np.clip(dark + rng.integers(-20, 21, 3), 0, 255))
            ink = (r, g, b)
        depth = float(rng.random())
        return cls(
            line=float(rng.uniform(-1.2, 1.8)) if rng.random() < 0.7 else 0.0,
            ink=ink,
            shade=0.0 if depth < 0.3 else float(rng.uniform(0.4, 1.8)),
            light=0.0 if rng.random() < 0.3 else float(rng.uniform(0.4, 1.5)),
            jitter=tuple(rng.integers(-24, 25, len(_FIXED) * 3).tolist()),
        )

    def colours(self, ours: Sequence[RGB]) -> tuple[RGB, ...]:
        """Our palette as this hand would mix it; hair, skin, irises and cloth stay."""
        table = np.array(ours, np.float32)
        for slots, depth in ((_SHADED, self.shade), (_LIT, self.light)):
            for slot, base in slots:
                table[slot] = table[base] + depth * (table[slot] - table[base])
        if self.jitter:
            table[list(_FIXED)] += np.array(self.jitter, np.float32).reshape(-1, 3)
        if self.ink is not None:
            table[Slot.LINE] = self.ink
        return tuple((int(r), int(g), int(b)) for r, g, b in table.round().clip(0, 255))


def dressed(spec: AvatarSpec, other: AvatarSpec) -> AvatarSpec:
    """A figure in the colours of another one; its shapes and its hair pattern stay."""
    values: dict[str, Any] = {name: getattr(other, name) for name in _COLOURS}
    if spec.hair_pattern != "solid":
        values["hair_colour2"] = other.hair_colour2 or spec.hair_colour2
    return spec.model_copy(update=values)


def inked(slots: Bytes, shares: Bytes, colours: Sequence[RGB], hand: Hand) -> Bytes:
    """A stored figure in colours and with this hand's lines: (H, W, 4) premultiplied."""
    h, w = slots.shape[:2]
    table = torch.zeros(BACKGROUND + 1, 4)
    table[: len(colours), :3] = torch.tensor(colours, dtype=torch.float32) / 255
    table[: len(colours), 3] = 1
    which = torch.from_numpy(np.asarray(slots, np.int32).reshape(-1, 3))
    first = torch.from_numpy(np.asarray(shares, np.float32).reshape(-1, 2)) / 255
    weights = torch.cat([first, 1 - first.sum(1, keepdim=True)], 1)

    def painted(of: Tensor) -> Tensor:
        flat = F.embedding_bag(which, of, per_sample_weights=weights, mode="sum")
        return flat.view(1, h, w, -1).permute(0, 3, 1, 2)

    if abs(hand.line) < 0.1:
        picture = painted(table)
    else:
        without = torch.cat([table, torch.zeros(len(table), 1)], 1)
        without[Slot.LINE] = torch.tensor([0.0, 0, 0, 0, 1])
        both = painted(without)
        picture = _relined(both[:, :4], both[:, 4:], table[Slot.LINE, :3], hand.line)
    pixels: Bytes = (picture[0].permute(1, 2, 0) * 255).round().clamp(0, 255).byte().numpy()
    return pixels


def _relined(rest: Tensor, lines: Tensor, ink: Tensor, change: float) -> Tensor:
    """Lines by `change` pixels wider, on a figure whose colours first close under the old ones.

    Args:
        rest: (1, 4, H, W) premultiplied figure without its lines. lines: (1, 1, H, W) their mask.
    """
    alpha = (rest[:, 3:] + lines).clamp(0, 1)
    spread = F.avg_pool2d(F.avg_pool2d(rest, (1, 7), 1, (0, 3)), (7, 1), 1, (3, 0))
    inside = spread[:, :3] / spread[:, 3:].clamp_min(1e-3)
    figure = torch.cat([rest[:, :3] + lines * inside, alpha], 1)
    grown = F.max_pool2d(lines, 3, 1, 1) if change > 0 else -F.max_pool2d(-lines, 3, 1, 1)
    if abs(change) > 1:
        far = F.max_pool2d(grown, 3, 1, 1) if change > 0 else -F.max_pool2d(-grown, 3, 1, 1)
        new = torch.lerp(grown, far, abs(change) - 1)
    else:
        new = torch.lerp(lines, grown, abs(change))
    inked = torch.cat([ink.view(1, 3, 1, 1).expand_as(rest[:, :3]), torch.ones_like(lines)], 1)
    return figure * (1 - new) + inked * new
