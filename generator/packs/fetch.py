"""Brings a pack's network into a part file: over HTTP, going on where it stopped, or from beside.

httpx, since python-telegram-bot and the doctor speak HTTP with it already. What counts is the
SHA-256 of the manifest: no header of a server is believed, but each may stop us early.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import httpx

from generator.packs.address import acceptable, loopback
from generator.packs.manifest import PackError, PackManifest

ATTEMPTS = 4
"""How often a broken connection is taken up again."""
REDIRECTS = 5
TIMEOUT = 30.0
"""Seconds without a single byte."""
_BLOCK = 1 << 18

Progress = Callable[[int], None]
"""Called with the bytes that are there."""


class CutError(PackError):
    """The connection broke; what has come is kept and the next try goes on from there."""


def fetch(manifest: PackManifest, beside: Path, part: Path, progress: Progress) -> None:
    """Bring the network into `part`, whole and with the right hash.

    Args:
        manifest: Says from where.
        beside: The manifest's folder, for a `file`.
        part: What an earlier try left there is gone on with.
        progress: For a bar.

    Raises:
        CutError: The connection breaks again and again; `part` stays.
        PackError: It cannot be had, or is another file; `part` is removed.
    """
    try:
        with part.open("ab") as out:
            try:
                fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CutError(f"{manifest.name} is being fetched by another process") from error
            sink = _Sink(out, part, manifest, progress)
            if manifest.url is not None:
                _download(httpx.URL(manifest.url), sink)
            else:
                _copy(beside, sink)
            sink.check()
    except CutError:
        raise
    except PackError:
        part.unlink(missing_ok=True)
        raise
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PackError(f"{part.parent} cannot be written: {error.strerror}") from error


class _Sink:
    """The part file, hashed as it is written."""

    def __init__(
        self, out: BinaryIO, part: Path, manifest: PackManifest, progress: Progress
    ) -> None:
        self._out, self._progress, self.manifest = out, progress, manifest
        self._digest = hashlib.sha256()
        self.size, self.have = manifest.bytes, 0
        if part.stat().st_size > self.size:
            self.restart()
        with part.open("rb") as earlier:
            while block := earlier.read(_BLOCK):
                self._count(block)

    def restart(self) -> None:
        self._out.truncate(0)
        self._digest = hashlib.sha256()
        self.have = 0

    def write(self, block: bytes) -> None:
        if self.have + len(block) > self.size:
            raise self.wrong_length(f"more than {self.size:,}")
        self._out.write(block)
        self._count(block)

    def _count(self, block: bytes) -> None:
        self._digest.update(block)
        self.have += len(block)
        self._progress(self.have)

    def wrong_length(self, found: str) -> PackError:
        return PackError(
            f"{self.manifest.name} has {found} bytes, not the {self.size:,} of its manifest: "
            "find the right file or manifest"
        )

    def check(self) -> None:
        if self.have != self.size:
            raise self.wrong_length(f"{self.have:,}")
        if self._digest.hexdigest() != self.manifest.sha256:
            raise PackError(
                f"{self.manifest.name} is not the file that its manifest names (its sha256 is "
                f"{self._digest.hexdigest()}): find the right file or manifest"
            )


def _copy(beside: Path, sink: _Sink) -> None:
    sink.restart()
    file = beside / (sink.manifest.file or "")
    # A link may lead anywhere, whatever its path looks like.
    if not file.resolve().is_relative_to(beside.resolve()):
        raise PackError(f"{file} leads out of the manifest's folder: put the network beside it")
    if not file.is_file():
        raise PackError(f"there is no file {file}: put the network beside its manifest")
    with file.open("rb") as source:
        while block := source.read(_BLOCK):
            sink.write(block)


def _download(url: httpx.URL, sink: _Sink) -> None:
    # A proxy of the environment cannot reach our own loopback.
    with httpx.Client(timeout=TIMEOUT, trust_env=not loopback(url.host)) as client:
        for _ in range(ATTEMPTS):
            if sink.have == sink.size:
                return
            try:
                _receive(client, url, sink)
            except httpx.InvalidURL as error:
                raise PackError(f"{url.host} redirects to an address that is none") from error
            except httpx.HTTPError:
                continue
    if sink.have < sink.size:
        refusal = CutError if sink.have else PackError
        raise refusal(
            f"{url.host} did not send everything in {ATTEMPTS} tries: run the same command again, "
            f"it goes on at {sink.have:,} of {sink.size:,} bytes"
        )


def _receive(client: httpx.Client, url: httpx.URL, sink: _Sink) -> None:
    # Compressed on the way, it would have neither the length nor the hash.
    headers = {"Accept-Encoding": "identity"}
    if sink.have:
        headers["Range"] = f"bytes={sink.have}-"
    with _answer(client, url, headers) as answer:
        status = answer.status_code
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            sink.restart()
            return
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return
        if status == HTTPStatus.OK:
            # A server may ignore Range (RFC 9110, 14.2) and begin at the beginning.
            sink.restart()
            told = answer.headers.get("Content-Length", str(sink.size))
        elif status == HTTPStatus.PARTIAL_CONTENT and sink.have:
            found = re.fullmatch(
                r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", "")
            )
            if found is None or int(found[1]) != sink.have:
                sink.restart()
                return
            told = found[2].replace("*", str(sink.size))
        else:
            raise PackError(f"{answer.url.host} answers {status}: check the url in the manifest")
        if told != str(sink.size):
            raise sink.wrong_length(told)
        # As it comes: in blocks of our own size, the last one would be lost with the connection.
        for block in answer.iter_raw():
            sink.write(block)


@contextmanager
def _answer(
    client: httpx.Client, url: httpx.URL, headers: dict[str, str]
) -> Iterator[httpx.Response]:
    """The answer after at most `REDIRECTS` redirects, each to an acceptable address."""
    at = url
    for _ in range(REDIRECTS + 1):
        if not acceptable(at.scheme, at.host, url.host):
            raise PackError(
                f"{url.host} leads to {at.scheme}://{at.host}, which nothing is fetched from: find "
                "an https:// address"
            )
        with client.stream("GET", at, headers=headers) as answer:
            if not answer.has_redirect_location:
                yield answer
                return
            at = answer.url.join(answer.headers["Location"])
    raise PackError(f"{url.host} redirects more than {REDIRECTS} times: check the url")
