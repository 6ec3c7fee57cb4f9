"""`python -m deploy.chat_pictures`: the manual's pictures of a chat, from a real conversation.

What is said, which buttons there are and what is drawn comes from the conversation, the queue and
the engine; only the frame around it is painted here.
"""

from __future__ import annotations

import argparse
import asyncio
import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.core import Conversation
from bot.core.events import Action, Command, Event, Person, Place, Press
from bot.core.preferences import Preferences
from bot.core.replies import Reply, Rows
from bot.core.results import finished
from worker.embedded import EmbeddedRedis
from worker.jobs import Address, DrawRequest
from worker.ledger import Ledger, connection
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings
from worker.tasks import draw, load_engine

WIDTH, PAD, LINE = 720, 20, 26
PAPER, INK, GREY, PINK, RED = "#ffffff", "#2e2430", "#8a7f8c", "#d85a86", "#c94444"
WISH = "cute girl with pink twintails and cat ears, laughing seed:7"


class Chat:
    """One person's chat with the conversation; paints what is said."""

    def __init__(self, conversation: Conversation, ledger: Ledger) -> None:
        self.conversation = conversation
        self._ledger = ledger
        self._engine = load_engine("generator.engine:Engine")
        self._place = Place("discord", "1", private=True)
        self._person = Person("1", "en")
        self._parts: list[Image.Image] = []

    def here(self) -> Address:
        """As `bot.core.replies.Chat`."""
        return Address(platform="discord", chat_id="1")

    async def wait(self, reply: Reply) -> Address:
        """As `bot.core.replies.Chat`."""
        return self.here().model_copy(update={"message_id": "1"})

    async def writes(self, line: str) -> None:
        """A command, and what comes of it."""
        self._say("you", line, ())
        name, _, words = line.removeprefix("/").partition(" ")
        await self._answer(Command(self._person, self._place, name=name, words=words))

    async def presses(self, label: str, data: str) -> None:
        """A button, and what comes of it."""
        self._say("you", f"[ {label} ]", ())
        action = Action.parse(data)
        if action is None:
            raise ValueError(data)
        await self._answer(Press(self._person, self._place, action=action))

    async def _answer(self, event: Event) -> None:
        reply = await self.conversation.handle(event, self)
        if reply is None:
            return
        if reply.job_id is not None:
            self.job_id = reply.job_id
            queue = self.conversation.queue
            for claim in self._ledger.claim([], more=1):
                if isinstance(claim.request, DrawRequest):
                    self._ledger.begin([claim.job_id])
                    for request, done in draw(self._engine, [claim.request], step=4):
                        self._ledger.done(request, done.specs, done.pictures, 1.0)
            record = await queue.record(reply.job_id)
            if record is None:
                raise RuntimeError("the job is gone")
            pictures = await queue.result(reply.job_id)
            reply = await finished(record, record.state, record.error, pictures)
        self._say("Moemoji", reply.text, reply.rows, reply.picture.data if reply.picture else None)

    def _say(self, who: str, text: str, rows: Rows, picture: bytes | None = None) -> None:
        font, bold = ImageFont.load_default(18), ImageFont.load_default(19)
        paper = Image.new("RGB", (WIDTH, 1600), PAPER)
        pen = ImageDraw.Draw(paper)
        pen.text((PAD, 8), who, PINK if who == "Moemoji" else GREY, bold)
        y = 8 + LINE
        for line in text.split("\n"):
            words, now = line.split(" "), ""
            for word in words:
                if pen.textlength(f"{now} {word}", font) > WIDTH - 2 * PAD:
                    pen.text((PAD, y), now, INK, font)
                    y, now = y + LINE, word
                else:
                    now = f"{now} {word}".strip()
            pen.text((PAD, y), now, INK, font)
            y += LINE
        if picture is not None:
            shown = Image.open(io.BytesIO(picture)).convert("RGB")
            shown.thumbnail((400, 400))
            paper.paste(shown, (PAD, y + 4))
            y += shown.height + 12
        for row in rows:
            x = PAD
            for button in row:
                width = int(pen.textlength(button.label, font)) + 28
                if x + width > WIDTH - PAD:
                    x, y = PAD, y + 42
                colour = {"main": PINK, "danger": RED, "plain": "#efe9ee"}[button.look]
                pen.rounded_rectangle((x, y + 2, x + width, y + 36), 8, colour)
                ink = INK if button.look == "plain" else PAPER
                pen.text((x + 14, y + 8), button.label, ink, font)
                x += width + 8
            y += 42
        self._parts.append(paper.crop((0, 0, WIDTH, y + 8)))

    def save(self, path: Path) -> None:
        """What was said since the last time."""
        whole = Image.new("RGB", (WIDTH, sum(part.height for part in self._parts)), PAPER)
        y = 0
        for part in self._parts:
            whole.paste(part, (0, y))
            y += part.height
        whole.quantize(128).save(path, optimize=True)
        self._parts = []


async def main(folder: Path) -> None:
    """Have the conversation and save its pictures."""
    with EmbeddedRedis() as server:
        queue = await JobQueue.connect(server.url, QueueSettings())
        preferences = await Preferences.connect(server.url)
        ledger = Ledger(
            connection(server.url, attempts=1), "manual", WorkerSettings(REDIS_URL=server.url)
        )
        chat = Chat(Conversation(queue, preferences), ledger)
        await chat.writes(f"/avatar {WISH}")
        chat.save(folder / "chat-avatar.png")
        first = chat.job_id
        await chat.presses("2", f"pick:{first}:1")
        chat.save(folder / "chat-pick.png")
        await chat.presses("Variations", f"vary:{chat.job_id}:0")
        chat.save(folder / "chat-vary.png")
        ledger.redis.close()
        await queue.close()
        await preferences.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/art"))
    asyncio.run(main(parser.parse_args().out))
