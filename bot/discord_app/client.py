"""The connection to Discord and everything that arrives over it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import sys
from contextlib import suppress
from typing import Any, cast, get_args

import aiohttp
import discord
import structlog
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from bot import journal
from bot.core import Conversation
from bot.core.carrier import GRACE, Carrier
from bot.core.events import Action, Edited, Event, Person, Place, Question
from bot.core.preferences import Preferences
from bot.discord_app.administration import add_admin
from bot.discord_app.answering import Answering
from bot.discord_app.commands import add_commands
from bot.discord_app.controls import Control, Menu
from bot.discord_app.localized import Localizer
from bot.discord_app.outlet import DiscordOutlet
from bot.discord_app.pictures import add_pictures
from bot.health import Heartbeat
from bot.journal import where
from bot.settings import DiscordSettings
from worker import logs, metrics
from worker.delivery import Deliveries
from worker.errors import SetupError
from worker.queue import JobQueue

log = structlog.get_logger(__name__)


class MoemojiClient(discord.Client):
    """One connection; the conversation does the talking.

    Args:
        conversation: Answers every event.
        deliveries: Discord's finished jobs; None in tests that deliver by hand.
    """

    def __init__(self, conversation: Conversation, deliveries: Deliveries | None) -> None:
        super().__init__(
            # Interactions need no intent; guilds tell their file size limits.
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=0,
            http_trace=_counting(),
        )
        self._connected = False
        self.conversation = conversation
        self.outlet = DiscordOutlet(self)
        self.carrier: Carrier | None = None
        if deliveries is not None:
            self.carrier = Carrier(conversation, deliveries, self.outlet)
        self.tree = app_commands.CommandTree(self)
        self._answering: set[asyncio.Task[None]] = set()

    async def setup_hook(self) -> None:
        """After the login, before the gateway: buttons of earlier lives work from here on."""
        self.add_dynamic_items(Control, Menu)
        add_commands(self)
        add_pictures(self)
        add_admin(self)
        await self.tree.set_translator(Localizer())
        await self._sync()
        if self.carrier is not None:
            self.carrier.start()

    async def close(self) -> None:
        """Finish what is under way, then leave."""
        if self.carrier is not None:
            await self.carrier.stop()
        # At the very end: until the gateway is closed, interactions go on coming in.
        if self._answering:
            await asyncio.wait(self._answering, timeout=GRACE)
        await super().close()

    async def _sync(self) -> None:
        """Register the commands, only if they changed: Discord allows 200 new ones a day."""
        translator = self.tree.translator
        commands = [*self.tree.get_commands()]
        payload: list[Any] = [
            await command.get_translated_payload(self.tree, translator)
            if translator is not None
            else command.to_dict(self.tree)
            for command in commands
        ]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
        name = f"discord-commands:{self.application_id}"
        if await self.conversation.preferences.remembered(name) != digest:
            try:
                await self.tree.sync()
            except discord.HTTPException as error:
                # Those of the last time are still there; the rest of the bot works.
                log.error("commands-not-registered", status=error.status, code=error.code)
                return
            await self.conversation.preferences.remember(name, digest)
            log.info("commands-registered", count=len(commands))

    async def on_ready(self) -> None:
        """Connected."""
        self._connected = True
        log.info("ready", guilds=len(self.guilds))

    async def on_resumed(self) -> None:
        """Connected again; Discord sends what happened meanwhile."""
        self._connected = True

    async def on_disconnect(self) -> None:
        """The gateway is gone; discord.py tries again by itself."""
        self._connected = False

    def trouble(self) -> str | None:
        """What keeps it from answering, for the health command."""
        if self.is_closed() or not self._connected:
            return "the gateway is not connected"
        if self.carrier is not None and not self.carrier.listening:
            return "nobody listens for results"
        return None

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Forms are answered here, so that one opened before a restart works after it."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        data: Any = interaction.data or {}
        action = Action.parse(str(data.get("custom_id", "")))
        if action is None or action.name not in get_args(Question):
            return
        event = Edited(
            *who_and_where(interaction),
            question=cast(Question, action.name),
            job_id=action.subject,
            words=_typed(data),
            message_id=str(interaction.id),
        )
        await self.answer(interaction, event)

    async def answer(self, interaction: discord.Interaction, event: Event) -> None:
        """Let the conversation answer an interaction."""
        task = asyncio.create_task(
            Answering(interaction, self.carrier, event).answer(self.conversation)
        )
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        await task

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """What no one caught. The arguments may hold a wish, so that they are not logged."""
        error = sys.exception()
        if error is not None:
            log.error(
                "unhandled", method=event_method, error=type(error).__name__, where=where(error)
            )


def _counting() -> aiohttp.TraceConfig:
    """Counts the answers of Discord's API; discord.py itself waits out the 429s unseen."""

    async def count(session: object, context: object, end: aiohttp.TraceRequestEndParams) -> None:
        metrics.REQUESTS.labels("discord", end.response.status).inc()

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(count)
    return trace


