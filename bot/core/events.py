"""What happens in a chat, in the words of no platform."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from worker.jobs import Author

COMMANDS: tuple[str, ...] = (
    *("avatar", "selfie", "stylize", "blend", "morph", "show", "queue", "cancel"),
    *("settings", "help", "privacy", "forget", "admin"),
)
"""The commands, by the names that the texts and the platforms give them their own names for."""

Question = Literal["edited", "blended"]
"""What we ask for with a field to write into: another wish, or what to blend a picture with."""

ACTION = re.compile(
    r"(?P<name>[a-z]{1,10}):(?P<subject>[0-9A-Za-z_.-]{0,40}):(?P<argument>[0-9A-Za-z_.-]{0,12})"
)
"""What a button's data looks like; at most 64 bytes, which is Telegram's limit."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does. All of its state is in these three words, so that it never expires.

    Attributes:
        name: The verb, such as "reroll".
        subject: The job's id, or what a settings button changes.
        argument: The candidate's index, or a value.
    """

    name: str
    subject: str = ""
    argument: str = ""

    @property
    def data(self) -> str:
        """As Discord's custom_id or Telegram's callback_data."""
        return f"{self.name}:{self.subject}:{self.argument}"

    @classmethod
    def parse(cls, data: str) -> Action | None:
        """The action of a button's data; None if it is not one of ours."""
        match = ACTION.fullmatch(data)
        return cls(**match.groupdict()) if match else None


@dataclass(frozen=True, slots=True)
class Person:
    """Who did it."""

    user_id: str
    locale: str | None = None
    """As the platform writes it."""
    moderator: bool = False
    """May change what applies to everyone here, and delete what others asked for."""
    owner: bool = False
    """Owns this bot, by its settings: may do so everywhere."""
    roles: tuple[str, ...] = ()
    """The ids of the person's roles, where there are any."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened."""

    platform: Literal["discord", "telegram", "console"]
    chat_id: str
    guild_id: str | None = None
    """The Discord server or the Telegram group: what shared settings belong to."""
    thread_id: str | None = None
    """A thread or forum topic inside the chat."""
    parent_id: str | None = None
    """The channel that this thread belongs to."""
    private: bool = False
    """Only this person and we are here."""

    @property
    def owner(self) -> str:
        """To whom shared choices belong, see `bot.core.preferences`."""
        return f"place:{self.platform}:{self.guild_id or self.chat_id}"

    @property
    def channel(self) -> str:
        """What moderators allow or not: on Telegram a group has topics for channels."""
        if self.platform == "telegram" and self.thread_id:
            return self.thread_id
        return self.chat_id

    @property
    def channels(self) -> frozenset[str]:
        """The channel and, for a thread, the one it is in: what holds there holds in it."""
        return frozenset(filter(None, (self.channel, self.parent_id)))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that somebody sent or pointed at, not fetched yet.

    Attributes:
        fetch: Gets its bytes from the chat.
        size: Bytes, where the chat tells.
        message_id: The message that it stands in, if it can be found there again later.
        address: Where else the chat gives it out again later, in words for `Chat.again`.
    """

    fetch: Callable[[], Awaitable[bytes]] = field(repr=False)
    size: int | None = None
    message_id: str | None = None
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that one person did in one place."""

    person: Person
    place: Place
    message_id: str | None = field(default=None, kw_only=True)
    """The message that it came in, or that the button is under; for clicks and repeats."""
    origin: str | None = field(default=None, kw_only=True)
    """The platform's own name of this event, unlike that of any other: chats may say it twice."""

    pictures: tuple[Picture, ...] = field(default=(), kw_only=True, repr=False)
    """What it is about: first one that is pointed at (replied to), then those sent with it."""

    @property
    def author(self) -> Author:
        """The person as a request's author."""
        # Without a name: nothing needs it, so that it is not kept either.
        return Author(platform=self.place.platform, user_id=self.person.user_id)

    @property
    def overheard(self) -> bool:
        """Whether an answer cannot be for this person's eyes only."""
        return self.place.platform == "telegram" and not self.place.private


@dataclass(frozen=True, slots=True)
class Command(Event):
    """A command with what was written after it, or with named options."""

    name: str = "help"
    words: str = field(default="", repr=False)
    options: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Press(Event):
    """A button was pressed."""

    action: Action = Action("")

    @property
    def overheard(self) -> bool:
        """Never: the answer to a button pops up."""
        return False


@dataclass(frozen=True, slots=True)
class Edited(Event):
    """An answer to a question about an earlier job: from Discord's modal, or a reply."""

    question: Question = "edited"
    job_id: str = ""
    words: str = field(default="", repr=False)


Anything = Command | Press | Edited
