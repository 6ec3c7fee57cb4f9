"""From requests to pictures: the only place where the worker meets the generator.

Pure of Redis but for `perform`, which lets any stock rq worker do a job on its own.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any, Protocol, TypeVar, cast

from PIL.Image import Image
from rq import get_current_job

from generator.compositing import background, png
from generator.errors import PersonError
from generator.spec import PALETTES, SLIDERS, VOCABULARY, AvatarSpec
from generator.wish import Wish, candidate_seed
from worker import metrics
from worker.errors import SetupError
from worker.jobs import DrawRequest, Read, Request
from worker.ledger import Ledger
from worker.settings import WorkerSettings, load
from worker.uploads import load_check, look

_WARM = 16
"""Pictures to warm up with at most: more may be too much for the memory, which only a batch that
is really drawn finds out in order."""
_KEPT = frozenset({"style", "presentation", "age", "skin"})
"""What makes a figure that figure: no variation changes it."""
_TOGETHER = {
    "hair_pattern": ("hair_colour2",),
    "eye_colour2": ("odd_eyes",),
    "hair_colour2": ("hair_pattern",),
}
_NOTHING = Wish()


T = TypeVar("T")


class Around(Protocol):
    """Makes a call that may take long."""

    def __call__(self, call: Callable[[], T], /) -> T:
        """What the call returns."""
        ...


def plainly(call: Callable[[], T], /) -> T:
    """Make the call, and nothing else."""
    return call()


class Engine(Protocol):
    """What draws; `generator.engine.Engine` unless a setting names another class."""

    def warm(self, pictures: int = 1) -> None:
        """Draw so many at once for nothing, so that the first person does not wait for caches."""

    def draw(self, specs: list[AvatarSpec], size: int = 256) -> list[Image]:
        """RGBA pictures of `size` px, one per spec."""


def load_engine(path: str, pictures: int = 1) -> Engine:
    """Load and warm the engine that `module:Class` names.

    Args:
        path: The class.
        pictures: How many will be drawn at once.

    Raises:
        SetupError: if there is no such class, or it has no weights to load.
    """
    module, _, name = path.partition(":")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SetupError(
            f"MOEMOJI_ENGINE names {path}, which cannot be loaded: {error}."
        ) from error
    try:
        engine = cast(Engine, kind.load())
    except (OSError, RuntimeError, PersonError) as error:
        raise SetupError(f"The engine cannot be loaded: {error}.") from error
    engine.warm(min(pictures, _WARM))
    return engine


@dataclass(frozen=True)
class Drawn:
    """What became of one request."""

    specs: tuple[AvatarSpec, ...]
    pictures: list[bytes]
    """PNG bytes, one per spec; of a film one GIF, of a painting one PNG without a spec."""
    read: Read = field(default_factory=Read)
    """What was read of the pictures that were sent in."""


def vary(spec: AvatarSpec, seed: int, strength: float, asked: Wish = _NOTHING) -> AvatarSpec:
    """A figure like `spec`: each attribute is chosen anew with probability `strength`.

    Args:
        spec: What was picked.
        seed: The same seed gives the same variation.
        strength: In [0, 1]; sliders move by at most about that much.
        asked: What somebody wanted to see; no variation changes it.
    """
    rng = Random(seed)
    values = Wish.of(spec).asked
    values.pop("flip", None)
    kept = _KEPT | asked.asked.keys()
    for name in (*VOCABULARY, *PALETTES):
        together = {name, *_TOGETHER.get(name, ())}
        if rng.random() < strength and not together & kept:
            for dropped in together:
                values.pop(dropped, None)
    if rng.random() < strength:
        values["wear"] = asked.wear & spec.accessories
        values["without"] = asked.without - spec.accessories
    for name in SLIDERS:
        move = (2 * rng.random() - 1) * strength
        if name not in kept:
            values[name] = round(max(-1.0, min(1.0, getattr(spec, name) + move)), 4)
    values["avoid"] = frozenset(pair for pair in asked.avoid if values.get(pair[0]) != pair[1])
    return Wish(**values).complete(seed)


def specs_of(request: DrawRequest) -> tuple[AvatarSpec, ...]:
    """The figures that a request asks for; always the same for the same request."""
    if request.variation is not None and request.specs is not None:
        base, strength = request.specs[0], request.variation.strength
        seeds = [candidate_seed(request.seed, index) for index in range(request.count)]
        asked = request.wish
        if request.likeness:
            asked = request.likeness[request.variation.index % len(request.likeness)].merge(asked)
        return tuple(vary(base, seed, strength, asked) for seed in seeds)
    if request.specs is not None:
        return request.specs
    if request.likeness:
        # As `generator.selfie.candidates` counts them.
        likely = [request.likeness[i % len(request.likeness)] for i in range(request.count)]
        return tuple(
            wish.merge(request.wish).complete((request.seed + i) % 2**32)
            for i, wish in enumerate(likely)
        )
    return request.wish.candidates(request.seed, request.count)


def compatible(request: Request) -> tuple[Any, ...]:
    """Requests with equal keys may be drawn in one batch; only wishes are."""
    return (request.kind, request.size if isinstance(request, DrawRequest) else request.job_id)


def draw(
    engine: Engine,
    requests: Sequence[DrawRequest],
    *,
    step: int,
    dropped: Callable[[], Collection[str]] = tuple,
    around: Around = plainly,
) -> Iterator[tuple[DrawRequest, Drawn]]:
    """Draw compatible requests together; each comes out as soon as its pictures are complete.

    Args:
        engine: What draws.
        requests: Of one `compatible` key.
        step: Pictures per call of the engine.
        dropped: Asked before each step for job ids that need no drawing any more.
        around: Makes the call of the engine; the worker watches the clock there.
    """
    asked = [specs_of(request) for request in requests]
    todo = [(at, spec) for at, specs in enumerate(asked) for spec in specs]
    made: list[list[bytes]] = [[] for _ in requests]
    while todo:
        gone = set(dropped())
        todo = [(at, spec) for at, spec in todo if requests[at].job_id not in gone]
        now, todo = todo[:step], todo[step:]
        if not now:
            return
        metrics.BATCH_PICTURES.observe(len(now))
        with metrics.stage("draw"):
            images = around(
                lambda now=now: engine.draw([spec for _, spec in now], requests[0].size)  # type: ignore[misc]
            )
        behind = [requests[at].background for at, _ in now]
        seeds = [spec.seed for _, spec in now]
        for (at, _), encoded in zip(
            now, _encoders().map(_encoded, images, behind, seeds), strict=True
        ):
            made[at].append(encoded)
            if len(made[at]) == len(asked[at]):
                yield requests[at], Drawn(asked[at], made[at])


def _encoded(image: Image, behind: str | None, seed: int) -> bytes:
    with metrics.stage("encode"):
        # By the figure's own seed, so that a pick keeps its background in full size.
        return png(image if behind is None else background(image, behind, seed=seed))


@cache
def _encoders() -> ThreadPoolExecutor:
    # zlib lets go of the GIL: encoding takes a third of a picture's time on one core.
    return ThreadPoolExecutor(min(4, os.cpu_count() or 1), thread_name_prefix="png")


def perform(job_id: str) -> None:
    """Do one job from start to end: what a stock rq worker calls, loading the engine each time."""
    # These do their work with what is above.
    from worker.models import Models
    from worker.studio import work

    job = get_current_job()
    if job is None:
        raise RuntimeError("perform is called by an rq worker")
    settings = load(WorkerSettings)
    ledger = Ledger(job.connection, f"stock-{os.getpid()}", settings)
    models = Models(load_engine(settings.engine), settings)
    check = load_check(settings.upload_check)
    for claim in ledger.claim([job_id]):
        if claim.request is None or not ledger.begin([job_id]):
            continue
        begun = time.perf_counter()
        try:
            look(check, ledger, claim.request)
            done = work(models, [claim.request], ledger.uploads, batch=settings.batch_pictures)
            for request, drawn in done:
                seconds = time.perf_counter() - begun
                ledger.done(request, drawn.specs, drawn.pictures, seconds, drawn.read)
        except PersonError as error:
            if error.key is None:
                raise
            ledger.failed(claim, error.key, error.params)
