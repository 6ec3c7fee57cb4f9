"""The report's picture sheets: numbers have to be looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from generator.art.sheets import sheet
from generator.blending import between
from generator.data.build import held_out
from generator.data.store import Bytes
from generator.engine import Engine
from generator.evaluation.baselines import Baseline
from generator.evaluation.diversity import variants_of
from generator.evaluation.figures import Renders, draw, draw_conditions
from generator.evaluation.observing import Observed, Tick
from generator.evaluation.visibility import ATTRIBUTES
from generator.models.conditions import encode, palettes
from generator.spec import VOCABULARY, AvatarSpec

SIDE = 160
"""Pixels of a figure on a sheet."""
_FIGURES, _UNSEEN, _MISTAKES = 24, 16, 24
_ROWS, _STEPS = 6, 7
_PLAIN = 16
PICTURES = 2 * _FIGURES + 2 * _UNSEEN + _MISTAKES + 2 * _ROWS * _STEPS + _ROWS * 6
"""Roughly how many pictures are drawn for all sheets."""


class Gallery:
    """Draws the sheets into a folder."""

    def __init__(self, folder: Path, engine: Engine, renders: Renders, tick: Tick) -> None:
        self.folder, self.engine, self.renders, self.tick = folder, engine, renders, tick
        self.names: list[str] = []

    def write(
        self, *, drawn: Observed, asked: Tensor, counts: Tensor, real: Observed,
        pairs: Sequence[tuple[int, int, float]], baselines: Sequence[Baseline | None],
        earlier: Engine | None,
    ) -> list[str]:  # fmt: skip
        """All sheets; returns their file names."""
        specs = self.renders.specs
        self._keep("figures.png", self._beside_renders(list(range(len(specs)))[:_FIGURES]))
        new = [i for i, spec in enumerate(specs) if held_out(spec)][:_UNSEEN]
        if new:
            self._keep("unseen.png", self._beside_renders(new))
        wrong = (drawn.levels != asked) & counts
        chosen = torch.nonzero(wrong.any(1))[:_MISTAKES, 0].tolist()
        if chosen:
            self._keep("mistakes.png", self._mistakes(chosen, drawn.levels, asked, wrong))
        self._keep("inbetweens.png", self._between(pairs[:_ROWS]))
        self._keep("diversity.png", self._diversity())
        if earlier:
            self._keep("earlier.png", self._earlier(earlier))
        self._keep("baselines.png", _baselines(baselines, drawn, real))
        return self.names

    def _keep(self, name: str, page: Image.Image) -> None:
        page.save(self.folder / name, optimize=True)
        self.names.append(name)

    def _draw(self, specs: Sequence[AvatarSpec], engine: Engine | None = None) -> list[Image.Image]:
        images = []
        for i in range(0, len(specs), 8):
            pictures = draw(engine or self.engine, specs[i : i + 8])
            images += _images(pictures)
            self.tick(len(pictures))
        return images

    def _beside_renders(self, rows: Sequence[int]) -> Image.Image:
        """Drawn and rendered, in turn: eight figures on two lines."""
        drawn = self._draw([self.renders.specs[i] for i in rows])
        rendered = _images(self.renders.pictures(rows))
        self.tick(len(rows))
        pictures, labels = [], []
        for i in range(0, len(rows), 8):
            part = slice(i, i + 8)
            missing = 8 - len(rows[part])
            for line, label in ((drawn[part], "drawn"), (rendered[part], "render")):
                pictures += line + [Image.new("RGBA", (SIDE, SIDE))] * missing
                labels += [label] * len(line) + [""] * missing
        return sheet(pictures, columns=8, labels=labels)

    def _mistakes(
        self, rows: Sequence[int], read: Tensor, asked: Tensor, wrong: Tensor
    ) -> Image.Image:
        captions = []
        for i in rows:
            k = int(torch.nonzero(wrong[i])[0, 0])
            captions.append(f"{_level(k, int(asked[i, k]))} > {_level(k, int(read[i, k]))}")
        drawn = self._draw([self.renders.specs[i] for i in rows])
        return sheet(drawn, columns=6, labels=captions)

    def _between(self, pairs: Sequence[tuple[int, int, float]]) -> Image.Image:
        """For each pair a line of specs in between, and one of mixed conditions."""
        pictures: list[Image.Image] = []
        labels: list[str] = []
        shares = torch.linspace(0, 1, _STEPS)
        for i, j, _ in pairs:
            a, b = self.renders.specs[i], self.renders.specs[j]
            pictures += self._draw([between(a, b, float(s)) for s in shares])
            one, other = encode([a] * _STEPS), encode([b] * _STEPS)
            colours = torch.lerp(palettes([a]), palettes([b]), shares[:, None, None])
            mixed = draw_conditions(self.engine, one.mix(other, shares), colours)
            pictures += _images(mixed)
            self.tick(_STEPS)
            for way in ("spec", "conditions"):
                labels += [f"{way} {100 * float(s):.0f}%" for s in shares]
        return sheet(pictures, columns=_STEPS, labels=labels)

    def _diversity(self) -> Image.Image:
        specs = [spec for figure in range(_ROWS) for spec in variants_of(self.renders, figure)]
        return sheet(self._draw(specs), columns=len(specs) // _ROWS)

    def _earlier(self, earlier: Engine) -> Image.Image:
        specs = self.renders.specs[:16]
        pictures = self._draw(specs, earlier) + self._draw(specs)
        order = [*range(8), *range(16, 24), *range(8, 16), *range(24, 32)]
        chosen = [pictures[k] for k in order if k < len(pictures)]
        labels = ["earlier" if k < len(specs) else "now" for k in order if k < len(pictures)]
        return sheet(chosen, columns=8, labels=labels)


def _level(column: int, level: int) -> str:
    attribute = ATTRIBUTES[column]
    if attribute in VOCABULARY:
        return VOCABULARY[attribute][level]
    return attribute if level else f"no {attribute}"


def _images(pictures: Bytes) -> list[Image.Image]:
    """Premultiplied RGBA -> reduced PIL pictures with straight alpha."""
    return [
        Image.frombuffer("RGBa", (p.shape[1], p.shape[0]), p.tobytes(), "raw", "RGBa", 0, 1)
        .resize((SIDE, SIDE), Image.Resampling.BOX)
        .convert("RGBA")
        for p in pictures
    ]  # fmt: skip


def _baselines(
    baselines: Sequence[Baseline | None], drawn: Observed, real: Observed
) -> Image.Image:
    """A line of 64 px pictures a model, enlarged by nothing."""
    lines: list[tuple[str, Callable[[], Bytes]]] = [
        ("renders", lambda: real.small[:_PLAIN].numpy()),
        ("ours", lambda: drawn.small[:_PLAIN].numpy()),
    ]
    lines += [(b.title, lambda b=b: b.sample(_PLAIN)) for b in baselines if b]  # type: ignore[misc]
    page = Image.new("RGB", (_PLAIN * 64, len(lines) * 82), "#ffffff")
    ink, font = ImageDraw.Draw(page), ImageFont.load_default(13)
    for k, (title, pictures) in enumerate(lines):
        ink.text((4, k * 82 + 1), title, "#333344", font)
        row = np.concatenate(list(pictures()), 1)
        page.paste(Image.fromarray(row), (0, k * 82 + 18))
    return page
