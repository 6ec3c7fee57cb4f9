"""Strands: maps of hairstyles and fringes, carried by the head's map and a flow."""

import numpy as np
import pytest
import torch
from torch import Tensor

from generator.models.conditions import Conditions, encode
from generator.models.generator import _posed_grid
from generator.models.strands import CHANNELS, Strands
from generator.spec import VOCABULARY, AvatarSpec

_SPIKE = (40, 30)
"""Row and column of what is put into a map."""


def _seed(**wanted: bool) -> int:
    """A seed whose details (`first`, `second`) are above 0 or not, as wanted."""
    for seed in range(100):
        detail = AvatarSpec(seed=seed).detail
        signs = {"first": detail[0] > 0, "second": detail[1] > 0}
        if all(signs[name] == value for name, value in wanted.items()):
            return seed
    raise AssertionError


def _found(strands: Strands, spec: AvatarSpec) -> Tensor:
    attributes, _, pose, _ = encode([spec])
    coarse = torch.randn(1, 6, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        return strands(coarse, attributes, _posed_grid(pose, 128))[0]


def _head(conditions: Conditions, found: Tensor) -> np.ndarray:
    """Where in head space something was found, in cells."""
    y, x = np.unravel_index(int(found.square().sum(0).argmax()), found.shape[1:])
    canvas = np.array([(x + 0.5) / 64 - 1, (y + 0.5) / 64 - 1, 1.0])
    return (conditions.pose[0].numpy() @ canvas + 1) * 64 - 0.5


@pytest.mark.parametrize("style", VOCABULARY["style"])
def test_a_hairstyles_map_lies_in_head_space(style: str):
    strands = Strands(6).eval()
    spec = AvatarSpec(hair="hime", style=style, tilt=0.8, turn=-0.6)
    assert _found(strands, spec).shape == (CHANNELS, 128, 128)
    assert not _found(strands, spec).any(), "hair begins as the trunk paints it"
    row, column = _SPIKE
    strands.hair.maps.data[VOCABULARY["hair"].index("hime"), :, row, column] = 1
    np.testing.assert_allclose(
        _head(encode([spec]), _found(strands, spec)), (column, row), atol=1.2
    )
    assert not _found(strands, spec.model_copy(update={"hair": "bob"})).any()


@pytest.mark.parametrize(
    ("hair", "fringe", "sign", "mirrored"),
    [
        ("locs", "swept", "second", True),
        ("spiky", "blunt", "second", True),
        ("hime", "swept", "second", False),
        ("hime", "over_eye", "first", True),
        ("hime", "swept", "first", False),
    ],
)
def test_a_fringe_is_mirrored_with_its_side(hair: str, fringe: str, sign: str, mirrored: bool):
    strands = Strands(6).eval()
    levels = VOCABULARY["fringe"]
    row, column = _SPIKE
    for half in (0, len(levels)):
        strands.fringe.maps.data[half + levels.index(fringe), :, row, column] = 1
    there = {}
    for positive in (False, True):
        spec = AvatarSpec(hair=hair, fringe=fringe, seed=_seed(**{sign: positive}))
        there[positive] = _head(encode([spec]), _found(strands, spec))[0]
    assert there[True] == pytest.approx(column, abs=1.2)
    assert there[False] == pytest.approx(127 - column if mirrored else column, abs=1.2)


def test_a_flow_carries_hair_over_the_canvas():
    strands = Strands(6).eval()
    strands.hair.maps.data[:, :, 40, 30] = 1
    spec = AvatarSpec()
    still = _head(encode([spec]), _found(strands, spec))
    strands.flow.bias.data[0] = 4 / 64 / 0.02  # what lies 4 cells to the right is shown here
    moved = _head(encode([spec]), _found(strands, spec))
    np.testing.assert_allclose(moved - still, (-4, 0), atol=1.2)
