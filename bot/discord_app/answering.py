"""One interaction, from its arrival to its answer."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import structlog

from bot.core import Conversation
from bot.core.carrier import Carrier
from bot.core.events import Event, Picture, Press
from bot.core.replies import Reply
from bot.discord_app.controls import form, view
from bot.discord_app.messages import attachments, text_of
from bot.discord_app.pictures import at_address
from worker.jobs import Address

log = structlog.get_logger(__name__)

ACKNOWLEDGE_WITHIN = 1.5
"""Seconds; Discord gives up after 3, and the way there takes time as well."""
TOKEN_LIFE = 15 * 60 - 30
"""Seconds that an interaction's token is used; Discord's own limit is 15 minutes."""


class Answering:
    """Answers one interaction and lends the conversation its waiting message."""

    def __init__(
        self, interaction: discord.Interaction[Any], carrier: Carrier | None, event: Event
    ) -> None:
        self._interaction = interaction
        self._event = event
        self._carrier = carrier
        self._deferring = asyncio.Lock()
        self._message_id: int | None = None
        self._hurried = False

    async def answer(self, conversation: Conversation) -> None:
        """Ask the conversation and show what it says."""
        hurry = asyncio.create_task(self._acknowledge_in_time())
        try:
            reply = await conversation.handle(self._event, self)
        finally:
            # Never in the middle of its request: the lock waits for that one.
            async with self._deferring:
                hurry.cancel()
        try:
            await self._show(reply, conversation)
        except discord.NotFound:
            # The message was deleted meanwhile, or we came too late: nobody waits any more.
            log.info("interaction-gone", platform="discord")
        if reply is not None and reply.job_id is not None and self._carrier is not None:
            self._carrier.follow(reply.job_id)

    async def wait(self, reply: Reply) -> Address:
        """The waiting message: Discord's own "is thinking", which is free."""
        interaction = self._interaction
        async with self._deferring:
            if not interaction.response.is_done():
                answer = await interaction.response.defer(thinking=True)
                self._message_id = None if answer is None else answer.message_id
        if self._message_id is None:
            self._message_id = (await interaction.original_response()).id
        return self.here().model_copy(update={"message_id": str(self._message_id)})

    def here(self) -> Address:
        """The channel, with the token by which the answer to this interaction is edited."""
        interaction = self._interaction
        return Address(
            platform="discord",
            chat_id=str(interaction.channel_id),
            guild_id=None if interaction.guild_id is None else str(interaction.guild_id),
            token=interaction.token,
            token_expires=interaction.created_at.timestamp() + TOKEN_LIFE,
        )

    def again(self, address: str) -> Picture:
        """A picture of Discord's own, by its address there."""
        return at_address(self._interaction.client, address)

    async def _acknowledge_in_time(self) -> None:
        await asyncio.sleep(ACKNOWLEDGE_WITHIN)
        async with self._deferring:
            if not self._interaction.response.is_done():
                # Pictures take a while to get: what comes of them is for everybody.
                event = self._event
                again = isinstance(event, Press) and event.action.name == "paint"
                private = not (event.pictures or again)
                await self._interaction.response.defer(ephemeral=private, thinking=True)
                self._hurried = True

    async def _show(self, reply: Reply | None, conversation: Conversation) -> None:
        interaction, response = self._interaction, self._interaction.response
        if reply is None:
            if not response.is_done():
                await response.defer()
            elif self._hurried:
                await interaction.delete_original_response()
            return
        if reply.job_id is not None:
            return
        if reply.delete:
            await self._remove()
            return
        if reply.form is not None and not response.is_done():
            await response.send_modal(form(reply.form))
            return
        files = attachments(reply, interaction.filesize_limit)
        content = text_of(reply)
        if files is None:
            files, content = [], (await conversation.speech(self._event))("errors.size")
        buttons = view(reply.rows)
        if response.is_done():
            await interaction.edit_original_response(
                content=content, attachments=files, view=buttons
            )
        elif reply.replace and interaction.type is discord.InteractionType.component:
            await response.edit_message(content=content, attachments=files, view=buttons)
        else:
            # To send, unlike to edit, an empty view is an error.
            shown: dict[str, Any] = {"view": buttons} if reply.rows else {}
            await response.send_message(content, files=files, ephemeral=reply.private, **shown)

    async def _remove(self) -> None:
        """Delete the waiting message, or that whose button was pressed."""
        interaction = self._interaction
        if not interaction.response.is_done():
            await interaction.response.defer()
        await interaction.delete_original_response()
        if self._hurried and self._message_id is None and interaction.message is not None:
            # That was only the "is thinking" of our hurry.
            await interaction.message.delete()