def who_and_where(interaction: discord.Interaction) -> tuple[Person, Place]:
    """The person and the place of an interaction."""
    user, rights = interaction.user, interaction.permissions
    private = interaction.guild_id is None
    thread = interaction.channel if isinstance(interaction.channel, discord.Thread) else None
    roles = user.roles if isinstance(user, discord.Member) else []
    return (
        Person(
            user_id=str(user.id),
            locale=interaction.locale.value,
            moderator=not private and (rights.manage_guild or rights.administrator),
            roles=tuple(str(role.id) for role in roles if not role.is_default()),
        ),
        Place(
            platform="discord",
            chat_id=str(interaction.channel_id),
            guild_id=None if private else str(interaction.guild_id),
            thread_id=None if thread is None else str(thread.id),
            parent_id=None if thread is None else str(thread.parent_id),
            private=private,
        ),
    )


def _typed(data: Any) -> str:
    """The text of the only field of a form, wherever the components are nested."""
    if isinstance(data, list):
        return next(filter(None, map(_typed, data)), "")
    if isinstance(data, dict):
        if isinstance(data.get("value"), str):
            return str(data["value"])
        return _typed(data.get("components") or data.get("component") or [])
    return ""


def use_proxies(settings: DiscordSettings) -> None:
    """Point discord.py, which has no settings for it, at a REST or gateway proxy."""
    if settings.api_base is not None:
        discord.http.Route.BASE = settings.api_base
    if settings.cdn is not None:
        discord.Asset.BASE = settings.cdn
    if settings.gateway is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway)


async def run(settings: DiscordSettings) -> int:
    """Answer in Discord until SIGTERM.

    Returns:
        0 after SIGTERM, 1 if Discord cannot be reached at the start.

    Raises:
        SetupError: if Discord does not take the token.
        StoreAwayError: if Redis does not answer.
    """
    url, token = settings.redis_url.get_secret_value(), settings.token.get_secret_value()
    journal.begin(settings, (token, *logs.password_of(url)), process="discord", redis_url=url)
    use_proxies(settings)
    queue = await JobQueue.connect(url, settings)
    preferences = await Preferences.connect(url)
    deliveries = await Deliveries.connect(url, "discord", settings.frontend_name, settings)
    client = MoemojiClient(Conversation(queue, preferences, settings), deliveries)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with Heartbeat(url, "discord", settings.frontend_name, client.trouble), client:
            running = asyncio.create_task(client.start(token))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if running.done():
                await running
            await client.close()
            # It may be waiting to connect again, which discord.py does for minutes.
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
    except discord.LoginFailure:
        raise SetupError("DISCORD_TOKEN is not accepted by Discord; copy it anew.") from None
    except discord.PrivilegedIntentsRequired:
        raise SetupError("Discord refuses the intents of this bot.") from None
    except (aiohttp.ClientError, discord.GatewayNotFound, discord.HTTPException) as error:
        log.error("discord-away", error=type(error).__name__)
        return 1
    finally:
        for part in (deliveries, queue, preferences):
            await part.close()
    return 0
