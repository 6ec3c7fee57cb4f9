"""A still life that belongs to nobody: fruit and a vase on a table, traced from a few formulas.

Painted styles have to be shown on something like a photograph, and photographs are somebody's.
Light falls from the left, surfaces are a little uneven, shadows are soft.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.float32]
Points = Floats
"""(n, 3): right, up, towards the viewer."""

# Centre, radius, colour.
_FRUIT = (
    ((-0.95, 0.42, 0.25), 0.42, (0.78, 0.13, 0.10)),
    ((-0.15, 0.36, 0.75), 0.36, (0.93, 0.55, 0.10)),
    ((0.42, 0.30, 0.95), 0.30, (0.56, 0.67, 0.16)),
    ((-0.48, 0.27, 1.05), 0.27, (0.45, 0.10, 0.30)),
)  # fmt: skip
_VASE = (0.75, -0.1)
_VASE_COLOUR, _CLOTH, _WALL = (0.16, 0.34, 0.55), (0.86, 0.80, 0.70), (0.50, 0.52, 0.44)
_BAND = np.asarray([0.90, 0.82, 0.55], np.float32)
_EYE = np.asarray([0.0, 1.35, 4.6], np.float32)
_LIGHT = np.asarray([-0.62, 0.62, 0.48], np.float32)
_STEPS, _SHADOW_STEPS, _FAR = 90, 40, 12.0


def still_life(side: int = 512) -> Image.Image:
    """RGB, `side` x `side` pixels; always the same."""
    y, x = np.mgrid[1 : -1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    rays = np.stack([x.ravel() * 0.46, y.ravel() * 0.46 - 0.16, np.full(x.size, -1, np.float32)], 1)
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    points, nearest = _walk(np.broadcast_to(_EYE, rays.shape), rays, _STEPS)
    normals = _normals(points)
    light = _LIGHT / np.linalg.norm(_LIGHT)
    facing = np.clip(normals @ light, 0, 1)
    shade = 0.25 + 0.75 * facing * _lit(points + 0.02 * normals, light)
    half = light - rays
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    gloss = np.where(nearest >= 2, np.clip((normals * half).sum(1), 0, 1) ** 40 * 0.6, 0)
    rgb = _colours(points, nearest) * shade[:, None] + (gloss * facing)[:, None]
    pixels = np.clip(rgb, 0, 1) ** (1 / 1.6)
    return Image.fromarray(np.uint8(pixels.reshape(side, side, 3) * 255))


def _distances(p: Points) -> Floats:
    """(things, n) to the table, the wall, the fruit, the vase."""
    fruit = [np.linalg.norm(p - np.asarray(c, np.float32), axis=1) - r for c, r, _ in _FRUIT]
    height = np.clip(p[:, 1], 0, 1.75)
    # A belly, a neck, a lip.
    belly = 0.16 + 0.30 * np.sin(3.14 * np.clip(height / 1.25, 0, 1)) ** 0.8
    radius = belly + 0.10 * np.clip((height - 1.3) / 0.45, 0, 1) ** 2
    across = np.hypot(p[:, 0] - _VASE[0], p[:, 2] - _VASE[1]) - radius
    vase = np.maximum(across, p[:, 1] - 1.75) * 0.6
    wall = p[:, 2] + 1.6
    return np.stack([p[:, 1], wall, *fruit, vase]).astype(np.float32)


def _walk(start: Points, rays: Points, steps: int) -> tuple[Points, NDArray[np.intp]]:
    """Where rays end (sphere tracing), and at which thing."""
    far = np.zeros(len(rays), np.float32)
    for _ in range(steps):
        far += np.clip(_distances(start + far[:, None] * rays).min(0), -0.05, 1)
    points = start + np.minimum(far, _FAR)[:, None] * rays
    return points, _distances(points).argmin(0)


def _normals(p: Points) -> Points:
    step = np.eye(3, dtype=np.float32) * 2e-3
    slope = [_distances(p + s).min(0) - _distances(p - s).min(0) for s in step]
    n = np.stack(slope, 1)
    return n / np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-9)


def _lit(points: Points, light: Points) -> Floats:
    """How much of the lamp is seen: 0 in full shadow, 1 in full light."""
    free, far = np.ones(len(points), np.float32), np.full(len(points), 0.03, np.float32)
    for _ in range(_SHADOW_STEPS):
        near = _distances(points + far[:, None] * light).min(0)
        free = np.minimum(free, np.clip(10 * near / far, 0, 1))
        far += np.clip(near, 0.02, 0.4)
    return free


def _colours(p: Points, nearest: NDArray[np.intp]) -> Points:
    x, y, z = p.T
    table = np.asarray([_CLOTH, _WALL, *(c for _, _, c in _FRUIT), _VASE_COLOUR], np.float32)
    rgb = table[nearest]
    uneven = np.sin(7 * x + 3 * np.sin(5 * y)) * np.sin(6 * y + 2 * z) * np.sin(5 * z + 4 * x)
    rgb = rgb * (1 + 0.12 * uneven[:, None])
    checks = (np.sin(5 * (x + 0.3 * z)) > 0.55) | (np.sin(5 * (z - 0.3 * x)) > 0.55)
    rgb = np.where(((nearest == 0) & checks)[:, None], rgb * (0.75, 0.55, 0.50), rgb)
    band = (nearest == len(table) - 1) & (np.abs(y - 0.95) < 0.09)
    return np.where(band[:, None], _BAND, rgb).astype(np.float32)
