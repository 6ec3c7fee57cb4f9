"""`python -m generator selfie` as a person uses it: a process, files, and sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.selfie.painted import Painted

pytest.importorskip("mediapipe")


def selfie(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", "selfie", *words],
        cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
    )  # fmt: skip


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """One person, two people, nobody; the first was taken by a phone that says where."""
    place = Image.Exif()
    place[0x010E] = "at home, 48.2 N"
    alone = Painted(length=0.4).faces().image
    alone.save(tmp_path / "me.jpg", exif=place)
    pair = Image.new("RGB", (2 * alone.width, alone.height))
    pair.paste(alone)
    pair.paste(Painted(skin=(120, 80, 60), hair=(25, 22, 24)).faces().image, (alone.width, 0))
    pair.save(tmp_path / "us.png")
    Image.new("RGB", (400, 300), (90, 120, 90)).save(tmp_path / "lawn.png")
    (tmp_path / "notes.jpg").write_bytes(b"milk, bread, eggs")
    return tmp_path


def test_a_photo_becomes_candidates_that_a_prompt_changes(photos: Path) -> None:
    done = selfie(
        "me.jpg", "-o", "me{i}.png", "--count", "3", "--seed", "5", "--background", "sakura",
        "-p", "blue hair, witch hat, in space", "--json", cwd=photos,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["files"] == ["me1.png", "me2.png", "me3.png"]
    assert all(spec["hair_colour"] == "blue" for spec in answer["specs"])
    assert all("witch_hat" in spec["accessories"] for spec in answer["specs"])
    assert len({spec["skin"] for spec in answer["specs"]}) == 1
    assert set(answer["confidence"]) >= {"hair_texture", "parting", "brows", "turn", "age", "cover"}
    assert answer["read"]["hair_colour"] in ("brown", "black")
    image = Image.open(photos / "me3.png")
    assert image.size == (256, 256)
    assert image.getchannel("A").getextrema() == (255, 255)
    assert b"48.2" not in (photos / "me1.png").read_bytes()


def test_one_line_says_what_was_read_and_never_whom_somebody_looks_like(photos: Path) -> None:
    done = selfie("us.png", "-o", "a.png", "--seed", "1", "--face", "2", cwd=photos)
    assert done.returncode == 0, done.stderr
    read, faces, file = done.stdout.splitlines()
    assert read.startswith("read: ")
    assert "skin" in read
    assert "eyes" in read
    assert faces.startswith("face 2 of 2")
    assert file == "a.png  (seed 1)"
    assert not {"girl", "boy", "feminine", "masculine", "woman", "man"} & set(
        done.stdout.replace(",", " ").split()
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["lawn.png", "-o", "a.png"], "no face was found in lawn.png"),
        (["us.png", "-o", "a.png", "--face", "3"], "choose --face 1 to 2"),
        (["notes.jpg", "-o", "a.png"], "send a JPEG, PNG, WEBP or HEIC"),
        (["gone.jpg", "-o", "a.png"], "gone.jpg cannot be read"),
        (["me.jpg", "-o", "a.jpg"], "call it a.png"),
        (["me.jpg", "-o", "a.png", "--background", "moonbase"], "sakura"),
    ],
)
def test_what_goes_wrong_is_one_sentence(photos: Path, words: list[str], sentence: str) -> None:
    done = selfie(*words, cwd=photos)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(photos.glob("a.*"))
