"""`python -m generator bench`: speed and memory on this machine, beside the goals.

Medians over many runs, two threads. Memory and start-up are measured in fresh processes.
"""

from __future__ import annotations

import io
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

import torch
from rich.console import Console
from rich.table import Table

from generator.compositing import PNG_LEVEL, png
from generator.engine import WEIGHTS, Engine
from generator.errors import PersonError
from generator.models.conditions import encode, palettes
from generator.models.textbook import DcganGenerator, Vae
from generator.selfie import bench as selfie_bench
from generator.spec import AvatarSpec
from generator.style.bench import timings
from generator.timing import median_ms
from generator.wish import Wish

_THREADS = 2
_RUNS = 40


@dataclass(frozen=True)
class Row:
    what: str
    value: float
    unit: str
    goal: float | None = None
    higher_is_better: bool = False

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value >= self.goal if self.higher_is_better else self.value <= self.goal


def run(*, as_json: bool = False) -> list[Row]:
    """Measure everything and print it as a table, or as JSON."""
    torch.set_num_threads(_THREADS)
    specs = [Wish().complete(seed) for seed in range(16)]
    rows = [*_drawing(specs), *_processes(), *_others(specs), *_png_levels(specs)]
    rows += [Row(what, value, "ms", goal) for what, value, goal in timings()]
    rows += _selfies()
    if as_json:
        print(json.dumps([asdict(r) for r in rows], indent=2))  # noqa: T201 - for machines
        return rows
    table = Table(title=f"{platform.processor() or platform.machine()}, {_THREADS} threads")
    for column in ("what", "measured", "goal", ""):
        table.add_column(column, justify="left" if column == "what" else "right")
    for r in rows:
        goal = "" if r.goal is None else f"{'≥' if r.higher_is_better else '≤'} {r.goal:g} {r.unit}"
        mark = {True: "[green]reached", False: "[red]missed", None: ""}[r.reached]
        table.add_row(r.what, f"{r.value:.1f} {r.unit}", goal, mark)
    Console().print(table)
    return rows


def _drawing(specs: list[AvatarSpec]) -> list[Row]:
    rows = _speeds(Engine.load(), specs, "")
    with _environment("MOEMOJI_FLOAT32", "1"):
        plain = Engine.load()
    return rows + _speeds(plain, specs, ", float32")


@torch.inference_mode()
def _speeds(engine: Engine, specs: list[AvatarSpec], note: str) -> list[Row]:
    one, colours = encode(specs[:1]), palettes(specs[:1])
    return [
        Row(f"networks, 256 px, batch 1{note}",
            median_ms(lambda: engine.paint(one, colours), _RUNS), "ms", 40),
        Row(f"spec to 256 px PNG bytes{note}",
            median_ms(lambda: png(engine.draw(specs[:1])[0]), _RUNS), "ms"),
        Row(f"spec to 512 px PNG bytes{note}",
            median_ms(lambda: png(engine.draw(specs[:1], 512)[0]), _RUNS), "ms", 120),
        Row(f"avatars a second, 256 px, batch 8{note}",
            8000 / median_ms(lambda: engine.draw(specs[:8]), _RUNS), "/s", 30,
            higher_is_better=True),
    ]  # fmt: skip


def _processes() -> list[Row]:
    load = "from generator.engine import Engine; e = Engine.load()"
    memory = (
        f"{load}; from generator.spec import AvatarSpec; import resource;"
        "[e.draw([AvatarSpec(seed=i)], 512) for i in range(5)];"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    # Until it could draw: how long the process takes to end is nobody's waiting.
    loaded = f"{load}; import time; print(time.time())"
    starts = []
    for _ in range(5):
        begun = time.time()
        said = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", loaded], check=True, capture_output=True, text=True
        ).stdout
        starts.append(float(said) - begun)
    peak = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", memory], check=True, capture_output=True, text=True
    ).stdout
    return [
        Row("start-up: Python, imports, weights", statistics.median(starts), "s", 3),
        Row("peak memory of a process that draws", float(peak), "MB", 700),
        Row("weights", WEIGHTS.stat().st_size / 1e6, "MB", 20),
    ]


def _selfies() -> list[Row]:
    try:
        rows = [Row(what, value, "ms", goal) for what, value, goal in selfie_bench.timings()]
    except PersonError as error:
        Console(stderr=True).print(f"selfies are left out: {error}", highlight=False)
        return []
    what, megabytes, goal = selfie_bench.memory()
    return [*rows, Row(what, megabytes, "MB", goal)]


def _others(specs: list[AvatarSpec]) -> list[Row]:
    z = torch.randn(1, 100)
    dcgan, vae = DcganGenerator().eval(), Vae().eval()
    rows = []
    with torch.inference_mode():
        rows.append(Row("DCGAN, 64 px, batch 1", median_ms(lambda: dcgan(z), _RUNS), "ms"))
        rows.append(
            Row("VAE decoder, 64 px, batch 1", median_ms(lambda: vae.decoder(z), _RUNS), "ms")
        )
    try:
        from generator.art.figure import draw
    except ImportError:
        return rows
    pick = random.Random(0)
    rows.append(
        Row("vector renderer, 256 px", median_ms(lambda: draw(pick.choice(specs)), _RUNS), "ms")
    )
    rows.append(
        Row(
            "vector renderer, 512 px", median_ms(lambda: draw(pick.choice(specs), 512), _RUNS), "ms"
        )
    )
    return rows


def _png_levels(specs: list[AvatarSpec]) -> list[Row]:
    """What each zlib level costs and saves on drawn 512 px figures."""
    images = Engine.load().draw(specs[:8], 512)
    rows = []
    for level in (1, 2, 3, 4, 6, 9):
        sizes, times = [], []
        for image in images:
            buffer = io.BytesIO()
            begun = time.perf_counter()
            image.save(buffer, "PNG", compress_level=level)
            times.append(time.perf_counter() - begun)
            sizes.append(buffer.tell())
        chosen = " (chosen)" if level == PNG_LEVEL else ""
        size = statistics.median(sizes) / 1024
        name = f"PNG 512 px, level {level}, {size:.0f} KiB{chosen}"
        rows.append(Row(name, statistics.median(times) * 1000, "ms"))
    return rows


class _environment:  # noqa: N801 - used like a function
    """Set or unset an environment variable for a while."""

    def __init__(self, name: str, value: str | None) -> None:
        self.name, self.value = name, value

    def __enter__(self) -> None:
        self.before = os.environ.pop(self.name, None)
        if self.value is not None:
            os.environ[self.name] = self.value

    def __exit__(self, *_: object) -> None:
        os.environ.pop(self.name, None)
        if self.before is not None:
            os.environ[self.name] = self.before
