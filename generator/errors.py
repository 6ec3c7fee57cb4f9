"""The one family of errors that a person can cause and mend."""

from __future__ import annotations

from collections.abc import Mapping


class PersonError(ValueError):
    """Its message is one sentence that says what to do; command lines print it and exit with 2.

    Attributes:
        key: Where chats have a sentence of their own for it, in each language: its name.
        params: Values for that sentence's placeholders.
    """

    key: str | None = None
    params: Mapping[str, str | int | float] = {}
