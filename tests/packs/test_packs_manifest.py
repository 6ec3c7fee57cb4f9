"""What a manifest may say, and what is refused in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.packs.manifest import MAX_BYTES, MAX_MANIFEST, PackError, parse, read_text
from tests.packs.networks import LICENCE, write_manifest


def refused(folder: Path, **changes: object) -> str:
    file = write_manifest(folder, b"network", **changes)
    with pytest.raises(PackError) as error:
        parse(read_text(file), file)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_manifest_is_read(tmp_path: Path):
    extra = (
        '[input]\nsize = 512\nrange = [0, 1]\nchannels = "BGR"\n[names]\nen = "Up"\nja = "逆さ"\n'
    )
    file = write_manifest(tmp_path, b"network", extra=extra)
    manifest = parse(read_text(file), file)
    assert manifest.licence_text == LICENCE
    assert manifest.input.range == (0, 1)
    assert [manifest.title(language) for language in ("en", "ja", "zh-Hans")] == [
        "Up",
        "逆さ",
        "Up",
    ]


def test_the_manual_shows_a_whole_manifest():
    page = (Path(__file__).parents[2] / "docs/packs.md").read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    manifest = parse(example.encode(), Path("paprika.toml"))
    assert manifest.title("ja") == "パプリカ"
    # What is commented out fits as well.
    commented = re.sub(r"^# (?=\w+ = )", "", example, flags=re.M)
    assert parse(commented.encode(), Path("paprika.toml")).input.fixed


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "/etc/up", "up.toml", "", "Up", "a" * 33, ".", "-"]
)
def test_a_name_leads_nowhere(tmp_path: Path, name: str):
    file = write_manifest(tmp_path, b"network")
    file.write_text(
        file.read_text().replace('"upside"', f'"{name}"').replace('""upside""', f'"{name}"')
    )
    with pytest.raises(PackError, match="name"):
        parse(read_text(file), file)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "..", "C:x", "a\\\\b", ""])
def test_a_file_is_beside_its_manifest(tmp_path: Path, path: str):
    assert "file" in refused(tmp_path, file=path)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/n.onnx",
        "ftp://example.org/n.onnx",
        "file:///etc/passwd",
        "https://me:secret@example.org/n.onnx",
        "https://",
        "https://[broken",
        "n.onnx",
    ],
)
def test_addresses_that_are_not_asked(tmp_path: Path, url: str):
    sentence = refused(tmp_path, url=url)
    assert "url" in sentence
    assert "secret" not in sentence


def test_numbers_and_texts(tmp_path: Path):
    assert "bytes" in refused(tmp_path, bytes=MAX_BYTES + 1)
    assert "bytes" in refused(tmp_path, bytes=0)
    assert "sha256" in refused(tmp_path, sha256="abc")
    assert "format" in refused(tmp_path, format="pickle")
    assert "control characters" in refused(tmp_path, licence_text="free\\u001b[2J")
    assert "control characters" in refused(tmp_path, licence="\\u202eTIM")
    assert "either url or file" in refused(tmp_path, url="https://example.org/n", file="n")
    for given_input in (
        "size = 63", "size = 4096", "size = 512\nmultiple = 0", "size = 512\nrange = [1, -1]",
        "size = 512\nrange = [nan, 1]", "size = 512\nstd = [0, 1, 1]", "size = 512\nwhat = 1",
        "size = 100\nmultiple = 64\nfixed = true", 'size = 512\nlayout = "CHW"',
    ):  # fmt: skip
        assert "input" in refused(tmp_path, extra=f"[input]\n{given_input}\n")
    assert "names" in refused(tmp_path, extra='[input]\nsize = 64\n[names]\nfr = "x"\n')


def test_files_that_are_no_manifests(tmp_path: Path):
    file = tmp_path / "none.toml"
    with pytest.raises(PackError, match="cannot be read"):
        read_text(file)
    file.write_bytes(b"#" * (MAX_MANIFEST + 1))
    with pytest.raises(PackError, match="larger"):
        read_text(file)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_manifest_or_one_sentence(data: bytes):
    with pytest.raises(PackError):
        parse(data, Path("any.toml"))
