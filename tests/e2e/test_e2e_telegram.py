"""The Telegram frontend as a process, against a Bot API server on a socket."""

from __future__ import annotations

import asyncio
import io
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession
from PIL import Image

from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.fake_telegram_messages import Message, chat_json, person
from tests.e2e.processes import SMALL, Program
from worker.embedded import EmbeddedRedis

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    server: EmbeddedRedis, worker: Program, telegram: FakeTelegram
) -> AsyncIterator[Program]:
    async with Program("bot", "telegram", REDIS_URL=server.url, **telegram.environment) as program:
        await program.ready()
        await worker.ready()
        yield program


async def last(telegram: FakeTelegram, chat: int, kind: str = "photo", count: int = 1) -> Message:
    """The newest message of a kind, when there are so many."""
    await telegram.until(lambda: sum(m.kind == kind for m in telegram.in_chat(chat)) >= count)
    return [m for m in telegram.in_chat(chat) if m.kind == kind][-1]


async def test_a_wish_becomes_a_picture_in_the_waiting_message(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "/avatar cute girl blorp")
    shown = await last(telegram, me)
    assert len(telegram.in_chat(me)) == 1
    assert "cute girl" in shown.text
    (data,) = shown.files.values()
    assert Image.open(io.BytesIO(data)).size == (520, 520)
    assert [button["text"] for button in shown.keyboard[0]] == ["1", "2", "3", "4"]


async def test_plain_text_in_private_is_a_wish_in_the_persons_language(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "二次元女孩", language="zh-hans")
    shown = await last(telegram, me)
    assert "点数字看大图" in shown.text
    await telegram.press(me, shown, "2", language="zh-hans")
    large = await last(telegram, me, count=2)
    (data,) = large.files.values()
    assert Image.open(io.BytesIO(data)).size == (512, 512)


async def test_groups_hear_only_what_is_for_us(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "hello there", -me)
    await telegram.write(me, "/avatar@other_bot girl", -me)
    await telegram.write(me, "/weather", -me)
    asked = await telegram.write(me, "/avatar@moemoji_bot girl", -me)
    shown = await last(telegram, -me)
    assert [m.id for m in telegram.in_chat(-me)] == [shown.id]
    assert shown.reply_to == asked


async def test_only_the_author_or_a_moderator(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "/avatar girl", -me)
    shown = await last(telegram, -me)
    await telegram.press(me + 1, shown, "Again")
    await telegram.until(lambda: any("Only the person" in str(text) for text in telegram.alerts))
    telegram.administrators.add(me + 2)
    await telegram.press(me + 2, shown, "Delete")
    await telegram.until(lambda: shown.deleted)


