"""Where a head points, from its landmarks."""

from __future__ import annotations

import numpy as np

from generator.faces import topology
from generator.faces.reading import Floats


def head_pose(landmarks: Floats) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees of (478, 3) landmarks in pixels, as `Face` defines them.

    The head's own axes are drawn through the cheeks and from the forehead to the chin; the third
    stands upright on them.
    """
    points = landmarks.astype(np.float64)
    across = points[topology.LEFT_CHEEK] - points[topology.RIGHT_CHEEK]
    across /= np.linalg.norm(across)
    down = points[topology.CHIN] - points[topology.FOREHEAD]
    down -= across * (down @ across)
    down /= np.linalg.norm(down)
    x, y, z = -np.cross(across, down)
    yaw = np.arctan2(x, -z)
    pitch = np.arctan2(-y, np.hypot(x, z))
    roll = np.arctan2(across[1], across[0])
    return float(np.degrees(yaw)), float(np.degrees(pitch)), float(np.degrees(roll))
