"""How long a selfie takes, and how much memory a process with everything loaded: for `bench`.

The photo is of nobody: a face of a few ellipses that detectors take for one, as a JPEG of the size
that chats send. What reading costs does not depend on whose face it is.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFilter

from generator.compositing import png
from generator.engine import Engine
from generator.faces import load_reader
from generator.photo import open_photo
from generator.selfie import candidates, read_selfie
from generator.timing import median_ms

GOAL_MS, GOAL_MB = 600, 1500
_RUNS = 15
_SCALE = 5.5
"""Pixels of the photo per page pixel of the drawing below, whose page is 160 x 176."""
_EVERYTHING = """
import resource
from generator.engine import Engine
from generator.errors import PersonError
from generator.faces import load_reader
from generator.fusion.extraction import Reader
from generator.photo import open_photo
from generator.selfie import candidates, read_selfie
from generator.selfie.bench import photo_of_nobody
from generator.style.stylizer import Stylizer

engine, reader, loaded = Engine.load(), load_reader(), []
image = open_photo(photo_of_nobody())
faces = reader.read(image)
specs = candidates(read_selfie(faces, faces.found[0]), seed=1)
for size in (256, 512):
    figures = engine.draw(specs, size)
try:
    Reader.load().read(figures[:1])
    loaded.append("encoder")
except PersonError:
    pass
try:
    stylizer = Stylizer.load()
    stylizer.stylize(image, stylizer.names[0])
    loaded.append("styles")
except PersonError:
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, *loaded)
"""


def timings() -> Iterator[tuple[str, float, float | None]]:
    """What, milliseconds (median, warm), goal: the whole way, then its steps."""
    engine, reader = Engine.load(), load_reader()
    data = photo_of_nobody()
    image = open_photo(data)
    faces = reader.read(image)
    reading = read_selfie(faces, faces.found[0])
    specs = candidates(reading, seed=1)

    def whole() -> None:
        seen = reader.read(open_photo(data))
        for figure in engine.draw(candidates(read_selfie(seen, seen.found[0]), seed=1)):
            png(figure)

    yield (
        f"selfie ({len(data) // 1024} KiB JPEG) to four 256 px PNGs",
        median_ms(whole, _RUNS),
        GOAL_MS,
    )
    yield (
        f"of it: opening {image.width} x {image.height} px",
        median_ms(lambda: open_photo(data), _RUNS),
        None,
    )
    yield (
        "of it: finding faces, mesh and person",
        median_ms(lambda: reader.read(image), _RUNS),
        None,
    )
    yield (
        "of it: reading one face",
        median_ms(lambda: read_selfie(faces, faces.found[0]), _RUNS),
        None,
    )
    yield "of it: four figures, drawn", median_ms(lambda: engine.draw(specs), _RUNS), None


def memory() -> tuple[str, float, float]:
    """What, peak megabytes of a fresh process that loaded and used everything, goal."""
    answer = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", _EVERYTHING], check=True, capture_output=True, text=True
    ).stdout.split()
    what = ", ".join(["figures", "faces", "selfies", *answer[1:]])
    return f"peak memory of a process with {what}", float(answer[0]), GOAL_MB


def photo_of_nobody() -> bytes:
    """JPEG bytes, 1280 x 960: head and shoulders of ellipses before a wall."""
    size = 1280, 960
    page = Image.new("RGB", size, (150, 165, 175))
    draw = ImageDraw.Draw(page)
    left = (size[0] - 160 * _SCALE) / 2

    def box(x: float, y: float, rx: float, ry: float) -> list[float]:
        corners = (x - rx, y - ry), (x + rx, y + ry)
        return [v for u, w in corners for v in (left + _SCALE * u, _SCALE * w)]

    def ellipse(x: float, y: float, rx: float, ry: float, colour: str) -> None:
        draw.ellipse(box(x, y, rx, ry), fill=colour)

    draw.rounded_rectangle(box(80, 168, 55, 30), 100, fill="#2d3c6e")
    draw.rectangle(box(80, 121, 12, 21), fill="#be9178")
    ellipse(80, 68, 32, 42, "#3c2a20")
    ellipse(80, 80, 26, 33, "#d0a48c")
    for x in (68, 92):
        ellipse(x, 71, 6.2, 4.6, "#b68872")
        ellipse(x, 72, 5.2, 2.5, "#eceae6")
        ellipse(x, 72, 2.4, 2.4, "#503426")
        ellipse(x, 72, 1.1, 1.1, "#0f0c0c")
        draw.arc(box(x, 66, 7, 6), 200, 340, fill="#3e2c22", width=10)
        draw.arc(box(x, 72.4, 5.5, 3.6), 190, 350, fill="#3c2822", width=4)
    ellipse(80, 86, 4.5, 3, "#be8c76")
    for side in (-3.2, 3.2):
        ellipse(80 + side, 88, 1.3, 0.9, "#785042")
    ellipse(80, 97, 8.5, 2.6, "#a55550")
    draw.rectangle(box(80, 97, 8, 0.35), fill="#5f2d2d")
    file = io.BytesIO()
    page.filter(ImageFilter.GaussianBlur(4)).save(file, "JPEG", quality=87)
    return file.getvalue()
