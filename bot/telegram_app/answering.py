"""One update, from its arrival to its answer."""

from __future__ import annotations

from contextlib import suppress

import structlog
from telegram import CallbackQuery, ForceReply, ReplyParameters
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.core import Conversation
from bot.core.carrier import Carrier
from bot.core.events import Event, Picture, Press
from bot.core.preferences import Preferences
from bot.core.refusals import RefusalError
from bot.core.replies import Form, Reply
from bot.telegram_app.outlet import TelegramOutlet
from worker.jobs import Address

log = structlog.get_logger(__name__)

_ALERT_LIMIT = 200
"""Characters that fit the pop-up which only the person sees who pressed."""


class Answering:
    """Answers one event and lends the conversation its waiting message.

    Args:
        outlet: What sends and edits.
        query: The button's press to confirm, if it was one.
    """

    def __init__(
        self, outlet: TelegramOutlet, event: Event, query: CallbackQuery | None = None
    ) -> None:
        self._outlet = outlet
        self._event = event
        self._query = query
        self._waiting: Address | None = None

    async def answer(
        self, conversation: Conversation, preferences: Preferences, carrier: Carrier | None
    ) -> bool:
        """Ask the conversation and show what it says.

        Returns:
            Whether it became a job.
        """
        reply = await conversation.handle(self._event, self)
        try:
            if reply is not None and reply.job_id is not None:
                if carrier is not None:
                    carrier.follow(reply.job_id)
            elif reply is not None:
                await self._show(reply, preferences)
        except Forbidden:
            log.info("chat-closed", platform="telegram")
        finally:
            await self._confirm()
        return reply is None or reply.job_id is not None

    def here(self) -> Address:
        """The chat, or its topic."""
        return self._here()

    async def wait(self, reply: Reply) -> Address:
        """The waiting message, as an answer to the command in groups."""
        await self._confirm()
        here = self._here()
        sent = await self._outlet.send(here, reply, self._answered())
        self._waiting = here.model_copy(update={"message_id": str(sent.message_id)})
        return self._waiting

    def again(self, address: str) -> Picture:
        """Never asked: pictures are found in the messages that ours answer."""
        raise RefusalError("photo_away")

    async def _show(self, reply: Reply, preferences: Preferences) -> None:
        pressed = self._here(self._event.message_id) if isinstance(self._event, Press) else None
        if reply.delete:
            await self._delete(self._waiting or pressed)
        elif reply.form is not None:
            await self._ask(reply.form, preferences)
        elif self._waiting is not None:
            await self._outlet.edit(self._waiting, reply)
        elif reply.replace and pressed is not None:
            if not await self._outlet.edit(pressed, reply):
                await self._outlet.send(self._here(), reply)
        elif self._fits_alert(reply):
            await self._confirm(reply.text)
        else:
            await self._outlet.send(self._here(), reply, self._answered())

    def _answered(self) -> int | None:
        """The message that ours answers: that with the picture, so that its buttons find it."""
        event = self._event
        if event.pictures and event.pictures[0].message_id is not None:
            return int(event.pictures[0].message_id)
        return None if event.place.private else int(event.message_id or 0) or None

    def _fits_alert(self, reply: Reply) -> bool:
        """Private answers to a press pop up, where nobody else sees them."""
        return (
            self._query is not None
            and reply.private
            and not reply.rows
            and not reply.files
            and len(reply.text) <= _ALERT_LIMIT
        )

    async def _ask(self, form: Form, preferences: Preferences) -> None:
        """There are no forms: a question whose reply is recognized by its message."""
        place = self._event.place
        sent = await self._outlet.bot.send_message(
            place.chat_id,
            form.ask,
            message_thread_id=None if place.thread_id is None else int(place.thread_id),
            # Selective: only the one who is replied to gets the input field.
            reply_markup=ForceReply(selective=True, input_field_placeholder=form.text[:64] or None),
            reply_parameters=None
            if place.private
            else ReplyParameters(
                int(self._event.message_id or 0), allow_sending_without_reply=True
            ),
        )
        await preferences.ask(
            f"telegram:{place.chat_id}", str(sent.message_id), form.question, form.job_id
        )

    async def _delete(self, address: Address | None) -> None:
        if address is None or address.message_id is None:
            return
        with suppress(BadRequest):
            await self._outlet.bot.delete_message(address.chat_id, int(address.message_id))

    async def _confirm(self, text: str | None = None) -> None:
        """End the button's little clock, once."""
        query, self._query = self._query, None
        if query is not None:
            # A press older than a restart may be too old to confirm; its work is still done.
            with suppress(TelegramError):
                await query.answer(text, show_alert=text is not None)

    def _here(self, message_id: str | None = None) -> Address:
        place = self._event.place
        return Address(
            platform="telegram",
            chat_id=place.chat_id,
            message_id=message_id,
            guild_id=place.guild_id,
            thread_id=place.thread_id,
        )
