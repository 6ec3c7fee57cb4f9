"""One chat in the terminal, or one line of it for scripts."""

from __future__ import annotations

import asyncio
import getpass
import locale
import os
import random
import re
import string
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bot import journal
from bot.console_app.files import picture_at, pictures_in
from bot.console_app.road import OwnWorker, embedded_road
from bot.console_app.terminal import Terminal
from bot.core import Conversation
from bot.core.carrier import Carrier
from bot.core.conversation import COMMAND_NAMES
from bot.core.events import Command, Edited, Event, Person, Picture, Place, Press
from bot.core.preferences import Preferences
from bot.core.refusals import RefusalError, explained
from bot.core.replies import Reply
from bot.core.results import caption
from bot.settings import ConsoleSettings
from worker import logs
from worker.delivery import Deliveries
from worker.errors import SetupError
from worker.jobs import Address, Record
from worker.queue import JobQueue

_COMMAND = re.compile(r"/(?P<name>\S+)\s*(?P<words>.*)", re.DOTALL)
_PICTURES = frozenset({"selfie", "stylize", "blend", "morph"})
"""Commands in which files are pictures."""
_LEAVE = {"/quit", "/exit", "/q"}
ONCE_PATIENCE = 300
"""Seconds that --once waits for its picture: a cold start loads the models first."""


class Session:
    """The chat.

    Args:
        conversation: Answers every line.
        deliveries: The finished jobs of this session.
        terminal: Shows the answers.
        worker: Our own worker, to notice if it cannot start.
    """

    def __init__(
        self,
        conversation: Conversation,
        deliveries: Deliveries,
        terminal: Terminal,
        worker: OwnWorker | None = None,
    ) -> None:
        self._conversation = conversation
        self._terminal = terminal
        self._worker = worker
        self._platform = deliveries.platform
        self._carrier = Carrier(conversation, deliveries, self)
        self._results: asyncio.Queue[tuple[Record, Reply]] = asyncio.Queue()
        self._messages = 0

    def here(self) -> Address:
        """See `bot.core.replies.Chat.here`."""
        # The stream is this session's own: another console's pictures are not for us.
        number = str(self._messages)
        return Address(platform=self._platform, chat_id="terminal", message_id=number)

    async def wait(self, reply: Reply) -> Address:
        """See `bot.core.replies.Chat.wait`: the prompt is the waiting message."""
        return self.here()

    def again(self, address: str) -> Picture:
        """See `bot.core.replies.Chat.again`: addresses are paths."""
        return picture_at(Path(address))

    async def show(self, record: Record, reply: Reply) -> Address:
        """See `bot.core.carrier.Outlet.show`."""
        await self._results.put((record, reply))
        return record.request.address

    async def update(self, record: Record, reply: Reply, drawing: bool) -> None:
        """See `bot.core.carrier.Outlet.update`."""
        self._terminal.note(reply)

    async def chat(self, prompt: Console, greeting: bool = True) -> int:
        """Answer lines until the input ends.

        Returns:
            0.
        """
        self._carrier.start()
        try:
            if greeting:
                await self._answer(Command(*_me(), name="start"))
            while True:
                try:
                    line = (await asyncio.to_thread(prompt.input, "[bold magenta]›[/] ")).strip()
                except EOFError:
                    return 0
                if line in _LEAVE:
                    return 0
                if line:
                    await self._hear(line)
        finally:
            await self._carrier.stop()

    async def once(self, line: str, out: Path | None) -> int:
        """Answer one line.

        Returns:
            0 if there was an answer, and a picture if `out` wants one; else 1.
        """
        self._carrier.start()
        try:
            event = await self._understood(line)
            if event is None:
                return 1
            await self._manned(event)
            # There will be nothing to press: what is missing is told instead.
            sent = tuple(replace(picture, address=None) for picture in event.pictures)
            reply = await self._conversation.handle(replace(event, pictures=sent), self)
            if reply is not None and reply.job_id is not None:
                record, reply = await self._result()
                if reply.picture is not None:
                    # Buttons are no use to a script.
                    reply = replace(reply, text=caption(record, pressable=False))
            if reply is None:
                return 1
            file = reply.picture or next(iter(reply.files), None)
            if out is not None and file is not None:
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_bytes(file.data)
                self._terminal.preview(reply)
                self._terminal.show(Reply(f"{reply.text}\n→ {out}"))
            else:
                self._terminal.show(replace(reply, rows=()))
            return 0 if file is not None or out is None else 1
        finally:
            await self._carrier.stop()

    async def _hear(self, line: str) -> None:
        event = await self._understood(line)
        if event is not None:
            await self._answer(event)

    async def _understood(self, line: str) -> Event | None:
        """The event of a line; None if it makes no sense, which the person is told."""
        try:
            return self._event(line)
        except RefusalError as error:
            say = await self._conversation.speech(Event(*_me()))
            self._terminal.show(Reply(explained(error, say)))
            return None

    async def _answer(self, event: Event) -> None:
        await self._manned(event)
        reply = await self._conversation.handle(event, self)
        if reply is not None and reply.job_id is not None:
            self._carrier.follow(reply.job_id)
            _, reply = await self._result()
        if reply is not None and reply.delete and isinstance(event, Press):
            self._terminal.remove(event.action.subject)
        elif reply is not None:
            self._terminal.show(reply)

    async def _manned(self, event: Event) -> None:
        """What can be done with pictures our own worker says, which needs seconds to start.

        Raises:
            SetupError: if it cannot start.
        """
        if not isinstance(event, Command) or _meant(event.name) not in _PICTURES:
            return
        while self._worker is not None and await self._conversation.queue.skills() is None:
            self._worker.check()
            await asyncio.sleep(0.1)

    async def _result(self) -> tuple[Record, Reply]:
        """The next finished job.

        Raises:
            SetupError: if our own worker is gone, or nothing comes for minutes.
        """
        waited = 0.0
        while waited < ONCE_PATIENCE:
            try:
                return await asyncio.wait_for(self._results.get(), 0.5)
            except TimeoutError:
                waited += 0.5
            if self._worker is not None:
                self._worker.check()
        raise SetupError("No worker drew anything; is one running?")

    def _event(self, line: str) -> Event:
        form, self._terminal.form = self._terminal.form, None
        me, here = _me()
        self._messages += 1
        number = str(self._messages)
        pictures: tuple[Picture, ...] = ()
        action = self._terminal.chosen(line)
        if action is not None:
            return Press(me, here, action=action, message_id=number)
        command = _COMMAND.fullmatch(line)
        if command is not None:
            words = command["words"]
            if _meant(command["name"]) in _PICTURES:
                words, pictures = pictures_in(words)
            return Command(
                *(me, here),
                name=command["name"],
                words=words,
                message_id=number,
                pictures=pictures,
            )
        if form is not None:
            return Edited(
                *(me, here),
                question=form.question,
                job_id=form.job_id,
                words=line,
                message_id=number,
            )
        return Command(me, here, name="avatar", words=line, message_id=number)


