"""A rolling update: what one version wrote is read by the other, or its author is told."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from worker.jobs import parse_request
from worker.queue import restore

# As version 0.1.0 of the frontends wrote it. Not to be changed: new fields need defaults.
FIRST = b"""{"version":1,"job_id":"0bcd12345678","author":{"platform":"discord","user_id":"1",
"display":null},"address":{"platform":"discord","chat_id":"7","message_id":"8","guild_id":"9",
"thread_id":null,"token":null,"token_expires":null},"locale":"en","parent":null,
"created":1700000000.0,"once":null,"uploads":[],"lane":"default","kind":"draw","prompt":"girl",
"wish":{},"understood":["girl"],"unknown":[],"seed":7,"count":4,"size":256,"background":null,
"specs":null,"variation":null}"""


def test_a_new_worker_reads_an_old_frontends_request() -> None:
    request = parse_request(FIRST)
    assert request.seed == 7
    assert request.count == 4
    # And what it is written as is what it was.
    assert parse_request(request.model_dump_json()) == request


def test_a_new_frontend_reads_an_old_workers_record() -> None:
    record = restore(FIRST, {b"state": b"done", b"submitted": b"1700000000"})
    assert record is not None
    assert record.specs == ()


def test_an_old_frontend_reads_a_new_workers_record() -> None:
    fields = {b"state": b"done", b"submitted": b"1700000000", b"tomorrows": b"field"}
    assert restore(FIRST, fields) is not None


def test_an_old_worker_knows_what_it_does_not_know() -> None:
    """It fails such a job and its author is told: see tests/worker/test_worker_process.py."""
    for later in (b'"version":2', b'"version":1,"tomorrows":"field"'):
        with pytest.raises(ValidationError):
            parse_request(FIRST.replace(b'"version":1', later))
