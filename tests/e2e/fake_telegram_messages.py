"""What the fake Telegram keeps: the bot's messages as they look to people, and who people are."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

BOT = {"id": 12345, "is_bot": True, "first_name": "Moemoji", "username": "moemoji_bot"}


@dataclass
class Message:
    id: int
    chat: int
    text: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    kind: str = "text"
    keyboard: list[list[dict[str, str]]] = field(default_factory=list)
    force_reply: bool = False
    reply_to: int | None = None
    deleted: bool = False
    edits: int = 0
    album: str | None = None

    @property
    def buttons(self) -> dict[str, str]:
        """callback_data by label, without its emoji."""
        return {
            button["text"].split(" ", 1)[-1] if not button["text"].isascii() else button["text"]:
                button["callback_data"]
            for row in self.keyboard
            for button in row
        }  # fmt: skip

    def data(self, label: str) -> str:
        """The callback_data of the button whose text ends so."""
        for row in self.keyboard:
            for button in row:
                if button["text"].endswith(label):
                    return button["callback_data"]
        raise KeyError(label)

    def json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "message_id": self.id,
            "date": int(time.time()),
            "chat": chat_json(self.chat),
            "from": BOT,
        }
        if self.kind == "text":
            return shown | {"text": self.text} | self._markup()
        shown |= {"caption": self.text} | self._markup()
        if self.album is not None:
            shown["media_group_id"] = self.album
        about = {"file_id": f"f{self.id}", "file_unique_id": f"u{self.id}"}
        if self.kind == "photo":
            return shown | {"photo": [about | {"width": 256, "height": 256}]}
        if self.kind == "animation":
            return shown | {"animation": about | {"width": 256, "height": 256, "duration": 3}}
        return shown | {"document": about}

    def _markup(self) -> dict[str, Any]:
        return {"reply_markup": {"inline_keyboard": self.keyboard}} if self.keyboard else {}


def chat_json(chat: int) -> dict[str, Any]:
    """Private chats have the person's id, groups have negative ones."""
    return {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "here"}


def person(user: int, language: str = "en") -> dict[str, Any]:
    return {
        "id": user,
        "is_bot": False,
        "first_name": f"user{user}",
        "language_code": language,
    }
