"""Losses. Each function is one formula; none keeps state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

_PIXELS = 16_384
"""Pixels whose masks are dealt with at once."""

AdversarialLoss = Literal["bce", "least_squares", "hinge", "relativistic"]


class _SlotCrossEntropy(torch.autograd.Function):
    """Cross-entropy against targets with three non-zero entries, without building them.

    The gradient of softmax cross-entropy, (softmax - target) * weight, is known as soon as the loss
    is: it is made on the way, some pixels at a time while they are in the cache. That takes a
    sixth of the time of gather, log_softmax and their backward passes.
    """

    @staticmethod
    def forward(ctx: Any, logits: Tensor, slots: Tensor, shares: Tensor, weight: Tensor) -> Tensor:
        gradient = torch.empty_like(logits)
        total = weight.sum()
        loss = torch.zeros((), device=logits.device)
        parts = (x.split(_PIXELS) for x in (logits, slots, shares, weight[..., None], gradient))
        for x, slot, share, w, out in zip(*parts, strict=True):
            p = x.softmax(-1, dtype=torch.float32)
            log_p = p.gather(-1, slot).clamp_min_(torch.finfo(torch.float32).tiny).log_()
            loss -= (w * share * log_p).sum()
            torch.mul(p.scatter_add_(-1, slot, -share), w / total, out=out)
        ctx.save_for_backward(gradient)
        return loss / total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient.mul_(grad.to(gradient.dtype)), None, None, None


def slot_cross_entropy(logits: Tensor, slots: Tensor, shares: Tensor, weight: Tensor) -> Tensor:
    """Mean weighted cross-entropy between painted and true masks.

    Args:
        logits: (B, ..., C).
        slots: (B, ..., 3) int64, the classes with a share.
        shares: (B, ..., 3) their shares, summing to 1.
        weight: (B, ...) pixel weights.
    """
    loss: Tensor = _SlotCrossEntropy.apply(
        logits.flatten(0, -2), slots.flatten(0, -2), shares.flatten(0, -2), weight.flatten()
    )
    return loss


def discriminator_loss(kind: AdversarialLoss, real: Tensor, fake: Tensor) -> Tensor:
    """What D minimises, from its scores on real and generated pictures.

    bce: -[log D(x) + log(1 - D(G(z)))], D = sigmoid(score) (Goodfellow et al., arXiv 1406.2661).
    least_squares: Mao et al., arXiv 1611.04076. hinge: Lim & Ye, arXiv 1705.02894.
    relativistic: paired, real and fake of one spec (Jolicoeur-Martineau, arXiv 1807.00734).
    """
    match kind:
        case "bce":
            return F.softplus(-real).mean() + F.softplus(fake).mean()
        case "least_squares":
            return ((real - 1).square().mean() + fake.square().mean()) / 2
        case "hinge":
            return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
        case "relativistic":
            return F.softplus(fake - real).mean()


def generator_loss(kind: AdversarialLoss, real: Tensor | None, fake: Tensor) -> Tensor:
    """What G minimises. bce is the non-saturating -log D(G(z)).

    Raises:
        ValueError: The relativistic loss needs the scores of the paired real pictures.
    """
    match kind:
        case "bce":
            return F.softplus(-fake).mean()
        case "least_squares":
            return (fake - 1).square().mean() / 2
        case "hinge":
            return -fake.mean()
        case "relativistic":
            if real is None:
                raise ValueError("the relativistic loss compares: give the scores of real pictures")
            return F.softplus(real - fake).mean()


def gradient_penalty(scores: Tensor, pictures: Tensor) -> Tensor:
    """R1: mean squared norm of D's gradient at real pictures (Mescheder et al., arXiv 1801.04406).

    Args:
        scores: D(pictures), any shape with the batch first. What D says of a picture is the mean of
            its patches: the gradient of their sum would count (number of patches)^2 as much, and
            flatten D.
        pictures: The input, with requires_grad set before D saw it.
    """
    each = scores.reshape(len(scores), -1).mean(1)
    (grad,) = torch.autograd.grad(each.sum(), pictures, create_graph=True)
    return grad.square().flatten(1).sum(1).mean()


def feature_distance(fakes: Sequence[Tensor], reals: Sequence[Tensor]) -> Tensor:
    """How far a critic's features of drawings are from those of the renders of the same figures.

    Feature matching (Wang et al., arXiv 1711.11585): the mean absolute difference of each layer,
    here as a share of that layer's mean size, for critics grow.

    Args:
        fakes, reals: Of each layer (B, C, H, W).
    """
    shares = []
    for fake, real in zip(fakes, reals, strict=True):
        real = real.detach().float()
        shares.append((fake.float() - real).abs().mean() / real.abs().mean().clamp_min(1e-6))
    return torch.stack(shares).mean()
