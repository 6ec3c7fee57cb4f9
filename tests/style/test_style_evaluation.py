"""`evaluate style` on pictures of ours: they show no faces that MediaPipe finds."""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

pytest.importorskip("mediapipe")
from generator.cli import app
from generator.data.style_pictures import held_out
from generator.evaluation import style
from generator.style import styles
from generator.style.still_life import still_life


def folder_of(picture: Image.Image, folder: Path, unseen: int) -> Path:
    """A folder in which so many pictures are kept for judging."""
    folder.mkdir()
    for i in count():
        picture.save(folder / f"{i}.png")
        if len(held_out(folder)) == unseen:
            break
    return folder


def evaluate(*words: object) -> str:
    result = CliRunner().invoke(app, ["evaluate", "style", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_report_has_a_line_for_each_style_and_calls_nothing_reached_that_was_not_measured(
    tmp_path: Path, weights: Path, monkeypatch
):
    monkeypatch.setattr(style, "SIDE", 96)  # the optimisation takes its time
    picture = still_life(64)
    photos = folder_of(picture, tmp_path / "photos", 2)
    works = folder_of(picture, tmp_path / "works", 1)
    printed = evaluate(
        "--portraits", photos, "--artworks", works, "--out", tmp_path / "report", "--weights",
        weights, "--pairs", 1, "--photos", 2,
    )  # fmt: skip
    data = json.loads((tmp_path / "report/style.json").read_text())
    assert [row["style"] for row in data["faces"]] == list(styles())
    assert all(row["faces"] == 0 for row in data["faces"])
    assert not any(g["reached"] for g in data["goals"] if "face" in g["name"] + g["target"])
    assert printed.count("missed") >= 3
    (pair,) = data["pairs"]
    photo, _, optimised = pair["style_loss"]
    # The style is the picture itself: nothing is left to gain, and the optimisation loses nothing.
    assert photo < 0.05
    assert optimised < 0.2
    assert "| moe |" in (tmp_path / "report/style.md").read_text()
    for name in ("style-pairs.png", "style-faces.png"):
        with Image.open(tmp_path / "report" / name) as page:
            page.load()


DATA = os.environ.get("MOEMOJI_DATA")


@pytest.mark.skipif(not DATA, reason="MOEMOJI_DATA names no folder")
def test_faces_are_found_and_measured(tmp_path: Path, weights: Path):
    evaluate(
        "--portraits", f"{DATA}/portraits", "--artworks", f"{DATA}/artworks", "--out", tmp_path,
        "--weights", weights, "--pairs", 0, "--photos", 1,
    )  # fmt: skip
    data = json.loads((tmp_path / "style.json").read_text())
    assert all(row["faces"] + row["lost"] == 1 for row in data["faces"])
