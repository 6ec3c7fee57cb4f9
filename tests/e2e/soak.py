"""`python -m tests.e2e.soak`: a thousand jobs while workers are killed and frontends restarted.

Fifty people on two platforms ask for avatars, one after the other, several at once. Meanwhile a
worker is killed every ten seconds and each frontend is restarted twice. In the end everyone must
have exactly one answer to each wish, and Redis must hold nothing for ever. Prints the counts; the
exit code is 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_discord_messages import Sent
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import SMALL, Program
from worker.embedded import EmbeddedRedis
from worker.queue import connection, keys_without_ttl

WISHES = ("cute girl", "boy with silver hair", "二次元女孩", "猫耳メイド", "elder with a beard")
TELEGRAM_USERS = 1_000_000
UNACKNOWLEDGED = 6.0
"""Seconds after which Discord has long told a person that the bot did not respond."""


@dataclass
class Soak:
    """One run and its counts."""

    discord: FakeDiscord
    telegram: FakeTelegram
    jobs: int
    users: int
    patience: float
    asked: int = 0
    answered: int = 0
    unanswered: int = 0
    asked_again: int = 0
    kills: int = 0
    restarts: int = 0
    sent: list[Sent] = field(default_factory=list)
    wishes: dict[int, int] = field(default_factory=dict)

    def take(self) -> bool:
        """Whether there is another job to ask for."""
        if self.asked >= self.jobs:
            return False
        self.asked += 1
        return True

    async def discord_user(self, user: int) -> None:
        while self.take():
            while True:
                sent = await self.discord.slash(
                    user, "avatar", channel=user % 7 + 1, wish=random.choice(WISHES)
                )
                try:
                    await self.discord.until(lambda s=sent: s.message is not None, UNACKNOWLEDGED)
                    break
                except TimeoutError:
                    # The gateway was gone just then; Discord told the person to try again.
                    self.asked_again += 1
            self.sent.append(sent)
            message = sent.message
            await self._answer(
                self.discord,
                lambda m=message: m is not None and (m.files or "Sorry" in m.content or m.deleted),
            )

    async def telegram_user(self, user: int) -> None:
        while self.take():
            self.wishes[user] = count = self.wishes.get(user, 0) + 1
            await self.telegram.write(user, f"/avatar {random.choice(WISHES)}")
            await self._answer(
                self.telegram, lambda n=count: sum(map(_final, self.telegram.in_chat(user))) >= n
            )

    async def _answer(self, service: FakeDiscord | FakeTelegram, check: object) -> None:
        try:
            await service.until(check, self.patience)
            self.answered += 1
        except TimeoutError:
            self.unanswered += 1

    async def kill_workers(self, workers: list[Program], every: float) -> None:
        while True:
            await asyncio.sleep(every)
            victim = workers[self.kills % len(workers)]
            await victim.restart(signal.SIGKILL)
            self.kills += 1

    async def restart_frontends(self, frontends: list[Program]) -> None:
        for part in (1 / 3, 2 / 3):
            while self.answered < part * self.jobs:
                await asyncio.sleep(0.1)
            for frontend in frontends:
                await frontend.restart()
                self.restarts += 1
                await frontend.ready()

    def report(self, lasting: list[str], seconds: float) -> dict[str, object]:
        """The counts, by what they are called."""
        on_discord = [m for m in self.discord.messages.values() if not m.deleted]
        on_telegram = [m for m in self.telegram.messages.values() if not m.deleted]
        twice = max(0, sum(bool(m.files) for m in on_discord) - len(self.sent))
        for user, count in self.wishes.items():
            twice += max(0, sum(map(_final, self.telegram.in_chat(user))) - count)
        waiting = sum(not (m.files or "Sorry" in m.content) for m in on_discord)
        waiting += sum(not _final(m) for m in on_telegram)
        apologies = sum("Sorry" in m.content for m in on_discord)
        apologies += sum("Sorry" in m.text for m in on_telegram)
        return {
            "seconds": round(seconds),
            "jobs asked for": self.asked,
            "answered": self.answered,
            "of these apologies": apologies,
            "asked again (no gateway)": self.asked_again,
            "unanswered": self.unanswered,
            "answered twice": twice,
            "still waiting": waiting,
            "workers killed": self.kills,
            "frontends restarted": self.restarts,
            "keys without a TTL": lasting,
        }


def _final(message: object) -> bool:
    kind, text = getattr(message, "kind", ""), getattr(message, "text", "")
    return kind == "photo" or "Sorry" in text


async def soak(jobs: int, users: int, kill_every: float, pace: float, patience: float) -> int:
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
        run = Soak(discord, telegram, jobs, users, patience)
        trouble = [
            asyncio.create_task(run.kill_workers(workers, kill_every)),
            asyncio.create_task(run.restart_frontends(frontends)),
        ]
        people = [run.discord_user(1000 + number) for number in range(users // 2)]
        people += [run.telegram_user(TELEGRAM_USERS + n) for n in range(users - users // 2)]
        await asyncio.gather(*people)
        for task in trouble:
            task.cancel()
        await asyncio.gather(*trouble, return_exceptions=True)
        # Whatever would come twice gets its chance to come.
        await asyncio.sleep(3)
        async with connection(server.url) as client:
            lasting = await keys_without_ttl(client)
        counts = run.report(lasting, time.monotonic() - begun)
        bad = run.unanswered or counts["answered twice"] or counts["still waiting"] or lasting
        if bad:
            for program in (*frontends, *workers):
                sys.stderr.write(program.log[-4000:])
    for name, value in counts.items():
        sys.stdout.write(f"{name:>26}: {value}\n")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.soak", description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--kill-every", type=float, default=10, metavar="SECONDS")
    parser.add_argument("--pace", type=float, default=0.05, help="seconds a picture takes")
    parser.add_argument("--patience", type=float, default=120, help="seconds until unanswered")
    given = parser.parse_args()
    return asyncio.run(soak(given.jobs, given.users, given.kill_every, given.pace, given.patience))


if __name__ == "__main__":
    raise SystemExit(main())
