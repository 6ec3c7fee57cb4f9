"""Trains the judge on a rendered data set.

    OMP_NUM_THREADS=1 python -m generator.evaluation.classifier --data datasets/moe-1 --minutes 60

Interrupted, the same command goes on from its last checkpoint. Every figure is shown in the colours
of another one, on a random flat background, shifted, softened, noisy: the judge must not care.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import cos, pi
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Annotated, Any

import numpy as np
import torch
import torch.nn.functional as F
import typer
from rich.progress import BarColumn, Progress, TextColumn
from torch import Tensor, nn

from generator.allocation import keep_memory
from generator.data.store import Bytes
from generator.evaluation.augmentation import augment, ghosts
from generator.evaluation.figures import Renders, as_tensor, on_paper
from generator.evaluation.judge import FILE, Classifier, GhostDetector, Judge
from generator.evaluation.visibility import labels_of
from generator.models.convolution import channels_last
from generator.spec import ACCESSORIES, VOCABULARY, AvatarSpec
from generator.training.optimizers import optimizers
from generator.training.precision import half

SEED = 20_011
"""Not the generator's."""
_VALIDATION_SHARE = 0.05
_COLOURS = ("hair_colour", "eye_colour", "eye_colour2", "skin", "outfit_colour", "accessory_colour")
_WORN_WEIGHT = 2.0
"""Weight of a worn accessory: each is on one figure in ten."""
_SLOW = {"hair_pattern": 3.0, "fangs": 5.0, "mole": 5.0, "scar": 5.0, "freckles": 5.0}
"""Weights of what is learned last: things of two to four pixels, and locks of two colours."""
_SAVE_SECONDS = 120.0
_LR, _KERNEL_LR = 2e-3, 0.02


def dress(spec: AvatarSpec, other: AvatarSpec) -> AvatarSpec:
    """A figure in the colours of another one; its shapes and its hair pattern stay."""
    values = {name: getattr(other, name) for name in _COLOURS}
    if spec.hair_pattern != "solid":
        values["hair_colour2"] = other.hair_colour2 or spec.hair_colour2
    return spec.model_copy(update=values)


def loss_of(logits: dict[str, Tensor], levels: Tensor, counts: Tensor) -> Tensor:
    """Mean cross-entropy of the groups and of the accessories, over what can be seen.

    Args:
        logits: As `Classifier` gives them.
        levels: (B, len(ATTRIBUTES)) int64. counts: the same, bool.
    """
    losses = []
    for i, group in enumerate(VOCABULARY):
        each = F.cross_entropy(logits[group], levels[:, i], reduction="none")
        mean = (each * counts[:, i]).sum() / counts[:, i].sum().clamp_min(1)
        losses.append(_SLOW.get(group, 1.0) * mean)
    worn, count = levels[:, len(VOCABULARY) :].float(), counts[:, len(VOCABULARY) :].float()
    weight = count * (1 + (_WORN_WEIGHT - 1) * worn)
    each = F.binary_cross_entropy_with_logits(logits["accessories"], worn, reduction="none")
    each = each * torch.tensor([_SLOW.get(a, 1.0) for a in ACCESSORIES]).to(each)
    # Twenty-seven questions, most of them answered by "no": together as much as eighteen groups.
    losses.append(18 * (each * weight).sum() / weight.sum().clamp_min(1))
    return torch.stack(losses).sum()


