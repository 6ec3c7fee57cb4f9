"""Where things are on a figure: the anchors that every part is drawn from.

All parts of a head are drawn in *head space*: the moe head at rest on the 256 x 256 canvas, seen
from the front. Skull: an ellipse around (128, 110), 70 x 66. `Frame.head` gives the SVG transform
from head space to the canvas for a layer at some depth, which is where style, tilt and turn happen;
parts know nothing of them. Bodies are drawn in canvas coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import cos, radians, sin

from generator.art.canvas import SIDE, Canvas, Point, fmt
from generator.spec import AvatarSpec

CX = 128.0
"""The axis of symmetry of head space and of the canvas."""
SKULL = (128.0, 110.0, 70.0, 66.0)
"""Skull ellipse cx, cy, rx, ry: hair volume starts here."""
_CHIBI_SCALE = 0.80
_TURN_SHIFT = 7.0
_TILT_DEGREES = 7.0
_CROPPED = frozenset({"short_crop", "spiky", "undercut"})
"""Cuts whose fringe falls to the side of their parting."""
_NO_CURTAIN = frozenset({"bald", "hijab", "curly", "afro", "locs", "box_braids"})
"""Hair whose edge stays above the eyes with every fringe."""
SIDED = _CROPPED | _NO_CURTAIN
"""Hair that is mirrored with the side of its parting."""
CHIBI_NECK = 157.0
"""Height of a chibi's neck on the canvas: its body grows from there."""
CHIBI_GROWTH = {"child": 0.86, "young": 0.94, "adult": 1.02, "elder": 0.96}
"""Size of a chibi's body by age: its face says little of it, and less under sunglasses."""
HATS = frozenset({"cap", "beret", "witch_hat", "santa_hat"})


@dataclass(frozen=True)
class Frame:
    """Anchors of one figure. Head-space values unless they say canvas."""

    spec: AvatarSpec
    chibi: bool
    cheek: float
    """Half width of the face at eye height."""
    jaw_y: float
    """Height of the widest point of the jaw."""
    jaw: float
    """Half width of the face at `jaw_y`."""
    chin_y: float
    chin: float
    """Half width of the chin's flat."""
    eye_y: float
    """Height of the eyes' middles."""
    eye_x: float
    """Distance of an eye's middle from the axis."""
    eye_w: float
    """Half width of an eye's opening."""
    eye_h: float
    """Half height of an eye's opening."""
    brow_y: float
    nose_y: float
    mouth_y: float
    mouth_w: float
    """Half width of a resting mouth."""
    neck: float
    """Half width of the neck, canvas."""
    neck_y: float
    """Where the neck meets the clothes, canvas."""
    shoulder: float
    """Half width of the shoulders, canvas."""
    shoulder_y: float
    """Height of the shoulders' outer ends, canvas."""

    @property
    def hat(self) -> bool:
        """A hat covers the crown: hair stays inside the skull's outline up there."""
        return bool(HATS & self.spec.accessories)

    @property
    def curtained(self) -> int:
        """The side (-1 left, 1 right) of the eye that lies under the fringe; 0: both are free."""
        if self.spec.fringe != "over_eye" or self.spec.hair in _NO_CURTAIN:
            return 0
        a, b, _, _ = self.spec.detail
        return 1 if (b > 0 if self.spec.hair in _CROPPED else a >= 0) else -1

    @property
    def winking(self) -> int:
        """The side of the eye that a wink shuts: the one that is seen, and not patched."""
        if "eye_patch" in self.spec.accessories:
            return self.patched
        return -self.curtained or (-1 if self.spec.detail[2] < 0 else 1)

    @property
    def patched(self) -> int:
        """The side of an eye patch. One eye has to see: the patch covers one that does not."""
        if self.curtained:
            return self.curtained
        k = 2 if self.spec.expression == "wink" else 1
        return -1 if self.spec.detail[k] < 0 else 1

    def head(self, depth: float = 0.0) -> str:
        """SVG transform from head space to the canvas.

        `depth` is the distance from the head's turning axis towards the viewer: -1 the back of the
        head, 0 the ears, 0.6 the fringe, 1 the nose. A turn shifts layers by it.
        """
        dx = self.spec.turn * depth * _TURN_SHIFT
        tilt = self.spec.tilt * _TILT_DEGREES
        if self.chibi:
            s = _CHIBI_SCALE
            place = f"translate({fmt(CX - s * CX)} 5) scale({s})"
            pivot = (CX, 150.0)
        else:
            place, pivot = "", (CX, 214.0)
        rotate = f"rotate({fmt(tilt)} {fmt(pivot[0])} {fmt(pivot[1])})"
        return f"{rotate} {place} translate({fmt(dx)} 0)".strip()

    def to_head_space(self, depth: float = 0.6) -> list[list[float]]:
        """The inverse of `head` at a depth, as a 2 x 3 matrix between [-1, 1] squares.

        Tells where in head space a point of the canvas lies, x right and y down.
        """
        scale, pivot_y = (_CHIBI_SCALE, 150.0) if self.chibi else (1.0, 214.0)
        offset_x, offset_y = (CX - scale * CX, 5.0) if self.chibi else (0.0, 0.0)
        angle = radians(self.spec.tilt * _TILT_DEGREES)
        c, s = cos(angle), sin(angle)
        # canvas = pivot + R (place(head) - pivot), place(h) = scale * (h + dx) + offset
        a, b = c / scale, s / scale
        d, e = -s / scale, c / scale
        tx = (CX - a * scale * CX - b * scale * pivot_y - offset_x) / scale
        ty = (pivot_y - d * scale * CX - e * scale * pivot_y - offset_y) / scale
        tx -= self.spec.turn * depth * _TURN_SHIFT
        half = SIDE / 2
        return [
            [a, b, (a * half + b * half + tx) / half - 1],
            [d, e, (d * half + e * half + ty) / half - 1],
        ]

    @contextmanager
    def layer(self, canvas: Canvas, depth: float = 0.0, *, clip: str = "") -> Iterator[None]:
        """Draw in head space at a depth."""
        with canvas.group(transform=self.head(depth), clip=clip):
            yield

    def face_outline(self) -> str:
        """Path data of the whole head without hair: cranium, temples, cheeks, jaw and chin."""

        def half(side: int) -> list[Point]:
            """Bezier control points from the temple down to the middle of the chin."""
            return [
                (CX + side * x, y)
                for x, y in (
                    (self.cheek + 1.5, 136),
                    (self.jaw + 7, self.jaw_y - 10),
                    (self.jaw, self.jaw_y),
                    (self.jaw - 8, self.jaw_y + 11),
                    (self.chin + (11 if self.chibi else 6), self.chin_y),
                    (0, self.chin_y),
                )
            ]

        right, left = half(1), half(-1)
        back = [*left[-2::-1], (CX - self.cheek, 108.0)]
        crown = [(CX - 62.5, 70.0), (CX - 37.0, 47.0), (CX, 47.0)]
        down = [(CX + 37.0, 47.0), (CX + 62.5, 70.0), (CX + self.cheek, 108.0)]
        points = [*right, *back, *crown, *down]
        pairs = " ".join(f"{fmt(x)} {fmt(y)}" for x, y in points)
        return f"M{fmt(CX + self.cheek)} 108C{pairs}Z"


