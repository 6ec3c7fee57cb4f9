"""`selfie`: a photo of somebody becomes avatars of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from generator import prompt as prompts
from generator.drawing import Behind, Size, Style, check_target, fresh_seed, write_figures
from generator.errors import PersonError

selfie_app = typer.Typer(no_args_is_help=True)
out, err = Console(), Console(stderr=True)


@selfie_app.command()
def selfie(
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="JPEG, PNG, WEBP or HEIC.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="PNG file; {i} numbers them.")],
    prompt: Annotated[
        str, typer.Option("-p", "--prompt", help="What is to be otherwise: “witch, blue hair”.")
    ] = "",
    count: Annotated[int, typer.Option(min=1, max=16, help="How many candidates.")] = 4,
    face: Annotated[int, typer.Option(min=1, help="Which face: 1 is the largest.")] = 1,
    seed: Annotated[int | None, typer.Option(help="Same photo and seed: same pictures.")] = None,
    size: Annotated[Size, typer.Option(help="Pixels.")] = Size.small,
    style: Annotated[Style | None, typer.Option(help="Overrides the prompt's style.")] = None,
    background: Behind = "transparent",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was read, how surely, and the specs.")
    ] = False,
) -> None:
    """Draw avatars of the person in a photo; what the photo leaves open differs among them.

    Nothing of the photo is kept.
    """
    check_target(output, background)
    wanted = prompts.parse(prompt)
    wish = wanted.wish
    if style is not None:
        wish = wish.model_copy(update={"style": style.value})

    from generator.faces import load_reader
    from generator.photo import open_photo
    from generator.selfie import candidates, described, read_selfie

    try:
        data = photo.read_bytes()
    except OSError as error:
        raise PersonError(f"{photo} cannot be read: {error.strerror}") from error
    image = open_photo(data)
    with err.status("looking"):
        faces = load_reader().read(image)
    found = len(faces.found)
    if not found:
        raise PersonError(
            f"no face was found in {photo}: send one that shows a face from the front, in good"
            " light, or paint the photo with: python -m generator stylize"
        )
    if face > found:
        there = "only one face" if found == 1 else f"only {found} faces"
        raise PersonError(f"there is {there} in {photo}: choose --face 1 to {found}")
    reading = read_selfie(faces, faces.found[face - 1])
    seed = fresh_seed() if seed is None else seed
    specs = candidates(reading, wish, seed, count)
    with err.status("drawing"):
        files = write_figures(specs, output, int(size.value), background)
    if as_json:
        answer = {
            "seed": seed,
            "face": face,
            "faces": found,
            "read": described(reading),
            "confidence": reading.confidence,
            "understood": [asdict(u) for u in wanted.understood],
            "unknown": list(wanted.unknown),
            "specs": [json.loads(spec.model_dump_json()) for spec in specs],
            "files": [str(file) for file in files],
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201 - for machines
        return
    lines = [f"read: {_sentence(described(reading))}"]
    if prompt:
        lines.append(f"asked for: {', '.join(wanted.phrases()) or 'nothing that is understood'}")
    if wanted.unknown:
        lines.append(f"not understood: {', '.join(wanted.unknown)}")
    if found > 1:
        lines.append(f"face {face} of {found}, largest first: --face N draws another")
    for line in lines:
        out.print(line, highlight=False, markup=False, soft_wrap=True)
    for file in files:
        out.print(f"{file}  (seed {seed})", highlight=False)


def _sentence(read: dict[str, str]) -> str:
    """“short brown hair, beige skin, glasses ...”: what is there, nothing of what is not."""
    colour = read["hair_colour"]
    hair = {
        "scarf": "a headscarf",
        "hat": f"a hat, {colour} hair",
    }.get(read["cover"]) or ("bald" if read["hair"] == "bald" else f"{read['hair']} {colour} hair")
    parts = [hair, f"{read['skin']} skin", f"{read['eye_colour']} eyes"]
    if read["glasses"] != "none":
        parts.append("glasses" if read["glasses"] == "clear" else "dark glasses")
    if read["facial_hair"] != "none":
        parts.append(f"a {read['facial_hair']}")
    if read["smile"] != "none":
        parts.append("a smile")
    if "outfit_colour" in read:
        parts.append(f"{read['outfit_colour']} clothes")
    return ", ".join(parts)
