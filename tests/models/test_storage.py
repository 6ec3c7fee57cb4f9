"""Weights in fewer bits."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from generator.models.storage import pack, unpack


@given(st.integers(0, 2**31), st.floats(1e-3, 1e3))
def test_maps_lose_less_than_half_a_step_and_the_rest_is_rounded_to_half(seed: int, size: float):
    random = torch.Generator().manual_seed(seed)
    state = {
        "a.maps": torch.randn(3, 2, 4, 4, generator=random) * size,
        "a.weight": torch.randn(5, 3, generator=random),
    }
    state["a.maps"][0, 1] = 0  # a channel that nothing was learned for
    packed = pack(state)
    assert packed["a.maps"].dtype == torch.int8
    back = unpack(packed)
    assert back.keys() == state.keys()
    step = state["a.maps"].abs().amax((2, 3), keepdim=True) / 127
    assert ((back["a.maps"] - state["a.maps"]).abs() <= 0.501 * step).all()
    assert (back["a.maps"][0, 1] == 0).all()
    torch.testing.assert_close(back["a.weight"], state["a.weight"].half().float(), rtol=0, atol=0)
    again = unpack(pack(back))
    torch.testing.assert_close(again["a.maps"], back["a.maps"], rtol=1e-5, atol=0)


def test_large_kernels_are_kept_in_bytes_and_last_layers_are_not():
    torch.manual_seed(0)
    state = {"a.weight": torch.randn(96, 64, 3, 3), "b.weight": torch.randn(512, 128, 1, 1)}
    state["a.weight"][0] *= 1e-3  # a channel of small numbers keeps its precision
    packed = pack(state)
    assert packed["a.weight"].dtype == torch.int8
    assert packed["b.weight"].dtype == torch.half
    back = unpack(packed)
    assert back.keys() == state.keys()
    apart = (back["a.weight"] - state["a.weight"]).flatten(1).norm(dim=1)
    assert (apart < 0.015 * state["a.weight"].flatten(1).norm(dim=1)).all()


def test_maps_of_older_files_are_read_as_they_are():
    maps = torch.randn(2, 3, 4, 4).half()
    torch.testing.assert_close(unpack({"a.maps": maps})["a.maps"], maps.float())
