"""What the frontends write into their logs: never what somebody wrote to us.

A traceback's local variables, and the messages of some exceptions, would quote it. Ours are logged
as the exception's type and the lines of code it came through.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Collection

from bot.settings import FrontendSettings
from worker import logs


def begin(settings: FrontendSettings, secrets: Collection[str]) -> None:
    """Configure the logs of a frontend.

    Args:
        settings: The level and the form.
        secrets: Strings that must never appear.
    """
    logs.configure(level=settings.log_level, as_json=settings.log_json, secrets=secrets)
    # httpx writes a line with the whole URL for each request, and Telegram's token is in the URL.
    for name in ("httpx", "httpcore", "telegram", "telegram.ext", "discord"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))


def where(error: BaseException) -> str:
    """The lines of code that an exception came through, without any values."""
    return "".join(traceback.format_tb(error.__traceback__)).strip()
