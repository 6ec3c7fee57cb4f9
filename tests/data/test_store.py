"""Data sets on disk: what is packed comes back, what is interrupted goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.art.figure import compose
from generator.art.palette import Slot
from generator.art.render import features, masks
from generator.data.build import build, held_out, spec_of
from generator.data.store import BACKGROUND, DatasetError, Meta, Store, coloured, pack
from generator.spec import AvatarSpec

COUNT = len(Slot)


def unpack(slots, shares):
    """The inverse of `pack` for one figure: (COUNT + 1, H, W), the background last."""
    h, w = slots.shape[:2]
    third = 255 - shares.sum(-1, keepdims=True, dtype=np.int32)
    weights = np.concatenate([shares, third.astype(np.uint8)], -1)
    planes = np.zeros((COUNT + 1, h, w), np.uint8)
    for i in (2, 1, 0):  # ties of a slot with itself have share 0: the strongest is written last
        np.put_along_axis(planes, slots[None, ..., i], weights[None, ..., i], 0)
    return planes


@given(
    arrays(np.uint8, (4, 4), elements=st.integers(0, COUNT - 1)),
    arrays(np.uint8, (4, 4), elements=st.integers(0, COUNT - 1)),
    arrays(np.uint8, (4, 4), elements=st.integers(0, 255)),
)
def test_pixels_of_two_slots_survive_packing(first, second, share):
    planes = np.zeros((COUNT, 4, 4), np.uint8)
    np.put_along_axis(planes, first[None], share[None], 0)
    free = np.where(first == second, 0, 255 - share).astype(np.uint8)
    added = np.take_along_axis(planes, second[None], 0)[0] + free
    np.put_along_axis(planes, second[None], added[None], 0)
    unpacked = unpack(*pack(planes))
    assert np.abs(unpacked[:COUNT].astype(int) - planes).max() <= 1
    assert (unpacked.sum(0, dtype=int) == 255).all()


@given(
    arrays(np.uint8, (3, 4, 3), elements=st.integers(0, BACKGROUND)),
    arrays(np.uint8, (3, 4, 2), elements=st.integers(0, 127)),
    st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=COUNT, max_size=COUNT),
)
def test_a_picture_is_the_sum_of_its_slots(slots, shares, colours):
    table = np.array([*((*colour, 255) for colour in colours), (0, 0, 0, 0)])
    third = 255 - shares.sum(-1, keepdims=True, dtype=int)
    all_shares = np.concatenate([shares, third], -1)
    exact = (all_shares[..., None] * table[slots]).sum(2) / 255
    assert np.abs(coloured(slots, shares, colours) - exact).max() <= 0.5


def test_a_real_figure_survives_packing():
    planes = masks(compose(AvatarSpec(hair="curly", expression="laugh")), 128)
    unpacked = unpack(*pack(planes))[:COUNT].astype(int)
    error = np.abs(unpacked - planes)
    assert error.mean() < 0.05
    assert (error.max(0) > 24).mean() < 0.01  # only where four slots meet in a pixel


def test_the_rest_of_an_empty_pixel_is_background():
    slots, shares = pack(np.zeros((COUNT, 2, 2), np.uint8))
    assert (slots[..., 0] == BACKGROUND).all()
    assert (shares[..., 0] == 255).all()


def test_a_built_set_holds_what_the_renderer_draws(tmp_path: Path):
    assert list(build(tmp_path / "set", count=3, size=64, seed=5, processes=1))[-1] == 3
    store = Store.open(tmp_path / "set")
    specs = [AvatarSpec(**label) for label in store.labels()]
    assert specs == [spec_of(5, i, "train") for i in range(3)]
    canvas = compose(specs[2])
    slots, shares = pack(masks(canvas, 64))
    np.testing.assert_array_equal(store.slots[2], slots)
    np.testing.assert_array_equal(store.shares[2], shares)
    eyes = features(canvas, 64)[0] > 127
    np.testing.assert_array_equal(store.features[2] & 1, eyes)


def test_splits_share_no_combination():
    for i in range(40):
        assert not held_out(spec_of(1, i, "train"))
        assert held_out(spec_of(1, i, "heldout"))


def test_a_marked_set_is_full_of_what_is_small_and_has_no_held_out_combination():
    figures = [spec_of(1, i, "marked") for i in range(100)]
    usual = [spec_of(1, i, "train") for i in range(100)]
    for mark in ("freckles", "mole", "scar", "fangs"):
        worn = sum(mark in spec.accessories for spec in figures)
        assert worn > 2 * sum(mark in spec.accessories for spec in usual)
    assert not any(map(held_out, figures))


def test_a_killed_build_goes_on(tmp_path: Path):
    folder = tmp_path / "set"
    command = [
        sys.executable, "-m", "generator", "dataset", "build",
        "--count", "96", "--size", "64", "--out", str(folder), "--processes", "1",
    ]  # fmt: skip
    process = subprocess.Popen(command, start_new_session=True)
    done = folder / "done.u8"
    deadline = time.monotonic() + 60
    while not (done.exists() and sum(done.read_bytes())) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 0 < sum(done.read_bytes()) < 3
    with pytest.raises(DatasetError, match="run its build command again"):
        Store.open(folder)
    assert subprocess.run(command, check=False).returncode == 0
    store = Store.open(folder)
    assert len(store.labels()) == 96
    assert (store.shares[:, :, :, 0] > 0).any(axis=(1, 2)).all()


def test_a_folder_of_another_set_is_refused(tmp_path: Path):
    Store.create(tmp_path, Meta("rendered", 4, 64))
    with pytest.raises(DatasetError, match="another data set"):
        Store.create(tmp_path, Meta("rendered", 5, 64))


def test_damaged_meta_is_one_sentence(tmp_path: Path):
    (tmp_path / "meta.json").write_text("{")
    with pytest.raises(DatasetError, match="damaged"):
        Store.open(tmp_path)
