"""`python -m tests.e2e.crowd`: how long a hundred commands at once block a frontend's event loop.

Measured where it counts: in the frontend's own process, by its watchdog of 5 ms ticks. Before that,
what the limits and the word filter cost a command.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

from tests.bot.moderation.cost import costs
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import Program
from worker.embedded import EmbeddedRedis

GOAL_MS = 50.0
_ROUNDS = 3


async def crowd(
    url: str, telegram: FakeTelegram, wish: str, first: int = 1000
) -> tuple[float, float]:
    """A hundred people write at once.

    Returns:
        Seconds until all were answered, and the loop's longest block in milliseconds.
    """
    telegram.messages.clear()
    async with Program(
        "tests.e2e.watched", "telegram", REDIS_URL=url, **telegram.environment
    ) as bot:
        await bot.ready()
        await asyncio.sleep(2)  # the watchdog looks away while the program starts
        begun = time.monotonic()
        people = range(first, first + 100)
        await asyncio.gather(*(telegram.write(user, f"/avatar {wish}") for user in people))
        await telegram.until(lambda: len(telegram.messages) >= 100, 60)
        took = time.monotonic() - begun
        await bot.stop()
    return took, float(bot.log.split("longest block: ")[1].split(" ")[0])


async def main() -> None:
    blocks = []
    with EmbeddedRedis() as server:
        for name, micro in (await costs(server.url)).items():
            sys.stdout.write(f"{name}: {micro:.0f} µs of processor time\n")
        async with FakeTelegram() as telegram:
            for i in range(_ROUNDS):
                took, longest = await crowd(server.url, telegram, "cute girl", 1000 * (1 + i))
                blocks.append(longest)
                sys.stdout.write(f"100 commands in {took:.2f} s, longest block {longest:.0f} ms\n")
    middle = statistics.median(blocks)
    verdict = "reached" if middle <= GOAL_MS else "missed"
    sys.stdout.write(f"median {middle:.0f} ms, goal {GOAL_MS:.0f} ms: {verdict}\n")


if __name__ == "__main__":
    asyncio.run(main())
