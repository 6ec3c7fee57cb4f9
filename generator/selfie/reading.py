"""What is read of a selfie, each with how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from generator.faces import Face, Faces
from generator.selfie import tints, traits
from generator.selfie.alignment import Floats, Head, align
from generator.selfie.cues import Cues, beard_colour, measure
from generator.selfie.hair_cues import colour_seen
from generator.selfie.heads import Answers, Heads
from generator.selfie.regions import Regions, regions

Shares = dict[str, float]
"""Level -> probability; they sum to one."""


def surest(shares: Shares) -> str:
    """The likeliest level."""
    return max(shares, key=lambda level: shares[level])


@dataclass(frozen=True)
class SelfieReading:
    """What a photo tells of one person.

    Attributes:
        hair_colour: Shares of black, brown, blonde, red, gray, white, dyed.
        hair_tints: The drawn #rrggbb of this hair for each of them.
        hair_length: Shares of bald, short, medium, long.
        hair_texture: Shares of straight, wavy, curly, coily.
        hair_height: How far hair stands above the hairline, in faces.
        fringe: How much of the forehead it covers, 0 to 1.
        parting: -1 (it falls to the picture's left) to 1.
        cover: Shares of none, hat, scarf.
        cover_tint: The #rrggbb of what covers the head.
        skin: 1 (lightest) to 6 (darkest), in between as well.
        skin_sure: The probability of the nearest whole step.
        skin_tint: The drawn #rrggbb.
        eye_colour: Shares of brown, blue, green, grey.
        eye_tints: The drawn #rrggbb for each of them.
        glasses: Shares of none, clear, dark.
        facial_hair: Shares of none, moustache, beard.
        smile: Shares of none, closed, open.
        gaping: The mouth is wide open without a smile, 0 to 1.
        closed: How closed the eyes on the picture's left and right are, 0 to 1.
        gaze: -1 (to the picture's left) to 1.
        shape: Deviations from the average face in standard deviations, by the names of
            `generator.selfie.traits.NORMAL`.
        age: Shares of young, adult, elder: an impression.
        clothes_tint: The drawn #rrggbb of the clothes; None where none are seen.
        suit: A light shirt under dark cloth, 0 to 1.
        yaw, roll: Degrees, as in `generator.faces.Face`.
        clarity: How well the face can be measured, 0 to 1: it is large and looks at the camera.
    """

    hair_colour: Shares
    hair_tints: dict[str, str]
    hair_length: Shares
    hair_texture: Shares
    hair_height: float
    fringe: float
    parting: float
    cover: Shares
    cover_tint: str | None
    skin: float
    skin_sure: float
    skin_tint: str
    eye_colour: Shares
    eye_tints: dict[str, str]
    glasses: Shares
    facial_hair: Shares
    smile: Shares
    gaping: float
    closed: tuple[float, float]
    gaze: float
    shape: dict[str, float]
    age: Shares
    clothes_tint: str | None
    suit: float
    yaw: float
    roll: float
    clarity: float
    manner: Shares = field(repr=False)
    """Shares of feminine, masculine: for choosing plausible hair and lashes among candidates, and
    for nothing else. It is not in `confidence`, and nobody is told."""

    @property
    def confidence(self) -> dict[str, float]:
        """Attribute -> how sure what was read of it is, 0 to 1; no presentation among them."""
        shares = {
            "hair_colour": self.hair_colour, "hair_length": self.hair_length,
            "hair_texture": self.hair_texture, "cover": self.cover,
            "eye_colour": self.eye_colour, "glasses": self.glasses,
            "facial_hair": self.facial_hair, "expression": self.smile, "age": self.age,
        }  # fmt: skip
        sure = {name: max(values.values()) for name, values in shares.items()}
        sure["skin"] = self.skin_sure
        bare = 1 - max(self.cover["hat"], self.cover["scarf"])
        sure["parting"] = bare * min(1.0, 0.4 + 2 * abs(self.parting)) * self.clarity
        sure["eyes_closed"] = max(abs(2 * lid - 1) for lid in self.closed) * self.clarity
        for name in ("face_shape", "brows", "turn", "tilt"):
            sure[name] = self.clarity
        sure["outfit_colour"] = 0.0 if self.clothes_tint is None else 0.7
        return {name: round(value, 3) for name, value in sorted(sure.items())}


_GREY = 4.0
"""Chroma of skin; only black-and-white photos are below."""


@cache
def _shipped() -> Heads:
    return Heads.load()


def read_selfie(faces: Faces, face: Face, heads: Heads | None = None) -> SelfieReading:
    """Read one of the faces of a picture.

    Args:
        faces: What a `generator.faces.FaceReader` found.
        face: One of `faces.found`.
        heads: Default: the shipped ones, loaded once.

    Returns:
        The reading; the same picture always gives the same.
    """
    head = align(faces, face)
    where = regions(head)
    cues = measure(head, where)
    return _assemble(head, where, cues, (heads or _shipped()).answer(cues), face)


def _assemble(
    head: Head, where: Regions, cues: Cues, answers: Answers, face: Face
) -> SelfieReading:
    shape = traits.shape_of(head, where, face)
    skin = sum(int(level) * share for level, share in answers["skin"].items())
    skin_seen = cues.skin[:3] * 100
    coloured = float(np.hypot(skin_seen[1], skin_seen[2])) > _GREY
    cover = traits.cover_of(head, where)
    hair_seen, hair_shares = colour_seen(cues.hair), answers["hair_colour"]
    if answers["hair_length"]["bald"] > 0.5 and answers["facial_hair"]["none"] < 0.5:
        hair_seen = beard_colour(head, where)  # all the hair there is
        hair_shares = tints.families(hair_seen) if hair_seen is not None else hair_shares
    if not coloured:
        if hair_seen is not None:
            hair_shares = tints.families_in_grey(float(hair_seen[0]))
        hair_seen = None
    colours, hair_tints = _hair_colours(hair_shares, hair_seen, cover)
    iris, pixels = traits.iris_colour(head)
    if min(shape.closed) > 0.7 or not coloured:
        iris, pixels = None, 0
    eyes = traits.eye_levels(iris, pixels, skin, answers["hair_colour"]["black"])
    fringe, parting = traits.fringe_of(head, where)
    clothes = traits.clothes_of(head, where)
    gap, lift = float(cues.mouth[1]) / 5, float(cues.mouth[2])
    return SelfieReading(
        hair_colour=colours,
        hair_tints=hair_tints,
        hair_length=answers["hair_length"],
        hair_texture=traits.texture_of(head, where),
        hair_height=float(cues.crown[28]),
        fringe=fringe,
        parting=parting,
        cover=cover,
        cover_tint=None if where.top is None else tints.cloth_tint(where.top.median),
        skin=skin,
        skin_sure=max(answers["skin"].values()) * (1.0 if coloured else 0.5),
        skin_tint=tints.skin_tint(skin, skin_seen if coloured else None),
        eye_colour=eyes,
        eye_tints={level: tints.eye_tint(level, iris) for level in eyes},
        glasses=_glasses(head, where, answers["glasses"]["yes"]),
        facial_hair=answers["facial_hair"],
        smile=answers["smile"],
        gaping=float(np.clip((gap - 0.35) / 0.25, 0, 1) * (lift < 0.5)),
        closed=shape.closed,
        gaze=shape.gaze,
        shape=shape.measures,
        age=_age(answers, shape),
        clothes_tint=None if clothes.colour is None else tints.cloth_tint(clothes.colour),
        suit=clothes.suit,
        yaw=face.yaw,
        roll=face.roll,
        clarity=_clarity(head, face),
        manner=answers["presentation"],
    )


def _clarity(head: Head, face: Face) -> float:
    """Of a face of 40 pixels, or one turned by 45 degrees, measures say half as much."""
    large = min(1.0, head.sharpness / 0.8)
    front = min(1.0, max(0.2, 1.25 - np.hypot(face.yaw, face.pitch) / 60))
    return float(0.95 * large * front)


def _hair_colours(
    shares: Shares, seen: Floats | None, cover: Shares
) -> tuple[Shares, dict[str, str]]:
    hat = cover["hat"] + cover["scarf"]
    believed = seen if hat < 0.3 else None
    dyed = believed is not None and tints.dyed(believed)
    mixed = dict(shares)
    if believed is not None:
        # The second choice, too, should be a colour that this hair could have in other light.
        near, best = tints.families(believed), surest(shares)
        mixed = {k: v if k == best else v * (0.02 + near[k]) ** 0.5 for k, v in mixed.items()}
        whole = sum(mixed.values())
        mixed = {k: v / whole * (0.2 if dyed else 1.0) for k, v in mixed.items()}
    if hat >= 0.3:  # what is seen is the hat: dark hair is commonest
        common = {"black": 0.4, "brown": 0.35, "blonde": 0.1, "red": 0.03, "gray": 0.1}
        mixed = {k: v * (1 - hat) + common.get(k, 0.02) * hat for k, v in mixed.items()}
    mixed["dyed"] = 1 - sum(mixed.values()) if dyed else 0.0
    total = sum(mixed.values())
    colours = {level: share / total for level, share in mixed.items()}
    codes = {level: tints.hair_tint(level, believed) for level in shares}
    if dyed and believed is not None:
        codes["dyed"] = tints.dyed_tint(believed)
    return colours, codes


_RIGHT_SOCKET = (33, 246, 161, 160, 159, 158, 157, 173, 133, 243, 112, 232, 231, 230, 229)
_LEFT_SOCKET = (263, 466, 388, 387, 386, 385, 384, 398, 362, 463, 341, 452, 451, 450, 449)


def _glasses(head: Head, where: Regions, worn: float) -> Shares:
    """Dark ones where the skin about the eyes is far darker than the cheeks."""
    lids = head.patch(_RIGHT_SOCKET) | head.patch(_LEFT_SOCKET)
    drop = float(where.skin.median[0] - np.median(head.lab[lids][:, 0])) if lids.any() else 0.0
    dark = float(np.clip((drop - 30) / 12, 0, 1)) * (where.skin.median[0] > 35)
    return {"none": 1 - worn, "clear": worn * (1 - dark), "dark": worn * dark}


def _age(answers: Answers, shape: traits.Shape) -> Shares:
    """White hair and lines together make an impression of age; neither does alone."""
    colour, bald = answers["hair_colour"], answers["hair_length"]["bald"]
    pale = colour["white"] + 0.75 * colour["gray"]
    lines = float(1 / (1 + np.exp(-1.2 * shape.measures["wrinkles"])))
    elder = pale * (0.25 + 0.75 * lines) + 0.15 * bald * lines
    young = (1 - elder) * (1 - lines) * (1 - 0.6 * bald)
    elder = min(0.97, elder)
    return {"young": young, "adult": max(0.0, 1 - elder - young), "elder": elder}
