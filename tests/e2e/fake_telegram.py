"""A small Bot API server on a local socket, and people who write to the bot.

Only the methods our bot needs, with Telegram's own refusals ("message is not modified", 429 with
retry_after, 409 for a second poller), albums, callbacks and replies.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any, Self

from aiohttp import web

from tests.e2e.fake_telegram_messages import BOT, Message, chat_json, person
from tests.e2e.processes import PATIENCE

TOKEN = "12345:fake-telegram-token"


class FakeTelegram:
    """`async with FakeTelegram() as telegram:` listens on `telegram.api`."""

    def __init__(self) -> None:
        self.messages: dict[int, Message] = {}
        self.sent: dict[int, dict[str, Any]] = {}
        """What people wrote, as far as it is still there."""
        self.files: dict[str, bytes] = {}
        self.calls: list[str] = []
        self.polls = 0
        self.alerts: list[str | None] = []
        self.confirmed: list[str] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.administrators: set[int] = set()
        self.faults: list[tuple[re.Pattern[str], int, dict[str, Any]]] = []
        self.pauses: dict[str, float] = {}
        self.webhook: dict[str, str] = {}
        self.updates: list[dict[str, Any]] = []
        self._update_id = 100
        self._message_id = 1000
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": f"http://127.0.0.1:{self.port}",
            "TELEGRAM_MAX_RATE": "1000",
            "TELEGRAM_GROUP_RATE": "0",
        }

    def fail(self, method: str, status: int, times: int = 1, **body: Any) -> None:
        """Answer the next calls of the methods that match with an error."""
        self.faults += [(re.compile(method), status, body)] * times

    def pause(self, method: str, seconds: float) -> None:
        """Do what the next call of that method wants at once, but answer it late."""
        self.pauses[method] = seconds

    async def write(self, user: int, text: str, chat: int | None = None, **about: Any) -> int:
        """Send a message; returns its id. `about` goes into it as it is."""
        language = about.pop("language", "en")
        number = self._next_message()
        message: dict[str, Any] = {
            "message_id": number,
            "date": int(time.time()),
            "chat": chat_json(user if chat is None else chat),
            "from": person(user, language),
        }
        command = re.match(r"/\w+(@\w+)?", text)
        if about.get("photo") or about.get("document"):
            message |= {"caption": text} if text else {}
        else:
            message["text"] = text
            if command:
                entity = {"type": "bot_command", "offset": 0, "length": len(command[0])}
                message["entities"] = [entity]
        self.sent[number] = message | about
        await self.push({"message": message | about})
        return number

    async def send_photo(
        self, user: int, data: bytes, caption: str = "", *, document: bool = False, **about: Any
    ) -> int:
        """Send a picture; returns its message's id."""
        name = f"sent{len(self.files)}"
        self.files[name] = data
        one = {"file_id": name, "file_unique_id": name, "file_size": len(data)}
        if document:
            about["document"] = one | {"mime_type": "image/jpeg", "file_name": "selfie.jpg"}
        else:
            small = {"file_id": "thumbnail", "file_unique_id": "t", "width": 9, "height": 9}
            about["photo"] = [small, one | {"width": 640, "height": 704}]
        return await self.write(user, caption, **about)

    async def press(self, user: int, message: Message, label: str, language: str = "en") -> None:
        """Press the button whose text ends with the label."""
        await self.push(
            {
                "callback_query": {
                    "id": str(self._next_message()),
                    "from": person(user, language),
                    "message": self.shown(message),
                    "chat_instance": "1",
                    "data": message.data(label),
                }
            }
        )

    async def push(self, update: dict[str, Any]) -> None:
        self._update_id += 1
        self.updates.append({"update_id": self._update_id} | update)
        async with self._changed:
            self._changed.notify_all()

    async def until(self, check: Any, timeout: float = PATIENCE) -> None:
        """Wait until a check holds; it is asked whenever something changed."""

        async def wait() -> None:
            async with self._changed:
                await self._changed.wait_for(check)

        await asyncio.wait_for(wait(), timeout)

    def shown(self, message: Message) -> dict[str, Any]:
        """A message of the bot's with the one that it answers, if that is still there."""
        answered = self.sent.get(message.reply_to or 0)
        return message.json() | ({} if answered is None else {"reply_to_message": answered})

    def in_chat(self, chat: int) -> list[Message]:
        """The bot's messages that are there to see, oldest first."""
        return [m for m in self.messages.values() if m.chat == chat and not m.deleted]

    def _next_message(self) -> int:
        self._message_id += 1
        return self._message_id

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _refuse(401, "Unauthorized")
        given, files = await _arguments(request)
        if method != "getUpdates":
            self.calls.append(method)
            for fault in self.faults:
                if fault[0].fullmatch(method):
                    self.faults.remove(fault)
                    return _refuse(fault[1], fault[2].pop("description", "fault"), **fault[2])
        try:
            if method == "getUpdates":
                return _json(await self._get_updates(given))
            answer = getattr(self, f"_{method}", None)
            if answer is None:
                return _refuse(404, f"Not Found: {method}")
            done = answer(given, files)
            if method in self.pauses:
                async with self._changed:
                    self._changed.notify_all()
                await asyncio.sleep(self.pauses.pop(method))
            return _json(done)
        except _RefusedError as error:
            return _refuse(400, f"Bad Request: {error}")
        finally:
            async with self._changed:
                self._changed.notify_all()

    async def _get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        self.polls += 1
        offset = int(given.get("offset", 0))
        self.updates = [u for u in self.updates if u["update_id"] >= offset]
        end = time.monotonic() + min(float(given.get("timeout", 0)), 1.0)
        while not self.updates and time.monotonic() < end:
            async with self._changed:
                try:
                    await asyncio.wait_for(self._changed.wait(), max(0.01, end - time.monotonic()))
                except TimeoutError:
                    break
        return self.updates[: int(given.get("limit", 100))]

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return web.Response(status=401)
        return web.Response(body=self.files[request.match_info["path"]])

    def _getFile(self, given: Any, files: Any) -> Any:  # noqa: N802
        name = given["file_id"]
        if name not in self.files:
            raise _RefusedError("wrong file_id or the file is temporarily unavailable")
        size = len(self.files[name])
        return {"file_id": name, "file_unique_id": name, "file_path": name, "file_size": size}

    def _getMe(self, given: Any, files: Any) -> Any:  # noqa: N802
        return BOT | {"can_join_groups": True, "supports_inline_queries": False}

    def _deleteWebhook(self, given: Any, files: Any) -> Any:  # noqa: N802
        return True

    def _setWebhook(self, given: Any, files: Any) -> Any:  # noqa: N802
        self.webhook = given
        return True

    def _setMyCommands(self, given: Any, files: Any) -> Any:  # noqa: N802
        scope = given.get("scope") or {"type": "default"}
        whose = "" if scope["type"] == "default" else f"@{scope['type']}"
        self.commands[given.get("language_code", "") + whose] = given["commands"]
        return True

    def _getChatMember(self, given: Any, files: Any) -> Any:  # noqa: N802
        user = int(given["user_id"])
        status = "creator" if user in self.administrators else "member"
        return {"user": person(user), "status": status, "is_anonymous": False}

    def _sendChatAction(self, given: Any, files: Any) -> Any:  # noqa: N802
        return True

    def _answerCallbackQuery(self, given: Any, files: Any) -> Any:  # noqa: N802
        if given["callback_query_id"] in self.confirmed:
            raise _RefusedError("query is too old")
        self.confirmed.append(given["callback_query_id"])
        self.alerts.append(given.get("text"))
        return True

    def _sendMessage(self, given: Any, files: Any) -> Any:  # noqa: N802
        return self._post(given, given["text"], "text", {}).json()

    def _sendPhoto(self, given: Any, files: Any) -> Any:  # noqa: N802
        return self._post(given, given.get("caption", ""), "photo", files).json()

    def _sendAnimation(self, given: Any, files: Any) -> Any:  # noqa: N802
        return self._post(given, given.get("caption", ""), "animation", files).json()

    def _sendDocument(self, given: Any, files: Any) -> Any:  # noqa: N802
        return self._post(given, given.get("caption", ""), "document", files).json()

    def _sendMediaGroup(self, given: Any, files: Any) -> Any:  # noqa: N802
        media = given["media"]
        if not 2 <= len(media) <= 10:
            raise _RefusedError("wrong number of items in the album")
        made = []
        for item in media:
            name, data = files[item["media"].removeprefix("attach://")]
            one = self._post(given, item.get("caption", ""), item["type"], {"": (name, data)})
            one.album = f"album{self._message_id}"
            made.append(one.json())
        return made

    def _editMessageText(self, given: Any, files: Any) -> Any:  # noqa: N802
        message = self._editable(given)
        if message.kind != "text":
            raise _RefusedError("there is no text in the message to edit")
        keyboard = given.get("reply_markup", {}).get("inline_keyboard", [])
        if (message.text, message.keyboard) == (given["text"], keyboard):
            raise _RefusedError("message is not modified")
        message.text, message.keyboard = given["text"], keyboard
        message.edits += 1
        return message.json()

    def _editMessageMedia(self, given: Any, files: Any) -> Any:  # noqa: N802
        message = self._editable(given)
        media = given["media"]
        name, data = files[media["media"].removeprefix("attach://")]
        message.kind, message.text = media["type"], media.get("caption", "")
        message.files = {name: data}
        message.keyboard = given.get("reply_markup", {}).get("inline_keyboard", [])
        message.edits += 1
        return message.json()

    def _deleteMessage(self, given: Any, files: Any) -> Any:  # noqa: N802
        message = self.messages.get(int(given["message_id"]))
        if message is None or message.deleted:
            raise _RefusedError("message to delete not found")
        message.deleted = True
        return True

    def _editable(self, given: Any) -> Message:
        message = self.messages.get(int(given["message_id"]))
        if message is None or message.deleted:
            raise _RefusedError("message to edit not found")
        return message

    def _post(
        self, given: Any, text: str, kind: str, files: dict[str, tuple[str, bytes]]
    ) -> Message:
        markup = given.get("reply_markup") or {}
        made = Message(
            self._next_message(),
            int(given["chat_id"]),
            text,
            dict(files.values()),
            kind,
            markup.get("inline_keyboard", []),
            bool(markup.get("force_reply")),
            (given.get("reply_parameters") or {}).get("message_id"),
        )
        for row in made.keyboard:
            for button in row:
                if len(button["callback_data"].encode()) > 64:
                    raise _RefusedError("BUTTON_DATA_INVALID")
        self.messages[made.id] = made
        return made


class _RefusedError(Exception):
    pass


async def _arguments(
    request: web.Request,
) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    given: dict[str, Any] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read())
        else:
            given[name] = _decoded(str(value))
    return given, files


def _decoded(value: str) -> Any:
    # Structured arguments are JSON, texts are not: "7" must stay a text.
    if value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _json(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refuse(status: int, description: str, **more: Any) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description, **more}
    return web.json_response(body, status=status)
