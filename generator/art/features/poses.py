"""What a face does in each expression, as data: the table the drawing modules work from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.art.canvas import Point
from generator.spec import Expression

Lids = Literal["open", "happy", "closed", "squeeze"]
Iris = Literal["plain", "star", "heart", "spiral", "dot"]
Effect = Literal[
    "tears", "streams", "blush_lines", "puff", "bubble", "drool", "pallor", "gloom", "vein",
    "sweat", "sparkles", "hearts",
]  # fmt: skip


@dataclass(frozen=True)
class EyePose:
    """Lids and iris; heights in halves of the eye's height, -1 its top and 1 its bottom."""

    lids: Lids = "open"
    iris: Iris = "plain"
    cut: float = -2.0
    """Height of the straight lid that cuts the opening from above."""
    slant: float = 0.0
    """How much lower that lid is at the nose: > 0 stern, < 0 sorry."""
    floor: float = 2.0
    """How far up the lower lid comes."""
    wide: float = 1.0
    size: float = 1.0
    """Scale of the iris."""
    look: Point = (0.0, 0.0)
    """Shift of the irises as a share of the eye's halves; x points to the face's gaze side."""
    glossy: bool = False
    """Brimming with tears: more and larger highlights."""


@dataclass(frozen=True)
class BrowPose:
    """All in head-space units."""

    lift: float = 0.0
    slant: float = 0.0
    """How far the inner end sinks and the outer one rises."""
    arch: float = 0.0
    close: float = 0.0
    """How far the brows move towards each other."""
    odd: float = 0.0
    """How much higher one brow is raised than the other."""
    weight: float = 1.0


@dataclass(frozen=True)
class Pose:
    """One expression; `wink` replaces the pose of one eye."""

    eyes: EyePose
    brows: BrowPose
    mouth: str
    effects: tuple[Effect, ...] = ()
    wink: EyePose | None = None


UNDER_EYES: frozenset[Effect] = frozenset({"puff", "streams", "pallor"})
"""Effects that lie under eyes and brows."""

POSES: dict[Expression, Pose] = {
    "neutral": Pose(EyePose(), BrowPose(), "calm"),
    "smile": Pose(EyePose(floor=0.97), BrowPose(lift=1, arch=1), "smile"),
    "laugh": Pose(EyePose("happy"), BrowPose(lift=3.5, arch=1.5), "laugh"),
    "wink": Pose(EyePose(), BrowPose(lift=1, odd=3), "tongue_out", wink=EyePose("happy")),
    "angry": Pose(
        EyePose(cut=-0.60, slant=0.55, size=0.92), BrowPose(lift=-5, slant=6, close=3, weight=1.15),
        "snarl",
    ),
    "pout": Pose(
        EyePose(cut=-0.52, slant=0.28, look=(0.32, -0.05)), BrowPose(lift=-2, slant=4, close=1.5),
        "pout", ("puff",),
    ),
    "sad": Pose(
        EyePose(cut=-0.58, slant=-0.36, look=(0, 0.1), glossy=True),
        BrowPose(lift=1, slant=-5.5, close=1.5), "sad",
    ),
    "crying": Pose(
        EyePose(cut=-0.66, slant=-0.30, glossy=True), BrowPose(lift=1, slant=-6.5, close=2), "sob",
        ("tears",),
    ),
    "surprised": Pose(
        EyePose(wide=1.12, size=0.68), BrowPose(lift=6.5, arch=2), "o",
    ),
    "shy": Pose(
        EyePose(cut=-0.62, slant=-0.12, look=(0.42, 0.12)), BrowPose(lift=1.5, slant=-4, close=1),
        "wave", ("blush_lines",),
    ),
    "smug": Pose(
        EyePose(cut=-0.22, slant=0.14, floor=0.82, look=(0.30, 0)),
        BrowPose(lift=-0.5, slant=2.5, odd=5), "cat",
    ),
    "sleepy": Pose(
        EyePose(cut=0.22, slant=-0.08, floor=0.9), BrowPose(lift=2.5, arch=1.5, slant=-2), "doze",
        ("drool", "bubble"),
    ),
    "starry": Pose(
        EyePose(iris="star", wide=1.06), BrowPose(lift=5, arch=1.5), "beam", ("sparkles",)
    ),
    "love": Pose(
        EyePose(iris="heart", floor=0.97, wide=1.03), BrowPose(lift=3.5, arch=1, slant=-2),
        "cat_open", ("hearts",),
    ),
    "dizzy": Pose(
        EyePose(iris="spiral", wide=1.02), BrowPose(lift=2, slant=-4, odd=2), "waver", ("sweat",)
    ),
    "shock": Pose(
        EyePose(iris="dot", wide=1.12), BrowPose(lift=5, slant=-3, close=1), "jagged",
        ("pallor", "gloom", "sweat"),
    ),
    "rage": Pose(
        EyePose(iris="dot", cut=-0.34, slant=0.66), BrowPose(lift=-7, slant=9, close=5, weight=1.4),
        "shout", ("vein",),
    ),
    "bawl": Pose(EyePose("squeeze"), BrowPose(lift=0, slant=-7, close=2), "wail", ("streams",)),
}  # fmt: skip
