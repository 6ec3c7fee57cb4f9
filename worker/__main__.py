"""`python -m worker`: load the models, then draw until SIGTERM; `python -m worker health`."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket

import redis
import structlog

from worker import health, logs, metrics, reports
from worker.errors import SetupError
from worker.ledger import Ledger, Patience, connection
from worker.pulse import Pulse
from worker.settings import WorkerSettings, load, refuse

log = structlog.get_logger("worker")


def main(argv: list[str] | None = None) -> int:
    """Run a worker.

    Returns:
        The exit code: 0 after SIGTERM, or in a burst when nothing waits; 1 after an error (a
        supervisor should start it again) or if the health command finds no healthy worker; 70 if a
        drawing step was stuck; 78 for a bad setting.
    """
    parser = argparse.ArgumentParser(prog="python -m worker", description=main.__doc__)
    parser.add_argument("--burst", action="store_true", help="stop when no job waits")
    parser.add_argument(
        "command",
        nargs="?",
        choices=["health"],
        help="ask whether a worker of this machine is well",
    )
    chosen = parser.parse_args(argv)
    burst = chosen.burst
    settings = load(WorkerSettings)
    url = settings.redis_url.get_secret_value()
    if chosen.command == "health":
        well, sentence = health.check(url)
        print(sentence)  # noqa: T201
        return 0 if well else 1
    logs.configure(
        level=settings.log_level,
        as_json=settings.log_json,
        secrets=logs.password_of(url, settings.uploads_url),
        key=url,
    )
    try:
        if settings.sentry_dsn is not None:
            reports.begin(settings.sentry_dsn.get_secret_value(), "worker")
        metrics.serve(settings, url)
    except SetupError as error:
        refuse(str(error))
    # After the settings: these import the generator.
    from worker.models import Models
    from worker.tasks import load_engine
    from worker.worker import AvatarWorker

    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
    try:
        models = Models(load_engine(settings.engine, settings.batch_pictures), settings)
    except SetupError as error:
        refuse(str(error))
    skills = models.skills()
    pulse = Pulse(Ledger(connection(url, attempts=0), name, settings), skills)
    try:
        patience = Patience(attempts=40)
        client = connection(url, attempts=patience)
        worker = AvatarWorker(client, patience, models, settings, pulse, name)
    except redis.exceptions.RedisError as error:
        log.error("redis-away", error=type(error).__name__)
        return 1
    except SetupError as error:
        refuse(str(error))
    # rq would do so a moment later, when the loop begins.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.request_stop)
    pulse.start()
    log.info(
        "ready",
        worker=name,
        engine=settings.engine,
        photos=skills.faces,
        styles=len(skills.styles),
    )
    try:
        worker.work(burst=burst, logging_level=None)
    finally:
        pulse.stop()
    return 0 if burst or worker.stopped_on_request else 1


if __name__ == "__main__":
    raise SystemExit(main())
