"""Which words, how often, by whom and where: the rules of a place. Nothing here speaks."""
