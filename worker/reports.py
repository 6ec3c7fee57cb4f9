"""Errors to a Sentry-compatible service, if `MOEMOJI_SENTRY_DSN` names one.

Sent are the name of the log line, the job's id, and each exception's type with the lines of code it
came through. Not sent: messages of exceptions and local variables (both may quote what somebody
wrote), breadcrumbs, and the machine's name.
"""

from __future__ import annotations

import logging
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from worker.errors import SetupError

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_KEPT = ("job_id", "platform", "error", "where", "key")
"""Fields of our own log lines that are ids, names of classes and lines of code."""


def begin(dsn: str, process: str) -> None:
    """Report errors that are logged, or end the process, from now on.

    Args:
        dsn: https://KEY@host/PROJECT.
        process: "worker", "discord" ...: a tag.

    Raises:
        SetupError: if sentry-sdk is not installed or the DSN is not one.
    """
    try:
        import sentry_sdk
        from sentry_sdk.integrations.atexit import AtexitIntegration
        from sentry_sdk.integrations.excepthook import ExcepthookIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError as error:
        raise SetupError(
            "MOEMOJI_SENTRY_DSN is set, but sentry-sdk is not installed: install moemoji[sentry]."
        ) from error
    try:
        release = version("moemoji")
    except PackageNotFoundError:
        release = "checkout"
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=f"moemoji@{release}",
            server_name=process,
            default_integrations=False,
            integrations=[ExcepthookIntegration(), AtexitIntegration(callback=lambda *_: None)],
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            before_send=_bare,
        )
    except BadDsn as error:
        raise SetupError(
            "MOEMOJI_SENTRY_DSN cannot be used: it must look like https://KEY@host/1."
        ) from error
    sentry_sdk.set_tag("process", process)
    logging.getLogger().addHandler(_Reporting(logging.ERROR))


def flush() -> None:
    """Send what waits, before a process ends without its usual farewell."""
    if "sentry_sdk" in sys.modules:
        sys.modules["sentry_sdk"].flush(timeout=2)


class _Reporting(logging.Handler):
    """Makes an event of each line at level ERROR."""

    def emit(self, record: logging.LogRecord) -> None:
        import sentry_sdk
        from sentry_sdk.utils import event_from_exception

        event: Event = {}
        hint: Hint | None = None
        fields: dict[str, Any] = record.msg if isinstance(record.msg, dict) else {}
        error = record.exc_info or fields.get("exc_info")
        if isinstance(error, tuple):
            error = error[1]
        if isinstance(error, BaseException):
            options = sentry_sdk.get_client().options
            event, hint = event_from_exception(error, client_options=options)
        event["level"] = "error"
        event["logger"] = record.name
        # Of other libraries' lines only the logger is known to be harmless.
        event["message"] = str(fields.get("event", "an error of a library"))
        event["extra"] = {name: fields[name] for name in _KEPT if name in fields}
        sentry_sdk.capture_event(event, hint=hint)


def _bare(event: Event, hint: Hint) -> Event:
    for dropped in ("breadcrumbs", "request", "user", "modules"):
        event.pop(dropped, None)  # type: ignore[misc]
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
    return event
