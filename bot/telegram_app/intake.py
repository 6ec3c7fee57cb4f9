"""Updates from Telegram, each confirmed only when it was handled.

To ask for the updates from one number on is to confirm all before it, and so is to answer a
webhook; Telegram then forgets them (https://core.telegram.org/bots/api#getupdates). An update
confirmed any earlier would be lost if this process were killed before it was handled. What is said
twice because of it is no harm: `Event.origin` makes one job of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError, TimedOut

from bot.journal import where

ALLOWED = [Update.MESSAGE, Update.CALLBACK_QUERY]
WAIT = 10
"""Seconds that Telegram may keep a request for updates open when there are none."""
PAUSE = 0.25
"""Seconds between two requests while updates are being handled: Telegram sends those again."""
HOLD = 10.0
"""Seconds after which an update is confirmed nevertheless, so that one which waits for a busy
group's rate limit does not keep the next hundred away."""

log = structlog.get_logger(__name__)


class Intake:
    """Hands each update on once, and keeps it with Telegram until it was handled.

    Args:
        bot: To ask for updates.
        handle: Handles one; is called for many at the same time.
    """

    def __init__(self, bot: Bot, handle: Callable[[Update], Awaitable[None]]) -> None:
        self._bot = bot
        self._handle = handle
        self._next = 0
        self._seen: set[int] = set()
        """Updates that Telegram may send again."""
        self._held: dict[int, asyncio.Task[None]] = {}
        """Those of them that are not to be confirmed yet."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Make sure that Telegram sends updates nowhere else.

        Raises:
            InvalidToken: if the token was taken back.
        """
        await self._again("delete the webhook", self._bot.delete_webhook)

    async def poll(self) -> None:
        """Ask for updates until cancelled.

        Raises:
            InvalidToken: if the token was taken back.
        """
        while True:
            await self._again("get updates", self._fetch)
            if self._held:
                await asyncio.wait(self._held.values(), timeout=PAUSE)

    async def take(self, update: Update) -> None:
        """Handle an update that a webhook brought; come back when its answer may be given."""
        task = self._held.get(update.update_id) or self._begin(update)
        await asyncio.wait((task,), timeout=HOLD)

    async def finish(self) -> None:
        """Wait for what is being handled, and confirm it if it was asked for."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._next:
            try:
                await self._bot.get_updates(offset=self._next, limit=1, timeout=0)
            except TelegramError as error:
                # They are sent again, and known again.
                log.info("not-confirmed", platform="telegram", error=type(error).__name__)

    async def _fetch(self) -> None:
        offset = min(self._held, default=self._next)
        wait = 0 if self._held else WAIT
        updates = await self._bot.get_updates(offset=offset, timeout=wait, allowed_updates=ALLOWED)
        self._seen = {number for number in self._seen if number >= offset}
        for update in updates:
            if update.update_id not in self._seen:
                self._seen.add(update.update_id)
                self._next = update.update_id + 1
                self._begin(update)

    def _begin(self, update: Update) -> asyncio.Task[None]:
        number = update.update_id
        task = asyncio.ensure_future(self._handle(update))
        self._held[number] = task
        self._tasks.add(task)
        late = asyncio.get_running_loop().call_later(HOLD, self._held.pop, number, None)

        def over(_: asyncio.Task[None]) -> None:
            late.cancel()
            self._held.pop(number, None)
            self._tasks.discard(task)
            error = None if task.cancelled() else task.exception()
            if error is not None:
                log.error(
                    "unhandled", platform="telegram", error=type(error).__name__, where=where(error)
                )

        task.add_done_callback(over)
        return task

    async def _again(self, what: str, act: Callable[[], Awaitable[object]]) -> None:
        """Do it, as often as it takes."""
        pause = 1.0
        while True:
            try:
                await act()
                return
            except InvalidToken:
                raise
            except RetryAfter as error:
                after = error.retry_after
                await asyncio.sleep(after if isinstance(after, int) else after.total_seconds())
            except TimedOut:
                await asyncio.sleep(0.1)
            except TelegramError as error:
                # Another frontend with this token, or no network.
                log.warning("no-updates", what=what, error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 30.0)


class Inbox(asyncio.Queue[object]):
    """What python-telegram-bot's webhook puts its updates into: it answers Telegram afterwards.

    Args:
        take: `Intake.take`.
    """

    def __init__(self, take: Callable[[Update], Awaitable[None]]) -> None:
        super().__init__()
        self._take = take

    async def put(self, item: object) -> None:
        """Handle an update; come back when its answer may be given."""
        if isinstance(item, Update):
            await self._take(item)
