"""The committed contact sheets: there, whole and small."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("skia")
from generator.art import contact

FOLDER = Path(__file__).parents[2] / "docs" / "art"
NAMES = [f"{style}-{name}" for style in contact.STYLES for name, *_ in contact._plan(style)]


@pytest.mark.parametrize("name", NAMES)
def test_sheet_is_committed_and_small(name):
    file = FOLDER / f"{name}.png"
    assert file.stat().st_size <= contact.LIMIT
    with Image.open(file) as page:
        assert page.mode == "P"
        page.load()


def test_folder_is_small():
    assert sum(file.stat().st_size for file in FOLDER.glob("*.png")) <= 6_000_000


def test_one_sheet_is_written(tmp_path):
    (file,) = contact.write(tmp_path, only="moe-eye-shape")
    assert file.name == "moe-eye-shape.png"
    assert file.stat().st_size <= contact.LIMIT
