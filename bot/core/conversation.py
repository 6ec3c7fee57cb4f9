"""The conversation: platform-neutral events in, platform-neutral replies out.

A feature is a command or a button here; the frontends only carry events and replies.
"""

from __future__ import annotations

import structlog

from bot.core import limits
from bot.core.admin import Admin
from bot.core.answers import Answers
from bot.core.blends import Blends
from bot.core.desk import Desk
from bot.core.drawing import Drawing
from bot.core.events import COMMANDS, Command, Edited, Event, Press
from bot.core.limits import Limits
from bot.core.paintings import Paintings
from bot.core.panel import Panel
from bot.core.photos import Photos
from bot.core.preferences import Preferences
from bot.core.refusals import RefusalError, explained
from bot.core.replies import Chat, Reply
from bot.core.results import is_film, language_for, waiting
from bot.core.sent import SentPhotos
from bot.core.wishes import warm
from bot.journal import where
from bot.moderation.rules import Standing
from bot.settings import LimitSettings
from bot.texts import LANGUAGES, Texts, language_of, texts
from worker import logs, metrics
from worker.errors import ChatError
from worker.jobs import Position, Record, new_job_id
from worker.queue import JobQueue
from worker.settings import ProcessSettings

log = structlog.get_logger(__name__)


def _names() -> dict[str, str]:
    """Every name a command goes by, in all languages: "/头像" is "/avatar"."""
    names = {name: name for name in COMMANDS}
    for language in LANGUAGES:
        for name in COMMANDS:
            names[texts(language)(f"commands.{name}.name").lower()] = name
    names |= {"start": "start", "forgetme": "forget", "forget_me": "forget", "ideas": "avatar"}
    return names


COMMAND_NAMES: dict[str, str] = _names()


