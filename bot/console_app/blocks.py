"""Pictures in colour blocks: two pixels a character cell, the upper one in "▀"."""

from __future__ import annotations

import io

from PIL import Image
from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style

HALF_BLOCK = "▀"


def blocks(png: bytes, width: int, height: int) -> Segments:
    """A picture for a terminal.

    Args:
        png: The picture; of a film its first frame is shown.
        width: Characters it may be wide.
        height: Lines it may be high.

    Returns:
        Something rich prints; in terminals without true colour rich takes the nearest ones.
    """
    image = Image.open(io.BytesIO(png), formats=("PNG", "GIF")).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    image = Image.alpha_composite(paper, image).convert("RGB")
    scale = min(width / image.width, 2 * height / image.height)
    columns, lines = max(1, round(image.width * scale)), max(1, round(image.height * scale / 2))
    image = image.resize((columns, 2 * lines), Image.Resampling.LANCZOS)
    pixels = image.tobytes()

    def colour(x: int, y: int) -> Color:
        at = 3 * (y * columns + x)
        return Color.from_rgb(*pixels[at : at + 3])

    segments: list[Segment] = []
    for line in range(lines):
        for x in range(columns):
            style = Style(color=colour(x, 2 * line), bgcolor=colour(x, 2 * line + 1))
            segments.append(Segment(HALF_BLOCK, style))
        segments.append(Segment.line())
    return Segments(segments)
