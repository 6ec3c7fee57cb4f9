"""Settings: one plain sentence and exit code 78, and no token anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import DiscordSettings, TelegramSettings

REPOSITORY = Path(__file__).parents[2]
REDIS = {"REDIS_URL": "redis://127.0.0.1:1/0"}


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MOEMOJI_", "DISCORD_", "TELEGRAM_", "REDIS_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=clean | environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("frontend", "environment", "word"),
    [
        ("discord", {}, "REDIS_URL"),
        ("discord", REDIS, "DISCORD_TOKEN"),
        ("telegram", REDIS, "TELEGRAM_TOKEN"),
        ("telegram", {**REDIS, "TELEGRAM_TOKEN": "s3cret"}, "BotFather"),
        ("telegram", {**REDIS, "TELEGRAM_TOKEN": "1:s3cret", "TELEGRAM_API_BASE": "x"}, "http://"),
        (
            "telegram",
            {**REDIS, "TELEGRAM_TOKEN": "1:s3cret", "TELEGRAM_WEBHOOK_URL": "https://a.b"},
            "TELEGRAM_WEBHOOK_SECRET",
        ),
        ("discord", {"REDIS_URL": "http://:s3cret@x"}, "redis://"),
        ("discord", {**REDIS, "DISCORD_TOKEN": "s3cret s3cret"}, "DISCORD_TOKEN"),
        ("console", {"REDIS_URL": "x"}, "REDIS_URL"),
        ("console", {"MOEMOJI_JOBS_PER_USER": "many"}, "MOEMOJI_JOBS_PER_USER"),
    ],
)
def test_a_bad_setting_is_one_sentence(
    frontend: str, environment: dict[str, str], word: str
) -> None:
    ended = start(frontend, **environment)
    assert ended.returncode == 78, ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert word in ended.stderr
    assert "s3cret" not in ended.stderr + ended.stdout


def test_redis_away_is_one_sentence() -> None:
    url = "redis://:s3cret@127.0.0.1:1/0"
    ended = start("telegram", REDIS_URL=url, TELEGRAM_TOKEN="1:s3cret")
    assert ended.returncode == 1
    assert "REDIS_URL" in ended.stdout + ended.stderr
    assert "s3cret" not in ended.stderr + ended.stdout
    assert "Traceback" not in ended.stderr


def test_no_token_in_a_repr() -> None:
    discord = DiscordSettings(REDIS_URL="redis://:s3cret@x", DISCORD_TOKEN="s3cret-s3cret")
    telegram = TelegramSettings(REDIS_URL="redis://:s3cret@x", TELEGRAM_TOKEN="1:s3cret")
    assert "s3cret" not in repr(discord) + str(telegram) + telegram.model_dump_json()
