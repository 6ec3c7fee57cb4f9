"""Pictures of strangers, opened safely: `open_photo(data)` or one of the refusals."""

from __future__ import annotations

from generator.photo.errors import REFUSALS, PhotoError
from generator.photo.opening import MAX_BYTES, SIDE, open_photo

__all__ = ["MAX_BYTES", "REFUSALS", "SIDE", "PhotoError", "open_photo"]
