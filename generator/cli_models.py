"""`python -m generator models`: the shipped weights, and the packs that an admin added."""

from __future__ import annotations

import typer
from rich.console import Console

from generator import manifest

models_app = typer.Typer(help="Shipped weights and added packs.", no_args_is_help=True)
out = Console()


@models_app.command("manifest")
def models_manifest() -> None:
    """Write the manifest of the shipped weights anew; an export does it by itself."""
    for entry in manifest.rebuild():
        out.print(f"{entry.file}: version {entry.version}, sha256 {entry.sha256}", highlight=False)
