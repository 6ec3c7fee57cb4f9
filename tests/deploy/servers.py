"""Redis as our images run it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path

import redis

from worker.embedded import server_binary

ROOT = Path(__file__).parents[2]


def port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


class Shipped:
    """A redis-server with one of the files that we ship, started by the image's own script.

    Args:
        name: The file, "redis" or "uploads".
        home: Where its configuration, data and password are.
    """

    def __init__(self, name: str, home: Path) -> None:
        self.folder, where = home / name, port()
        self.folder.mkdir()
        config = (ROOT / f"deploy/redis/{name}.conf").read_text()
        config = config.replace("dir /data", f"dir {self.folder}")
        self._config = home / f"{name}.conf"
        self._config.write_text(config.replace("port 6379", f"port {where}"))
        self._home = home
        self._address = f"127.0.0.1:{where}/0"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        env = {
            "PATH": f"{Path(server_binary()).parent}:{os.environ['PATH']}",
            "SECRETS": str(self._home),
            "CONFIG": str(self._config),
        }
        command = ["sh", "deploy/redis/start.sh", "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while True:
            try:
                with redis.Redis.from_url(self.url, retry=None) as client:
                    client.ping()
                return
            except (OSError, redis.exceptions.RedisError):
                assert time.monotonic() < end
                time.sleep(0.05)

    @property
    def url(self) -> str:
        """With its password."""
        return f"redis://:{(self._home / 'redis-password').read_text()}@{self._address}"

    def stop(self) -> None:
        """As the end of a container: a Redis that saves does so now."""
        self._process.terminate()
        self._process.wait(30)
