"""A job's record out of what Redis holds of it, written by whichever version."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from generator.spec import AvatarSpec
from worker.jobs import Address, Read, Record, parse_request

_SPECS: TypeAdapter[tuple[AvatarSpec, ...]] = TypeAdapter(tuple[AvatarSpec, ...])


def restore(request: bytes | None, fields: Mapping[bytes, bytes]) -> Record | None:
    """The record of what Redis holds; None if either part is gone."""
    if request is None or b"state" not in fields:
        return None

    def number(name: bytes) -> float | None:
        return float(fields[name]) if fields.get(name) else None

    specs, landed, params, read = (
        fields.get(name) for name in (b"specs", b"landed", b"error_params", b"read")
    )
    return Record.model_validate(
        {
            "request": parse_request(request),
            "state": fields[b"state"].decode(),
            "attempts": int(fields.get(b"attempts", 0)),
            "submitted": number(b"submitted") or 0.0,
            "started": number(b"started"),
            "finished": number(b"finished"),
            "draw_seconds": number(b"draw_seconds"),
            "specs": _figures(specs) if specs else (),
            "read": _read(read) if read else Read(),
            "error": (fields.get(b"error") or b"").decode() or None,
            "error_params": json.loads(params) if params else {},
            "waiting": fields[b"waiting"].decode() if b"waiting" in fields else None,
            "landed": Address.model_validate_json(landed) if landed else None,
        }
    )


def _figures(specs: bytes) -> tuple[AvatarSpec, ...]:
    """The figures that were drawn; none if a newer worker drew what this version does not know.

    The pictures can be shown all the same.
    """
    try:
        return _SPECS.validate_json(specs)
    except ValidationError:
        return ()


def _read(read: bytes) -> Read:
    """What was read of pictures, likewise."""
    try:
        return Read.model_validate_json(read)
    except ValidationError:
        return Read()
