"""Photos that were sent in before: how to get them once more, and how they were to be painted.

The photo itself is deleted with its job. Its buttons get it from the chat anew: from the message
that they answer, or by the address that the chat gave for it.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from bot.core.events import Picture, Press
from bot.core.refusals import RefusalError
from bot.core.replies import Chat
from worker.jobs import Author, Record, StylizeRequest
from worker.queue import JobQueue


class Look(BaseModel):
    """How a style is to be painted: the fields of `StylizeRequest` but for the style itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    strength: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    keep_colours: bool = False
    keep_faces: bool = False

    @classmethod
    def of(cls, request: StylizeRequest) -> Self:
        """As it was painted."""
        return cls.model_validate(request, from_attributes=True)


class Sent(Look):
    """What is kept of a photo for its buttons."""

    address: Annotated[str | None, Field(repr=False)] = None


class SentPhotos:
    """Remembers for a day, where photos are kept: what leads to one is as good as the photo."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    async def keep(
        self, author: Author, name: str, picture: Picture, look: Look | None = None
    ) -> None:
        """Remember a photo under its job's id, or under another name of twelve characters.

        Raises:
            ChatError: if it cannot be kept where photos are.
        """
        look = look or Look()
        if picture.address is None and look == Look():
            return
        sent = Sent(address=picture.address, **look.model_dump())
        await self._queue.note(author, name, sent.model_dump_json())

    async def again(
        self, event: Press, chat: Chat, name: str, record: Record | None
    ) -> tuple[Picture, Look]:
        """The photo that a button is about, and how it was to be painted.

        Raises:
            RefusalError: if the chat does not have it any more.
        """
        told = await self._queue.noted(name) if name else None
        sent = Sent() if told is None else Sent.model_validate_json(told)
        look: Look = sent
        if record is not None and isinstance(record.request, StylizeRequest):
            look = Look.of(record.request)
        if event.pictures:
            return event.pictures[0], look
        if sent.address is None:
            raise RefusalError("photo_away")
        return chat.again(sent.address), look
