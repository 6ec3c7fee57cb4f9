"""What goes on beside the drawing: heartbeat, cancel flags, sweeping, and the watchdog.

A thread with a connection of its own. It shows that the process lives; that the drawing itself gets
on is the watchdog's matter: a step that takes too long ends the process, since neither a signal nor
an exception gets into a long call of C code.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import redis
import structlog

from worker import metrics, reports
from worker.ledger import Ledger
from worker.skills import Skills

EX_STUCK = 70
"""The exit code of a process whose step was stuck (EX_SOFTWARE of sysexits.h)."""
_GIL_GRACE = 3.0

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Pulse:
    """The thread beside a worker.

    Args:
        ledger: Of the same owner as the worker's, with a client of its own.
        skills: What the frontends are told that this worker can do.
    """

    def __init__(self, ledger: Ledger, skills: Skills) -> None:
        self._ledger = ledger
        self._skills = skills
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._gone: set[str] = set()
        self._step: tuple[float, tuple[str, ...]] | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
        self._stumbled = False

    def start(self) -> None:
        """Begin to beat: a worker that says it is ready can be found already."""
        with contextlib.suppress(redis.exceptions.RedisError):
            self._beat([])
        self._thread.start()

    def stop(self) -> None:
        """Stop beating; what is still held is released for other workers."""
        self._end.set()
        self._thread.join(timeout=5)
        with contextlib.suppress(redis.exceptions.RedisError):
            self._ledger.release(self._holding())

    def hold(self, ids: Iterable[str]) -> None:
        """Keep the leases of these jobs alive and look whether they are cancelled."""
        with self._lock:
            self._held.update(ids)

    def drop(self, ids: Iterable[str]) -> None:
        """These jobs are done with."""
        with self._lock:
            self._held.difference_update(ids)
            self._gone.intersection_update(self._held)

    def gone(self) -> set[str]:
        """Those of the held jobs that were cancelled, or taken from us, as of `cancel_poll` ago."""
        with self._lock:
            return set(self._gone)

    def watch(self, ids: Iterable[str], call: Callable[[], T]) -> T:
        """Make the call; if it takes longer than `step_timeout`, the process ends.

        The pulse thread ends it in order (a log line with the jobs' ids, leases released, exit
        code 70). A call that keeps the GIL stops that thread too: then faulthandler's timer, which
        needs no GIL, ends the process a little later, and the leases run out by themselves.
        """
        timeout = self._ledger.settings.step_timeout
        with self._lock:
            self._step = (time.monotonic() + timeout, tuple(ids))
        faulthandler.dump_traceback_later(timeout + _GIL_GRACE, exit=True)
        try:
            return call()
        finally:
            faulthandler.cancel_dump_traceback_later()
            with self._lock:
                self._step = None

    def _holding(self) -> list[str]:
        with self._lock:
            return sorted(self._held)

    def _run(self) -> None:
        settings = self._ledger.settings
        next_beat = next_sweep = next_line = 0.0
        while not self._end.wait(settings.cancel_poll):
            self._bark()
            now = time.monotonic()
            try:
                held = self._holding()
                if now >= next_beat:
                    self._beat(held)
                    next_beat = now + settings.beat
                if held:
                    gone = self._ledger.cancelled(held)
                    with self._lock:
                        self._gone |= gone & self._held
                if now >= next_sweep:
                    for job_id, what in self._ledger.sweep():
                        metrics.SWEPT.labels(what).inc()
                        log.warning("swept", job_id=job_id, what=what)
                    next_sweep = now + settings.sweep
                if now >= next_line:
                    self._ledger.tell_line()
                    next_line = now + 1.0
                self._stumbled = False
            except redis.exceptions.RedisError as error:
                if not self._stumbled:
                    log.warning("redis-away", error=type(error).__name__)
                self._stumbled = True
            except Exception as error:
                # Without its pulse a worker would draw on, but be taken for dead, and hear of no
                # cancelling.
                if not self._stumbled:
                    log.error("pulse-stumbled", exc_info=error)
                self._stumbled = True

    def _beat(self, held: list[str]) -> None:
        self._ledger.offer(self._skills)
        self._ledger.beat(held)

    def _bark(self) -> None:
        with self._lock:
            step = self._step
        if step is None or time.monotonic() < step[0]:
            return
        for job_id in step[1]:
            log.error("stuck", job_id=job_id, seconds=self._ledger.settings.step_timeout)
        with contextlib.suppress(redis.exceptions.RedisError):
            self._ledger.release(self._holding())
        reports.flush()
        os._exit(EX_STUCK)
