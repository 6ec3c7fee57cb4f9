"""What MkDocs asks while it builds the manual (`make docs`): pages made of what the code says.

In a page, `<!-- settings -->` becomes tables of every setting, `<!-- example -->` the file
.env.example, and `<!-- errors -->` what people are told when something is wrong. PRIVACY.md of the
repository's root is a page as well; other pages link to it as GitHub wants it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from bot.settings import (
    ConsoleSettings,
    DiscordSettings,
    FrontendSettings,
    LimitSettings,
    TelegramSettings,
)
from bot.texts import texts
from worker.settings import ProcessSettings, QueueSettings, WorkerSettings

ROOT = Path(__file__).parents[1]
GROUPS: dict[str, type[BaseSettings]] = {
    "All programs: jobs, results, deliveries": QueueSettings,
    "All programs: logs and numbers": ProcessSettings,
    "Frontends: limits": LimitSettings,
    "Frontends": FrontendSettings,
    "Discord": DiscordSettings,
    "Telegram": TelegramSettings,
    "The console": ConsoleSettings,
    "Workers": WorkerSettings,
}


def variable(settings: type[BaseSettings], name: str) -> str:
    """The environment variable of a setting."""
    alias = settings.model_fields[name].validation_alias
    return str(alias) if alias else f"{settings.model_config['env_prefix']}{name}".upper()


def default(value: Any) -> str:
    """A default as it is written into .env."""
    if value is PydanticUndefined:
        return "needed"
    if value is None or value == "":
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def settings_tables() -> str:
    """Every setting once, in the group that brings it in."""
    parts = []
    for title, settings in GROUPS.items():
        parts.append(f"## {title}\n\n| variable | default | |\n|---|---|---|")
        for name in settings.__annotations__:
            field = settings.model_fields.get(name)
            if field is None:
                continue
            said = " ".join((field.description or "").split()).replace("|", "\\|")
            shown = default(field.get_default())
            parts.append(f"| `{variable(settings, name)}` | {shown} | {said} |")
        parts.append("")
    return "\n".join(parts)


def errors_table() -> str:
    """The sentences for people, in English, with the key that metrics count them by."""
    rows = ["| key | what people are told |", "|---|---|"]
    for key, sentence in texts("en").section("errors").items():
        # What is filled in is a dot here: braces are attributes in Markdown.
        said = re.sub(r"\{\w+\}", "…", " ".join(sentence.split()))
        rows.append(f"| `{key}` | {said} |")
    return "\n".join(rows)


def on_files(files: Files, config: Any, **_: object) -> Files:
    """PRIVACY.md is a page as well."""
    files.append(
        File.generated(config, "privacy.md", content=(ROOT / "PRIVACY.md").read_text("utf-8"))
    )
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Fill in what is generated."""
    example = f"```sh\n{(ROOT / '.env.example').read_text('utf-8')}```"
    for mark, text in (
        ("<!-- settings -->", settings_tables()),
        ("<!-- example -->", example),
        ("<!-- errors -->", errors_table()),
        ("(../PRIVACY.md)", "(privacy.md)"),
    ):
        if mark in markdown:
            markdown = markdown.replace(mark, text)
    return markdown
