"""The conversation over a real Redis: what people write and press, and what they are told."""

from __future__ import annotations

import logging

import pytest
from PIL import Image

from bot import journal
from bot.core import Conversation
from bot.core.carrier import _MILESTONES
from bot.core.events import Action
from bot.core.replies import Reply
from bot.core.results import finished
from bot.settings import FrontendSettings
from bot.texts import LANGUAGES, texts
from generator.compositing import png
from tests.bot.people import Draw, Make, Somebody, asked, pressed
from worker.embedded import EmbeddedRedis
from worker.jobs import Address, Author, new_job_id
from worker.queue import connection, keys_without_ttl

PNG = png(Image.new("RGBA", (8, 8)))


async def test_a_wish_is_queued_with_everything_around_it(
    somebody: Make, conversation: Conversation
) -> None:
    me = somebody(locale="zh-TW")
    job = await asked(me, "/avatar cute girl blorp seed:7 count=2 --background pink")
    record = await conversation.queue.record(job)
    assert record is not None
    request = record.request
    assert request.prompt == "cute girl blorp"
    assert request.wish.presentation == "girl"
    assert "blorp" in request.unknown
    assert (request.seed, request.count, request.background) == (7, 2, "#f7a3bf")
    assert request.locale == "zh_hant"
    assert record.address.message_id is not None
    assert me.waiting[0].text == texts("zh_hant")("say.waiting")


async def test_the_whole_life_of_a_result(
    somebody: Make, drawn: Draw, conversation: Conversation
) -> None:
    me = somebody()
    record = await drawn(await asked(me, "/avatar girl seed:7"))
    pictures = await conversation.queue.result(record.job_id)
    result = await finished(record, "done", None, pictures)
    assert result.picture is not None
    labels = [[button.label for button in row] for row in result.rows]
    assert labels[0] == ["1", "2", "3", "4"]
    assert all(len(b.action.data.encode()) <= 64 for row in result.rows for b in row)

    pick = await drawn(await pressed(me, f"pick:{record.job_id}:2"))
    assert pick.specs == (record.specs[2],)
    assert pick.request.size == 512
    assert pick.request.parent == record.job_id

    varied = await drawn(await pressed(me, f"vary:{pick.job_id}:0"))
    assert len(varied.specs) == 4
    assert varied.request.variation is not None
    assert {spec.style for spec in varied.specs} == {pick.specs[0].style}

    again = await drawn(await pressed(me, f"reroll:{pick.job_id}:"))
    assert len(again.specs) == 4
    assert again.request.size == 256
    assert again.specs[0] != record.specs[0]

    edited = await drawn((await me.edits(record.job_id, "boy")).job_id or "")
    assert edited.request.seed == 7
    assert edited.specs[0].presentation == "boy"

    files = await me.presses(f"file:{record.job_id}:")
    assert files is not None
    assert [file.data for file in files.files] == pictures

    details = await me.presses(f"details:{record.job_id}:")
    assert details is not None
    assert "Seed: 7" in details.text
    assert record.job_id in details.text

    shown = await me.says(f"/show {record.job_id.upper()}")
    assert shown.picture is not None
    assert shown.picture.data == result.picture.data

    form = await me.presses(f"edit:{record.job_id}:")
    assert form is not None
    assert form.form is not None
    assert form.form.text == "girl"

    gone = await me.presses(f"delete:{record.job_id}:")
    assert gone is not None
    assert gone.delete


async def test_an_old_result_is_drawn_again(
    somebody: Make, drawn: Draw, conversation: Conversation, server: EmbeddedRedis
) -> None:
    me = somebody()
    record = await drawn(await asked(me, "/avatar girl background:stars"))
    client = connection(server.url)
    await client.delete(f"moemoji:result:{record.job_id}")
    await client.aclose()
    shown = await drawn(await asked(me, f"/show {record.job_id}"))
    assert shown.specs == record.specs
    files = await drawn(await pressed(me, f"file:{record.job_id}:"))
    assert files.request.background is None
    pictures = await conversation.queue.result(files.job_id)
    assert len((await finished(files, "done", None, pictures)).files) == 4


