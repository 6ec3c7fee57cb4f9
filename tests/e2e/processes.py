"""The programs of the road as separate processes, as they are deployed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Self

REPOSITORY = Path(__file__).parents[2]
# Everything that takes seconds in production takes tenths of them here.
HASTY = {
    "MOEMOJI_LEASE": "1.5",
    "MOEMOJI_BEAT": "0.2",
    "MOEMOJI_SWEEP": "0.3",
    "MOEMOJI_LOST_AFTER": "0.5",
    "MOEMOJI_DELIVER_BACKOFF": "0.1",
}
UNHURRIED = {"MOEMOJI_LEASE": "20"}
"""Loading what reads photos may keep a busy machine from beating for seconds."""
PATIENCE = 60.0
"""Seconds until a test gives up waiting: on a busy machine it takes longer, and passes."""
SMALL = "tests.e2e.small_engine:SmallEngine"


class Program:
    """One `python -m ...` of ours; its log is kept to be looked at.

    Args:
        arguments: What follows "python -m".
        code: Whose programs: another checkout's, for instance of another version.
        environment: Besides the test's own.
    """

    def __init__(self, *arguments: str, code: Path = REPOSITORY, **environment: str) -> None:
        self._arguments = arguments
        self._code = code
        self._environment = environment
        self._reader: asyncio.Task[None] | None = None
        self.process: asyncio.subprocess.Process | None = None
        self.log = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("MOEMOJI_", "DISCORD_", "TELEGRAM_", "REDIS_"))
        }
        path = f"{self._code}{os.pathsep}{clean.get('PYTHONPATH', '')}".rstrip(os.pathsep)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *self._arguments,
            cwd=self._code,
            env={**clean, **HASTY, **self._environment, "PYTHONPATH": path},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reader = asyncio.create_task(self._read(self.process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is not None:
            async for line in process.stdout:
                self.log += line.decode(errors="replace")

    async def ready(self, word: str = "ready", timeout: float = PATIENCE) -> None:
        """Wait until it has said so."""
        end = asyncio.get_running_loop().time() + timeout
        while word not in self.log:
            if self.process is None or self.process.returncode is not None:
                raise AssertionError(f"{self._arguments} ended:\n{self.log}")
            if asyncio.get_running_loop().time() > end:
                raise AssertionError(f"{self._arguments} is not {word}:\n{self.log}")
            await asyncio.sleep(0.02)

    async def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end; the exit code."""
        if self.process is None or self._reader is None:
            raise RuntimeError("not started")
        code = await asyncio.wait_for(self.process.wait(), timeout)
        await self._reader
        return code

    async def stop(self, number: int = signal.SIGTERM) -> int | None:
        """End it, and wait until it has."""
        if self.process is None:
            return None
        if self.process.returncode is None:
            self.process.send_signal(number)
        try:
            return await self.wait()
        except TimeoutError:
            self.process.kill()
            await self.wait()
            raise AssertionError(f"{self._arguments} did not stop:\n{self.log}") from None

    async def restart(self, number: int = signal.SIGTERM) -> None:
        """End it and start it again, with a log of its own."""
        await self.stop(number)
        self.log = ""
        await self.start()
