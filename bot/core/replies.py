"""What we answer, in the words of no platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from bot.core.events import Action, Picture, Question
from worker.jobs import Address


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message.

    Attributes:
        look: "main" is what most people want next, "danger" cannot be undone.
        choices: Where there are menus, one that offers these buttons at once and fills a row; if
            there are none, or more choices than fit, it is a button that asks for them.
    """

    label: str
    action: Action
    look: Literal["plain", "main", "danger"] = "plain"
    emoji: str | None = None
    choices: tuple[Button, ...] = ()


Rows = tuple[tuple[Button, ...], ...]
"""At most 5 rows of 5 buttons: Discord's limits are the tighter ones."""


@dataclass(frozen=True, slots=True)
class File:
    """A PNG, or the GIF of a film.

    Attributes:
        name: A file name that says nothing of the person or the wish.
    """

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """A question with one line of text for an answer, which comes back as `Edited`."""

    question: Question
    job_id: str
    title: str
    label: str
    text: str = field(repr=False)
    """What the line holds already, where the platform can fill it in."""
    ask: str = field(repr=False)
    """The question as a message, where there are no forms."""
    limit: int = 400


@dataclass(frozen=True, slots=True)
class Reply:
    """A message, or what to do instead of one.

    Attributes:
        text: Plain text without any markup.
        picture: The candidates as one picture, shown large.
        files: PNGs that have to arrive byte for byte.
        private: Only the person who did it should see it, where that is possible.
        form: Ask this instead of sending a message.
        delete: Remove the waiting message, or that whose button was pressed.
        replace: Put this in place of the message whose button was pressed.
        job_id: Nothing to show yet: the waiting message is the business of `Carrier.follow`.
    """

    text: str = field(default="", repr=False)
    rows: Rows = ()
    picture: File | None = None
    files: tuple[File, ...] = ()
    private: bool = False
    form: Form | None = None
    delete: bool = False
    replace: bool = False
    job_id: str | None = None


class Chat(Protocol):
    """What a platform lends to the conversation while it answers one event."""

    def here(self) -> Address:
        """Where answers go, before there is a message of ours."""
        ...

    async def wait(self, reply: Reply) -> Address:
        """Show a waiting message, or find out where one is shown already.

        Returns:
            Where it is: the result will be edited into that message.
        """
        ...

    def again(self, address: str) -> Picture:
        """A picture that was sent before, by its `Picture.address`.

        Raises:
            RefusalError: if it is clear already that it is not there any more.
        """
        ...
