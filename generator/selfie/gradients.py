"""Edges: histograms of their directions, how rough a surface is, how much its lines agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.selfie.alignment import Floats, Mask

_BINS = 8
_CELL = 8
_MARGIN = 5
"""Pixels about a mask that its structure tensors see: a slope's reach and half a window, and one
more, for the slopes at an edge are none."""
_DARK = 0.05
"""Added to the energy that cells are normalised by: flat areas stay quiet."""


def _slopes(grey: Floats) -> tuple[Floats, Floats]:
    dx, dy = np.zeros_like(grey), np.zeros_like(grey)
    dx[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    dy[1:-1] = grey[2:] - grey[:-2]
    return dx, dy


def histogram(image: Image.Image) -> Floats:
    """Directions of edges (8, unsigned) in cells of 8 px, each normalised with its neighbours.

    After Dalal and Triggs, "Histograms of oriented gradients for human detection" (CVPR 2005), with
    one norm over 3 x 3 cells instead of overlapping blocks: a fourth of the numbers.
    """
    grey = (np.asarray(image.convert("L")) / 255).astype(np.float32)
    dx, dy = _slopes(grey)
    size = np.hypot(dx, dy)
    turn = np.arctan2(dy, dx) % np.pi * (_BINS / np.pi)
    below = turn.astype(np.intp) % _BINS
    share = turn - np.floor(turn)
    rows, columns = grey.shape[0] // _CELL, grey.shape[1] // _CELL
    row, column = np.indices(grey.shape) // _CELL
    cell = (row * columns + column) * _BINS
    bins = rows * columns * _BINS
    counts = np.bincount((cell + below).ravel(), (size * (1 - share)).ravel(), bins)
    counts += np.bincount((cell + (below + 1) % _BINS).ravel(), (size * share).ravel(), bins)
    cells = counts.reshape(rows, columns, _BINS)
    energy = np.pad((cells**2).sum(-1), 1, "edge")
    around = sum(energy[i : i + rows, j : j + columns] for i in range(3) for j in range(3))
    normed = cells / np.sqrt(around / 9 + _DARK)[..., None]
    capped: Floats = np.minimum(normed, 1.5).astype(np.float32).ravel()
    return capped


def roughness(light: Floats) -> Floats:
    """How much lightness (0 to 100) departs from its four neighbours' mean, in twentieths."""
    rough = np.zeros_like(light)
    around = light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]
    rough[1:-1, 1:-1] = np.abs(4 * light[1:-1, 1:-1] - around) / 5
    return rough


def agreement(light: Floats, mask: Mask) -> tuple[float, float]:
    """How much neighbouring lines agree in direction (0 to 1), and how strong they are.

    The coherence of the structure tensor over 7 px windows (Bigun, Granlund 1987), weighted by its
    strength: near 1 for combed hair, near 0.3 for curls.
    """
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    if not len(rows):
        return 0.0, 0.0
    near = (_around(rows), _around(columns))
    light, mask = light[near], mask[near]
    dx, dy = _slopes(light)
    xx, yy, xy = (_blurred(m) for m in (dx * dx, dy * dy, dx * dy))
    strength = xx + yy
    coherent = np.hypot(xx - yy, 2 * xy)
    total = float(strength[mask].sum())
    if total <= 0:
        return 0.0, 0.0
    return float(coherent[mask].sum()) / total, float(np.sqrt(strength[mask].mean()))


def _around(places: NDArray[np.intp]) -> slice:
    return slice(max(0, places[0] - _MARGIN), places[-1] + _MARGIN + 1)


def _blurred(values: Floats, radius: int = 3) -> Floats:
    """Means over squares of 2 radius + 1, by running sums."""
    for axis in (0, 1):
        pad = [(radius + 1, radius) if i == axis else (0, 0) for i in (0, 1)]
        sums = np.cumsum(np.pad(values, pad, "edge"), axis, dtype=np.float64)
        span = 2 * radius + 1
        upper = sums[span:] if axis == 0 else sums[:, span:]
        lower = sums[:-span] if axis == 0 else sums[:, :-span]
        values = ((upper - lower) / span).astype(np.float32)
    return values
