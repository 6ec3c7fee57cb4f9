"""How well the encoder reads pictures, and what comes out when they are drawn again.

The figures are of no data set: drawn from specs of a seed of their own, by the vector library and
by the network, and treated as chats treat pictures. There are no drawings by others to test with;
"another hand" is our vector art with other lines, shading and colours, made by means (thicker
strokes, not grown masks) that the training does not have.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from generator.art.figure import compose
from generator.art.palette import palette, rgb
from generator.art.render import picture
from generator.compositing import background
from generator.data.build import spec_of
from generator.data.store import Bytes
from generator.engine import Engine
from generator.errors import PersonError
from generator.evaluation.accuracy import Scores, score
from generator.evaluation.colours import ciede2000, lab
from generator.evaluation.features import ImageNetFeatures, Lite0
from generator.evaluation.figures import PAPER
from generator.evaluation.judge import Judge
from generator.evaluation.metrics import kid
from generator.evaluation.visibility import labels_of, visible
from generator.fusion.extraction import WEIGHTS, Reader, Reading, on_paper
from generator.fusion.refinement import distance, refine
from generator.spec import SLIDERS, VOCABULARY, AvatarSpec, resolve_colour
from generator.training.backdrops import backdrops
from generator.training.hand import Hand
from generator.training.scenes import laid, placement

SEED = 70_001
_BATCH = 8
_COLOURED = ("hair_colour", "eye_colour", "skin", "outfit_colour")
_BARE = frozenset({"bald", "hijab"})
_REFINED = 40
"""Figures of the round trip that are also refined: each takes a second."""
OURS = Hand()
_DETAILED = frozenset({
    "render on paper", "network on paper", "sakura", "busy background",
    "another hand, rough crop, busy",
})  # fmt: skip
Make = Callable[[int], Image.Image]


@dataclass(frozen=True)
class Result:
    """One way of showing the figures: what was read.

    found: Share in which a figure was seen. differences: CIEDE2000 by colour, one a figure that
    shows it. numbers: (N, len(SLIDERS)) absolute errors. sure: mean confidence of single choices.
    """

    name: str
    readings: tuple[Reading, ...]
    scores: Scores
    found: float
    differences: dict[str, Tensor]
    numbers: Tensor
    sure: float


@dataclass
class Bench:
    """Figures, networks, and the pictures made so far."""

    specs: list[AvatarSpec]
    reader: Reader
    engine: Engine
    drawn: list[Image.Image] = field(default_factory=list)
    pages: Bytes = field(default_factory=lambda: backdrops(SEED, 60))

    @classmethod
    def load(cls, count: int, weights: Path | None = None) -> Self:
        """
        Raises:
            PersonError: One of the networks is missing.
        """
        specs = [spec_of(SEED, i, "any") for i in range(count)]
        return cls(specs, Reader.load(weights or WEIGHTS), Engine.load())

    def network(self, i: int) -> Image.Image:
        while len(self.drawn) <= i:
            first = len(self.drawn)
            self.drawn += self.engine.draw(self.specs[first : first + _BATCH])
        return self.drawn[i]

    def render(self, i: int, hand: Hand = OURS, line: float = 0.0) -> Image.Image:
        """The vector picture; `line` adds to the figure's own line weight, beyond its range."""
        spec = self.specs[i]
        bolder = spec.model_copy(update={"line_weight": spec.line_weight + line})
        image = picture(compose(bolder), hand.colours(palette(spec)), 256)
        return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if spec.mirrored else image

    def ways(self) -> dict[str, Make]:
        """Every way of showing figure number i."""
        flat = Hand(shade=0, light=0)
        other = Hand(ink=(20, 18, 22), shade=1.7, light=0.5, jitter=(18, -20, 14) * 11)

        def zoomed(i: int) -> Image.Image:
            rng = np.random.default_rng((SEED, 3, i))
            place = _place(rng, 0.3, 0.55, room=0.2)
            return _laid(self.network(i), self._page(i), place)

        def small(i: int) -> Image.Image:
            rng = np.random.default_rng((SEED, 4, i))
            place = _place(rng, -1.0, -0.4, room=0.4)
            return _laid(self.network(i), self._page(i), place)

        def rough(i: int) -> Image.Image:
            rng = np.random.default_rng((SEED, 5, i))
            hand, line = Hand.any(rng), float(rng.uniform(-2, 3))
            return _laid(self.render(i, hand, line), self._page(i), placement(rng))

        def ours(name: str) -> Make:
            return lambda i: background(self.network(i), name, seed=i).convert("RGB")

        return {
            "render on paper": lambda i: _on_paper(self.render(i)),
            "network on paper": lambda i: _on_paper(self.network(i)),
            "network, transparent": self.network,
            "sakura": ours("sakura"),
            "stars": ours("stars"),
            "hearts": ours("hearts"),
            "busy background": lambda i: _laid(self.network(i), self._page(i)),
            "rough crop, busy": zoomed,
            "small, off the middle, busy": small,
            "128 px, JPEG 40": lambda i: _compressed(_on_paper(self.network(i))),
            "sticker, busy": lambda i: _laid(self.network(i), self._page(i), outline=4),
            "bold lines": lambda i: _on_paper(self.render(i, line=3.0)),
            "thin lines": lambda i: _on_paper(self.render(i, line=-2.0)),
            "no shading": lambda i: _on_paper(self.render(i, flat)),
            "black ink, other tones": lambda i: _on_paper(self.render(i, other)),
            "another hand, rough crop, busy": rough,
        }

    def _page(self, i: int) -> Image.Image:
        return Image.fromarray(self.pages[i % len(self.pages)])

    def read(self, name: str, make: Make) -> Result:
        """Read every figure as it is shown in one way."""
        readings: list[Reading] = []
        for first in range(0, len(self.specs), _BATCH):
            rows = range(first, min(first + _BATCH, len(self.specs)))
            readings += self.reader.look([make(i) for i in rows])
        asked, counts = (torch.tensor(x) for x in zip(*map(labels_of, self.specs), strict=True))
        found = torch.tensor([labels_of(reading.spec)[0] for reading in readings])
        pairs = list(zip(self.specs, readings, strict=True))
        return Result(
            name, tuple(readings), score(found, asked, counts),
            float(np.mean([r.confidence["present"] >= 0.5 for r in readings])),
            {name: torch.tensor([_apart(s, r.spec, name) for s, r in pairs if _shows(s, name)])
             for name in _COLOURED},
            torch.tensor([_off(s, r.spec) for s, r in pairs]),
            float(np.mean([[r.confidence[g] for g in VOCABULARY] for r in readings])),
        )  # fmt: skip

    def sheet(self, count: int = 12) -> Image.Image:
        """Pictures of several kinds, and below each what is drawn of what was read."""
        ways = self.ways()
        names = ("render on paper", "network on paper", "sakura", "busy background",
                 "rough crop, busy", "another hand, rough crop, busy")  # fmt: skip
        page = Image.new("RGB", (count * 160, 2 * len(names) * 160), PAPER)
        for row, name in enumerate(names):
            shown = [ways[name](i) for i in range(min(count, len(self.specs)))]
            again = self.engine.draw([r.spec for r in self.reader.look(shown)])
            for column, pair in enumerate(zip(shown, again, strict=True)):
                for k, image in enumerate(pair):
                    small = _on_paper(image.convert("RGBA")).resize((160, 160))
                    page.paste(small, (column * 160, (2 * row + k) * 160))
        return page


