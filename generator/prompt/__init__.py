"""Understanding prompts: `parse` turns what somebody wrote into a `Wish`, `describe` back."""

from generator.prompt.describe import LANGUAGES, Language, describe, phrases
from generator.prompt.reading import Reading, Understood, colour, parse
from generator.prompt.text import LIMIT
from generator.wish import Wish

__all__ = [
    "LANGUAGES",
    "LIMIT",
    "Language",
    "Reading",
    "Understood",
    "Wish",
    "colour",
    "describe",
    "parse",
    "phrases",
]
