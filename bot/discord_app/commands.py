"""The slash commands, with names and descriptions in every language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.core.events import Command, Picture
from bot.core.panel import SETTINGS, label
from bot.discord_app.localized import described, localized, named
from bot.texts import language_of, texts

if TYPE_CHECKING:
    from bot.discord_app.client import MoemojiClient

Interaction = discord.Interaction[Any]


def _completions(names: dict[str, str], typed: str) -> list[app_commands.Choice[str]]:
    """What may be meant by what was typed so far: values by their names."""
    return [
        app_commands.Choice(name=name, value=value)
        for value, name in names.items()
        if typed.lower() in f"{value} {name}".lower()
    ]


Decorator = Callable[[Any], app_commands.Command[Any, Any, None]]


def slash(client: MoemojiClient, name: str) -> Decorator:
    """A slash command with its name and description in every language."""
    return client.tree.command(
        name=localized(f"commands.{name}.name"),
        description=localized(f"commands.{name}.description"),
    )


async def answer(
    client: MoemojiClient,
    interaction: Interaction,
    name: str,
    words: str = "",
    pictures: Sequence[Picture] = (),
    **options: Any,
) -> None:
    """Let the conversation answer a command."""
    from bot.discord_app.client import who_and_where

    given = {key: str(value) for key, value in options.items() if value is not None}
    event = Command(
        *who_and_where(interaction),
        name=name,
        words=words,
        options=given,
        message_id=str(interaction.id),
        pictures=tuple(pictures),
    )
    await client.answer(interaction, event)


def add_commands(client: MoemojiClient) -> None:
    """Put the commands about words, jobs and settings into the client's tree."""

    def command(name: str) -> Decorator:
        return slash(client, name)

    async def handle(interaction: Interaction, name: str, words: str = "", **options: Any) -> None:
        await answer(client, interaction, name, words, **options)

    @command("avatar")
    @described("prompt", "style", "count", "seed", "background")
    @named("prompt", "style", "count", "seed", "background")
    async def avatar(
        interaction: Interaction,
        prompt: app_commands.Range[str, 0, 400] = "",
        style: str | None = None,
        count: app_commands.Range[int, 1, 4] | None = None,
        seed: app_commands.Range[int, 0, 2**32 - 1] | None = None,
        background: str | None = None,
    ) -> None:
        await handle(
            interaction,
            "avatar",
            prompt,
            style=style,
            count=count,
            seed=seed,
            background=background,
        )

    @avatar.autocomplete("style")
    async def styles(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = texts(language_of(interaction.locale.value)).section("styles")
        return _completions({value: names[value] for value in names if value != "any"}, typed)

    @avatar.autocomplete("background")
    async def backgrounds(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        # Colours need no list: any name of one will do.
        names = texts(language_of(interaction.locale.value)).section("backgrounds")
        return _completions(names, typed)

    @command("show")
    @described("id")
    @named("id")
    async def show(interaction: Interaction, id: str) -> None:
        await handle(interaction, "show", id)

    @command("cancel")
    @described("id")
    @named("id")
    async def cancel(interaction: Interaction, id: str = "") -> None:
        await handle(interaction, "cancel", id)

    @command("settings")
    @described("what", "value", "scope")
    @named("what", "value", "scope")
    @app_commands.choices(
        what=[
            app_commands.Choice(name=localized(f"settings.{name}"), value=name) for name in SETTINGS
        ],
        scope=[
            app_commands.Choice(name=localized("buttons.mine"), value="m"),
            app_commands.Choice(name=localized("buttons.server"), value="s"),
        ],
    )
    async def settings(
        interaction: Interaction,
        what: str | None = None,
        value: str | None = None,
        scope: str | None = None,
    ) -> None:
        await handle(interaction, "settings", what=what, value=value, scope=scope)

    @settings.autocomplete("value")
    async def values(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        what = str(interaction.namespace["what"] or "")
        say = texts(language_of(interaction.locale.value))
        return _completions({v: label(say, what, v) for v in SETTINGS.get(what, ())}, typed)

    def plain(name: str) -> None:
        async def answered(interaction: Interaction) -> None:
            await handle(interaction, name)

        command(name)(answered)

    for name in ("queue", "help", "privacy", "forget"):
        plain(name)
