"""The conversation about pictures over a real Redis: what is offered, refused and counted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.core import Conversation
from bot.core.events import Action, Command, Picture, Press
from bot.core.preferences import Preferences
from bot.core.replies import Reply
from bot.settings import LimitSettings
from bot.texts import LANGUAGES, texts
from tests.bot.people import Make, Somebody
from worker.embedded import EmbeddedRedis
from worker.jobs import SelfieRequest
from worker.ledger import Ledger, connection
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings
from worker.skills import Skills, StyleOffer

PHOTO = b"\xff\xd8\xff a photo"
NAMES = {"en": "pastel", "zh_hans": "粉彩", "zh_hant": "粉彩", "ja": "パステル"}
ABLE = Skills(faces=True, painting=True, styles=(StyleOffer(key="pastel", names=NAMES),))


def picture(data: bytes = PHOTO, *, size: int | None = None, message: str | None = None) -> Picture:
    async def fetch() -> bytes:
        return data

    return Picture(fetch, size, message)


async def sends(me: Somebody, words: str, *pictures: Picture, **options: str) -> Reply:
    """Writes "/command words" with pictures."""
    name, _, rest = words.removeprefix("/").partition(" ")
    number = str(next(me.numbers))
    event = Command(
        *(me.person, me.place),
        name=name,
        words=rest,
        options=options,
        message_id=number,
        pictures=pictures,
    )
    return await me.does(event)


def can(server: EmbeddedRedis, conversation: Conversation, skills: Skills) -> None:
    """What a worker says that it can do."""
    ledger = Ledger(connection_of(server), "w", WorkerSettings(REDIS_URL=server.url))
    ledger.offer(skills)
    ledger.beat([])
    ledger.redis.close()
    conversation.queue._skills_until = 0.0


def connection_of(server: EmbeddedRedis):  # type: ignore[no-untyped-def]
    return connection(server.url, attempts=1)


async def uploads(conversation: Conversation) -> int:
    """How many pictures wait."""
    keys = [key async for key in conversation.queue._memory.scan_iter("moemoji:upload:*")]
    return len(keys)


@pytest_asyncio.fixture
async def strict(server: EmbeddedRedis) -> AsyncIterator[Conversation]:
    queue = await JobQueue.connect(server.url, QueueSettings())
    preferences = await Preferences.connect(server.url)
    yield Conversation(queue, preferences, LimitSettings(user_limit="1/hour"))
    await queue.close()
    await preferences.close()


async def test_a_photo_is_a_job_with_what_was_written(
    somebody: Make, conversation: Conversation
) -> None:
    me = somebody()
    reply = await sends(me, "/selfie as a witch seed:7 count:2", picture())
    assert reply.job_id is not None
    record = await conversation.queue.record(reply.job_id)
    assert record is not None
    request = record.request
    assert isinstance(request, SelfieRequest)
    assert (request.prompt, request.seed, request.count) == ("as a witch", 7, 2)
    assert request.notice
    assert await uploads(conversation) == 1
    assert texts("en")("say.notice") in me.waiting[0].text
    again = await sends(me, "/avatar", picture())
    second = await conversation.queue.record(again.job_id or "")
    assert second is not None
    assert isinstance(second.request, SelfieRequest)
    assert not second.request.notice
    assert await conversation.queue.forget("discord", "1") == 2
    assert await uploads(conversation) == 0


@pytest.mark.parametrize("language", LANGUAGES)
async def test_only_what_workers_can_do_is_offered(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis, language: str
) -> None:
    me, say = somebody(locale=language), texts(language)
    photo = picture(message="5")
    told = await sends(me, "/stylize pastel", photo)
    assert told.text == say("errors.nobody_works")
    can(server, conversation, Skills())
    assert (await sends(me, "/stylize pastel", photo)).text == say("errors.no_painting")
    assert (await sends(me, "/selfie", photo)).text == say("errors.no_reading")
    assert (await sends(me, "/blend", photo, photo)).text == say("errors.no_reading")
    can(server, conversation, ABLE)
    assert (await sends(me, "/stylize crayon", photo)).text == say(
        "errors.painting", styles=NAMES[language]
    )
    offered = await sends(me, "/stylize", photo)
    assert [b.label for row in offered.rows for b in row] == [NAMES[language]]
    assert (await sends(me, f"/stylize {NAMES[language]}", photo)).job_id is not None
    assert (await sends(me, "/stylize", photo, photo)).job_id is not None
    strong = await sends(me, "/stylize pastel strength:400", photo)
    assert strong.text == say("errors.strength")


async def test_a_photo_that_is_not_there_any_more(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis
) -> None:
    can(server, conversation, ABLE)
    me = somebody()
    for data in ("styles::", "paint:pastel:"):
        told = await me.presses(data)
        assert told is not None
        assert told.text == texts("en")("errors.photo_away")
    action = Action.parse("paint:pastel:40")
    assert action is not None
    press = Press(me.person, me.place, action=action, message_id="5", pictures=(picture(),))
    assert (await me.does(press)).job_id is not None


async def test_nothing_is_kept_of_what_is_refused(
    somebody: Make, strict: Conversation, conversation: Conversation
) -> None:
    me = Somebody(strict, somebody().person, somebody().place)
    assert "too big" in (await sends(me, "/selfie", picture(size=30_000_000))).text
    assert "won't draw" in (await sends(me, "/selfie nude", picture())).text

    async def broken() -> bytes:
        raise OSError("the chat's own words")

    assert "couldn't get" in (await sends(me, "/selfie", Picture(broken))).text
    # None of these was counted.
    assert (await sends(me, "/selfie", picture())).job_id is not None
    assert await uploads(strict) == 1
    assert "next one" in (await sends(me, "/selfie", picture())).text
    assert await uploads(strict) == 1


async def test_one_message_is_one_job_and_one_upload(
    somebody: Make, conversation: Conversation
) -> None:
    me = somebody()
    event = Command(me.person, me.place, name="selfie", message_id="77", pictures=(picture(),))
    assert (await me.does(event)).job_id is not None
    assert await conversation.handle(event, me) is None
    assert await uploads(conversation) == 1


async def test_a_redis_that_writes_takes_no_photo(somebody: Make) -> None:
    with EmbeddedRedis(durable=True) as durable:
        queue = await JobQueue.connect(durable.url, QueueSettings())
        preferences = await Preferences.connect(durable.url)
        me = Somebody(Conversation(queue, preferences), somebody().person, somebody().place)
        told = await sends(me, "/selfie", picture())
        assert told.text == texts("en")("errors.uploads-off")
        await queue.close()
        await preferences.close()


async def test_addresses_are_words(somebody: Make, conversation: Conversation) -> None:
    me = somebody()
    address = "http://169.254.169.254/latest"
    for words in (f"/selfie {address}", f"/stylize {address}"):
        assert (await sends(me, words)).job_id is None
    job = (await sends(me, f"/blend {address} + girl")).job_id
    record = await conversation.queue.record(job or "")
    assert record is not None
    assert record.request.uploads == ()
