"""The connection to Telegram and everything that arrives over it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScopeAllChatAdministrators, Message, Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import (
    AIORateLimiter,
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import journal
from bot.core import Conversation
from bot.core.carrier import Carrier
from bot.core.events import COMMANDS
from bot.core.preferences import Preferences
from bot.health import Heartbeat
from bot.journal import where
from bot.settings import TelegramSettings
from bot.telegram_app.answering import Answering
from bot.telegram_app.counting import CountingRequest
from bot.telegram_app.intake import ALLOWED, Inbox, Intake
from bot.telegram_app.outlet import TelegramOutlet
from bot.telegram_app.updates import ALBUM_PAUSE, Updates
from bot.texts import TELEGRAM_LANGUAGES, texts
from worker import logs
from worker.delivery import Deliveries
from worker.errors import SetupError
from worker.queue import JobQueue

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Updates in work at the same time. Each waits for Telegram most of the time, but building a
request takes a millisecond or two: many of them in one turn of the loop would block it."""
CONNECTIONS = 64
SILENCE = 60.0
"""Seconds without an answer to a request for updates, which takes ten, until we call it ill."""
RETRIES = 8
"""How often a request is repeated after "429 Too Many Requests", each time as late as asked."""
_TELEGRAM_NAMES = {"forget": "forgetme"}
"""Telegram's command names are letters, digits and underscores."""


