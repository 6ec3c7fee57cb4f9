"""Understanding prompts: `parse` turns what somebody wrote into a `Wish`."""

from generator.prompt.reading import Reading, Understood, parse
from generator.prompt.text import LIMIT
from generator.wish import Wish

__all__ = ["LIMIT", "Reading", "Understood", "Wish", "parse"]
