"""Looking at a picture that somebody sent in before anything is made of it.

Off unless `MOEMOJI_UPLOAD_CHECK` names a class, as module:Class, that does the looking: which model
that is, and under which licence, is the choice of whoever runs the bot.
"""

from __future__ import annotations

import importlib
from typing import Protocol, Self, cast

from worker.errors import ChatError, SetupError
from worker.jobs import Request
from worker.ledger import Ledger


class UploadRefusedError(ChatError):
    """The check minds a picture; its author is told so."""

    def __init__(self) -> None:
        super().__init__("upload-refused")


class UploadCheck(Protocol):
    """A model that knows which pictures not to work with."""

    @classmethod
    def load(cls) -> Self:
        """The model, loaded and warm.

        Raises:
            OSError: if a file of it cannot be read; RuntimeError for another reason.
        """
        ...

    def allows(self, picture: bytes) -> bool:
        """Whether something may be made of a picture.

        An error counts as a no without a reason: the job fails.

        Args:
            picture: The file as it was sent, which need not be a picture at all.
        """
        ...


def load_check(path: str) -> UploadCheck | None:
    """The check that "module:Class" names; None for an empty string.

    Raises:
        SetupError: if there is no such class, or it cannot be loaded.
    """
    if not path:
        return None
    module, _, name = path.partition(":")
    try:
        kind = getattr(importlib.import_module(module), name)
        return cast(UploadCheck, kind.load())
    except (ImportError, AttributeError, OSError, RuntimeError) as error:
        raise SetupError(
            f"MOEMOJI_UPLOAD_CHECK names {path}, which cannot be loaded: {error}."
        ) from error


def look(check: UploadCheck | None, ledger: Ledger, request: Request) -> None:
    """Look at what was sent in with a request.

    Raises:
        UploadRefusedError: if the check minds one of them.
        Exception: what the check raises.
    """
    if check is None or not request.uploads:
        return
    for picture in ledger.uploads(request):
        if not check.allows(picture):
            raise UploadRefusedError
