"""/admin through the conversation, over a real Redis: what managers and owners decide holds."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import Conversation
from bot.core.asked import SUBCOMMANDS, read
from bot.core.events import Command, Person, Place
from bot.moderation.rules import Deed
from bot.settings import LimitSettings
from bot.texts import LANGUAGES, texts
from tests.bot.people import Make, Somebody
from worker.embedded import EmbeddedRedis
from worker.queue import connection, keys_without_ttl

EN = texts("en")
NONSENSE = (
    *("", "x", "deny", "allow user", "deny user x:y", "user \u0663/hour", "1 " * 50, "total 1/s"),
    *(
        "allow channel a:b",
        "ignore \u3099",
        "99999999999 99999 weeks",
        "clear role 5",
        "\U0001f1ea",
    ),
    *("server :", "server discord:", "deny <@5> everywhere"),
)
OPTIONS = ("do", "rule", "what", "value", "channel", "role", "user", "server", "everywhere")


@pytest.fixture
def owned(conversation: Conversation) -> Conversation:
    settings = LimitSettings(owners="discord:99, telegram:98")
    return Conversation(conversation.queue, conversation.preferences, settings)


def someone(
    conversation: Conversation,
    user: str = "1",
    *,
    guild: str | None = "5",
    chat: str = "c",
    platform: str = "discord",
    moderator: bool = False,
    roles: tuple[str, ...] = (),
) -> Somebody:
    place = Place(platform, chat, guild, private=guild is None)  # type: ignore[arg-type]
    return Somebody(conversation, Person(user, moderator=moderator, roles=roles), place)


async def draws(who: Somebody, words: str = "/avatar girl") -> str:
    """Nothing if it is drawn, else what is said instead."""
    reply = await who.says(words)
    if reply.job_id is not None:
        await who.says("/cancel")
        return ""
    return reply.text


async def test_only_managers(owned: Conversation) -> None:
    for who in (someone(owned), someone(owned, "2", guild=None)):
        assert (await who.says("/admin ban 7")).text == EN("errors.moderator")
        assert (await who.says("/admin")).text == EN("errors.moderator")
    manager = someone(owned, "2", moderator=True)
    assert (await manager.says("/admin")).text == EN("say.admin_help")
    for words in ("ban 7 everywhere", "limit total 5/hour", "status", "ban server discord:5"):
        assert (await manager.says(f"/admin {words}")).text == EN("errors.admin_owner")
    assert EN("say.help_admin") in (await manager.says("/help")).text
    assert EN("say.help_admin") not in (await someone(owned).says("/help")).text


async def test_every_language_names_the_subcommands(owned: Conversation) -> None:
    manager = someone(owned, "2", moderator=True)
    for language in LANGUAGES:
        say = texts(language)
        for name in ("show", "words", "audit"):
            words = f"/{say('commands.admin.name')} {say(f'admin.{name}.name')}"
            assert (await manager.says(words)).text != EN("say.admin_help")


async def test_bans(owned: Conversation) -> None:
    manager, me = someone(owned, "2", moderator=True), someone(owned, "1")
    saved = await manager.says("/admin ban 1")
    assert "<@1>" in saved.text
    assert saved.private
    assert await draws(me) == EN("errors.banned")
    assert (await me.says("/help")).text == EN("errors.banned")
    # Their data is theirs nevertheless, and elsewhere nothing has changed.
    assert (await me.says("/privacy")).text != EN("errors.banned")
    assert "Sure?" in (await me.says("/forget-me")).text
    assert await draws(someone(owned, "1", guild="6")) == ""
    assert await draws(someone(owned, "1", guild=None)) == ""
    assert (await manager.says("/admin unban 3")).text == EN("errors.admin_not_banned")
    await manager.says("/admin unban <@1>")
    assert await draws(me) == ""

    await manager.says("/admin ban 1 2 h")
    assert await draws(me) == EN("errors.banned_until", wait="about 2 h")
    assert "about 2 h" in (await manager.says("/admin show")).text
    assert "Possible" in (await manager.says("/admin ban 1 soon")).text
    assert (await manager.says("/admin ban somebody")).text == EN("errors.admin_whom")


async def test_a_ban_ends_by_itself(owned: Conversation) -> None:
    manager, me = someone(owned, "2", moderator=True), someone(owned, "1")
    book = owned._limits.rulebook
    deed = owned._limits.deed(Command(manager.person, manager.place), "ban")
    await book.ban(manager.place.owner, "user:discord:1", 3.0, deed)
    assert "can't use me here for" in await draws(me)
    async with asyncio.timeout(60):
        while await draws(me):
            await asyncio.sleep(0.1)
    assert await book.bans(manager.place.owner) == []


async def test_owners_ban_everywhere(owned: Conversation) -> None:
    owner = someone(owned, "99", guild=None)
    await owner.says("/admin ban 1")
    for place in ({"guild": "5"}, {"guild": "6"}, {"guild": None}):
        assert await draws(someone(owned, "1", **place)) == EN("errors.banned")
    # A manager cannot lift it, nor does being one help.
    manager = someone(owned, "1", moderator=True)
    assert (await manager.says("/admin unban 1")).text == EN("errors.banned")
    await owner.says("/admin unban discord:1")
    assert await draws(someone(owned, "1")) == ""

    await owner.says("/admin ban server discord:5 1 week")
    assert "about 7 days" in await draws(someone(owned, "3"))
    assert await draws(someone(owned, "3", guild="6")) == ""
    assert await draws(someone(owned, "99")) == ""
    await owner.says("/admin unban server discord:5")
    assert await draws(someone(owned, "3")) == ""
    status = (await owner.says("/admin status")).text
    assert "Workers: 0" in status


async def test_channels_roles_and_people(owned: Conversation) -> None:
    manager = someone(owned, "2", moderator=True, chat="100")
    await manager.says("/admin access deny here")
    assert await draws(someone(owned, chat="100")) == EN("errors.channel_none")
    assert await draws(someone(owned, chat="200")) == ""
    await manager.says("/admin access allow channel 300")
    assert "<#300>" in await draws(someone(owned, chat="200"))
    shown = (await manager.says("/admin show")).text
    assert "only <#300>, not <#100>" in shown
    await manager.says("/admin access clear <#300>")
    await manager.says("/admin access clear here")

    await manager.says("/admin access allow role 11")
    await manager.says("/admin access allow user 3")
    assert await draws(someone(owned)) == EN("errors.role")
    assert await draws(someone(owned, roles=("10", "11"))) == ""
    assert await draws(someone(owned, "3")) == ""
    await manager.says("/admin access deny <@&12>")
    assert await draws(someone(owned, roles=("11", "12"))) == EN("errors.role")
    # Denying somebody is a ban, of which there is one list only.
    await manager.says("/admin access deny user 3")
    assert await draws(someone(owned, "3")) == EN("errors.banned")
    await manager.says("/admin unban 3")
    await manager.says("/admin access clear role 11")
    await manager.says("/admin access clear role 12")
    assert await draws(someone(owned)) == ""
    telegram = someone(owned, "2", platform="telegram", guild="-7", moderator=True)
    assert (await telegram.says("/admin access allow role 1")).text == EN("errors.admin_role")


async def test_caps_of_a_place(owned: Conversation) -> None:
    manager = someone(owned, "2", moderator=True)
    await manager.says("/admin limit user 1/hour")
    assert await draws(someone(owned)) == ""
    assert "1 pictures" in await draws(someone(owned))
    assert await draws(someone(owned, guild="6")) == ""
    # Managers are not bound by their own caps.
    for _ in range(3):
        assert await draws(manager) == ""
    await manager.says("/admin limit user off")
    assert await draws(someone(owned)) == ""
    await manager.says("/admin limit server 2 per hour")
    assert await draws(someone(owned, "7")) == ""
    assert await draws(someone(owned, "8")) == ""
    assert "This place" in await draws(someone(owned, "9"))
    await manager.says("/admin limit server off")
    await manager.says("/admin limit cooldown 2 min")
    assert await draws(someone(owned, "9")) == ""
    assert await draws(someone(owned, "9")) == EN("errors.cooldown", wait="about 2 min")
    for words, said in (
        ("limit user many", "20/hour"),
        ("limit cooldown 4000", "3600"),
        ("limit colour 5/hour", "cooldown"),
        ("access", "allow"),
        ("access allow", "reply"),
        ("words shout x", "ignore"),
    ):
        assert said in (await manager.says(f"/admin {words}")).text, words


async def test_owners_limit_everybody(owned: Conversation) -> None:
    owner = someone(owned, "99")
    assert "everywhere" in (await owner.says("/admin limit total 2/hour")).text
    assert await draws(someone(owned, "1")) == ""
    assert await draws(someone(owned, "2", guild="6")) == ""
    assert "So many people" in await draws(someone(owned, "3", guild=None))
    await owner.says("/admin limit total off")
    await owner.says("/admin limit user 1/hour everywhere")
    assert "1 pictures" in await draws(someone(owned, "1"))


async def test_words_of_a_place(owned: Conversation) -> None:
    manager, me = someone(owned, "2", moderator=True), someone(owned)
    await manager.says("/admin words deny blorp")
    await manager.says("/admin words ignore Green  Frog")
    assert await draws(me, "/avatar b.l.o.r.p girl") == EN("errors.words")
    assert await draws(someone(owned, guild="6"), "/avatar blorp girl") == ""
    reply = await me.says("/avatar girl with green frog hat")
    record = await owned.queue.record(reply.job_id or "")
    assert record is not None
    assert record.request.prompt == "girl with hat"
    listed = (await manager.says("/admin words")).text
    assert listed == EN("say.admin_words", deny="blorp", ignore="Green Frog")
    await manager.says("/admin words ignore BLORP")
    assert "Refused: –" in (await manager.says("/admin words")).text
    await manager.says("/admin words remove blorp")
    assert await draws(me, "/avatar blorp girl") == ""
    for word in ("", "!!!", "x" * 41, "\u200b"):
        refused = (await manager.says(f"/admin words deny {word}")).text
        assert refused == EN("errors.admin_word", limit=40)
    full = "\n".join(f"word{number}x" for number in range(200))
    book, deed = owned._limits.rulebook, Deed("somebody", "words", "c")
    await book.change(manager.place.owner, {"deny": full}, deed)
    assert "full" in (await manager.says("/admin words deny another")).text


async def test_an_old_wish_is_judged_by_todays_rules(owned: Conversation) -> None:
    me, manager = someone(owned), someone(owned, "2", moderator=True)
    record = await owned.queue.record((await me.says("/avatar blorp girl")).job_id or "")
    assert record is not None
    await manager.says("/admin words deny blorp")
    refused = await me.presses(f"reroll:{record.job_id}:", "700")
    assert refused is not None
    assert refused.text == EN("errors.words")


async def test_the_audit_names_no_one(owned: Conversation, server: EmbeddedRedis) -> None:
    manager = someone(owned, "4711", moderator=True, chat="100")
    await manager.says("/admin ban 4712 3 d")
    await manager.says("/admin limit user 20/hour")
    await manager.says("/settings server cooldown 30")
    await manager.says("/admin access allow user 4713")
    await manager.says("/admin unban 4712")
    told = (await manager.says("/admin audit")).text
    deeds = told.splitlines()[1:]
    assert [line.split(": ", 1)[1].split(" (")[0] for line in deeds][1:4] == [
        deeds[1].split(": ", 1)[1].split(" (")[0],
        "settings cooldown 30",
        "limit user 20/hour",
    ]
    assert "unban user" in deeds[0]
    assert deeds[-1].endswith("4320 min (100)")
    assert not any(name in told for name in ("4711", "4712", "4713"))
    other = someone(owned, "2", guild="6", moderator=True)
    assert EN("say.nothing") in (await other.says("/admin audit")).text

    client = connection(server.url)
    book, deed = owned._limits.rulebook, Deed("somebody", "limit", "c")
    for _ in range(23):
        await asyncio.gather(*(book.change(manager.place.owner, {}, deed) for _ in range(10)))
    assert await client.xlen("moemoji:audit:place:discord:5") == 200
    assert await keys_without_ttl(client) == []
    await client.aclose()


async def test_the_console_is_the_owners(owned: Conversation) -> None:
    me = Somebody(owned, Person("somebody"), Place("console", "terminal", private=True))
    assert "everywhere" in (await me.says("/admin show")).text
    await me.says("/admin ban discord:1 1h")
    assert "can't use me" in await draws(someone(owned, "1"))
    await me.says("/admin words deny blorp")
    assert await draws(someone(owned, "2"), "/avatar blorp") == EN("errors.words")
    assert (await me.says("/admin access allow channel 1")).text == EN("errors.admin_here")
    assert (await me.says("/admin limit cooldown 5")).text == EN("errors.admin_here")
    assert (await me.says("/admin ban 5")).text == EN("errors.admin_whom")


async def test_the_word_filter_can_be_switched_off(conversation: Conversation) -> None:
    settings = LimitSettings(word_filter=False)
    free = Conversation(conversation.queue, conversation.preferences, settings)
    assert await draws(someone(free), "/avatar nude girl") == ""
    await someone(free, "2", moderator=True).says("/admin words deny blorp")
    assert await draws(someone(free), "/avatar blorp") == EN("errors.words")


@given(st.text(max_size=40), st.dictionaries(st.sampled_from(OPTIONS), st.text(max_size=20)))
def test_anything_can_be_read(words: str, options: dict[str, str]) -> None:
    event = Command(Person("1"), Place("discord", "c", "5"), words=words, options=options)
    assert read(event).do in {*SUBCOMMANDS, "help", options.get("do", "help").strip()}


@pytest.mark.parametrize("do", [*SUBCOMMANDS, "help", "nothing"])
async def test_nonsense_is_no_trouble(owned: Conversation, do: str) -> None:
    everybody = (someone(owned, "2", moderator=True), someone(owned, "99", guild=None))
    for rest in NONSENSE:
        for who in everybody:
            assert "having trouble" not in (await who.says(f"/admin {do} {rest}")).text


async def test_settings_and_admin_are_one(somebody: Make) -> None:
    admin = somebody("2", moderator=True, chat="100")
    await admin.says("/settings server cooldown 30")
    assert "about 30 s" in (await admin.says("/admin show")).text
    await admin.says("/admin limit cooldown off")
    assert "no wait" in (await admin.says("/settings server")).text
    await admin.presses("set:s.channels:here")
    await admin.presses("set:s.channels:not-here")
    assert "–" in (await admin.says("/admin show")).text.splitlines()[1]
