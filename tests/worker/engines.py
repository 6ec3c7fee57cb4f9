"""A small real engine for the worker's tests: flat pictures, and faults on demand.

Faults that no real engine can be made to have (a stuck call, a crash of the process) are asked for
by the seed of a spec. `MOEMOJI_TEST_PACE` is the seconds that each picture takes.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from PIL import Image

from generator.photo import PhotoError
from generator.spec import AvatarSpec
from worker.errors import ChatError

RAISES = 4_000_000_001
STICKS = 4_000_000_002
STICKS_WITH_GIL = 4_000_000_003
KILLS = 4_000_000_004
BIG = 4_000_000_005
REFUSES = 4_000_000_006
REFUSES_PHOTO = 4_000_000_007


class OutOfMemoryError(RuntimeError):
    """Named like torch's, which needs a GPU to be provoked."""


class SmallEngine:
    """Draws a square in a colour made of the seed."""

    def __init__(self) -> None:
        self.pace = float(os.environ.get("MOEMOJI_TEST_PACE", "0"))
        # A stock worker has to pay this for each job.
        time.sleep(float(os.environ.get("MOEMOJI_TEST_LOAD", "0")))

    @classmethod
    def load(cls) -> SmallEngine:
        _say(f"loaded by {os.getpid()}")
        return cls()

    def warm(self, pictures: int = 1) -> None:
        _say(f"warmed with {pictures}")

    def draw(self, specs: list[AvatarSpec], size: int = 256) -> list[Image.Image]:
        _say(f"painted by {os.getpid()}")
        seeds = {spec.seed for spec in specs}
        if RAISES in seeds:
            raise ValueError("this one cannot be drawn")
        if REFUSES in seeds:
            raise ChatError("too-many-jobs", limit=3)
        if REFUSES_PHOTO in seeds:
            raise PhotoError("photo.too_small", pixels=64)
        if BIG in seeds and len(specs) > 2:
            raise OutOfMemoryError
        if KILLS in seeds:
            os.kill(os.getpid(), signal.SIGKILL)
        if STICKS in seeds:
            time.sleep(600)
        if STICKS_WITH_GIL in seeds:
            # One huge integer operation: C code that never lets another thread run.
            _ = 7 ** (7**9)
        time.sleep(self.pace * len(specs))
        return [Image.new("RGBA", (size, size), colour(spec)) for spec in specs]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def colour(spec: AvatarSpec) -> tuple[int, int, int, int]:
    """The colour that `SmallEngine` gives a spec."""
    return (spec.seed & 255, spec.seed >> 8 & 255, spec.seed >> 16 & 255, 255)
