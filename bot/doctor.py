"""`python -m bot doctor`: looks at everything a deployment needs, and says what to do.

Each check answers one row. Nothing is changed, and no token or password is ever shown.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, cast

import httpx
import redis
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings

from bot.settings import ConsoleSettings, DiscordSettings, TelegramSettings
from bot.weights import weights_rows
from worker.health import client, trouble
from worker.scripts import PREFIX
from worker.settings import explain
from worker.upload_store import writes

State = Literal["ok", "note", "broken"]
_COLOURS = {"ok": "32", "note": "33", "broken": "31"}

BOT_MEMORY, WORKER_MEMORY = 256, 1500
"""MB that a frontend and a worker should find free."""
CLOCK_NOTE, CLOCK_BROKEN = 2.0, 60.0
"""Seconds that clocks may differ. Discord's interaction tokens and our leases are times."""


@dataclass(frozen=True)
class Row:
    """One finding."""

    name: str
    state: State
    found: str
    todo: str = ""


def examine() -> Iterator[Row]:
    """All findings, one by one as they are made."""
    # The console's have all that is shared and need nothing themselves.
    settings, wrong = _load(ConsoleSettings)
    yield wrong or Row("settings", "ok", "they can be read")
    if settings is not None:
        if settings.redis_url is None:
            todo = "Set REDIS_URL; only the console brings a Redis of its own."
            yield Row("redis", "broken", "REDIS_URL names none", todo)
        else:
            url = settings.redis_url.get_secret_value()
            yield from _redis(url)
            yield _uploads(url, settings.uploads_url)
    tokens = [*_discord(), *_telegram()]
    if not tokens:
        todo = "Set DISCORD_TOKEN or TELEGRAM_TOKEN in .env; one is enough."
        tokens.append(Row("tokens", "broken", "there is none", todo))
    yield from tokens
    yield from (Row(*row) for row in weights_rows())
    yield _memory()


def main() -> int:
    """Print the table; 0 if nothing is broken, else 1."""
    colour = sys.stdout.isatty()
    broken = 0
    for row in examine():
        broken += row.state == "broken"
        state = f"{row.state:6}"
        if colour:
            state = f"\x1b[{_COLOURS[row.state]}m{state}\x1b[0m"
        print(f"{state}  {row.name:14}  {row.found}", flush=True)  # noqa: T201
        if row.todo:
            print(f"{'':8}{'':14}  -> {row.todo}", flush=True)  # noqa: T201
    end = "Nothing is broken." if not broken else f"{broken} broken; what to do is beside each."
    print(end)  # noqa: T201
    return 1 if broken else 0


def _load(kind: type[BaseSettings]) -> tuple[Any, Row | None]:
    """Settings from the environment, or a row that says why not."""
    try:
        return kind(), None
    except ValidationError as error:
        return None, Row("settings", "broken", explain(error, kind), "Mend it in .env.")


def _redis(url: str) -> Iterator[Row]:
    try:
        with client(url) as looking:
            begun = time.perf_counter()
            looking.ping()
            took = (time.perf_counter() - begun) * 1000
            about: dict[str, Any] = cast(Any, looking.info())
            clock = cast(tuple[int, int], looking.time())
            here = time.time()
            leases = cast(Any, looking.zrange(f"{PREFIX}workers", 0, -1, withscores=True))
    except redis.exceptions.RedisError as error:
        yield Row("redis", "broken", trouble(error), "See REDIS_URL, and whether Redis runs.")
        return
    version = str(about.get("redis_version", "0"))
    yield Row("redis", "ok", f"{version} answers in {took:.1f} ms")
    if tuple(int(part) for part in version.split(".")[:2]) < (6, 2):
        yield Row("redis", "broken", f"{version} is too old", "Install Redis 6.2 or later.")
    policy = about.get("maxmemory_policy")
    if policy != "noeviction":
        todo = "Set maxmemory-policy noeviction: Redis may drop jobs otherwise."
        yield Row("redis", "broken", f"evicts keys ({policy})", todo)
    if not about.get("aof_enabled"):
        todo = "Set appendonly yes, if jobs should survive a crash of Redis."
        yield Row("redis", "note", "does not write its data to disk", todo)
    alive = sum(1 for _, till in leases if till > clock[0])
    yield Row(
        "workers",
        "ok" if alive else "note",
        f"{alive} give signs of life",
        "" if alive else "Start one, or nothing is drawn: docker compose up -d worker",
    )
    yield _clock("Redis", here - (clock[0] + clock[1] / 1e6))


def _uploads(url: str, named: SecretStr | None) -> Row:
    try:
        with client(named.get_secret_value() if named else url) as looking:
            wrong = writes(
                cast(Any, looking.config_get("save")), cast(Any, looking.config_get("appendonly"))
            )
    except redis.exceptions.ResponseError:
        if named:
            todo = "See yourself that MOEMOJI_UPLOADS_URL is a Redis without any persistence."
            return Row("photos", "note", "their Redis does not say what it writes to disk", todo)
        wrong = True
    except redis.exceptions.RedisError as error:
        where = "MOEMOJI_UPLOADS_URL" if named else "REDIS_URL"
        return Row("photos", "broken", trouble(error).replace("REDIS_URL", where), f"See {where}.")
    if wrong:
        todo = "Set MOEMOJI_UPLOADS_URL to a Redis without persistence (docs/deployment.md)."
        return Row("photos", "note", "not taken: their Redis would write them to disk", todo)
    return Row("photos", "ok", "their Redis writes nothing to disk")


def _clock(other: str, off: float) -> Row:
    state: State = "ok"
    if abs(off) > CLOCK_NOTE:
        state = "broken" if abs(off) > CLOCK_BROKEN else "note"
    todo = "" if state == "ok" else "Switch on time synchronisation: timedatectl set-ntp true"
    return Row("clock", state, f"{abs(off):.1f} s apart from {other}'s", todo)


def _discord() -> Iterator[Row]:
    if not os.environ.get("DISCORD_TOKEN"):
        return
    settings, wrong = _load(DiscordSettings)
    if settings is None:
        yield cast(Row, wrong)
        return
    base = settings.api_base or "https://discord.com/api/v10"
    token = settings.token.get_secret_value()
    yield from _asked(
        "discord",
        lambda http: http.get(f"{base}/users/@me", headers={"Authorization": f"Bot {token}"}),
        lambda answer: answer["username"],
        "Copy DISCORD_TOKEN anew: Developer Portal, Bot, Reset Token.",
    )


def _telegram() -> Iterator[Row]:
    if not os.environ.get("TELEGRAM_TOKEN"):
        return
    settings, wrong = _load(TelegramSettings)
    if settings is None:
        yield cast(Row, wrong)
        return
    base = f"{settings.api_base}/bot{settings.token.get_secret_value()}"
    yield from _asked(
        "telegram",
        lambda http: http.post(f"{base}/getMe"),
        lambda answer: answer["result"]["username"],
        "Copy TELEGRAM_TOKEN anew: @BotFather, /mybots, API Token.",
    )


def _asked(
    name: str,
    ask: Callable[[httpx.Client], httpx.Response],
    who: Callable[[Any], str],
    todo: str,
) -> Iterator[Row]:
    """Ask a chat's API who we are. Errors are shown by their type: their text has the URL."""
    try:
        with httpx.Client(timeout=10) as http:
            answer = ask(http)
        here = time.time()
        if answer.status_code in (401, 403, 404):
            yield Row(name, "broken", "the token is not accepted", todo)
            return
        answer.raise_for_status()
        yield Row(name, "ok", f"the token is {who(answer.json())}'s")
    except (httpx.HTTPError, ValueError, KeyError) as error:
        found = f"the API does not answer as it should ({type(error).__name__})"
        yield Row(name, "broken", found, "See the network, DNS, a proxy or firewall.")
        return
    try:
        there: datetime = parsedate_to_datetime(answer.headers["Date"])
    except (KeyError, ValueError):
        return
    # The header has whole seconds.
    yield _clock(name.capitalize(), here - there.timestamp() - 0.5)


def _memory() -> Row:
    free = free_memory()
    if free is None:
        return Row("memory", "note", "cannot be told on this system")
    if free < BOT_MEMORY:
        return Row("memory", "broken", f"{free} MB free", f"A frontend needs {BOT_MEMORY} MB.")
    if free < WORKER_MEMORY:
        todo = f"A worker besides needs {WORKER_MEMORY} MB: use a larger machine, or a second one."
        return Row("memory", "note", f"{free} MB free", todo)
    return Row("memory", "ok", f"{free} MB free")


def free_memory() -> int | None:
    """MB that can still be had: the least of the machine's and the control group's."""
    left = []
    try:
        with open("/proc/meminfo") as table:
            for line in table:
                if line.startswith("MemAvailable:"):
                    left.append(int(line.split()[1]) // 1024)
        group = "/sys/fs/cgroup/memory"
        with open(f"{group}.max") as limit, open(f"{group}.current") as used:
            most = limit.read().strip()
            if most != "max":
                left.append((int(most) - int(used.read())) >> 20)
    except (OSError, ValueError):
        pass
    return min(left, default=None)
