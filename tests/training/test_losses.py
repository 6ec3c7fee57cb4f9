"""Losses against their formulas."""

import math

import pytest
import torch
from torch import nn

from generator.training.losses import (
    discriminator_loss,
    feature_distance,
    generator_loss,
    gradient_penalty,
    slot_cross_entropy,
)


def test_slot_cross_entropy_and_its_gradient_are_the_plain_formula():
    torch.manual_seed(0)
    logits = torch.randn(2, 3, 3, 4, 32, requires_grad=True)
    plain = logits.detach().clone().requires_grad_()
    slots = torch.stack([torch.randperm(32)[:3] for _ in range(2 * 3 * 3 * 4)]).view(2, 3, 3, 4, 3)
    shares = torch.rand(2, 3, 3, 4, 3).softmax(-1)
    weight = torch.rand(2, 3, 3, 4) + 0.5
    target = torch.zeros_like(plain).scatter(-1, slots, shares)
    expected = -(weight * (target * plain.log_softmax(-1)).sum(-1)).sum() / weight.sum()
    loss = slot_cross_entropy(logits, slots, shares, weight)
    torch.testing.assert_close(loss, expected)
    (2 * loss).backward()
    (2 * expected).backward()
    # The distribution is kept in bfloat16 for the backward pass: 8 bits of mantissa.
    torch.testing.assert_close(logits.grad, plain.grad, rtol=1e-2, atol=2e-5)


def test_adversarial_losses_are_their_formulas():
    real, fake = torch.tensor([0.7, -0.2]), torch.tensor([0.1, 1.3])

    def sigmoid(x: float) -> float:
        return 1 / (1 + math.exp(-x))

    pairs = list(zip(real.tolist(), fake.tolist(), strict=True))
    bce = -sum(math.log(sigmoid(r)) + math.log(1 - sigmoid(f)) for r, f in pairs) / 2
    assert discriminator_loss("bce", real, fake).item() == pytest.approx(bce, rel=1e-5)
    assert generator_loss("bce", None, fake).item() == pytest.approx(
        -sum(math.log(sigmoid(f)) for f in fake) / 2, rel=1e-5
    )
    assert discriminator_loss("least_squares", real, fake).item() == pytest.approx(
        (0.09 + 1.44) / 4 + (0.01 + 1.69) / 4, rel=1e-5
    )
    assert discriminator_loss("hinge", real, fake).item() == pytest.approx(
        (0.3 + 1.2) / 2 + (1.1 + 2.3) / 2, rel=1e-5
    )
    assert generator_loss("hinge", None, fake).item() == pytest.approx(-0.7, rel=1e-5)
    paired = sum(math.log(1 + math.exp(f - r)) for r, f in pairs) / 2
    assert discriminator_loss("relativistic", real, fake).item() == pytest.approx(paired, rel=1e-5)
    with pytest.raises(ValueError, match="real pictures"):
        generator_loss("relativistic", None, fake)


def test_gradient_penalty_of_a_linear_critic_is_its_squared_norm():
    critic = nn.Linear(5, 1)
    x = torch.randn(7, 5, requires_grad=True)
    penalty = gradient_penalty(critic(x), x)
    torch.testing.assert_close(penalty, critic.weight.square().sum())
    penalty.backward()
    torch.testing.assert_close(critic.weight.grad, 2 * critic.weight.detach())


def test_gradient_penalty_takes_the_mean_of_patches():
    critic = nn.Linear(5, 1)
    x = torch.randn(7, 5, requires_grad=True)
    patches = critic(x).expand(7, 80)
    torch.testing.assert_close(gradient_penalty(patches, x), critic.weight.square().sum())
    alone = gradient_penalty(critic(x)[:, 0], x)
    torch.testing.assert_close(alone, critic.weight.square().sum())


def test_features_of_drawings_are_drawn_to_those_of_renders_and_not_the_reverse():
    torch.manual_seed(0)
    reals = [torch.randn(2, 3, 4, 4).requires_grad_(), torch.randn(2, 5, 2, 2).requires_grad_()]
    fakes = [x.detach().clone().requires_grad_() for x in reals]
    assert feature_distance(fakes, reals).item() == 0
    with torch.no_grad():
        fakes[0] += 0.5
    first = 0.5 / float(reals[0].detach().abs().mean())
    loss = feature_distance(fakes, reals)
    assert loss.item() == pytest.approx(first / 2, rel=1e-5)
    larger = feature_distance([7 * x for x in fakes], [7 * x for x in reals])
    assert larger.item() == pytest.approx(loss.item(), rel=1e-5)
    loss.backward()
    assert fakes[0].grad is not None
    assert (fakes[0].grad > 0).all()
    assert reals[0].grad is None
