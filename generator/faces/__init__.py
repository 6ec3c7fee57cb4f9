"""Faces in pictures: boxes, landmarks, irises, head pose, and a mask of the person.

reader = load_reader()
faces = reader.read(open_photo(data))
for face in faces.found:
    lips = faces.mask(face, "lips")
"""

from __future__ import annotations

from generator.faces.reading import Box, Face, FaceReader, Faces, Floats, Iris, Mask
from generator.faces.topology import Region

__all__ = [
    "Box", "Face", "FaceReader", "Faces", "Floats", "Iris", "Mask", "Region", "load_reader",
]  # fmt: skip


def load_reader() -> FaceReader:
    """Load the networks (about a second); keep the reader, it is made for many pictures.

    Raises:
        FacesError: They are not installed; the message says what to do.
    """
    from generator.faces.mediapipe_reader import MediapipeReader

    return MediapipeReader()
