"""PRIVACY.md is true: every key of Redis after everything that people can do, against its table."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import redis.asyncio

from bot.core import Conversation
from bot.core.events import Edited, Person, Place
from bot.core.preferences import Preferences
from bot.health import Heartbeat
from bot.settings import ConsoleSettings, LimitSettings
from bot.texts import LANGUAGES, texts
from tests.bot.people import Somebody
from tests.e2e.processes import Program
from worker.delivery import Deliveries
from worker.embedded import EmbeddedRedis
from worker.jobs import Address, Author, DrawRequest
from worker.ledger import Ledger, connection
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "PRIVACY.md").read_text()
# Nothing else is called so: whatever Redis holds of them is of theirs.
ME, WORD, PHOTO = "47110815", "marshmallow", b"\x89photo-of-a-face\x00" * 50
SECONDS = {"min": 60, "h": 3600, "day": 86400, "days": 86400, "year": 365 * 86400}


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    key: str
    type: str
    named: bool
    seconds: int | None
    """None: always there."""
    deleted: bool

    def holds(self, key: str) -> bool:
        pattern = re.sub(r"[A-Z]{3,}", "[^:]+", re.escape(self.key))
        for wide in ("USER", "PLACE", "CHAT"):
            if wide in self.key:
                pattern = re.sub(r"[A-Z]{3,}", ".+", re.escape(self.key))
        return re.fullmatch(pattern, key) is not None


def table() -> list[Row]:
    found = []
    line = r"^\| `([^`]+)` \| (\w+) \| [^|]+ \| (yes|no) \| ([^|]+) \| (deleted|stays) \|$"
    for key, kind, named, kept, forgotten in re.findall(line, TEXT, re.M):
        number, _, unit = kept.partition(" ")
        seconds = None if kept == "always" else int(number) * SECONDS[unit]
        found.append(Row(key, kind, named == "yes", seconds, forgotten == "deleted"))
    return found


ROWS = table()


class Watch:
    """Looks at everything that Redis holds, and remembers which lines it has seen."""

    def __init__(self, client: redis.asyncio.Redis) -> None:
        self.client = client
        self.seen: set[str] = set()

    async def value(self, key: str, kind: str) -> bytes:
        match kind:
            case "string":
                return await self.client.get(key) or b""
            case "hash":
                fields = await self.client.hgetall(key)
                return b"\n".join(part for item in fields.items() for part in item)
            case "list":
                return b"\n".join(await self.client.lrange(key, 0, -1))
            case "set":
                return b"\n".join(await self.client.smembers(key))
            case "zset":
                return b"\n".join(await self.client.zrange(key, 0, -1))
        return repr(await self.client.xrange(key)).encode()

    async def all(self) -> dict[str, tuple[Row, bytes]]:
        """Every key with its line and its value."""
        found = {}
        async for raw in self.client.scan_iter(count=1000):
            key = raw.decode()
            kind, ttl = (await self.client.type(key)).decode(), await self.client.pttl(key)
            if kind == "none" or ttl == -2:
                continue  # It has just gone.
            rows = [row for row in ROWS if row.holds(key)]
            assert len(rows) == 1, f"{key} ({kind}) is told {len(rows)} times"
            (row,) = rows
            assert kind == row.type, key
            if row.seconds is not None:
                # 0 in its last millisecond; -1 would be a key that stays.
                assert 0 <= ttl <= row.seconds * 1000, key
            found[key] = (row, await self.value(key, kind))
            self.seen.add(row.key)
        return found

    async def look(self) -> None:
        for key, (row, value) in (await self.all()).items():
            if ME in key or ME.encode() in value:
                assert row.named, key
            if WORD.encode() in value:
                assert row.key == "moemoji:request:JOB", key
            if PHOTO in value:
                assert row.key == "moemoji:upload:UPLOAD", key


@pytest_asyncio.fixture
async def watch(server: EmbeddedRedis) -> AsyncIterator[Watch]:
    client = redis.asyncio.Redis.from_url(server.url)
    yield Watch(client)
    await client.aclose()


class Chat:
    """People, a worker process, and a frontend's ear."""

    def __init__(self, conversation: Conversation, deliveries: Deliveries) -> None:
        self.conversation = conversation
        self.queue = conversation.queue
        self._events = deliveries.listen()

    def person(
        self, user: str = ME, platform: str = "discord", *, manager: bool = False, private: bool
    ) -> Somebody:
        place = Place(platform, "600", None if private else "500", private=private)  # type: ignore[arg-type]
        return Somebody(self.conversation, Person(user, moderator=manager), place)

    async def asks(self, who: Somebody, words: str = f"/avatar girl {WORD}") -> str:
        reply = await who.says(words)
        assert reply.job_id is not None, reply.text
        return reply.job_id

    async def shown(self, job_id: str) -> None:
        """Wait until a job has ended and its chat has it."""
        async for event in self._events:
            await event.ack(Address(platform="discord", chat_id="600", message_id="9"))
            if event.job_id == job_id:
                return


