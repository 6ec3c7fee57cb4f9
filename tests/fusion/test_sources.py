"""Sources of blends, and the commands that take them."""

import json
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

# The repository's root, for "tests.e2e...".
sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.cli import app
from generator.errors import PersonError
from generator.fusion.sources import SourceError, figure_of, spec_in
from generator.priors import uniform
from generator.spec import AvatarSpec
from tests.e2e.people_in_photos import FAIR, landscape, photo, read_again

SPEC = uniform(Random(8))
run = CliRunner()


def unread(picture: Image.Image) -> AvatarSpec:
    raise AssertionError("no picture here")


def test_words_files_and_pictures_are_told_apart(tmp_path: Path):
    assert figure_of("pink twintails", seed=3, read=unread).hair == "twintails"
    file = tmp_path / "someone.json"
    file.write_text(json.dumps({"specs": [json.loads(SPEC.model_dump_json())]}))
    assert figure_of(str(file), seed=0, read=unread) == SPEC
    picture = tmp_path / "someone.png"
    Image.new("RGB", (64, 64)).save(picture)
    assert figure_of(str(picture), seed=0, read=lambda image: SPEC) == SPEC


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["spec", "specs", "hair", "style"]), inner, max_size=3
    ),
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_nonsense_is_a_sentence(data: bytes):
    with suppress(SourceError):
        assert isinstance(spec_in(data, "x.json"), AvatarSpec)


def test_files_that_are_missing_are_named(tmp_path: Path):
    for name in ("gone.png", "gone.json"):
        with pytest.raises(SourceError, match=r"gone"):
            figure_of(str(tmp_path / name), seed=0, read=unread)


def test_blend_and_morph_from_the_command_line(tmp_path: Path):
    out = tmp_path / "both.png"
    command = [
        "blend", "blue hair, cat ears", "bald man, beard", "-o", str(out),
        "--weights", "2,1", "--take", "hair=1", "--take", "eyes+mouth=2", "--json",
    ]  # fmt: skip
    result = run.invoke(app, command)
    assert result.exit_code == 0, result.output
    spec = AvatarSpec(**json.loads(result.stdout)["spec"])
    assert spec.facial_hair == "beard"
    assert spec.hair != "bald"
    assert Image.open(out).size == (256, 256)
    film = tmp_path / "film.gif"
    result = run.invoke(app, ["morph", "a girl", "a boy", "-o", str(film), "--steps", "3"])
    assert result.exit_code == 0, result.output
    assert Image.open(film).n_frames == 6  # type: ignore[attr-defined]


def test_photos_of_people_are_blended_from_the_command_line(tmp_path: Path):
    pytest.importorskip("mediapipe")
    (tmp_path / "me.jpg").write_bytes(photo(FAIR))
    (tmp_path / "view.jpg").write_bytes(landscape())
    me = f"selfie:{tmp_path}/me.jpg"
    likely = read_again(photo(FAIR), 0)[0][0].complete(0)
    assert figure_of(me, seed=0, read=unread) == likely
    command = ["blend", me, "maid", "-o", f"{tmp_path}/us.png", "--weights", "1,0", "--json"]
    result = run.invoke(app, command)
    assert result.exit_code == 0, result.output
    assert AvatarSpec(**json.loads(result.stdout)["spec"]) == likely
    for name, words in (("view.jpg", "no face was found"), ("gone.jpg", "cannot be read")):
        with pytest.raises(SourceError, match=words):
            figure_of(f"Selfie:{tmp_path}/{name}", seed=0, read=unread)


@pytest.mark.parametrize(
    "command",
    [
        ["blend", "a", "b", "-o", "x.gif"],
        ["blend", "a", "b", "-o", "x.png", "--weights", "1"],
        ["blend", "a", "b", "-o", "x.png", "--weights", "one,two"],
        ["blend", "a", "b", "-o", "x.png", "--take", "nose=1"],
        ["blend", "a", "b", "-o", "x.png", "--take", "hair=3"],
        ["blend", "a", "b", "c", "d", "e", "-o", "x.png"],
        ["blend", "a", "b", "-o", "x.png", "--background", "nowhere"],
        ["morph", "a", "-o", "x.webp"],
        ["morph", "a", "b", "-o", "x.mp4"],
        ["encode", "gone.png", "--json"],
        ["encode", "gone.png"],
    ],
)
def test_what_a_person_gets_wrong_is_one_sentence(command: list[str]):
    result = run.invoke(app, command)
    assert isinstance(result.exception, PersonError)
    assert "\n" not in str(result.exception)
