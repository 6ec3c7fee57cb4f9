"""Structured logs with the job's id in every line about a job; no secret ever gets through.

Prompts and pictures are never given to a logger in the first place; tokens and passwords are
struck out of whatever a library may say about its connection.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Collection
from urllib.parse import urlsplit

import structlog
from pydantic import SecretStr
from structlog.typing import Processor


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Strikes secrets out of finished lines, tracebacks included."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for secret in self.secrets:
            line = line.replace(secret, "***")
        return line


def password_of(*urls: str | SecretStr | None) -> tuple[str, ...]:
    """The passwords inside URLs, as something for `configure` to strike out."""
    plain = (url.get_secret_value() if isinstance(url, SecretStr) else url for url in urls)
    return tuple(filter(None, (urlsplit(url).password for url in plain if url)))


_key = b""


def pseudonym(person: str) -> str:
    """Stands for a person in logs: the same in every process that shares a Redis.

    A keyed hash: without the key (the Redis URL with its password) nobody can find the person by
    hashing all the ids there are.
    """
    return hashlib.blake2b(person.encode(), key=_key, digest_size=6).hexdigest()


def about(person: str, guild: str | None) -> None:
    """Put a person's pseudonym and the guild into every further line of this task."""
    structlog.contextvars.bind_contextvars(user=pseudonym(person))
    if guild is None:
        structlog.contextvars.unbind_contextvars("guild")
    else:
        structlog.contextvars.bind_contextvars(guild=guild)


def configure(
    *, level: str = "INFO", as_json: bool = False, secrets: Collection[str] = (), key: str = ""
) -> None:
    """Send structlog's and the libraries' lines to stderr in one form.

    Args:
        level: A name of `logging`'s levels.
        as_json: One JSON object a line, for collectors; else for eyes.
        secrets: Strings that must never appear.
        key: What `pseudonym` hashes with.
    """
    global _key
    _key = hashlib.blake2b(key.encode()).digest()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    renderer: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [
            # A plain traceback: the default one quotes local variables, prompts among them.
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    formatter = _Redacting(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    )
    formatter.secrets = tuple(sorted(filter(None, secrets), key=len, reverse=True))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # rq tells every dequeue; our own lines say the same with more sense.
    for name in ("rq.worker", "rq.job", "rq.queue"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