@pytest_asyncio.fixture
async def chat(server: EmbeddedRedis) -> AsyncIterator[Chat]:
    settings = LimitSettings(owners="discord:99")
    queue = await JobQueue.connect(server.url, QueueSettings())
    preferences = await Preferences.connect(server.url)
    deliveries = await Deliveries.connect(server.url, "discord")
    yield Chat(Conversation(queue, preferences, settings), deliveries)
    for part in (deliveries, queue, preferences):
        await part.close()


async def test_every_key_after_every_flow(server: EmbeddedRedis, chat: Chat, watch: Watch) -> None:
    me, queue = chat.person(private=False), chat.queue
    manager = chat.person("1", manager=True, private=False)
    owner = chat.person("99", private=True)
    preferences = chat.conversation.preferences
    author = Author(platform="discord", user_id=ME)
    env = {"REDIS_URL": server.url, "MOEMOJI_LOG_JSON": "true"}

    # What waits, with no worker there.
    first = await chat.asks(me)
    await chat.asks(me)
    await me.says("/queue")
    await watch.look()
    await me.says("/cancel")
    await watch.look()
    await chat.shown(first)
    late = await chat.asks(me)
    await chat.asks(me)
    # A worker that holds one job, and one that died between taking another and saying so.
    other = await chat.asks(manager, "/avatar boy")
    lost = Ledger(connection(server.url, attempts=1), "lost", WorkerSettings(REDIS_URL=server.url))
    assert [claim.job_id for claim in lost.claim([], more=1)] == [late]
    assert lost.redis.lpop("rq:queue:default") == other.encode()
    lost.sweep()
    await watch.look()
    lost.release([late])
    lost.redis.close()

    async with Program(
        "worker", **env, MOEMOJI_ENGINE="tests.worker.engines:SmallEngine"
    ) as worker:
        await worker.ready()
        await watch.look()
        await chat.shown(late)
        job = await chat.asks(me)
        await chat.shown(job)
        await watch.look()
        for press in (f"pick:{job}:1", f"reroll:{job}:", f"vary:{job}:0"):
            reply = await me.presses(press, under=press)
            assert reply is not None
            assert reply.job_id is not None
            await chat.shown(reply.job_id)
            await watch.look()
        edited = await me.does(Edited(me.person, me.place, job_id=job, words=f"boy {WORD}"))
        await chat.shown(edited.job_id or "")
        # A moderator's "again" repeats the wish.
        copied = await manager.presses(f"reroll:{job}:", under="5")
        assert copied is not None
        await chat.shown(copied.job_id or "")
        await me.presses(f"delete:{job}:")
        await me.presses(f"details:{job}:")
        await watch.look()
        # What fails in the engine.
        failing = DrawRequest(
            author=author,
            address=Address(platform="discord", chat_id="600"),
            prompt=WORD,
            seed=4_000_000_001,
            count=1,
        )
        await queue.submit(failing)
        await chat.shown(failing.job_id)
        assert (await queue.record(failing.job_id)).state == "failed"
        await watch.look()

        # Settings, of a person and of a place.
        await me.says("/settings style chibi")
        await me.says("/settings language ja")
        await manager.says("/settings server count 2")
        await preferences.ask(f"telegram:{ME}", "12", "edited", job)
        await preferences.remember("commands", "digest")
        await watch.look()

        # Managers and owners.
        for words in (
            *(f"ban {ME} 3d", f"unban {ME}", f"access allow user {ME}", "limit user 100/hour"),
            *("words deny pineapple", "limit cooldown 1", "audit"),
        ):
            await manager.says(f"/admin {words}")
        await watch.look()
        for words in (f"ban {ME} everywhere", f"unban {ME} everywhere", "limit total 9/day"):
            await owner.says(f"/admin {words}")
        await owner.says(f"/admin ban {ME} everywhere")
        await manager.says(f"/admin ban {ME}")
        await watch.look()

        # Refused, in front of everybody too.
        assert (await me.says(f"/avatar girl {WORD}")).job_id is None
        loud = chat.person(platform="telegram", private=False)
        await chat.person("1", "telegram", manager=True, private=False).says(f"/admin ban {ME}")
        assert (await loud.says(f"/avatar girl {WORD}")).job_id is None
        await watch.look()
        await owner.says(f"/admin unban {ME} everywhere")

        # Photos.
        upload = await queue.upload(author, PHOTO)
        await watch.look()
        sent = DrawRequest(author=author, address=failing.address, uploads=(upload,), count=1)
        await queue.upload(author, PHOTO)
        await queue.note(author, sent.job_id, f"https://cdn/{ME}/me.jpg")

        async with Heartbeat(server.url, "discord", "frontend", lambda: None):
            while not any("frontend:" in key for key in await watch.all()):
                pass
        before = await watch.all()
        assert len([key for key in before if key.startswith("moemoji:upload:")]) == 2
        assert any(WORD.encode() in value for _, value in before.values())
        await queue.submit(sent)
        await chat.shown(sent.job_id)
        # Right after the answer is told: a photo goes once it is sure whose answer counts.
        async with asyncio.timeout(2):
            while await queue._redis.exists(f"moemoji:upload:{upload}"):
                await asyncio.sleep(0.01)

        # And everything goes, what a moderator made of it as well.
        assert copied.job_id is not None
        assert await queue.record(copied.job_id) is not None
        forgotten = await me.presses("forget::")
        assert forgotten is not None
        assert forgotten.text != texts("en")("errors.banned")
        for key, (row, value) in (await watch.all()).items():
            assert WORD.encode() not in value, key
            assert PHOTO not in value, key
            assert ME not in key or not row.deleted, key
            assert ME.encode() not in value or not row.deleted, key
        assert await queue.record(copied.job_id) is None

    # No line speaks of what there is not.
    assert {row.key for row in ROWS} - watch.seen == set()


