"""The Telegram frontend: updates to events, replies to messages (python-telegram-bot 22)."""

from bot.telegram_app.application import run

__all__ = ["run"]
