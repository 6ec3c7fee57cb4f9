"""Contact sheets: many figures on one picture, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont


def sheet(
    pictures: Sequence[Image.Image],
    *,
    columns: int,
    labels: Sequence[str] | None = None,
    background: str = "#eef0f6",
) -> Image.Image:
    """Lay equally large RGBA pictures out row by row, with an optional caption under each."""
    if not pictures:
        raise ValueError("a contact sheet needs at least one picture")
    side = pictures[0].width
    caption = 18 if labels else 0
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * side, rows * (side + caption)), background)
    ink = ImageDraw.Draw(page)
    font = ImageFont.load_default(13)
    for i, image in enumerate(pictures):
        x, y = i % columns * side, i // columns * (side + caption)
        page.paste(image, (x, y), image)
        if labels:
            ink.text((x + side / 2, y + side + 2), labels[i], "#333344", font, "ma")
    return page
