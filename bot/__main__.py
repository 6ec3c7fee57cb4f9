"""`python -m bot discord | telegram | console`, and `doctor` and `health` to look after them."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from worker.errors import SetupError, StoreAwayError
from worker.settings import load, refuse

_TOKENS = {"discord": "DISCORD_TOKEN", "telegram": "TELEGRAM_TOKEN"}


def main(argv: list[str] | None = None) -> int:
    """Run one frontend until it is told to stop.

    Returns:
        The exit code: 0 after SIGTERM or at the end of a console chat, 1 if Redis or the chat
        service cannot be reached (a supervisor should start it again), if nothing was drawn
        with --once, or if doctor or health find something broken; 78 for a bad setting.
    """
    parser = argparse.ArgumentParser(prog="python -m bot", description=main.__doc__)
    frontends = parser.add_subparsers(dest="frontend", required=True)
    frontends.add_parser("discord", help="answer in Discord (needs DISCORD_TOKEN, REDIS_URL)")
    frontends.add_parser("telegram", help="answer in Telegram (needs TELEGRAM_TOKEN, REDIS_URL)")
    console = frontends.add_parser("console", help="a chat in this terminal; needs nothing")
    console.add_argument("--once", metavar="LINE", help='answer one line, "/avatar cute girl"')
    console.add_argument("--out", type=Path, metavar="PNG", help="where --once saves the picture")
    console.add_argument("--folder", type=Path, default=Path(), help="where a chat saves pictures")
    frontends.add_parser("doctor", help="look at settings, Redis, tokens, models, memory, clock")
    health = frontends.add_parser("health", help="whether this machine's frontend is connected")
    health.add_argument("platform", choices=sorted(_TOKENS))
    chosen = parser.parse_args(argv)
    # Each frontend is imported only if it runs: a console needs no chat libraries.
    try:
        if chosen.frontend == "doctor":
            from bot.doctor import main as examine

            return examine()
        if chosen.frontend == "health":
            return _health(chosen.platform)
        if _unused(chosen.frontend):
            return 0
        if chosen.frontend == "discord":
            from bot.discord_app import run as run_discord
            from bot.settings import DiscordSettings

            return asyncio.run(run_discord(load(DiscordSettings)))
        if chosen.frontend == "telegram":
            from bot.settings import TelegramSettings
            from bot.telegram_app import run as run_telegram

            return asyncio.run(run_telegram(load(TelegramSettings)))
        from bot.console_app import run as run_console
        from bot.settings import ConsoleSettings

        return run_console(load(ConsoleSettings), chosen.once, chosen.out, chosen.folder)
    except SetupError as error:
        refuse(str(error))
    except StoreAwayError:
        # One sentence, no traceback: connection errors may quote the URL with its password.
        print("Redis does not answer at REDIS_URL.", flush=True)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 0


def _unused(frontend: str) -> bool:
    """Whether this frontend has no token and need not have one."""
    from bot.settings import FrontendSettings

    token = _TOKENS.get(frontend)
    if token is None or os.environ.get(token) or not load(FrontendSettings).token_optional:
        return False
    print(f"{token} is not set: the {frontend} frontend is not used and ends.")  # noqa: T201
    return True


def _health(platform: str) -> int:
    from bot.health import check
    from bot.settings import DiscordSettings, TelegramSettings

    settings: DiscordSettings | TelegramSettings = (
        load(DiscordSettings) if platform == "discord" else load(TelegramSettings)
    )
    well, sentence = check(settings.redis_url.get_secret_value(), platform, settings.frontend_name)
    print(sentence)  # noqa: T201
    return 0 if well else 1


if __name__ == "__main__":
    raise SystemExit(main())
