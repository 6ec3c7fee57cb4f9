"""What the frontends write into their logs: never what somebody wrote to us.

A traceback's local variables, and the messages of some exceptions, would quote it. Ours are logged
as the exception's type and the lines of code it came through.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection

from bot.settings import FrontendSettings
from worker import logs, metrics, reports


def begin(
    settings: FrontendSettings,
    secrets: Collection[str],
    *,
    process: str = "console",
    redis_url: str | None = None,
) -> None:
    """Configure the logs of a frontend, and open its metrics and error reports if they are set.

    Args:
        settings: The level and the form.
        secrets: Strings that must never appear.
        process: The frontend's name in error reports.
        redis_url: The key of pseudonyms; with it the metrics tell of the queue.

    Raises:
        SetupError: if the port of the metrics is taken or the reports' address is none.
    """
    logs.configure(
        level=settings.log_level,
        as_json=settings.log_json,
        secrets=(*secrets, *logs.password_of(settings.uploads_url)),
        key=redis_url or "",
    )
    if settings.sentry_dsn is not None:
        reports.begin(settings.sentry_dsn.get_secret_value(), process)
    if redis_url is not None:
        metrics.serve(settings, redis_url)
    # httpx writes a line with the whole URL for each request, and Telegram's token is in the URL.
    for name in ("httpx", "httpcore", "telegram", "telegram.ext", "discord"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def where(error: BaseException) -> str:
    """The lines of code that an exception came through, without any values."""
    return "".join(traceback.format_tb(error.__traceback__)).strip()
