"""People who talk to the conversation, with a chat that only remembers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core import Conversation
from bot.core.events import Action, Command, Edited, Event, Person, Picture, Place, Press
from bot.core.refusals import RefusalError
from bot.core.replies import Reply
from worker.jobs import Address, Record


class Somebody:
    """A person in a place, with a screen that shows the last reply.

    As a `bot.core.replies.Chat` it opens waiting messages with numbers of their own.
    """

    numbers = iter(range(1000, 10**9))

    def __init__(self, conversation: Conversation, person: Person, place: Place) -> None:
        self.conversation = conversation
        self.person = person
        self.place = place
        self.waiting: list[Reply] = []
        self.album: dict[str, bytes] = {}
        """Pictures that the chat gives out again, by their addresses."""

    def here(self) -> Address:
        return Address(
            platform=self.place.platform,
            chat_id=self.place.chat_id,
            guild_id=self.place.guild_id,
        )

    async def wait(self, reply: Reply) -> Address:
        self.waiting.append(reply)
        return self.here().model_copy(update={"message_id": str(next(self.numbers))})

    def again(self, address: str) -> Picture:
        async def fetch() -> bytes:
            return self.album[address]

        if address not in self.album:
            raise RefusalError("photo_away")
        return Picture(fetch, address=address)

    async def does(self, event: Event) -> Reply:
        reply = await self.conversation.handle(event, self)
        assert reply is not None
        return reply

    async def says(self, words: str, **options: str) -> Reply:
        """Writes "/command words"."""
        name, _, rest = words.removeprefix("/").partition(" ")
        event = Command(
            self.person,
            self.place,
            name=name,
            words=rest,
            options=options,
            message_id=str(next(self.numbers)),
        )
        return await self.does(event)

    async def presses(self, data: str, under: str = "500") -> Reply | None:
        """Presses the button with that data."""
        action = Action.parse(data)
        assert action is not None
        event = Press(self.person, self.place, action=action, message_id=under)
        return await self.conversation.handle(event, self)

    async def edits(self, job_id: str, words: str) -> Reply:
        return await self.does(Edited(self.person, self.place, job_id=job_id, words=words))


Make = Callable[..., Somebody]
Draw = Callable[[str], Awaitable[Record]]


async def asked(me: Somebody, words: str = "/avatar cute girl", **options: str) -> str:
    """A job id."""
    reply = await me.says(words, **options)
    assert reply.job_id is not None, reply.text
    return reply.job_id


async def pressed(me: Somebody, data: str, under: str = "500") -> str:
    reply = await me.presses(data, under)
    assert reply is not None
    assert reply.job_id is not None, reply.text
    return reply.job_id