class TelegramFrontend:
    """One bot; the conversation does the talking."""

    def __init__(
        self,
        settings: TelegramSettings,
        conversation: Conversation,
        deliveries: Deliveries,
    ) -> None:
        self._settings = settings
        self._conversation = conversation
        self._polling = CountingRequest(connection_pool_size=2, read_timeout=30)
        self.application: Application[Any, Any, Any, Any, Any, Any] = (
            ApplicationBuilder()
            .token(settings.token.get_secret_value())
            .base_url(f"{settings.api_base}/bot")
            .base_file_url(f"{settings.api_base}/file/bot")
            .request(
                CountingRequest(connection_pool_size=CONNECTIONS, read_timeout=20, pool_timeout=30)
            )
            .get_updates_request(self._polling)
            .rate_limiter(
                AIORateLimiter(
                    overall_max_rate=settings.max_rate,
                    group_max_rate=settings.group_rate,
                    max_retries=RETRIES,
                )
            )
            .update_queue(Inbox(self._take))
            .build()
        )
        self._intake = Intake(self.application.bot, self._handle)
        self._listening: asyncio.Task[None] | None = None
        self._room = asyncio.Semaphore(AT_ONCE)
        self.outlet = TelegramOutlet(self.application.bot)
        self.carrier = Carrier(conversation, deliveries, self.outlet)
        self._updates = Updates(self.application.bot, conversation.preferences)
        self._albums: dict[str, tuple[list[Message], asyncio.Task[None]]] = {}
        only_new = filters.UpdateType.MESSAGE
        pictures = filters.PHOTO | filters.Document.IMAGE
        self.application.add_handler(
            MessageHandler(only_new & (filters.TEXT | pictures), self._on_message)
        )
        self.application.add_handler(CallbackQueryHandler(self._on_press))
        self.application.add_error_handler(self._on_error)

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until told to stop, then finish what is under way.

        Raises:
            SetupError: if Telegram does not take the token.
        """
        listening = self._listening = asyncio.create_task(self._listen())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((listening, stopping), return_when=asyncio.FIRST_COMPLETED)
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            await self._intake.finish()
        except InvalidToken:
            raise SetupError("TELEGRAM_TOKEN is not accepted by Telegram; copy it anew.") from None
        finally:
            stopping.cancel()
            await self.carrier.stop()
            await self.application.shutdown()

    def trouble(self) -> str | None:
        """What keeps it from answering, for the health command."""
        if self._listening is None or self._listening.done():
            return "nobody listens for updates"
        silent = time.monotonic() - self._polling.answered
        if self._settings.webhook_url is None and silent > SILENCE:
            return "Telegram does not answer"
        if not self.carrier.listening:
            return "nobody listens for results"
        return None

    async def _connect(self) -> None:
        pause = 1.0
        while True:
            try:
                await self.application.initialize()
                return
            except NetworkError as error:
                log.warning("telegram-away", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30)

    async def _listen(self) -> None:
        """Take updates until cancelled.

        Raises:
            InvalidToken: if Telegram does not take the token, or no longer.
        """
        settings, updater = self._settings, self.application.updater
        await self._connect()
        self.carrier.start()
        await self._register_commands()
        if settings.webhook_url is None:
            await self._intake.begin()
            log.info("ready", webhook=False)
            await self._intake.poll()
            return
        if updater is None:
            raise RuntimeError("built without an updater")
        secret = settings.webhook_secret
        try:
            await updater.start_webhook(
                listen=settings.webhook_listen,
                port=settings.webhook_port,
                url_path="telegram",
                webhook_url=f"{settings.webhook_url}/telegram",
                secret_token=None if secret is None else secret.get_secret_value(),
                allowed_updates=ALLOWED,
                bootstrap_retries=-1,
            )
            log.info("ready", webhook=True)
            await asyncio.Event().wait()
        finally:
            if updater.running:
                await updater.stop()

    async def _take(self, update: Update) -> None:
        await self._intake.take(update)

    async def _handle(self, update: Update) -> None:
        async with self._room:
            await self.application.process_update(update)
        message = update.message
        if message is not None and message.media_group_id in self._albums:
            # All of an album stays with Telegram until its one answer is given.
            await self._albums[message.media_group_id][1]

    async def _register_commands(self) -> None:
        """The menus of commands, only if they changed."""
        menus = {
            (code, who): [
                (_TELEGRAM_NAMES.get(name, name), texts(lang)(f"commands.{name}.description"))
                for name in COMMANDS
                if name != "admin" or who == "administrators"
            ]
            for code, lang in {"": "en", **TELEGRAM_LANGUAGES}.items()
            for who in ("everybody", "administrators")
        }
        preferences = self._conversation.preferences
        digest = hashlib.sha256(json.dumps([*menus.values()]).encode()).hexdigest()
        name = f"telegram-commands:{self.application.bot.id}"
        if await preferences.remembered(name) == digest:
            return
        try:
            for (code, who), commands in menus.items():
                await self.application.bot.set_my_commands(
                    [BotCommand(*command) for command in commands],
                    language_code=code or None,
                    scope=None if who == "everybody" else BotCommandScopeAllChatAdministrators(),
                )
        except TelegramError as error:
            # The menus are a convenience; typing the commands works without them.
            log.warning("commands-not-registered", error=type(error).__name__)
            return
        await preferences.remember(name, digest)

    async def _on_message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.message
        if message is None:
            return
        group = message.media_group_id
        if group is None:
            await self._answer([message])
            return
        if group not in self._albums:
            self._albums[group] = ([], asyncio.create_task(self._answer_album(group)))
        self._albums[group][0].append(message)

    async def _answer_album(self, group: str) -> None:
        """Answer all pictures of an album, when no more of them come."""
        seen = -1
        while seen < len(self._albums[group][0]):
            seen = len(self._albums[group][0])
            await asyncio.sleep(ALBUM_PAUSE)
        album, _ = self._albums.pop(group)
        async with self._room:
            await self._answer(sorted(album, key=lambda message: message.message_id))

    async def _on_press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None:
            return
        event = await self._updates.press(query)
        if event is None:
            with suppress(TelegramError):
                await query.answer()
            return
        await Answering(self.outlet, event, query).answer(
            self._conversation, self._conversation.preferences, self.carrier
        )

    async def _answer(self, messages: list[Message]) -> None:
        """Answer a message, or the pictures of an album until one is refused."""
        for event in await self._updates.events(messages):
            answering = Answering(self.outlet, event)
            if not await answering.answer(
                self._conversation, self._conversation.preferences, self.carrier
            ):
                # The reason holds for the others as well.
                return

    async def _on_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        # The update would hold what somebody wrote, the error's text may quote it.
        error = context.error
        if error is not None:
            log.error(
                "unhandled", platform="telegram", error=type(error).__name__, where=where(error)
            )


def on_signals(act: Callable[[], None]) -> None:
    """Call `act` on SIGTERM and SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, act)


async def run(settings: TelegramSettings) -> int:
    """Answer in Telegram until SIGTERM.

    Returns:
        0.

    Raises:
        SetupError: if Telegram does not take the token, or the webhook has no secret.
        StoreAwayError: if Redis does not answer.
    """
    if settings.webhook_url is not None and settings.webhook_secret is None:
        raise SetupError("TELEGRAM_WEBHOOK_SECRET is not set; a webhook needs it.")
    url = settings.redis_url.get_secret_value()
    hidden = [settings.token.get_secret_value(), *logs.password_of(url)]
    if settings.webhook_secret is not None:
        hidden.append(settings.webhook_secret.get_secret_value())
    journal.begin(settings, hidden, process="telegram", redis_url=url)
    queue = await JobQueue.connect(url, settings)
    preferences = await Preferences.connect(url)
    deliveries = await Deliveries.connect(url, "telegram", settings.frontend_name, settings)
    stop = asyncio.Event()
    on_signals(stop.set)
    try:
        conversation = Conversation(queue, preferences, settings)
        frontend = TelegramFrontend(settings, conversation, deliveries)
        async with Heartbeat(url, "telegram", settings.frontend_name, frontend.trouble):
            await frontend.run(stop)
    finally:
        for part in (deliveries, queue, preferences):
            await part.close()
    return 0
