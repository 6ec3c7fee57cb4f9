"""A rolling update: what one version wrote is read by the other, or its author is told.

There is one version yet. The other is this one with what a next one would bring: a request of
version 2 with a new field, and a figure with a new attribute. Both run as processes side by side.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import ValidationError

from bot.core.results import finished
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import REPOSITORY, SMALL, Program
from worker.embedded import EmbeddedRedis
from worker.jobs import StylizeRequest, parse_request
from worker.records import restore
from worker.skills import Skills

# As version 0.1.0 of the frontends wrote it. Not to be changed: new fields need defaults.
FIRST = b"""{"version":1,"job_id":"0bcd12345678","author":{"platform":"discord","user_id":"1",
"display":null},"address":{"platform":"discord","chat_id":"7","message_id":"8","guild_id":"9",
"thread_id":null,"token":null,"token_expires":null},"locale":"en","parent":null,
"created":1700000000.0,"once":null,"uploads":[],"lane":"default","kind":"draw","prompt":"girl",
"wish":{},"understood":["girl"],"unknown":[],"seed":7,"count":4,"size":256,"background":null,
"specs":null,"variation":null}"""
# As it wrote paintings, before styles could be blended.
PAINTING = b"""{"version":1,"job_id":"0bcd12345678","author":{"platform":"discord","user_id":"1",
"display":null},"address":{"platform":"discord","chat_id":"7","message_id":"8","guild_id":"9",
"thread_id":null,"token":null,"token_expires":null},"locale":"en","parent":null,
"created":1700000000.0,"once":null,"origin":null,"uploads":["0123456789abcdef01234567"],
"notice":false,"lane":"default","kind":"stylize","style":"pastel","title":"pastel","strength":1.0,
"keep_colours":false}"""
# What comes with the next version, as text: where it is, what is there, what it becomes.
BRINGS = (
    (
        "worker/jobs.py",
        "    version: Literal[1] = 1\n",
        '    version: Literal[1, 2] = 2\n    tomorrows: str = "field"\n',
    ),
    (
        "generator/spec.py",
        '    model_config = ConfigDict(frozen=True, extra="forbid")\n',
        '    model_config = ConfigDict(frozen=True, extra="forbid")\n\n    halo: bool = True\n',
    ),
)
_people = count(5000)


def test_a_new_worker_reads_an_old_frontends_request() -> None:
    request = parse_request(FIRST)
    assert request.seed == 7
    assert request.count == 4
    # And what it is written as is what it was.
    assert parse_request(request.model_dump_json()) == request


def test_an_old_worker_paints_in_one_style_for_a_new_frontend() -> None:
    """It refuses fields that it does not know; what needs none of them has none of them."""
    request = parse_request(PAINTING)
    assert isinstance(request, StylizeRequest)
    assert not request.blend
    assert json.loads(request.model_dump_json()) == json.loads(PAINTING)
    # And it does not say that it can do more.
    assert not Skills.model_validate_json('{"faces":true,"painting":true,"styles":[]}').mixing


def test_a_new_frontend_reads_an_old_workers_record() -> None:
    record = restore(FIRST, {b"state": b"done", b"submitted": b"1700000000"})
    assert record is not None
    assert record.specs == ()


def test_an_old_frontend_reads_a_new_workers_record() -> None:
    for later in (
        {b"tomorrows": b"field"},
        {b"specs": b'[{"style":"moe","halo":true}]'},
        {b"specs": b'[{"hair":"of-tomorrow"}]'},
    ):
        fields = {b"state": b"done", b"submitted": b"1700000000", **later}
        record = restore(FIRST, fields)
        assert record is not None
        assert record.specs == ()


async def test_an_old_frontend_tells_of_a_new_workers_reasons() -> None:
    fields = {b"state": b"failed", b"submitted": b"1700000000", b"error": b"of-tomorrow"}
    record = restore(FIRST, fields)
    assert record is not None
    told = await finished(record, "failed", record.error, None)
    assert "went wrong" in told.text
    assert record.job_id in told.text


def test_an_old_worker_knows_what_it_does_not_know() -> None:
    for later in (b'"version":2', b'"version":1,"tomorrows":"field"'):
        with pytest.raises(ValidationError):
            parse_request(FIRST.replace(b'"version":1', later))


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next version, in a folder of its own."""
    root = tmp_path_factory.mktemp("next")
    for part in ("bot", "worker", "generator", "tests/e2e"):
        skip = shutil.ignore_patterns("*.safetensors", "__pycache__")
        shutil.copytree(REPOSITORY / part, root / part, ignore=skip)
    for file, before, after in BRINGS:
        text = (root / file).read_text()
        assert before in text, file
        (root / file).write_text(text.replace(before, after))
    return root


