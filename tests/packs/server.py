"""An HTTP server on loopback that does what servers do, and what they should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class FileServer(ThreadingHTTPServer):
    """Serves `data` under any path but those that `Handler.do_GET` knows as special."""

    daemon_threads = True

    def __init__(self, data: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = data
        self.asked: list[tuple[str, str | None]] = []
        """Path and Range of every request."""

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are part of the tests."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: FileServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        data, path = self.server.data, self.path
        wanted = self.headers.get("Range")
        self.server.asked.append((path, wanted))
        before = sum(asked == path for asked, _ in self.server.asked) - 1
        if path == "/loop":
            self._head(302, Location="/loop")
        elif path == "/plain":
            self._head(302, Location="http://192.0.2.1/network.onnx")
        elif path == "/moved":
            self._head(301, Location="/range")
        elif path == "/gone":
            self._head(404)
        elif path == "/busy" and before == 0:
            self._head(503)
        elif path == "/wrong-length":
            self._body(data + b"more")
        elif path == "/endless":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            self.wfile.write(data + bytes(1 << 20))
        elif path == "/cut" or (path == "/cut-once" and before == 0):
            self._body(data[_start(wanted) :], start=_start(wanted), sent=len(data) // 8)
        elif path == "/cut-no-range":
            self._body(data, sent=len(data) // 2 if before == 0 else None)
        elif path == "/other-range" and wanted:
            # A part, but not the one that was asked for.
            self._body(data[1:], start=1)
        elif path == "/satisfied" and wanted:
            self._head(416)
        else:
            self._body(data[_start(wanted) :], start=_start(wanted))

    def _body(self, body: bytes, start: int = 0, sent: int | None = None) -> None:
        self.send_response(206 if start else 200)
        if start:
            whole = start + len(body)
            self.send_header("Content-Range", f"bytes {start}-{whole - 1}/{whole}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.close_connection = sent is not None

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def _start(wanted: str | None) -> int:
    return int(re.fullmatch(r"bytes=(\d+)-", wanted)[1]) if wanted else 0  # type: ignore[index]


@contextmanager
def serving(data: bytes) -> Iterator[FileServer]:
    with FileServer(data) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()
