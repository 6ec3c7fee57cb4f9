"""Numbers for Prometheus, from every process: `MOEMOJI_METRICS_PORT` opens /metrics.

What a process did itself is counted here; the state of the queue is read from Redis when somebody
looks. Labels are kinds, outcomes and platforms: no person, guild or prompt is in any.
Names follow https://prometheus.io/docs/practices/naming/. Memory and CPU come with the client
library (`process_resident_memory_bytes`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import redis
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from worker.errors import SetupError
from worker.scripts import PREFIX, QUEUES
from worker.settings import ProcessSettings

PLATFORMS = ("discord", "telegram", "console")
"""Whose streams of results are looked at."""

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_COUNTS = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128, 256)

# The worker's.
JOBS = Counter("moemoji_jobs", "Jobs that ended here.", ["kind", "outcome"])
WAITED = Histogram(
    "moemoji_job_wait_seconds",
    "From submitting to the drawing's begin.",
    ["lane"],
    buckets=_SECONDS,
)
STAGE = Histogram(
    "moemoji_stage_seconds",
    "draw: a call of the engine; encode: a picture; store: a job's result; of photos: check, "
    "load (a network), open, faces, read, paint.",
    ["stage"],
    buckets=_SECONDS,
)
BATCH_JOBS = Histogram("moemoji_batch_jobs", "Jobs drawn together.", buckets=_COUNTS)
BATCH_PICTURES = Histogram("moemoji_batch_pictures", "Pictures a call.", buckets=_COUNTS)
SWEPT = Counter("moemoji_swept", "Jobs taken back from dead workers and the like.", ["what"])
OUT_OF_MEMORY = Counter("moemoji_out_of_memory", "Calls of the engine that found no memory.")

# The frontends'.
REFUSED = Counter("moemoji_refused", "Wishes that were refused, by reason.", ["platform", "key"])
DELIVERIES = Counter("moemoji_deliveries", "Results brought to chats.", ["platform", "outcome"])
DELIVERED_AFTER = Histogram(
    "moemoji_delivery_seconds", "From drawn to shown.", ["platform"], buckets=_SECONDS
)
REQUESTS = Counter(
    "moemoji_api_requests", "Answers of the chat's API; 429: a rate limit.", ["platform", "status"]
)
READY = Gauge("moemoji_ready", "1 while the chat is connected.", ["platform"])


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Measure what happens inside as that stage."""
    begun = time.perf_counter()
    try:
        yield
    finally:
        STAGE.labels(name).observe(time.perf_counter() - begun)


class QueueCollector(Collector):
    """The queue as it is when somebody looks; the same from every process, so take the maximum.

    Args:
        client: Of its own, and impatient: a scrape must not hang.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not need Redis."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """One look, in two round trips."""
        up = GaugeMetricFamily("moemoji_redis_up", "1 if Redis answers.")
        try:
            families = list(self._look())
            up.add_metric([], 1)
        except redis.exceptions.RedisError:
            families = []
            up.add_metric([], 0)
        return [up, *families]

    def _look(self) -> Iterator[Metric]:
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            pipe.zrange(f"{PREFIX}workers", 0, -1, withscores=True)
            pipe.zcard(f"{PREFIX}running")
            for name in QUEUES:
                pipe.llen(f"rq:queue:{name}")
                pipe.lindex(f"rq:queue:{name}", 0)
            for platform in PLATFORMS:
                pipe.xlen(f"{PREFIX}events:{platform}")
            clock, workers, running, *rest = pipe.execute()
            now = clock[0] + clock[1] / 1e6
            lengths, first, left = rest[:6:2], rest[1:6:2], rest[6:]
            for job_id in first:
                pipe.hget(f"{PREFIX}record:{(job_id or b'-').decode()}", "submitted")
            since = cast(list[bytes | None], pipe.execute())
        length = GaugeMetricFamily("moemoji_queue_jobs", "Waiting jobs.", labels=["queue"])
        age = GaugeMetricFamily(
            "moemoji_queue_age_seconds", "How long the next job waits.", labels=["queue"]
        )
        for name, count, submitted in zip(QUEUES, lengths, since, strict=True):
            length.add_metric([name], count)
            age.add_metric([name], max(0.0, now - float(submitted)) if submitted else 0.0)
        yield from (length, age)
        yield GaugeMetricFamily("moemoji_running_jobs", "Jobs being drawn.", value=running)
        alive = sum(1 for _, till in workers if till > now)
        yield GaugeMetricFamily("moemoji_workers", "Workers that give signs of life.", value=alive)
        waiting = GaugeMetricFamily(
            "moemoji_undelivered", "Results no chat has taken yet.", labels=["platform"]
        )
        for platform, entries in zip(PLATFORMS, left, strict=True):
            waiting.add_metric([platform], entries)
        yield waiting


def serve(
    settings: ProcessSettings, redis_url: str, registry: CollectorRegistry = REGISTRY
) -> None:
    """Answer on `MOEMOJI_METRICS_PORT` for as long as the process lives, if it is set.

    Raises:
        SetupError: if the port is taken.
    """
    if not settings.metrics_port:
        return
    client = redis.Redis.from_url(redis_url, retry=None, socket_timeout=2, socket_connect_timeout=2)
    registry.register(QueueCollector(client))
    try:
        start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as error:
        raise SetupError(
            f"MOEMOJI_METRICS_PORT {settings.metrics_port} cannot be used: {error.strerror}."
        ) from error