async def test_forgetting_is_for_one_platform(chat: Chat) -> None:
    here, there = chat.person(private=True), chat.person(platform="telegram", private=True)
    mine, other = await chat.asks(here), await chat.asks(there)
    await here.presses("forget::")
    assert await chat.queue.record(mine) is None
    assert await chat.queue.record(other) is not None
    assert "say it on both" in TEXT.replace("\n", " ")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_privacy_says_is_what_is_set(server: EmbeddedRedis, language: str) -> None:
    settings = ConsoleSettings(record_ttl=5 * 86400, result_ttl=7200, upload_ttl=180)
    queue = await JobQueue.connect(server.url, settings)
    preferences = await Preferences.connect(server.url)
    say = texts(language)
    for logged in (False, True):
        chosen = settings.model_copy(update={"log_prompts": logged})
        conversation = Conversation(queue, preferences, chosen)
        place = Place("discord", "c", None, private=True)
        me = Somebody(conversation, Person("1", say.language), place)
        told = (await me.says("/privacy")).text
        assert re.findall(r"\d+", told)[:3] == ["5", "2", "3"]
        assert (say("say.privacy_logged") in told) is logged
        assert (say("say.privacy_logs") in told) is not logged
    await queue.close()
    await preferences.close()


def test_the_times_are_the_defaults() -> None:
    kept = QueueSettings.model_fields
    seconds = {row.key: row.seconds for row in ROWS}
    assert seconds["moemoji:request:JOB"] == kept["record_ttl"].default
    assert seconds["moemoji:result:JOB"] == kept["result_ttl"].default
    assert seconds["moemoji:upload:UPLOAD"] == kept["upload_ttl"].default


async def test_forgetting_lifts_no_ban_and_fills_no_limit(chat: Chat) -> None:
    me, manager = chat.person(private=False), chat.person("1", manager=True, private=False)
    await manager.says("/admin limit user 1/hour")
    await chat.asks(me)
    for _ in range(2):
        assert "next one" in (await me.says("/avatar girl")).text
        await me.presses("forget::")
    await manager.says(f"/admin ban {ME}")
    await me.presses("forget::")
    assert (await me.says("/avatar girl")).text == texts("en")("errors.banned")
