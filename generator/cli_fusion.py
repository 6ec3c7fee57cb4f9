"""`blend`, `morph`, `encode` and `evaluate encoder`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from generator import blending
from generator.blending import PARTS, BlendError, Part
from generator.cli_evaluate import evaluate_app
from generator.compositing import background, png
from generator.drawing import Behind, Size, write_whole
from generator.errors import PersonError
from generator.fusion.sources import figure_of
from generator.spec import AvatarSpec

if TYPE_CHECKING:
    from PIL import Image

    from generator.fusion.extraction import Reading

fusion_app = typer.Typer(no_args_is_help=True)
out, err = Console(), Console(stderr=True)

Sources = Annotated[
    list[str],
    typer.Argument(metavar="SOURCE...", help="Drawings, selfie:PHOTO, JSON files, or prompts."),
]
Seed = Annotated[int, typer.Option(help="Completes prompts.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the spec.")]


Pixels = Annotated[Size, typer.Option(help="Pixels.")]


@fusion_app.command()
def blend(
    sources: Sources,
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG file.")],
    weights: Annotated[
        str | None, typer.Option(help="One number a source, such as 2,1; default: all alike.")
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PART=N", help=f"A part from the N-th source: {', '.join(PARTS)}; eyes+mouth=2."
        ),
    ] = None,
    seed: Seed = 0,
    size: Pixels = Size.small,
    behind: Behind = "transparent",
    as_json: AsJson = False,
) -> None:
    """Make one figure out of two to four: always a clean one, never a double exposure."""
    _check_png(output)
    shares = _weights(weights, len(sources))
    parts = _parts(take or [], len(sources))
    figures = _figures(sources, seed)
    spec = blending.blend(
        list(zip(figures, shares, strict=True)), {p: figures[i] for p, i in parts.items()}
    )
    _draw(spec, output, int(size.value), behind)
    if as_json:
        _print({"spec": json.loads(spec.model_dump_json())})
    else:
        out.print(f"{output}", highlight=False)


@fusion_app.command()
def morph(
    sources: Sources,
    output: Annotated[Path, typer.Option("-o", "--output", help="WEBP or GIF file.")],
    steps: Annotated[int, typer.Option(min=2, max=60, help="Frames between two figures.")] = 14,
    seed: Seed = 0,
    size: Pixels = Size.small,
    behind: Behind = "transparent",
    megabytes: Annotated[
        float, typer.Option(min=0.01, help="Largest file; 10 is what Discord takes.")
    ] = 10.0,
) -> None:
    """Turn two to four figures into each other, as a film that loops."""
    kind = output.suffix.lower().removeprefix(".")
    if kind not in ("webp", "gif"):
        raise PersonError(f"films are WEBP or GIF files: call it {output.with_suffix('.webp')}")
    _check_folder(output)
    _check_background(behind)
    if not 2 <= len(sources) <= blending.MOST_SOURCES:
        raise BlendError(f"give two to {blending.MOST_SOURCES} sources to go between")
    figures = _figures(sources, seed)

    from generator.engine import Engine
    from generator.fusion.animation import encode as encode_film
    from generator.fusion.animation import itinerary, shoot

    with err.status("drawing"):
        stops = itinerary(figures, steps=steps)
        film = shoot(Engine.load(), stops, size=int(size.value), behind=behind, seed=seed)
        data = encode_film(film, "webp" if kind == "webp" else "gif", limit=round(megabytes * 1e6))
    write_whole(output, data)
    out.print(f"{output}: {len(stops)} frames, {len(data) / 1e6:.2f} MB", highlight=False)


@fusion_app.command()
def encode(
    picture: Annotated[Path, typer.Argument(metavar="PICTURE", help="JPEG, PNG, WEBP or HEIC.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="PNG file of what was understood.")
    ] = None,
    refined: Annotated[
        bool, typer.Option("--refine", help="Draw, compare, mend: closer, a second slower.")
    ] = False,
    size: Pixels = Size.small,
    behind: Behind = "transparent",
    as_json: AsJson = False,
) -> None:
    """Read an avatar's picture: the closest figure that can be drawn here."""
    if output:
        _check_png(output)
    if not output and not as_json:
        raise PersonError("say what you want of it: -o FILE.png, --json or both")
    from generator.photo import open_photo

    try:
        data = picture.read_bytes()
    except OSError as error:
        raise PersonError(f"{picture} cannot be read: {error.strerror}") from error
    reading = _reader()(open_photo(data))
    if refined:
        from generator.engine import Engine
        from generator.fusion.refinement import refine

        with err.status("drawing and comparing"):
            reading = refine(Engine.load(), reading)
    if output:
        _draw(reading.spec, output, int(size.value), behind)
    if as_json:
        _print(
            {
                "spec": json.loads(reading.spec.model_dump_json()),
                "confidence": {k: round(v, 3) for k, v in reading.confidence.items()},
                "errors": {k: round(v, 3) for k, v in reading.errors.items()},
            }
        )
    else:
        out.print(f"{output}", highlight=False)


