"""A check for the worker's tests: reads a picture and minds those that are mostly red."""

from __future__ import annotations

import io

from PIL import Image


class MindsRed:
    @classmethod
    def load(cls) -> MindsRed:
        return cls()

    def allows(self, picture: bytes) -> bool:
        red, green, _ = (
            Image.open(io.BytesIO(picture)).convert("RGB").resize((1, 1)).getpixel((0, 0))
        )
        return red <= 2 * green


class Broken:
    @classmethod
    def load(cls) -> Broken:
        raise OSError("no such file: weights")