def _meant(name: str) -> str | None:
    """The command that goes by a name in any language."""
    return COMMAND_NAMES.get(name.lower())


def _me() -> tuple[Person, Place]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "somebody"
    tag = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or "en"
    return (
        Person(user_id=user[:64], locale=tag.split(".")[0]),
        Place(platform="console", chat_id="terminal", private=True),
    )


async def _talk(
    settings: ConsoleSettings,
    url: str,
    worker: OwnWorker | None,
    once: str | None,
    out: Path | None,
    folder: Path,
) -> int:
    name = "console" + "".join(random.choices(string.ascii_lowercase, k=8))
    queue = await JobQueue.connect(url, settings)
    preferences = await Preferences.connect(url)
    deliveries = await Deliveries.connect(url, name, settings.frontend_name, settings)
    console = Console(highlight=False)
    session = Session(
        Conversation(queue, preferences, settings), deliveries, Terminal(console, folder), worker
    )
    try:
        return await (session.chat(console) if once is None else session.once(once, out))
    finally:
        for part in (deliveries, queue, preferences):
            await part.close()


def run(settings: ConsoleSettings, once: str | None, out: Path | None, folder: Path) -> int:
    """Chat, or answer one line.

    Args:
        settings: With a Redis, or without to run one and a worker of our own.
        once: A line to answer instead of a chat.
        out: Where to save the picture of `once`.
        folder: Where a chat saves its pictures.

    Returns:
        The exit code.

    Raises:
        SetupError: if there is no Redis to run, or the worker cannot start.
        StoreAwayError: if the Redis of the settings does not answer.
    """
    given = settings.redis_url.get_secret_value() if settings.redis_url else None
    journal.begin(settings, logs.password_of(given) if given else ())
    if given is not None:
        return asyncio.run(_talk(settings, given, None, once, out, folder))
    with embedded_road() as (url, worker):
        return asyncio.run(_talk(settings, url, worker, once, out, folder))
