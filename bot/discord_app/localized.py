"""Names and descriptions of commands in every language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.texts import DISCORD_LOCALES, texts

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


def localized(key: str) -> locale_str:
    """The text of that key: English, and what the `Localizer` makes of it."""
    return locale_str(texts("en")(key), key=key)


def described(*options: str, **others: str) -> Callable[[T], T]:
    """Describes options by the texts under their names; `others` have texts by another one."""
    keys = {option: option for option in options} | others
    return app_commands.describe(
        **{option: localized(f"options.{key}.description") for option, key in keys.items()}
    )


def named(*options: str, **others: str) -> Callable[[T], T]:
    """Names options likewise."""
    keys = {option: option for option in options} | others
    return app_commands.rename(
        **{option: localized(f"options.{key}.name") for option, key in keys.items()}
    )
