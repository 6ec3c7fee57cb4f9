"""A worker for rq 3 that keeps its models warm and draws in batches.

rq gives the queue lists, the job hashes, the loop, signals and registration. Its forking worker
would load the models per job and breaks CUDA; its `SimpleWorker` draws one job at a time, without
heartbeat, cancel or a timeout that bites. What is overridden here are rq's public seams; the one
private name in use, `_stop_requested`, is pinned by `rq>=3,<4` and a contract test.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import redis
import structlog
from redis.client import Pipeline
from rq import Queue, SimpleWorker
from rq.exceptions import DequeueTimeout, StopRequested
from rq.job import Job
from rq.utils import now
from rq.worker import WorkerStatus
from rq.worker_registration import clean_worker_registry

from generator.errors import PersonError
from worker import logs, metrics
from worker.jobs import BlendRequest, DrawRequest, Request, StylizeRequest
from worker.ledger import Claim, Ledger, Patience
from worker.models import Models
from worker.pulse import Pulse
from worker.queue import RETRIED
from worker.scripts import QUEUES
from worker.settings import WorkerSettings
from worker.studio import work
from worker.tasks import compatible
from worker.uploads import load_check, look

QUIET = 1.0
"""Seconds between two signs of life for rq; its own loop would give three a job."""
LAST_PATIENCE = 3.0
"""Seconds that a worker which was told to stop waits for a Redis that is away."""

log = structlog.get_logger(__name__)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether it is Python's MemoryError or torch's (known by its name: torch may not be here)."""
    return isinstance(error, MemoryError) or any(
        kind.__name__ == "OutOfMemoryError" for kind in type(error).__mro__
    )


