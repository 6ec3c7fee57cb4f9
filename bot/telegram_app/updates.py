"""From Telegram's updates to events."""

from __future__ import annotations

import re
import time
from collections import OrderedDict

from telegram import Bot, CallbackQuery, Chat, Message, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.core.conversation import COMMAND_NAMES
from bot.core.events import Action, Command, Edited, Event, Person, Pictures, Place, Press
from bot.core.preferences import Preferences

_COMMAND = re.compile(r"/(?P<name>[^\s@/]{1,64})(?:@(?P<bot>\w+))?(?:\s+(?P<words>.*))?", re.DOTALL)
ALBUM_PAUSE = 1.4
"""Seconds: an album comes as so many updates without an end marker (PTB#1529)."""
_RIGHTS_TTL = 300.0
_RIGHTS_KEPT = 5000


class Updates:
    """Reads updates; remembers for five minutes who moderates which group.

    Args:
        bot: To ask who is an administrator.
        preferences: To recognize replies to our questions.
    """

    def __init__(self, bot: Bot, preferences: Preferences) -> None:
        self._bot = bot
        self._preferences = preferences
        self._rights: OrderedDict[tuple[int, int], tuple[float, bool]] = OrderedDict()

    async def message(self, message: Message) -> Event | None:
        """The event of a message; None if it is not for us."""
        user, chat = message.from_user, message.chat
        if user is None or (user.is_bot and message.sender_chat is None):
            return None
        text = message.text or message.caption or ""
        private = chat.type == ChatType.PRIVATE
        command = _COMMAND.fullmatch(text.strip())
        if command is not None and not self._for_us(command, private):
            return None
        question = await self._question(message)
        if command is None and question is None and not private:
            return None
        name = COMMAND_NAMES.get(command["name"].lower()) if command is not None else None
        # Rules change who may draw: whoever is no administrator any more is so at once.
        person = await self._person(message, user, fresh=name == "admin")
        who = (person, place_of(message))
        number, origin = str(message.message_id), f"{message.chat.id}/{message.message_id}"
        if message.photo or message.document:
            return Pictures(*who, words=text, message_id=number, origin=origin)
        if command is not None:
            words = (command["words"] or "").strip()
            meant = self._meant(message) if name == "admin" else None
            options = {"user": meant} if meant is not None else {}
            return Command(
                *who,
                name=command["name"],
                words=words,
                options=options,
                message_id=number,
                origin=origin,
            )
        if not text:
            return None
        if question is not None:
            return Edited(*who, job_id=question, words=text, message_id=number, origin=origin)
        return Command(*who, name="avatar", words=text, message_id=number, origin=origin)

    async def press(self, query: CallbackQuery) -> Press | None:
        """The event of a button; None if it is not one of ours, or its chat is out of reach."""
        action = Action.parse(query.data or "")
        message = query.message
        if action is None or message is None:
            return None
        chat = message.chat
        thread = None
        if isinstance(message, Message) and message.is_topic_message:
            thread = message.message_thread_id
        person = Person(
            user_id=str(query.from_user.id),
            locale=query.from_user.language_code,
            moderator=await self._moderates(chat, query.from_user.id),
        )
        return Press(
            person,
            _place(chat, thread),
            action=action,
            message_id=str(message.message_id),
            origin=f"press {query.id}",
        )

    def _for_us(self, command: re.Match[str], private: bool) -> bool:
        """In groups other bots' commands are heard as well."""
        if command["bot"] is not None:
            return command["bot"].lower() == self._bot.username.lower()
        return private or command["name"].lower() in COMMAND_NAMES

    async def _question(self, message: Message) -> str | None:
        asked = message.reply_to_message
        if asked is None or asked.from_user is None or asked.from_user.id != self._bot.id:
            return None
        return await self._preferences.asked(f"telegram:{message.chat.id}", str(asked.message_id))

    def _meant(self, message: Message) -> str | None:
        """The id of the person whose message this answers: there is no other way to learn it."""
        asked = message.reply_to_message
        if asked is None or asked.from_user is None or asked.from_user.id == self._bot.id:
            return None
        return str(asked.from_user.id)

    async def _person(self, message: Message, user: User, *, fresh: bool) -> Person:
        # Anonymous administrators write in the name of the group itself.
        anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
        return Person(
            user_id=str(user.id),
            locale=user.language_code,
            moderator=anonymous or await self._moderates(message.chat, user.id, fresh=fresh),
        )

    async def _moderates(self, chat: Chat, user_id: int, *, fresh: bool = False) -> bool:
        if chat.type == ChatType.PRIVATE:
            return False
        known = self._rights.get((chat.id, user_id))
        if known is not None and known[0] > time.monotonic() and not fresh:
            return known[1]
        try:
            member = await self._bot.get_chat_member(chat.id, user_id)
        except TelegramError:
            return False
        moderates = member.status in (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
        self._rights[chat.id, user_id] = (time.monotonic() + _RIGHTS_TTL, moderates)
        while len(self._rights) > _RIGHTS_KEPT:
            self._rights.popitem(last=False)
        return moderates


def place_of(message: Message) -> Place:
    """Where a message stands."""
    return _place(message.chat, message.message_thread_id if message.is_topic_message else None)


def _place(chat: Chat, thread: int | None) -> Place:
    private = chat.type == ChatType.PRIVATE
    return Place(
        platform="telegram",
        chat_id=str(chat.id),
        guild_id=None if private else str(chat.id),
        thread_id=None if thread is None else str(thread),
        private=private,
    )
