"""The one family of errors that a person can cause and mend."""

from __future__ import annotations


class PersonError(ValueError):
    """Its message is one sentence that says what to do; command lines print it and exit with 2."""
