"""How fast the road is: overhead per job, and what batching and warm models are worth.

    python -m worker.bench [--engine module:Class] [--jobs 200]
    python -m worker.bench --capacity 60

Starts a Redis and workers of its own; prints numbers with their goals, and asserts nothing. The
baseline is rq's stock forking worker, which loads the models for each job. What a crowd does to a
frontend's event loop is measured in a real frontend: `python -m tests.e2e.crowd`. The
second form says what workers of this machine draw in a minute: the table of docs/scaling.md.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from generator.wish import Wish
from worker.delivery import Deliveries, Event
from worker.embedded import EmbeddedRedis
from worker.jobs import Address, Author, DrawRequest
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings

OVERHEAD_GOAL_MS = 15.0
STOCK_GOAL = 20.0
_WARMUP = 3
_STOCK = (
    *("-m", "rq.cli", "worker", "--quiet", "--url", "{url}"),
    *("--serializer", "rq.serializers.JSONSerializer", "high", "default", "low"),
)


@dataclass(frozen=True)
class Figures:
    """What was measured; milliseconds and jobs per second. One job is one 256 px picture."""

    overhead_ms: float
    """From submit to the result on the stream, less the time the engine and the PNG encoder took:
    median of jobs sent one at a time."""
    overhead_p95_ms: float
    drawing_ms: float
    """Median time of engine and encoder for a single job."""
    batched_per_s: float
    one_by_one_per_s: float
    stock_per_s: float
    """rq's own forking worker, with the models loaded per job."""

    @property
    def against_stock(self) -> float:
        """How many times as many jobs as rq's stock worker."""
        return self.batched_per_s / self.stock_per_s

    def __str__(self) -> str:
        goals = {
            "overhead_ms": ("<=", OVERHEAD_GOAL_MS),
            "against_stock": (">=", STOCK_GOAL),
        }
        figures = {field.name: getattr(self, field.name) for field in fields(self)}
        figures["batching_gain"] = self.batched_per_s / self.one_by_one_per_s
        figures["against_stock"] = self.against_stock
        rows = []
        for name, value in figures.items():
            row = f"{name:>18} {value:10.2f}"
            if name in goals:
                relation, goal = goals[name]
                reached = value <= goal if relation == "<=" else value >= goal
                row += f"  goal {relation} {goal:g}: {'reached' if reached else 'missed'}"
            rows.append(row)
        return "\n".join(rows)


@dataclass(frozen=True)
class Capacity:
    """What workers draw while there is always more to do."""

    workers: int
    threads: int
    """Of each worker."""
    wishes: float
    """A minute; a wish is four pictures of 256 px."""
    picks: float
    """A minute; a pick is one of 512 px."""
    megabytes: float
    """The most that one of the workers held."""

    def __str__(self) -> str:
        numbers = f"{self.wishes:.0f} | {self.picks:.0f} | {self.megabytes:.0f} MB"
        return f"| {self.workers} × {self.threads} | {numbers} |"


def _request(number: int, count: int = 1, size: Literal[256, 512] = 256) -> DrawRequest:
    return DrawRequest(
        author=Author(platform="bench", user_id=str(number)),
        address=Address(platform="bench", chat_id="0"),
        wish=Wish(),
        seed=number,
        count=count,
        size=size,
    )


@contextmanager
def _process(url: str, *command: str, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *command],
        env=os.environ | {"REDIS_URL": url, "MOEMOJI_LOG_LEVEL": "WARNING"} | env,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@asynccontextmanager
async def _frontend(url: str) -> AsyncIterator[tuple[JobQueue, AsyncIterator[Event]]]:
    settings = QueueSettings(queue_limit=100_000)
    deliveries = await Deliveries.connect(url, "bench", settings=settings)
    listener = deliveries.listen()
    try:
        yield deliveries.queue, listener
    finally:
        await deliveries.close()


async def _next(listener: AsyncIterator[Event]) -> Event:
    event = await anext(listener)
    if event.kind != "done":
        raise RuntimeError(f"job {event.job_id} {event.kind}: {event.error}")
    await event.ack()
    return event


async def _ready(queue: JobQueue, *workers: subprocess.Popen[bytes]) -> None:
    while await queue.workers() < len(workers):
        for worker in workers:
            if worker.poll() is not None:
                raise RuntimeError(f"a worker ended with code {worker.returncode}")
        await asyncio.sleep(0.05)


