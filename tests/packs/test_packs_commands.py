"""`python -m generator models`, as an admin uses it: real processes, sockets and files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

from generator.packs import Pack, PackError, packs
from generator.packs.folder import examine, install
from generator.packs.manifest import PackManifest, parse
from generator.packs.trial import trial
from tests.packs.networks import LICENCE, node, onnx_bytes, write_manifest
from tests.packs.server import serving


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MOEMOJI_")}
    return subprocess.run(
        [sys.executable, "-m", "generator", "models", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={**clean, "OMP_NUM_THREADS": "1", "COLUMNS": "200", **environment},
    )  # fmt: skip


def accept(_: PackManifest) -> None:
    """A licence that nobody minds."""


def put(source: Path, folder: Path) -> Pack:
    return install(source, folder, accept, lambda _: None)[0]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_pull_and_paint(tmp_path: Path):
    data = onnx_bytes()
    with serving(data) as server:
        source = write_manifest(tmp_path, data, url=f"{server.url}/range")
        refused = run("pull", source, cwd=tmp_path)
        assert refused.returncode == 2
        assert "licence was not accepted" in refused.stderr
        assert LICENCE in refused.stdout
        assert server.asked == []
        done = run("pull", source, "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.index(LICENCE) < done.stdout.index("upside is ready")
    folder = tmp_path / "packs"
    (pack,) = packs(folder)
    assert names(folder) == [pack.file.name, "upside.toml"]
    image = Image.new("RGB", (50, 70), (10, 20, 30))
    assert np.abs(np.asarray(pack.load().stylize(image)) - [245, 235, 225]).max() <= 1

    pack.file.write_bytes(data[:-1] + b"?")
    broken = run("verify", "upside", cwd=tmp_path, MOEMOJI_PACKS=str(folder))
    assert broken.returncode == 2
    assert "not the one of its manifest" in broken.stderr
    with pytest.raises(PackError, match="pull the pack again"):
        pack.load()


def test_list_and_verify(tmp_path: Path):
    pack = put(write_manifest(tmp_path, onnx_bytes()), tmp_path / "packs")
    (tmp_path / "packs" / "broken.toml").write_text("name = ")
    write_manifest(tmp_path, b"network").rename(tmp_path / "packs" / "other.toml")
    assert packs(tmp_path / "packs") == [pack]
    found = {name: str(error) for name, error in examine(tmp_path / "packs")}
    assert "not TOML" in found["broken"]
    assert "manifest of upside" in found["other"]

    listed = run("list", cwd=tmp_path)
    assert listed.returncode == 0
    assert "moe.safetensors" in listed.stdout
    assert "Cat-1.0" in listed.stdout
    assert "not TOML" in listed.stderr
    verified = run("verify", "upside", cwd=tmp_path)
    assert verified.returncode == 0
    assert "ok      upside" in verified.stdout


def test_a_new_version_takes_the_place_of_the_old(tmp_path: Path):
    folder = tmp_path / "packs"
    first = put(write_manifest(tmp_path, onnx_bytes()), folder)
    again = put(write_manifest(tmp_path, onnx_bytes(), licence="Cat-2.0"), folder)
    assert (again.file, packs(folder)[0].manifest.licence) == (first.file, "Cat-2.0")
    newer = put(write_manifest(tmp_path, onnx_bytes(node("Abs"))), folder)
    assert names(folder) == [newer.file.name, "upside.toml"]
    assert packs(folder)[0].whole()


def refusals() -> list[tuple[str, bytes, str]]:
    zeros = helper.make_tensor("z", TensorProto.FLOAT, [1], [0.0])
    huge = helper.make_node("Constant", [], ["s"], value=helper.make_tensor(
        "s", TensorProto.INT64, [4], [1, 1 << 13, 1 << 11, 1 << 10]))  # fmt: skip
    return [
        ("html", b"<html>not found</html>", "not ONNX"),
        ("grey", onnx_bytes(node("Mul", "x w"), w=[[[[0.0]]]]), "one flat colour"),
        ("half", onnx_bytes(node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])), "layout, size"),
        # 64 GB of zeros.
        ("huge", onnx_bytes(huge, node("ConstantOfShape", "s", value=zeros)), "huge"),
        ("own", onnx_bytes(node("Evil", domain="com.example")), "Evil"),
    ]


@pytest.mark.parametrize(("name", "data", "sentence"), refusals(), ids=[r[0] for r in refusals()])
def test_what_is_refused_leaves_nothing_and_the_old_version_as_it_was(
    tmp_path: Path, name: str, data: bytes, sentence: str
):
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / f"{name}.toml").write_text("old")
    with pytest.raises(PackError, match=sentence) as error:
        put(write_manifest(tmp_path, data, name=name), folder)
    assert "\n" not in str(error.value)
    assert names(folder) == [f"{name}.toml"]


def test_a_network_that_takes_for_ever_is_stopped(tmp_path: Path):
    source = write_manifest(tmp_path, onnx_bytes())
    with pytest.raises(PackError, match="takes longer"):
        trial(parse(source.read_bytes(), source), tmp_path / "network.bin", 0.05)


def test_torchscript_only_with_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    torch = pytest.importorskip("torch")

    class Half(torch.nn.Module):
        def forward(self, x):
            print("what a network says goes nowhere")  # noqa: T201
            return x * 0.5

    with pytest.warns(DeprecationWarning, match="jit"):
        torch.jit.script(Half()).save(str(tmp_path / "made.pt"))
    source = write_manifest(tmp_path, (tmp_path / "made.pt").read_bytes(), format="torchscript")
    folder = tmp_path / "packs"
    monkeypatch.delenv("MOEMOJI_PACKS_TORCHSCRIPT", raising=False)
    with pytest.raises(PackError, match="MOEMOJI_PACKS_TORCHSCRIPT=true"):
        put(source, folder)
    assert not folder.exists()
    monkeypatch.setenv("MOEMOJI_PACKS_TORCHSCRIPT", "true")
    pack = put(source, folder)
    painted = pack.load().stylize(Image.new("L", (9, 9), 255))
    assert painted.getpixel((4, 4)) == (191, 191, 191)
    monkeypatch.delenv("MOEMOJI_PACKS_TORCHSCRIPT")
    with pytest.raises(PackError, match="MOEMOJI_PACKS_TORCHSCRIPT=true"):
        pack.load()


def test_mistakes_of_a_pull_are_one_sentence(tmp_path: Path):
    assert packs(tmp_path / "none") == []
    done = run("pull", tmp_path / "none.toml", "--yes", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == []
