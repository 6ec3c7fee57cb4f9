"""`python -m bot health discord|telegram`: whether that frontend is really connected to its chat.

A running frontend writes every few seconds what it knows of itself into Redis, from its own event
loop: that the key is fresh proves that the loop turns and Redis answers; what it says is whether
the gateway is ready or the updater gets its updates.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable
from typing import cast

import redis
import redis.asyncio
import structlog

from worker import metrics
from worker.health import client, trouble
from worker.queue import connection
from worker.scripts import PREFIX

BEAT = 3.0
"""Seconds between two signs of life."""
FRESH = 30
"""Seconds after which one is stale; Redis drops it then."""

log = structlog.get_logger(__name__)

Probe = Callable[[], str | None]
"""Answers what is wrong, as a clause, or None."""


def _key(platform: str, name: str, host: str | None = None) -> str:
    return f"{PREFIX}frontend:{platform}:{host or socket.gethostname()}:{name}"


class Heartbeat:
    """Beside one frontend: `async with Heartbeat(...)`.

    Args:
        redis_url: Where to.
        platform: "discord" or "telegram".
        name: The frontend's, unique among those of a platform on one machine.
        probe: Asked for what is wrong before each beat.
    """

    def __init__(self, redis_url: str, platform: str, name: str, probe: Probe) -> None:
        self._redis = connection(redis_url, attempts=0)
        self._platform, self._name, self._probe = platform, name, probe
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def __aexit__(self, *_: object) -> None:
        while self._task is not None and not self._task.done():
            # More than once: Python 3.11's wait_for, with which redis-py sends, may swallow it.
            self._task.cancel()
            await asyncio.wait([self._task], timeout=0.2)
        try:
            await self._redis.delete(_key(self._platform, self._name))
        except redis.exceptions.RedisError:
            log.info("heartbeat-left", platform=self._platform)
        finally:
            await self._redis.aclose()

    async def _run(self) -> None:
        ready = metrics.READY.labels(self._platform)
        ready.set_function(lambda: self._probe() is None)
        before: str | None = ""
        while True:
            wrong = self._probe()
            if wrong != before and before != "":
                log.warning("disconnected" if wrong else "connected", platform=self._platform)
            before = wrong
            said = json.dumps({"at": time.time(), "wrong": wrong, "pid": os.getpid()})
            try:
                await self._redis.set(_key(self._platform, self._name), said, ex=FRESH)
            except redis.exceptions.RedisError as error:
                log.warning("redis-away", error=type(error).__name__)
            await asyncio.sleep(BEAT)


def check(redis_url: str, platform: str, name: str, host: str | None = None) -> tuple[bool, str]:
    """Look for the sign of life of a frontend.

    Args:
        redis_url: Where it writes to.
        platform: Which one.
        name: Its name.
        host: Its machine; this one if None.

    Returns:
        Whether it is well, and a sentence.
    """
    try:
        with client(redis_url) as looking:
            said = cast(bytes | None, looking.get(_key(platform, name, host)))
    except redis.exceptions.RedisError as error:
        return False, trouble(error)
    if said is None:
        return False, f"The {platform} frontend of this machine gives no sign of life."
    state = json.loads(said)
    if state["wrong"]:
        return False, f"The {platform} frontend runs, but {state['wrong']}."
    return True, f"The {platform} frontend is connected."