async def _latency(jobs: int) -> tuple[list[float], list[float]]:
    """Overhead and drawing time of each job, milliseconds."""
    overhead, drawing = [], []
    with EmbeddedRedis() as server, _process(server.url, "-m", "worker") as worker:
        async with _frontend(server.url) as (queue, listener):
            await _ready(queue, worker)
            for number in range(jobs + _WARMUP):
                begun = time.perf_counter()
                await queue.submit(_request(number))
                event = await anext(listener)
                seconds = time.perf_counter() - begun
                await event.ack()
                if number >= _WARMUP:
                    drawn = event.record.draw_seconds or 0.0
                    drawing.append(drawn * 1000)
                    overhead.append((seconds - drawn) * 1000)
    return overhead, drawing


async def _throughput(jobs: int, *command: str, **env: str) -> float:
    """Jobs per second from the first result to the last: the start of the worker is not counted.

    Args:
        jobs: How many wait in the queue when the worker starts.
        command: Arguments of Python; "{url}" is replaced by Redis'.
        env: Further settings.
    """
    with EmbeddedRedis() as server:
        async with _frontend(server.url) as (queue, listener):
            for number in range(jobs):
                await queue.submit(_request(number))
            filled = [part.format(url=server.url) for part in command]
            with _process(server.url, *filled, **env):
                await _next(listener)
                begun = time.perf_counter()
                for _ in range(jobs - 1):
                    await _next(listener)
    return (jobs - 1) / (time.perf_counter() - begun)


async def _busy(
    seconds: float, workers: int, threads: int, count: int, size: Literal[256, 512]
) -> tuple[float, float]:
    """Jobs a minute of workers that always find a full batch, and the most memory of one, in MB."""
    with EmbeddedRedis() as server, ExitStack() as running:
        started = [
            running.enter_context(
                _process(server.url, "-m", "worker", OMP_NUM_THREADS=str(threads))
            )
            for _ in range(workers)
        ]
        async with _frontend(server.url) as (queue, listener):
            await _ready(queue, *started)
            ahead = 4 * workers * WorkerSettings.model_fields["batch_jobs"].default
            for number in range(ahead):
                await queue.submit(_request(number, count, size))
            # The first round pays for what is set up once.
            for number in range(ahead, 2 * ahead):
                await _next(listener)
                await queue.submit(_request(number, count, size))
            begun, done = time.perf_counter(), 0
            while (took := time.perf_counter() - begun) < seconds:
                await _next(listener)
                done += 1
                await queue.submit(_request(2 * ahead + done, count, size))
            held = max(_most_memory(process.pid) for process in started)
    return done * 60 / took, held


def _most_memory(pid: int) -> float:
    """MB that a process held at most, as Linux counts it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


async def capacity(seconds: float = 60) -> AsyncIterator[Capacity]:
    """What workers draw: one with a core, one with all, and one for each core.

    Args:
        seconds: How long each of them is looked at, once for wishes and once for picks.

    Raises:
        RuntimeError: if a worker does not start.
    """
    cores = len(os.sched_getaffinity(0))
    for workers, threads in dict.fromkeys([(1, 1), (1, cores), (cores, 1)]):
        wishes, small = await _busy(seconds, workers, threads, 4, 256)
        picks, large = await _busy(seconds, workers, threads, 1, 512)
        yield Capacity(workers, threads, wishes, picks, max(small, large))


async def _print_capacity(seconds: float) -> None:
    sys.stdout.write("| workers × threads | wishes a minute | picks a minute | memory of one |\n")
    sys.stdout.write("|---|---|---|---|\n")
    async for line in capacity(seconds):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


async def measure(*, jobs: int = 200, single: int = 50, stock: int = 6) -> Figures:
    """Measure everything with the engine that `MOEMOJI_ENGINE` names.

    Args:
        jobs: Queued at once for the throughput.
        single: Sent one at a time for the overhead.
        stock: Jobs for rq's stock worker: each costs a start of the models.

    Raises:
        RuntimeError: if a worker does not start.
    """
    overhead, drawing = await _latency(single)
    return Figures(
        overhead_ms=statistics.median(overhead),
        overhead_p95_ms=statistics.quantiles(overhead, n=20)[-1],
        drawing_ms=statistics.median(drawing),
        batched_per_s=await _throughput(jobs, "-m", "worker"),
        one_by_one_per_s=await _throughput(jobs, "-m", "worker", MOEMOJI_BATCH_JOBS="1"),
        stock_per_s=await _throughput(stock, *_STOCK),
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m worker.bench", description=__doc__)
    parser.add_argument("--engine", help="module:Class instead of MOEMOJI_ENGINE")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--capacity", type=float, metavar="SECONDS", help="the table of scaling")
    options = parser.parse_args()
    if options.engine:
        os.environ["MOEMOJI_ENGINE"] = options.engine
    if options.capacity:
        asyncio.run(_print_capacity(options.capacity))
        return
    figures = asyncio.run(measure(jobs=options.jobs))
    sys.stdout.write(f"{figures}\n")


if __name__ == "__main__":
    main()
