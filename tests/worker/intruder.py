"""What somebody with the password of Redis would have a worker import: it leaves a file behind."""

from __future__ import annotations

import os
from pathlib import Path

Path(os.environ["MOEMOJI_TEST_INTRUDER"]).touch()


def called(*_: object) -> None:
    """By rq, if it could."""
