"""The manifest of the shipped weights: right as committed, kept by exports, checked at load."""

import json
import shutil
import stat
from pathlib import Path

import pytest
import torch

from generator import engine, manifest
from generator.models.generator import Generator
from generator.training.config import read_config
from generator.training.export import export_run


def test_the_shipped_weights_are_the_ones_of_the_manifest():
    files = [file.name for file in manifest.SHIPPED.glob("*.safetensors")]
    assert sorted(files) == sorted(manifest.read()), f"run {manifest.REBUILD}"
    for file in files:
        entry = manifest.check(manifest.SHIPPED / file)
        assert entry.licence
        assert entry.about, f"say in {manifest.MANIFEST} what {file} is"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped files in the place of the shipped ones."""
    copy = tmp_path / "weights"
    shutil.copytree(manifest.SHIPPED, copy)
    monkeypatch.setattr(engine, "SHIPPED", copy)
    return copy


def test_loading_refuses_what_the_manifest_does_not_name(folder: Path, tmp_path: Path):
    file = folder / engine.WEIGHTS.name
    engine.Engine.load(file, device="cpu")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(manifest.ManifestError, match="fetch it again"):
        engine.Engine.load(file, device="cpu")
    # A trainer's own file has no manifest.
    elsewhere = tmp_path / "mine.safetensors"
    file.rename(elsewhere)
    engine.Engine.load(elsewhere, device="cpu")
    with pytest.raises(manifest.ManifestError, match="train or fetch"):
        engine.Engine.load(file, device="cpu")
    elsewhere.rename(folder / "mine.safetensors")
    with pytest.raises(manifest.ManifestError, match="models manifest"):
        engine.Engine.load(folder / "mine.safetensors", device="cpu")
    (folder / manifest.MANIFEST).write_text("[{}]")
    with pytest.raises(manifest.ManifestError, match="restore it"):
        engine.Engine.load(folder / "mine.safetensors", device="cpu")


def test_an_export_is_one_step(folder: Path, tmp_path: Path):
    before = manifest.read(folder)[engine.WEIGHTS.name]
    settings = tmp_path / "run.toml"
    settings.write_text(
        f'name = "r"\nobjective = "avatar"\nimages = 8\ndata = ["none"]\nruns = "{tmp_path}"\n'
    )
    config = read_config(settings)
    config.folder.mkdir()
    state = {f"generator.{name}": tensor for name, tensor in Generator().state_dict().items()}
    torch.save(
        {"ema": {"module": state}, "seen": 8, "seconds": 1.0}, config.folder / "checkpoint.pt"
    )
    file = folder / before.file
    export_run(config, file)
    after = manifest.check(file)
    assert after.version == before.version + 1
    assert (after.name, after.licence, after.about) == (before.name, before.licence, before.about)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    engine.Engine.load(file, device="cpu")
    # The same bytes are the same version, and nothing but files and manifest is left.
    assert after in manifest.rebuild(folder)
    shipped = {f.name for f in manifest.SHIPPED.iterdir()}
    assert {f.name for f in folder.iterdir()} == shipped


def test_rebuilding_forgets_what_is_gone(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.safetensors").write_bytes(name.encode())
    assert [entry.version for entry in manifest.rebuild(tmp_path)] == [1, 1]
    (tmp_path / "a.safetensors").unlink()
    (tmp_path / "b.safetensors").write_bytes(b"other")
    (entry,) = manifest.rebuild(tmp_path)
    assert (entry.file, entry.version) == ("b.safetensors", 2)
    assert json.loads((tmp_path / manifest.MANIFEST).read_text())[0]["bytes"] == 5
