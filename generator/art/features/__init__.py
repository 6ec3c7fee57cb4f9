"""Eyes, brows, mouth, facial hair and the signs that go with an expression."""

from __future__ import annotations

from generator.art.canvas import Canvas
from generator.art.features import brows, effects, eyes, facial_hair, mouths
from generator.art.features.poses import POSES, UNDER_EYES
from generator.art.frame import Frame

_OVER_LASHES = frozenset({"glasses", "round_glasses", "sunglasses", "eye_patch"})
"""What is worn on the eyes: lashes must not shine through it."""


def draw(canvas: Canvas, at: Frame) -> None:
    """Everything on the face that lies under the hair."""
    pose = POSES[at.spec.expression]
    pair = eyes.eyes(at, pose)
    below = [effect for effect in pose.effects if effect not in effects.OVER_HAIR]
    for effect in below:
        if effect in UNDER_EYES and effect != "streams":  # streams run over the mouth's corners
            with at.layer(canvas, effects.SKIN_DEPTH):
                effects.draw(canvas, at, pair, effect)
    facial_hair.draw(canvas, at, pose.mouth)
    with at.layer(canvas, mouths.DEPTH), canvas.feature("mouth"):
        mouths.draw(canvas, at, pose.mouth)
    with at.layer(canvas, effects.SKIN_DEPTH):
        if "streams" in below:
            effects.draw(canvas, at, pair, "streams")
    with at.layer(canvas, eyes.DEPTH), canvas.feature("eyes"):
        for eye in pair:
            eyes.draw(canvas, eye)
    with at.layer(canvas, brows.DEPTH), canvas.feature("brows"):
        brows.draw(canvas, at, pose.brows)
    with at.layer(canvas, effects.DEPTH):
        for effect in below:
            if effect not in UNDER_EYES:
                effects.draw(canvas, at, pair, effect)


def draw_over_hair(canvas: Canvas, at: Frame) -> None:
    """Brows and lash tips show through the fringe, as the convention has it; signs lie above it."""
    pose = POSES[at.spec.expression]
    pair = eyes.eyes(at, pose)
    if not _OVER_LASHES & at.spec.accessories and at.spec.fringe != "over_eye":
        with (
            at.layer(canvas, eyes.DEPTH),
            canvas.feature("eyes"),
            canvas.group(opacity=0.3),
        ):
            for eye in pair:
                eyes.draw_upper_lash(canvas, eye)
    with at.layer(canvas, brows.DEPTH), canvas.feature("brows"), canvas.group(opacity=0.42):
        brows.draw(canvas, at, pose.brows, core=0.0, share=0.7)
    with at.layer(canvas, effects.DEPTH), canvas.feature("marks"):
        for effect in pose.effects:
            if effect in effects.OVER_HAIR:
                effects.draw(canvas, at, pair, effect)
