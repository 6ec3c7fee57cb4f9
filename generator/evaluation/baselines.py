"""What our generator is compared with: the textbook models, from small files or from their runs.

    python -m generator.evaluation.baselines configs/dcgan.toml configs/vae.toml

writes the averaged generators of these runs to generator/weights/baselines/, a byte a weight.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from generator.data.store import Bytes
from generator.errors import PersonError
from generator.models.textbook import DcganGenerator
from generator.training.config import CHECKPOINT, TrainConfig, read_config

FOLDER = Path(__file__).parents[1] / "weights" / "baselines"
TITLES = {
    "dcgan": "DCGAN",
    "lsgan-r1": "DCGAN, least squares, R1",
    "mixture": "mixture of generators",
    "vae": "VAE",
}
"""Runs (configs/NAME.toml) and what they are called in the report."""
_SCALE = ".scale"


@dataclass(frozen=True)
class Baseline:
    """An unconditional generator of 64 px pictures on white."""

    title: str
    generator: DcganGenerator
    images: int
    """Pictures that it was shown."""
    hours: float

    @torch.inference_mode()
    def sample(self, count: int, *, seed: int = 0) -> Bytes:
        """(count, 64, 64, 3) uint8."""
        random = torch.Generator().manual_seed(seed)
        parts = []
        for first in range(0, count, 100):
            n = min(100, count - first)
            z = torch.randn(n, self.generator.latent, generator=random)
            which = torch.arange(first, first + n) % self.generator.generators
            parts.append(((self.generator(z, which) + 1) * 127.5).round().clamp(0, 255).byte())
        return np.ascontiguousarray(torch.cat(parts).permute(0, 2, 3, 1).numpy())


def load(name: str, *, folder: Path = FOLDER, runs: Path = Path("runs")) -> Baseline | None:
    """A baseline from its small file, else from its run's checkpoint; None if it is not trained."""
    file, checkpoint = folder / f"{name}.safetensors", runs / name / CHECKPOINT
    if file.exists():
        with safe_open(file, "pt") as opened:
            notes: dict[str, Any] = opened.metadata() or {}
            state = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
        state = _widen(state)
    elif checkpoint.exists():
        loaded = torch.load(checkpoint, map_location="cpu", weights_only=True)
        state = loaded["ema"]["module"]
        notes = {"images": loaded["seen"], "hours": loaded["seconds"] / 3600}
    else:
        return None
    return Baseline(
        TITLES.get(name, name), _generator(state), int(notes["images"]), float(notes["hours"])
    )


def compact(config: TrainConfig, file: Path) -> int:
    """Keep a textbook run's averaged generator: int8 with one scale a row, the rest as it is.

    A VAE keeps its decoder. The error is below 1/254 of each row's largest weight.

    Returns:
        The file's size in bytes.

    Raises:
        PersonError: Not a textbook run, or it has no checkpoint yet.
    """
    if config.objective != "textbook":
        raise PersonError(f"{config.name} is no textbook run: export it with the train command")
    checkpoint = config.checkpoint
    if not checkpoint.exists():
        raise PersonError(f"there is no checkpoint in {config.folder}: train {config.name} first")
    loaded = torch.load(checkpoint, map_location="cpu", weights_only=True)
    state = _generator(loaded["ema"]["module"]).state_dict()
    notes = {
        "images": str(loaded["seen"]),
        "hours": f"{loaded['seconds'] / 3600:.4f}",
        "run": json.dumps(config.model_dump(mode="json")),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    save_file(_narrow(state), part, notes)
    part.replace(file)
    return file.stat().st_size


def _generator(state: dict[str, Tensor]) -> DcganGenerator:
    """The network that the weights are of; of a VAE the decoder."""
    if any(key.startswith("decoder.") for key in state):
        state = {
            k.removeprefix("decoder."): v for k, v in state.items() if k.startswith("decoder.")
        }
    heads = sum(k.startswith("project.") and k.endswith(".weight") for k in state)
    generator = DcganGenerator(state["project.0.weight"].shape[1], heads)
    generator.load_state_dict({k: v.float() for k, v in state.items()}, strict=False)
    return generator.eval().requires_grad_(False)


def _narrow(state: dict[str, Tensor]) -> dict[str, Tensor]:
    small: dict[str, Tensor] = {}
    for name, value in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        if value.ndim < 2:
            small[name] = value.float().contiguous()
            continue
        scale = value.flatten(1).abs().amax(1).clamp_min(1e-12) / 127
        rows = value / scale.view(-1, *[1] * (value.ndim - 1))
        small[name] = rows.round().to(torch.int8).contiguous()
        small[name + _SCALE] = scale
    return small


def _widen(state: dict[str, Tensor]) -> dict[str, Tensor]:
    wide = {}
    for name, value in state.items():
        if name.endswith(_SCALE):
            continue
        scale = state.get(name + _SCALE)
        wide[name] = value.float()
        if scale is not None:
            wide[name] *= scale.view(-1, *[1] * (value.ndim - 1))
    return wide


def main(
    configs: Annotated[list[Path], typer.Argument(help="TOML files of textbook runs.")],
    out: Annotated[Path, typer.Option(help="Folder of the small files.")] = FOLDER,
) -> None:
    """Export trained textbook models as small files."""
    for path in configs:
        config = read_config(path)
        size = compact(config, out / f"{config.name}.safetensors")
        typer.echo(f"{config.name}: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    typer.run(main)
