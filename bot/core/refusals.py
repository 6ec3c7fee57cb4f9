"""What people ask for that we cannot do, as text keys for `bot.texts`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.texts import Texts
from worker.errors import ChatError


class RefusalError(ChatError):
    """A kind no. The key names a sentence under [errors] in the texts.

    Values may be functions of the texts, for lists and times that read differently in each
    language.
    """

    def __init__(self, key: str, **values: str | int | float | Callable[[Texts], str]) -> None:
        super().__init__(key)
        self.values: Mapping[str, str | int | float | Callable[[Texts], str]] = values


class LimitError(RefusalError):
    """Refused by a limit or a rule of the place: said quietly, where that is possible.

    Attributes:
        seconds: After which asking again makes sense; 0 if that is not known.
    """

    def __init__(
        self, key: str, seconds: float = 0.0, **values: str | int | float | Callable[[Texts], str]
    ) -> None:
        super().__init__(key, **values)
        self.seconds = seconds
        if seconds:
            self.values = {**self.values, "wait": lambda say: say.wait(seconds)}


def explained(error: ChatError, say: Texts) -> str:
    """The sentence for a person."""
    values = error.values if isinstance(error, RefusalError) else error.params
    return say(
        f"errors.{error.key}",
        **{name: value(say) if callable(value) else value for name, value in values.items()},
    )
