"""Photos of nobody: painted people in whom MediaPipe finds faces, as files that phones send."""

from __future__ import annotations

import io

from PIL import Image

from generator.faces import load_reader
from generator.photo import open_photo
from generator.selfie.candidates import wishes
from generator.selfie.reading import read_selfie
from generator.wish import Wish
from tests.selfie.painted import Painted

DARK = Painted(skin=(122, 82, 62), hair=(28, 24, 24))
FAIR = Painted(skin=(232, 196, 176), hair=(120, 70, 40), length=1.0, clothes=(150, 40, 60))


def photo(*people: Painted) -> bytes:
    """A JPEG of these people side by side, each smaller than the one before."""
    images = [one.faces().image for one in people or (FAIR,)]
    sized = [
        image.resize((image.width * (10 - 2 * i) // 10, image.height * (10 - 2 * i) // 10))
        for i, image in enumerate(images)
    ]
    page = Image.new("RGB", (sum(image.width for image in sized), sized[0].height), "#96a0a5")
    x = 0
    for image in sized:
        page.paste(image, (x, page.height - image.height))
        x += image.width
    return jpeg(page)


def landscape() -> bytes:
    """A JPEG that shows nobody."""
    return jpeg(Image.linear_gradient("L").resize((400, 300)).convert("RGB"))


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return out.getvalue()


def read_again(data: bytes, seed: int) -> list[list[Wish]]:
    """What is to be read of a photo with that seed, by whoever reads it: the people's wishes."""
    faces = load_reader().read(open_photo(data))
    return [wishes(read_selfie(faces, face), seed) for face in faces.found]
