"""The texts: nothing missing, nothing left over, no placeholder lost in translation."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot.core.asked import SUBCOMMANDS
from bot.core.events import COMMANDS
from bot.core.panel import SETTINGS
from bot.core.preferences import Choices
from bot.core.wishes import order
from bot.texts import LANGUAGES, language_of, texts
from generator.compositing import BACKGROUNDS
from generator.photo import REFUSALS
from worker.errors import TEXT_KEYS

BOT = Path(__file__).parents[2] / "bot"
REFERENCE = texts("en")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_keys_and_placeholders(language: str) -> None:
    table = texts(language).table
    assert list(table) == list(REFERENCE.table)
    for key, text in table.items():
        assert text.strip(), key
        assert placeholders(text) == placeholders(REFERENCE.table[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_chats_accept(language: str) -> None:
    say = texts(language)
    for section in ("commands", "admin", "options"):
        for key, text in say.section(section).items():
            if key.endswith(".name"):
                # https://discord.com/developers/docs/interactions/application-commands
                assert re.fullmatch(r"[-_'\w]{1,32}", text), key
                assert text == text.lower(), key
            else:
                assert len(text) <= 100, key
    for label in say.section("buttons").values():
        assert len(label) <= 30
    for name in say.section("menus").values():
        assert len(name) <= 32
    for section, known in (("commands", COMMANDS), ("admin", SUBCOMMANDS)):
        names = [say(f"{section}.{name}.name") for name in known]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_help_shows_can_be_written(language: str) -> None:
    say = texts(language)
    (line,) = (line for line in say("say.help").splitlines() if ":" in line)
    options = re.findall(r"(\w+):(\w+)", line)
    assert len(options) == 4
    written = order(" ".join(f"{name}:{value}" for name, value in options), {}, Choices())
    assert (written.seed, written.count, written.background) == (7, 2, "#f7a3bf")
    assert written.wish.style == "chibi"
    assert not written.prompt


def test_names_of_things_are_there() -> None:
    assert list(REFERENCE.section("backgrounds")) == list(BACKGROUNDS)
    assert list(REFERENCE.section("settings")) == list(SETTINGS)


def test_every_key_is_used_and_every_used_key_exists() -> None:
    code = "\n".join(path.read_text() for path in BOT.rglob("*.py"))
    used = set(re.findall(r"""["'](?:say|buttons|time|language|menus)\.[\w-]+["']""", code))
    used = {key.strip("\"'") for key in used}
    refusals = re.findall(r'(?:Refusal|Limit|Chat|Busy)Error\(\s*"([\w-]+)"', code)
    used |= {f"errors.{key}" for key in refusals}
    used |= {f"errors.{key}" for key in (*TEXT_KEYS, *REFUSALS)}
    used |= {f"buttons.{key}" for key in re.findall(r'button\("([a-z]+)", "\W', code)}
    used |= {f"buttons.{key}" for key in ("here_on", "here_off", "everywhere", "mine", "server")}
    used |= {"errors.size"}
    spoken = {
        key
        for key in REFERENCE.table
        if key.split(".")[0] in ("say", "buttons", "time", "language", "menus", "errors")
    }
    assert used == spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workers_errors_have_sentences(language: str) -> None:
    for key, params in TEXT_KEYS.items():
        text = texts(language).table[f"errors.{key}"]
        assert placeholders(text) <= set(params), key
    for key, sentence in REFUSALS.items():
        text = texts(language).table[f"errors.{key}"]
        assert placeholders(text) == placeholders(sentence), key


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"), ("en_GB", "en"), ("de", "en"), (None, "en"), ("", "en"),
        ("zh-CN", "zh_hans"), ("zh-hans", "zh_hans"), ("zh", "zh_hans"), ("zh_CN", "zh_hans"),
        ("zh-TW", "zh_hant"), ("zh-Hant-HK", "zh_hant"), ("zh_HK", "zh_hant"),
        ("ja", "ja"), ("ja_JP", "ja"), ("jam", "en"), ("zh_hant", "zh_hant"),
    ],
)  # fmt: skip
def test_locales(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_places_and_waits() -> None:
    places = [REFERENCE.place(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)]
    assert " ".join(places) == "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th"
    assert texts("ja").place(3) == "3"
    assert REFERENCE.wait(2) == "about 5 s"
    assert REFERENCE.wait(22) == "about 20 s"
    assert REFERENCE.wait(170) == "about 3 min"
    assert REFERENCE.quoted("a\n b") == "“a b”"
    assert len(REFERENCE.quoted("x" * 500)) == 202
