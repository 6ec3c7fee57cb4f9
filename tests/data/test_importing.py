"""An artist's own folder as a data set."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generator.data.importing import import_folder
from generator.data.store import DatasetError, Store


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    folder = tmp_path / "drawings"
    (folder / "more").mkdir(parents=True)
    Image.new("RGB", (300, 200), "#ff8899").save(folder / "a.png")
    Image.new("RGB", (80, 120), "#123456").save(folder / "more" / "b.jpg")
    figure = Image.new("RGBA", (200, 400))
    ImageDraw.Draw(figure).ellipse((80, 100, 120, 380), fill="#00ff00")
    figure.save(folder / "c.webp", lossless=True)
    (folder / "broken.png").write_bytes(b"not a picture")
    (folder / "cut.jpg").write_bytes((folder / "more" / "b.jpg").read_bytes()[:200])
    (folder / "notes.txt").write_text("not meant to be read")
    return folder


def test_unreadable_files_are_reported_and_the_rest_goes_on(drawings: Path, tmp_path: Path):
    result = import_folder(drawings, tmp_path / "set", size=64)
    assert result.count == 3
    assert sorted(name for name, _ in result.refused) == ["broken.png", "cut.jpg"]
    store = Store.open(tmp_path / "set")
    assert [label["file"] for label in store.labels()] == ["a.png", "c.webp", "more/b.jpg"]
    assert np.abs(store.images[0].astype(int) - (255, 136, 153, 255)).max() <= 1
    alpha = store.images[1][..., 3]
    assert alpha[2:62].any(axis=1).all()  # the figure fills the square's height
    assert not alpha[:, :10].any()


def test_labels_come_from_a_csv(drawings: Path, tmp_path: Path):
    labels = tmp_path / "labels.csv"
    labels.write_text("file,hair,accessories\na.png,bob,cat_ears glasses\nc.webp,,\n")
    import_folder(drawings, tmp_path / "set", size=64, labels=labels)
    found = Store.open(tmp_path / "set").labels()
    assert found[0] == {"file": "a.png", "hair": "bob", "accessories": ["cat_ears", "glasses"]}
    assert found[1] == {"file": "c.webp"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("file,tail\na.png,long", "there is no attribute tail"),
        ("file,hair\na.png,mohican", "line 2: hair has no level mohican"),
        ("", "has no rows"),
    ],
)
def test_wrong_labels_are_one_sentence(drawings: Path, tmp_path: Path, text: str, sentence: str):
    labels = tmp_path / "labels.csv"
    labels.write_text(text)
    with pytest.raises(DatasetError, match=sentence):
        import_folder(drawings, tmp_path / "set", size=64, labels=labels)
    assert not (tmp_path / "set").exists()


def test_a_folder_without_pictures_is_refused(tmp_path: Path):
    with pytest.raises(DatasetError, match="no picture"):
        import_folder(tmp_path, tmp_path / "set")
    with pytest.raises(DatasetError, match="not a folder"):
        import_folder(tmp_path / "nowhere", tmp_path / "set")
