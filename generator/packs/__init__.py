"""Styles that an admin added: photo-to-anime networks found elsewhere. See docs/packs.md."""

from generator.packs.folder import Pack, packs
from generator.packs.manifest import PackError
from generator.packs.style import PhotoStyle

__all__ = ["Pack", "PackError", "PhotoStyle", "packs"]