async def test_a_bare_avatar_offers_ideas(somebody: Make, drawn: Draw) -> None:
    for language in LANGUAGES:
        me = somebody(language, locale=language)
        ideas = await me.says("/avatar")
        assert ideas.text == texts(language)("say.ask")
        assert len(ideas.rows) <= 5
        for button in (ideas.rows[0][0], ideas.rows[0][1], ideas.rows[1][0]):
            record = await drawn(await pressed(me, button.action.data, f"9{button.label}"))
            assert not record.request.unknown, button.label
    surprise = await somebody().presses("style:chibi:")
    assert surprise is not None


async def test_a_wish_of_which_nothing_was_understood_gets_a_hint(
    somebody: Make, drawn: Draw
) -> None:
    hint = texts("en")("say.hint")
    for words, hinted in (("hello there", True), ("blorp", True), ("blorp girl", False)):
        record = await drawn(await asked(somebody(words[-3:]), f"/avatar {words}"))
        assert (hint in (await finished(record, "done", None, [PNG])).text) == hinted, words
    surprise = await somebody("s").presses("idea::")
    assert surprise is not None
    record = await drawn(surprise.job_id or "")
    assert hint not in (await finished(record, "done", None, [PNG])).text


async def test_double_clicks_make_one_job(somebody: Make, drawn: Draw) -> None:
    me = somebody()
    record = await drawn(await asked(me))
    first = await me.presses(f"reroll:{record.job_id}:", "600")
    second = await me.presses(f"reroll:{record.job_id}:", "600")
    assert first is not None
    assert first.job_id is not None
    assert second is None
    assert len(me.waiting) == 2


async def test_a_chat_that_takes_no_waiting_message_gets_its_picture(
    somebody: Make, drawn: Draw
) -> None:
    class Mute(Somebody):
        async def wait(self, reply: Reply) -> Address:
            raise ConnectionError("no answer")

    someone = somebody()
    me = Mute(someone.conversation, someone.person, someone.place)
    record = await drawn(await asked(me))
    assert record.waiting is None
    assert record.state == "done"


async def test_the_first_word_on_the_waiting_message_counts(
    somebody: Make, conversation: Conversation
) -> None:
    me = somebody()
    job = await asked(me)
    queue = conversation.queue
    record = await queue.record(job)
    assert record is not None
    assert record.waiting is not None
    assert await queue.opened(job, record.waiting)
    assert not await queue.opened(job, "")
    assert not await queue.opened("forgotten", "5")

    class Late(Somebody):
        """Whose message arrives after a frontend has decided to do without."""

        async def wait(self, reply: Reply) -> Address:
            (newest, *_) = await queue.recent(Author(platform="discord", user_id="1"))
            assert await queue.opened(newest, "")
            return await super().wait(reply)

    reply = await Late(conversation, me.person, me.place).says("/avatar girl seed:2")
    assert reply.delete


async def test_cancel_under_a_waiting_message_nobody_knows_of_removes_it(
    somebody: Make, drawn: Draw
) -> None:
    me = somebody()
    job = await asked(me)
    (button,) = me.waiting[0].rows[0]
    left_behind = await me.presses(button.action.data, under="77")
    assert left_behind is not None
    assert left_behind.delete
    record = await drawn(await asked(me, "/avatar girl seed:8"))
    assert record.waiting is not None
    late = await me.presses(me.waiting[1].rows[0][0].action.data, under=record.waiting)
    assert late is not None
    assert "already done" in late.text
    assert job != record.job_id


