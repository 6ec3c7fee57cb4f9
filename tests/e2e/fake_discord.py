"""A small Discord on a local socket: the gateway, the REST API, and people who use them.

Only what our bot needs, with the behaviour that was measured on the real one: deferred answers,
ephemeral ones, tokens that run out, rate limits, nonces and clicks on what is really shown.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.e2e.fake_discord_messages import (
    APPLICATION,
    BOT,
    REGISTERED,
    Member,
    Message,
    Sent,
    apply,
    as_json,
    body_of,
    person,
)
from tests.e2e.processes import PATIENCE

TOKEN = "fake-discord-token-0123456789"
_ALL_RIGHTS, _MEMBER_RIGHTS = str(1 << 5 | 1 << 10 | 1 << 11), str(1 << 10 | 1 << 11)


class FakeDiscord:
    """`async with FakeDiscord() as discord:` listens on `discord.api` and `discord.gateway`."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.interactions: dict[str, Sent] = {}
        self.requests: list[tuple[str, str]] = []
        self.cdn: dict[str, bytes] = {}
        self.cdn_away = False
        self.cdn_pause = 0.0
        self.commands: list[dict[str, Any]] = []
        self.syncs = 0
        self.nonces: dict[str, Message] = {}
        self.faults: list[tuple[re.Pattern[str], int, dict[str, Any]]] = []
        self.connected = asyncio.Event()
        self._pause = 0.0
        self._sockets: set[web.WebSocketResponse] = set()
        self._id = 10_000
        self._runner: web.AppRunner | None = None
        self._changed = asyncio.Condition()
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/", self._gateway)
        app.router.add_get("/cdn/{path:.*}", self._picture)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in list(self._sockets):
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_BASE": f"http://127.0.0.1:{self.port}/api/v10",
            "DISCORD_GATEWAY": f"ws://127.0.0.1:{self.port}/",
            "DISCORD_CDN": f"http://127.0.0.1:{self.port}/cdn",
        }

    def next_id(self) -> int:
        """A new snowflake of this moment: discord.py reads the time out of it."""
        self._id = max(self._id + 1, int((time.time() - 1420070400) * 1000) << 22)
        return self._id

    def fail(self, pattern: str, status: int, times: int = 1, **body: Any) -> None:
        """Answer the next requests "METHOD path" that match with an error."""
        self.faults += [(re.compile(pattern), status, body)] * times

    def pause(self, seconds: float) -> None:
        """Do what the next answer to an interaction wants at once, but confirm it late."""
        self._pause = seconds

    async def slash(self, user: int, name: str, channel: int = 1, **options: Any) -> Sent:
        resolved: dict[str, Any] = {}
        given = [
            {"name": key.replace("_", "-")} | self._option(value, resolved)
            for key, value in options.items()
            if key not in ("locale", "moderator", "guild", "limit")
        ]
        data = {"id": "77", "name": name, "type": 1, "options": given, "resolved": resolved}
        return await self._interact(user, 2, data, channel, options)

    async def menu(self, user: int, name: str, target: Message | Member, **about: Any) -> Sent:
        """Choose one of our "Apps" of a message or a member."""
        resolved: dict[str, Any] = {}
        if isinstance(target, Message):
            resolved["messages"] = {str(target.id): target.json() | self._attached(target)}
            kind, number = 3, str(target.id)
        else:
            kind, number = 2, self._option(target, resolved)["value"]
        data = {"id": "78", "name": name, "type": kind, "target_id": number, "resolved": resolved}
        return await self._interact(user, 2, data, 1, about)

    async def complete(self, user: int, name: str, option: str, typed: str, **about: Any) -> Sent:
        """Type into an option that completes; `Sent.choices` are what is offered."""
        focused = {"name": option, "type": 3, "value": typed, "focused": True}
        data = {"id": "77", "name": name, "type": 1, "options": [focused]}
        return await self._interact(user, 4, data, 1, about)

    def _option(self, value: Any, resolved: dict[str, Any]) -> dict[str, Any]:
        """A value as Discord sends it; pictures and people are told beside the options."""
        if isinstance(value, bytes):
            one = self._uploaded(value)
            resolved.setdefault("attachments", {})[one["id"]] = one
            return {"type": 11, "value": one["id"]}
        if isinstance(value, Member):
            number, name = str(value.id), value.picture and f"face{value.id}"
            if value.picture is not None:
                self.cdn[f"avatars/{number}/{name}.png"] = value.picture
            resolved.setdefault("users", {})[number] = person(value.id) | {"avatar": name}
            return {"type": 6, "value": number}
        kinds = {bool: 5, int: 4, str: 3}
        return {"type": kinds[type(value)], "value": value}

    def _uploaded(self, data: bytes) -> dict[str, Any]:
        number = str(self.next_id())
        self.cdn[f"attachments/{number}"] = data
        url = f"http://127.0.0.1:{self.port}/cdn/attachments/{number}"
        about = {"filename": "me.jpg", "size": len(data), "content_type": "image/jpeg"}
        return about | {"id": number, "url": url, "proxy_url": url}

    def _attached(self, message: Message) -> dict[str, Any]:
        return {"attachments": [self._uploaded(data) for data in message.files.values()]}

    def write(self, user: int, *pictures: bytes) -> Message:
        """A message of somebody's, with pictures."""
        made = Message(self.next_id(), 1, files={f"{at}.jpg": p for at, p in enumerate(pictures)})
        self.messages[made.id] = made
        return made

    async def click(self, user: int, message: Message, label: str, **about: Any) -> Sent:
        data = {"component_type": 2, "custom_id": message.buttons[label]}
        return await self._interact(user, 3, data, message.channel, about, message)

    async def choose(
        self, user: int, message: Message, menu: str, label: str, **about: Any
    ) -> Sent:
        """Choose something in a select menu."""
        item = message.menus[menu]
        assert 0 < len(item["options"]) <= 25
        (value,) = (one["value"] for one in item["options"] if one["label"] == label)
        data = {"component_type": 3, "custom_id": item["custom_id"], "values": [value]}
        return await self._interact(user, 3, data, message.channel, about, message)

    async def submit(self, user: int, modal: dict[str, Any], text: str, **about: Any) -> Sent:
        field = modal["components"][0]["component"]
        filled = [
            {"type": 18, "component": {"type": 4, "custom_id": field["custom_id"], "value": text}}
        ]
        data = {"custom_id": modal["custom_id"], "components": filled}
        return await self._interact(user, 5, data, 1, about)

    async def until(self, check: Any, timeout: float = PATIENCE) -> None:
        """Wait until a check holds; it is asked whenever something changed."""

        async def wait() -> None:
            async with self._changed:
                await self._changed.wait_for(check)

        await asyncio.wait_for(wait(), timeout)

    async def _interact(
        self,
        user: int,
        kind: int,
        data: dict[str, Any],
        channel: int,
        about: dict[str, Any],
        source: Message | None = None,
    ) -> Sent:
        number = self.next_id()
        sent = Sent(number, f"token-{number}", user, source=source)
        self.interactions[sent.token] = sent
        payload: dict[str, Any] = {
            "id": str(number),
            "application_id": str(APPLICATION),
            "type": kind,
            "token": sent.token,
            "version": 1,
            "channel_id": str(channel),
            "channel": {"id": str(channel), "type": 0, "name": "here", "position": 0},
            "locale": about.get("locale", "en-US"),
            "app_permissions": _ALL_RIGHTS,
            "entitlements": [],
            "authorizing_integration_owners": {},
            "attachment_size_limit": about.get("limit", 10 << 20),
            "context": 0,
            "data": data,
        }
        if about.get("guild", 5):
            payload |= {
                "guild_id": str(about.get("guild", 5)),
                "guild_locale": "en-US",
                "member": {
                    "user": person(user),
                    "roles": [],
                    "joined_at": "2020-01-01T00:00:00+00:00",
                    "deaf": False,
                    "mute": False,
                    "flags": 0,
                    "permissions": _ALL_RIGHTS if about.get("moderator") else _MEMBER_RIGHTS,
                },
            }
        else:
            payload |= {
                "user": person(user),
                "channel": {"id": str(channel), "type": 1, "flags": 0},
            }
        if source is not None:
            payload["message"] = source.json()
        await self._dispatch("INTERACTION_CREATE", payload)
        return sent

    async def _picture(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.cdn_pause)
        data = None if self.cdn_away else self.cdn.get(request.match_info["path"])
        return web.Response(status=404) if data is None else web.Response(body=data)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}})
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                asked = json.loads(message.data)
                if asked["op"] == 1:
                    await socket.send_json({"op": 11})
                elif asked["op"] in (2, 6):
                    self._sockets.add(socket)
                    await self._hello(socket)
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self.connected.clear()
        return socket

    async def _hello(self, socket: web.WebSocketResponse) -> None:
        ready = {
            "v": 10,
            "user": BOT | {"bot": True},
            "guilds": [],
            "session_id": "s",
            "resume_gateway_url": f"ws://127.0.0.1:{self.port}/",
            "application": {"id": str(APPLICATION), "flags": 0},
        }
        await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
        self.connected.set()

    async def _dispatch(self, name: str, data: dict[str, Any]) -> None:
        await asyncio.wait_for(self.connected.wait(), 120)
        for socket in list(self._sockets)[-1:]:
            await socket.send_json({"op": 0, "t": name, "s": self.next_id() & 0xFFFF, "d": data})

    async def _rest(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        self.requests.append((request.method, path))
        line = f"{request.method} {path}"
        for fault in self.faults:
            if fault[0].search(line):
                self.faults.remove(fault)
                await request.read()
                return as_json(fault[2] or {"message": "fault", "code": 0}, fault[1])
        try:
            status, body = await self._answer(request, request.method, path)
        finally:
            async with self._changed:
                self._changed.notify_all()
        return web.Response(status=204) if status == 204 else as_json(body, status)

    async def _answer(self, request: web.Request, method: str, path: str) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        authorized = request.headers.get("Authorization") == f"Bot {TOKEN}"
        if parts[0] not in ("webhooks", "interactions") and not authorized:
            return 401, {"message": "401: Unauthorized", "code": 0}
        match method, parts:
            case "GET", ["users", "@me"]:
                return 200, BOT | {"bot": True}
            case "GET", ["oauth2", "applications", "@me"]:
                return 200, REGISTERED
            case "PUT", ["applications", _, "commands"]:
                self.commands, self.syncs = await request.json(), self.syncs + 1
                return 200, [
                    {"description": ""}
                    | command
                    | {"id": str(at), "application_id": str(APPLICATION), "version": "1"}
                    for at, command in enumerate(self.commands)
                ]
            case "POST", ["interactions", _, token, "callback"]:
                answer = await self._callback(request, self.interactions[token])
                pause, self._pause = self._pause, 0.0
                if pause:
                    async with self._changed:
                        self._changed.notify_all()
                    await asyncio.sleep(pause)
                return answer
            case _, ["webhooks", _, token, "messages", which]:
                return await self._webhook(request, method, token, which)
            case "POST", ["channels", channel, "messages"]:
                body, files = await body_of(request)
                nonce = str(body.get("nonce") or "")
                if nonce and nonce in self.nonces:
                    return 200, self.nonces[nonce].json()
                made = self._post(int(channel), body, files)
                if nonce:
                    self.nonces[nonce] = made
                return 200, made.json()
            case _, ["channels", _, "messages", number]:
                message = self.messages.get(int(number))
                if message is None or message.deleted:
                    return 404, {"message": "Unknown Message", "code": 10008}
                return await self._change(request, method, message)
        return 404, {"message": f"fake: no {method} {path}", "code": 0}

    async def _callback(self, request: web.Request, sent: Sent) -> tuple[int, Any]:
        body, files = await body_of(request)
        if sent.acknowledged:
            return 400, {"message": "Interaction has already been acknowledged.", "code": 40060}
        sent.acknowledged = True
        data = body.get("data") or {}
        kind = body["type"]
        resource: dict[str, Any] = {"type": kind}
        if kind in (4, 5):
            sent.message = self._post(
                1 if sent.source is None else sent.source.channel, data, files
            )
            sent.message.thinking, sent.message.token = kind == 5, sent.token
        elif kind in (6, 7):
            sent.message = sent.source
            if kind == 7 and sent.source is not None:
                apply(sent.source, data, files)
        elif kind == 8:
            sent.choices = data["choices"]
        elif kind == 9:
            sent.modal = data
        if sent.message is not None:
            resource["message"] = sent.message.json()
        about: dict[str, Any] = {"id": str(sent.id), "type": 2}
        if sent.message is not None:
            about["response_message_id"] = str(sent.message.id)
            about["response_message_loading"] = sent.message.thinking
            about["response_message_ephemeral"] = sent.message.ephemeral
        return 200, {"interaction": about, "resource": resource}

    async def _webhook(
        self, request: web.Request, method: str, token: str, which: str
    ) -> tuple[int, Any]:
        sent = self.interactions.get(token)
        if sent is None or sent.expired:
            await request.read()
            return 401, {"message": "Invalid Webhook Token", "code": 50027}
        message = sent.message if which == "@original" else self.messages.get(int(which))
        if message is None or message.deleted:
            return 404, {"message": "Unknown Message", "code": 10008}
        return await self._change(request, method, message)

    async def _change(self, request: web.Request, method: str, message: Message) -> tuple[int, Any]:
        if method == "DELETE":
            message.deleted = True
            return 204, None
        if method == "PATCH":
            body, files = await body_of(request)
            apply(message, body, files)
        return 200, message.json()

    def _post(self, channel: int, data: dict[str, Any], files: dict[str, bytes]) -> Message:
        made = Message(self.next_id(), channel, flags=int(data.get("flags") or 0))
        apply(made, data, files)
        made.edits = 0
        self.messages[made.id] = made
        return made
