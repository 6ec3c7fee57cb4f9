"""Which pixels are surely hair: four colour models that explain a head together.

Hair, skin, clothes and backdrop are mixtures of two or three Gaussians in CIELAB; where on the page
each is to be expected is known beforehand. Both together say what every pixel is, and the pixels
say anew what the colours are (expectation maximisation, Dempster, Laird, Rubin 1977; GrabCut
without its cut). Hair's colour is read from nothing else: `regions` is good enough for how long
hair is, but takes scalp, collars and walls for hair where they look like it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from generator.selfie.alignment import CENTRE, CHIN, FACE, HEIGHT, WIDTH, Floats, Head, Mask
from generator.selfie.regions import Regions, X, Y, shrink, skin_patches

_ROUNDS = 4
_FLOOR = np.diag(np.array([9, 4, 4], np.float32))
"""Added to every covariance: no colour is purer than a photo's noise."""
_NEVER = -30.0
_ODD = -14.0
"""Log density of whatever none of the four explains: jewellery, frames."""
_SURE = 0.75
_FEW = 60


@dataclass(frozen=True)
class _Mixture:
    """Gaussians: shares (k,), means (k, 3), covariances (k, 3, 3).

    Pixels come as their `_monomials`: a log density is linear in those, and so are the moments
    that a Gaussian is fitted from. With a matrix product for each, a head takes a
    fifth of the time that solving for every pixel took.
    """

    shares: Floats
    means: Floats
    covariances: Floats

    @classmethod
    def start(cls, monomials: Floats, weights: Floats, count: int) -> Self:
        """As many equal parts, from dark to light."""
        order = np.argsort(monomials[:, 1])
        place = np.cumsum(weights[order])
        place /= place[-1] + 1e-9
        chosen = np.zeros((count, len(weights)), np.float32)
        for i in range(count):
            part = order[(place >= i / count) & (place <= (i + 1) / count + 1e-6)]
            part = part if len(part) >= 8 else order
            chosen[i, part] = weights[part]
        return cls(np.full(count, 1 / count, np.float32), *_moments(monomials, chosen))

    @classmethod
    def of(cls, monomials: Floats, weights: Floats) -> Self:
        """Of pixels that weigh (k, n) for each Gaussian."""
        return cls(weights.sum(1) / (weights.sum() + 1e-9), *_moments(monomials, weights))

    def explain(self, monomials: Floats) -> tuple[Floats, Floats]:
        """Log density (n,), and each Gaussian's share of it (k, n)."""
        inverse = np.linalg.inv(self.covariances)
        pull = (inverse @ self.means[..., None])[..., 0]
        _, determinants = np.linalg.slogdet(self.covariances)
        level = np.log(self.shares + 1e-9) - determinants / 2 - (self.means * pull).sum(1) / 2
        square = -inverse[:, *_PAIRS] * np.where(_PAIRS[0] == _PAIRS[1], 0.5, 1.0)
        coefficients = np.concatenate([level[:, None], pull, square], 1).astype(np.float32)
        return _added(coefficients @ monomials.T)

    def fitted(self, monomials: Floats, weights: Floats) -> _Mixture:
        """One round of expectation and maximisation; pixels weigh (n,)."""
        _, shares = self.explain(monomials)
        return _Mixture.of(monomials, shares * weights)


_PAIRS = np.triu_indices(3)
_GREY = np.array([50, 0, 0], np.float32)
"""Where colours are measured from: small numbers lose less to rounding."""


def _monomials(pixels: Floats) -> Floats:
    """(n, 3) colours -> (n, 10): 1, each channel, each product of two."""
    x = pixels - _GREY
    return np.concatenate([np.ones_like(x[:, :1]), x, x[:, _PAIRS[0]] * x[:, _PAIRS[1]]], 1)


