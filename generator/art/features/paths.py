"""Path data from points."""

from __future__ import annotations

from generator.art.canvas import Point, fmt


def pairs(*points: Point) -> str:
    """Coordinates as they follow an M, L, C or Q."""
    return " ".join(f"{fmt(x)} {fmt(y)}" for x, y in points)