async def test_administrators_of_a_group_make_its_rules(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    def said(part: str) -> int:
        return sum(part in m.text for m in telegram.in_chat(-me))

    await telegram.write(me, "/admin words deny blorp", -me)
    await telegram.until(lambda: said("Only moderators") == 1)
    telegram.administrators.add(me + 1)
    await telegram.write(me + 1, "/admin@moemoji_bot words deny blorp", -me)
    await telegram.until(lambda: said("Refused: blorp") == 1)
    # Once for each person, however often they try: nobody else wants to read it.
    for _ in range(3):
        await telegram.write(me, "/avatar b l o r p", -me)
    await telegram.write(me + 2, "/avatar blorp", -me)
    await telegram.write(me + 2, "/queue", -me)
    await telegram.until(lambda: said("Nothing in line") == 1 and said("won't draw that") == 2)
    # A ban is an answer to what somebody wrote: Telegram tells no ids of names.
    theirs = {
        "message_id": 5,
        "date": 1,
        "chat": chat_json(-me),
        "from": person(me),
        "text": "spam",
    }
    await telegram.write(me + 1, "/admin ban 2 h", -me, reply_to_message=theirs)
    await telegram.until(lambda: said(f"Banned: {me} (about 2 h)") == 1)
    await telegram.write(me, "/avatar girl", -me)
    await telegram.until(lambda: said("can't use me here for about 2 h") == 1)
    # Who is no administrator any more changes nothing any more, from that moment on.
    telegram.administrators.discard(me + 1)
    await telegram.write(me + 1, f"/admin unban {me}", -me)
    await telegram.until(lambda: said("Only moderators") == 2)


async def test_files_are_an_album_of_documents(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "/avatar girl seed:7")
    shown = await last(telegram, me)
    await telegram.press(me, shown, "As file")
    await last(telegram, me, "document", count=4)
    album = [m for m in telegram.in_chat(me) if m.kind == "document"]
    assert "PNG" in album[0].text
    for message in album:
        (data,) = message.files.values()
        assert Image.open(io.BytesIO(data)).format == "PNG"


async def test_edit_by_reply_survives_a_restart(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "/avatar girl seed:7")
    shown = await last(telegram, me)
    await telegram.press(me, shown, "Edit")
    await telegram.until(lambda: any(m.force_reply for m in telegram.in_chat(me)))
    question = next(m for m in telegram.in_chat(me) if m.force_reply)
    await bot.restart()
    await bot.ready()
    await telegram.write(me, "boy", reply_to_message=question.json())
    edited = await last(telegram, me, count=2)
    assert "boy" in edited.text
    await telegram.press(me, edited, "Details")
    await telegram.until(lambda: any("Seed: 7" in m.text for m in telegram.in_chat(me)))


async def test_limits_and_faults_of_the_service(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    telegram.fail("sendMessage", 429, parameters={"retry_after": 1}, description="Too Many")
    telegram.fail("editMessageMedia", 500, times=2)
    await telegram.write(me, "/avatar girl")
    shown = await last(telegram, me)
    assert len(telegram.in_chat(me)) == 1
    assert shown.kind == "photo"


async def test_a_picture_quicker_than_the_waiting_message_is_edited_into_it(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    telegram.pause("sendMessage", 1)
    await telegram.write(me, "/avatar girl")
    shown = await last(telegram, me)
    assert telegram.in_chat(me) == [shown]
    assert shown.edits == 1


async def test_a_frontend_killed_between_hearing_and_asking_the_worker(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    # To learn whether somebody moderates a group is the last thing before the job is made.
    telegram.calls.clear()
    telegram.pause("getChatMember", 60)
    await telegram.write(me, "/avatar girl", -me)
    await telegram.until(lambda: "getChatMember" in telegram.calls)
    # What else it asks for meanwhile must not tell Telegram that this one may be forgotten.
    polls = telegram.polls
    await telegram.write(me + 1, "/avatar boy")
    await last(telegram, me + 1)
    await telegram.until(lambda: telegram.polls > polls + 1)
    await bot.restart(signal.SIGKILL)
    await bot.ready()
    shown = await last(telegram, -me)
    await telegram.write(me, "/help", -me)
    await telegram.until(lambda: len(telegram.in_chat(-me)) > 1)
    assert telegram.in_chat(-me)[0] == shown
    assert sum(m.kind == "photo" for m in telegram.in_chat(-me)) == 1
    assert len(telegram.in_chat(me + 1)) == 1


async def test_a_frontend_told_to_stop_finishes_what_it_heard(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    telegram.calls.clear()
    telegram.pause("getChatMember", 1)
    await telegram.write(me, "/help", -me)
    await telegram.until(lambda: "getChatMember" in telegram.calls)
    await bot.restart()
    assert [m.kind for m in telegram.in_chat(-me)] == ["text"]
    await bot.ready()
    # It is confirmed, so that it is not said again.
    await telegram.until(lambda: not telegram.updates)
    assert len(telegram.in_chat(-me)) == 1


async def test_a_frontend_killed_while_it_posts_the_waiting_message(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    telegram.pause("sendMessage", 60)
    await telegram.write(me, "/avatar girl")
    await telegram.until(lambda: telegram.in_chat(me))
    await bot.restart(signal.SIGKILL)
    await bot.ready()
    # It never knew the message's number: the picture comes as one of its own.
    shown = await last(telegram, me)
    await bot.ready("delivered")
    (left_behind, _) = telegram.in_chat(me)
    await telegram.press(me, left_behind, "Cancel")
    await telegram.until(lambda: telegram.in_chat(me) == [shown])


async def test_a_deleted_waiting_message_is_replaced(
    bot: Program, worker: Program, telegram: FakeTelegram, me: int
) -> None:
    telegram.fail("editMessageMedia", 400, description="Bad Request: message to edit not found")
    await telegram.write(me, "/avatar girl")
    await last(telegram, me)
    await telegram.until(lambda: len(telegram.in_chat(me)) == 1)


async def test_results_of_an_absence_are_delivered(
    bot: Program, worker: Program, telegram: FakeTelegram, me: int
) -> None:
    await worker.stop()
    await telegram.write(me, "/avatar girl")
    await telegram.until(lambda: telegram.in_chat(me) and telegram.in_chat(me)[0].edits)
    assert "in line" in telegram.in_chat(me)[0].text
    await bot.stop()
    await worker.start()
    await worker.ready()
    await bot.start()
    await last(telegram, me)
    assert len(telegram.in_chat(me)) == 1


async def test_forgetting_and_privacy(bot: Program, telegram: FakeTelegram, me: int) -> None:
    await telegram.write(me, "/avatar girl")
    await last(telegram, me)
    await telegram.write(me, "/forgetme")
    await telegram.until(lambda: any("Sure?" in m.text for m in telegram.in_chat(me)))
    asked = next(m for m in telegram.in_chat(me) if "Sure?" in m.text)
    await telegram.press(me, asked, "Yes, delete everything")
    await telegram.until(lambda: "(1 in all)" in asked.text)


async def test_the_menu_of_commands_is_set_once(bot: Program, telegram: FakeTelegram) -> None:
    assert {"", "zh", "ja"} <= set(telegram.commands)
    assert "forgetme" in {command["command"] for command in telegram.commands[""]}
    offered = {
        who: "admin" in {command["command"] for command in commands}
        for who, commands in telegram.commands.items()
    }
    assert [who for who, admin in offered.items() if admin] == [
        f"{code}@all_chat_administrators" for code in ("", "zh", "ja")
    ]
    telegram.calls.clear()
    await bot.restart()
    await bot.ready()
    assert "setMyCommands" not in telegram.calls


async def test_nothing_private_in_the_log(bot: Program, telegram: FakeTelegram, me: int) -> None:
    telegram.fail("sendPhoto|editMessageMedia", 500, times=1)
    await telegram.write(me, "/avatar girl marshmallow")
    await last(telegram, me)
    assert "marshmallow" not in bot.log
    assert "fake-telegram-token" not in bot.log
    assert "delivered" in bot.log


async def test_a_webhook_with_its_secret(unused_tcp_port: int, me: int) -> None:
    with EmbeddedRedis() as server:
        async with FakeTelegram() as telegram:
            secret = "only-telegram-knows-this"
            environment = {
                "REDIS_URL": server.url,
                **telegram.environment,
                "TELEGRAM_WEBHOOK_URL": "https://example.org",
                "TELEGRAM_WEBHOOK_SECRET": secret,
                "TELEGRAM_WEBHOOK_LISTEN": "127.0.0.1",
                "TELEGRAM_WEBHOOK_PORT": str(unused_tcp_port),
            }
            async with (
                Program("worker", REDIS_URL=server.url, MOEMOJI_ENGINE=SMALL) as worker,
                Program("bot", "telegram", **environment) as program,
                ClientSession() as http,
            ):
                await program.ready()
                await worker.ready()
                assert telegram.webhook["url"] == "https://example.org/telegram"
                assert telegram.webhook["secret_token"] == secret
                await telegram.write(me, "/avatar girl")
                update = telegram.updates.pop()
                url = f"http://127.0.0.1:{unused_tcp_port}/telegram"
                async with http.post(url, json=update) as refused:
                    assert refused.status == 403
                signed = {"X-Telegram-Bot-Api-Secret-Token": secret}
                async with http.post(url, json=update, headers=signed) as accepted:
                    assert accepted.status == 200
                await last(telegram, me)
                assert secret not in program.log

                # Only what was handled is answered: Telegram sends the rest again.
                telegram.pause("getChatMember", 60)
                await telegram.write(me, "/avatar girl", -me)
                update = telegram.updates.pop()
                lost = asyncio.create_task(http.post(url, json=update, headers=signed))
                await telegram.until(lambda: "getChatMember" in telegram.calls)
                await program.restart(signal.SIGKILL)
                with pytest.raises(ClientError):
                    await lost
                await program.ready()
                async with http.post(url, json=update, headers=signed) as accepted:
                    assert accepted.status == 200
                await last(telegram, -me)


async def test_a_token_that_telegram_refuses_is_one_sentence(server: EmbeddedRedis) -> None:
    async with FakeTelegram() as telegram:
        environment = telegram.environment | {"TELEGRAM_TOKEN": "12345:somebody-elses"}
        async with Program("bot", "telegram", REDIS_URL=server.url, **environment) as program:
            assert await program.wait() == 78
            assert "TELEGRAM_TOKEN is not accepted by Telegram; copy it anew.\n" in program.log
            assert "somebody-elses" not in program.log


async def test_slow_drawing_is_told_and_can_be_cancelled(me: int) -> None:
    with EmbeddedRedis() as server:
        async with FakeTelegram() as telegram:
            slow = {
                "MOEMOJI_ENGINE": SMALL,
                "MOEMOJI_TEST_PACE": "2",
                "MOEMOJI_BATCH_PICTURES": "1",
            }
            environment = {"REDIS_URL": server.url, **telegram.environment}
            async with (
                Program("worker", REDIS_URL=server.url, **slow) as worker,
                Program("bot", "telegram", **environment) as program,
            ):
                await worker.ready()
                await program.ready()
                await telegram.write(me, "/avatar girl")
                await telegram.until(lambda: any("Drawing" in m.text for m in telegram.in_chat(me)))
                assert "sendChatAction" in telegram.calls
                (waiting,) = telegram.in_chat(me)
                await telegram.press(me, waiting, "Cancel")
                await telegram.until(lambda: waiting.text == "Cancelled.")
