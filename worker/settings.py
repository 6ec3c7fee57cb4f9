"""Settings of the queue and the worker, from the environment; secrets never show in a repr.

`REDIS_URL` has no prefix since everyone calls it so; all others begin with `MOEMOJI_`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78
"""The exit code for a missing or malformed setting (sysexits.h)."""


def _is_redis(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return url


def _with_password(url: SecretStr) -> SecretStr:
    """Put the password of the file REDIS_PASSWORD_FILE into a URL that has none.

    A password in a file shows in neither `docker inspect` nor a process's environment.
    """
    file, parts = os.environ.get("REDIS_PASSWORD_FILE"), urlsplit(url.get_secret_value())
    if not file or parts.password or parts.scheme == "unix":
        return url
    try:
        password = Path(file).read_text().strip()
    except OSError as error:
        raise ValueError(f"the file of REDIS_PASSWORD_FILE: {error.strerror}") from None
    netloc = f"{parts.username or ''}:{quote(password, safe='')}@{parts.netloc.rpartition('@')[2]}"
    return SecretStr(parts._replace(netloc=netloc).geturl())


RedisUrl = Annotated[SecretStr, AfterValidator(_is_redis), AfterValidator(_with_password)]
Seconds = Annotated[float, Field(gt=0)]


class QueueSettings(BaseSettings):
    """What frontends and workers share. Times are seconds."""

    model_config = SettingsConfigDict(
        env_prefix="MOEMOJI_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        # "NAME=" in an .env file means that it is not set.
        env_ignore_empty=True,
        # The strings below the fields are data as well: for the table of settings in the manual.
        use_attribute_docstrings=True,
    )

    jobs_per_user: Annotated[int, Field(ge=1, le=100)] = 5
    """Open jobs one person may have at once."""
    queue_limit: Annotated[int, Field(ge=1)] = 2000
    """Waiting jobs in all; beyond it people are asked to come back later."""
    patience: Seconds = 3600
    """A job that waited this long is given up, and its author told."""
    record_ttl: Annotated[int, Field(ge=1)] = 30 * 24 * 3600
    """How long requests and records are kept, so that buttons work."""
    result_ttl: Annotated[int, Field(ge=1)] = 24 * 3600
    """How long finished pictures are kept."""
    upload_ttl: Annotated[int, Field(ge=1)] = 15 * 60
    """How long a picture that somebody sent is kept at most; it goes when its job ends."""
    uploads_url: RedisUrl | None = None
    """A Redis that writes nothing to disk, for pictures that people send in. Without it they go to
    REDIS_URL, if that one writes nothing; if it does, no picture is taken."""
    double_click: Seconds = 2
    """How long a finished job still answers the same click."""
    deliver_backoff: Seconds = 1.0
    """First pause before a result that a chat did not take is tried again; it doubles."""
    deliver_backoff_max: Seconds = 60.0
    """The longest such pause."""
    deliver_attempts: Annotated[int, Field(ge=1)] = 20
    """How often a chat is tried before a result is given up."""
    deliver_reclaim: Seconds = 300.0
    """What was neither acknowledged nor given back for this long is delivered again, by whichever
    frontend is there; longer than any chat makes a sender wait. (A frontend that is started again
    does not wait for it.)"""


class ProcessSettings(QueueSettings):
    """How a process is watched."""

    log_json: bool = False
    """One JSON object a line instead of text."""
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    """The least that is logged."""
    log_prompts: bool = False
    """Write what people asked for into the log. Tell them before you switch it on."""
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Where Prometheus finds /metrics; 0: nowhere."""
    metrics_host: str = "127.0.0.1"
    """The address that this port is opened on."""
    sentry_dsn: SecretStr | None = None
    """Where errors are reported to (Sentry or what speaks like it), without anybody's words."""


class WorkerSettings(ProcessSettings):
    """What only workers need."""

    redis_url: Annotated[RedisUrl, Field(validation_alias="REDIS_URL")]
    """Where Redis (6.2 or later) is: redis://, rediss:// or unix://."""
    engine: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")] = "generator.engine:Engine"
    """The class that draws, as module:Class."""
    upload_check: Annotated[str, Field(pattern=r"^([\w.]+:\w+)?$")] = ""
    """The class that looks at pictures people send in, as module:Class; empty: none does."""
    style_weights: Path | None = None
    """Weights of painted styles that you trained; without it the shipped ones."""
    encoder_weights: Path | None = None
    """Weights of the encoder that reads drawn figures; without it the shipped ones."""
    batch_jobs: Annotated[int, Field(ge=1, le=256)] = 8
    """Jobs drawn together at most."""
    batch_pictures: Annotated[int, Field(ge=1, le=1024)] = 8
    """Pictures per call of the engine: a step, between which cancelling bites."""
    beat: Seconds = 5.0
    """How often a worker gives a sign of life."""
    lease: Seconds = 20.0
    """A worker that did not beat for this long is taken for dead and its jobs queue again."""
    sweep: Seconds = 5.0
    """How often each worker looks for jobs of dead ones."""
    lost_after: Seconds = 5.0
    """A job that waits this long in no list was popped by a worker that is no more."""
    requeues: Annotated[int, Field(ge=0, le=10)] = 2
    """How often a job whose worker died is tried again."""
    step_timeout: Seconds = 60.0
    """A single engine call that takes longer ends the process (exit code 70)."""
    cancel_poll: Seconds = 0.25
    """How often a worker looks whether what it draws was cancelled."""


S = TypeVar("S", bound=BaseSettings)


def explain(error: ValidationError, settings: type[BaseSettings]) -> str:
    """The first thing wrong, as one sentence that names the environment variable, not its value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    field = settings.model_fields.get(name)
    if field is None:
        variable = name or "A setting"
    elif isinstance(field.validation_alias, str):
        variable = field.validation_alias
    else:
        variable = f"{settings.model_config.get('env_prefix', '')}{name}".upper()
    if first["type"] == "missing":
        return f"{variable} is not set; set it and start again."
    reason = first["msg"].removeprefix("Value error, ")
    return f"{variable} cannot be used: {reason[:1].lower()}{reason[1:]}."


def load(settings: type[S]) -> S:
    """The settings from the environment, or the end of the program with one plain sentence.

    Raises:
        SystemExit: with code 78 if a setting is missing or malformed.
    """
    try:
        return settings()
    except ValidationError as error:
        refuse(explain(error, settings))


def refuse(sentence: str) -> NoReturn:
    """Write the sentence to stderr and end with exit code 78."""
    sys.stderr.write(sentence + "\n")
    raise SystemExit(EX_CONFIG)