def tables(bench: Bench) -> Iterator[str]:
    """Markdown, line by line."""
    ways = bench.ways()
    results = []
    yield f"{len(bench.specs)} figures of no data set, seed {SEED}; weights {_notes(bench)}."
    yield ""
    head = ("shown as", "found", "choices right", "accessories found", "false alarms",
            *(f"{_short(name)} ΔE" for name in _COLOURED), "sliders off by", "sure")  # fmt: skip
    yield from _row(head, rule=True)
    for name, make in ways.items():
        result = bench.read(name, make)
        results.append(result)
        accuracy = result.scores.accuracy
        choices = np.mean([accuracy[g] for g in VOCABULARY])
        yield from _row((
            name, f"{result.found:.1%}", f"{choices:.1%}",
            _share(accuracy, "accessories"),
            f"{result.scores.false_alarms:.2%}",
            *(f"{float(d.median()):.1f}" for d in result.differences.values()),
            f"{float(result.numbers.mean()):.2f}", f"{result.sure:.1%}",
        ))  # fmt: skip
    yield ""
    kept = [r for r in results if r.name in _DETAILED]
    yield from _row(("attribute", *(r.name for r in kept)), rule=True)
    for group in (*VOCABULARY, "accessories"):
        yield from _row((group, *(_share(r.scores.accuracy, group) for r in kept)))
    for k, slider in enumerate(SLIDERS):
        yield from _row(
            (f"{slider} (off by)", *(f"{float(r.numbers[:, k].mean()):.2f}" for r in kept))
        )
    yield ""
    yield from _round_trips(bench, results)


