"""Distances between sets, against values by hand and by brute force."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.evaluation import metrics


def sets(seed: int, n: int, m: int, d: int = 4):
    random = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=random), torch.randn(m, d, generator=random)


def test_squared_mmd_by_hand():
    # d = 1: k(a, b) = (ab + 1)^3. Within x: k(0, 1) = 1; within y: k(2, 2) = 125;
    # across: k(0, 2) twice = 1, k(1, 2) twice = 27, so 14 on average.
    x, y = torch.tensor([[0.0], [1.0]]), torch.tensor([[2.0], [2.0]])
    assert metrics.squared_mmd(x, y) == pytest.approx(1 + 125 - 2 * 14)


def test_squared_mmd_against_loops():
    x, y = sets(1, 5, 4)

    def k(a, b):
        return (float(a @ b) / 4 + 1) ** 3

    within_x = sum(k(x[i], x[j]) for i in range(5) for j in range(5) if i != j) / 20
    within_y = sum(k(y[i], y[j]) for i in range(4) for j in range(4) if i != j) / 12
    across = sum(k(a, b) for a in x for b in y) / 20
    assert metrics.squared_mmd(x, y) == pytest.approx(within_x + within_y - 2 * across, rel=1e-5)


def test_squared_mmd_needs_pairs():
    with pytest.raises(ValueError, match="two pictures"):
        metrics.squared_mmd(torch.zeros(1, 3), torch.zeros(4, 3))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(8, 40), st.integers(8, 40))
def test_kid_is_symmetric_and_repeatable(seed: int, n: int, m: int):
    x, y = sets(seed, n, m)
    assert metrics.squared_mmd(x, y) == pytest.approx(metrics.squared_mmd(y, x), abs=1e-9)
    assert metrics.kid(x, y, size=6, seed=3) == metrics.kid(x, y, size=6, seed=3)


def test_kid_is_about_zero_for_one_distribution_and_grows_with_distance():
    x, y = sets(2, 400, 400, 16)
    same, noise = metrics.kid(x, y, size=200)
    near, _ = metrics.kid(x, y + 0.3, size=200)
    far, _ = metrics.kid(x, y + 0.6, size=200)
    assert abs(same) < 3 * noise + 0.01
    assert same < near < far


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(7, 30), st.integers(1, 30), st.integers(1, 5))
def test_density_and_coverage_against_loops(seed: int, n: int, m: int, k: int):
    real, fake = sets(seed, n, m)
    radii = [sorted(math.dist(a, b) for b in real.tolist())[k] for a in real.tolist()]
    inside = [
        [math.dist(f, r) < radius for r, radius in zip(real.tolist(), radii, strict=True)]
        for f in fake.tolist()
    ]
    density, coverage = metrics.density_coverage(real, fake, k)
    assert density == pytest.approx(sum(map(sum, inside)) / (k * m), abs=1e-6)
    assert coverage == pytest.approx(sum(any(col) for col in zip(*inside, strict=True)) / n)
    assert 0 <= coverage <= 1


def test_collapse_to_one_picture_has_density_without_coverage():
    real = torch.randn(300, 8, generator=torch.Generator().manual_seed(0))
    fake = real.mean(0, keepdim=True).repeat(300, 1)
    density, coverage = metrics.density_coverage(real, fake)
    assert density > 1
    assert coverage < 0.5
    assert metrics.density_coverage(real, real + 1e-6)[1] == 1.0


def test_coverage_needs_neighbours():
    with pytest.raises(ValueError, match="more than 5"):
        metrics.density_coverage(torch.zeros(5, 2), torch.zeros(5, 2))


def test_nearest_in_parts(monkeypatch: pytest.MonkeyPatch):
    x, y = sets(3, 50, 20)
    whole = metrics.nearest(x, y, 3)
    monkeypatch.setattr(metrics, "_ROWS", 7)
    parts = metrics.nearest(x, y, 3)
    assert torch.equal(whole[1], parts[1])
    assert torch.allclose(whole[0], torch.cdist(x, y).sort(1).values[:, :3], atol=1e-5)


def test_memorisation_sees_copies():
    random = torch.Generator().manual_seed(0)
    training, unseen, fresh = (torch.randn(400, 6, generator=random) for _ in range(3))
    ratio, close = metrics.memorisation(fresh, unseen, training)
    assert ratio == pytest.approx(1, abs=0.1)
    assert close < 0.05
    ratio, close = metrics.memorisation(training + 1e-3, unseen, training)
    assert ratio < 0.05
    assert close == 1.0


def test_spread_by_hand():
    groups = torch.tensor([[[0.0, 0.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]])
    assert metrics.spread(groups).tolist() == pytest.approx([5.0, 0.0])
