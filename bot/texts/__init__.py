"""What Moemoji says, as data: one TOML file a language, the same keys and placeholders in each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal, get_args

Language = Literal["en", "zh_hans", "zh_hant", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The first one stands in for every locale that has no texts of its own."""
DISCORD_LOCALES: dict[str, Language] = {
    "en-US": "en",
    "en-GB": "en",
    "zh-CN": "zh_hans",
    "zh-TW": "zh_hant",
    "ja": "ja",
}
"""Discord's locale codes (https://discord.com/developers/docs/reference#locales)."""
TELEGRAM_LANGUAGES: dict[str, Language] = {"zh": "zh_hans", "ja": "ja"}
"""Telegram's command lists know two-letter codes only; the list without a code is English."""


def language_of(locale: str | None) -> Language:
    """The language of a locale as chat services and browsers write it.

    Example:
        >>> language_of("zh-Hant-HK"), language_of("zh_CN"), language_of("fr")
        ('zh_hant', 'zh_hans', 'en')
    """
    tag = (locale or "").lower().replace("_", "-")
    if tag.startswith("zh"):
        traditional = {"tw", "hk", "mo", "hant"} & set(tag.split("-"))
        return "zh_hant" if traditional else "zh_hans"
    return "ja" if tag.split("-")[0] == "ja" else "en"


def _flatten(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = str(value).strip("\n")
    return flat


class Texts:
    """The sentences of one language.

    Attributes:
        language: One of `LANGUAGES`.
        table: Every sentence by its dotted key, with {placeholders}.
    """

    def __init__(self, language: Language, table: Mapping[str, str]) -> None:
        self.language = language
        self.table = table

    def __call__(self, key: str, **values: object) -> str:
        """The sentence with its placeholders filled in.

        Raises:
            KeyError: if there is no such sentence or a value is missing; a fault of ours.
        """
        return self.table[key].format(**values)

    def section(self, name: str) -> dict[str, str]:
        """The sentences under "name.", by what follows, in the order of the file."""
        start = f"{name}."
        return {k[len(start) :]: v for k, v in self.table.items() if k.startswith(start)}

    def place(self, number: int) -> str:
        """A place in the line: "3rd" in English, the bare number where no ending is needed."""
        if self.language != "en":
            return str(number)
        teen = 10 <= number % 100 <= 20
        return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"

    def wait(self, seconds: float) -> str:
        """A time to wait, rounded the way people say it: to 5 s, or to whole minutes and so on."""
        if seconds < 90:
            return self("time.seconds", n=max(5, round(seconds / 5) * 5))
        if seconds < 90 * 60:
            return self("time.minutes", n=round(seconds / 60))
        if seconds < 48 * 3600:
            return self("time.hours", n=round(seconds / 3600))
        return self("time.days", n=round(seconds / 86400))

    def listed(self, items: list[str] | tuple[str, ...]) -> str:
        """The items with the language's comma between them."""
        return self("language.comma").join(items)

    def quoted(self, text: str, limit: int = 200) -> str:
        """Somebody's own words in quotation marks, on one line and not longer than `limit`."""
        line = " ".join(text.split())
        return self("language.quote", text=line if len(line) <= limit else line[: limit - 1] + "…")


@cache
def texts(language: str) -> Texts:
    """The texts of one of `LANGUAGES`.

    Raises:
        ValueError: for any other language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"there are texts in {', '.join(LANGUAGES)}, not in {language!r}")
    data = resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, _flatten(tomllib.loads(data)))
