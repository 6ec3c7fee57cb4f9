"""The Discord frontend: interactions to events, replies to messages (discord.py 2.7)."""

from bot.discord_app.client import run

__all__ = ["run"]