class Lessons:
    """Endless batches from a data set, painted ahead by a thread."""

    def __init__(self, renders: Renders, *, batch: int) -> None:
        self.renders, self.batch = renders, batch
        self.count = max(2, round(len(renders) * (1 - _VALIDATION_SHARE)))

    def stream(self, first: int) -> Iterator[tuple[Bytes, Bytes, Tensor, Tensor]]:
        """Figures, other figures in the same colours, levels, counts; from step `first` on."""
        queue: Queue[tuple[Bytes, Bytes, Tensor, Tensor]] = Queue(maxsize=3)

        def read() -> None:
            step = first
            while True:
                queue.put(self.make(step))
                step += 1

        Thread(target=read, daemon=True).start()
        while True:
            yield queue.get()

    def make(self, step: int) -> tuple[Bytes, Bytes, Tensor, Tensor]:
        rng = np.random.default_rng((SEED, step))
        rows, others, colours = (
            [int(i) for i in rng.integers(self.count, size=n)]
            for n in (self.batch, self.batch // 2, self.batch)
        )
        specs = self.renders.specs
        dressed = [dress(specs[i], specs[j]) for i, j in zip(rows, colours, strict=True)]
        pictures = self.renders.pictures(rows, dressed)
        second = self.renders.pictures(
            others, [dress(specs[i], d) for i, d in zip(others, dressed, strict=False)]
        )
        levels, counts = zip(*(labels_of(s) for s in dressed), strict=True)
        return pictures, second, torch.tensor(levels), torch.tensor(counts)

    def validation(self) -> list[int]:
        return list(range(self.count, len(self.renders)))


class Apprenticeship:
    """The judge's training: networks, optimizer, clock; saved and resumed as one file."""

    def __init__(
        self, renders: Renders, file: Path, *, minutes: float, batch: int,
        start: Judge | None = None,
    ) -> None:  # fmt: skip
        torch.manual_seed(SEED)
        self.lessons = Lessons(renders, batch=batch)
        self.file, self.total = file, minutes * 60
        self.classifier = channels_last(Classifier())
        self.ghosts = channels_last(GhostDetector())
        both = nn.ModuleList([self.classifier, self.ghosts])
        self.optimizers = optimizers(both, lr=_LR, betas=(0.9, 0.99), kernel_lr=_KERNEL_LR)
        self.rates = [optimizer.param_groups[0]["lr"] for optimizer in self.optimizers]
        self.half = half("auto", torch.device("cpu"))
        self.step, self.seconds, self.begun = 0, 0.0, 0.0
        if file.exists():
            self._load()
        elif start is not None:
            self.classifier.load_state_dict(start.classifier.state_dict())
            self.ghosts.load_state_dict(start.ghosts.state_dict())
            self.step = int(start.notes["images"]) // batch
            self.seconds = self.begun = 60 * float(start.notes["minutes"])

    def run(self, progress: Progress) -> None:
        task = progress.add_task("judge", total=self.total, notes="")
        stream = self.lessons.stream(self.step)
        saved = self.seconds
        last = time.monotonic()
        while self.seconds < self.total:
            loss, ghost_loss = self._learn(*next(stream))
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            shown = self.step * self.lessons.batch
            notes = f"{shown:,} figures  loss {loss:.3f}  ghosts {ghost_loss:.3f}"
            progress.update(task, completed=self.seconds, notes=notes)
            if self.seconds - saved > _SAVE_SECONDS:
                self._save()
                saved = self.seconds
        self._save()

    def judge(self) -> Judge:
        """The finished judge, with a word on how well it reads figures kept aside."""
        labels = [labels_of(spec) for spec in self.lessons.renders.specs[: self.lessons.count]]
        levels, counts = (torch.tensor(x) for x in zip(*labels, strict=True))
        self.classifier.set_shares(levels, counts)
        judge = Judge(self.classifier, self.ghosts, {})
        rows = self.lessons.validation()
        right, total = 0.0, 0
        for i in range(0, len(rows), 16):
            part = rows[i : i + 16]
            read = judge.levels(judge(as_tensor(on_paper(self.lessons.renders.pictures(part)))))
            labels = [labels_of(self.lessons.renders.specs[j]) for j in part]
            levels, counts = (torch.tensor(x) for x in zip(*labels, strict=True))
            shapes = slice(0, len(VOCABULARY))
            right += float(((read == levels) & counts)[:, shapes].sum())
            total += int(counts[:, shapes].sum())
        judge.notes = {
            "images": str(self.step * self.lessons.batch),
            "minutes": f"{self.seconds / 60:.0f}",
            "validation": f"{right / max(total, 1):.4f}",
        }
        return judge

    def _learn(
        self, pictures: Bytes, second: Bytes, levels: Tensor, counts: Tensor
    ) -> tuple[float, float]:
        random = torch.Generator().manual_seed(SEED + self.step)
        gone = (self.seconds - self.begun) / max(1.0, self.total - self.begun)
        scale = 0.02 + 0.98 * (1 + cos(pi * min(1.0, gone))) / 2
        for optimizer, rate in zip(self.optimizers, self.rates, strict=True):
            optimizer.param_groups[0]["lr"] = rate * scale * min(1.0, (self.step + 1) / 100)
        with self.half():
            logits = self.classifier(augment(pictures, random))
        loss = loss_of({name: x.float() for name, x in logits.items()}, levels, counts)
        rgb, truth, weight = ghosts(pictures[: len(second)], second, random)
        with self.half():
            scores = self.ghosts(rgb)
        each = F.binary_cross_entropy_with_logits(scores.float(), truth, reduction="none")
        ghost_loss = (each * weight).sum() / weight.sum().clamp_min(1)
        self.classifier.zero_grad(set_to_none=True)
        self.ghosts.zero_grad(set_to_none=True)
        (loss + ghost_loss).backward()
        torch.nn.utils.clip_grad_norm_(self.classifier.parameters(), 20.0)
        torch.nn.utils.clip_grad_norm_(self.ghosts.parameters(), 5.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.step += 1
        return float(loss.detach()), float(ghost_loss.detach())

    def _modules(self) -> dict[str, Any]:
        steps = {f"optimizer{i}": each for i, each in enumerate(self.optimizers)}
        return {"classifier": self.classifier, "ghosts": self.ghosts, **steps}

    def _save(self) -> None:
        state = {name: module.state_dict() for name, module in self._modules().items()}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        clock = {"step": self.step, "seconds": self.seconds, "begun": self.begun}
        torch.save({**state, **clock}, part)
        part.replace(self.file)

    def _load(self) -> None:
        state = torch.load(self.file, map_location="cpu", weights_only=True)
        for name, module in self._modules().items():
            module.load_state_dict(state[name])
        self.step, self.seconds, self.begun = (state[k] for k in ("step", "seconds", "begun"))


def main(
    data: Annotated[list[Path], typer.Option(help="Rendered data set, 256 px; again for more.")],
    minutes: Annotated[float, typer.Option(min=0.01, help="In all, resumed runs included.")] = 60.0,
    out: Annotated[Path, typer.Option(help="The judge's weights.")] = FILE,
    checkpoint: Annotated[
        Path, typer.Option(help="Kept while it trains; delete it to start afresh.")
    ] = Path("runs/judge/checkpoint.pt"),
    batch: Annotated[int, typer.Option(min=2)] = 16,
    start: Annotated[
        Path | None, typer.Option(help="A finished judge to go on from; its minutes count.")
    ] = None,
) -> None:
    """Train the judge (set OMP_NUM_THREADS=1 when anything else runs)."""
    keep_memory()
    training = Apprenticeship(
        Renders(*data), checkpoint, minutes=minutes, batch=batch,
        start=Judge.load(start) if start else None,
    )  # fmt: skip
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[notes]}"))
    with Progress(*columns, refresh_per_second=1) as progress:
        training.run(progress)
    judge = training.judge()
    judge.save(out)
    typer.echo(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {judge.notes}")


if __name__ == "__main__":
    typer.run(main)
