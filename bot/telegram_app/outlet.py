"""Results into Telegram: an edit of the waiting message, else a message of its own."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from telegram import Bot, InputMediaAnimation, Message, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.core.carrier import UnreachableError
from bot.core.replies import Reply
from bot.telegram_app.messages import TEXT_LIMIT, albums, keyboard, medium
from worker.jobs import Address, Record

UNCHANGED = "not modified"
_NO_MESSAGE = ("message to edit not found", "message can't be edited", "no media in the message")
_NO_CHAT = ("chat not found", "peer_id_invalid", "group chat was upgraded", "user is deactivated")


def said(error: BadRequest, *phrases: str) -> bool:
    """Telegram tells bad requests apart by their text only."""
    return any(phrase in error.message.lower() for phrase in phrases)


class TelegramOutlet:
    """Where the carrier puts results; also what answers at once."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def show(self, record: Record, reply: Reply) -> Address:
        """See `bot.core.carrier.Outlet.show`."""
        address = record.landed or record.address
        try:
            # An album is several messages: none can be edited into it.
            album = len(reply.files) > 1
            if address.message_id is not None and not album and await self.edit(address, reply):
                return address
            sent = await self.send(address, reply)
            if address.message_id is not None:
                with suppress(TelegramError):
                    await self.bot.delete_message(address.chat_id, int(address.message_id))
        except Forbidden as error:
            raise UnreachableError from error
        except BadRequest as error:
            if said(error, *_NO_CHAT):
                raise UnreachableError from error
            raise
        return address.model_copy(update={"message_id": str(sent.message_id)})

    async def update(self, record: Record, reply: Reply, drawing: bool) -> None:
        """See `bot.core.carrier.Outlet.update`."""
        address = record.address
        if drawing:
            with suppress(TelegramError):
                await self.bot.send_chat_action(
                    address.chat_id, ChatAction.UPLOAD_PHOTO, message_thread_id=_thread(address)
                )
        if address.message_id is not None:
            await self.edit(address, reply)

    async def edit(self, address: Address, reply: Reply) -> bool:
        """Put a reply in place of a message; False if that message is gone.

        Raises:
            TelegramError: if Telegram does not take it for another reason.
        """
        where: dict[str, Any] = {
            "chat_id": address.chat_id,
            "message_id": int(address.message_id or 0),
            "reply_markup": keyboard(reply.rows),
        }
        media = medium(reply)
        try:
            if media is not None:
                await self.bot.edit_message_media(media, **where)
            else:
                await self.bot.edit_message_text(reply.text[:TEXT_LIMIT], **where)
        except BadRequest as error:
            if said(error, UNCHANGED):
                return True
            if said(error, *_NO_MESSAGE):
                return False
            raise
        return True

    async def send(self, address: Address, reply: Reply, reply_to: int | None = None) -> Message:
        """Send a reply as a new message.

        Args:
            address: The chat and thread.
            reply: What to send.
            reply_to: The message it answers, shown above it.

        Raises:
            TelegramError: if Telegram does not take it.
        """
        where: dict[str, Any] = {
            "chat_id": address.chat_id,
            "message_thread_id": _thread(address),
            "reply_parameters": None
            if reply_to is None
            else ReplyParameters(reply_to, allow_sending_without_reply=True),
        }
        if len(reply.files) > 1:
            sent: list[Message] = []
            for album in albums(reply):
                sent += await self.bot.send_media_group(media=album, **where)
            return sent[0]
        where["reply_markup"] = keyboard(reply.rows)
        media = medium(reply)
        if media is None:
            return await self.bot.send_message(text=reply.text[:TEXT_LIMIT], **where)
        if reply.picture is not None and media.type == "photo":
            return await self.bot.send_photo(photo=media.media, caption=media.caption, **where)
        if isinstance(media, InputMediaAnimation):
            return await self.bot.send_animation(
                animation=media.media, caption=media.caption, **where
            )
        return await self.bot.send_document(
            document=media.media,
            caption=media.caption,
            disable_content_type_detection=True,
            **where,
        )


def _thread(address: Address) -> int | None:
    return None if address.thread_id is None else int(address.thread_id)