def frame(spec: AvatarSpec) -> Frame:
    """The anchors of a figure: proportions by style, age and presentation, then its sliders."""
    chibi = spec.style == "chibi"
    boyish = {"girl": 0.0, "neutral": 0.5, "boy": 1.0}[spec.presentation]
    # How grown up the proportions are: a longer face, smaller and higher eyes.
    grown = {"child": -0.9, "young": 0.0, "adult": 1.0, "elder": 1.0}[spec.age]
    if spec.age in ("adult", "elder"):
        grown += 0.35 * boyish
    k = 0.45 if chibi else 1.0
    # A chibi has little else than its face to look like a boy.
    kb = 0.8 if chibi else 1.0
    round_ = 3.5 if spec.age == "child" else 0.0
    cheek = 61.0 + 3.0 * spec.face_width + (1.5 if chibi else 0.0)
    chin_y = 197.0 + (3.0 * k * grown + 1.0 * kb * boyish) - (7.0 if chibi else 0.0)
    jaw = cheek - 14.0 + 4.5 * kb * boyish + 4.5 * spec.jaw + (4.5 if chibi else 0.0) + round_
    eye_h = (19.0 - 2.6 * k * grown - 2.4 * kb * boyish) * (1 + 0.16 * spec.eye_size)
    if spec.age == "elder":
        eye_h *= 0.93
    eye_w = (17.5 - 1.0 * k * grown) * (1 + 0.10 * spec.eye_size)
    eye_y = 146.0 - 2.0 * k * grown + 3.0 * spec.eye_height
    if chibi:
        older = {"child": 1.06, "young": 0.99, "adult": 0.87, "elder": 0.83}[spec.age]
        eye_h, eye_w, eye_y = eye_h * 1.26 * older, eye_w * 1.18 * older**0.6, eye_y + 2.5
    eye_x = 30.2 + 2.2 * spec.eye_spacing + (2.5 if chibi else 0.0)
    # Large eyes move together rather than over the edge of a narrow face.
    eye_x = min(eye_x, cheek - 3.0 - 1.06 * eye_w)
    return Frame(
        spec=spec,
        chibi=chibi,
        cheek=cheek,
        jaw_y=171.0 + k * 2.0 * boyish - (1.0 if chibi else 0.0),
        jaw=jaw,
        chin_y=chin_y,
        chin=max(4.0, 7.0 + 6.0 * kb * boyish + 4.5 * spec.jaw + (5.0 if chibi else 0.0) + round_),
        eye_y=eye_y,
        eye_x=eye_x,
        eye_w=eye_w,
        eye_h=eye_h,
        brow_y=eye_y - eye_h - 9.0 + 2.0 * boyish - 3.5 * spec.brow_height,
        nose_y=0.54 * eye_y + 0.46 * chin_y,
        mouth_y=chin_y - (14.0 if chibi else 17.5),
        mouth_w=(9.0 if chibi else 10.5) * (1 + 0.25 * spec.mouth_size),
        neck=11.0 if chibi else 17.0 + 2.0 * max(grown, 0) + 3.5 * boyish,
        neck_y=CHIBI_NECK if chibi else 214.0,
        shoulder=(27.0 if chibi else 74.0 + 5 * grown + (6 + 4 * max(grown, 0)) * boyish),
        shoulder_y=172.0 if chibi else 236.0,
    )
