"""The close-up: maps that move along with eyes, cheeks and mouth."""

from random import Random

import numpy as np
import pytest
import torch

from generator.art.anchors import ANCHORS
from generator.models.closeup import COLUMNS, ROWS, CloseUp, on_canvas
from generator.models.conditions import SLICES, encode
from generator.priors import uniform
from generator.spec import ACCESSORIES, AvatarSpec

SIZE = (ROWS.stop - ROWS.start, COLUMNS.stop - COLUMNS.start)


@pytest.mark.parametrize("anchor", ["eye_right", "cheek_left", "mouth", "hairpin"])
@pytest.mark.parametrize(
    "spec",
    [
        AvatarSpec(accessories=frozenset({"fangs"}), tilt=1.0, eye_size=-1.0),
        AvatarSpec(accessories=frozenset({"fangs"}), style="chibi", turn=-1.0, age="elder"),
    ],
)
def test_what_a_level_has_in_a_window_is_found_where_the_window_lies(spec: AvatarSpec, anchor: str):
    torch.manual_seed(0)
    closeup = CloseUp(4, 8, 6).eval()
    conditions = encode([spec])
    attributes, sliders, _, anchors = conditions
    trunk = torch.randn(1, 4, 128, 128)
    tables = closeup.tables[anchor]
    level = SLICES["accessories"].start + ACCESSORIES.index("fangs")
    row = tables.columns.tolist().index(level)
    _, _, h, w = tables.maps.shape

    def look() -> torch.Tensor:
        close = closeup(CloseUp.cut(trunk), attributes, sliders, anchors, torch.randn(1, 6))
        return on_canvas(close)

    with torch.inference_mode():
        before = look()
        assert before.shape == (1, 8, 128, 128)
        tables.maps[row, :, h // 2, w // 4] += 50.0
        changed = (look() - before).square().sum(1)[0]
    outside = changed.clone()
    outside[ROWS, COLUMNS] = 0
    assert outside.max() == 0
    y, x = np.unravel_index(int(changed.argmax()), changed.shape)
    canvas = np.array([x + 0.5, y + 0.5]) / 64 - 1
    at = anchors[0, ANCHORS.index(anchor)].numpy() @ np.array([*canvas, 1.0])
    wanted = np.array([w // 4 + 0.5, h // 2 + 0.5]) * 2 / np.array([w, h]) - 1
    np.testing.assert_allclose(at, wanted, atol=0.25)


def test_a_level_that_a_figure_lacks_changes_nothing():
    torch.manual_seed(0)
    closeup = CloseUp(4, 8, 6).eval()
    attributes, sliders, _, anchors = encode([AvatarSpec()])
    trunk, w = torch.randn(1, 4, *SIZE), torch.randn(1, 6)
    with torch.inference_mode():
        before = closeup(trunk, attributes, sliders, anchors, w)
        for tables in closeup.tables.values():
            columns = tables.columns.tolist()
            for level in (SLICES["age"].start + 3, SLICES["accessories"].stop - 1):
                if level in columns:  # an elder, earrings
                    tables.maps[columns.index(level)] += 9.0
        after = closeup(trunk, attributes, sliders, anchors, w)
    torch.testing.assert_close(before, after)


def test_a_close_up_fades_where_its_rectangle_begins():
    torch.manual_seed(0)
    closeup = CloseUp(4, 8, 6).eval()
    attributes, sliders, _, anchors = encode([AvatarSpec()])
    with torch.inference_mode():
        close = closeup(torch.randn(1, 4, *SIZE), attributes, sliders, anchors, torch.randn(1, 6))
    rows = close.square().mean((0, 1, 3)).sqrt()
    columns = close.square().mean((0, 1, 2)).sqrt()
    for line in (rows, columns, rows.flip(0), columns.flip(0)):
        assert line[0] < 0.4 * line[5:-5].mean()
        assert line[0] < line[1] < line[2]


def test_what_is_left_out_around_windows_leaves_no_trace():
    """To draw, maps are looked up where their windows lie; to learn, everywhere."""
    torch.manual_seed(0)
    closeup = CloseUp(4, 8, 6).eval()
    for tables in closeup.tables.values():
        torch.nn.init.normal_(tables.maps)
    random = Random(3)
    masked = AvatarSpec(accessories=frozenset({"face_mask"}), seed=5)
    for specs in [[masked], [AvatarSpec(expression="starry")]] + [
        [uniform(random, marked=True) for _ in range(3)] for _ in range(8)
    ]:
        count = len(specs)
        attributes, sliders, _, anchors = encode(specs)
        middle = anchors.lerp(anchors.flip(0), 0.5)  # mirrored windows shrink to a line on the way
        for windows in (anchors, middle):
            inputs = torch.randn(count, 4, *SIZE), attributes, sliders, windows
            w = torch.randn(count, 6)
            with torch.inference_mode():
                drawn = closeup(*inputs, w)
            learned = closeup(*inputs, w).detach()
            torch.testing.assert_close(drawn, learned, rtol=0, atol=1e-5)
