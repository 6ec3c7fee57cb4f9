"""`python -m tests.bot.moderation.hammer URL TRIES`: takes from two buckets as fast as it can."""

from __future__ import annotations

import asyncio
import sys

from bot.moderation.buckets import Bucket, Buckets, Limit
from worker.queue import connection

WIDE = Bucket("total", "", Limit(150, 604800))
NARROW = Bucket("user", "discord:1", Limit(60, 86400))


async def main(url: str, tries: int) -> None:
    client = connection(url)
    buckets = Buckets(client)
    await client.ping()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    # All begin at the same word.
    await asyncio.to_thread(sys.stdin.readline)
    answers = await asyncio.gather(*(buckets.take([WIDE, NARROW]) for _ in range(tries)))
    await client.aclose()
    sys.stdout.write(f"{sum(answer is None for answer in answers)}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
