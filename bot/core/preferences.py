"""What people and groups chose, and what the conversation has to remember between two messages.

Everything here is in Redis with a TTL: choices last a year from their last use, questions a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self, cast

import redis.asyncio
from pydantic import BaseModel, ConfigDict, Field

from bot.core.events import Question
from generator.spec import Style
from worker.jobs import Author
from worker.queue import connection, reachable

YEAR = 365 * 24 * 3600
QUESTION_TTL = 24 * 3600
NOTE_TTL = 30 * 24 * 3600

_Language = Literal["en", "zh_hans", "zh_hant", "ja"]


class Choices(BaseModel):
    """What one person, or a group for everyone in it, has chosen; None: nothing.

    A group's rules are fields of the same hash: `bot.moderation.rules.Rules`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    style: Style | None = None
    language: _Language | None = None
    count: Annotated[int | None, Field(ge=1, le=4)] = None
    photos: bool = False
    """Was told what becomes of photos."""


class Preferences:
    """Choices and open questions in Redis.

    Attributes:
        redis: The connection, which the limits use as well.
    """

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self.redis = client

    @classmethod
    async def connect(cls, redis_url: str) -> Self:
        """Preferences on that Redis.

        Raises:
            StoreAwayError: if Redis does not answer.
        """
        preferences = cls(connection(redis_url))
        async with reachable():
            await preferences.redis.ping()
        return preferences

    async def close(self) -> None:
        """Let go of the connections."""
        await self.redis.aclose()

    async def choices(self, *owners: str) -> list[Choices]:
        """What each owner ("user:discord:1", "place:telegram:-2") has chosen."""
        async with reachable(), self.redis.pipeline(transaction=False) as pipe:
            for owner in owners:
                pipe.hgetall(_key(owner))
                pipe.expire(_key(owner), YEAR)
            answers = await pipe.execute()
        return [_restore(fields) for fields in answers[::2]]

    async def defaults(self, place: str, author: Author) -> Choices:
        """What holds for a person in a place: the person's own choices, else the place's."""
        shared, own = await self.choices(place, f"user:{author.key}")
        return Choices(style=own.style or shared.style, count=own.count or shared.count)

    async def choose(self, owner: str, name: str, value: str | None) -> None:
        """Keep a choice; None takes it back. The value must be valid for `Choices`."""
        async with reachable(), self.redis.pipeline(transaction=True) as pipe:
            if value is None:
                pipe.hdel(_key(owner), name)
            else:
                pipe.hset(_key(owner), name, value)
            pipe.expire(_key(owner), YEAR)
            await pipe.execute()

    async def ask(self, chat: str, message_id: str, question: Question, job_id: str) -> None:
        """Remember what this message asks, and about which job."""
        key = f"moemoji:question:{chat}:{message_id}"
        async with reachable():
            await self.redis.set(key, f"{question} {job_id}", ex=QUESTION_TTL)

    async def asked(self, chat: str, message_id: str) -> tuple[Question, str] | None:
        """What a message asked, and about which job; None if it asked nothing."""
        async with reachable():
            value = await self.redis.get(f"moemoji:question:{chat}:{message_id}")
        if value is None:
            return None
        question, _, job_id = cast(bytes, value).decode().rpartition(" ")
        return cast(Question, question or "edited"), job_id

    async def forget(self, author: Author) -> None:
        """Delete what a person chose."""
        async with reachable():
            await self.redis.delete(_key(f"user:{author.key}"))

    async def remember(self, name: str, value: str) -> None:
        """Keep a frontend's own note for a month, such as the commands it registered."""
        async with reachable():
            await self.redis.set(f"moemoji:note:{name}", value, ex=NOTE_TTL)

    async def remembered(self, name: str) -> str | None:
        """The note of that name; None if there is none (any more)."""
        async with reachable():
            value = await self.redis.get(f"moemoji:note:{name}")
        return None if value is None else cast(bytes, value).decode()


def _key(owner: str) -> str:
    return f"moemoji:choices:{owner}"


def _restore(fields: Mapping[bytes, bytes]) -> Choices:
    return Choices.model_validate({k.decode(): v.decode() for k, v in fields.items()})
