"""The named styles as data: what they are called, and what they are learned from. Torch-free."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from generator.errors import PersonError
from generator.manifest import SHIPPED

WEIGHTS = SHIPPED / "style.safetensors"
"""Of the network that paints."""


class StyleError(PersonError):
    """A style or a picture that cannot be used; the message says what to do."""


class StyleName(BaseModel):
    """One entry of `styles.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh_hans: str
    zh_hant: str
    ja: str
    pictures: tuple[str, ...] = Field(min_length=1)
    grey: bool = False
    flat: bool = False


@cache
def styles() -> dict[str, StyleName]:
    """All named styles by their key, in the order in which they are offered."""
    text = Path(__file__).with_name("styles.toml").read_text(encoding="utf-8")
    return {key: StyleName.model_validate(entry) for key, entry in tomllib.loads(text).items()}


def find_style(words: str) -> str:
    """The key of a style that is called so in any of the four languages.

    Raises:
        StyleError: None is.
    """
    wanted = _plain(words)
    for key, style in styles().items():
        if wanted in map(_plain, (key, style.en, style.zh_hans, style.zh_hant, style.ja)):
            return key
    raise StyleError(f"“{words}” is no style: choose {', '.join(styles())}, or a picture file")


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("_", " ").replace("-", " ").split())
