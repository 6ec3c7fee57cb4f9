"""The slash commands and context menus, with names and descriptions in every language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.core.conversation import values_of
from bot.core.events import Command, Pictures
from bot.core.panel import SETTINGS
from bot.texts import DISCORD_LOCALES, language_of, texts

if TYPE_CHECKING:
    from bot.discord_app.client import MoemojiClient

Interaction = discord.Interaction[Any]
T = TypeVar("T")


class Localizer(app_commands.Translator):
    """Looks names and descriptions up in the texts."""

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text of a language Moemoji speaks; None for the others."""
        language, key = DISCORD_LOCALES.get(locale.value), string.extras.get("key")
        return texts(language)(key) if language and key else None


def _text(key: str) -> locale_str:
    return locale_str(texts("en")(key), key=key)


def _described(*options: str) -> Callable[[T], T]:
    return app_commands.describe(**{o: _text(f"options.{o}.description") for o in options})


def _named(*options: str) -> Callable[[T], T]:
    return app_commands.rename(**{o: _text(f"options.{o}.name") for o in options})


def add_commands(client: MoemojiClient) -> None:
    """Put every command into the client's tree."""
    from bot.discord_app.client import who_and_where

    tree = client.tree

    def command(name: str) -> Callable[[Any], app_commands.Command[Any, Any, None]]:
        return tree.command(
            name=_text(f"commands.{name}.name"),
            description=_text(f"commands.{name}.description"),
        )

    async def handle(interaction: Interaction, name: str, words: str = "", **options: Any) -> None:
        given = {key: str(value) for key, value in options.items() if value is not None}
        event = Command(
            *who_and_where(interaction),
            name=name,
            words=words,
            options=given,
            message_id=str(interaction.id),
        )
        await client.answer(interaction, event)

    @command("avatar")
    @_described("prompt", "style", "count", "seed", "background")
    @_named("prompt", "style", "count", "seed", "background")
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
        return [
            app_commands.Choice(name=name, value=value)
            for value, name in names.items()
            if value != "any" and typed.lower() in f"{value} {name}".lower()
        ]

    @command("show")
    @_described("id")
    @_named("id")
    async def show(interaction: Interaction, id: str) -> None:
        await handle(interaction, "show", id)

    @command("cancel")
    @_described("id")
    @_named("id")
    async def cancel(interaction: Interaction, id: str = "") -> None:
        await handle(interaction, "cancel", id)

    @command("settings")
    @_described("what", "value", "scope")
    @_named("what", "value", "scope")
    @app_commands.choices(
        what=[app_commands.Choice(name=name, value=name) for name in SETTINGS],
        scope=[
            app_commands.Choice(name=_text("buttons.mine"), value="m"),
            app_commands.Choice(name=_text("buttons.server"), value="s"),
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
        return [
            app_commands.Choice(name=value, value=value)
            for value in values_of(what)
            if typed.lower() in value
        ]

    def plain(name: str) -> None:
        async def answer(interaction: Interaction) -> None:
            await handle(interaction, name)

        command(name)(answer)

    for name in ("queue", "help", "privacy", "forget"):
        plain(name)

    @tree.context_menu(name=_text("menus.picture"))
    async def picture(interaction: Interaction, message: discord.Message) -> None:
        pictures = [
            file for file in message.attachments if (file.content_type or "").startswith("image/")
        ]
        event = Pictures(
            *who_and_where(interaction), count=len(pictures), message_id=str(interaction.id)
        )
        await client.answer(interaction, event)

    @tree.context_menu(name=_text("menus.member"))
    async def member(interaction: Interaction, user: discord.User) -> None:
        event = Pictures(
            *who_and_where(interaction), of_member=True, message_id=str(interaction.id)
        )
        await client.answer(interaction, event)
