"""`python -m generator evaluate style`: is it the style, still the picture, and the same face?

The yardstick is the slow optimisation of the same losses (200 iterations), on portraits and
artworks that training never saw. A face stays where it is if its landmarks do.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from generator.art.sheets import sheet
from generator.data.style_pictures import held_out, pictures_of
from generator.evaluation.goals import Goal
from generator.faces import Face, FaceReader, load_reader
from generator.faces.topology import LEFT_CHEEK, RIGHT_CHEEK
from generator.photo import open_photo
from generator.style.faces import mask_of
from generator.style.optimisation import optimise
from generator.style.pictures import flat, to_image, to_tensor
from generator.style.stylizer import Style, Stylizer
from generator.training.perception import Eye, Weights, content_loss, style_loss

SIDE = 256
"""Pixels of what is compared with the optimisation: it takes its time."""
RATIO, SHIFT, FOUND = 1.5, 2.0, 98.0
_FACE_SIDE = 512
Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class Pair:
    """Losses of one picture in one style: unpainted, painted at once, optimised."""

    photo: str
    style: str
    named: bool
    content: tuple[float, float]
    """At once, optimised; that of the photo is 0."""
    style_loss: tuple[float, float, float]


@dataclass(frozen=True)
class Steadiness:
    """How far landmarks moved, in percent of the face's width; `lost` faces were not found."""

    style: str
    shift: float
    worst: float
    faces: int
    lost: int


