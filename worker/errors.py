"""What can go wrong because of a person or the day, as a text key and its parameters.

The sentences themselves are data of the frontends, one file a language. A key here is a promise
that each of those files has it; `TEXT_KEYS` lists them with the parameters a text may use.
"""

from __future__ import annotations

from generator.errors import PersonError

TEXT_KEYS: dict[str, tuple[str, ...]] = {
    "too-many-jobs": ("limit",),
    "queue-full": (),
    "store-away": (),
    "draw-failed": ("job_id",),
    "out-of-memory": ("job_id",),
    "worker-lost": ("job_id",),
    "versions-differ": ("job_id",),
    "waited-too-long": ("job_id",),
    "upload-refused": (),
    "uploads-off": (),
    "photo-gone": (),
    "no-face": (),
    "style-gone": (),
}
"""Every key that a `ChatError` or a failed event of this package carries."""


class ChatError(PersonError):
    """Something to tell a person in their language; never logged as a fault of ours.

    Attributes:
        key: Names a sentence in the texts of the frontends.
        params: Values for the sentence's placeholders.
    """

    def __init__(self, key: str, **params: str | int | float) -> None:
        super().__init__(key)
        self.key: str = key
        self.params = params


class BusyError(ChatError):
    """Too much at once: this person's own jobs, or the whole queue."""


class StoreAwayError(ChatError):
    """Redis cannot be reached at the moment; nothing was lost, nothing was started."""

    def __init__(self) -> None:
        super().__init__("store-away")


class PhotosGoneError(ChatError):
    """A picture waited longer than pictures are kept."""

    def __init__(self) -> None:
        super().__init__("photo-gone")


class SetupError(Exception):
    """The program cannot start; the message is one plain sentence for whoever deploys it."""
