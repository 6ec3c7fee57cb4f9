"""Accessories, in three layers: behind all hair, on the face under the fringe, on top of the hair.

Each layer is a list in drawing order; an accessory may have a part in several. `fangs` belong to
the mouth and are drawn with it.
"""

from __future__ import annotations

from collections.abc import Callable

from generator.art.accessories import (
    animal_ears,
    eyewear,
    face_wear,
    hair_ornaments,
    hats,
    marks,
    worn_over,
)
from generator.art.canvas import Canvas
from generator.art.frame import Frame

Draw = Callable[[Canvas, Frame], None]
Layer = tuple[tuple[str, Draw], ...]

BEHIND: Layer = (("halo", worn_over.halo_back),)
ON_FACE: Layer = (
    ("elf_ears", face_wear.elf_ears_under),
    ("freckles", marks.freckles),
    ("mole", marks.mole),
    ("scar", marks.scar),
    ("earrings", face_wear.earrings_under),
    ("face_mask", face_wear.face_mask),
    ("eye_patch", eyewear.eye_patch),
    ("glasses", eyewear.glasses),
    ("round_glasses", eyewear.round_glasses),
    ("sunglasses", eyewear.sunglasses),
)
ON_HEAD: Layer = (
    ("elf_ears", face_wear.elf_ears_over),
    ("earrings", face_wear.earrings_over),
    ("headphones", worn_over.headphones_band),
    ("cap", hats.cap),
    ("beret", hats.beret),
    ("santa_hat", hats.santa_hat),
    ("cat_ears", animal_ears.cat_ears),
    ("fox_ears", animal_ears.fox_ears),
    ("bunny_ears", animal_ears.bunny_ears),
    ("horns", animal_ears.horns),
    ("witch_hat", hats.witch_hat),
    ("maid_headdress", hair_ornaments.maid_headdress),
    ("flower_crown", hair_ornaments.flower_crown),
    ("tiara", hair_ornaments.tiara),
    ("ahoge", hair_ornaments.ahoge),
    ("headphones", worn_over.headphones_shells),
    ("ribbon", hair_ornaments.ribbon),
    ("hairpin", hair_ornaments.hairpin),
    ("halo", worn_over.halo_front),
)


def draw_behind(canvas: Canvas, at: Frame) -> None:
    _draw(BEHIND, canvas, at)


def draw_on_face(canvas: Canvas, at: Frame) -> None:
    _draw(ON_FACE, canvas, at)


def draw_on_head(canvas: Canvas, at: Frame) -> None:
    _draw(ON_HEAD, canvas, at)


def _draw(layer: Layer, canvas: Canvas, at: Frame) -> None:
    for name, draw in layer:
        if name in at.spec.accessories:
            draw(canvas, at)
