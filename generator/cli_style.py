"""`stylize`, `dataset style` and `evaluate style`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from PIL import Image
from rich.console import Console
from rich.progress import Progress

from generator.compositing import png
from generator.errors import PersonError
from generator.photo import open_photo
from generator.style.styles import StyleError, find_style, styles

REPORT = Path("reports/style")
out, err = Console(), Console(stderr=True)

Portraits = Annotated[Path, typer.Option(help="Folder of photographs of people.")]
Artworks = Annotated[Path, typer.Option(help="Folder of pictures of artworks.")]


def stylize(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="JPEG, PNG, WEBP or HEIC.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG file.")],
    style: Annotated[
        str | None, typer.Option(help=f"A picture file, or one of: {', '.join(styles())}.")
    ] = None,
    blend: Annotated[
        str | None, typer.Option(help="Several styles and their shares: ukiyo_e:1,pastel:2.")
    ] = None,
    strength: Annotated[float, typer.Option(min=0, max=1, help="0 is the photo.")] = 1.0,
    keep_colours: Annotated[
        bool, typer.Option("--keep-colours", help="The style's strokes in the photo's colours.")
    ] = False,
    keep_faces: Annotated[
        bool, typer.Option("--keep-faces", help="Paint faces with less strength (needs MediaPipe).")
    ] = False,
    size: Annotated[int, typer.Option(min=64, max=1600, help="Longer side, pixels.")] = 512,
    slow: Annotated[
        bool, typer.Option("--slow", help="Optimise every pixel: a minute or more, finer strokes.")
    ] = False,
    iterations: Annotated[int, typer.Option(min=1, max=2000, help="Of --slow.")] = 200,
) -> None:
    """Paint a photo in a style: woodblock print, oils, comic, or like any other picture."""
    from generator.style.stylizer import Stylizer

    if (style is None) == (blend is None):
        raise StyleError("choose one: --style NAME, --style PICTURE or --blend NAME:1,NAME:2")
    image = open_photo(_bytes(photo))
    chosen = _shares(blend) if blend else _style(style or "")
    if slow:
        if isinstance(chosen, dict):
            raise StyleError("--slow needs a picture of the style: --style PICTURE --slow")
        from generator.style.slow import paint_slowly

        with Progress(console=err) as bar:
            task = bar.add_task("painting", total=iterations)
            painted = paint_slowly(
                image, chosen, size=size, iterations=iterations, strength=strength,
                keep_colours=keep_colours, progress=lambda done: bar.update(task, completed=done),
            )  # fmt: skip
    else:
        mask = None
        if keep_faces:
            from generator.style.faces import face_mask

            image, mask = face_mask(image)
        painted = Stylizer.load().stylize(
            image, chosen, strength=strength, keep_colours=keep_colours, mask=mask, size=size
        )
    _write(output, png(painted))
    out.print(f"{output}  ({painted.width} x {painted.height})", highlight=False)


def dataset_style(
    portraits: Portraits, artworks: Artworks,
    folder: Annotated[Path, typer.Option("--out", help="Folder of the data set.")],
) -> None:  # fmt: skip
    """Gather what the style network learns from: portraits, artworks, our own renders."""
    from generator.data.style_pictures import build_style_pictures

    with err.status("gathering") as status:
        for step in build_style_pictures(portraits, artworks, folder):
            status.update(step)
    out.print(f"{step} in {folder}", highlight=False)


def evaluate_style(
    portraits: Portraits, artworks: Artworks,
    report: Annotated[Path, typer.Option("--out", help="Folder of the report.")] = REPORT,
    photos: Annotated[int, typer.Option(min=1, help="How many portraits.")] = 8,
    pairs: Annotated[int, typer.Option(min=0, help="How many pairs to optimise slowly.")] = 12,
    weights: Annotated[Path | None, typer.Option(help="Default: the shipped ones.")] = None,
) -> None:  # fmt: skip
    """Judge painted styles: losses beside the slow optimisation's, and whether faces stay put."""
    from generator.evaluation.style import judge_styles
    from generator.style.styles import WEIGHTS

    with Progress(console=err) as bar:
        task = bar.add_task("judging", total=None)
        goals = judge_styles(
            portraits, artworks, report, photos=photos, pairs=pairs, weights=weights or WEIGHTS,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    for goal in goals:
        mark = "[green]reached[/]" if goal.reached else "[red]missed [/]"
        out.print(f"{mark} {goal.name}: {goal.measured} ({goal.target})", highlight=False)
    out.print(f"{report / 'style.md'}", highlight=False)


def register(app: typer.Typer, dataset: typer.Typer, evaluate: typer.Typer) -> None:
    """Add the commands to the generator's command line."""
    app.command("stylize")(stylize)
    dataset.command("style")(dataset_style)
    evaluate.command("style")(evaluate_style)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PersonError(f"{file} cannot be read: choose a picture file") from error


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise PersonError(f"{file} cannot be written: choose another place") from error


def _style(words: str) -> Image.Image | dict[str, float]:
    if Path(words).is_file():
        return open_photo(_bytes(Path(words)))
    return {find_style(words): 1.0}


def _shares(words: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for part in words.split(","):
        name, _, share = part.partition(":")
        try:
            shares[find_style(name)] = float(share or 1)
        except ValueError as error:
            if isinstance(error, PersonError):
                raise
            raise StyleError(f"“{part}” is no share: write for instance pastel:2") from error
    return shares
