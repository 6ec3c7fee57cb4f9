"""The console frontend: a chat in the terminal, with the whole road behind it."""

from bot.console_app.session import run

__all__ = ["run"]
