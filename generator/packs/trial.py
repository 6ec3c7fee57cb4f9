"""Runs a new network for the first time: in a process of its own, with bounded time and memory.

The process has no environment to speak of (no tokens), may write no files, and is killed when it
takes too long. What it can still do is read files and open connections: this is no sandbox against
a library's security hole, but a wrong network is found before a chat sees it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict, cast

from PIL import Image, ImageDraw

from generator.packs.inspection import inspect
from generator.packs.manifest import PackError, PackManifest
from generator.packs.style import PhotoStyle

SECONDS = 120
"""For loading and two pictures, on a slow machine."""
MEMORY = 3 << 30
"""Bytes of its own that the process may have (RLIMIT_DATA)."""
_FLAT = 8
"""Levels that a painted test picture differs by at least."""


@dataclass(frozen=True)
class Trial:
    """What a network costs on this machine."""

    seconds: float
    """For one picture of the manifest's size."""
    megabytes: int
    """The process's most, with the libraries."""


class _Answer(TypedDict, total=False):
    refused: str
    trial: dict[str, float]


def load(manifest: PackManifest, file: Path) -> PhotoStyle:
    """The network of a file that has the right hash, inspected.

    Raises:
        PackError: It is refused.
    """
    from generator.packs.networks import OnnxNetwork, TorchScriptNetwork

    inspect(file, manifest.format)
    network = OnnxNetwork if manifest.format == "onnx" else TorchScriptNetwork
    return PhotoStyle(manifest, network(file))


def trial(manifest: PackManifest, file: Path, seconds: float = SECONDS) -> Trial:
    """Let a network paint a small picture and one of its full size.

    Raises:
        PackError: It is refused, fails, paints nothing, or takes too much time or memory.
    """
    kept = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "generator.packs.trial", str(file.absolute())],
            input=manifest.model_dump_json(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=seconds,
            env={**environment, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise PackError(
            f"{manifest.name} takes longer than {seconds:.0f} seconds for two pictures: choose a "
            "smaller network or input.size"
        ) from error
    try:
        answer = cast(_Answer, json.loads(done.stdout))
    except ValueError as error:
        raise PackError(
            f"{manifest.name} breaks the process that tries it (code {done.returncode}), or needs "
            f"more than {MEMORY >> 30} GB: choose another network or a smaller input.size"
        ) from error
    if "refused" in answer:
        raise PackError(f"{manifest.name} is refused: {answer['refused']}")
    return Trial(answer["trial"]["seconds"], int(answer["trial"]["megabytes"]))


def _picture(side: int) -> Image.Image:
    """Something with edges, gradients and all hues, not square: a network may confuse its sides."""
    hue = Image.linear_gradient("L").resize((side, side * 3 // 4))
    light = hue.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(90).resize(hue.size)
    image = Image.merge("HSV", (hue, Image.new("L", hue.size, 160), light)).convert("RGB")
    pen = ImageDraw.Draw(image)
    pen.ellipse((side * 0.3, side * 0.1, side * 0.7, side * 0.6), (236, 200, 176), (40, 26, 20), 3)
    return image


def _try(manifest: PackManifest, file: Path) -> Trial:
    style = load(manifest, file)
    for side in (min(128, manifest.input.size), manifest.input.size):
        begun = time.perf_counter()
        painted = style.stylize(_picture(side)).convert("RGB")
        seconds = time.perf_counter() - begun
        if all(
            high - low < _FLAT for low, high in cast(list[tuple[int, int]], painted.getextrema())
        ):
            raise PackError(
                "it paints one flat colour: see range, mean and std of its manifest, or it is no "
                "such network"
            )
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Trial(round(seconds, 3), used)


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_CPU, SECONDS * 4),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _main() -> None:
    _limit()
    # What a network prints goes nowhere: it might print for ever.
    ours = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    answer: _Answer
    try:
        manifest = PackManifest.model_validate_json(sys.stdin.read())
        answer = {"trial": asdict(_try(manifest, Path(sys.argv[1])))}
    except PackError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": "it needs too much memory: choose a smaller input.size"}
    os.write(ours, json.dumps(answer).encode())


if __name__ == "__main__":
    _main()
