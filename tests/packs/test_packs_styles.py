"""Pictures through networks: sizes, layouts, ranges, channels; and wrong networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper
from PIL import Image

from generator.packs import PackError
from generator.packs.manifest import parse
from generator.packs.style import PhotoStyle
from generator.packs.trial import load
from tests.packs.networks import node, onnx_bytes, write_manifest


def style(folder: Path, data: bytes, extra: str = "") -> PhotoStyle:
    file = write_manifest(folder, data, extra=extra)
    return load(parse(file.read_bytes(), file), folder / "network.bin")


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    return Image.fromarray(pixels).convert(mode)


def close(one: Image.Image, other: np.ndarray, levels: int = 1) -> bool:
    return int(np.abs(np.asarray(one, int) - other.astype(int)).max()) <= levels


@pytest.mark.parametrize("size", [(128, 128), (97, 40), (1, 128), (65, 127), (7, 5)])
def test_a_picture_keeps_its_size(tmp_path: Path, size: tuple[int, int]):
    image = picture(*size)
    painted = style(tmp_path, onnx_bytes()).stylize(image)
    assert (painted.size, painted.mode) == (size, "RGB")
    assert close(painted, 255 - np.asarray(image))


def test_what_is_larger_becomes_smaller(tmp_path: Path):
    painter = style(tmp_path, onnx_bytes())
    assert painter.stylize(picture(640, 300)).size == (128, 60)
    assert painter.stylize(picture(3000, 2)).size == (128, 1)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA", "LA", "1", "I;16"])
def test_any_mode(tmp_path: Path, mode: str):
    painter = style(tmp_path, onnx_bytes())
    image = picture(200, 90).convert("L" if mode == "I;16" else mode)
    transparent = mode in ("RGBA", "LA")
    assert painter.stylize(image).mode == ("RGBA" if transparent else "RGB")


def test_transparency_comes_back(tmp_path: Path):
    image = picture(60, 60, "RGBA")
    painted = style(tmp_path, onnx_bytes()).stylize(image)
    assert painted.getchannel("A").tobytes() == image.getchannel("A").tobytes()


def test_a_network_of_one_size_gets_that_size(tmp_path: Path):
    data = onnx_bytes(shape=(1, 3, 128, 128))
    painter = style(tmp_path, data, "[input]\nsize = 128\nmultiple = 1\nfixed = true\n")
    for size, expected in (((64, 32), (128, 64)), ((500, 500), (128, 128)), ((9, 90), (13, 128))):
        assert painter.stylize(picture(*size)).size == expected


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("channels", ["RGB", "BGR"])
@pytest.mark.parametrize("low_high", [(-1, 1), (0, 1), (0, 255)])
def test_layouts_channels_and_ranges(
    tmp_path: Path, layout: str, channels: str, low_high: tuple[int, int]
):
    """The network adds a third of the range to its first channel: red, or blue."""
    low, high = low_high
    shift = [(high - low) / 3, 0, 0]
    weight = np.reshape(shift, (1, 3, 1, 1) if layout == "NCHW" else (1, 1, 1, 3))
    shape = (1, 3, "h", "w") if layout == "NCHW" else (1, "h", "w", 3)
    data = onnx_bytes(node("Add", "x b"), shape=shape, b=weight)
    extra = (
        f'[input]\nsize = 128\nlayout = "{layout}"\nchannels = "{channels}"\n'
        f"range = [{low}, {high}]\n[output]\nrange = [{low}, {high}]\n"
    )
    image = picture(90, 50)
    expected = np.asarray(image).astype(int)
    expected[..., 0 if channels == "RGB" else 2] += 85
    assert close(style(tmp_path, data, extra).stylize(image), expected.clip(0, 255))


def test_output_may_differ_from_input(tmp_path: Path):
    """NHWC BGR [0, 255] with mean and std in, NCHW RGB [0, 1] out."""
    data = onnx_bytes(
        node("Mul", "x s", "m"), node("Add", "m a", "p"), node("Div", "p w", "q"),
        node("Transpose", "q", "t", perm=[0, 3, 1, 2]),
        node("Gather", "t i", "y", axis=1),
        helper.make_node("Constant", [], ["i"], value=helper.make_tensor(
            "i", TensorProto.INT64, [3], [2, 1, 0])),
        shape=(1, "h", "w", 3), s=[2, 4, 8], a=[10, 20, 30], w=[255],
    )  # fmt: skip
    # A graph's nodes are in order of use.
    extra = (
        '[input]\nsize = 128\nlayout = "NHWC"\nchannels = "BGR"\nrange = [0, 255]\n'
        "mean = [10, 20, 30]\nstd = [2, 4, 8]\n"
        '[output]\nlayout = "NCHW"\nchannels = "RGB"\nrange = [0, 1]\n'
    )
    image = picture(90, 50)
    assert close(style(tmp_path, _sorted(data), extra).stylize(image), np.asarray(image))


def _sorted(data: bytes) -> bytes:
    import onnx

    model = onnx.load_model_from_string(data)
    nodes = sorted(model.graph.node, key=lambda n: n.op_type != "Constant")
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return bytes(model.SerializeToString())


def test_wrong_networks_are_one_sentence(tmp_path: Path):
    half = onnx_bytes(node("AveragePool", kernel_shape=[2, 2], strides=[2, 2]))
    with pytest.raises(PackError, match="layout, size or multiple"):
        style(tmp_path, half).stylize(picture(100, 100))
    with pytest.raises(PackError, match="no numbers"):
        style(tmp_path, onnx_bytes(node("Log"))).stylize(picture(100, 100))
    fixed = onnx_bytes(shape=(1, 3, 32, 32))
    with pytest.raises(PackError, match="fails on a picture"):
        style(tmp_path, fixed).stylize(picture(100, 100))
    with pytest.raises(PackError, match="one float32 picture"):
        style(tmp_path, onnx_bytes(shape=(3, "h", "w")))
    with pytest.raises(PackError, match="onnxruntime does not take it"):
        style(tmp_path, onnx_bytes(node("Ned")))
