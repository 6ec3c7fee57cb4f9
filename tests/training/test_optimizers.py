import pytest
import torch
from torch import nn

from generator.training.optimizers import KernelMuon, optimizers, orthogonal


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("size", [1, 3])
def test_muon_moves_the_kernel_itself_by_an_orthogonal_matrix(layout, size):
    torch.manual_seed(0)
    conv = nn.Conv2d(12, 6, size, bias=False).to(memory_format=layout)
    before = conv.weight.detach().clone()
    conv(torch.randn(4, 12, 5, 5)).square().sum().backward()
    KernelMuon([conv.weight], lr=0.1).step()
    step = (conv.weight - before).detach().flatten(1) / -0.1
    # Five Newton-Schulz steps bring singular values to about 1, not exactly.
    assert torch.linalg.svdvals(step).sub(1).abs().max() < 0.5
    # It goes against the gradient.
    assert (step * conv.weight.grad.flatten(1)).sum() > 0


def test_layouts_of_memory_make_no_difference():
    kernels = []
    for layout in (torch.contiguous_format, torch.channels_last):
        torch.manual_seed(1)
        conv = nn.Conv2d(8, 8, 3).to(memory_format=layout)
        muon = KernelMuon([conv.weight], lr=0.05)
        for _ in range(3):
            muon.zero_grad()
            conv.zero_grad()
            conv(torch.ones(1, 8, 6, 6)).square().sum().backward()
            muon.step()
        kernels.append(conv.weight.detach())
    # Newton-Schulz runs in bfloat16 where that is fast.
    assert torch.allclose(*kernels, atol=5e-3)


@pytest.mark.parametrize("shape", [(12, 96), (96, 12), (8, 8)])
def test_float32_takes_the_steps_that_torch_takes_in_bfloat16(shape):
    torch.manual_seed(2)
    mine = nn.Conv2d(shape[1], shape[0], 1, bias=False)
    theirs = nn.Parameter(mine.weight.detach().flatten(1).clone())
    own, reference = KernelMuon([mine.weight], 0.05), torch.optim.Muon([theirs], 0.05, 0.0)
    own.half = False
    for _ in range(3):
        gradient = torch.randn(shape)
        mine.weight.grad, theirs.grad = gradient[..., None, None].clone(), gradient.clone()
        own.step()
        reference.step()
    assert torch.allclose(mine.weight.flatten(1), theirs, atol=4e-3)


def test_directions_of_any_strength_count_about_the_same():
    torch.manual_seed(3)
    u, v = (torch.linalg.qr(torch.randn(n, 16))[0] for n in (16, 200))
    matrix = u @ torch.logspace(0, -2, 16).diag() @ v.T
    made = orthogonal(matrix, (3.4445, -4.7750, 2.0315), 5)
    strengths = u.T @ made @ v
    assert 0.5 < strengths.diag().min() < strengths.diag().max() < 1.5
    assert strengths.fill_diagonal_(0).abs().max() < 1e-3


def test_every_parameter_has_one_optimizer():
    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(4, 4, 3)
            self.frozen = nn.Conv2d(4, 4, 3).requires_grad_(False)
            self.palette = nn.Conv2d(4, 8, 1)
            self.table = nn.Parameter(torch.zeros(3, 4, 16, 16))

    network = Network()
    adam, muon = optimizers(network, lr=1e-3, betas=(0.9, 0.99), kernel_lr=0.02)
    assert [p.data_ptr() for p in muon.param_groups[0]["params"]] == [
        network.conv.weight.data_ptr()
    ]
    rest = {id(p) for p in adam.param_groups[0]["params"]}
    assert rest == {
        id(p)
        for n, p in network.named_parameters()
        if n != "conv.weight" and not n.startswith("frozen")
    }
    (only,) = optimizers(network, lr=1e-3, betas=(0.9, 0.99), kernel_lr=0)
    assert len(only.param_groups[0]["params"]) == len(rest) + 1


def test_a_gradient_as_small_as_a_learned_map_has_is_learned_from():
    linear = nn.Linear(2, 1, bias=False)
    before = linear.weight.detach().clone()
    (adam,) = optimizers(linear, lr=0.01, betas=(0.9, 0.99), kernel_lr=0.02)
    linear.weight.grad = torch.tensor([[1e-10, -1.0]])
    adam.step()
    torch.testing.assert_close(
        linear.weight.detach() - before, torch.tensor([[-0.01, 0.01]]), rtol=0.02, atol=0
    )
