"""`python -m tests.e2e.soak`: a thousand jobs while workers are killed and frontends restarted.

Fifty people on two platforms ask for avatars, each for two at once and again and again. Meanwhile
a worker is killed every ten seconds and each frontend is restarted twice. Every wish has a number
in it, which stands above its picture: in the end each has to be there exactly once, and Redis must
hold no job and nothing for ever. Prints the counts; the exit code is 1 if anything is not as it
should be.

With --kill the frontends are killed instead: then messages that said "on it" may stay behind, since
nobody lived to learn their IDs, but each picture still comes once.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import count

from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import SMALL, Program
from worker.embedded import EmbeddedRedis
from worker.queue import connection, keys_without_ttl

WISHES = ("cute girl", "boy with silver hair", "二次元女孩", "猫耳メイド", "elder with a beard")
TELEGRAM_USERS = 1_000_000
AT_ONCE = 2
"""Wishes of one person at the same time."""
UNACKNOWLEDGED = 6.0
"""Seconds after which Discord has long told a person that the bot did not respond."""
_NUMBER = re.compile(r"\b\d{5}\b")


@dataclass
class Soak:
    """One run and its counts."""

    discord: FakeDiscord
    telegram: FakeTelegram
    jobs: int
    patience: float
    asked: int = 0
    ended: int = 0
    kills: int = 0
    restarts: int = 0
    heard: list[str] = field(default_factory=list)
    """The numbers of all wishes that a frontend acknowledged: these have to be answered."""
    unheard: list[str] = field(default_factory=list)
    """Those that Discord's users were told nobody heard; most were not, but some may have been."""
    numbers: Iterable[int] = field(default_factory=lambda: count(10_000))

    def take(self) -> bool:
        """Whether there is another job to ask for."""
        if self.asked >= self.jobs:
            return False
        self.asked += 1
        return True

    def wish(self) -> tuple[str, str]:
        """A wish and its number."""
        number = str(next(iter(self.numbers)))
        return f"{random.choice(WISHES)} {number}", number

    async def discord_user(self, user: int) -> None:
        while self.take():
            while True:
                words, number = self.wish()
                sent = await self.discord.slash(user, "avatar", channel=user % 7 + 1, wish=words)
                try:
                    await self.discord.until(lambda s=sent: s.message is not None, UNACKNOWLEDGED)
                    break
                except TimeoutError:
                    # The gateway was gone just then; Discord told the person to try again.
                    self.unheard.append(number)
            self.heard.append(number)
            message = sent.message
            await self._answer(
                self.discord,
                lambda m=message: m is not None and (m.files or "Sorry" in m.content or m.deleted),
            )

    async def telegram_user(self, user: int) -> None:
        while self.take():
            words, number = self.wish()
            self.heard.append(number)
            await self.telegram.write(user, f"/avatar {words}")
            await self._answer(
                self.telegram,
                lambda n=number: any(
                    m.kind == "photo" and n in m.text for m in self.telegram.in_chat(user)
                ),
            )

    async def _answer(self, service: FakeDiscord | FakeTelegram, check: Callable[[], bool]) -> None:
        # What has not come by then may still come, and is counted in the end.
        with suppress(TimeoutError):
            await service.until(check, self.patience)
        self.ended += 1

    async def kill_workers(self, workers: list[Program], every: float) -> None:
        while True:
            await asyncio.sleep(every)
            victim = workers[self.kills % len(workers)]
            await victim.restart(signal.SIGKILL)
            self.kills += 1

    async def restart_frontends(self, frontends: list[Program], number: int) -> None:
        for part in (1 / 3, 2 / 3):
            while self.ended < part * self.jobs:
                await asyncio.sleep(0.1)
            for frontend in frontends:
                await frontend.restart(number)
                self.restarts += 1
                await frontend.ready()

    async def tell(self) -> None:
        """Say now and then how far it is, for whoever waits."""
        begun = time.monotonic()
        while True:
            await asyncio.sleep(15)
            sys.stderr.write(f"{time.monotonic() - begun:.0f} s: {self.ended} answers, ")
            sys.stderr.write(f"{self.kills} kills, {self.restarts} restarts\n")

    def report(self) -> dict[str, int]:
        """The counts, by what they are called."""
        shown = [
            (m.content, bool(m.files)) for m in self.discord.messages.values() if not m.deleted
        ]
        shown += [
            (m.text, m.kind == "photo") for m in self.telegram.messages.values() if not m.deleted
        ]
        pictures = Counter(
            number for text, picture in shown if picture for number in _NUMBER.findall(text)[:1]
        )
        apologies = sum("Sorry" in text for text, _ in shown)
        return {
            "wishes": self.asked,
            "pictures": pictures.total(),
            "answered once": sum(pictures[number] == 1 for number in self.heard),
            "answered twice": sum(found > 1 for found in pictures.values()),
            "unanswered": sum(not pictures[number] for number in self.heard) - apologies,
            "apologies": apologies,
            "asked again (no gateway)": len(self.unheard),
            "of these answered, too": sum(pictures[number] for number in self.unheard),
            "waiting messages left": sum(not (has or "Sorry" in text) for text, has in shown),
            "workers killed": self.kills,
            "frontends restarted": self.restarts,
        }


