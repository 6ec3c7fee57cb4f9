"""`python -m generator evaluate`: draws what a judge data set asks for and measures all of it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import Tensor

from generator.allocation import keep_memory
from generator.data.build import held_out
from generator.engine import WEIGHTS, Engine
from generator.errors import PersonError
from generator.evaluation import baselines, inbetweens, sheets
from generator.evaluation.accuracy import (
    ColourScores,
    Scores,
    score,
    score_colours,
    share_right,
)
from generator.evaluation.comparison import Distances, NotTrained, Row, compare
from generator.evaluation.diversity import Diversity, measure_diversity
from generator.evaluation.document import markdown
from generator.evaluation.features import ImageNetFeatures
from generator.evaluation.figures import Renders
from generator.evaluation.goals import Goal, judge_goals
from generator.evaluation.inbetweens import Cleanliness
from generator.evaluation.judge import FILE as JUDGE
from generator.evaluation.judge import Judge
from generator.evaluation.metrics import memorisation
from generator.evaluation.observing import Observed, Observer, Tick
from generator.evaluation.visibility import labels_of
from generator.training.export import history

BUILD = "python -m generator dataset build --count 4000 --seed 1001 --split any --out"
PAIRS, PLAIN_64, TRAINING = 200, 1000, 3000


@dataclass(frozen=True)
class Settings:
    """What is judged, and with what."""

    data: Path
    """Rendered data set of split "any" that no network was trained on."""
    figures: int = 4000
    training: Path = Path("datasets/moe-1")
    """The generator's training set, for the memorisation ratio; may be missing."""
    weights: Path = WEIGHTS
    earlier: Path | None = None
    """Weights of an earlier checkpoint, to compare with."""
    judge: Path = JUDGE
    baselines: Path = baselines.FOLDER
    runs: Path = Path("runs")


@dataclass(frozen=True)
class Report:
    """All that was measured; `dataclasses.asdict` of it is report.json."""

    figures: int
    minutes: float
    judge: dict[str, str]
    goals: list[Goal]
    shapes: Scores
    shapes_ceiling: Scores
    colours: dict[str, ColourScores]
    colours_ceiling: dict[str, ColourScores]
    unseen: dict[str, float]
    """Shares of what is right: drawn and rendered, combinations never trained on and the rest."""
    distances: list[Row]
    distances_64: list[Row]
    memorisation: tuple[float, float] | None
    diversity: Diversity
    between: dict[str, Cleanliness]
    sheets: list[str] = field(default_factory=list)


def evaluate(folder: Path, settings: Settings) -> Report:
    """Measure everything and write report.json, report.md and the sheets into `folder`.

    Raises:
        PersonError: There is no data set, no generator or no judge; the message says how to get it.
    """
    keep_memory()
    started = time.monotonic()
    if not (settings.data / "meta.json").exists():
        raise PersonError(f"there is no data set in {settings.data}: `{BUILD} {settings.data}`")
    evaluation = _Evaluation(settings)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f}%"),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    with Progress(*columns, console=Console(stderr=True)) as progress:
        report = evaluation.run(progress, folder, started)
    _write(folder / "report.json", json.dumps(_plain(asdict(report)), indent=1))
    _write(folder / "report.md", markdown(report))
    return report


