"""Where a style is to go easy: the faces of a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.faces import Faces, load_reader


def face_mask(image: Image.Image) -> tuple[Image.Image, NDArray[np.float32]]:
    """The picture, upright for its faces, and (H, W) float32 with 1 on them.

    Raises:
        FacesError: MediaPipe is not installed.
    """
    faces = load_reader().read(image)
    return faces.image, mask_of(faces)


def mask_of(faces: Faces) -> NDArray[np.float32]:
    """(H, W) float32: 1 on every face that was found, 0 elsewhere."""
    mask = np.zeros(faces.image.size[::-1], np.float32)
    for face in faces.found:
        mask[faces.mask(face, "face")] = 1
    return mask
