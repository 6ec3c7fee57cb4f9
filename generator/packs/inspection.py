"""Looks into a network's file before any library that would run it does.

ONNX is data, and what is not plain data in it is refused: files beside it, operators and functions
of its own. TorchScript is a program: PyTorch has no safe way to load one (its SECURITY.md, and
https://github.com/pytorch/pytorch/pull/143403), so what is refused here are the known ways to
files and foreign code, and the admin still has to trust whoever made it.
"""

from __future__ import annotations

import pickletools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from generator.packs.manifest import MAX_BYTES, PackError

INSTALL = 'install the packs extra: pip install -c constraints.txt ".[packs]"'
_MAX_NODES = 20_000
_MAX_ENTRIES = 20_000

_PICKLED = (
    "__torch__.",
    "torch.jit._pickle.",
    "torch._utils._rebuild_tensor",
    "collections.OrderedDict",
)
"""What TorchScript's own reader of pickles knows; Python's would take any name there is."""
_STORAGE = re.compile(r"torch\.\w+Storage")
_REACHES_OUT = re.compile(
    r"\b(from_file|save|load|classes|backends|[gs]etattr|ops\.(?!prim\.|aten\.)\w+)\b"
    r"|__(get|set)state__"
)
"""Operators that open files, classes and operators that are not torch's, code that runs at load."""


def inspect(file: Path, kind: str) -> None:
    """Refuse what is not the format it should be, or reaches out of its file.

    Args:
        file: The network.
        kind: "onnx" or "torchscript".

    Raises:
        PackError: It is refused; or the library that reads it is not installed.
    """
    if kind == "onnx":
        _inspect_onnx(file.read_bytes())
    else:
        _inspect_torchscript(file)


def _inspect_onnx(data: bytes) -> None:
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise PackError(INSTALL) from error
    if data.startswith((b"PK", b"\x80")):
        raise PackError("it is a pickle or an archive, not ONNX: such files are never loaded")
    try:
        model = onnx.load_model_from_string(data)
    except DecodeError as error:
        raise PackError("it is not ONNX, or damaged: find the right file") from error
    nodes = 0
    for message in _messages(model):
        if isinstance(message, onnx.NodeProto):
            nodes += 1
            if message.domain not in ("", "ai.onnx"):
                raise PackError(
                    f"it needs the operator {message.op_type!a} of {message.domain!a}: only ONNX's "
                    "own operators are run"
                )
        elif isinstance(message, onnx.TensorProto) and (
            message.external_data or message.data_location
        ):
            raise PackError(
                "its weights are in another file: save it as one (onnx.save_model does so)"
            )
        elif isinstance(message, onnx.FunctionProto):
            raise PackError("it has functions of its own: export it with them inlined")
        if nodes > _MAX_NODES:
            raise PackError(f"it has more than {_MAX_NODES} nodes: it is not a network for photos")
    if not nodes:
        raise PackError("it is not ONNX, or empty: find the right file")


def _messages(message: Any) -> Iterator[Any]:
    """A protobuf message and all inside it, wherever they are; protobuf bounds the depth."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for inner in (value,) if hasattr(value, "ListFields") else value:
                yield from _messages(inner)


def _inspect_torchscript(file: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            _inspect_archive(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise PackError(
            "it is not TorchScript, or damaged; a plain pickle is never loaded"
        ) from error


def _inspect_archive(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > 2 * MAX_BYTES:
        raise PackError("it unpacks to more than a network for photos needs")
    paths = [PurePosixPath(entry.filename) for entry in entries]
    if any(path.is_absolute() or ".." in path.parts for path in paths):
        raise PackError("its archive names files outside of itself")
    inside = ["/".join(path.parts[1:]) for path in paths]
    if len({path.parts[:1] for path in paths}) != 1 or len(set(inside)) != len(inside):
        raise PackError("its archive is not as torch.jit.save writes it")
    code = [entry for entry, name in zip(entries, inside, strict=True) if _is_code(name)]
    if "constants.pkl" not in inside or not code:
        raise PackError(
            "it is a pickle of torch.save, which is never loaded: export the network as ONNX"
        )
    for entry, name in zip(entries, inside, strict=True):
        if name in ("data.pkl", "constants.pkl"):
            _inspect_pickle(archive.read(entry))
    for entry in code:
        found = _REACHES_OUT.search(archive.read(entry).decode(errors="replace"))
        if found:
            raise PackError(
                f"its code uses {found[0]}, which reaches beyond pictures: export it as ONNX"
            )


def _is_code(name: str) -> bool:
    return name.startswith("code/") and name.endswith(".py")


def _inspect_pickle(data: bytes) -> None:
    """Refuse names that TorchScript never writes. Nothing is unpickled."""
    refused = PackError("its archive holds a pickle that is not TorchScript's: it is never loaded")
    try:
        for code, argument, _ in pickletools.genops(data):
            if code.name in ("STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"):
                raise refused
            if code.name == "GLOBAL":
                name = str(argument).replace(" ", ".")
                ours = name.startswith(_PICKLED) and ".torch.classes." not in name
                if not ours and not _STORAGE.fullmatch(name):
                    raise refused
    except PackError:
        raise
    except ValueError as error:
        raise refused from error
