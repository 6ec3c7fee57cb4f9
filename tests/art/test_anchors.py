"""Windows on a face's features: what is in them looks alike on every face."""

from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.art.anchors import ANCHORS, anchors
from generator.art.canvas import FEATURES
from generator.art.figure import compose, draw
from generator.art.frame import frame
from generator.art.render import features
from generator.priors import uniform
from generator.spec import Accessory, AvatarSpec

SIZE = 256


def faces(count: int, **changes: object) -> list[AvatarSpec]:
    """Faces of all kinds with nothing over them; proportions, turn and tilt by chance."""
    bare: dict[str, object] = {
        "hair": "bald", "accessories": frozenset(), "facial_hair": "none", "expression": "neutral",
        "hair_pattern": "solid", "hair_colour2": None, "fringe": "none",
    }  # fmt: skip
    return [uniform(Random(i)).model_copy(update=bare | changes) for i in range(count)]


def places(spec: AvatarSpec, feature: str, anchor: str) -> NDArray[np.float64]:
    """Where in an anchor's window the visible pixels of a feature lie: (2, N)."""
    drawn = features(compose(spec), SIZE)[FEATURES.index(feature)] > 100
    y, x = drawn.nonzero()
    canvas = np.stack([x + 0.5, y + 0.5, np.full(len(x), SIZE / 2)]) * (2 / SIZE) - 1
    canvas[2] = 1.0
    return np.array(anchors(frame(spec))[ANCHORS.index(anchor)]) @ canvas


@pytest.mark.parametrize("accessory", ["freckles", "mole"])
def test_a_mark_is_at_one_place_of_its_window(accessory: Accessory):
    middles = []
    for spec in faces(40, accessories=frozenset({accessory})):
        for side in ("left", "right"):
            at = places(spec, "marks", f"cheek_{side}")
            within = at[:, (np.abs(at) < 1).all(0)]
            if within.shape[1] > 3:
                outwards = -1 if side == "left" else 1
                middles.append((outwards * within[0].mean(), within[1].mean()))
    assert len(middles) >= 38  # a mole is on one cheek, freckles are on both
    # A window is 44 px wide: a mole is within 2 px of where it is on any other face.
    assert np.ptp(np.array(middles), axis=0).max() < 0.1


@pytest.mark.parametrize(
    ("accessory", "anchor"),
    [
        ("mole", "mole"),
        ("scar", "cheek_scar"),
        ("scar", "brow_scar"),
        ("hairpin", "hairpin"),
        ("fangs", "lone_fang"),
        ("face_mask", "mask"),
    ],
)
def test_what_is_on_one_side_is_at_one_place_of_its_window(accessory: Accessory, anchor: str):
    looks = []
    for spec in faces(60, accessories=frozenset({accessory}), style="moe", skin="fair", flip=False):
        worn, bare = (
            np.array(draw(s, SIZE).convert("RGB")).astype(int)
            for s in (spec, spec.model_copy(update={"accessories": frozenset()}))
        )
        y, x = (np.abs(worn - bare).max(-1) > 60).nonzero()
        canvas = np.stack([x + 0.5, y + 0.5, np.full(len(x), SIZE / 2)]) * (2 / SIZE) - 1
        canvas[2] = 1.0
        at = np.array(anchors(frame(spec))[ANCHORS.index(anchor)]) @ canvas
        if not (np.abs(at) < 1).all(0).any():
            continue  # the other kind of scar
        assert np.mean((np.abs(at) < 1.05).all(0)) > 0.97, spec
        looks.append(at.mean(1))
    assert len(looks) >= 15
    # On either side, and however large the eyes are that a scar spares.
    assert np.ptp(np.array(looks), axis=0).max() < 0.4


@pytest.mark.parametrize("expression", ["laugh", "surprised", "bawl"])
def test_fangs_of_open_mouths_have_a_window_each(expression: str):
    found = 0
    for spec in faces(10, accessories=frozenset({"fangs"}), expression=expression):
        at = np.stack([places(spec, "marks", anchor) for anchor in ("fang", "second_fang")])
        within = (np.abs(at) < 1).all(1)
        assert within.any(0).mean() > 0.95
        assert (within.sum(1) > 2).all()
        found += 1
    assert found == 10


@pytest.mark.parametrize(
    ("expression", "signs"),
    [
        ("starry", ["sparkle", "sparkles"]),
        ("love", ["hearts"]),
        ("rage", ["vein"]),
        ("shock", ["sweat", "gloom"]),
    ],
)
def test_signs_of_strong_moods_lie_alike_in_their_windows(expression: str, signs: list[str]):
    looks = []
    for spec in faces(30, expression=expression):
        at = np.stack([places(spec, "marks", sign) for sign in signs])
        within, near = (np.abs(at) < 1).all(1), (np.abs(at) < 2).all(1)
        assert within.any(0).sum() > 0.98 * near.any(0).sum(), "all of a sign lies in a window"
        looks.append(at[0][:, within[0]].mean(1))
    assert np.ptp(np.array(looks), axis=0).max() < 0.2
    calm = faces(1, expression="smile")[0]
    there = [anchors(frame(calm))[ANCHORS.index(sign)][0][2] for sign in signs]
    assert min(abs(x) for x in there) > 5, "looked for on faces that show it"


def test_eyes_fill_their_windows():
    for spec in faces(30, eye_shape="round", presentation="girl"):
        for side, inner in (("left", 1), ("right", -1)):
            at = places(spec, "eyes", f"eye_{side}")
            own = at[:, (inner * at[0] < 1.1) & (inner * at[0] > -1.3)]
            low, high = np.percentile(own, [2, 98], axis=1)
            assert -1.1 < low[0] < -0.4
            assert 0.4 < high[0] < 1.1
            assert 0.45 < high[1] < 0.75, "the lower lid is at 1 / 1.7"


def test_mouths_lie_in_their_window_however_wide():
    for expression in ("laugh", "bawl", "sad", "surprised"):
        for spec in faces(12, expression=expression):
            at = places(spec, "mouth", "mouth")
            assert np.abs(at).max() < 1.0
            assert np.abs(at[0].mean()) < 0.2


def test_what_lies_under_a_mask_is_not_looked_at():
    spec = faces(1, accessories=frozenset({"fangs"}), expression="laugh")[0]
    masked = spec.model_copy(update={"accessories": spec.accessories | {"face_mask"}})
    middle = np.array([[0.0], [0.2], [1.0]])
    for seen, near in ((spec, {"mouth", "jaw", "fang"}), (masked, {"mask"})):
        found = {
            name
            for name, window in zip(ANCHORS, anchors(frame(seen)), strict=True)
            if np.abs(np.array(window) @ middle).max() < 5
        }
        assert found & {"mouth", "jaw", "fang", "mask"} == near
