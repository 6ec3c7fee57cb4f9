"""`python -m bot telegram`, but it calls Telegram ill after seconds instead of a minute."""

from __future__ import annotations

from bot.__main__ import main
from bot.telegram_app import application

application.SILENCE = 5.0

if __name__ == "__main__":
    raise SystemExit(main(["telegram"]))
