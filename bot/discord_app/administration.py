"""/admin: one group of subcommands, which Discord shows to who manages the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.core.asked import ACCESS, LIMITS, WORDS
from bot.core.events import Command
from bot.discord_app.localized import described, localized, named
from bot.moderation.rules import MAX_WORD

if TYPE_CHECKING:
    from bot.discord_app.client import MoemojiClient

Interaction = discord.Interaction[Any]
Channel = app_commands.AppCommandChannel | app_commands.AppCommandThread


def _choices(*values: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=value, value=value) for value in values]


def add_admin(client: MoemojiClient) -> None:
    """Put the group into the client's tree.

    Discord's own permissions decide who sees it; who may use it is decided again by us.
    """
    from bot.discord_app.client import who_and_where

    group = app_commands.Group(
        name=localized("commands.admin.name"),
        description=localized("commands.admin.description"),
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )

    def command(name: str) -> Callable[[Any], app_commands.Command[Any, Any, None]]:
        return group.command(
            name=localized(f"admin.{name}.name"),
            description=localized(f"admin.{name}.description"),
        )

    async def handle(interaction: Interaction, do: str, **options: Any) -> None:
        given = {key: str(value) for key, value in options.items() if value not in (None, "")}
        event = Command(
            *who_and_where(interaction),
            name="admin",
            options={"do": do, **given},
            message_id=str(interaction.id),
        )
        await client.answer(interaction, event)

    @command("access")
    @described("rule", "channel", "role", "user")
    @named("rule", "channel", "role", "user")
    @app_commands.choices(rule=_choices(*ACCESS))
    async def access(
        interaction: Interaction,
        rule: str,
        channel: Channel | None = None,
        role: discord.Role | None = None,
        user: discord.User | None = None,
    ) -> None:
        about = {"channel": channel, "role": role, "user": user}
        ids = {kind: chosen.id for kind, chosen in about.items() if chosen is not None}
        await handle(interaction, "access", rule=rule, **ids)

    @command("limit")
    @described("what", value="limit")
    @named("what", value="limit")
    @app_commands.choices(what=_choices(*LIMITS, "cooldown"))
    async def limit(interaction: Interaction, what: str, value: str) -> None:
        await handle(interaction, "limit", what=what, value=value)

    @command("words")
    @described("rule", value="word")
    @named("rule", value="word")
    @app_commands.choices(rule=_choices(*WORDS))
    async def words(
        interaction: Interaction,
        rule: str | None = None,
        value: app_commands.Range[str, 0, MAX_WORD] = "",
    ) -> None:
        await handle(interaction, "words", rule=rule, value=value)

    @command("ban")
    @described("user", "server", "everywhere", value="time")
    @named("user", "server", "everywhere", value="time")
    async def ban(
        interaction: Interaction,
        user: discord.User | None = None,
        value: str = "",
        server: str = "",
        everywhere: bool = False,
    ) -> None:
        whom = None if user is None else user.id
        await handle(
            interaction, "ban", user=whom, value=value, server=server, everywhere=everywhere
        )

    @command("unban")
    @described("user", "server", "everywhere")
    @named("user", "server", "everywhere")
    async def unban(
        interaction: Interaction,
        user: discord.User | None = None,
        server: str = "",
        everywhere: bool = False,
    ) -> None:
        whom = None if user is None else user.id
        await handle(interaction, "unban", user=whom, server=server, everywhere=everywhere)

    def plain(name: str) -> None:
        async def answer(interaction: Interaction) -> None:
            await handle(interaction, name)

        command(name)(answer)

    for name in ("show", "audit", "status"):
        plain(name)
    client.tree.add_command(group)
