"""`python -m worker health`: whether a worker of this machine (or container) does its work.

A worker shows that it lives in two ways: its pulse renews a lease, and its loop tells rq each
second that it looks for jobs. While it draws only the pulse beats; a step that hangs is ended by
the watchdog, which takes the pulse with it.
"""

from __future__ import annotations

import re
import socket
from datetime import UTC, datetime
from typing import cast

import redis

from worker.scripts import PREFIX

IDLE_SILENCE = 30.0
"""Seconds that the loop of an idle worker may be silent; it speaks each second."""


def client(url: str) -> redis.Redis:
    """An impatient client for a look: no retries, two seconds."""
    return redis.Redis.from_url(url, retry=None, socket_timeout=2, socket_connect_timeout=2)


def trouble(error: redis.exceptions.RedisError) -> str:
    """What is wrong with Redis as a sentence; never the error's own text, which has the URL."""
    # The same whether there is a wrong one or none: the server greets before it is asked.
    if isinstance(error, redis.exceptions.AuthenticationError):
        return "Redis wants another password than REDIS_URL has, if it has one."
    if isinstance(error, redis.exceptions.BusyLoadingError):
        return "Redis is still loading its data."
    if isinstance(error, redis.exceptions.ConnectionError | redis.exceptions.TimeoutError):
        return "Redis does not answer at REDIS_URL."
    return f"Redis refuses to answer ({type(error).__name__})."


def check(url: str, host: str | None = None) -> tuple[bool, str]:
    """Look for a healthy worker.

    Args:
        url: Of Redis.
        host: Whose workers; this machine's if None.

    Returns:
        Whether there is one, and a sentence.
    """
    host = host or socket.gethostname()
    # As worker.__main__ names them: host, process id, six hexadecimal digits.
    ours = re.compile(rf"{re.escape(host)}-\d+-[0-9a-f]{{6}}".encode())
    try:
        with client(url) as redis_client:
            clock = cast(tuple[int, int], redis_client.time())
            now = clock[0] + clock[1] / 1e6
            leases = cast(
                list[tuple[bytes, float]],
                redis_client.zrange(f"{PREFIX}workers", 0, -1, withscores=True),
            )
            names = [name for name, till in leases if till > now and ours.fullmatch(name)]
            silent = "No worker of this machine gives a sign of life."
            for name in names:
                state, spoke = cast(
                    list[bytes | None],
                    redis_client.hmget(f"rq:worker:{name.decode()}", "state", "last_heartbeat"),
                )
                if state == b"busy" or (spoke and now - _seconds(spoke) < IDLE_SILENCE):
                    return True, f"{name.decode()}: {(state or b'idle').decode()}."
                silent = f"{name.decode()} beats, but does not look for jobs."
            return False, silent
    except redis.exceptions.RedisError as error:
        return False, trouble(error)


def _seconds(stamp: bytes) -> float:
    """Unix seconds of rq's UTC stamp."""
    moment = datetime.fromisoformat(stamp.decode().replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
