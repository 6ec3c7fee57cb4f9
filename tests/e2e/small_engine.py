"""A small real engine: flat pictures in a colour made of the spec, for tests of the road."""

from __future__ import annotations

import hashlib
import os
import time

from PIL import Image

from generator.spec import AvatarSpec


class SmallEngine:
    """`MOEMOJI_TEST_PACE` is the seconds that each picture takes."""

    def __init__(self) -> None:
        self._pace = float(os.environ.get("MOEMOJI_TEST_PACE", "0"))

    @classmethod
    def load(cls) -> SmallEngine:
        return cls()

    def warm(self, pictures: int = 1) -> None:
        pass

    def draw(self, specs: list[AvatarSpec], size: int = 256) -> list[Image.Image]:
        time.sleep(self._pace * len(specs))
        return [Image.new("RGBA", (size, size), colour(spec)) for spec in specs]


def colour(spec: AvatarSpec) -> tuple[int, int, int, int]:
    """The colour of a spec's picture."""
    digest = hashlib.blake2b(spec.model_dump_json(exclude={"accessories"}).encode()).digest()
    return digest[0], digest[1], digest[2], 255
