"""Limits as people meet them: through the conversation, over a real Redis."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import Conversation
from bot.core.events import Command, Person, Place
from bot.settings import LimitSettings
from bot.texts import LANGUAGES, texts
from tests.bot.people import Draw, Make, Somebody
from worker.embedded import EmbeddedRedis
from worker.jobs import Author
from worker.queue import connection, keys_without_ttl


@pytest.fixture
def strict(conversation: Conversation) -> Conversation:
    """Another frontend on the same Redis, with low limits."""
    settings = LimitSettings(user_limit="2/hour", place_limit="5/hour", owners="discord:99")
    return Conversation(conversation.queue, conversation.preferences, settings)


def one(
    conversation: Conversation,
    user: str = "1",
    *,
    group: bool = True,
    chat: str = "c",
    **about: bool,
) -> Somebody:
    place = Place("discord", chat, "g" if group else None, private=not group)
    return Somebody(conversation, Person(user, **about), place)


async def test_a_persons_limit_holds_everywhere(strict: Conversation) -> None:
    me = one(strict)
    assert (await me.says("/avatar girl seed:1")).job_id
    assert (await one(strict, group=False).says("/avatar girl seed:2")).job_id
    refused = await me.says("/avatar girl seed:3")
    assert "2 pictures" in refused.text
    assert "about 30 min" in refused.text
    assert refused.private
    assert len(me.waiting) == 1
    # Others are not concerned, and the owner of the bot is not counted.
    assert (await one(strict, "2").says("/avatar girl")).job_id
    for seed in range(4):
        assert (await one(strict, "99").says(f"/avatar girl seed:{seed}")).job_id


async def test_a_places_limit_is_everybodys(strict: Conversation, drawn: Draw) -> None:
    for user in range(5):
        assert (await one(strict, str(user)).says("/avatar girl")).job_id
    refused = await one(strict, "6").says("/avatar girl")
    assert refused.text == texts("en")("errors.limit_place", wait="about 12 min")
    # What was refused for the place did not cost the person anything.
    alone = one(strict, "6", group=False)
    for seed in range(2):
        assert (await alone.says(f"/avatar girl seed:{seed}")).job_id
    assert "2 pictures" in (await alone.says("/avatar girl")).text


async def test_only_what_is_drawn_is_counted(strict: Conversation, drawn: Draw) -> None:
    me = one(strict)
    reply = await me.says("/avatar girl")
    record = await drawn(reply.job_id or "")
    for words in ("/avatar girl count:9", "/avatar nude", "/avatar", "/queue", "/help"):
        assert (await me.says(words)).job_id is None
    first = await me.presses(f"reroll:{record.job_id}:", "600")
    assert first is not None
    assert first.job_id
    # The same click again is the same picture; it finds none left, but none was lost either.
    again = await me.presses(f"reroll:{record.job_id}:", "600")
    assert again is None or again.job_id is None


async def test_what_a_chat_says_twice_is_drawn_and_counted_once(
    strict: Conversation, drawn: Draw
) -> None:
    # As a chat does that never heard of the first answer, because we were killed just then.
    strict.queue.settings = strict.queue.settings.model_copy(update={"double_click": 0.001})
    me = one(strict)
    said = [
        Command(me.person, me.place, name="avatar", words="girl", message_id="7", origin=origin)
        for origin in ("c/7", "c/8")
    ]
    first = await strict.handle(said[0], me)
    assert first is not None
    await drawn(first.job_id or "")
    assert await strict.handle(said[0], me) is None
    second = await strict.handle(said[1], me)
    assert second is not None
    assert second.job_id not in (None, first.job_id)
    # By now there are no more pictures for this person; these are paid for.
    assert "2 pictures" in (await me.says("/avatar girl")).text
    assert [await strict.handle(event, me) for event in said] == [None, None]


async def test_a_full_line_costs_nothing(conversation: Conversation) -> None:
    tight = conversation.queue.settings.model_copy(update={"jobs_per_user": 1})
    conversation.queue.settings = tight
    few = Conversation(
        conversation.queue, conversation.preferences, LimitSettings(user_limit="2/hour")
    )
    me = one(few)
    first = await me.says("/avatar girl seed:1")
    for _ in range(4):
        refused = await me.says("/avatar girl seed:2")
        assert refused.text == texts("en")("errors.too-many-jobs", limit=1)
    await me.says(f"/cancel {first.job_id}")
    assert (await me.says("/avatar girl seed:3")).job_id


async def test_words(somebody: Make, conversation: Conversation, drawn: Draw) -> None:
    for language in LANGUAGES:
        me = somebody(language, locale=language)
        for words in ("/avatar nude girl", "/avatar s e x seed:7", "/avatar 色情"):
            refused = await me.says(words)
            assert refused.text == texts(language)("errors.words")
            assert refused.private
        assert not me.waiting
        assert await conversation.queue.recent(author_of(me)) == []
    me = somebody("1")
    record = await drawn((await me.says("/avatar sexy girl with pink hair")).job_id or "")
    assert record.request.prompt == "girl with pink hair"
    assert record.request.wish.presentation == "girl"
    assert (await me.edits(record.job_id, "n.u.d.e girl")).text == texts("en")("errors.words")


def author_of(me: Somebody) -> Author:
    return Command(me.person, me.place).author


async def test_in_a_telegram_group_a_refusal_is_said_once(conversation: Conversation) -> None:
    place = Place("telegram", "-5", "-5")
    me, you = (Somebody(conversation, Person(user), place) for user in ("1", "2"))

    async def says(who: Somebody, words: str) -> str | None:
        name, _, rest = words.partition(" ")
        event = Command(who.person, who.place, name=name, words=rest, message_id="7")
        reply = await conversation.handle(event, who)
        return None if reply is None else reply.text

    refusal = texts("en")("errors.words")
    assert await says(me, "avatar nude") == refusal
    assert await says(me, "avatar nude") is None
    assert await says(you, "avatar nude") == refusal
    # A mistake is answered each time, and so is everything where nobody else reads it.
    assert await says(me, "avatar girl count:9") == await says(me, "avatar girl count:9")
    alone = Somebody(conversation, Person("1"), Place("telegram", "1", private=True))
    assert await says(alone, "avatar nude") == await says(alone, "avatar nude") == refusal


async def test_threads_belong_to_their_channels(somebody: Make) -> None:
    admin = somebody("2", moderator=True, chat="100")
    await admin.presses("set:s.channels:here")
    thread = somebody("1", chat="555")
    assert "<#100>" in (await thread.says("/avatar girl")).text
    thread.place = replace(thread.place, parent_id="100")
    assert (await thread.says("/avatar girl")).job_id


async def test_nothing_of_it_stays_for_ever(strict: Conversation, server: EmbeddedRedis) -> None:
    await one(strict, "unmistakable").says("/avatar girl")
    client = connection(server.url)
    assert await keys_without_ttl(client) == []
    buckets = [key async for key in client.scan_iter("moemoji:bucket:*")]
    assert len(buckets) == 2
    assert not any(b"unmistakable" in key for key in buckets)
    await client.aclose()
