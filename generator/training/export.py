"""From a checkpoint to what is shipped: averaged weights in fewer bits, as safetensors."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from generator.manifest import publish
from generator.models.encoder import vocabulary
from generator.models.generator import GeneratorConfig
from generator.models.storage import pack
from generator.models.stylenet import StyleConfig
from generator.training.config import ConfigError, TrainConfig

_PAINTS = ("avatar", "superres", "closeup")
_ADDED = {"superres": "512", "closeup": "closeup"}
"""Objectives that add to a finished network, and what their numbers are filed under."""


def export_run(config: TrainConfig, output: Path) -> int:
    """Write the averaged network of a run, and what a manifest beside it says of it.

    Returns:
        The file's size in bytes.

    Raises:
        ConfigError: The run has no checkpoint yet.
    """
    file = config.checkpoint
    if not file.exists():
        raise ConfigError(f"there is no checkpoint in {config.folder}: train first")
    state = torch.load(file, map_location="cpu", weights_only=True)
    weights = pack(
        {name.removeprefix("generator."): w for name, w in state["ema"]["module"].items()}
    )
    metadata = {
        "config": json.dumps(asdict(GeneratorConfig()) if config.objective in _PAINTS else {}),
        "run": config.model_dump_json(),
    }
    if config.objective == "encoder":
        metadata["vocabulary"] = vocabulary()
    if config.objective == "style":
        metadata["config"] = json.dumps(asdict(StyleConfig(names=tuple(state["names"]))))
    shown, hours = str(state["seen"]), f"{state['seconds'] / 3600:.2f}"
    if config.objective in _ADDED:
        metadata |= _notes(getattr(config, config.objective).weights)
        part_of = _ADDED[config.objective]
        metadata |= {f"images_{part_of}": shown, f"hours_{part_of}": hours}
    else:
        metadata |= {"images": shown, "hours": hours}
        if config.start is not None and config.start.exists():
            before = _notes(config.start)
            metadata |= {k: v for k, v in before.items() if k.startswith(("images_", "hours_"))}
    part = output.with_suffix(".part")
    save_file(weights, part, metadata)
    publish(part, output)
    return output.stat().st_size


def history(weights: Path) -> tuple[int, float]:
    """How many images a safetensors file of `export_run` was shown, and in how many seconds."""
    notes = _notes(weights)
    return int(notes.get("images", 0)), float(notes.get("hours", 0)) * 3600


def _notes(weights: Path) -> dict[str, str]:
    with safe_open(weights, "pt") as file:
        notes: dict[str, str] = file.metadata() or {}
    return notes
