"""The weights' gradient by minimal filtering is the library's."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from generator.models import convolution
from generator.models.convolution import Convolution, Pointwise, channels_last


def gradients(layer: torch.nn.Conv2d, x: Tensor, grad: Tensor) -> list[Tensor]:
    """The output, and its gradients for the input and every parameter."""
    y = layer(x)
    return [y, *torch.autograd.grad(y, (x, *layer.parameters()), grad)]


@pytest.fixture(autouse=True)
def _float32(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that multiply bfloat16 take the other way: here, all take this one."""
    monkeypatch.setattr(convolution, "has_fast_bf16", lambda _device: False)


@settings(max_examples=30, deadline=None)
@given(
    batch=st.integers(1, 3),
    inputs=st.integers(1, 9),
    outputs=st.integers(1, 9),
    rows=st.integers(1, 5),
    columns=st.integers(1, 5),
    bias=st.booleans(),
    cached=st.sampled_from([1, 20_000, 3 << 20]),
    rowwise=st.booleans(),
)
def test_gradients_are_those_of_the_library(
    batch: int,
    inputs: int,
    outputs: int,
    rows: int,
    columns: int,
    bias: bool,
    cached: int,
    rowwise: bool,
) -> None:
    torch.manual_seed(0)
    ours = Convolution(inputs, outputs, 3, padding=1, bias=bias)
    theirs = torch.nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(batch, inputs, 4 * rows, 4 * columns, requires_grad=True)
    grad = torch.randn(batch, outputs, 4 * rows, 4 * columns)
    if rowwise:
        grad = grad.contiguous(memory_format=torch.channels_last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(convolution, "_CACHED", cached)
        found = gradients(ours, x, grad)
    assert type(found[0].grad_fn).__name__ == "_ConvolveBackward"
    for mine, expected in zip(found, gradients(theirs, x, grad), strict=True):
        torch.testing.assert_close(mine, expected, rtol=1e-4, atol=1e-3)


def other_cases() -> list[tuple[str, torch.nn.Conv2d, tuple[int, ...]]]:
    return [
        ("stride", Convolution(4, 4, 3, 2, 1), (1, 4, 8, 8)),
        ("kernel", Convolution(4, 4, 5, 1, 2), (1, 4, 8, 8)),
        ("padding", Convolution(4, 4, 3), (1, 4, 8, 8)),
        ("groups", Convolution(4, 4, 3, padding=1, groups=2), (1, 4, 8, 8)),
        ("size", Convolution(4, 4, 3, padding=1), (1, 4, 8, 6)),
        ("precision", Convolution(4, 4, 3, padding=1).double(), (1, 4, 8, 8)),
    ]


@pytest.mark.parametrize("case", other_cases(), ids=lambda case: case[0])
def test_what_tiles_do_not_cover_is_left_to_the_library(
    case: tuple[str, torch.nn.Conv2d, tuple[int, ...]],
) -> None:
    _, layer, shape = case
    x = torch.randn(shape, dtype=layer.weight.dtype, requires_grad=True)
    y = layer(x)
    expected = F.conv2d(
        x, layer.weight, layer.bias, layer.stride, layer.padding, layer.dilation, layer.groups
    )
    assert torch.equal(y, expected)
    assert type(y.grad_fn).__name__ == "ConvolutionBackward0"


def test_drawing_needs_no_graph() -> None:
    layer = Convolution(4, 4, 3, padding=1)
    with torch.inference_mode():
        assert layer(torch.randn(1, 4, 8, 8)).shape == (1, 4, 8, 8)


def test_a_pointwise_convolution_is_a_1_x_1_convolution():
    torch.manual_seed(0)
    layer = Pointwise(5, 7)
    plain = torch.nn.Conv2d(5, 7, 1)
    plain.load_state_dict(layer.state_dict())
    x = torch.randn(2, 5, 4, 6).contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(layer(x), plain(x))


def test_only_kernels_are_laid_out_anew():
    network = torch.nn.ParameterDict({"maps": torch.nn.Parameter(torch.randn(2, 3, 4, 4))})
    layer = torch.nn.Conv2d(3, 5, 3)
    channels_last(torch.nn.ModuleList([network, layer]))
    assert network["maps"].is_contiguous()
    assert layer.weight.is_contiguous(memory_format=torch.channels_last)