class Chat:
    """One person's private chat with the bot."""

    def __init__(self, telegram: FakeTelegram, redis: EmbeddedRedis) -> None:
        self.telegram = telegram
        self.me = next(_people)
        self.environment = {"REDIS_URL": redis.url, **telegram.environment}

    def frontend(self, code: Path = REPOSITORY) -> Program:
        return Program("bot", "telegram", code=code, **self.environment)

    def worker(self, code: Path = REPOSITORY) -> Program:
        return Program("worker", code=code, MOEMOJI_ENGINE=SMALL, **self.environment)

    async def asks(self, wish: str) -> None:
        await self.telegram.write(self.me, f"/avatar {wish}")

    async def shown(self, pictures: int) -> None:
        """Wait for that many messages with a picture; none must be waiting for one any more."""
        await self.telegram.until(lambda: len([m for m in self.messages if m.files]) >= pictures)

    @property
    def messages(self) -> list:
        return self.telegram.in_chat(self.me)


@pytest_asyncio.fixture
async def chat(server: EmbeddedRedis) -> AsyncIterator[Chat]:
    async with FakeTelegram() as telegram:
        yield Chat(telegram, server)


async def test_new_workers_first(chat: Chat, new: Path) -> None:
    """As the manual says: no one notices, though the old frontend cannot read the figures."""
    async with chat.frontend() as frontend, chat.worker() as worker:
        await frontend.ready()
        await worker.ready()
        await chat.asks("girl seed:1")
        await chat.shown(1)
        await worker.stop()
        async with chat.worker(new) as worker:
            await worker.ready()
            await chat.asks("girl seed:2")
            await chat.shown(2)
            # What was drawn before and after, under the old frontend's buttons.
            for number, message in enumerate([m for m in chat.messages if m.files]):
                await chat.telegram.press(chat.me, message, "Again")
                await chat.shown(3 + number)
    assert "record-unreadable" not in frontend.log
    assert "unreadable-request" not in worker.log


async def test_new_frontends_first(chat: Chat, new: Path) -> None:
    """The other way round an old worker gives up what it does not know, and says so."""
    async with chat.worker() as worker, chat.frontend() as frontend:
        await worker.ready()
        await frontend.ready()
        await chat.asks("girl seed:1")
        await chat.shown(1)
        await frontend.stop()
        async with chat.frontend(new) as frontend:
            await frontend.ready()
            await chat.asks("girl seed:2")
            await chat.telegram.until(
                lambda: any("update the worker" in message.text for message in chat.messages)
            )
            assert "unreadable-request" in worker.log
            # The worker goes on, and the new one draws what is asked for now.
            await worker.stop()
            async with chat.worker(new) as worker:
                await worker.ready()
                await chat.asks("girl seed:3")
                await chat.shown(2)
                # The buttons of the old version's pictures do what they did.
                (first, *_) = [message for message in chat.messages if message.files]
                await chat.telegram.press(chat.me, first, "2")
                await chat.shown(3)


async def test_what_waits_is_answered_by_the_next_version(chat: Chat, new: Path) -> None:
    async with chat.frontend() as frontend:
        await frontend.ready()
        await chat.asks("girl seed:1")
        await chat.telegram.until(lambda: bool(chat.messages))
    async with chat.worker(new) as worker, chat.frontend(new) as frontend:
        await worker.ready()
        await frontend.ready()
        await chat.shown(1)
    assert len(chat.messages) == 1
