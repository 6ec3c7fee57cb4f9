"""The generator's command line. What a person got wrong is one plain sentence and exit code 2."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from rich.console import Console
from rich.progress import Progress

from generator import prompt as prompts
from generator.cli_evaluate import evaluate_app
from generator.cli_fusion import fusion_app
from generator.cli_models import models_app
from generator.cli_selfie import selfie_app
from generator.cli_style import register
from generator.drawing import Behind, Order, Size, Style, draw_files
from generator.errors import PersonError

app = typer.Typer(
    help="Anime avatars from words.", no_args_is_help=True, pretty_exceptions_enable=False
)
dataset_app = typer.Typer(help="Make data sets.", no_args_is_help=True)
app.add_typer(dataset_app, name="dataset")
app.add_typer(models_app, name="models")
app.add_typer(fusion_app)
app.add_typer(selfie_app)
register(app, dataset_app, evaluate_app)
app.add_typer(evaluate_app, name="evaluate")
out, err = Console(), Console(stderr=True)


def main() -> None:
    """Run the command line; person-caused errors become one sentence."""
    try:
        app()
    except PersonError as error:
        err.print(str(error), style="red", highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def draw(
    text: Annotated[str, typer.Argument(metavar="PROMPT", help="What to draw, in four languages.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG file; {i} numbers them.")],
    seed: Annotated[int | None, typer.Option(help="Same prompt and seed: same picture.")] = None,
    count: Annotated[int, typer.Option(min=1, max=64, help="How many pictures.")] = 1,
    size: Annotated[Size, typer.Option(help="Pixels.")] = Size.small,
    style: Annotated[Style | None, typer.Option(help="Overrides the prompt's style.")] = None,
    background: Behind = "transparent",
    as_json: Annotated[bool, typer.Option("--json", help="Print spec and reading.")] = False,
) -> None:
    """Draw avatars from a prompt into a PNG file."""
    reading = prompts.parse(text)
    order = Order(reading.wish, seed, count, int(size.value), style and style.value, background)
    with err.status("drawing"):
        drawn = draw_files(order, output)
    if as_json:
        answer = {
            "seed": drawn.seed,
            "specs": [json.loads(s.model_dump_json()) for s in drawn.specs],
            **_as_data(reading),
            "files": [str(f) for f in drawn.files],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201 - for machines
        return
    _report(reading)
    for file in drawn.files:
        out.print(f"{file}  (seed {drawn.seed})", highlight=False)


@app.command()
def describe(
    text: Annotated[str, typer.Argument(metavar="PROMPT")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Say what is understood of a prompt, without drawing."""
    reading = prompts.parse(text)
    if as_json:
        wish = reading.wish.model_dump(mode="json", exclude_defaults=True)
        answer = {"wish": wish, **_as_data(reading)}
        print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201 - for machines
    else:
        _report(reading)


def _as_data(reading: prompts.Reading) -> dict[str, Any]:
    return {
        "understood": [asdict(u) for u in reading.understood],
        "gave_way": [asdict(u) for u in reading.dropped],
        "unknown": list(reading.unknown),
        "too_long": reading.notice == "too_long",
    }


def _report(reading: prompts.Reading) -> None:
    lines = [f"drawn: {', '.join(reading.phrases()) or 'a surprise'}"]
    if reading.dropped:
        lines.append(f"gave way: {', '.join(u.phrase() for u in reading.dropped)}")
    if reading.unknown:
        lines.append(f"not understood: {', '.join(reading.unknown)}")
    if reading.notice == "too_long":
        lines.append(f"only the first {prompts.LIMIT} characters were read: write it shorter")
    for line in lines:
        out.print(line, highlight=False, markup=False, soft_wrap=True)


@dataset_app.command("build")
def dataset_build(
    count: Annotated[int, typer.Option(min=1, help="How many figures.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder of the data set.")],
    size: Annotated[int, typer.Option(min=64, max=1024, help="Pixels.")] = 256,
    seed: Annotated[int, typer.Option(help="Another seed, other figures.")] = 0,
    split: Annotated[str, typer.Option(help="train, heldout, any or marked.")] = "train",
    processes: Annotated[int | None, typer.Option(min=1, help="Default: one a core.")] = None,
) -> None:
    """Render figures with exact masks and labels. Interrupted, run it again to go on."""
    from generator.data.build import Split, build

    if split not in get_args(Split):
        raise PersonError("choose the split train, heldout, any or marked")
    steps = build(
        folder, count=count, size=size, seed=seed,
        split=split, processes=processes,  # type: ignore[arg-type]
    )  # fmt: skip
    with Progress(console=err) as bar:
        task = bar.add_task("rendering", total=count)
        for ready in steps:
            bar.update(task, completed=ready)
    out.print(f"{count} figures in {folder}", highlight=False)


@dataset_app.command("import")
def dataset_import(
    pictures: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of pictures.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder of the data set.")],
    size: Annotated[int, typer.Option(min=64, max=1024, help="Pixels.")] = 256,
    labels: Annotated[
        Path | None, typer.Option(help="CSV: file name, then one column an attribute.")
    ] = None,
) -> None:
    """Make a data set of your own drawings; unreadable files are listed and left out."""
    from generator.data.importing import import_folder

    with Progress(console=err) as bar:
        task = bar.add_task("importing", total=None)
        result = import_folder(
            pictures, folder, size=size, labels=labels,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    for name, reason in result.refused:
        err.print(f"left out {name}: {reason}", style="yellow", highlight=False)
    out.print(f"{result.count} pictures in {folder}, {len(result.refused)} left out")


@app.command()
def train(
    config: Annotated[Path, typer.Argument(help="TOML file of the run.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted run.")
    ] = False,
) -> None:
    """Train the networks that a TOML file describes."""
    from generator.training.config import read_config
    from generator.training.loop import Trainer

    trainer = Trainer(read_config(config), resume=resume)
    trainer.run()
    err.print(f"{trainer.seen:,} images shown, {trainer.seconds / 3600:.2f} hours", highlight=False)


@app.command()
def export(
    config: Annotated[Path, typer.Argument(help="TOML file of the run.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="safetensors file.")],
) -> None:
    """Write a run's averaged weights as safetensors (half precision), ready to be drawn with."""
    from generator.training.config import read_config
    from generator.training.export import export_run

    size = export_run(read_config(config), output)
    out.print(f"{output}: {size / 1e6:.1f} MB", highlight=False)


@app.command()
def bench(
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Measure speed and memory on this machine."""
    from generator.bench import run

    run(as_json=as_json)
