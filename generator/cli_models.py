"""`python -m generator models`: the shipped weights, and the packs that an admin added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from generator import manifest
from generator.errors import PersonError

models_app = typer.Typer(help="Shipped weights and added packs.", no_args_is_help=True)
out, err = Console(), Console(stderr=True)

Folder = Annotated[
    Path, typer.Option(envvar="MOEMOJI_PACKS", help="Where packs live.", show_default=True)
]
PACKS = Path("packs")


@models_app.command("list")
def models_list(folder: Folder = PACKS) -> None:
    """What there is, of which version and licence."""
    from generator.packs.folder import Pack, examine

    table = Table(box=None, pad_edge=False)
    for column in ("name", "kind", "version", "MB", "licence"):
        table.add_column(column, overflow="fold")
    for entry in manifest.read().values():
        size = f"{entry.bytes / 1e6:.1f}"
        table.add_row(entry.file, "shipped", str(entry.version), size, entry.licence)
    wrong = []
    for name, pack in examine(folder):
        if isinstance(pack, Pack):
            about = pack.manifest
            size = f"{about.bytes / 1e6:.1f}"
            table.add_row(name, f"pack ({about.format})", about.version, size, about.licence)
        else:
            wrong.append(pack)
    out.print(table, markup=False, highlight=False)
    for error in wrong:
        _say(str(error))


@models_app.command("pull")
def models_pull(
    source: Annotated[Path, typer.Argument(metavar="MANIFEST", help="The pack's TOML file.")],
    folder: Folder = PACKS,
    yes: Annotated[
        bool, typer.Option("--yes", help="Accept the licence without being asked.")
    ] = False,
) -> None:
    """Fetch a pack, check it, try it, and make it a style. Interrupted, run it again to go on."""
    from generator.packs.folder import install
    from generator.packs.manifest import PackError, PackManifest

    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
        console=err,
    )  # fmt: skip
    task = bar.add_task("fetching", total=None)

    def accept(pack: PackManifest) -> None:
        for line in (f"{pack.name}: {pack.bytes / 1e6:.1f} MB, {pack.licence}", pack.licence_text):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
        try:
            agreed = yes or typer.confirm("Do you accept this licence?")
        except typer.Abort:
            agreed = False
        if not agreed:
            raise PackError("the licence was not accepted, so nothing was fetched: --yes accepts")
        bar.update(task, total=pack.bytes)
        bar.start()

    try:
        pack, tried = install(source, folder, accept, lambda have: bar.update(task, completed=have))
    finally:
        bar.stop()
    size = pack.manifest.input.size
    out.print(
        f"{pack.name} is ready: {tried.seconds:.1f} s for a picture of {size} px, "
        f"{tried.megabytes} MB with all libraries",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


@models_app.command("verify")
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Packs or files; default: all.")] = None,
    folder: Folder = PACKS,
) -> None:
    """Compare all files with their manifests, and let each pack paint."""
    broken, seen = 0, set()
    for name, sentence, well in _verified(folder, names):
        seen.add(name)
        broken += not well
        if well:
            out.print(f"ok      {name}: {sentence}", highlight=False, markup=False, soft_wrap=True)
        else:
            _say(f"broken  {name}: {sentence}")
    for name in names or ():
        if name not in seen:
            raise PersonError(f"there is no {name}: python -m generator models list shows them")
    if broken:
        raise typer.Exit(2)


def _verified(folder: Path, names: list[str] | None) -> Iterator[tuple[str, str, bool]]:
    from generator.packs.folder import Pack, examine

    for name in manifest.read():
        if not names or name in names:
            try:
                yield name, f"version {manifest.check(manifest.SHIPPED / name).version}", True
            except PersonError as error:
                yield name, str(error), False
    for name, pack in examine(folder):
        if names and name not in names:
            continue
        try:
            if not isinstance(pack, Pack):
                raise pack
            tried = pack.verify()
            yield name, f"{tried.seconds:.1f} s a picture, {tried.megabytes} MB", True
        except PersonError as error:
            yield name, str(error), False


@models_app.command("manifest")
def models_manifest() -> None:
    """Write the manifest of the shipped weights anew; an export does it by itself."""
    for entry in manifest.rebuild():
        line = f"{entry.file}: version {entry.version}, sha256 {entry.sha256}"
        out.print(line, highlight=False, soft_wrap=True)


def _say(sentence: str) -> None:
    err.print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)