def _share(accuracy: Mapping[str, float], attribute: str) -> str:
    """A dash where too few figures show the attribute to say anything of it."""
    return f"{accuracy[attribute]:.1%}" if attribute in accuracy else "–"


def _round_trips(bench: Bench, results: Sequence[Result]) -> Iterator[str]:
    """Picture -> spec -> picture, against drawing the true spec and drawing somebody else."""
    imagenet = ImageNetFeatures()
    try:
        judge: Judge | None = Judge.load()
    except PersonError:
        judge = None
    named = {result.name: result for result in results}
    head = ("round trip", "deep distance", "KID x 1000", "judge agrees")
    yield from _row(head, rule=True)
    for name in ("render on paper", "network on paper"):
        originals = [
            _on_paper(bench.ways()[name](i).convert("RGBA")) for i in range(len(bench.specs))
        ]
        read = [reading.spec for reading in named[name].readings]
        kinds = {
            "read and drawn": _drawn(bench.engine, read),
            "the true spec drawn": _drawn(bench.engine, bench.specs),
            "somebody else drawn": _drawn(bench.engine, [*bench.specs[1:], bench.specs[0]]),
        }
        for kind, again in kinds.items():
            one, other = _tensor(originals), _tensor(again)
            far = _deep(imagenet.network, one, other)
            value, _ = kid(_embedded(imagenet, one), _embedded(imagenet, other))
            agree = "no judge" if judge is None else f"{_agreement(judge, one, other):.1%}"
            yield from _row((f"{name}: {kind}", f"{far:.3f}", f"{1000 * value:.2f}", agree))
    yield ""
    yield from _refinement(bench, named["network on paper"], imagenet)


def _refinement(bench: Bench, result: Result, imagenet: ImageNetFeatures) -> Iterator[str]:
    """What the gradient steps gain."""
    before = result.readings[:_REFINED]
    after = [refine(bench.engine, reading) for reading in before]
    originals = _tensor([_on_paper(bench.network(i)) for i in range(len(before))])
    yield from _row(("refinement", "pixel distance", "deep distance", "sliders off by"), rule=True)
    for name, readings in (("as read", before), ("refined", after)):
        pixels = np.mean([distance(bench.engine, reading) for reading in readings])
        drawn = _tensor(_drawn(bench.engine, [reading.spec for reading in readings]))
        off = np.mean([_off(s, r.spec) for s, r in zip(bench.specs, readings, strict=False)])
        yield from _row(
            (
                name,
                f"{pixels:.4f}",
                f"{_deep(imagenet.network, originals, drawn):.3f}",
                f"{off:.3f}",
            )
        )


def _row(cells: Sequence[str], *, rule: bool = False) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"
    if rule:
        yield f"|{'---|' * len(cells)}"