@evaluate_app.command("encoder")
def evaluate_encoder(
    figures: Annotated[int, typer.Option(min=8, help="How many figures to read.")] = 200,
    encoder: Annotated[Path | None, typer.Option(help="Default: the shipped one.")] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="PNG: pictures above what was understood of them.")
    ] = None,
) -> None:
    """How well pictures are read and drawn again; prints Markdown tables."""
    from generator.evaluation.reading import Bench, tables

    bench = Bench.load(figures, encoder)
    with err.status("reading"):
        for line in tables(bench):
            typer.echo(line)
    if sheet:
        write_whole(sheet, png(bench.sheet()))


def _figures(sources: list[str], seed: int) -> list[AvatarSpec]:
    loaded: list[Callable[[Image.Image], Reading]] = []

    def read(picture: Image.Image) -> AvatarSpec:
        if not loaded:  # torch and the network: only when there is a picture
            loaded.append(_reader())
        return loaded[0](picture).spec

    return [figure_of(text, seed=(seed + i) % 2**32, read=read) for i, text in enumerate(sources)]


def _reader() -> Callable[[Image.Image], Reading]:
    from generator.fusion.extraction import Reader

    reader = Reader.load()
    return lambda picture: reader.read([picture])[0]


def _weights(text: str | None, count: int) -> list[float]:
    if text is None:
        return [1.0] * count
    try:
        shares = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BlendError("write weights as numbers with commas between them: 2,1") from error
    if len(shares) != count:
        raise BlendError(f"give {count} weights, one a source, not {len(shares)}")
    return shares


def _parts(texts: list[str], count: int) -> dict[Part, int]:
    """ "hair=1", "eyes+mouth=2" as parts and indices of sources."""
    chosen: dict[Part, int] = {}
    for text in texts:
        names, _, number = text.partition("=")
        if not number.isdecimal() or not 1 <= int(number) <= count:
            raise BlendError(f"“{text}”: write the number of a source, 1 to {count}, as in hair=1")
        for name in names.split("+"):
            part = next((p for p in PARTS if p == name.strip()), None)
            if part is None:
                raise BlendError(f"“{name}” is not a part: choose {', '.join(PARTS)}")
            chosen[part] = int(number) - 1
    return chosen


def _draw(spec: AvatarSpec, output: Path, size: int, behind: str) -> None:
    _check_background(behind)
    from generator.engine import Engine

    with err.status("drawing"):
        (image,) = Engine.load().draw([spec], size)
    write_whole(output, png(background(image, behind, seed=spec.seed)))


def _check_png(output: Path) -> None:
    if output.suffix.lower() != ".png":
        raise PersonError(f"pictures are PNG files: call it {output.with_suffix('.png')}")
    _check_folder(output)


def _check_folder(output: Path) -> None:
    if not output.parent.is_dir():
        raise PersonError(f"there is no folder {output.parent}: make it first")


def _check_background(name: str) -> None:
    from PIL import Image

    background(Image.new("RGBA", (8, 8)), name)


def _print(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201 - for machines