def judge_styles(
    portraits: Path, artworks: Path, report: Path, *, photos: int, pairs: int, weights: Path,
    progress: Tick = lambda done, total: None,
) -> list[Goal]:  # fmt: skip
    """Measure, and write `style.json`, `style.md` and picture sheets into the report's folder.

    Args:
        portraits: Folder of photographs; one in sixteen was kept from training and is used here.
        artworks: Folder of artworks, likewise.
        report: Made if it is not there. Its sheets show the portraits.
        photos: How many portraits.
        pairs: How many pairs are optimised slowly, in turns of unseen and named styles.
        weights: Of the style network.

    Raises:
        PersonError: MediaPipe, the loss network, the weights or pictures are missing.
    """
    stylizer, reader = Stylizer.load(weights), load_reader()
    files = held_out(portraits)
    files = files[:: max(1, len(files) // photos)][:photos]
    total = pairs + len(files) * len(stylizer.names)
    report.mkdir(parents=True, exist_ok=True)
    compared, shown = [], []
    for i, (pair, images) in enumerate(_pairs(stylizer, reader, files, artworks, pairs)):
        compared.append(pair)
        shown += images
        progress(i + 1, total)
    steady, painted = [], []
    # Enlarged, so that both readings are of pictures as large as they are in a chat.
    given = [ImageOps.contain(_opened(file), (_FACE_SIDE, _FACE_SIDE)) for file in files]
    found = [reader.read(photo).found for photo in given]
    for name in stylizer.names:
        row, images = _steadiness(stylizer, reader, given, found, name)
        steady.append(row)
        painted.append(images)
        progress(pairs + len(steady) * len(files), total)
    goals = _goals(compared, steady)
    data = {"pairs": [asdict(p) for p in compared], "faces": [asdict(s) for s in steady],
            "goals": [asdict(g) for g in goals]}  # fmt: skip
    (report / "style.json").write_text(json.dumps(data, indent=1))
    (report / "style.md").write_text(_markdown(compared, steady, goals))
    if shown:
        sheet(_squares(shown, SIDE), columns=8).save(report / "style-pairs.png")
    columns = zip(given, *painted, strict=True)
    page = [image for column in columns for image in column]
    sheet(_squares(page, 192), columns=1 + len(stylizer.names)).save(report / "style-faces.png")
    return goals


def _pairs(
    stylizer: Stylizer, reader: FaceReader, files: Sequence[Path], artworks: Path, count: int
) -> Iterator[tuple[Pair, list[Image.Image]]]:
    if not count:
        return
    eye, weights = Eye(stylizer.half, stylizer.device), Weights()
    unseen = held_out(artworks)
    named = [n for n in stylizer.names if pictures_of(n, artworks)]
    for i in range(count):
        file = files[i % len(files)]
        photo = ImageOps.fit(_opened(file), (SIDE, SIDE), centering=(0.5, 0.3))
        mask = torch.from_numpy(mask_of(reader.read(photo)))[None, None] * 0.35
        style: Style
        if i % 2:
            title = style = named[i * 7 % len(named)]
            model = _cropped(pictures_of(title, artworks)[0])
        else:
            work = unseen[i // 2 % len(unseen)]
            title = work.stem
            style = model = _cropped(_opened(work))  # both are given the same picture
        painted = stylizer.stylize(photo, style, size=SIDE)
        content, target = (to_tensor(x).to(stylizer.device) for x in (photo, model))
        slow = optimise(eye, content, target, weights=weights, importance=mask)
        fast = to_tensor(painted).to(stylizer.device)
        losses = [_losses(eye, x, content, target, weights, mask) for x in (content, fast, slow)]
        pair = Pair(
            file.stem, title, bool(i % 2), (losses[1][0], losses[2][0]),
            (losses[0][1], losses[1][1], losses[2][1]),
        )  # fmt: skip
        yield pair, [photo, model, painted, to_image(slow)]


def _cropped(work: Image.Image) -> Image.Image:
    return ImageOps.fit(flat(work), (SIDE, SIDE))


@torch.inference_mode()
def _losses(
    eye: Eye, painted: Tensor, content: Tensor, style: Tensor, weights: Weights, mask: Tensor
) -> tuple[float, float]:
    """Content and style loss; the latter's random directions are the same for everybody."""
    mine, photo, model = eye(painted), eye(content), eye(style)
    lost = content_loss(mine, photo, weights, mask)
    rounds = [style_loss(mine, model, weights, torch.Generator().manual_seed(k)) for k in range(8)]
    return float(lost), float(torch.stack(rounds).mean())


def _steadiness(
    stylizer: Stylizer, reader: FaceReader, photos: Sequence[Image.Image],
    found: Sequence[tuple[Face, ...]], name: str,
) -> tuple[Steadiness, list[Image.Image]]:  # fmt: skip
    shifts, lost, images = [], 0, []
    for photo, before in zip(photos, found, strict=True):
        painted = stylizer.stylize(photo, name, size=_FACE_SIDE)
        images.append(painted)
        if not before:
            continue
        after = reader.read(painted).found
        if not after:
            lost += 1
            continue
        a, b = before[0].landmarks[:, :2], after[0].landmarks[:, :2]
        width = float(np.linalg.norm(a[LEFT_CHEEK] - a[RIGHT_CHEEK]))
        shifts.append(100 * float(np.linalg.norm(a - b, axis=1).mean()) / width)
    mean, worst = (statistics.fmean(shifts), max(shifts)) if shifts else (100.0, 100.0)
    return Steadiness(name, mean, worst, len(shifts), lost), images


def _goals(pairs: Sequence[Pair], steady: Sequence[Steadiness]) -> list[Goal]:
    goals = []
    if pairs:
        of_content = _ratio(pairs, "content")
        of_style = _ratio(pairs, "style_loss")
        for name, ratio in (("content", of_content), ("style", of_style)):
            goals.append(
                Goal(f"{name} loss, fast against {len(pairs)} optimised", f"<= {RATIO:g} times",
                     f"{ratio:.2f} times", ratio <= RATIO)
            )  # fmt: skip
    faces = sum(s.faces for s in steady)
    lost = sum(s.lost for s in steady)
    found = faces / max(1, faces + lost)
    mean = sum(s.shift * s.faces for s in steady) / faces if faces else 100.0
    worst = max(steady, key=lambda s: s.shift)
    target = f"<= {SHIFT:g}% of the face's width"
    goals += [
        Goal("faces that are found after painting, too", f">= {FOUND:g}%",
             f"{100 * found:.1f}% of {faces + lost}", 100 * found >= FOUND),
        Goal("landmark shift, mean of all styles", target, f"{mean:.2f}%", mean <= SHIFT),
        Goal("landmark shift, mean of the style that moves them most", target,
             f"{worst.shift:.2f}% ({worst.style})", worst.shift <= SHIFT),
    ]  # fmt: skip
    return goals


def _ratio(pairs: Sequence[Pair], what: str) -> float:
    """Median over pairs of fast by optimised."""
    return statistics.median(getattr(p, what)[-2] / max(getattr(p, what)[-1], 1e-6) for p in pairs)


def _markdown(pairs: Sequence[Pair], steady: Sequence[Steadiness], goals: Sequence[Goal]) -> str:
    lines = [
        "# How good are the painted styles?",
        "",
        "| goal | measured | target | |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {g.name} | {g.measured} | {g.target} | {'reached' if g.reached else 'missed'} |"
        for g in goals
    ]
    if pairs:
        lines += ["", "| style | content: fast | optimised | style: photo | fast | optimised |",
                  "|---|---|---|---|---|---|"]  # fmt: skip
        for p in pairs:
            numbers = " | ".join(f"{x:.3f}" for x in (*p.content, *p.style_loss))
            lines.append(f"| {p.style} | {numbers} |")
    lines += ["", "| style | mean shift, % | worst | faces | lost |", "|---|---|---|---|---|"]
    lines += [
        f"| {s.style} | {s.shift:.2f} | {s.worst:.2f} | {s.faces} | {s.lost} |" for s in steady
    ]
    return "\n".join(lines) + "\n"


def _opened(file: Path) -> Image.Image:
    return open_photo(file.read_bytes())


def _squares(images: Sequence[Image.Image], side: int) -> list[Image.Image]:
    return [ImageOps.fit(i, (side, side), centering=(0.5, 0.3)).convert("RGBA") for i in images]
