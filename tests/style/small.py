"""A small style network that nobody has trained: whatever it paints, it paints something."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from generator.models.stylenet import StyleConfig, StyleNetwork
from generator.style import styles

SMALL = {"half": 8, "quarter": 12, "eighth": 16, "blocks_eighth": 1, "blocks_quarter": 1}


def write_weights(file: Path) -> Path:
    """Its weights, as a file."""
    torch.manual_seed(0)
    config = StyleConfig(**SMALL, names=tuple(styles()))
    state = {k: v.half().contiguous() for k, v in StyleNetwork(config).state_dict().items()}
    save_file(state, file, {"config": json.dumps(asdict(config))})
    return file
