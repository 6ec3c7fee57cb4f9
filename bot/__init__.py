"""Talks to people: one conversation, and thin Discord, Telegram and console frontends over it."""
