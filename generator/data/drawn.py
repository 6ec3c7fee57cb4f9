"""Figures painted by the network, kept like rendered ones: what an encoder meets in practice.

    python -m generator.data.drawn --count 4000 --out datasets/drawn-1

The network's masks are stored in the format of a rendered data set (see `generator.data.store`), so
that they can be dressed in any colours, too. Interrupted, the same command goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from rich.progress import Progress

from generator.art.palette import Slot
from generator.data.build import Split, spec_of
from generator.data.store import SHARD, Meta, Store, pack
from generator.engine import SHARPNESS, WEIGHTS, Engine
from generator.models.conditions import encode
from generator.models.generator import unshuffled
from generator.spec import AvatarSpec

_BATCH = 8
SEED = 5_000
"""Not that of any rendered set: the figures are others."""


def paint(
    folder: Path, *, count: int, seed: int = SEED, split: Split = "train", weights: Path = WEIGHTS
) -> Iterator[int]:
    """Paint `count` figures; yields how many are done as it goes.

    Raises:
        DatasetError: The folder holds another data set.
        EngineError: There are no weights.
    """
    engine = Engine.load(weights)
    store = Store.create(folder, Meta("rendered", count, 256, seed, split))
    specs = [spec_of(seed, i, split) for i in range(count)]
    labels = folder / "labels.jsonl"
    if not labels.exists():
        part = labels.with_suffix(".part")
        part.write_text("\n".join(spec.model_dump_json() for spec in specs) + "\n")
        part.replace(labels)
    (folder / "painted.json").write_text(json.dumps({"weights": weights.name}))
    for shard in (int(i) for i in np.flatnonzero(store.done == 0)):
        last = min((shard + 1) * SHARD, count)
        for first in range(shard * SHARD, last, _BATCH):
            _paint_batch(engine, store, first, specs[first : min(first + _BATCH, last)])
        store.slots.flush()  # type: ignore[attr-defined]
        store.shares.flush()  # type: ignore[attr-defined]
        store.done[shard] = 1
        yield last


@torch.inference_mode()
def _paint_batch(engine: Engine, store: Store, first: int, specs: list[AvatarSpec]) -> None:
    cells = engine.scores(encode(specs).to(engine.device))
    masks = unshuffled((cells.float() * SHARPNESS).softmax(-1))[:, : len(Slot)]
    planes = (masks * 255).round().byte().cpu().numpy()
    for i, figure in enumerate(planes, first):
        store.slots[i], store.shares[i] = pack(figure)


def main(
    out: Annotated[Path, typer.Option(help="Folder of the data set.")],
    count: Annotated[int, typer.Option(min=1)] = 4000,
    seed: Annotated[int, typer.Option(help="Another seed, other figures.")] = SEED,
    weights: Annotated[Path, typer.Option(help="An exported generator.")] = WEIGHTS,
) -> None:
    """Let the network paint a data set."""
    with Progress() as bar:
        task = bar.add_task("painting", total=count)
        for ready in paint(out, count=count, seed=seed, weights=weights):
            bar.update(task, completed=ready)


if __name__ == "__main__":
    typer.run(main)
