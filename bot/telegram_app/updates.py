"""From Telegram's updates to events."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from telegram import Bot, CallbackQuery, Chat, Document, Message, PhotoSize, User
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.core.conversation import COMMAND_NAMES
from bot.core.events import Action, Command, Edited, Event, Person, Picture, Place, Press, Question
from bot.core.preferences import Preferences

_COMMAND = re.compile(r"/(?P<name>[^\s@/]{1,64})(?:@(?P<bot>\w+))?(?:\s+(?P<words>.*))?", re.DOTALL)
ALBUM_PAUSE = 1.4
"""Seconds: an album comes as so many updates without an end marker (PTB#1529)."""
_POINTING = frozenset({"selfie", "stylize", "blend", "morph"})
"""Commands that may be about the picture which their message answers."""
_TOGETHER = frozenset({"stylize", "blend", "morph"})
"""Commands that take the pictures of an album together, and not one by one."""
_AGAIN = frozenset({"styles", "paint"})
"""Buttons that want the photo which their message answers."""
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

    async def events(self, messages: Sequence[Message]) -> list[Event]:
        """The events of a message, or of an album: one for each picture, or one for all."""
        told = next((message for message in messages if message.caption), messages[0])
        event = await self.message(told)
        if event is None or len(messages) == 1:
            return [] if event is None else [event]
        sent = [(one, picture) for one in messages if (picture := self._picture(one)) is not None]
        together = isinstance(event, Edited) or (
            isinstance(event, Command) and COMMAND_NAMES.get(event.name.lower()) in _TOGETHER
        )
        if together:
            pointed = event.pictures[: len(event.pictures) - 1]
            return [replace(event, pictures=(*pointed, *(picture for _, picture in sent)))]
        return [
            replace(
                event,
                pictures=(picture,),
                message_id=str(one.message_id),
                origin=_origin(one),
            )
            for one, picture in sent
        ]

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
        number, origin = str(message.message_id), _origin(message)
        attached = self._picture(message)
        pictures = () if attached is None else (attached,)
        if command is not None:
            words = (command["words"] or "").strip()
            meant = self._meant(message) if name == "admin" else None
            options = {"user": meant} if meant is not None else {}
            if name in _POINTING:
                result, pointed = self._pointed(message)
                if result is not None and name in ("blend", "morph"):
                    options["id"] = result
                elif pointed is not None:
                    pictures = (pointed, *pictures)
            return Command(
                *who,
                name=command["name"],
                words=words,
                options=options,
                message_id=number,
                origin=origin,
                pictures=pictures,
            )
        if not text and not pictures:
            return None
        if question is not None:
            asked, job_id = question
            return Edited(
                *who,
                question=asked,
                job_id=job_id,
                words=text,
                message_id=number,
                origin=origin,
                pictures=pictures,
            )
        name = "selfie" if pictures else "avatar"
        return Command(
            *who, name=name, words=text, message_id=number, origin=origin, pictures=pictures
        )

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
        photo = None
        if action.name in _AGAIN and isinstance(message, Message) and message.reply_to_message:
            photo = self._picture(message.reply_to_message)
        return Press(
            person,
            _place(chat, thread),
            action=action,
            message_id=str(message.message_id),
            origin=f"press {query.id}",
            pictures=() if photo is None else (photo,),
        )

    def _picture(self, message: Message) -> Picture | None:
        """The picture of a message: a photo in its largest size, or an image sent as a file."""
        document = message.document
        if message.photo:
            sent: PhotoSize | Document = message.photo[-1]
        elif document is not None and (document.mime_type or "").startswith("image/"):
            sent = document
        else:
            return None

        async def fetch() -> bytes:
            file = await self._bot.get_file(sent.file_id)
            return bytes(await file.download_as_bytearray())

        return Picture(fetch, sent.file_size, str(message.message_id))

    def _pointed(self, message: Message) -> tuple[str | None, Picture | None]:
        """What a message answers: one of our results, by its ID, and the picture it shows."""
        meant = message.reply_to_message
        if meant is None:
            return None, None
        result = None
        if meant.from_user is not None and meant.from_user.id == self._bot.id:
            rows = meant.reply_markup.inline_keyboard if meant.reply_markup else ()
            datas = [str(button.callback_data) for row in rows for button in row]
            actions = [action for data in datas if (action := Action.parse(data)) is not None]
            result = next((a.subject for a in actions if a.name == "details"), None)
        return result, self._picture(meant)

    def _for_us(self, command: re.Match[str], private: bool) -> bool:
        """In groups other bots' commands are heard as well."""
        if command["bot"] is not None:
            return command["bot"].lower() == self._bot.username.lower()
        return private or command["name"].lower() in COMMAND_NAMES

    async def _question(self, message: Message) -> tuple[Question, str] | None:
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


def _origin(message: Message) -> str:
    return f"{message.chat.id}/{message.message_id}"


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
