"""Which of the 478 landmarks outline what, as data.

The numbering is MediaPipe's face mesh (468 points of the canonical face, then five an iris):
https://github.com/google-ai-edge/mediapipe/blob/master/mediapipe/modules/face_geometry/data/canonical_face_model_uv_visualization.png
Left and right are the person's own: the right eye is on the picture's left side.
"""

from __future__ import annotations

from typing import Literal, get_args

Region = Literal[
    "face", "lips", "mouth", "right_eye", "left_eye", "right_brow", "left_brow",
    "right_iris", "left_iris",
]  # fmt: skip
"""`lips` is the outer edge of the lips, `mouth` their inner edge: what is open between them."""
REGIONS: tuple[Region, ...] = get_args(Region)

LANDMARKS = 478

OUTLINES: dict[Region, tuple[int, ...]] = {
    # Clockwise in the picture, from the middle of the forehead at the hairline.
    "face": (
        10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
        152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
    ),
    # From the person's right corner over the upper edge to the left one, and back below.
    "lips": (
        61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
    ),
    "mouth": (
        78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
    ),
    # From the outer corner over the upper lid to the inner corner, and back along the lower lid.
    "right_eye": (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    "left_eye": (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
    # The upper edge from the outer end to the inner one, and back along the lower edge.
    "right_brow": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    "left_brow": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    "right_iris": (469, 470, 471, 472),
    "left_iris": (474, 475, 476, 477),
}  # fmt: skip
"""Closed polygons of landmark indices."""

IRIS_CENTRES: dict[Literal["right", "left"], int] = {"right": 468, "left": 473}

# Single points, for measuring.
FOREHEAD, CHIN = 10, 152
RIGHT_CHEEK, LEFT_CHEEK = 234, 454
"""Where the jaw begins, before the ears: the face's widest points."""
NOSE_TIP, NOSE_BRIDGE = 1, 168
RIGHT_EYE_OUTER, RIGHT_EYE_INNER = 33, 133
LEFT_EYE_OUTER, LEFT_EYE_INNER = 263, 362
RIGHT_EYE_TOP, RIGHT_EYE_BOTTOM = 159, 145
LEFT_EYE_TOP, LEFT_EYE_BOTTOM = 386, 374
MOUTH_RIGHT, MOUTH_LEFT = 61, 291
MOUTH_TOP, MOUTH_BOTTOM = 13, 14
"""The middle of the lips' inner edges."""
