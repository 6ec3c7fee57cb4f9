"""Analysis by synthesis: draw what was read, and mend what does not come out as in the picture.

A fixed, small budget: the doubtful choices are drawn both ways (one batch), then a few gradient
steps through the generator move the sliders. A change stays only if the drawn picture comes closer;
whatever comes out is a spec, so it is drawn as one clean figure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from generator.engine import Engine
from generator.fusion.extraction import Reading
from generator.models.conditions import Conditions, encode, palettes
from generator.priors import fits
from generator.spec import ACCESSORIES, SLIDERS, VOCABULARY, AvatarSpec
from generator.training.drawings import pyramid_l1

ALTERNATIVES = 7
STEPS = 8
_RATE = 0.08
_SURE = 0.97
"""Choices at least as probable are not called into question."""
_SLACK = 0.998
"""A change has to make the distance this much smaller: a tie is no reason to change one's mind."""


def refine(engine: Engine, reading: Reading) -> Reading:
    """The same picture read again, closer if that was possible."""
    figure = reading.figure.to(engine.device)
    spec, best = _decided(engine, reading, figure)
    moved = _moved(engine, spec, figure)
    if float(_distances(engine, [moved], figure)[0]) < best * _SLACK:
        spec = moved
    return dataclasses.replace(reading, spec=spec)


def distance(engine: Engine, reading: Reading) -> float:
    """How far the drawn spec is from the picture: mean absolute difference at four scales."""
    return float(_distances(engine, [reading.spec], reading.figure.to(engine.device))[0])


def _decided(engine: Engine, reading: Reading, figure: Tensor) -> tuple[AvatarSpec, float]:
    """Every doubtful choice drawn both ways; what helps by itself is also tried together."""
    changes = _doubts(reading)[:ALTERNATIVES]
    specs = [reading.spec, *(_changed(reading.spec, [change]) for change in changes)]
    found = _distances(engine, specs, figure)
    best = int(found.argmin())
    helped = [c for c, d in zip(changes, found[1:], strict=True) if d < found[0] * _SLACK]
    if len(helped) > 1:
        together = _changed(reading.spec, helped)
        joint = float(_distances(engine, [together], figure)[0])
        if joint < float(found[best]):
            return together, joint
    if float(found[best]) < float(found[0]) * _SLACK:
        return specs[best], float(found[best])
    return reading.spec, float(found[0])


def _doubts(reading: Reading) -> list[tuple[str, Any]]:
    """Second-best levels and accessories that may be worn after all; the most doubtful first."""
    found: list[tuple[float, tuple[str, Any]]] = []
    for group, levels in VOCABULARY.items():
        chances, order = reading.logits[group].softmax(0).sort(descending=True)
        if group != "hair_pattern" and float(chances[0]) < _SURE:
            found.append((float(chances[1]), (group, levels[int(order[1])])))
    for chance, piece in zip(
        reading.logits["accessories"].sigmoid().tolist(), ACCESSORIES, strict=True
    ):
        if 1 - _SURE < chance < _SURE:
            found.append((min(chance, 1 - chance), ("accessories", piece)))
    found.sort(key=lambda doubt: -doubt[0])
    return [change for _, change in found]


def _changed(spec: AvatarSpec, changes: Sequence[tuple[str, Any]]) -> AvatarSpec:
    values = spec.model_dump()
    worn = set(spec.accessories)
    for name, value in changes:
        if name != "accessories":
            values[name] = value
        elif value in worn:
            worn.discard(value)
        else:
            worn = {piece for piece in worn if fits(piece, {value})} | {value}
    return AvatarSpec(**values | {"accessories": worn})


@torch.inference_mode()
def _distances(engine: Engine, specs: Sequence[AvatarSpec], figure: Tensor) -> Tensor:
    drawn = engine.paint(encode(specs).to(engine.device), palettes(specs).to(engine.device))
    flipped = [s.mirrored for s in specs]
    wanted = torch.stack([figure.flip(2) if mirrored else figure for mirrored in flipped])
    return pyramid_l1(drawn, wanted).cpu()


def _moved(engine: Engine, spec: AvatarSpec, figure: Tensor) -> AvatarSpec:
    """A few steps of Adam on the sliders, through the generator."""
    start = encode([spec]).to(engine.device)
    colours = palettes([spec]).to(engine.device)
    wanted = (figure.flip(2) if spec.mirrored else figure)[None]
    # Clones: tensors made in inference mode take no part in gradients.
    sliders = start.sliders[:, : len(SLIDERS)].clone().requires_grad_()
    detail = start.sliders[:, len(SLIDERS) :]
    slopes = [part.to(engine.device) for part in _slopes(spec)]
    adam = torch.optim.Adam([sliders], _RATE, (0.8, 0.95))
    for _ in range(STEPS):
        offset = (sliders - start.sliders[:, : len(SLIDERS)])[0]
        pose, anchors = (
            part + torch.tensordot(offset, slope, 1)
            for part, slope in zip((start.pose, start.anchors), slopes, strict=True)
        )
        conditions = Conditions(start.attributes, torch.cat([sliders, detail], 1), pose, anchors)
        loss = pyramid_l1(engine.paint(conditions, colours), wanted).sum()
        (sliders.grad,) = torch.autograd.grad(loss, [sliders])
        adam.step()
        with torch.no_grad():
            sliders.clamp_(-1, 1)
    values = [round(float(v), 4) for v in sliders.detach()[0]]
    return spec.model_copy(update=dict(zip(SLIDERS, values, strict=True)))


def _slopes(spec: AvatarSpec) -> tuple[Tensor, Tensor]:
    """How pose and anchors change with each slider, nearly the same everywhere.

    Returns:
        (len(SLIDERS), 2, 3) and (len(SLIDERS), len(ANCHORS), 2, 3).
    """
    ends = [spec.model_copy(update={name: v}) for name in SLIDERS for v in (-0.5, 0.5)]
    conditions = encode(ends)
    pose, anchors = (x[1::2] - x[::2] for x in (conditions.pose, conditions.anchors))
    return pose, anchors
