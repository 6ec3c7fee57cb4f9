"""`python -m tests.e2e.watched telegram`: a frontend that says how long its loop was blocked.

Time in which the thread could have run but had no processor (/proc/thread-self/schedstat, the
second number) is taken off: that is the machine's load and not a block of ours.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from bot.__main__ import main

TICK = 0.005
SCHEDULING = Path("/proc/thread-self/schedstat")
_run = asyncio.run
longest = 0.0


async def _watch() -> None:
    global longest
    # What happens while the frontend starts is nobody's wait.
    await asyncio.sleep(1.5)
    while True:
        before, starved = time.perf_counter(), _starved()
        await asyncio.sleep(TICK)
        block = time.perf_counter() - before - TICK - (_starved() - starved)
        longest = max(longest, block)


def _starved() -> float:
    try:
        return int(SCHEDULING.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def _watched(work: object) -> object:
    async def both() -> object:
        watch = asyncio.create_task(_watch())
        try:
            return await work  # type: ignore[misc]
        finally:
            watch.cancel()

    return _run(both())


if __name__ == "__main__":
    asyncio.run = _watched  # type: ignore[assignment]
    code = main(sys.argv[1:])
    sys.stdout.write(f"longest block: {1000 * longest:.1f} ms\n")
    raise SystemExit(code)
