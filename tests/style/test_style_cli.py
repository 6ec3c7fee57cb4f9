from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from generator import manifest
from generator.cli import app
from generator.errors import PersonError
from generator.style import stylizer as door


@pytest.fixture
def files(tmp_path: Path, weights: Path, photo: Image.Image, monkeypatch) -> Path:
    """A photo, a picture of a style, and weights in the place of the shipped ones."""
    monkeypatch.setattr(door, "WEIGHTS", weights)
    monkeypatch.setattr(door.Stylizer.load.__func__, "__defaults__", (weights,))
    exif = Image.Exif()
    exif[0x010E] = "somebody's name"
    photo.save(tmp_path / "photo.jpg", exif=exif)
    Image.effect_noise((120, 90), 60).save(tmp_path / "noise.png")
    return tmp_path


def run(*words: object) -> None:
    result = CliRunner().invoke(app, ["stylize", *map(str, words)])
    if isinstance(result.exception, PersonError):
        raise result.exception
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    "words",
    [
        ["--style", "浮世绘"],
        ["--style", "starry night", "--keep-colours", "--strength", "0.5"],
        ["--blend", "ukiyo_e:1,パステル:2.5"],
    ],
)
def test_a_photo_is_painted_into_a_file_without_metadata(files: Path, words: list[str]):
    run(files / "photo.jpg", "-o", files / "out.png", *words)
    with Image.open(files / "out.png") as painted:
        assert painted.size == (200, 160)
        assert painted.info == {}
    assert b"somebody" not in (files / "out.png").read_bytes()


def test_a_picture_is_a_style_fast_and_slow(files: Path):
    given = (files / "photo.jpg", "-o", files / "out.png", "--style", files / "noise.png")
    run(*given)
    run(*given, "--slow", "--iterations", 2, "--size", 96)
    with Image.open(files / "out.png") as painted:
        assert painted.size == (96, 77)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "choose one"),
        (["--style", "comic", "--blend", "comic:1"], "choose one"),
        (["--style", "crayon"], "is no style"),
        (["--blend", "comic:much"], "is no share"),
        (["--blend", "comic:-1"], "above 0"),
        (["--style", "comic", "--slow"], "needs a picture"),
    ],
)
def test_what_a_person_got_wrong_is_one_sentence(files: Path, words: list[str], sentence: str):
    with pytest.raises(PersonError, match=sentence):
        run(files / "photo.jpg", "-o", files / "out.png", *words)
    assert not (files / "out.png").exists()


def test_no_photo_and_no_place_are_one_sentence(files: Path):
    with pytest.raises(PersonError, match="cannot be read"):
        run(files / "none.jpg", "-o", files / "out.png", "--style", "comic")
    with pytest.raises(PersonError, match="cannot be written"):
        run(files / "photo.jpg", "-o", files / "no" / "out.png", "--style", "comic")


def test_shipped_weights_are_compared_with_their_manifest(
    tmp_path: Path, weights: Path, monkeypatch
):
    monkeypatch.setattr(door, "SHIPPED", tmp_path)
    shutil.copy(weights, tmp_path / "style.safetensors")
    with pytest.raises(manifest.ManifestError):
        door.Stylizer.load(tmp_path / "style.safetensors")
    manifest.rebuild(tmp_path)
    door.Stylizer.load(tmp_path / "style.safetensors")