def _notes(bench: Bench) -> str:
    count = sum(p.numel() for p in bench.reader.encoder.parameters())
    return f"of {count / 1e6:.2f} million parameters"


def _short(name: str) -> str:
    return name.removesuffix("_colour")


def _seen(spec: AvatarSpec, name: str) -> float:
    value: float = getattr(spec, name)
    return -value if spec.mirrored and name in ("turn", "tilt", "gaze") else value


def _off(one: AvatarSpec, other: AvatarSpec) -> list[float]:
    """By how much each slider differs."""
    return [abs(_seen(one, name) - _seen(other, name)) for name in SLIDERS]


def _shows(spec: AvatarSpec, name: str) -> bool:
    if name == "hair_colour":
        return spec.hair not in _BARE
    return name != "eye_colour" or ("eye_shape" in visible(spec) and not spec.eye_colour2)


def _apart(one: AvatarSpec, other: AvatarSpec, name: str) -> float:
    a, b = (np.array(rgb(resolve_colour(name, getattr(s, name)))) for s in (one, other))
    return float(ciede2000(lab(a), lab(b)))


def _place(
    rng: np.random.Generator, low: float, high: float, *, room: float
) -> tuple[float, float, float]:
    size, (x, y) = rng.uniform(low, high), rng.uniform(-room, room, 2)
    return float(size), float(x), float(y)


def _on_paper(image: Image.Image) -> Image.Image:
    return on_paper(image.convert("RGBA"))


def _laid(
    figure: Image.Image, page: Image.Image, place: tuple[float, float, float] = (0.0, 0.0, 0.0), *,
    outline: float = 0.0,
) -> Image.Image:  # fmt: skip
    premultiplied = np.asarray(figure.convert("RGBa"))
    return laid(premultiplied, page, place, outline=outline)


def _compressed(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.resize((128, 128), Image.Resampling.BOX).save(buffer, "JPEG", quality=40)
    return Image.open(buffer).convert("RGB")


def _drawn(engine: Engine, specs: Sequence[AvatarSpec]) -> list[Image.Image]:
    images: list[Image.Image] = []
    for first in range(0, len(specs), _BATCH):
        images += engine.draw(specs[first : first + _BATCH])
    return [_on_paper(image) for image in images]


def _tensor(images: Sequence[Image.Image]) -> Tensor:
    pixels = np.stack([np.asarray(image) for image in images])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255


def _embedded(imagenet: ImageNetFeatures, rgb: Tensor) -> Tensor:
    return torch.cat([imagenet(part) for part in rgb.split(_BATCH)])


@torch.inference_mode()
def _deep(network: Lite0, one: Tensor, other: Tensor) -> float:
    """As LPIPS (Zhang et al., arXiv 1801.03924), uncalibrated: the squared distance of features of
    unit length, mean over places and depths, in EfficientNet-Lite0 at 128 px."""
    total = []
    for a, b in zip(one.split(_BATCH), other.split(_BATCH), strict=True):
        pair = F.interpolate(torch.cat([a, b]), (128, 128), mode="bilinear", antialias=True)
        x = F.relu6(network._bn0(network._conv_stem((pair * 255 - 127) / 128)))
        apart = []
        for k, block in enumerate(network._blocks):
            x = block(x)
            if k in (0, 2, 4, 10, 15):
                left, right = F.normalize(x, dim=1).chunk(2)
                apart.append((left - right).square().sum(1).mean((1, 2)))
        total.append(torch.stack(apart).mean(0))
    return float(torch.cat(total).mean())


def _agreement(judge: Judge, one: Tensor, other: Tensor) -> float:
    """Share of single choices that the judge names alike in both pictures."""
    right = []
    for a, b in zip(one.split(_BATCH), other.split(_BATCH), strict=True):
        same = judge.levels(judge(a)) == judge.levels(judge(b))
        right.append(same[:, : len(VOCABULARY)].float().mean(1))
    return float(torch.cat(right).mean())
