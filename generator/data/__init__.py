"""Data sets: rendered from specs, or imported from a folder of pictures."""