class Conversation:
    """What every platform's adapter talks to.

    Args:
        queue: Where requests go.
        preferences: What people chose.
        settings: How much may be drawn; from the environment if None.
    """

    def __init__(
        self, queue: JobQueue, preferences: Preferences, settings: LimitSettings | None = None
    ) -> None:
        self.queue = queue
        self.preferences = preferences
        self._limits = Limits(preferences, settings or LimitSettings())
        self._desk = Desk(queue, preferences, self._limits)
        self._drawing = Drawing(queue, preferences, self._limits, self._desk)
        logged = isinstance(settings, ProcessSettings) and settings.log_prompts
        self._answers = Answers(queue, preferences, logged=logged)
        self._photos = Photos(queue, preferences, self._limits, self._desk)
        self._paintings = Paintings(queue, self._limits, self._desk, SentPhotos(queue))
        self._blends = Blends(queue, self._limits, self._desk, self._answers)
        self._panel = Panel(preferences, self._limits)
        self._admin = Admin(queue, self._limits)
        warm()

    async def handle(self, event: Event, chat: Chat) -> Reply | None:
        """Answer one event; never raises, except when it is cancelled itself.

        Returns:
            What to show, in the waiting message if one was opened through `chat`; None if there
            is nothing to say.
        """
        say = texts(language_of(event.person.locale))
        logs.about(event.author.key, event.place.guild_id)
        try:
            say = await self.speech(event)
            event = self._limits.recognized(event)
            name = COMMAND_NAMES.get(event.name.lower()) if isinstance(event, Command) else None
            standing = await self._limits.standing(event, name)
            if isinstance(event, Command):
                return await self._command(event, say, chat, standing)
            if isinstance(event, Press):
                return await self._press(event, say, chat, standing)
            if isinstance(event, Edited):
                record = await self._answers.record(event.job_id)
                limits.owner(event, record)
                if event.question == "blended":
                    return await self._blends.blended(event, say, chat, standing, record)
                if event.pictures:
                    return await self._photos.selfie(event, say, chat, standing)
                return await self._drawing.edited(event, say, chat, standing, record)
            raise TypeError(f"no answer to {type(event).__name__}")
        except ChatError as error:
            metrics.REFUSED.labels(event.place.platform, error.key).inc()
            if await self._limits.repeated(event, error):
                return None
            return Reply(explained(error, say), private=True)
        except Exception as error:
            # No job yet, perhaps: an id of its own leads from the apology to this line.
            trouble = new_job_id()
            log.error(
                "trouble",
                job_id=trouble,
                platform=event.place.platform,
                error=type(error).__name__,
                where=where(error),
            )
            return Reply(explained(ChatError("trouble", job_id=trouble), say), private=True)

    async def speech(self, event: Event) -> Texts:
        """The language: the group's choice, else the person's, else that of their app."""
        shared, own = await self.preferences.choices(event.place.owner, f"user:{event.author.key}")
        chosen = None if event.place.private else shared.language
        return texts(chosen or own.language or language_of(event.person.locale))

    async def opened(self, job_id: str) -> None:
        """Wait until the waiting message of a job is posted, if that is just being done here."""
        posted = self._desk.opening.get(job_id)
        if posted is not None:
            await posted.wait()

    async def progress(self, record: Record, position: Position) -> Reply:
        """The waiting message of a job, brought up to date."""
        return waiting(language_for(record), record.request, position)

    async def _command(
        self, event: Command, say: Texts, chat: Chat, standing: Standing
    ) -> Reply | None:
        match COMMAND_NAMES.get(event.name.lower()):
            case "selfie":
                return await self._photos.selfie(event, say, chat, standing)
            case "avatar" if event.pictures:
                return await self._photos.selfie(event, say, chat, standing)
            case "stylize":
                return await self._paintings.command(event, say, chat, standing)
            case "blend" | "morph" as name:
                film = name == "morph"
                return await self._blends.command(event, say, chat, standing, film=film)
            case "avatar":
                return await self._drawing.avatar(event, say, chat, standing)
            case "start":
                return Reply(say("say.start"), rows=self._answers.help(say).rows)
            case "show":
                job_id = event.options.get("id", event.words).strip()
                if not job_id:
                    raise RefusalError("no_id")
                record = await self._answers.record(job_id)
                limits.owner(event, record)
                if is_film(record) and not await self.queue.result(record.job_id):
                    return await self._blends.film(event, say, chat, standing, record)
                return await self._drawing.show(event, say, chat, standing, record)
            case "queue":
                return await self._answers.line(event, say)
            case "cancel":
                return await self._answers.cancel(event, say)
            case "settings":
                return await self._panel.command(event, say)
            case "privacy":
                return self._answers.privacy(say)
            case "forget":
                return self._answers.ask_to_forget(say)
            case "admin":
                return await self._admin.command(event, say)
            case "help":
                return self._answers.help(say, event.person)
            case _:
                raise RefusalError("command", command=f"/{event.name[:32]}")

    async def _press(
        self, event: Press, say: Texts, chat: Chat, standing: Standing
    ) -> Reply | None:
        name = event.action.name
        match name:
            case "idea" | "style":
                return await self._drawing.idea(event, say, chat, standing)
            case "cancel":
                return await self._answers.stop(event, say)
            case "details":
                return await self._answers.details(event, say)
            case "edit":
                return await self._answers.edit(event, say)
            case "blend":
                return await self._blends.ask(event, say)
            case "styles":
                return await self._paintings.styles(event, say, chat)
            case "paint":
                return await self._paintings.paint(event, say, chat, standing)
            case "delete":
                return await self._answers.delete(event)
            case "forget":
                return await self._answers.forget(event, say)
            case "keep":
                return Reply(say("say.kept"), private=True, replace=True)
            case "set" | "panel":
                return await self._panel.press(event, say)
        act = {
            "reroll": self._drawing.reroll,
            "pick": self._drawing.pick,
            "vary": self._drawing.vary,
            "file": self._drawing.file,
            "person": self._photos.person,
            "film": self._blends.film,
        }.get(name)
        if act is None:
            # A button of a version that had more of them.
            raise RefusalError("gone")
        record = await self._answers.record(event.action.subject)
        limits.owner(event, record)
        return await act(event, say, chat, standing, record)
