"""The Discord frontend as a process, against a gateway and a REST API on a socket."""

from __future__ import annotations

import io
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_discord_messages import Message, Sent
from tests.e2e.processes import Program
from worker.embedded import EmbeddedRedis
from worker.queue import connection

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    server: EmbeddedRedis, worker: Program, discord: FakeDiscord
) -> AsyncIterator[Program]:
    async with Program("bot", "discord", REDIS_URL=server.url, **discord.environment) as program:
        await program.ready()
        await worker.ready()
        yield program


async def picture(discord: FakeDiscord, sent: Sent) -> Message:
    """The answer of an interaction, when it shows a picture."""
    await discord.until(lambda: sent.message is not None and bool(sent.message.files))
    assert sent.message is not None
    return sent.message


async def answer(discord: FakeDiscord, sent: Sent) -> Message:
    """The answer of an interaction, when it says something."""
    await discord.until(lambda: sent.message is not None and not sent.message.thinking)
    assert sent.message is not None
    return sent.message


async def test_a_wish_becomes_one_grid_with_buttons(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    sent = await discord.slash(me, "avatar", wish="cute girl blorp")
    shown = await picture(discord, sent)
    assert "cute girl" in shown.content
    assert "blorp" in shown.content
    (data,) = shown.files.values()
    assert Image.open(io.BytesIO(data)).size == (520, 520)
    assert list(shown.buttons)[:4] == ["1", "2", "3", "4"]
    assert not shown.ephemeral


async def test_buttons_after_a_restart(bot: Program, discord: FakeDiscord, me: int) -> None:
    shown = await picture(discord, await discord.slash(me, "avatar", wish="girl", count=2))
    await bot.restart()
    await bot.ready()
    large = await picture(discord, await discord.click(me, shown, "2"))
    (data,) = large.files.values()
    assert Image.open(io.BytesIO(data)).size == (512, 512)
    varied = await picture(discord, await discord.click(me, large, "Variations"))
    assert "Some variations" in varied.content
    again = await picture(discord, await discord.click(me, shown, "Again"))
    assert again.files != shown.files
    files = await discord.click(me, shown, "As file")
    assert len((await picture(discord, files)).files) == 2
    told = await answer(discord, await discord.click(me + 1, shown, "Details"))
    assert "Seed:" in told.content
    assert told.ephemeral
    refused = await answer(discord, await discord.click(me + 1, shown, "Delete"))
    assert refused.ephemeral
    assert not shown.deleted
    await discord.click(me + 2, shown, "Delete", moderator=True)
    await discord.until(lambda: shown.deleted)


async def test_the_form_works_over_a_restart(bot: Program, discord: FakeDiscord, me: int) -> None:
    shown = await picture(discord, await discord.slash(me, "avatar", wish="girl", seed=7))
    asked = await discord.click(me, shown, "Edit")
    await discord.until(lambda: asked.modal is not None)
    assert asked.modal is not None
    assert asked.modal["components"][0]["component"]["value"] == "girl"
    await bot.restart()
    await bot.ready()
    edited = await picture(discord, await discord.submit(me, asked.modal, "boy"))
    assert "boy" in edited.content
    told = await answer(discord, await discord.click(me, edited, "Details"))
    assert "Seed: 7" in told.content


async def test_without_its_token_a_result_becomes_a_message_that_mentions(
    bot: Program, worker: Program, discord: FakeDiscord, me: int
) -> None:
    discord.messages.clear()
    await worker.stop()
    sent = await discord.slash(me, "avatar", wish="girl")
    await discord.until(lambda: sent.message is not None)
    sent.expired = True
    await worker.start()
    await discord.until(lambda: any(m.files for m in discord.messages.values()))
    await discord.until(lambda: sum(not m.deleted for m in discord.messages.values()) == 1)
    (shown,) = (m for m in discord.messages.values() if not m.deleted)
    assert shown.content.startswith(f"<@{me}> ")
    assert shown.files


async def test_rate_limits_and_faults(bot: Program, discord: FakeDiscord, me: int) -> None:
    discord.messages.clear()
    discord.fail(r"PATCH /webhooks", 429, retry_after=0.3, message="slow", **{"global": False})
    discord.fail(r"PATCH /webhooks", 500)
    sent = await discord.slash(me, "avatar", wish="girl")
    await picture(discord, sent)
    assert len(discord.messages) == 1


async def test_a_frontend_killed_while_it_answers(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    discord.messages.clear()
    discord.pause(60)
    sent = await discord.slash(me, "avatar", wish="girl")
    await discord.until(lambda: sent.message is not None)
    await bot.restart(signal.SIGKILL)
    await bot.ready()
    await picture(discord, sent)
    assert len(discord.messages) == 1


async def test_commands_are_registered_once_and_in_every_language(
    bot: Program, server: EmbeddedRedis, discord: FakeDiscord
) -> None:
    names = {command["name"]: command for command in discord.commands}
    assert {"avatar", "show", "queue", "cancel", "settings", "help", "privacy", "forget-me"} <= set(
        names
    )
    assert names["avatar"]["name_localizations"]["zh-CN"] == "头像"
    assert names["avatar"]["description_localizations"]["ja"]
    assert names["avatar"]["options"][0]["name_localizations"]["zh-TW"] == "描述"
    assert {2, 3} <= {command["type"] for command in discord.commands}
    await bot.restart()
    await bot.ready()
    assert discord.syncs == 1
    # As if another version had registered its own.
    async with connection(server.url) as client:
        (note,) = [key async for key in client.scan_iter("moemoji:note:discord-commands:*")]
        await client.set(note, "other commands", ex=60)
    await bot.restart()
    await bot.ready()
    assert discord.syncs == 2


async def test_refusals_are_for_the_persons_eyes_and_in_their_language(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    told = await answer(
        discord, await discord.slash(me, "avatar", wish="girl", background="xyz", locale="ja")
    )
    assert told.ephemeral
    assert "背景" in told.content
    ideas = await answer(discord, await discord.slash(me, "avatar", locale="zh-CN"))
    assert "想画谁" in ideas.content
    assert "随便来一张" in ideas.buttons
    drawn = await picture(discord, await discord.click(me, ideas, "随便来一张", locale="zh-CN"))
    assert "惊喜" in drawn.content


async def test_an_upload_that_is_too_big_says_so(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    shown = await picture(discord, await discord.slash(me, "avatar", wish="girl"))
    told = await answer(discord, await discord.click(me, shown, "As file", limit=100))
    assert "too big" in told.content


async def test_nothing_private_in_the_log(bot: Program, discord: FakeDiscord, me: int) -> None:
    discord.fail(r"PATCH /webhooks", 400, message="Invalid Form Body", code=50035)
    await picture(discord, await discord.slash(me, "avatar", wish="girl marshmallow"))
    assert "marshmallow" not in bot.log
    assert "fake-discord-token" not in bot.log
    assert "not-delivered" in bot.log
