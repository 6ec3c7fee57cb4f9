"""`python -m tests.e2e.watched telegram`: a frontend that says how long its loop was blocked."""

from __future__ import annotations

import asyncio
import sys
import time

from bot.__main__ import main

TICK = 0.005
_run = asyncio.run
longest = 0.0


async def _watch() -> None:
    global longest
    # What happens while the frontend starts is nobody's wait.
    await asyncio.sleep(1.5)
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK)
        longest = max(longest, time.perf_counter() - before - TICK)


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
