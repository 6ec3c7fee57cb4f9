"""Settings of the frontends, from the environment; tokens never show in a repr or an error."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.moderation.buckets import Limit
from worker.settings import ProcessSettings, QueueSettings, RedisUrl


def _is_telegram_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[\w-]{5,}", token.get_secret_value()):
        raise ValueError("must look like 123456:ABC-DEF, as BotFather gives it")
    return token


def _is_discord_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\S{10,}", token.get_secret_value()):
        raise ValueError("must be the bot's token, without spaces")
    return token


def _is_http(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise ValueError("must begin with http:// or https://")
    return url.rstrip("/")


def _is_websocket(url: str) -> str:
    if not re.fullmatch(r"wss?://[^\s/]+(/\S*)?", url):
        raise ValueError("must begin with ws:// or wss://")
    return url


def _is_webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\w-]{16,256}", secret.get_secret_value()):
        raise ValueError("must be 16 to 256 letters, digits, - or _")
    return secret


HttpUrl = Annotated[str, AfterValidator(_is_http)]


def _is_limit(text: str) -> str:
    Limit.parse(text)
    return text


def _are_people(text: str) -> str:
    for person in text.replace(",", " ").split():
        if not re.fullmatch(r"(discord|telegram):\d{1,32}", person):
            raise ValueError("must be like discord:123456 telegram:7890, with the people's ids")
    return text


LimitText = Annotated[str, AfterValidator(_is_limit)]


class LimitSettings(BaseSettings):
    """How much may be drawn, and who owns the bot; each limit is like 20/hour, 5/10min or off."""

    model_config = QueueSettings.model_config

    user_limit: LimitText = "120/hour"
    """Pictures of one person, wherever they are; managers can only make it less for their place."""
    place_limit: LimitText = "1200/hour"
    """Pictures of one server or group together; managers can only make it less."""
    total_limit: LimitText = "off"
    """Pictures of everybody together."""
    owners: Annotated[str, AfterValidator(_are_people)] = ""
    """Who may use /admin everywhere: discord:ID and telegram:ID, with spaces between."""
    word_filter: bool = True
    """Refuse or leave out the words of our own list; what managers add counts in any case."""

    @property
    def owner_keys(self) -> frozenset[str]:
        """The owners as `Author.key` has them."""
        return frozenset(self.owners.replace(",", " ").split())


class FrontendSettings(ProcessSettings, LimitSettings):
    """What every frontend has."""

    frontend_name: Annotated[str, Field(pattern=r"^[\w.-]{1,64}$")] = "frontend"
    """Stays the same over restarts; frontends of one platform side by side need different ones."""
    token_optional: bool = False
    """Without a token, end with a sentence and exit code 0 instead of 78: so that one of two
    frontends may stay unused."""


class DiscordSettings(FrontendSettings):
    """`python -m bot discord`."""

    redis_url: Annotated[RedisUrl, Field(validation_alias="REDIS_URL")]
    """Where Redis (6.2 or later) is: redis://, rediss:// or unix://."""
    token: Annotated[
        SecretStr, AfterValidator(_is_discord_token), Field(validation_alias="DISCORD_TOKEN")
    ]
    """Of the bot: Developer Portal, your application, Bot, Reset Token."""
    api_base: Annotated[HttpUrl | None, Field(validation_alias="DISCORD_API_BASE")] = None
    """A REST proxy with the version in its path, such as http://host:port/api/v10."""
    cdn: Annotated[HttpUrl | None, Field(validation_alias="DISCORD_CDN")] = None
    """A proxy for people's profile pictures, such as http://host:port."""
    gateway: Annotated[
        Annotated[str, AfterValidator(_is_websocket)] | None,
        Field(validation_alias="DISCORD_GATEWAY"),
    ] = None
    """A gateway proxy, such as ws://host:port/."""


class TelegramSettings(FrontendSettings):
    """`python -m bot telegram`."""

    redis_url: Annotated[RedisUrl, Field(validation_alias="REDIS_URL")]
    """Where Redis (6.2 or later) is: redis://, rediss:// or unix://."""
    token: Annotated[
        SecretStr, AfterValidator(_is_telegram_token), Field(validation_alias="TELEGRAM_TOKEN")
    ]
    """From @BotFather, /newbot."""
    api_base: Annotated[HttpUrl, Field(validation_alias="TELEGRAM_API_BASE")] = (
        "https://api.telegram.org"
    )
    """A Bot API server; its files are under /file."""
    webhook_url: Annotated[HttpUrl | None, Field(validation_alias="TELEGRAM_WEBHOOK_URL")] = None
    """The public address that Telegram sends updates to; without it we ask for them."""
    webhook_secret: Annotated[
        Annotated[SecretStr, AfterValidator(_is_webhook_secret)] | None,
        Field(validation_alias="TELEGRAM_WEBHOOK_SECRET"),
    ] = None
    """What Telegram proves itself with; needed with a webhook."""
    webhook_listen: Annotated[str, Field(validation_alias="TELEGRAM_WEBHOOK_LISTEN")] = "0.0.0.0"  # noqa: S104
    """The address on which we listen for Telegram, with a webhook."""
    webhook_port: Annotated[
        int, Field(ge=1, le=65535, validation_alias="TELEGRAM_WEBHOOK_PORT")
    ] = 8443
    """The port there; a proxy in front of it speaks TLS."""
    max_rate: Annotated[float, Field(gt=0, validation_alias="TELEGRAM_MAX_RATE")] = 30
    """Requests a second in all: Telegram's own limit; paid broadcasts may have more."""
    group_rate: Annotated[float, Field(ge=0, validation_alias="TELEGRAM_GROUP_RATE")] = 20
    """Requests a minute for each group."""


class ConsoleSettings(FrontendSettings):
    """`python -m bot console`: needs nothing at all."""

    model_config = SettingsConfigDict(
        env_prefix="MOEMOJI_",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
        use_attribute_docstrings=True,
    )

    redis_url: Annotated[RedisUrl | None, Field(validation_alias="REDIS_URL")] = None
    """Without it, a server and a worker of our own are started and stopped again."""
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "WARNING"
    """The least that is logged: the console is for reading."""
