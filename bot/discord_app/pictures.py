"""Commands about pictures, and the "Apps" menus of messages and members.

Bytes are read when the command comes: Discord's addresses of attachments expire. They are all
Discord's own; nobody can have us fetch anything from elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.core.events import Picture
from bot.core.refusals import RefusalError
from bot.discord_app.commands import Interaction, answer, slash
from bot.discord_app.localized import described, localized, named
from bot.texts import language_of

if TYPE_CHECKING:
    from bot.discord_app.client import MoemojiClient

_PORTRAIT = 512
"""Pixels of a profile picture."""
_CHOICES = 25
"""As many as Discord shows."""


def add_pictures(client: MoemojiClient) -> None:
    """Put them into the client's tree."""

    @slash(client, "selfie")
    @described("picture", "prompt", "count", "background")
    @named("picture", "prompt", "count", "background")
    async def selfie(
        interaction: Interaction,
        picture: discord.Attachment,
        prompt: app_commands.Range[str, 0, 400] = "",
        count: app_commands.Range[int, 1, 4] | None = None,
        background: str | None = None,
    ) -> None:
        given = {"count": count, "background": background}
        await answer(client, interaction, "selfie", prompt, [attached(picture)], **given)

    add_stylize(client)

    def blending(name: str) -> None:
        @slash(client, name)
        @described("sources", "member", "member2", "picture", "picture2", "parts", "weights")
        @named("sources", "member", "member2", "picture", "picture2", "parts", "weights")
        async def blend(
            interaction: Interaction,
            sources: app_commands.Range[str, 0, 400] = "",
            member: discord.User | None = None,
            member2: discord.User | None = None,
            picture: discord.Attachment | None = None,
            picture2: discord.Attachment | None = None,
            parts: str | None = None,
            weights: str | None = None,
        ) -> None:
            pictures = [
                *(portrait(user) for user in (member, member2) if user is not None),
                *(attached(file) for file in (picture, picture2) if file is not None),
            ]
            given = {"parts": parts, "weights": weights}
            await answer(client, interaction, name, sources, pictures, **given)

    blending("blend")
    blending("morph")

    @client.tree.context_menu(name=localized("menus.picture"))
    async def message_menu(interaction: Interaction, message: discord.Message) -> None:
        pictures = [
            attached(file)
            for file in message.attachments
            if (file.content_type or "").startswith("image/")
        ]
        await answer(client, interaction, "selfie", "", pictures[:1])

    @client.tree.context_menu(name=localized("menus.member"))
    async def member_menu(interaction: Interaction, user: discord.User) -> None:
        await answer(client, interaction, "selfie", "", [portrait(user)])


def add_stylize(client: MoemojiClient) -> None:
    """Put /stylize into the client's tree."""

    @slash(client, "stylize")
    @described(
        *("picture", "weights", "like", "strength", "keep", "faces"),
        style="painting",
        style2="painting2",
    )
    @named(
        *("picture", "weights", "like", "strength", "keep", "faces"),
        style="painting",
        style2="painting2",
    )
    async def stylize(
        interaction: Interaction,
        picture: discord.Attachment,
        style: str | None = None,
        style2: str | None = None,
        weights: str | None = None,
        like: discord.Attachment | None = None,
        strength: app_commands.Range[int, 1, 100] | None = None,
        keep: bool | None = None,
        faces: bool | None = None,
    ) -> None:
        pictures = [attached(file) for file in (picture, like) if file is not None]
        percent = None if strength is None else f"{strength}%"
        styles = {"style": style, "style2": style2, "weights": weights}
        look = {"strength": percent, "keep": keep, "faces": faces}
        await answer(client, interaction, "stylize", "", pictures, **styles, **look)

    async def completed(
        interaction: Interaction, typed: str, *, mixing: bool
    ) -> list[app_commands.Choice[str]]:
        skills = await client.conversation.queue.skills()
        language = language_of(interaction.locale.value)
        offered = [style for style in skills.styles if style.mixes or not mixing] if skills else []
        named = [(style.name(language), style.key) for style in offered]
        return [
            app_commands.Choice(name=name[:100], value=key)
            for name, key in named
            if typed.lower() in f"{key} {name}".lower()
        ][:_CHOICES]

    @stylize.autocomplete("style")
    async def first(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await completed(interaction, typed, mixing=False)

    @stylize.autocomplete("style2")
    async def second(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await completed(interaction, typed, mixing=True)


def attached(file: discord.Attachment) -> Picture:
    """A picture that was uploaded."""
    return Picture(file.read, file.size, address=file.url)


def at_address(client: discord.Client, address: str) -> Picture:
    """A picture that was used before. Discord signs addresses of attachments for about a day."""

    async def fetch() -> bytes:
        try:
            return await client.http.get_from_cdn(address)
        except (discord.NotFound, discord.Forbidden) as error:
            raise RefusalError("photo_away") from error

    return Picture(fetch, address=address)


def portrait(user: discord.User | discord.Member) -> Picture:
    """Somebody's profile picture, as it is shown here."""
    shown = user.display_avatar
    asset = shown.replace(size=_PORTRAIT, static_format="png")

    async def fetch() -> bytes:
        if shown == user.default_avatar:
            raise RefusalError("no_portrait")
        return await asset.read()

    return Picture(fetch, address=asset.url)
