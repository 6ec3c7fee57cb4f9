"""Why a picture is not opened, as keys that every language has a sentence for."""

from __future__ import annotations

from generator.errors import PersonError

REFUSALS: dict[str, str] = {
    "photo.format": "this is no picture I can open: send a JPEG, PNG, WEBP or HEIC file",
    "photo.broken": "the picture is damaged or incomplete: save it again or send another one",
    "photo.too_big": "the file is too big: send one of at most {megabytes} MB",
    "photo.too_many_pixels": (
        "the picture is too large: scale it down to at most {megapixels} megapixels"
    ),
    "photo.too_small": "the picture is too small: send one with at least {pixels} pixels a side",
    "photo.heic": "HEIC pictures can't be opened here: send it as JPEG or PNG",
}
"""Every key a `PhotoError` may have, with what the command line says. Chats have their own
sentences, with the same placeholders, under errors.{key} in `bot/texts`."""


class PhotoError(PersonError):
    """A picture that is not opened, and what to do about it.

    Attributes:
        key: One of `REFUSALS`.
        params: Values for the sentence's placeholders.
    """

    def __init__(self, key: str, **params: int) -> None:
        super().__init__(REFUSALS[key].format(**params))
        self.key = key
        self.params: dict[str, str | int | float] = {**params}
