"""A real redis-server for each test, and real worker processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from asking import PATIENCE

from worker.delivery import Deliveries, Event
from worker.embedded import EmbeddedRedis
from worker.jobs import Address, Author, DrawRequest
from worker.ledger import Ledger, connection
from worker.queue import JobQueue
from worker.settings import QueueSettings, WorkerSettings

REPOSITORY = Path(__file__).parents[2]
# Everything that takes seconds in production takes tenths of them here, but for the watchdog: what
# it ends is never started again, and a busy machine may take any time for a step.
HASTY = {
    "MOEMOJI_LEASE": "1.5",
    "MOEMOJI_BEAT": "0.2",
    "MOEMOJI_SWEEP": "0.2",
    "MOEMOJI_LOST_AFTER": "0.3",
    "MOEMOJI_CANCEL_POLL": "0.05",
}


@pytest.fixture
def server() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis(durable=True) as redis:
        yield redis


@pytest.fixture
def memory() -> Iterator[EmbeddedRedis]:
    """For pictures that are sent in; `server` writes to disk."""
    with EmbeddedRedis() as redis:
        yield redis


@pytest_asyncio.fixture
async def queue(server: EmbeddedRedis, memory: EmbeddedRedis) -> AsyncIterator[JobQueue]:
    settings = QueueSettings(jobs_per_user=5, uploads_url=memory.url)
    queue = await JobQueue.connect(server.url, settings)
    yield queue
    await queue.close()


@pytest.fixture
def ledger(server: EmbeddedRedis, memory: EmbeddedRedis) -> Iterator[Callable[[str], Ledger]]:
    """Makes the books of an imagined worker."""
    made = []

    def make(owner: str = "worker-1", **changes: float) -> Ledger:
        settings = WorkerSettings(REDIS_URL=server.url, uploads_url=memory.url, **changes)
        made.append(Ledger(connection(server.url, attempts=3), owner, settings))
        return made[-1]

    yield make
    for books in made:
        books.redis.close()


@pytest_asyncio.fixture
async def deliveries(
    server: EmbeddedRedis,
) -> AsyncIterator[Callable[..., Awaitable[Deliveries]]]:
    """Connects frontends; each with short pauses."""
    made: list[Deliveries] = []

    async def connect(
        platform: str = "console", consumer: str = "frontend", reclaim: float = 0.4
    ) -> Deliveries:
        settings = QueueSettings(deliver_backoff=0.1, deliver_reclaim=reclaim, deliver_attempts=3)
        made.append(await Deliveries.connect(server.url, platform, consumer, settings))
        return made[-1]

    yield connect
    for frontend in made:
        await frontend.close()


class Worker:
    """A worker process whose log can be read."""

    def __init__(self, url: str, log: Path, *options: str, **env: str) -> None:
        # Steps that take their time, and a watchdog without any, would race.
        assert not {"MOEMOJI_TEST_PACE", "MOEMOJI_STEP_TIMEOUT"} <= env.keys()
        self.log = log
        with log.open("w") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "worker", *options],
                cwd=REPOSITORY,
                stdout=sink,
                stderr=sink,
                env=os.environ
                | HASTY
                | {
                    "REDIS_URL": url,
                    "MOEMOJI_ENGINE": "engines:SmallEngine",
                    "PYTHONPATH": os.pathsep.join(
                        [
                            *(str(REPOSITORY), str(Path(__file__).parent)),
                            *filter(None, [os.environ.get("PYTHONPATH")]),
                        ]
                    ),
                }
                | env,
            )

    def text(self) -> str:
        return self.log.read_text()

    async def ready(self) -> Worker:
        await until(lambda: "ready" in self.text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.text()
        return self

    def send(self, which: signal.Signals) -> None:
        self.process.send_signal(which)

    async def ended(self, timeout: float = PATIENCE) -> int:
        await until(lambda: self.process.poll() is not None, timeout)
        return self.process.returncode


@pytest.fixture
def spawn(
    server: EmbeddedRedis, memory: EmbeddedRedis, tmp_path: Path
) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def make(*options: str, **env: str) -> Worker:
        log = tmp_path / f"worker-{len(workers)}.log"
        env = {"MOEMOJI_UPLOADS_URL": memory.url} | env
        workers.append(Worker(server.url, log, *options, **env))
        return workers[-1]

    yield make
    for worker in workers:
        code = worker.process.poll()
        worker.process.kill()
        worker.process.wait()
        # pytest shows it if the test has failed.
        print(f"{worker.log.name}, {'alive' if code is None else f'exit code {code}'}:")  # noqa: T201
        print(worker.text())  # noqa: T201


async def until(true: Callable[[], object], timeout: float = PATIENCE) -> None:
    end = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < end, "waited too long"
        await asyncio.sleep(0.02)


@pytest.fixture(name="until")
def until_fixture() -> Callable[..., object]:
    return until


def request(user: str = "1", **fields: object) -> DrawRequest:
    platform = fields.pop("platform", "console")
    values: dict[str, object] = {
        "author": Author(platform=platform, user_id=user),
        "address": Address(platform=platform, chat_id="7"),
        "count": 1,
        "size": 256,
    }
    return DrawRequest(**(values | fields))


@pytest.fixture(name="request_of")
def request_fixture() -> Callable[..., DrawRequest]:
    return request


async def collect(frontend: Deliveries, count: int, timeout: float = PATIENCE) -> list[Event]:
    """The next events, acknowledged."""
    events: list[Event] = []

    async def listen() -> None:
        async for event in frontend.listen():
            await event.ack()
            events.append(event)
            if len(events) == count:
                return

    await asyncio.wait_for(listen(), timeout)
    return events


@pytest.fixture(name="collect")
def collect_fixture() -> Callable[..., object]:
    return collect
