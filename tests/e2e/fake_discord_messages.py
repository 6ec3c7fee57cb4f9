"""What the fake Discord keeps: messages as they look to people, and interactions."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

APPLICATION = 900
BOT = {"id": str(APPLICATION), "username": "moemoji", "discriminator": "0", "avatar": None}
REGISTERED = {
    "id": str(APPLICATION),
    "name": "moemoji",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": {"id": "1", "username": "o", "discriminator": "0", "avatar": None},
}


@dataclass
class Message:
    id: int
    channel: int
    content: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    components: list[Any] = field(default_factory=list)
    flags: int = 0
    thinking: bool = False
    deleted: bool = False
    edits: int = 0
    token: str | None = None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & 64)

    @property
    def buttons(self) -> dict[str, str]:
        """custom_id by label."""
        return {item["label"]: item["custom_id"] for item in self._items(2)}

    @property
    def menus(self) -> dict[str, dict[str, Any]]:
        """Select menus by what stands in them, without its emoji."""
        return {item["placeholder"].split(" ", 1)[-1]: item for item in self._items(3)}

    def _items(self, kind: int) -> list[dict[str, Any]]:
        return [
            item for row in self.components for item in row["components"] if item["type"] == kind
        ]

    def json(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "channel_id": str(self.channel),
            "author": BOT | {"bot": True},
            "content": self.content,
            "timestamp": "2026-01-01T00:00:00+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [
                {
                    "id": str(self.id + at),
                    "filename": name,
                    "size": len(data),
                    "url": f"http://127.0.0.1/{name}",
                    "proxy_url": f"http://127.0.0.1/{name}",
                }
                for at, (name, data) in enumerate(self.files.items())
            ],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "components": self.components,
            "flags": self.flags,
        }


@dataclass
class Member:
    """Somebody whom a command or menu is about."""

    id: int
    picture: bytes | None = None


def person(user: int) -> dict[str, Any]:
    return {
        "id": str(user),
        "username": f"user{user}",
        "global_name": None,
        "discriminator": "0",
        "avatar": None,
    }


@dataclass
class Sent:
    """One interaction and what came of it."""

    id: int
    token: str
    user: int
    message: Message | None = None
    """The answer."""
    source: Message | None = None
    """The message whose button was pressed."""
    modal: dict[str, Any] | None = None
    choices: list[dict[str, str]] | None = None
    """What was offered while typing."""
    acknowledged: bool = False
    expired: bool = False


def apply(message: Message, data: dict[str, Any], files: dict[str, bytes]) -> None:
    message.thinking = False
    message.edits += 1
    if "content" in data:
        message.content = data["content"] or ""
    if "components" in data:
        message.components = data["components"] or []
    if "attachments" in data or files:
        message.files = files


async def body_of(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    if not request.content_type.startswith("multipart/"):
        return await request.json(), {}
    body, files = {}, {}
    async for part in await request.multipart():
        if part.name == "payload_json":
            body = json.loads(await part.text())
        elif part.filename:
            files[part.filename] = bytes(await part.read())
    return body, files


def as_json(body: Any, status: int) -> web.Response:
    # discord.py compares the content type letter by letter.
    headers = {"Content-Type": "application/json"}
    if status == 429:
        headers["Via"] = "1.1 google"
    return web.Response(body=json.dumps(body), status=status, headers=headers)