def _moments(monomials: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Means (k, 3) and covariances (k, 3, 3) of pixels that weigh (k, n)."""
    sums = weights @ monomials
    sums /= sums[:, :1] + 1e-6
    means = sums[:, 1:4]
    square = np.empty((len(sums), 3, 3), np.float32)
    square[:, *_PAIRS] = square[:, *_PAIRS[::-1]] = sums[:, 4:]
    return means, square - means[:, :, None] * means[:, None, :] + _FLOOR


def _added(logs: Floats) -> tuple[Floats, Floats]:
    """The log of the sum of exponentials over the first axis, and each one's share of the sum."""
    top = logs.max(0)
    parts = np.exp(logs - top)
    total = parts.sum(0)
    parts /= total
    return top + np.log(total), parts


def sure_hair(head: Head, where: Regions) -> Mask:
    """(HEIGHT, WIDTH): sure hair above the jaw without its rim; else what `regions` found."""
    above = CHIN - 0.05 * FACE > Y
    rough = _without_rim(where.hair & above)
    share = _share(head, where)
    if share is None:
        return rough
    sure = _without_rim((share > _SURE) & above & (head.person > 0.78))
    return sure if sure.sum() >= _FEW // 2 else rough


def _without_rim(mask: Mask) -> Mask:
    inner = shrink(mask, 1)
    return inner if inner.sum() >= _FEW else mask


_DX, _DY = np.abs(X - CENTRE) / FACE, (Y - CHIN) / FACE


def _expected(brow: float) -> tuple[Floats, Floats, Floats]:
    """How much of a person is hair, skin and cloth, by the place on the page, outside the face."""
    top, beside, neck = brow > Y, _DY < -0.1, _DX < 0.3
    hair = np.where(neck, 0.08, np.clip(0.45 - 0.4 * (_DY + 0.1), 0.12, 0.45))
    cloth = np.where(
        neck, np.clip(0.15 + 0.9 * _DY, 0.05, 0.75), np.clip(0.25 + 0.6 * _DY, 0.1, 0.8)
    )
    skin = np.where(neck, np.clip(0.8 - 0.9 * _DY, 0.12, 0.9), 0.12)
    hair = np.where(top, 0.8, np.where(beside, 0.6, hair))
    cloth = np.where(beside, 0.01, cloth)
    skin = np.where(top, 0.2, np.where(beside, 0.4, skin))
    total = hair + cloth + skin
    return hair / total, skin / total, cloth / total


def _share(head: Head, where: Regions) -> Floats | None:
    """(HEIGHT, WIDTH): how surely a pixel is hair, 0 to 1; None where a colour is missing."""
    brow = float(head.landmarks[[105, 334], 1].mean())
    at = np.nonzero(head.inside & ~where.face & (CHIN + 0.9 * FACE > Y) & (_DX < 1.15))
    pixels = _monomials(head.lab[at])
    person = np.clip(_blurred(head.person), 0.03, 0.97)[at]
    row, dx, dy = Y[at], _DX[at], _DY[at]
    bare = _monomials(head.lab[np.logical_or.reduce(skin_patches(head))])
    skull = (person > 0.9) & ((row < brow) | ((dy < -0.35) & (dx > 0.42)))
    if len(bare) < _FEW // 2 or skull.sum() < _FEW // 3:
        return None
    once = np.ones(len(bare), np.float32)
    skin = _Mixture.start(bare, once, 2).fitted(bare, once).fitted(bare, once)
    nobody = (person < 0.12).astype(np.float32)
    backdrop = _learned(pixels, nobody, 3)
    clothes = _learned(pixels, ((person > 0.9) & (dy > 0.45)).astype(np.float32), 2)
    behind = _explained(backdrop, pixels, -20.0)
    # What is least like skin and wall about the skull is hair, if anything is.
    strange = -np.maximum(skin.explain(pixels)[0], behind[0] - 2)
    seeds = (skull & (strange >= np.quantile(strange[skull], 0.5))).astype(np.float32)
    hair = _Mixture.start(pixels, seeds, 2).fitted(pixels, seeds)
    expected = np.stack(
        [*(part[at] * person for part in _expected(brow)), 1 - person, np.full(len(person), 0.02)]
    )
    places = np.log(expected + 1e-6).astype(np.float32)
    everything = np.concatenate([bare, pixels])
    odd = np.full(len(pixels), _ODD, np.float32)
    share = np.zeros((5, HEIGHT, WIDTH), np.float32)
    for _ in range(_ROUNDS):
        as_hair, as_skin = hair.explain(pixels), skin.explain(everything)
        as_cloth = _explained(clothes, pixels, _NEVER)
        logs = [as_hair[0], as_skin[0][len(bare) :], as_cloth[0], behind[0], odd]
        share[:] = 0
        share[:, at[0], at[1]] = _added(places + np.stack(logs))[1]
        share = _blurred(share)
        now = share[:, at[0], at[1]]
        hair = _Mixture.of(pixels, as_hair[1] * (now[0] * ((now[0] > 0.5) & (dy < 0.2))))
        own = now[1] * ((now[1] > 0.7) & (dy < 0.3))
        skin = _Mixture.of(everything, as_skin[1] * np.concatenate([2 * once, own]))
        if clothes is not None:
            clothes = _Mixture.of(pixels, as_cloth[1] * (now[2] * (dy > 0)))
        if backdrop is not None:
            own = np.maximum(nobody, now[3] * (person < 0.6))
            backdrop = _Mixture.of(pixels, behind[1] * own)
            behind = backdrop.explain(pixels)
    total = share.sum(0)
    sure: Floats = np.where(total > 0.5, share[0] / (total + 1e-6), 0.0)
    return sure


def _learned(pixels: Floats, weights: Floats, count: int) -> _Mixture | None:
    if weights.sum() <= _FEW:
        return None
    mixture: _Mixture = _Mixture.start(pixels, weights, count)
    return mixture.fitted(pixels, weights).fitted(pixels, weights)


def _explained(mixture: _Mixture | None, pixels: Floats, otherwise: float) -> tuple[Floats, Floats]:
    if mixture is not None:
        return mixture.explain(pixels)
    return np.full(len(pixels), otherwise, np.float32), np.ones((1, len(pixels)), np.float32)


def _blurred(pages: Floats) -> Floats:
    """Means of 3 x 3 pixels of (..., HEIGHT, WIDTH)."""
    around = [(0, 0)] * (pages.ndim - 2) + [(1, 1), (1, 1)]
    padded = np.pad(pages, around, "edge")
    rows = padded[..., :-2, :] + padded[..., 1:-1, :] + padded[..., 2:, :]
    means: Floats = (rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]) / 9
    return means
