"""`make audit` itself, against a service that speaks OSV's API (https://google.github.io/osv.dev).

What is known about packages changes by the day and is somebody else's to say; that each pinned
version is asked about, and that an answer is heard, is ours.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = ("constraints.txt", "deploy/queue-dashboard/requirements.txt")

pytestmark = pytest.mark.skipif(
    not (Path(sys.prefix) / "bin" / "pip-audit").exists() or shutil.which("make") is None,
    reason="make or pip-audit is not installed: pip install -c constraints.txt '.[dev]'",
)


def pinned() -> set[tuple[str, str]]:
    """Every name and version in the files that images and developers install from."""
    lines = [line for file in PINS for line in (ROOT / file).read_text().splitlines()]
    found = [Requirement(line) for line in lines if not line.startswith("#")]
    return {(canonicalize_name(one.name), str(one.specifier).removeprefix("==")) for one in found}


class Osv:
    """A vulnerability service.

    Attributes:
        asked: The name and version of each question.
        known: What it says of a name and version.
        status: Of its answers.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.known: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.status = 200
        service = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert asked["package"]["ecosystem"] == "PyPI"
                about = asked["package"]["name"], asked["version"]
                service.asked.append(about)
                known = service.known.get(about)
                # As the real one: an empty object if it knows nothing.
                body = json.dumps({"vulns": known} if known else {}).encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Not into the tests' output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/query"

    def knows(self, name: str, vulnerability: str, alias: str) -> str:
        """Let it know a hole of the pinned version of a package; answers that version."""
        version = dict(pinned())[name]
        about = {"name": name, "ecosystem": "PyPI"}
        fixed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999.1"}]}
        self.known[name, version] = [
            {
                "id": vulnerability,
                "aliases": [alias],
                "schema_version": "1.6.0",
                "summary": "A hole that somebody planted.",
                "affected": [{"package": about, "ranges": [fixed]}],
            }
        ]
        return version


@pytest.fixture
def osv() -> Iterator[Osv]:
    service = Osv()
    thread = Thread(target=service.server.serve_forever, args=(0.02,))
    thread.start()
    yield service
    service.server.shutdown()
    thread.join()
    service.server.server_close()


def audit(osv: Osv) -> subprocess.CompletedProcess[str]:
    """`make audit` with the packages of this Python; nothing is installed for it."""
    stamp = f"{sys.prefix}/.dev"
    return subprocess.run(
        ["make", "audit", f"VENV={sys.prefix}", f"OSV_URL={osv.url}", "-o", stamp],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_pinned_version_is_asked_about(osv: Osv) -> None:
    ended = audit(osv)
    assert ended.returncode == 0, ended.stderr
    assert "No known vulnerabilities found" in ended.stderr
    assert set(osv.asked) == pinned()
    assert len(pinned()) > 100


def test_a_known_hole_fails_and_is_named(osv: Osv) -> None:
    version = osv.knows("aiohttp", "GHSA-plan-ted0-hole", "CVE-2099-0001")
    ended = audit(osv)
    assert ended.returncode != 0
    (line,) = [line for line in ended.stdout.splitlines() if line.startswith("aiohttp")]
    # By its CVE, as people look for it.
    assert line.split()[:4] == ["aiohttp", version, "CVE-2099-0001", "999.1"]
    assert set(osv.asked) == pinned()


def test_the_one_that_the_manual_tells_of_may_stay(osv: Osv) -> None:
    manual = (ROOT / "docs/security.md").read_text()
    assert "CVE-2025-53644" in manual
    osv.knows("opencv-contrib-python", "GHSA-the0-know-none", "CVE-2025-53644")
    ended = audit(osv)
    assert ended.returncode == 0, ended.stdout
    assert "1 ignored" in ended.stderr


def test_a_service_that_does_not_answer_is_no_good_news(osv: Osv) -> None:
    osv.status = 503
    ended = audit(osv)
    assert ended.returncode != 0
    assert "No known vulnerabilities" not in ended.stderr
