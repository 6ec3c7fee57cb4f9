"""`dataset build`: render specs to a data set, in parallel and resumable."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures import as_completed as completed
from pathlib import Path
from typing import Literal

import numpy as np

from generator.art.figure import compose
from generator.art.render import features, masks
from generator.data.store import SHARD, Meta, Store, feature_bits, pack
from generator.priors import uniform
from generator.spec import AvatarSpec
from generator.wish import Wish

Split = Literal["train", "heldout", "any", "marked"]
"""Of combinations: without those that are held out, only those, or all; or "train" with freckles,
moles, scars and fangs on most figures."""
_HELD_OUT_PAIRS = (("hair", "outfit"), ("hair", "expression"), ("fringe", "eye_shape"))
_HELD_OUT_SHARE = 20
_USUAL_SHARE = 0.3


def held_out(spec: AvatarSpec) -> bool:
    """Whether a figure has a combination that is never rendered for training.

    One in twenty (hair, outfit), (hair, expression) and (fringe, eye shape) pairs is kept back,
    chosen by hash, so that judging can ask for what the generator has never seen.
    """
    for a, b in _HELD_OUT_PAIRS:
        pair = f"{a}={getattr(spec, a)} {b}={getattr(spec, b)}".encode()
        if hashlib.blake2b(pair, digest_size=2).digest()[0] % _HELD_OUT_SHARE == 0:
            return True
    return False


def spec_of(seed: int, index: int, split: Split) -> AvatarSpec:
    """The spec of one figure of a data set: a pure function of its arguments."""
    rng = random.Random(f"{seed}/{index}")
    while True:
        # The flat prior shows every level equally often; the natural one what people ask for.
        usual = rng.random() < _USUAL_SHARE
        if split == "marked":
            spec = uniform(rng, marked=True)
        else:
            spec = Wish().complete(rng.getrandbits(32)) if usual else uniform(rng)
        if split == "any" or held_out(spec) == (split == "heldout"):
            return spec


def build(
    folder: Path, *, count: int, size: int = 256, seed: int = 0, split: Split = "train",
    processes: int | None = None,
) -> Iterator[int]:  # fmt: skip
    """Render `count` figures; yields how many figures are done as it goes.

    Interrupted, it goes on where it was when called again with the same arguments.

    Raises:
        DatasetError: The folder holds another data set.
    """
    store = Store.create(folder, Meta("rendered", count, size, seed, split))
    labels = folder / "labels.jsonl"
    if not labels.exists():
        lines = (spec_of(seed, i, split).model_dump_json() for i in range(count))
        temporary = labels.with_suffix(".part")
        temporary.write_text("\n".join(lines) + "\n")
        temporary.replace(labels)
    todo = [int(i) for i in np.flatnonzero(store.done == 0)]
    ready = min(count, int(store.done.sum()) * SHARD)
    yield ready
    with ProcessPoolExecutor(processes or os.cpu_count() or 1) as pool:
        futures = [pool.submit(_render_shard, folder, shard) for shard in todo]
        for future in completed(futures):
            ready = min(count, ready + future.result())
            yield ready


def _render_shard(folder: Path, shard: int) -> int:
    file = folder / "meta.json"
    store = _open_for_writing(file)
    first, last = shard * SHARD, min((shard + 1) * SHARD, len(store))
    meta = store.meta
    for i in range(first, last):
        spec = spec_of(meta.seed, i, meta.split)  # type: ignore[arg-type]
        canvas = compose(spec)
        store.slots[i], store.shares[i] = pack(masks(canvas, meta.size))
        store.features[i] = feature_bits(features(canvas, meta.size))
    for array in (store.slots, store.shares, store.features):
        array.flush()  # type: ignore[attr-defined]
    store.done[shard] = 1
    return last - first


def _open_for_writing(file: Path) -> Store:
    from generator.data.store import _read_meta

    return Store(file.parent, _read_meta(file), "r+")
