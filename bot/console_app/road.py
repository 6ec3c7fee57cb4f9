"""A Redis and a worker of our own, for whoever has set up neither."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from worker.embedded import EmbeddedRedis
from worker.errors import SetupError

_PR_SET_PDEATHSIG = 1  # prctl(2)


def _die_with_parent() -> None:
    """In the child: end when the console does, even if that was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class OwnWorker:
    """A worker process whose log is kept for the case that it cannot start.

    Args:
        redis_url: Where it finds its jobs.
    """

    def __init__(self, redis_url: str) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "worker"],
            env={**os.environ, "REDIS_URL": redis_url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            # Ctrl-C is for the chat; the worker is told to stop afterwards.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def check(self) -> None:
        """See that it is alive.

        Raises:
            SetupError: with its own last words if it ended.
        """
        if self._process.poll() is not None:
            self._log.seek(0)
            lines = self._log.read().decode(errors="replace").strip().splitlines()
            reason = lines[-1].strip() if lines else f"exit code {self._process.returncode}"
            raise SetupError(f"The worker could not start: {reason}")

    def stop(self) -> None:
        """Let it finish its batch, but not for long."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


@contextmanager
def embedded_road() -> Iterator[tuple[str, OwnWorker]]:
    """A real Redis on a private socket and a real worker; both are stopped afterwards."""
    with EmbeddedRedis() as server:
        worker = OwnWorker(server.url)
        try:
            yield server.url, worker
        finally:
            worker.stop()
