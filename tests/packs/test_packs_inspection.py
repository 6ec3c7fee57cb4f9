"""Files that no library is let near."""

from __future__ import annotations

import io
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path

import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from generator.packs.inspection import inspect
from generator.packs.manifest import PackError
from tests.packs.networks import node, onnx_bytes

torch = pytest.importorskip("torch")


class Opener:
    """A pickle that would write a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.file), "w")


def refused(folder: Path, data: bytes, kind: str) -> str:
    file = folder / "network.bin"
    file.write_bytes(data)
    with pytest.raises(PackError) as error:
        inspect(file, kind)
    assert "\n" not in str(error.value)
    return str(error.value)


def saved(module: object, folder: Path) -> bytes:
    with pytest.warns(DeprecationWarning, match="jit"):
        torch.jit.script(module).save(str(folder / "made.pt"))
    return (folder / "made.pt").read_bytes()


def test_pickles_are_never_loaded(tmp_path: Path):
    written = tmp_path / "written"
    plain = pickle.dumps(Opener(written))
    kept = io.BytesIO()
    torch.save(Opener(written), kept)
    old = io.BytesIO()
    torch.save({"a": torch.zeros(2)}, old, _use_new_zipfile_serialization=False)
    for data in (plain, kept.getvalue(), old.getvalue()):
        assert "pickle" in refused(tmp_path, data, "onnx")
        assert "pickle" in refused(tmp_path, data, "torchscript")
    assert not written.exists()


def external() -> bytes:
    model = onnx.load_model_from_string(onnx_bytes(node("Add", "x w"), w=[[[[1.0]]]]))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"
    return bytes(model.SerializeToString())


def hidden_external() -> bytes:
    """The same inside a node's attribute inside a branch."""
    inner = helper.make_tensor("t", onnx.TensorProto.FLOAT, [1], [1.0])
    inner.data_location = onnx.TensorProto.EXTERNAL
    branch = helper.make_graph([helper.make_node("Constant", [], ["c"], value=inner)], "b", [], [])
    made = onnx_bytes(node("If", "x", "y", then_branch=branch, else_branch=branch))
    return made


def with_function() -> bytes:
    model = onnx.load_model_from_string(onnx_bytes())
    opset = [helper.make_opsetid("", 17)]
    model.functions.append(
        helper.make_function("own", "f", ["a"], ["b"], [node("Neg", "a", "b")], opset)
    )
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (external(), "in another file"),
        (hidden_external(), "in another file"),
        (with_function(), "functions of its own"),
        (onnx_bytes(node("Evil", domain="com.example")), "operator 'Evil' of 'com.example'"),
        (onnx_bytes(node("Gelu", domain="com.microsoft")), "operator 'Gelu'"),
        (onnx_bytes(*[node("Neg")] * 20_001), "more than 20000 nodes"),
        (b"", "not ONNX"),
        (b"\x08\x08" + b"\xff" * 100, "not ONNX"),
        (b"<!doctype html><html>404</html>", "not ONNX"),
        (onnx_bytes()[:-7], "not ONNX"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_onnx_that_is_not_plain(tmp_path: Path, data: bytes, sentence: str):
    assert sentence in refused(tmp_path, data, "onnx")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_onnx_is_plain_or_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    made = bytearray(onnx_bytes(node("Add", "x w"), w=[[[[1.0]]]]))
    for _ in range(data.draw(st.integers(1, 4))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / "damaged.onnx"
    file.write_bytes(made)
    with suppress(PackError):
        inspect(file, "onnx")


class Plain(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return torch.tanh(self.layer(x))


class Reader(torch.nn.Module):
    def forward(self, x):
        return x + torch.from_file("/etc/passwd", False, 4, dtype=torch.uint8).sum()


class Restorer(torch.nn.Module):
    """Its own code would run while it is loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.training = False

    def forward(self, x):
        return x

    @torch.jit.export
    def __getstate__(self):
        return 1

    @torch.jit.export
    def __setstate__(self, state: int):
        self.training = False


def rewritten(data: bytes, **changes: bytes) -> bytes:
    """The archive with entries (by the end of their names) replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            name = entry.filename.split("/", 1)[1].replace(".", "_")
            new.writestr(entry.filename, changes.pop(name, old.read(entry)))
        for name, text in changes.items():
            new.writestr(name, text)
    return out.getvalue()


def test_torchscript(tmp_path: Path):
    data = saved(Plain(), tmp_path)
    file = tmp_path / "plain.pt"
    file.write_bytes(data)
    inspect(file, "torchscript")

    assert "from_file" in refused(tmp_path, saved(Reader(), tmp_path), "torchscript")
    assert "state__" in refused(tmp_path, saved(Restorer(), tmp_path), "torchscript")
    pickled = pickle.dumps(Opener(tmp_path / "written"), protocol=2)
    for name in ("data_pkl", "constants_pkl"):
        assert "pickle" in refused(tmp_path, rewritten(data, **{name: pickled}), "torchscript")
    assert "outside" in refused(tmp_path, rewritten(data, **{"../up": b""}), "torchscript")
    assert "outside" in refused(tmp_path, rewritten(data, **{"/up": b""}), "torchscript")
    assert "torch.jit.save" in refused(tmp_path, rewritten(data, other=b""), "torchscript")
    assert "not TorchScript" in refused(tmp_path, data[:-30], "torchscript")
    assert "not TorchScript" in refused(tmp_path, onnx_bytes(), "torchscript")


def test_an_archive_that_unpacks_to_too_much(tmp_path: Path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"n/{number}", bytes(1 << 20))
    # The sizes that the directory tells are what counts: nothing is unpacked to find out.
    data = out.getvalue().replace((1 << 20).to_bytes(4, "little"), (1 << 30).to_bytes(4, "little"))
    assert "unpacks to more" in refused(tmp_path, data, "torchscript")