class AvatarWorker(SimpleWorker):
    """Draws for the queues high, default and low until it is told to stop.

    Args:
        client: From `worker.ledger.connection`.
        patience: Of the client.
        models: With an engine that is loaded and warm.
        name: Unique among all workers.
    """

    def __init__(
        self,
        client: redis.Redis,
        patience: Patience,
        models: Models,
        settings: WorkerSettings,
        pulse: Pulse,
        name: str,
    ) -> None:
        queues = [Queue(queue, connection=client, serializer="json") for queue in QUEUES]
        super().__init__(
            queues,
            name=name,
            connection=client,
            serializer="json",
            worker_ttl=60,
            maintenance_interval=60,
            log_job_description=False,
        )
        self._told = float("-inf")
        self._patience = patience
        self._models = models
        self._settings = settings
        self._pulse = pulse
        self._books = Ledger(client, name, settings)
        self._check = load_check(settings.upload_check)
        self._step = settings.batch_pictures

    @property
    def dequeue_timeout(self) -> int:
        """Seconds of one blocking pop: how long SIGTERM may go unnoticed by an idle worker."""
        return 1

    def subscribe(self) -> None:
        """No channel for rq's remote commands: none of them works without a fork."""

    def unsubscribe(self) -> None:
        """See `subscribe`."""

    @contextmanager
    def _stopping_in_order(self) -> Iterator[None]:
        """A Redis that is away when the worker is told to stop is no fault of the worker's.

        Raises:
            StopRequested: instead of Redis' error. What was drawn and could not be kept is queued
                again when its lease runs out.
        """
        try:
            yield
        except redis.exceptions.RedisError as error:
            if not self._stop_requested:
                raise
            log.warning("redis-away", error=type(error).__name__)
            raise StopRequested from None

    def check_for_suspension(self, burst: bool) -> None:
        """Whether `rq suspend` has paused all workers."""
        with self._stopping_in_order():
            super().check_for_suspension(burst)

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Tell rq that this worker's loop runs; not between any two jobs, for it takes a while."""
        told, self._told = self._told, time.monotonic()
        if pipeline is None and self._told - told < QUIET:
            self._told = told
            return
        with self._stopping_in_order():
            super().heartbeat(timeout, pipeline)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """SIGTERM and SIGINT: finish the batch and stop; never an exception between two commands.

        A Redis that is away then gets a few seconds to come back. A second signal ends the process
        at once; its jobs are queued again.
        """
        if self._stop_requested:
            self._patience.end()
            raise SystemExit(1)
        log.info("stopping", signal=signum)
        self._stop_requested = True
        ending = threading.Timer(LAST_PATIENCE, self._patience.end)
        ending.daemon = True
        ending.start()

    def register_death(self) -> None:
        """Sign off, if Redis is there; if not, this worker's leases run out by themselves."""
        try:
            super().register_death()  # type: ignore[no-untyped-call]
        except redis.exceptions.RedisError as error:
            log.warning("redis-away", error=type(error).__name__)

    @property
    def stopped_on_request(self) -> bool:
        """Whether a signal ended the loop, and no error did."""
        return bool(self._stop_requested)

    def run_maintenance_tasks(self) -> None:
        """Our sweep first, so that rq's own cleaning finds nothing of ours to judge."""
        with self._stopping_in_order():
            for job_id, what in self._books.sweep():
                metrics.SWEPT.labels(what).inc()
                log.warning("swept", job_id=job_id, what=what)
            super().run_maintenance_tasks()  # type: ignore[no-untyped-call]

    def clean_registries(self) -> None:
        """Strike dead workers off rq's lists.

        rq's own would also look for abandoned jobs, of which ours are none, and call back whatever
        function such a job names: anybody's who has the password of Redis.
        """
        for queue in self.queues:
            clean_worker_registry(queue)
        self.last_cleaned_at = now()  # type: ignore[assignment]

    def clean_group_registries(self) -> None:
        """Nothing: there are no groups."""

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """The next job; None when asked to stop, or when there is none and timeout is None."""
        pause = 0.1
        while not self._stop_requested:
            try:
                if self.get_state() != WorkerStatus.IDLE:
                    self.set_state(WorkerStatus.IDLE)
                self.heartbeat()
                if self.should_run_maintenance_tasks:
                    self.run_maintenance_tasks()
                found: tuple[Job, Queue] | None = Queue.dequeue_any(
                    self.queues,
                    None if timeout is None else self.dequeue_timeout,
                    connection=self.connection,
                    serializer=self.serializer,
                )
                return found
            except DequeueTimeout:
                pause = 0.1
            except RETRIED as error:
                log.warning("redis-away", error=type(error).__name__)
                time.sleep(pause)
                pause = min(pause * 2, 2.0)
        return None

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Draw this job and what else waits, as many as fit into a batch."""
        with self._stopping_in_order():
            self._execute(job)

    def _execute(self, job: Job) -> None:
        self.set_state(WorkerStatus.BUSY)
        claims = self._books.claim([job.id], self._settings.batch_jobs - 1)
        ids = [claim.job_id for claim in claims]
        self._pulse.hold(ids)
        try:
            for group in grouped(claims):
                self._draw_group(group)
        finally:
            self._pulse.drop(ids)
            self.set_state(WorkerStatus.IDLE)

    def _draw_group(self, group: Sequence[Claim]) -> None:
        allowed = self._books.begin([claim.job_id for claim in group])
        group = [claim for claim in group if claim.job_id in allowed]
        if group:
            metrics.BATCH_JOBS.observe(len(group))
        for claim in group:
            if claim.request is not None and not claim.attempts:
                waited = time.time() - claim.request.created
                metrics.WAITED.labels(claim.request.lane).observe(max(0.0, waited))
        group = [claim for claim in group if self._looked_at(claim)]
        begun = time.perf_counter()
        left = self._try(group, begun)
        # One by one after an error of the batch, so that one bad job fails alone.
        for claim in left:
            self._try([claim], time.perf_counter())
        if group:
            self._books.pace((time.perf_counter() - begun) / len(group))

    def _looked_at(self, claim: Claim) -> bool:
        """Whether what was sent in may be worked with; if not, the job has failed."""
        request = claim.request
        if request is None or self._check is None:
            return True
        try:
            with metrics.stage("check"):
                self._pulse.watch([claim.job_id], lambda: look(self._check, self._books, request))
        except redis.exceptions.RedisError:
            raise
        except Exception as error:
            self._fail(claim, error)
            return False
        return True

    def _try(self, group: Sequence[Claim], begun: float) -> list[Claim]:
        """Draw the group; answers the jobs to be tried alone after an error."""
        open_claims = {claim.job_id: claim for claim in group}
        requests = [claim.request for claim in group if claim.request is not None]
        while open_claims:
            try:
                for request, drawn in work(
                    self._models,
                    requests,
                    self._books.uploads,
                    batch=self._step,
                    dropped=self._pulse.gone,
                    around=lambda call: self._pulse.watch(list(open_claims), call),
                ):
                    seconds = time.perf_counter() - begun
                    with metrics.stage("store"):
                        kept = self._books.done(
                            request, drawn.specs, drawn.pictures, seconds, drawn.read
                        )
                    del open_claims[request.job_id]
                    self._pulse.drop([request.job_id])
                    outcome = "drawn" if kept else "result-dropped"
                    metrics.JOBS.labels(request.kind, outcome).inc()
                    log.info(
                        outcome,
                        job_id=request.job_id,
                        guild=request.address.guild_id,
                        user=logs.pseudonym(request.author.key),
                        **self._said(request),
                        pictures=len(drawn.pictures),
                        batch=len(group),
                        seconds=round(seconds, 3),
                    )
                for claim in open_claims.values():
                    self._not_drawn(claim)
                return []
            except redis.exceptions.RedisError:
                raise
            except Exception as error:
                if is_out_of_memory(error) and self._step > 1:
                    self._step = max(1, self._step // 2)
                    metrics.OUT_OF_MEMORY.inc()
                    log.warning("out-of-memory", step=self._step)
                    requests = [r for r in requests if r.job_id in open_claims]
                    continue
                if len(group) > 1:
                    log.warning("batch-failed", error=type(error).__name__, jobs=list(open_claims))
                    return list(open_claims.values())
                self._fail(group[0], error)
                return []
        return []

    def _said(self, request: Request) -> dict[str, str]:
        if isinstance(request, StylizeRequest | BlendRequest) or not self._settings.log_prompts:
            return {}
        return {"prompt": request.prompt}

    def _not_drawn(self, claim: Claim) -> None:
        if claim.request is None:
            metrics.JOBS.labels("unknown", "unreadable-request").inc()
            log.error("unreadable-request", job_id=claim.job_id)
            self._books.failed(claim, "versions-differ")
        else:
            metrics.JOBS.labels(claim.request.kind, "dropped").inc()
            log.info("dropped", job_id=claim.job_id)

    def _fail(self, claim: Claim, error: Exception) -> None:
        kind = "unknown" if claim.request is None else claim.request.kind
        if isinstance(error, PersonError) and error.key is not None:
            metrics.JOBS.labels(kind, "refused").inc()
            # A picture without a face, say: theirs to mend, not ours.
            log.info("refused", job_id=claim.job_id, key=error.key)
            self._books.failed(claim, error.key, error.params)
            return
        key = "out-of-memory" if is_out_of_memory(error) else "draw-failed"
        metrics.JOBS.labels(kind, key).inc()
        log.error(key, job_id=claim.job_id, exc_info=error)
        self._books.failed(claim, key)


def grouped(claims: Sequence[Claim]) -> list[list[Claim]]:
    """What may be drawn together, in order.

    A job that was begun before is drawn alone: it may be the one that killed its worker, and its
    neighbours should not die of it again.
    """
    groups: dict[Any, list[Claim]] = {}
    for claim in claims:
        lonely = claim.attempts > 0 or not isinstance(claim.request, DrawRequest)
        key = claim.job_id if lonely or claim.request is None else compatible(claim.request)
        groups.setdefault(key, []).append(claim)
    return list(groups.values())
