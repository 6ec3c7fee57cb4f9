from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

# The repository's root, for "tests.style...".
sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.data.style_pictures import CONTENT, STYLE
from generator.style.stylizer import Stylizer
from tests.style.small import write_weights


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network that nobody has trained, as a file."""
    return write_weights(tmp_path_factory.mktemp("weights") / "style.safetensors")


@pytest.fixture(scope="session")
def stylizer(weights: Path) -> Stylizer:
    return Stylizer.load(weights, precision="32")


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """A picture with structure: a disc with two spots on a gradient."""
    image = Image.linear_gradient("L").resize((200, 160)).convert("RGB")
    disc = Image.radial_gradient("L").resize((100, 100)).point(lambda v: 255 * (v < 120))
    image.paste((220, 170, 140), (50, 30), disc)
    for x in (80, 110):
        image.paste((30, 30, 40), (x, 65, x + 10, 73))
    return image


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory, photo: Image.Image) -> Path:
    """A tiny data set of the real format."""
    folder = tmp_path_factory.mktemp("style") / "set"
    folder.mkdir()
    names = ["one", "two"]
    content = photo.resize((CONTENT, CONTENT)).tobytes()
    (folder / "contents.u8").write_bytes(content * 3)
    (folder / "weights.u8").write_bytes(bytes([120]) * (3 * CONTENT * CONTENT))
    noise = [os.urandom(STYLE * STYLE * 3) for _ in range(2)]
    flat = [Image.new("RGB", (STYLE, STYLE), c).tobytes() for c in ("#204080", "#c02040")]
    (folder / "styles.u8").write_bytes(b"".join([*noise, *flat]))
    (folder / "groups.u8").write_bytes(bytes([0, 1, 255, 255]))
    meta = {"names": names, "contents": 3, "styles": 4, "drawn": ["two"]}
    (folder / "meta.json").write_text(json.dumps(meta))
    return folder
