"""Bodies and what they wear. Each outfit is a moe bust and a chibi body."""

from __future__ import annotations

from collections.abc import Callable

from generator.art.canvas import Canvas, fmt
from generator.art.frame import CHIBI_GROWTH, CX, Frame
from generator.art.outfits import casual, fantasy, festive, frilly, school
from generator.art.outfits.bust import Bust
from generator.art.outfits.chibi import Doll

WARDROBE: dict[str, tuple[Callable[[Bust], None], Callable[[Doll], None]]] = {
    "tee": (casual.tee_bust, casual.tee_chibi),
    "hoodie": (casual.hoodie_bust, casual.hoodie_chibi),
    "sailor": (school.sailor_bust, school.sailor_chibi),
    "blazer": (school.blazer_bust, school.blazer_chibi),
    "suit": (school.suit_bust, school.suit_chibi),
    "dress": (frilly.dress_bust, frilly.dress_chibi),
    "maid": (frilly.maid_bust, frilly.maid_chibi),
    "kimono": (festive.kimono_bust, festive.kimono_chibi),
    "turtleneck": (casual.turtleneck_bust, casual.turtleneck_chibi),
    "idol": (frilly.idol_bust, frilly.idol_chibi),
    "cloak": (fantasy.cloak_bust, fantasy.cloak_chibi),
    "overalls": (casual.overalls_bust, casual.overalls_chibi),
    "qipao": (festive.qipao_bust, festive.qipao_chibi),
    "armour": (fantasy.armour_bust, fantasy.armour_chibi),
}


def draw(canvas: Canvas, at: Frame) -> None:
    """The body from the shoulders down, dressed; the neck is there already."""
    bust, chibi = WARDROBE[at.spec.outfit]
    size = CHIBI_GROWTH[at.spec.age] if at.chibi else 1.0
    # Measured from the neck, which stays where it is.
    place = f"translate({fmt(CX)} {fmt(at.neck_y * (1 - size))}) scale({size})"
    with canvas.group(transform=place):
        if at.chibi:
            doll = Doll(canvas, at)
            chibi(doll)
        else:
            body = Bust(canvas, at)
            body.throat()
            bust(body)
