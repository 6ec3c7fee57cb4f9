"""`python -m generator evaluate`: how good the networks are, as tables and reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from generator import manifest
from generator.drawing import write_whole
from generator.errors import PersonError

evaluate_app = typer.Typer(help="Judge the networks.")
out = Console()


@evaluate_app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    report: Annotated[Path | None, typer.Option("--out", help="Folder of the report.")] = None,
    data: Annotated[Path, typer.Option(help="Data set to judge against.")] = Path("datasets/judge"),
    figures: Annotated[int, typer.Option(min=40, help="How many figures to judge.")] = 4000,
    training: Annotated[
        Path, typer.Option(help="What the generator was trained on, to look for copies.")
    ] = Path("datasets/moe-1"),
    weights: Annotated[Path | None, typer.Option(help="Default: the shipped ones.")] = None,
    earlier: Annotated[Path | None, typer.Option(help="Weights to compare with.")] = None,
) -> None:
    """Judge the generator: distances, accuracy per level, diversity, baselines."""
    if context.invoked_subcommand:
        return
    if report is None:
        raise PersonError("say where the report is to go: --out FOLDER")
    from generator.engine import WEIGHTS
    from generator.evaluation.report import Settings
    from generator.evaluation.report import evaluate as judge

    settings = Settings(data, figures, training, weights or WEIGHTS, earlier)
    for goal in judge(report, settings).goals:
        mark = "[green]reached[/]" if goal.reached else "[red]missed [/]"
        out.print(f"{mark} {goal.name}: {goal.measured} ({goal.target})", highlight=False)
    out.print(f"{report / 'report.md'}", highlight=False)


@evaluate_app.command("faces")
def evaluate_faces(
    portraits: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="One-person portraits; other faces confuse it.")
    ],
    limit: Annotated[int | None, typer.Option(min=1, help="About so many of them.")] = None,
    report: Annotated[Path | None, typer.Option("--out", help="Folder for faces.md.")] = None,
) -> None:
    """Find faces in portraits and in degraded copies of them; prints a Markdown table."""
    from generator.evaluation.faces import HEAD, measure

    lines: list[str] = []

    def say(cells: Sequence[str]) -> None:
        lines.append(f"| {' | '.join(cells)} |")
        typer.echo(lines[-1])

    say(HEAD)
    say(("---",) * len(HEAD))
    for row in measure(portraits, limit=limit):
        say(row.cells())
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        write_whole(report / "faces.md", "\n".join([*lines, ""]).encode())


@evaluate_app.command("selfie")
def evaluate_selfie(
    data: Annotated[Path, typer.Option(help="Folder of portraits with a labels.csv.")],
    more: Annotated[
        Path | None, typer.Option(help="CSV with further labels: for fitting, never judged on.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--out", help="Folder for report.md and report.json.")
    ] = None,
    fit: Annotated[
        Path | None, typer.Option(help="Also fit heads on everything, into this safetensors file.")
    ] = None,
) -> None:
    """How well selfies are read: labelled portraits, each judged by a fit without it."""
    from generator.evaluation.selfie import markdown, plain_data, run

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("reading portraits", total=None)
        measured, fitted = run(data, more, lambda count: bar.advance(task, count))
    page = markdown(measured)
    typer.echo(page)
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        (report / "report.md").write_text(page, encoding="utf-8")
        numbers = json.dumps(plain_data(measured), indent=2)
        (report / "report.json").write_text(numbers + "\n", encoding="utf-8")
    if fit is not None:
        fitted().save(fit)
        if fit.resolve().parent == manifest.SHIPPED.resolve():
            manifest.record(fit)
