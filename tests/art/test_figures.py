"""Every level of every attribute draws, stays on the canvas and comes out the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from random import Random

import numpy as np
import pytest

from generator import priors
from generator.art.canvas import FEATURES
from generator.art.figure import compose, draw
from generator.art.palette import palette
from generator.art.render import features, masks, rasterise
from generator.data.store import MARKS, feature_bits
from generator.spec import ACCESSORIES, PALETTES, SLIDERS, VOCABULARY, AvatarSpec

pytest.importorskip("skia")
SMALL = 64


def _levels(style: str) -> Iterator[AvatarSpec]:
    """One figure per level, the other attributes drawn by chance, so that levels also meet."""
    rng = Random(7)
    for attribute, levels in VOCABULARY.items():
        for level in levels:
            values = priors.uniform(rng).model_dump() | {"style": style, attribute: level}
            if attribute == "hair_pattern":
                values["hair_colour2"] = None if level == "solid" else "pink"
            yield AvatarSpec(**values)
    for item in ACCESSORIES:
        values = priors.uniform(rng).model_dump()
        yield AvatarSpec(**values | {"style": style, "accessories": frozenset({item})})
    for slider in SLIDERS:
        for value in (-1.0, 1.0):
            yield AvatarSpec(**priors.uniform(rng).model_dump() | {"style": style, slider: value})


@pytest.mark.parametrize("style", VOCABULARY["style"])
def test_every_level_of_every_attribute_draws(style):
    for spec in _levels(style):
        alpha = rasterise(compose(spec).svg(palette(spec), size=SMALL), SMALL)[..., 3]
        assert alpha.mean() > 20, spec
        assert alpha[SMALL // 2, SMALL // 2] == 255, spec


@pytest.mark.parametrize("attribute", PALETTES)
def test_every_colour_has_a_palette(attribute):
    for level in PALETTES[attribute]:
        values = {attribute: level}
        if attribute == "hair_colour2":
            values["hair_pattern"] = "ombre"
        assert len(palette(AvatarSpec(**values))) == 30


@pytest.mark.parametrize("seed", range(60))
def test_figures_are_cut_at_the_bottom_only(seed):
    spec = priors.uniform(Random(seed))
    alpha = rasterise(compose(spec).svg(palette(spec), size=128), 128)[..., 3]
    assert not alpha[0].any()
    assert not alpha[:, 0].any()
    assert not alpha[:, -1].any()
    if spec.style == "chibi":
        assert not alpha[-1].any()


@pytest.mark.parametrize("seed", range(4))
def test_the_same_spec_gives_the_same_bytes(seed):
    spec = priors.uniform(Random(seed))
    again = AvatarSpec.model_validate_json(spec.model_dump_json())
    assert draw(spec, SMALL).tobytes() == draw(again, SMALL).tobytes()


@pytest.mark.parametrize("seed", range(6))
def test_masks_times_palette_are_the_picture(seed):
    spec = priors.uniform(Random(100 + seed))
    canvas, colours = compose(spec), palette(spec)
    planes = masks(canvas, 128).astype(np.float64) / 255
    mixed = np.einsum("shw,sc->hwc", planes, np.array(colours, np.float64))
    picture = rasterise(canvas.svg(colours, size=128), 128).astype(np.float64)
    # Each mask is rounded on its own, layer by layer: a few edge pixels are further off.
    away = np.abs(mixed - picture[..., :3])
    assert np.percentile(away, 99.9) <= 4
    assert away.max() <= 10


@pytest.mark.parametrize("style", VOCABULARY["style"])
def test_face_features_are_marked_where_they_are_seen(style):
    spec = AvatarSpec(
        style=style, fringe="none", hair="short_crop", accessories=frozenset({"freckles", "mole"})
    )
    planes = dict(zip(FEATURES, features(compose(spec), 128), strict=True))
    eyes, brows, mouth = (planes[name] for name in ("eyes", "brows", "mouth"))
    assert all(plane.max() > 200 for plane in planes.values())
    rows = [np.average(np.arange(128), weights=p.sum(axis=1)) for p in (brows, eyes, mouth)]
    assert rows == sorted(rows)


@pytest.mark.parametrize(
    "change",
    [
        {"accessories": frozenset({"freckles"})},
        {"accessories": frozenset({"mole"})},
        {"accessories": frozenset({"scar"})},
        {"accessories": frozenset({"fangs"})},
        {"facial_hair": "stubble"},
    ],
)
def test_small_marks_are_marked_and_nothing_else_is(change):
    marks = FEATURES.index("marks")
    plain = AvatarSpec(expression="smile", presentation="boy", hair_colour="black")
    assert features(compose(plain), 256)[marks].max() < 32
    marked = plain.model_copy(update=change)
    bits = feature_bits(features(compose(marked), 256))
    pictures = [np.asarray(draw(spec, 256), int) for spec in (marked, plain)]
    changed = np.abs(pictures[0] - pictures[1]).max(-1) > 80  # more than stubble's shadow
    seen = (bits & MARKS) > 0
    assert seen.sum() >= 8
    assert (seen & changed).sum() > 0.6 * changed.sum()


def test_a_mask_hides_the_mouth():
    bare = features(compose(AvatarSpec()), 128)[FEATURES.index("mouth")]
    spec = AvatarSpec(accessories=frozenset({"face_mask"}))
    hidden = features(compose(spec), 128)[FEATURES.index("mouth")]
    assert hidden.sum() < 0.1 * bare.sum()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("hair", ["bob", "short_crop", "afro"])
@pytest.mark.parametrize("fringe", ["wispy", "over_eye"])
def test_a_patch_leaves_an_open_eye(seed, hair, fringe):
    spec = AvatarSpec(seed=seed, hair=hair, fringe=fringe, expression="wink",
                      accessories=frozenset({"eye_patch"}))  # fmt: skip
    open_eye = features(compose(spec), 128)[FEATURES.index("eyes")]
    winking = AvatarSpec(expression="wink", hair="bald")
    both = features(compose(winking), 128)[FEATURES.index("eyes")]
    assert open_eye.sum() > 0.5 * both.sum()


@pytest.mark.parametrize("outfit", ["kimono", "qipao"])
def test_garments_that_close_on_one_side_are_not_mirrored(outfit):
    one, other = (draw(AvatarSpec(outfit=outfit, flip=flip), SMALL) for flip in (False, True))
    assert one.tobytes() == other.tobytes()
    assert AvatarSpec(flip=True).mirrored


@pytest.mark.parametrize("outfit", VOCABULARY["outfit"])
def test_a_chibi_is_dressed_as_it_presents_itself(outfit):
    """Under sunglasses and a mask there is little else to tell: the legs are looked at."""
    legs = {}
    for presentation in VOCABULARY["presentation"]:
        spec = AvatarSpec(style="chibi", outfit=outfit, presentation=presentation)
        colours = np.asarray(draw(spec, 256).convert("RGBa"), int)
        legs[presentation] = colours[205:248]
    for one, other in combinations(legs, 2):
        differs = np.abs(legs[one] - legs[other]).max(-1) > 60
        assert differs.sum() >= 60, (one, other)