async def test_only_the_author_or_a_moderator_of_the_place(somebody: Make, drawn: Draw) -> None:
    record = await drawn(await asked(somebody("1")))
    for name in ("reroll", "pick", "vary", "edit", "file", "delete", "cancel"):
        for stranger in (somebody("2"), somebody("3", moderator=True, guild="elsewhere")):
            refused = await stranger.presses(f"{name}:{record.job_id}:0")
            assert refused is not None
            assert refused.private
            assert "Only the person" in refused.text, name
    refused = await somebody("2").says(f"/show {record.job_id}")
    assert "Only the person" in refused.text
    seen = await somebody("2").presses(f"details:{record.job_id}:")
    assert seen is not None
    assert "Seed" in seen.text
    deleted = await somebody("3", moderator=True).presses(f"delete:{record.job_id}:")
    assert deleted is not None
    assert deleted.delete


async def test_queue_and_cancel(somebody: Make, conversation: Conversation) -> None:
    me = somebody()
    jobs = [await asked(me, f"/avatar girl seed:{seed}") for seed in range(3)]
    line = await me.says("/queue")
    assert all(job in line.text for job in jobs)
    assert "1st in line" in line.text
    assert line.rows[0][0].action == Action("cancel", jobs[0])
    stopped = await me.says(f"/cancel {jobs[0]}")
    assert "Cancelled 1" in stopped.text
    assert "already done" in (await me.says(f"/cancel {jobs[0]}")).text
    assert "Cancelled 2" in (await me.says("/cancel")).text
    assert "Nothing in line" in (await me.says("/queue")).text


async def test_too_many_at_once_is_said_before_anything_is_shown(somebody: Make) -> None:
    me = somebody()
    for seed in range(5):
        await asked(me, f"/avatar girl seed:{seed}")
    opened = len(me.waiting)
    refused = await me.says("/avatar girl")
    assert "up to 5" in refused.text
    assert refused.private
    assert len(me.waiting) == opened


async def test_forgetting_leaves_nothing(
    somebody: Make, drawn: Draw, server: EmbeddedRedis
) -> None:
    me = somebody("unmistakable")
    await drawn(await asked(me, "/avatar girl"))
    await me.says("/settings style chibi")
    assert "Sure?" in (await me.says("/forget-me")).text
    done = await me.presses("forget::")
    assert done is not None
    assert "(1 in all)" in done.text
    client = connection(server.url)
    keys = [key.decode() async for key in client.scan_iter()]
    assert not [key for key in keys if "unmistakable" in key]
    assert await keys_without_ttl(client) == []
    await client.aclose()


async def test_trouble_of_ours_is_an_apology_with_an_id(
    somebody: Make, server: EmbeddedRedis, caplog: pytest.LogCaptureFixture
) -> None:
    me = somebody()
    await me.says("/help")
    server.kill()
    reply = await me.says("/avatar marshmallow")
    assert "try again in a minute" in reply.text
    assert "marshmallow" not in caplog.text


def test_actions_fit_everywhere() -> None:
    longest = Action("reroll", "x" * 40, "12")
    assert len(longest.data.encode()) <= 64
    assert Action.parse(longest.data) == longest
    for wrong in ("", "x", "reroll:a", "reroll:a b:", "REROLL:a:", "a" * 70, "pick:a:0\n"):
        assert Action.parse(wrong) is None
    assert Action.parse(Action("pick", new_job_id(), "3").data) is not None


def test_positions_close_to_the_front_are_told() -> None:
    assert set(range(8)) <= _MILESTONES


async def test_an_error_of_ours_leaves_no_words_in_the_log(
    somebody: Make, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    journal.begin(FrontendSettings(), secrets=("tok-12345",))
    secret, words = "tok-" + "12345", "marsh" + "mallow"

    def broken(words: str, *_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {words}")

    monkeypatch.setattr("bot.core.drawing.order", broken)
    reply = await somebody().says(f"/avatar {words}")
    assert "ID " in reply.text
    try:
        broken(secret, words)
    except RuntimeError:
        logging.getLogger("a-library").exception("of %s letters", len(words))
    written = capsys.readouterr().err
    trouble = reply.text.split("ID ")[1].rstrip(")")
    assert trouble in written
    assert "in broken" in written
    assert "cannot read ***" in written
    assert secret not in written
    assert words not in written