class _Evaluation:
    """One pass over the judge data set; half A is compared with half B, which stays unseen."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.judge = Judge.load(settings.judge)
        self.imagenet = ImageNetFeatures()
        self.observer = Observer(self.judge, self.imagenet)
        self.engine = Engine.load(settings.weights)
        self.renders = Renders(settings.data, limit=settings.figures)
        self.count = len(self.renders)
        if self.count < 40:
            raise PersonError(
                f"{settings.data} has {self.count} figures; judging needs 40 at least"
            )
        self.half_a, self.half_b = list(range(0, self.count, 2)), list(range(1, self.count, 2))
        self.small_count = min(PLAIN_64, len(self.half_a), len(self.half_b))
        self.earlier = self._earlier()
        self.baselines = {
            name: baselines.load(name, folder=settings.baselines, runs=settings.runs)
            for name in baselines.TITLES
        }
        self.training = self._training()

    def run(self, progress: Progress, folder: Path, started: float) -> Report:
        renders, rows = self.renders, list(range(self.count))
        ticks = _Ticks(progress, self._work())
        real = self.observer.renders(renders, rows, ticks("looking at renders"))
        drawn = self.observer.drawn(self.engine, renders, rows, ticks("drawing and looking"))
        earlier = None
        if self.earlier:
            earlier = self.observer.drawn(
                self.earlier, renders, self.half_a, ticks("drawing with the earlier weights")
            )
        distances = self._distances(real, drawn, earlier)
        distances_64 = self._distances_64(real, drawn, earlier, ticks("comparing at 64 px"))
        copied = self._memorisation(real, drawn, ticks("looking for copies"))
        diversity = measure_diversity(self.engine, self.observer, renders, ticks("diversity"))
        pairs = inbetweens.pairs_of(self.half_a, PAIRS)
        between = inbetweens.measure(
            self.engine, self.judge, self.imagenet, renders, pairs, real[1::2].imagenet,
            ticks("in-betweens"),
        )  # fmt: skip

        labels = [labels_of(spec) for spec in renders.specs]
        asked, counts = (torch.tensor(x) for x in zip(*labels, strict=True))
        shapes, ceiling = (score(seen.levels, asked, counts) for seen in (drawn, real))
        colours, colours_ceiling = (
            score_colours(seen.differences, seen.named) for seen in (drawn, real)
        )
        unseen = self._unseen(real, drawn, asked, counts)
        floor, ours = (row for row in distances[:2] if isinstance(row, Distances))
        goals = judge_goals(
            colours=colours, shapes=shapes, ceiling=ceiling, ours=ours, floor=floor,
            unseen=unseen["drawn, unseen"], rest=unseen["drawn, rest"],
            unseen_ceiling=unseen["renders, unseen"], rest_ceiling=unseen["renders, rest"],
            between=between,
        )  # fmt: skip
        gallery = sheets.Gallery(folder, self.engine, renders, ticks("sheets"))
        names = gallery.write(
            drawn=drawn, asked=asked, counts=counts, pairs=pairs, real=real,
            baselines=list(self.baselines.values()), earlier=self.earlier,
        )  # fmt: skip
        return Report(
            self.count, (time.monotonic() - started) / 60, self.judge.notes, goals, shapes, ceiling,
            colours, colours_ceiling, unseen, distances, distances_64, copied, diversity, between,
            names,
        )  # fmt: skip

    def _distances(self, real: Observed, drawn: Observed, earlier: Observed | None) -> list[Row]:
        b = self._spaces(real[1::2])
        rows: list[Row] = [
            compare("floor", self._spaces(real[::2]), b, "other renders"),
            compare("ours", self._spaces(drawn[::2]), b, _training_of(self.settings.weights)),
        ]
        if earlier is None:
            return [*rows, NotTrained("ours, earlier checkpoint", "not given")]
        assert self.settings.earlier is not None
        note = _training_of(self.settings.earlier)
        return [*rows, compare("ours, earlier checkpoint", self._spaces(earlier), b, note)]

    def _distances_64(
        self, real: Observed, drawn: Observed, earlier: Observed | None, tick: Tick
    ) -> list[Row]:
        n = self.small_count

        def spaces(small: Tensor) -> dict[str, Tensor]:
            features = self.observer.features_64(small.numpy(), tick)
            return dict(zip((self.judge.name, self.imagenet.name), features, strict=True))

        b = spaces(real.small[1::2][:n].contiguous())
        rows: list[Row] = [
            compare("floor", spaces(real.small[::2][:n].contiguous()), b, "other renders"),
            compare("ours", spaces(drawn.small[::2][:n].contiguous()), b, "reduced"),
        ]
        if earlier is not None:
            rows.append(
                compare("ours, earlier checkpoint", spaces(earlier.small[:n]), b, "reduced")
            )
        for name, baseline in self.baselines.items():
            if baseline is None:
                rows.append(NotTrained(baselines.TITLES[name]))
                continue
            note = f"{baseline.images:,} pictures, {baseline.hours:.1f} h"
            small = torch.from_numpy(baseline.sample(n))
            rows.append(compare(baseline.title, spaces(small), b, note))
        return rows

    def _memorisation(
        self, real: Observed, drawn: Observed, tick: Tick
    ) -> tuple[float, float] | None:
        if self.training is None:
            return None
        rows = list(range(min(TRAINING, len(self.training))))
        features = self.observer.judge_features(self.training, rows, tick)
        return memorisation(drawn.judge, real.judge, features)

    def _unseen(
        self, real: Observed, drawn: Observed, asked: Tensor, counts: Tensor
    ) -> dict[str, float]:
        new = torch.tensor([held_out(spec) for spec in self.renders.specs])
        shares = {"figures, unseen": float(new.sum()), "figures, rest": float((~new).sum())}
        for title, seen in (("drawn", drawn), ("renders", real)):
            for part, rows in (("unseen", new), ("rest", ~new)):
                right = share_right(seen.levels[rows], asked[rows], counts[rows])
                shares[f"{title}, {part}"] = right
        return shares

    def _spaces(self, seen: Observed) -> dict[str, Tensor]:
        return {self.judge.name: seen.judge, self.imagenet.name: seen.imagenet}

    def _earlier(self) -> Engine | None:
        return Engine.load(self.settings.earlier) if self.settings.earlier else None

    def _training(self) -> Renders | None:
        if not (self.settings.training / "meta.json").exists():
            return None
        return Renders(self.settings.training, limit=TRAINING)

    def _work(self) -> dict[str, int]:
        """How many pictures each part deals with: what the progress bar is made of."""
        trained = sum(b is not None for b in self.baselines.values())
        sets = 3 + trained + (self.earlier is not None)
        training = min(TRAINING, len(self.training)) if self.training else 0
        return {
            "looking at renders": self.count,
            "drawing and looking": self.count * 2,
            "drawing with the earlier weights": len(self.half_a) * 2 if self.earlier else 0,
            "comparing at 64 px": self.small_count * sets,
            "looking for copies": training,
            "diversity": Diversity.FIGURES * Diversity.VARIANTS * 2,
            "in-betweens": min(PAIRS, len(self.half_a) // 2) * len(inbetweens.KINDS),
            "sheets": sheets.PICTURES,
        }


def _training_of(weights: Path) -> str:
    """What a weights file says of its training: pictures shown and hours."""
    images, seconds = history(weights)
    return f"{images:,} pictures, {seconds / 3600:.1f} h" if images else ""


class _Ticks:
    """One bar for all parts; a part ends where the next one begins, however its count went."""

    def __init__(self, progress: Progress, work: dict[str, int]) -> None:
        self.progress, self.work = progress, work
        self.task = progress.add_task("judging", total=sum(work.values()))

    def __call__(self, part: str) -> Tick:
        names = list(self.work)
        before = sum(self.work[n] for n in names[: names.index(part)])
        self.progress.update(self.task, description=part, completed=before)
        weight = 2 if part.startswith("drawing") else 1
        return lambda count: self.progress.advance(self.task, count * weight)


def _write(file: Path, text: str) -> None:
    part = file.with_name(f".{file.name}.part")
    part.write_text(text + "\n")
    part.replace(file)


def _plain(value: Any) -> Any:
    """For JSON: no NaN, which it does not know."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and value != value else value