async def left(url: str) -> dict[str, object]:
    """What is left in Redis: open jobs, undelivered results, keys that stay for ever."""
    async with connection(url) as client:
        sets = [
            await client.zcard(f"moemoji:{name}")
            for name in ("waiting", "running", "late", "missing")
        ]
        listed = [await client.llen(f"rq:queue:{name}") for name in ("high", "default", "low")]
        streams = [await client.xlen(f"moemoji:events:{name}") for name in ("discord", "telegram")]
        return {
            "jobs left open": sum(sets) + sum(listed),
            "results undelivered": sum(streams),
            "keys without a TTL": await keys_without_ttl(client),
        }


async def soak(
    jobs: int, users: int, kill_every: float, pace: float, patience: float, kill: bool
) -> int:
    """Run it.

    Returns:
        The exit code.
    """
    begun = time.monotonic()
    async with AsyncExitStack() as stack:
        server = stack.enter_context(EmbeddedRedis())
        discord = await stack.enter_async_context(FakeDiscord())
        telegram = await stack.enter_async_context(FakeTelegram())
        engine = {"MOEMOJI_ENGINE": SMALL, "MOEMOJI_TEST_PACE": str(pace)}
        workers = [
            await stack.enter_async_context(Program("worker", REDIS_URL=server.url, **engine))
            for _ in range(2)
        ]
        frontends = [
            await stack.enter_async_context(
                Program("bot", name, REDIS_URL=server.url, **fake.environment)
            )
            for name, fake in (("discord", discord), ("telegram", telegram))
        ]
        for program in (*workers, *frontends):
            await program.ready()
        run = Soak(discord, telegram, jobs, patience)
        ending = signal.SIGKILL if kill else signal.SIGTERM
        trouble = [
            asyncio.create_task(run.kill_workers(workers, kill_every)),
            asyncio.create_task(run.restart_frontends(frontends, ending)),
            asyncio.create_task(run.tell()),
        ]
        people = [run.discord_user(1000 + n) for n in range(users // 2) for _ in range(AT_ONCE)]
        people += [
            run.telegram_user(TELEGRAM_USERS + n)
            for n in range(users - users // 2)
            for _ in range(AT_ONCE)
        ]
        await asyncio.gather(*people)
        for task in trouble:
            task.cancel()
        for ended in await asyncio.gather(*trouble, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
        # Whatever would come twice gets its chance to come.
        await asyncio.sleep(5)
        counts = run.report()
        kept = await left(server.url)
        bad = counts["answered twice"] or counts["unanswered"] or any(kept.values())
        bad = bad or (counts["waiting messages left"] and not kill)
        if bad:
            for program in (*frontends, *workers):
                sys.stderr.write(program.log[-4000:])
    for name, value in {**counts, **kept, "seconds": round(time.monotonic() - begun)}.items():
        sys.stdout.write(f"{name:>26}: {value}\n")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.soak", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--kill-every", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--pace", type=float, default=0.05, help="seconds a picture takes")
    parser.add_argument("--patience", type=float, default=120, help="seconds until unanswered")
    parser.add_argument("--kill", action="store_true", help="kill the frontends as well")
    given = parser.parse_args()
    return asyncio.run(
        soak(given.jobs, given.users, given.kill_every, given.pace, given.patience, given.kill)
    )


if __name__ == "__main__":
    raise SystemExit(main())
