"""Tiny networks, right and wrong, made on the spot."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LICENCE = "Whoever draws with this\nowes a cat a fish."


def onnx_bytes(*nodes: Any, shape: tuple[Any, ...] = (1, 3, "h", "w"), **weights: Any) -> bytes:
    """A network from "x" to "y"; without nodes it gives back what it gets, upside down in value."""
    nodes = nodes or (helper.make_node("Neg", ["x"], ["y"]),)
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("a", "b", "c", "d"))],
        [numpy_helper.from_array(np.asarray(w, np.float32), name) for name, w in weights.items()],
    )
    domains = {node.domain for node in nodes} - {""}
    opsets = [helper.make_opsetid("", 17), *(helper.make_opsetid(d, 1) for d in sorted(domains))]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return bytes(model.SerializeToString())


def node(kind: str, inputs: str = "x", outputs: str = "y", **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def write_manifest(
    folder: Path, data: bytes, *, name: str = "upside", extra: str = "", **changes: Any
) -> Path:
    """A manifest for these bytes; they are put beside it unless a `url` is among the changes."""
    values = {
        "name": name,
        "format": "onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "licence": "Cat-1.0",
        "licence_text": LICENCE,
        **changes,
    }
    if "url" not in values and "file" not in values:
        values["file"] = "network.bin"
        (folder / "network.bin").write_bytes(data)
    lines = [
        f"{key} = {value}" if isinstance(value, int) else f'{key} = """{value}"""'
        for key, value in values.items()
    ]
    file = folder / f"{name.replace('/', '_')}.manifest"
    extra = extra or "[input]\nsize = 128\nmultiple = 8\n"
    file.write_text("\n".join(lines) + f"\n{extra}")
    return file
