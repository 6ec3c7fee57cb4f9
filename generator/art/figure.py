"""Composes the labelled parts into a figure, back to front."""

from __future__ import annotations

from PIL import Image

from generator.art import accessories, face, features, hair, outfits
from generator.art.canvas import Canvas
from generator.art.frame import frame
from generator.art.palette import palette
from generator.art.render import picture
from generator.spec import AvatarSpec


def compose(spec: AvatarSpec) -> Canvas:
    """The figure of a complete spec, on transparency."""
    canvas = Canvas(line_scale=1.0 + 0.3 * spec.line_weight)
    at = frame(spec)
    accessories.draw_behind(canvas, at)
    hair.draw_back(canvas, at)
    face.draw_neck(canvas, at)
    outfits.draw(canvas, at)
    face.draw(canvas, at)
    features.draw(canvas, at)
    accessories.draw_on_face(canvas, at)
    hair.draw_front(canvas, at)
    features.draw_over_hair(canvas, at)
    accessories.draw_on_head(canvas, at)
    return canvas


def draw(spec: AvatarSpec, size: int = 256) -> Image.Image:
    """The vector picture of a spec: (size, size) RGBA with straight alpha."""
    image = picture(compose(spec), palette(spec), size)
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if spec.mirrored else image
