"""What can be said: options, settings and names in every language, and refusals that help."""

from __future__ import annotations

import pytest

from bot.core import Conversation
from bot.core.events import ACTION
from bot.core.wishes import split
from bot.texts import LANGUAGES, texts
from tests.bot.people import Draw, Make, asked, pressed


async def test_styles_go_by_their_names_in_every_language(
    somebody: Make, conversation: Conversation
) -> None:
    for number, style in enumerate(("Q版", "ちびキャラ", "Chibi", "chibi")):
        record = await conversation.queue.record(
            await asked(somebody(str(number)), f"/avatar 女孩 style:{style}")
        )
        assert record is not None
        assert record.request.wish.style == "chibi", style


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/avatar girl count:9", "1 to 4"),
        ("/avatar girl seed:x", "whole number"),
        ("/avatar girl seed:4294967296", "4294967295"),
        ("/avatar girl style:cubist", "Moe, Chibi"),
        ("/avatar girl background:nope", "sakura"),
        ("/avatar " + "x" * 401, "400"),
        ("/show", "/show k3v9"),
        ("/show zzzzzzzzzzzz", "any more"),
        ("/dance", "/dance"),
        ("/settings colour red", "style, count"),
        ("/settings style cubist", "Moe, Chibi, Either"),
        ("/settings count", "automatic, 1, 2, 3, 4"),
    ],
)
async def test_refusals_say_what_to_do(somebody: Make, words: str, said: str) -> None:
    reply = await somebody().says(words)
    assert said in reply.text
    assert reply.private


async def test_settings_of_a_person_and_of_a_group(
    somebody: Make, conversation: Conversation, drawn: Draw
) -> None:
    me, admin = somebody("1"), somebody("2", moderator=True)
    panel = await me.says("/settings style chibi")
    assert "Chibi" in panel.text
    await me.presses("set:m.count:2")
    record = await conversation.queue.record(await asked(me))
    assert record is not None
    assert (record.request.wish.style, record.request.count) == ("chibi", 2)
    # And back: the choice is taken back, so that the group's counts again.
    for back in ("/settings count auto", "/settings count automatic"):
        await me.says("/settings count 2")
        assert "Pictures: automatic" in (await me.says(back)).text
    await admin.says("/settings server count 3")
    record = await conversation.queue.record(await asked(me))
    assert record is not None
    assert record.request.count == 3
    await admin.says("/settings server count auto")

    assert "Only moderators" in (await me.says("/settings server cooldown 30")).text
    refused = await me.presses("set:s.cooldown:30")
    assert refused is not None
    assert "Only moderators" in refused.text
    shown = await admin.says("/settings server")
    assert len(shown.rows) == 5
    assert all(len(row) <= 5 for row in shown.rows)
    assert all(ACTION.fullmatch(button.action.data) for row in shown.rows for button in row)

    saved = await admin.says("/settings", what="language", value="ja", scope="s")
    assert "保存しました" in saved.text
    assert "番目" in (await me.says("/queue")).text
    private = somebody("1", guild=None)
    assert "Nothing in line" not in (await private.says("/queue")).text
    assert (await private.says("/help")).text.startswith("/avatar cute girl")
    await admin.says("/settings server language auto")

    await admin.says("/settings server cooldown 30")
    first = await drawn(await asked(me))
    refused = await me.says("/avatar girl")
    assert "30 s" in refused.text
    await pressed(me, f"pick:{first.job_id}:0")
    await asked(somebody("1", guild=None))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_settings_go_by_their_names_in_every_language(somebody: Make, language: str) -> None:
    say, me = texts(language), somebody(locale=language)
    style, chibi = say("settings.style"), say("styles.chibi")
    panel = await me.says(f"/settings {style} {chibi}")
    assert chibi in panel.text.splitlines()[2]
    name = say("language.name")
    assert name in (await me.says(f"/settings {say('settings.language')} {name}")).text
    refused = await me.says("/settings blorp")
    assert style in refused.text
    refused = await me.says(f"/settings {style} blorp")
    assert chibi in refused.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_backgrounds_go_by_their_names_in_every_language(
    somebody: Make, conversation: Conversation, language: str
) -> None:
    say, me = texts(language), somebody(locale=language)
    colour = {"en": "light-blue", "zh_hans": "浅蓝色", "zh_hant": "淺藍色", "ja": "水色"}[language]
    for name, word in {**say.section("backgrounds"), "#7cc8dc": colour}.items():
        option = f"{say('options.background.name')}：{word}"
        record = await conversation.queue.record(await asked(me, f"/avatar girl {option}"))
        assert record is not None
        assert record.request.background == (None if name == "transparent" else name)
        await conversation.queue.cancel(record.job_id, None)
    # As Discord has a field of its own for it, with spaces.
    record = await conversation.queue.record(
        await asked(me, "/avatar girl", background=colour.replace("-", " "))
    )
    assert record is not None
    assert record.request.background == "#7cc8dc"
    refused = await me.says("/avatar girl background:blorp")
    assert say("backgrounds.sakura") in refused.text


async def test_channels(somebody: Make) -> None:
    admin = somebody("2", moderator=True, chat="100")
    await admin.presses("set:s.channels:here")
    here, there = somebody("1", chat="100"), somebody("1", chat="200")
    await asked(here)
    refused = await there.says("/avatar girl")
    assert "<#100>" in refused.text
    assert "<#100>" in (await there.says("/avatar")).text
    await admin.presses("set:s.channels:not-here")
    assert "don't draw in this chat" in (await here.says("/avatar girl")).text
    await admin.presses("set:s.channels:everywhere")
    await asked(there)


async def test_names_of_commands_in_every_language(somebody: Make) -> None:
    me = somebody(locale="zh-CN")
    assert (await me.says("/帮助")).text == texts("zh_hans")("say.help")
    assert (await me.says("/頭像 女孩")).job_id is not None
    assert (await me.says("/Forget_Me")).text == texts("zh_hans")("say.forget_ask")
    privacy = await me.says("/privacy")
    assert "30 天" in privacy.text
    assert "24 小时" in privacy.text


@pytest.mark.parametrize(
    ("words", "prompt", "options"),
    [
        ("cute girl", "cute girl", {}),
        ("cute girl seed:7", "cute girl", {"seed": "7"}),
        ("女孩 seed：7", "女孩", {"seed": "7"}),
        ("--count 2 girl —seed 7", "girl", {"count": "2", "seed": "7"}),
        ("girl with style", "girl with style", {}),
        ("Style:Chibi girl", "girl", {"style": "Chibi"}),
        ("nurseseed:7", "nurseseed:7", {}),
        ("女孩 张数:2 畫風：Q版", "女孩", {"count": "2", "style": "Q版"}),
        ("女の子 シード：7", "女の子", {"seed": "7"}),
        ("女孩，画风:Q版，双马尾", "女孩，双马尾", {"style": "Q版"}),
        ("女の子、枚数：2", "女の子", {"count": "2"}),
        ("girl, seed:7, twintails, count:2.", "girl, twintails", {"seed": "7", "count": "2"}),
    ],
)
def test_options_inside_a_wish(words: str, prompt: str, options: dict[str, str]) -> None:
    assert split(words) == (prompt, options)
