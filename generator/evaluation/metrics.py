"""Distances between sets of feature vectors, as pure functions.

All take float arrays or tensors with a row a picture and work in float64 where sums of many terms
are compared.
"""

from __future__ import annotations

import torch
from torch import Tensor

_ROWS = 1024
"""Rows of a distance matrix that are held at once."""


def polynomial_kernel(x: Tensor, y: Tensor) -> Tensor:
    """(x . y / d + 1) ** 3, the kernel of KID: (N, d) and (M, d) -> (N, M)."""
    return (x @ y.T / x.shape[1] + 1) ** 3


def squared_mmd(x: Tensor, y: Tensor) -> float:
    """Unbiased estimate of the squared maximum mean discrepancy (Gretton et al., 2012, eq. 3).

    Zero on average for two samples of one distribution, so single values may be negative.

    Args:
        x, y: (N, d) and (M, d) with N, M >= 2.
    """
    x, y = x.double(), y.double()
    n, m = len(x), len(y)
    if n < 2 or m < 2:
        raise ValueError("the unbiased estimate needs two pictures of each kind at least")
    xx, yy, xy = polynomial_kernel(x, x), polynomial_kernel(y, y), polynomial_kernel(x, y)
    within_x = (xx.sum() - xx.trace()) / (n * (n - 1))
    within_y = (yy.sum() - yy.trace()) / (m * (m - 1))
    return float(within_x + within_y - 2 * xy.mean())


def kid(
    x: Tensor, y: Tensor, *, subsets: int = 10, size: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """Kernel Inception Distance (Binkowski et al., arXiv 1801.01401) in any feature space.

    Returns:
        Mean and standard deviation of `squared_mmd` over random subsets of `size` rows of each
        (of three quarters of the smaller set, if that is fewer).
    """
    size = min(size, max(2, 3 * min(len(x), len(y)) // 4))
    random = torch.Generator().manual_seed(seed)
    values = torch.tensor(
        [
            squared_mmd(
                x[torch.randperm(len(x), generator=random)[:size]],
                y[torch.randperm(len(y), generator=random)[:size]],
            )
            for _ in range(subsets)
        ],
        dtype=torch.float64,
    )
    return float(values.mean()), float(values.std(correction=0))


def nearest(x: Tensor, y: Tensor, k: int = 1) -> tuple[Tensor, Tensor]:
    """Distances and indices of the k rows of y nearest to each row of x: (N, k) both, ascending."""
    parts = [torch.cdist(part, y).topk(k, largest=False) for part in x.float().split(_ROWS)]
    return torch.cat([p.values for p in parts]), torch.cat([p.indices for p in parts])


def density_coverage(real: Tensor, fake: Tensor, k: int = 5) -> tuple[float, float]:
    """Density and coverage (Naeem et al., arXiv 2002.09797).

    Around every real picture lies the ball that reaches its k-th nearest real neighbour. Density is
    how many balls a generated picture lies in, over k (about 1 for real pictures; more means that
    only the middle is drawn). Coverage is the share of balls with a generated picture inside.
    """
    if len(real) <= k:
        raise ValueError(f"give more than {k} real pictures")
    radii = nearest(real, real, k + 1)[0][:, k]  # the nearest one is the picture itself
    inside_count, covered = 0, torch.zeros(len(real), dtype=torch.bool)
    for part in fake.float().split(_ROWS):
        inside = torch.cdist(part, real.float()) < radii
        inside_count += int(inside.sum())
        covered |= inside.any(0)
    return inside_count / (k * len(fake)), float(covered.float().mean())


def memorisation(fake: Tensor, unseen: Tensor, training: Tensor) -> tuple[float, float]:
    """How close generated pictures come to training pictures, against unseen real ones.

    Returns:
        The ratio of the median distances to the nearest training picture (near or above 1: nothing
        is copied), and the share of generated pictures that are nearer to one than all but 1% of
        the unseen real pictures are (0.01 is chance).
    """
    mine, theirs = nearest(fake, training)[0][:, 0], nearest(unseen, training)[0][:, 0]
    close = torch.quantile(theirs, 0.01)
    ratio = mine.median() / theirs.median().clamp_min(1e-12)
    return float(ratio), float((mine < close).float().mean())


def spread(groups: Tensor) -> Tensor:
    """Mean distance between two pictures of one group: (G, K, d) -> (G,), K >= 2."""
    k = groups.shape[1]
    return torch.cdist(groups.float(), groups.float()).sum((1, 2)) / (k * (k - 1))
