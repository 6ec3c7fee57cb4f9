"""Clothes: maps of a chibi's outfit that grow with its body."""

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.art.figure import draw
from generator.art.frame import CHIBI_NECK
from generator.models.clothes import CHANNELS, Clothes
from generator.models.conditions import encode
from generator.spec import VOCABULARY, Age, AvatarSpec


def _found(clothes: Clothes, spec: AvatarSpec) -> Tensor:
    with torch.inference_mode():
        return clothes(encode([spec]).attributes)[0]


def _row(spec: AvatarSpec) -> int:
    kinds = VOCABULARY["presentation"]
    return VOCABULARY["outfit"].index(spec.outfit) * len(kinds) + kinds.index(spec.presentation)


def test_clothes_are_those_of_an_outfit_and_a_presentation_and_of_chibi_alone():
    clothes = Clothes().eval()
    spec = AvatarSpec(style="chibi", outfit="maid", presentation="boy")
    assert _found(clothes, spec).shape == (CHANNELS, 128, 128)
    assert not _found(clothes, spec).any(), "a body begins as the trunk paints it"
    clothes.maps.data[_row(spec)] = 1
    assert _found(clothes, spec).any()
    for change in ({"style": "moe"}, {"outfit": "suit"}, {"presentation": "girl"}):
        assert not _found(clothes, spec.model_copy(update=change)).any()


@pytest.mark.parametrize("age", VOCABULARY["age"])
def test_clothes_grow_with_the_body_from_the_neck(age: Age):
    found, drawn = [], []
    for spec in (
        AvatarSpec(style="chibi", outfit="tee", presentation="boy", age=a) for a in (age, "young")
    ):
        clothes = Clothes().eval()
        clothes.maps.data[_row(spec), 0, 40] = 1
        rows = _found(clothes, spec)[0].sum(1)
        found.append(float((rows * (2 * torch.arange(128) + 1)).sum() / rows.sum()) - CHIBI_NECK)
        drawn.append(np.array(draw(spec))[:, :, 3].nonzero()[0].max() + 1 - CHIBI_NECK)  # the soles
    assert found[0] / found[1] == pytest.approx(drawn[0] / drawn[1], abs=0.015)


def test_maps_reach_to_the_soles_of_the_largest():
    spec = AvatarSpec(style="chibi", outfit="tee", presentation="boy", age="adult")
    clothes = Clothes().eval()
    clothes.maps.data[_row(spec)] = 1
    soles = np.array(draw(spec))[:, :, 3].nonzero()[0].max()
    assert _found(clothes, spec)[:, soles // 2 - 1].any()
