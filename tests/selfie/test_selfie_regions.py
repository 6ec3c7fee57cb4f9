"""What is skin, hair, clothes: on painted people whose colours are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from painted import Painted, turned

from generator.evaluation.colours import ciede2000, lab
from generator.selfie import traits
from generator.selfie.alignment import CHIN, FACE, align
from generator.selfie.cues import measure
from generator.selfie.hair import sure_hair
from generator.selfie.hair_cues import colour_seen
from generator.selfie.regions import Y, regions


def _lab(colour):
    return lab(np.array(colour, np.float64))


def _head(painted):
    faces = painted.faces()
    head = align(faces, faces.found[0])
    return head, regions(head)


@pytest.mark.parametrize(("degrees", "scale"), [(0, 1), (25, 1), (-40, 0.4), (10, 1.7)])
def test_a_head_lies_on_its_page_the_same_way_whatever_the_photo_was_like(degrees, scale):
    straight = Painted().faces()
    page = align(straight, straight.found[0])
    other = turned(straight, degrees, scale)
    head = align(other, other.found[0])
    assert np.abs(head.landmarks - page.landmarks).max() < 0.5
    face = page.region("face", 0.8)
    assert np.median(np.abs(head.lab - page.lab)[face]) < 3


@pytest.mark.parametrize("skin", [(245, 214, 196), (205, 160, 135), (140, 95, 70), (74, 48, 40)])
def test_skin_has_the_colour_it_was_painted_in(skin):
    _, where = _head(Painted(skin=skin, hair=(230, 225, 220)))
    assert ciede2000(where.skin.median.astype(np.float64), _lab(skin)) < 2.5


@pytest.mark.parametrize("hair", [(25, 22, 24), (110, 70, 45), (190, 150, 95), (215, 215, 218)])
def test_hair_has_the_colour_it_was_painted_in(hair):
    head, where = _head(Painted(hair=hair, length=0.5))
    seen = colour_seen(measure(head, where).hair)
    assert seen is not None
    assert ciede2000(seen.astype(np.float64), _lab(hair)) < 3


def test_a_collar_in_the_colour_of_the_hair_is_not_taken_for_it():
    dark = (60, 40, 30)
    head, where = _head(Painted(hair=dark, clothes=dark))
    sure = sure_hair(head, where)
    assert sure.sum() > 500
    assert not (sure & (CHIN < Y)).any()
    assert np.quantile(ciede2000(head.lab[sure].astype(np.float64), _lab(dark)), 0.95) < 6


def test_a_washed_out_photo_changes_hair_less_in_its_own_range_of_light():
    faces = Painted(hair=(70, 45, 35), length=0.3).faces()
    pale = replace(faces, image=faces.image.point(lambda value: value * 0.65 + 70))
    cues = [
        measure(head, regions(head)).hair for head in (align(f, f.found[0]) for f in (faces, pale))
    ]
    moved = np.abs(cues[0] - cues[1]).reshape(-1)
    assert moved[15:30].mean() < 0.4 * moved[:15].mean()


def test_no_hair_no_colour_of_it():
    bare = Painted(hair=None, length=-1).faces()
    nobody = replace(bare, person=np.zeros_like(bare.person))
    head = align(nobody, nobody.found[0])
    assert colour_seen(measure(head, regions(head)).hair) is None


@pytest.mark.parametrize("length", [0.1, 0.25, 0.4])
def test_hair_reaches_as_far_down_as_it_was_painted(length):
    _, where = _head(Painted(length=length))
    rows = np.flatnonzero(where.hair.sum(1) >= 6)
    lowest = (rows.max() - CHIN) / FACE
    assert lowest == pytest.approx(length, abs=0.12)


def test_a_bald_crown_is_like_the_skin_and_a_haired_one_is_not():
    bald, haired = (measure(*_head(Painted(hair=hair, length=-1))) for hair in (None, (60, 40, 30)))
    assert bald.crown[0] < 0.4 < haired.crown[0]


def test_clothes_have_the_colour_they_were_painted_in():
    clothes = traits.clothes_of(*_head(Painted(clothes=(200, 40, 50))))
    assert ciede2000(clothes.colour.astype(np.float64), _lab((200, 40, 50))) < 3


def test_a_scarf_closes_under_the_chin_and_hair_does_not():
    scarf = traits.cover_of(*_head(Painted(hair=(60, 110, 150), length=0.5, scarf=True)))
    assert max(scarf, key=scarf.get) == "scarf"
    assert scarf["scarf"] < 0.95  # never certain
    for hair in ((25, 22, 24), (110, 70, 45), None):
        bare = traits.cover_of(*_head(Painted(hair=hair, length=0.5 if hair else -1)))
        assert max(bare, key=bare.get) == "none"


def test_what_the_photo_does_not_show_is_not_counted():
    faces = Painted(length=0.5).faces()
    cut = faces.image.crop((0, 0, faces.image.width, 480))
    shown = type(faces)(cut, 0, faces.found, faces.person[:480], "plain")
    head = align(shown, shown.found[0])
    where = regions(head)
    assert not head.inside[Y > 122].any()
    assert not where.hair[Y > 122].any()


def test_measures_are_finite_even_of_a_black_picture():
    faces = Painted().faces()
    black = type(faces)(faces.image.point(lambda v: 0), 0, faces.found, faces.person * 0, "plain")
    head = align(black, black.found[0])
    where = regions(head)
    cues = measure(head, where)
    assert all(np.isfinite(getattr(cues, name)).all() for name in cues.__dataclass_fields__)
    traits.shape_of(head, where, black.found[0])
    assert sum(traits.texture_of(head, where).values()) == pytest.approx(1)
    assert traits.clothes_of(head, where).colour is None
