"""The command line as a person uses it: real processes, real files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
    )  # fmt: skip


def test_a_prompt_becomes_a_picture(tmp_path: Path):
    done = run("draw", "cute girl with pink twintails", "-o", "a.png", "--seed", "7", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "twintails" in done.stdout
    assert Image.open(tmp_path / "a.png").size == (256, 256)
    assert run("draw", "cute girl with pink twintails", "-o", "b.png", "--seed", "7", cwd=tmp_path)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_several_pictures_as_files_with_json(tmp_path: Path):
    done = run(
        "draw", "猫娘 cyberpunk", "-o", "cat{i}.png", "--count", "2", "--seed", "3",
        "--size", "512", "--style", "chibi", "--background", "sakura", "--json", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["seed"] == 3
    assert answer["files"] == ["cat1.png", "cat2.png"]
    assert all(s["style"] == "chibi" and "cat_ears" in s["accessories"] for s in answer["specs"])
    assert answer["unknown"] == ["cyberpunk"]
    image = Image.open(tmp_path / "cat2.png")
    assert image.size == (512, 512)
    assert image.getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize("words", ["粉色", "ピンク", "pink", "#f7a3bf"])
def test_a_background_is_a_colour_in_anybodys_words(tmp_path: Path, words: str):
    done = run("draw", "girl", "-o", "a.png", "--seed", "1", "--background", words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Image.open(tmp_path / "a.png").getpixel((0, 0)) == (247, 163, 191, 255)


def test_describe_says_what_was_not_understood(tmp_path: Path):
    done = run("describe", "witch with blue hair in zero gravity", cwd=tmp_path)
    assert done.returncode == 0
    assert "blue" in done.stdout
    assert "not understood: " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["draw", "girl", "-o", "a.jpg"], "a.png"),
        (["draw", "girl", "-o", "nowhere/a.png"], "no folder"),
        (["draw", "girl", "-o", "a.png", "--background", "moonbase"], "sakura"),
        (["draw", "girl", "-o", "a.png", "--count", "0"], "count"),
        (["draw", "girl", "-o", "a.png", "--size", "300"], "size"),
        (["train", "none.toml"], "no file"),
        (["dataset", "import", "nowhere", "--out", "set"], "not a folder"),
    ],
)
def test_mistakes_are_one_sentence_and_leave_nothing(
    tmp_path: Path, arguments: list[str], sentence: str
):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
