"""The Discord adapter in a simulated Discord: real discord.py, real Redis, results by hand."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.core import Conversation
from bot.core.results import finished
from bot.discord_app.client import MoemojiClient
from tests.bot.people import Draw


@pytest.fixture
def client(conversation: Conversation) -> MoemojiClient:
    return MoemojiClient(conversation, None)


@pytest.fixture
def simcord_bot(client: MoemojiClient) -> MoemojiClient:
    return client


@pytest.fixture
def env(simcord_env: Any) -> Any:
    return simcord_env


class World:
    """A server with a channel, a person, a stranger and a moderator."""

    def __init__(self, env: Any) -> None:
        self.guild = env.create_guild()
        self.channel = self.guild.create_text_channel("avatars")
        self.me = self.guild.add_member(env.create_user("me"))
        self.other = self.guild.add_member(env.create_user("other"))
        mods = self.guild.create_role("Mods", permissions=discord.Permissions(manage_guild=True))
        self.moderator = self.guild.add_member(env.create_user("mod"), roles=[mods])


@pytest.fixture
def world(env: Any) -> World:
    return World(env)


async def deliver(client: MoemojiClient, drawn: Draw, job_id: str) -> None:
    """What worker and carrier do."""
    record = await drawn(job_id)
    pictures = await client.conversation.queue.result(job_id)
    reply = await finished(record, "done", None, pictures)
    await client.outlet.show(record, reply)


async def newest(client: MoemojiClient, user: Any) -> str:
    from worker.jobs import Author

    author = Author(platform="discord", user_id=str(user.id))
    return (await client.conversation.queue.recent(author))[0]


async def test_a_wish_is_deferred_and_the_result_edited_in(
    env: Any, world: World, client: MoemojiClient, drawn: Draw
) -> None:
    result = await world.me.slash(world.channel, "avatar", wish="cute girl")
    assert result.deferred
    assert not result.ephemeral
    await deliver(client, drawn, await newest(client, world.me))
    shown = world.channel.last_message
    assert len(shown.attachments) == 1
    labels = [item.label for row in shown.components for item in row.children]
    assert labels[:4] == ["1", "2", "3", "4"]


async def test_buttons_work_after_a_restart(
    env: Any, world: World, client: MoemojiClient, drawn: Draw
) -> None:
    await world.me.slash(world.channel, "avatar", wish="girl")
    await deliver(client, drawn, await newest(client, world.me))
    shown = world.channel.last_message
    again = await world.me.click(shown, label="Again")
    assert again.deferred
    details = await world.other.click(shown, label="Details")
    assert details.ephemeral
    assert "Seed" in details.response.content
    refused = await world.other.click(shown, label="Delete")
    assert refused.ephemeral
    edit = await world.me.click(shown, label="Edit")
    assert edit.modal is not None
    await world.moderator.click(shown, label="Delete")
    assert world.channel.last_message.id != shown.id


async def test_settings_are_a_private_panel(env: Any, world: World) -> None:
    panel = await world.me.slash(world.channel, "settings")
    assert panel.ephemeral
    changed = await world.me.click(panel.response, label="Chibi")
    assert "Style: Chibi" in changed.response.content
    refused = await world.me.slash(world.channel, "settings", what="cooldown", value="30")
    assert "moderators" in refused.response.content
    server = await world.moderator.slash(
        world.channel, "settings", what="cooldown", value="30", **{"for": "s"}
    )
    assert "about 30 s" in server.response.content


async def test_autocomplete_and_menus(env: Any, world: World) -> None:
    choices = await world.me.autocomplete(world.channel, "avatar", "style", "ch")
    assert [choice["value"] for choice in choices] == ["chibi"]
    message = await world.me.send(world.channel, "look")
    told = await world.me.context_menu(world.channel, "Turn into an avatar", message)
    assert "I need a picture for that" in told.response.content
    told = await world.me.context_menu(world.channel, "Draw as an avatar", world.other)
    assert "no picture of their own" in told.response.content


async def test_ideas_for_a_bare_command(env: Any, world: World) -> None:
    ideas = await world.me.slash(world.channel, "avatar")
    assert "Pick an idea" in ideas.response.content
    pressed = await world.me.click(ideas.response, label="Surprise me")
    assert pressed.deferred


async def test_admin_is_one_group_for_managers(
    env: Any, world: World, client: MoemojiClient
) -> None:
    group = client.tree.get_command("admin")
    assert isinstance(group, discord.app_commands.Group)
    assert group.guild_only
    assert group.default_permissions == discord.Permissions(manage_guild=True)
    payload = await group.get_translated_payload(client.tree, client.tree.translator)
    assert payload["name_localizations"]["zh-CN"] == "管理"
    assert {option["name_localizations"]["ja"] for option in payload["options"]} >= {"禁止", "上限"}
    # Discord hides it from the others; if somebody opens it to them, we still say no.
    with pytest.raises(Exception, match="not visible"):
        await world.me.slash(world.channel, "admin show")
    registered = {command.name: command for command in await client.tree.fetch_commands()}
    world.guild.set_command_permissions(registered["admin"], {world.me: True})
    refused = await world.me.slash(world.channel, "admin ban", user=world.other)
    assert refused.ephemeral
    assert "Only moderators" in refused.response.content

    saved = await world.moderator.slash(world.channel, "admin ban", user=world.other, time="2 h")
    assert saved.ephemeral
    assert f"<@{world.other.id}>" in saved.response.content
    told = await world.other.slash(world.channel, "avatar", wish="girl")
    assert told.ephemeral
    assert "about 2 h" in told.response.content
    await world.moderator.slash(world.channel, "admin unban", user=world.other)
    assert (await world.other.slash(world.channel, "avatar", wish="girl")).deferred
    words = await world.moderator.slash(world.channel, "admin words", rule="deny", word="blorp")
    assert "Refused: blorp" in words.response.content
    told = await world.me.slash(world.channel, "avatar", wish="bl0rp girl")
    assert "won't draw that" in told.response.content


async def test_channels_and_roles_come_from_discord(env: Any, world: World) -> None:
    artists = world.guild.create_role("Artists")
    artist = world.guild.add_member(env.create_user("artist"), roles=[artists])
    shown = await world.moderator.slash(world.channel, "admin access", rule="allow", role=artists)
    assert f"<@&{artists.id}>" in shown.response.content
    assert (await artist.slash(world.channel, "avatar", wish="girl")).deferred
    refused = await world.me.slash(world.channel, "avatar", wish="girl")
    assert "Only some people" in refused.response.content
    shown = await world.moderator.slash(
        world.channel, "admin access", rule="deny", channel=world.channel
    )
    assert f"not <#{world.channel.id}>" in shown.response.content
    refused = await artist.slash(world.channel, "avatar", wish="girl")
    assert "don't draw" in refused.response.content
