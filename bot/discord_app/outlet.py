"""Results into Discord: an edit of the waiting message, else a message that names its author."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import discord

from bot.core.carrier import UnreachableError
from bot.core.replies import Reply
from bot.core.results import language_for
from bot.discord_app.controls import view
from bot.discord_app.messages import SIZE_LIMIT, attachments, text_of
from worker.jobs import Address, Record

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_TOKEN_GONE = {10015, 10062, 50027}
_CLOSED = {10003, 10004, 50001, 50007, 50013}


class DiscordOutlet:
    """Where the carrier puts results."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def show(self, record: Record, reply: Reply) -> Address:
        """See `bot.core.carrier.Outlet.show`."""
        asked = record.address
        if record.landed is not None and record.landed.message_id is not None:
            if await self._edit_as_bot(record.landed, reply, record):
                return record.landed
        elif await self._edit_with_token(asked, reply, record):
            return asked
        return await self._send(asked, reply, record)

    async def update(self, record: Record, reply: Reply, drawing: bool) -> None:
        """See `bot.core.carrier.Outlet.update`."""
        await self._edit_with_token(record.address, reply, record)

    async def _edit_with_token(self, address: Address, reply: Reply, record: Record) -> bool:
        """Edit as the interaction's answer; False if its 15 minutes are over or it is gone."""
        if address.token is None:
            return False
        if time.time() >= (address.token_expires or 0):
            return False
        application = self._client.application_id
        if application is None:
            raise RuntimeError("not logged in yet")
        webhook = discord.Webhook.partial(application, address.token, client=self._client)
        # The frontend may have died after Discord had shown the message and before it knew its id.
        which: Any = int(address.message_id) if address.message_id else "@original"
        try:
            await webhook.edit_message(which, **self._content(reply, record))
        except discord.NotFound:
            return False
        except discord.HTTPException as error:
            if error.code in _TOKEN_GONE or error.status == 401:
                return False
            raise
        return True

    async def _edit_as_bot(self, address: Address, reply: Reply, record: Record) -> bool:
        channel = self._client.get_partial_messageable(int(address.chat_id))
        message = channel.get_partial_message(int(address.message_id or 0))
        try:
            await message.edit(**self._content(reply, record))
        except discord.NotFound:
            return False
        except discord.Forbidden as error:
            raise UnreachableError from error
        return True

    async def _send(self, address: Address, reply: Reply, record: Record) -> Address:
        """A new message, mentioning its author since nobody looks for it any more."""
        channel = self._client.get_partial_messageable(int(address.chat_id))
        user = discord.Object(int(record.request.author.user_id))
        content = self._content(reply, record)
        content["files"] = content.pop("attachments")
        content["content"] = f"<@{user.id}> {content['content']}"
        try:
            # The nonce makes Discord itself drop the second one if our answer got lost.
            sent = await channel.send(
                nonce=record.job_id[:25],
                **content | {"allowed_mentions": discord.AllowedMentions(users=[user])},
            )
        except (discord.NotFound, discord.Forbidden) as error:
            raise UnreachableError from error
        except discord.HTTPException as error:
            if error.code in _CLOSED:
                raise UnreachableError from error
            raise
        if address.message_id is not None:
            with suppress(discord.HTTPException):
                await channel.get_partial_message(int(address.message_id)).delete()
        return address.model_copy(
            update={"message_id": str(sent.id), "token": None, "token_expires": None}
        )

    def _content(self, reply: Reply, record: Record) -> dict[str, Any]:
        guild_id = record.request.address.guild_id
        guild = self._client.get_guild(int(guild_id)) if guild_id else None
        files = attachments(reply, guild.filesize_limit if guild is not None else SIZE_LIMIT)
        text = text_of(reply)
        if files is None:
            files, text = [], language_for(record)("errors.size")
        return {
            "content": text,
            "attachments": files,
            "view": view(reply.rows),
            "allowed_mentions": discord.AllowedMentions.none(),
        }
