"""The training loop: progress, pictures, curves, checkpoints. What a step is, objectives know."""

from __future__ import annotations

import os
import signal
import time
from math import cos, pi
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from PIL import Image
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter

from generator.allocation import keep_memory
from generator.training.config import ConfigError, TrainConfig
from generator.training.export import history


class Objective(Protocol):
    """A way of training: its networks and what one step does with them."""

    def step(self, seen: int, lr_scale: float) -> dict[str, float]: ...

    def state(self) -> dict[str, Any]: ...

    def pictures(self) -> Image.Image: ...


def engine(config: TrainConfig) -> Fabric:
    """Devices and processes. Under torchrun every process calls this."""
    processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    nodes = int(os.environ.get("WORLD_SIZE", "1")) // processes
    fabric = Fabric(
        accelerator="auto",
        devices=processes if processes > 1 or not torch.cuda.is_available() else "auto",
        num_nodes=nodes,
        # Unused parameters: the 512 px head, and what only the adversarial stage touches.
        strategy=DDPStrategy(find_unused_parameters=True) if processes * nodes > 1 else "auto",
        precision="32-true",  # see `half`
    )
    fabric.launch()
    fabric.seed_everything(config.seed + fabric.global_rank, verbose=False)
    return fabric


def build_objective(config: TrainConfig, fabric: Fabric) -> Objective:
    match config.objective:
        case "avatar":
            from generator.training.avatar import AvatarObjective

            return AvatarObjective(config, fabric)
        case "superres":
            from generator.training.superres import SuperresObjective

            return SuperresObjective(config, fabric)
        case "closeup":
            from generator.training.closeup import CloseUpObjective

            return CloseUpObjective(config, fabric)
        case "style":
            from generator.training.style import StyleObjective

            return StyleObjective(config, fabric)
        case "textbook":
            from generator.training.textbook import TextbookObjective

            return TextbookObjective(config, fabric)
        case "encoder":
            from generator.training.encoder import EncoderObjective

            return EncoderObjective(config, fabric)


_KEPT_MB = 2000
"""Memory that a step leaves is kept for the next: with 512 a fifth of a step was spent in having it
back from the system."""


class Trainer:
    """Runs an objective until its images are shown; stops cleanly on SIGTERM or Ctrl-C."""

    def __init__(self, config: TrainConfig, *, resume: bool = False) -> None:
        """
        Raises:
            ConfigError: The run exists already and is not to be resumed, or the reverse.
        """
        keep_memory(_KEPT_MB)
        self.config, self.folder = config, config.folder
        self.file = config.checkpoint
        if resume and not self.file.exists():
            raise ConfigError(f"there is nothing to resume in {self.folder}")
        if not resume and self.file.exists():
            raise ConfigError(
                f"{self.folder} holds a run already: add --resume, or rename this one"
            )
        self.fabric = engine(config)
        self.objective = build_objective(config, self.fabric)
        start = config.start
        self.seen, self.seconds = history(start) if start else (0, 0.0)
        self.begun = self.seen
        if resume:
            self._load()
        self._stopping = False

    def run(self) -> None:
        (self.folder / "generated_images").mkdir(parents=True, exist_ok=True)
        main = self.fabric.is_global_zero
        writer = SummaryWriter(str(self.folder / "tensorboard")) if main else None
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        per_step = self.config.batch * self.fabric.world_size
        saved = started = time.monotonic()
        before = self.seconds
        columns = (
            TextColumn("{task.description}"), BarColumn(),
            TextColumn("{task.completed:,}/{task.total:,} images"), TimeRemainingColumn(),
            TextColumn("{task.fields[scalars]}"),
        )  # fmt: skip
        with Progress(*columns, disable=not main, refresh_per_second=1) as bar:
            task = bar.add_task(
                self.config.name, total=self.config.images, completed=self.seen, scalars=""
            )
            while self.seen < self.config.images and not self._agree_to_stop():
                scalars = self.objective.step(self.seen, self.lr_scale())
                self.seen += per_step
                now = time.monotonic()
                self.seconds = before + now - started
                bar.update(task, completed=self.seen, scalars=_in_words(scalars))
                if writer and self.seen // per_step % 20 == 0:
                    for name, value in scalars.items():
                        writer.add_scalar(name, value, self.seen)
                    writer.add_scalar("images_per_second", self.seen / self.seconds, self.seen)
                if self._passed(self.config.picture_images, per_step) and main:
                    self._draw()
                if now - saved > self.config.checkpoint_minutes * 60:
                    self._save()
                    saved = now
        self._save()
        if main:
            self._draw()
        if writer:
            writer.close()

    def lr_scale(self) -> float:
        """Linear warm-up, constant, then half a cosine down to a twentieth."""
        c = self.config
        rise = min(1.0, (self.seen - self.begun + c.batch) / c.warmup) if c.warmup else 1.0
        left = c.images - self.seen
        fall = 0.05 + 0.95 * (1 - cos(pi * left / c.decay)) / 2 if left < c.decay else 1.0
        return rise * fall

    def _passed(self, every: int, per_step: int) -> bool:
        return self.seen // every != (self.seen - per_step) // every

    def _draw(self) -> None:
        self.objective.pictures().save(self.folder / "generated_images" / f"step_{self.seen}.png")

    def _save(self) -> None:
        """All of a run's state, replaced as one: a kill at any moment leaves a whole checkpoint."""
        state = {**self._count(), **self.objective.state()}
        part = Path(f"{self.file}.part")
        self.fabric.save(part, state)
        if self.fabric.is_global_zero:
            part.replace(self.file)
        self.fabric.barrier()

    def _load(self) -> None:
        state: dict[str, Any] = {**self._count(), **self.objective.state()}
        self.fabric.load(self.file, state)
        self.seen, self.seconds, self.begun = (state[k] for k in self._count())

    def _count(self) -> dict[str, Any]:
        return {"seen": self.seen, "seconds": self.seconds, "begun": self.begun}

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _agree_to_stop(self) -> bool:
        if self.fabric.world_size == 1:
            return self._stopping
        votes = self.fabric.all_reduce(torch.tensor(float(self._stopping)), reduce_op="sum")
        return bool(torch.as_tensor(votes).item())


def _in_words(scalars: dict[str, float]) -> str:
    names = {"reconstruction": "rec", "g_loss": "G", "d_loss": "D"}
    return "  ".join(f"{names[k]} {v:.4f}" for k, v in scalars.items() if k in names)
