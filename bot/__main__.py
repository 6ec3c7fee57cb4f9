"""`python -m bot discord`, `python -m bot telegram`, `python -m bot console`."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from worker.errors import SetupError, StoreAwayError
from worker.settings import load, refuse


def main(argv: list[str] | None = None) -> int:
    """Run one frontend until it is told to stop.

    Returns:
        The exit code: 0 after SIGTERM or at the end of a console chat, 1 if Redis or the chat
        service cannot be reached (a supervisor should start it again) or if nothing was drawn
        with --once, 78 for a bad setting.
    """
    parser = argparse.ArgumentParser(prog="python -m bot", description=main.__doc__)
    frontends = parser.add_subparsers(dest="frontend", required=True)
    frontends.add_parser("discord", help="answer in Discord (needs DISCORD_TOKEN, REDIS_URL)")
    frontends.add_parser("telegram", help="answer in Telegram (needs TELEGRAM_TOKEN, REDIS_URL)")
    console = frontends.add_parser("console", help="a chat in this terminal; needs nothing")
    console.add_argument("--once", metavar="LINE", help='answer one line, "/avatar cute girl"')
    console.add_argument("--out", type=Path, metavar="PNG", help="where --once saves the picture")
    console.add_argument("--folder", type=Path, default=Path(), help="where a chat saves pictures")
    chosen = parser.parse_args(argv)
    # Each frontend is imported only if it runs: a console needs no chat libraries.
    try:
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


if __name__ == "__main__":
    raise SystemExit(main())
