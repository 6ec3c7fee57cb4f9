"""Fetching over real sockets: ranges, cuts, lengths, redirects, hashes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.packs.address import acceptable
from generator.packs.fetch import ATTEMPTS, CutError, fetch
from generator.packs.manifest import PackError, parse
from tests.packs.networks import write_manifest
from tests.packs.server import FileServer, serving

DATA = os.urandom(1 << 20)


@pytest.fixture(scope="module")
def running() -> Iterator[FileServer]:
    with serving(DATA) as server:
        yield server


@pytest.fixture
def server(running: FileServer) -> FileServer:
    running.asked.clear()
    return running


def get(server: FileServer, path: str, folder: Path, data: bytes = DATA) -> list[int]:
    """Fetch into folder/part; what the bar was told."""
    file = write_manifest(folder, data, url=f"{server.url}{path}")
    seen: list[int] = []
    fetch(parse(file.read_bytes(), file), folder, folder / "part", seen.append)
    return seen


@pytest.mark.parametrize(
    "path", ["/range", "/moved", "/cut-once", "/cut-no-range", "/busy", "/satisfied"]
)
def test_a_network_arrives_whole(server: FileServer, tmp_path: Path, path: str):
    seen = get(server, path, tmp_path)
    assert (tmp_path / "part").read_bytes() == DATA
    assert seen[-1] == len(DATA)


def test_a_cut_connection_is_gone_on_with(server: FileServer, tmp_path: Path):
    get(server, "/cut-once", tmp_path)
    (_, first), (_, second) = server.asked
    assert first is None
    assert second is not None
    assert int(second.removeprefix("bytes=").rstrip("-")) > 0


def test_what_an_interrupted_command_left_is_gone_on_with(server: FileServer, tmp_path: Path):
    with pytest.raises(CutError, match="run the same command again"):
        get(server, "/cut", tmp_path)
    assert len(server.asked) == ATTEMPTS
    have = (tmp_path / "part").stat().st_size
    assert 0 < have < len(DATA)
    server.asked.clear()
    get(server, "/range", tmp_path)
    assert server.asked == [("/range", f"bytes={have}-")]
    assert (tmp_path / "part").read_bytes() == DATA


@pytest.mark.parametrize("path", ["/cut-no-range", "/other-range", "/satisfied"])
def test_a_server_without_ranges_begins_anew(server: FileServer, tmp_path: Path, path: str):
    server.asked.append((path, None))
    (tmp_path / "part").write_bytes(DATA[:1000])
    get(server, path, tmp_path)
    assert (tmp_path / "part").read_bytes() == DATA


def test_too_much_of_an_earlier_try_is_thrown_away(server: FileServer, tmp_path: Path):
    (tmp_path / "part").write_bytes(DATA + b"x")
    get(server, "/range", tmp_path)
    assert (tmp_path / "part").read_bytes() == DATA


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/wrong-length", "1,048,576"),
        ("/endless", "more than 1,048,576 bytes"),
        ("/loop", "redirects more than"),
        ("/plain", "leads to http://192.0.2.1"),
        ("/gone", "answers 404"),
    ],
)
def test_what_is_refused_leaves_nothing(
    server: FileServer, tmp_path: Path, path: str, sentence: str
):
    with pytest.raises(PackError, match=sentence):
        get(server, path, tmp_path)
    assert not (tmp_path / "part").exists()


def test_a_wrong_hash_is_refused(server: FileServer, tmp_path: Path):
    with pytest.raises(PackError, match="not the file that its manifest names"):
        get(server, "/range", tmp_path, b"?" * len(DATA))
    assert not (tmp_path / "part").exists()
    # So is the beginning of something else, gone on with.
    (tmp_path / "part").write_bytes(b"?" * 1000)
    with pytest.raises(PackError, match="not the file that its manifest names"):
        get(server, "/range", tmp_path)
    assert not (tmp_path / "part").exists()


def test_nobody_there(tmp_path: Path):
    with serving(b"") as server:
        pass
    with pytest.raises(PackError, match="did not send everything"):
        get(server, "/range", tmp_path)
    assert not (tmp_path / "part").exists()


def test_two_at_once_do_not_mix(server: FileServer, tmp_path: Path):
    import fcntl

    with (tmp_path / "part").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(PackError, match="another process"):
            get(server, "/range", tmp_path)
        assert (tmp_path / "part").exists()


def test_a_file_beside_the_manifest(tmp_path: Path):
    file = write_manifest(tmp_path, DATA)
    manifest = parse(file.read_bytes(), file)
    fetch(manifest, tmp_path, tmp_path / "part", lambda _: None)
    assert (tmp_path / "part").read_bytes() == DATA
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "network.bin").symlink_to(tmp_path / "network.bin")
    with pytest.raises(PackError, match="leads out of"):
        fetch(manifest, inner, tmp_path / "part", lambda _: None)
    (inner / "network.bin").unlink()
    with pytest.raises(PackError, match="no file"):
        fetch(manifest, inner, tmp_path / "part", lambda _: None)
    assert not (tmp_path / "part").exists()


@pytest.mark.parametrize(
    ("scheme", "host", "start", "may"),
    [
        ("https", "example.org", None, True),
        ("http", "example.org", None, False),
        ("http", "127.0.0.1", None, True),
        ("http", "::1", None, True),
        ("http", "localhost", None, True),
        ("http", "localhost.example.org", None, False),
        ("http", "127.0.0.1.example.org", None, False),
        ("file", "", None, False),
        ("ftp", "127.0.0.1", None, False),
        ("https", "", None, False),
        ("https", "elsewhere.org", "example.org", True),
        ("http", "example.org", "example.org", False),
        ("http", "127.0.0.1", "example.org", False),
        ("https", "localhost", "example.org", False),
    ],
)
def test_addresses(scheme: str, host: str, start: str | None, may: bool):
    assert acceptable(scheme, host, start) is may
