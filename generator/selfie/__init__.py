"""From a selfie to avatars of the same person.

faces = load_reader().read(open_photo(data))
reading = read_selfie(faces, faces.found[0])
specs = candidates(reading, parse("as a witch").wish, seed=7)
"""

from __future__ import annotations

from generator.selfie.candidates import candidates, described, wish_of
from generator.selfie.reading import SelfieReading, read_selfie

__all__ = ["SelfieReading", "candidates", "described", "read_selfie", "wish_of"]
