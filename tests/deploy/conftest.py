"""Real servers, and the repository's root on the path for "tests.e2e..." and "deploy..."."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.deploy.servers import Shipped
from worker.embedded import EmbeddedRedis


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis() as redis:
        yield redis


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Callable[[str], Shipped]]:
    """Starts servers by the names of their files."""
    running: list[Shipped] = []

    def start(name: str) -> Shipped:
        running.append(Shipped(name, tmp_path))
        return running[-1]

    yield start
    for server in running:
        server.stop()
