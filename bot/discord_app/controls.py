"""Buttons, menus and forms, without any state of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.core.events import ACTION, Action, Press
from bot.core.replies import Button, Form, Rows

if TYPE_CHECKING:
    from bot.discord_app.client import MoemojiClient

_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "main": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}

_CHOICES = 25
"""As many as a menu holds."""


class Control(discord.ui.DynamicItem[discord.ui.Button[Any]], template=ACTION):
    """Every button of ours: its custom_id says all, so that it works after any restart."""

    def __init__(self, button: Button, row: int | None = None) -> None:
        super().__init__(
            discord.ui.Button(
                style=_STYLES[button.look],
                label=button.label[:80],
                custom_id=button.action.data,
                emoji=button.emoji,
                row=row,
            )
        )
        self.action = button.action

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """The button that was pressed."""
        return cls(Button("–", Action(**match.groupdict())))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the conversation."""
        await _press(interaction, self.action)


class Menu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=f"menu/{ACTION.pattern}"):
    """A button's choices: what is chosen says all, as with a button."""

    def __init__(self, button: Button, row: int | None = None) -> None:
        super().__init__(
            discord.ui.Select(
                # No button's, which would hear of it as well.
                custom_id=f"menu/{button.action.data}",
                placeholder=f"{button.emoji or ''} {button.label}".strip()[:150],
                options=[
                    discord.SelectOption(
                        label=choice.label[:100], value=choice.action.data, emoji=choice.emoji
                    )
                    for choice in button.choices
                ],
                row=row,
            )
        )

    @classmethod
    async def from_custom_id(
        cls,
        interaction: discord.Interaction[Any],
        item: discord.ui.Item[Any],
        match: re.Match[str],
        /,
    ) -> Self:
        """The menu in which something was chosen."""
        return cls(Button("–", Action(**match.groupdict())))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand what was chosen to the conversation, as a press of that button."""
        data: Any = interaction.data or {}
        action = Action.parse(next(iter(data.get("values", ())), ""))
        if action is not None:
            await _press(interaction, action)


async def _press(interaction: discord.Interaction[Any], action: Action) -> None:
    from bot.discord_app.client import who_and_where

    message = interaction.message
    event = Press(
        *who_and_where(interaction),
        action=action,
        message_id=None if message is None else str(message.id),
    )
    await cast("MoemojiClient", interaction.client).answer(interaction, event)


def view(rows: Rows) -> discord.ui.View:
    """The rows under a message; an empty view takes buttons away."""
    made = discord.ui.View(timeout=None)
    for number, row in enumerate(rows[:5]):
        for button in row[:5]:
            fits = 0 < len(button.choices) <= _CHOICES
            made.add_item(Menu(button, number) if fits else Control(button, number))
    return made


def form(asked: Form) -> discord.ui.Modal:
    """A form whose answer arrives as an interaction with "edited:JOB:" or so for custom_id."""
    # The time only says how long discord.py remembers it; the answer is not awaited there.
    made = discord.ui.Modal(
        title=asked.title[:45], custom_id=Action(asked.question, asked.job_id).data, timeout=900
    )
    made.add_item(
        discord.ui.Label(
            text=asked.label[:45],
            component=discord.ui.TextInput(
                style=discord.TextStyle.paragraph,
                default=asked.text[: asked.limit] or None,
                max_length=asked.limit,
            ),
        )
    )
    return made
