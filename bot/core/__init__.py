"""The conversation, in the words of no platform."""

from bot.core.conversation import Conversation

__all__ = ["Conversation"]
