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
from numpy.typing import NDArray

from generator.selfie.alignment import CENTRE, CHIN, FACE, HEIGHT, WIDTH, Floats, Head, Mask
from generator.selfie.regions import Regions, X, Y, shrink, skin_patches

Doubles = NDArray[np.float64]

_ROUNDS = 4
_FLOOR = np.diag([9.0, 4.0, 4.0])
"""Added to every covariance: no colour is purer than a photo's noise."""
_NEVER = -30.0
_ODD = -14.0
"""Log density of whatever none of the four explains: jewellery, frames."""
_SURE = 0.75
_FEW = 60


@dataclass(frozen=True)
class _Mixture:
    """Gaussians: shares (k,), means (k, 3), covariances (k, 3, 3)."""

    shares: Doubles
    means: Doubles
    covariances: Doubles

    @classmethod
    def start(cls, pixels: Doubles, weights: Doubles, count: int) -> Self:
        """As many equal parts, from dark to light."""
        order = np.argsort(pixels[:, 0])
        place = np.cumsum(weights[order])
        place /= place[-1] + 1e-9
        parts = []
        for i in range(count):
            part = order[(place >= i / count) & (place <= (i + 1) / count + 1e-9)]
            part = part if len(part) >= 8 else order
            parts.append(_gaussian(pixels[part], weights[part]))
        means, covariances = zip(*parts, strict=True)
        return cls(np.full(count, 1 / count), np.stack(means), np.stack(covariances))

    def logs(self, pixels: Doubles) -> Doubles:
        """Log density of every Gaussian, with its share: (k, n)."""
        rows = []
        for share, mean, covariance in zip(self.shares, self.means, self.covariances, strict=True):
            root = np.linalg.cholesky(covariance)
            away = np.linalg.solve(root, (pixels - mean).T)
            level = np.log(share + 1e-9) - np.log(np.diag(root)).sum()
            rows.append(level - (away**2).sum(0) / 2)
        return np.stack(rows)

    def log(self, pixels: Doubles) -> Doubles:
        """Log density: (n, 3) -> (n,)."""
        density: Doubles = np.logaddexp.reduce(self.logs(pixels), 0)
        return density

    def fitted(self, pixels: Doubles, weights: Doubles) -> _Mixture:
        """One round of expectation and maximisation."""
        logs = self.logs(pixels)
        mine = np.exp(logs - np.logaddexp.reduce(logs, 0)) * weights
        parts = [_gaussian(pixels, row) for row in mine]
        means, covariances = zip(*parts, strict=True)
        shares = mine.sum(1) / (weights.sum() + 1e-9)
        return _Mixture(shares, np.stack(means), np.stack(covariances))


def _gaussian(pixels: Doubles, weights: Doubles) -> tuple[Doubles, Doubles]:
    total = weights.sum() + 1e-6
    mean = weights @ pixels / total
    away = pixels - mean
    return mean, (away * weights[:, None]).T @ away / total + _FLOOR


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


def _expected(brow: float) -> tuple[Doubles, Doubles, Doubles]:
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


def _share(head: Head, where: Regions) -> Doubles | None:
    """(HEIGHT, WIDTH): how surely a pixel is hair, 0 to 1; None where a colour is missing."""
    brow = float(head.landmarks[[105, 334], 1].mean())
    at = np.nonzero(head.inside & ~where.face & (CHIN + 0.9 * FACE > Y) & (_DX < 1.15))
    pixels = head.lab[at].astype(np.float64)
    person = np.clip(_blurred(head.person), 0.03, 0.97)[at]
    row, dx, dy = Y[at], _DX[at], _DY[at]
    bare = head.lab[np.logical_or.reduce(skin_patches(head))].astype(np.float64)
    skull = (person > 0.9) & ((row < brow) | ((dy < -0.35) & (dx > 0.42)))
    if len(bare) < _FEW // 2 or skull.sum() < _FEW // 3:
        return None
    once = np.ones(len(bare))
    skin = _Mixture.start(bare, once, 2).fitted(bare, once).fitted(bare, once)
    nobody = (person < 0.12).astype(np.float64)
    backdrop = _learned(pixels, nobody, 3)
    clothes = _learned(pixels, ((person > 0.9) & (dy > 0.45)).astype(np.float64), 2)
    behind = _log(backdrop, pixels, -20.0)
    # What is least like skin and wall about the skull is hair, if anything is.
    strange = -np.maximum(skin.log(pixels), behind - 2)
    seeds = (skull & (strange >= np.quantile(strange[skull], 0.5))).astype(np.float64)
    hair = _Mixture.start(pixels, seeds, 2).fitted(pixels, seeds)
    expected = np.stack(
        [*(part[at] * person for part in _expected(brow)), 1 - person, np.full(len(person), 0.02)]
    )
    everything = np.concatenate([bare, pixels])
    share = np.zeros((5, HEIGHT, WIDTH))
    for _ in range(_ROUNDS):
        logs = np.log(expected + 1e-6) + np.stack(
            [hair.log(pixels), skin.log(pixels), _log(clothes, pixels, _NEVER), behind,
             np.full(len(pixels), _ODD)]
        )  # fmt: skip
        share[:] = 0
        share[:, at[0], at[1]] = np.exp(logs - np.logaddexp.reduce(logs, 0))
        share = np.stack([_blurred(part) for part in share])
        now = share[:, at[0], at[1]]
        hair = hair.fitted(pixels, now[0] * ((now[0] > 0.5) & (dy < 0.2)))
        own = now[1] * ((now[1] > 0.7) & (dy < 0.3))
        skin = skin.fitted(everything, np.concatenate([2 * once, own]))
        if clothes is not None:
            clothes = clothes.fitted(pixels, now[2] * (dy > 0))
        if backdrop is not None:
            backdrop = backdrop.fitted(pixels, np.maximum(nobody, now[3] * (person < 0.6)))
            behind = backdrop.log(pixels)
    total = share.sum(0)
    sure: Doubles = np.where(total > 0.5, share[0] / (total + 1e-6), 0.0)
    return sure


def _learned(pixels: Doubles, weights: Doubles, count: int) -> _Mixture | None:
    if weights.sum() <= _FEW:
        return None
    mixture: _Mixture = _Mixture.start(pixels, weights, count)
    return mixture.fitted(pixels, weights).fitted(pixels, weights)


def _log(mixture: _Mixture | None, pixels: Doubles, otherwise: float) -> Doubles:
    return np.full(len(pixels), otherwise) if mixture is None else mixture.log(pixels)


def _blurred(page: Floats | Doubles) -> Doubles:
    """Means of 3 x 3 pixels."""
    padded = np.pad(page.astype(np.float64), 1, "edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    means: Doubles = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9
    return means
