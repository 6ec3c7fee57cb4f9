"""Painted styles: a photograph as a woodblock print, in oils, as a comic, or as any other picture.

from generator.style.stylizer import Stylizer

stylizer = Stylizer.load()
painted = stylizer.stylize(photo, "starry_night", strength=0.8)
painted = stylizer.stylize(photo, {"ukiyo_e": 1, "pastel": 2}, keep_colours=True)
painted = stylizer.stylize(photo, picture_of_a_style)

What styles there are, and what they are called in four languages, is known without torch: `styles`.
"""

from __future__ import annotations

from generator.style.styles import StyleError, StyleName, find_style, styles

__all__ = ["StyleError", "StyleName", "find_style", "styles"]
