"""`python -m tests.e2e.crowd`: how long a hundred commands at once block a frontend's event loop.

Measured where it counts: in the frontend's own process, by its watchdog of 5 ms ticks, for either
chat. Before that, what the limits and the word filter cost a command.
"""

from __future__ import annotations

import asyncio
import sys
import time

from tests.bot.moderation.cost import costs
from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import Program
from worker.embedded import EmbeddedRedis

GOAL_MS = 50.0
CROWD = 100
_ROUNDS = 3


async def crowd(
    url: str, service: FakeDiscord | FakeTelegram, wish: str, first: int = 1000
) -> tuple[float, float]:
    """A hundred people write at once.

    Args:
        url: Of Redis.
        service: The chat.
        wish: What they want.
        first: The first one's ID; the others follow.

    Returns:
        Seconds until all were answered, and the loop's longest block in milliseconds.
    """
    service.messages.clear()
    name = "discord" if isinstance(service, FakeDiscord) else "telegram"
    async with Program("tests.e2e.watched", name, REDIS_URL=url, **service.environment) as bot:
        await bot.ready()
        await asyncio.sleep(2)  # the watchdog looks away while the program starts
        begun = time.monotonic()
        people = range(first, first + CROWD)
        if isinstance(service, FakeDiscord):
            await asyncio.gather(*(service.slash(user, "avatar", wish=wish) for user in people))
        else:
            await asyncio.gather(*(service.write(user, f"/avatar {wish}") for user in people))
        await service.until(lambda: len(service.messages) >= CROWD, 60)
        took = time.monotonic() - begun
        await bot.stop()
    return took, float(bot.log.split("longest block: ")[1].split(" ")[0])


async def main() -> None:
    with EmbeddedRedis() as server:
        for name, micro in (await costs(server.url)).items():
            sys.stdout.write(f"{name}: {micro:.0f} µs of processor time\n")
        async with FakeDiscord() as discord, FakeTelegram() as telegram:
            for service, chat in ((discord, "Discord"), (telegram, "Telegram")):
                blocks = []
                for i in range(_ROUNDS):
                    took, longest = await crowd(server.url, service, "cute girl", 1000 * (1 + i))
                    blocks.append(longest)
                    sys.stdout.write(f"{chat}: {CROWD} commands in {took:.2f} s, ")
                    sys.stdout.write(f"longest block {longest:.0f} ms\n")
                verdict = "reached" if max(blocks) <= GOAL_MS else "missed"
                sys.stdout.write(f"{chat}: longest of all {max(blocks):.0f} ms, ")
                sys.stdout.write(f"goal <= {GOAL_MS:.0f}: {verdict}\n")


if __name__ == "__main__":
    asyncio.run(main())
