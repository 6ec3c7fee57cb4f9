"""The generator's arithmetic: poses, cells, painting, the 512 px head."""

import re
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.art.frame import frame
from generator.models.conditions import (
    ATTRIBUTES,
    SLICES,
    cat,
    encode,
    interactions,
    palettes,
)
from generator.models.discriminator import Discriminator
from generator.models.generator import (
    CHANNELS,
    NOTHING,
    Generator,
    GeneratorConfig,
    paint,
    unshuffled,
)
from generator.models.layers import Film, Interactions, summed, unit
from generator.models.textbook import DcganDiscriminator, DcganGenerator, Vae
from generator.priors import uniform
from generator.spec import ACCESSORIES, SLIDERS, VOCABULARY, AvatarSpec

SMALL = GeneratorConfig(
    style=16, table=4, moved=2, head=8, body=4, trunk=8, fine=8, last=8, close=4
)


def matrix(transform: str) -> np.ndarray:
    """An SVG transform list as a 3 x 3 matrix."""
    total = np.eye(3)
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", transform):
        v = [float(x) for x in inside.split()]
        step = np.eye(3)
        if name == "translate":
            step[:2, 2] = v[0], v[1] if len(v) > 1 else 0.0
        elif name == "scale":
            step[0, 0], step[1, 1] = v[0], v[-1]
        elif name == "rotate":
            a = np.radians(v[0])
            rotation = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
            pivot = np.array(v[1:] or [0, 0])
            step[:2, :2], step[:2, 2] = rotation, pivot - rotation @ pivot
        total = total @ step
    return total


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_pose_undoes_what_the_renderer_does_with_heads(seed: int):
    at = frame(uniform(Random(seed)))
    canvas_to_head = np.array(at.to_head_space())
    head = np.array([[60.0, 200.0, 128.0], [50.0, 140.0, 196.0], [1, 1, 1]])
    canvas = matrix(at.head(0.6)) @ head
    square = np.vstack([canvas[:2] / 128 - 1, np.ones(3)])
    np.testing.assert_allclose((canvas_to_head @ square + 1) * 128, head[:2], atol=0.6)


def test_conditions_hold_one_level_of_every_group():
    specs = [uniform(Random(i)) for i in range(5)]
    conditions = encode(specs)
    assert conditions.attributes.shape == (5, ATTRIBUTES)
    for group in VOCABULARY:
        assert (conditions.attributes[:, SLICES[group]].sum(1) == 1).all()
    worn = conditions.attributes[:, SLICES["accessories"]]
    for row, spec in zip(worn, specs, strict=True):
        assert {ACCESSORIES[i] for i in row.nonzero().flatten()} == spec.accessories
    sides = conditions.attributes[:, SLICES["sides"]].unflatten(1, (4, 2))
    for row, spec in zip(sides, specs, strict=True):
        assert row[:, 1].tolist() == [number >= 0 for number in spec.detail]
        assert (row.sum(1) == 1).all()
    both = cat([conditions, conditions])
    assert len(both) == 10
    half = conditions.mix(conditions[torch.tensor([1, 2, 3, 4, 0])], torch.full((5,), 0.5))
    torch.testing.assert_close(
        half.attributes.sum(1), (worn.sum(1) + worn.roll(-1, 0).sum(1)) / 2 + len(VOCABULARY) + 4
    )


def test_a_map_of_a_pair_moves_figures_that_have_the_level_by_their_number():
    moves = Interactions(channels=1, size=1)
    column = interactions().index(
        (
            SLICES["hair"].start + VOCABULARY["hair"].index("bob"),
            ATTRIBUTES + SLIDERS.index("hair_length"),
        )
    )
    with torch.no_grad():
        moves.maps[column] = 1.0
    specs = [
        AvatarSpec(hair="bob", hair_length=0.5),
        AvatarSpec(hair="bob", hair_length=-1.0, turn=1.0),
        AvatarSpec(hair="drills", hair_length=0.5),
    ]
    conditions = encode(specs)
    moved = moves(conditions.attributes, conditions.sliders)
    assert moved.flatten().tolist() == [0.5, -1.0, 0.0]


@pytest.mark.parametrize("spec", [AvatarSpec(tilt=1.0), AvatarSpec(style="chibi", turn=-1.0)])
def test_maps_lie_in_head_space(spec: AvatarSpec):
    """What is learned for a place of the head is drawn where the pose carries that place."""
    torch.manual_seed(0)
    generator = Generator(SMALL).eval()
    conditions = encode([spec])
    level = SLICES["style"].start + VOCABULARY["style"].index(spec.style)
    row = generator.head_tables.columns.tolist().index(level)
    with torch.inference_mode():
        attributes, sliders, pose, _ = conditions
        w = generator.mapping(attributes, sliders)
        before = generator.trunk(attributes, sliders, pose, w)
        generator.head_tables.maps[row, :, 6, 8] += 30.0
        changed = (generator.trunk(attributes, sliders, pose, w) - before).square().sum(1)[0]
    share = (changed / changed.sum()).numpy()
    middle = [float((share.sum(k) * (np.arange(128) + 0.5)).sum()) for k in (0, 1)]
    canvas = np.array(middle) / 64 - 1
    head = np.array(frame(spec).to_head_space()) @ np.array([*canvas, 1.0])
    np.testing.assert_allclose((head + 1) * 8 - 0.5, [8, 6], atol=0.8)


@pytest.mark.parametrize("factor", [2, 4])
def test_cells_become_pixels_row_by_row(factor: int):
    pixels = torch.rand(2, 3, 4 * factor, 5 * factor)
    split = pixels.view(2, 3, 4, factor, 5, factor).permute(0, 2, 4, 3, 5, 1)
    cells = split.reshape(2, 4, 5, factor * factor, 3)
    torch.testing.assert_close(unshuffled(cells), pixels)


def test_painting_is_masks_times_colours_over_nothing():
    generator = Generator(SMALL)
    colours = generator.colours(palettes([AvatarSpec(hair_colour="#ff0000")]))
    assert colours.shape == (1, CHANNELS, 4)
    masks = torch.zeros(1, 1, 1, 4, CHANNELS)
    masks[..., 1] = 0.25  # hair
    masks[..., NOTHING] = 0.75
    torch.testing.assert_close(
        paint(masks, colours), torch.tensor([0.25, 0, 0, 0.25]).view(1, 4, 1, 1).expand(1, 4, 2, 2)
    )


def test_the_512_px_head_starts_as_the_256_px_head_doubled():
    torch.manual_seed(0)
    generator = Generator(SMALL).eval()
    generator.start_512()
    conditions = encode([AvatarSpec(turn=0.4), AvatarSpec(style="chibi")])
    with torch.inference_mode():
        small, large = unshuffled(generator(*conditions)), unshuffled(generator(*conditions, 512))
    assert small.shape == (2, CHANNELS, 256, 256)
    torch.testing.assert_close(large, small.repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_discriminators_score():
    assert Discriminator(8)(torch.rand(2, 4, 256, 256)).shape == (2, 16 * 16 + 8 * 8)
    pictures = DcganGenerator(8, generators=3)(torch.randn(4, 8), torch.tensor([0, 1, 2, 0]))
    assert pictures.shape == (4, 3, 64, 64)
    assert pictures.abs().max() <= 1
    assert DcganDiscriminator(3)(pictures).shape == (4, 4)
    drawn, mean, log_var = Vae(8)(pictures.detach(), torch.zeros(4, 8))
    assert drawn.shape == pictures.shape
    assert mean.shape == log_var.shape == (4, 8)


@pytest.mark.parametrize("size", [256, 512])
def test_cells_can_be_painted_alone(size: int):
    torch.manual_seed(0)
    generator = Generator()
    conditions = encode([uniform(Random(i)) for i in range(2)])
    features = generator.features(*conditions)
    index = torch.tensor([0, 5, 128 * 128 + 7, 2 * 128 * 128 - 1])
    alone = generator.cells(features, index, size)
    whole = generator(*conditions, size=size)
    torch.testing.assert_close(alone, whole.flatten(0, 2)[index])


def test_maps_are_summed_alike_with_and_without_a_graph():
    maps = torch.randn(7, 3, 4, 5)
    shares = torch.zeros(4, 7)
    shares[0, 2], shares[0, 6], shares[1, 0], shares[3, 5] = 1.0, 0.25, 1.0, -0.5
    learning = summed(maps, shares)
    with torch.inference_mode():
        drawing = summed(maps, shares)
    torch.testing.assert_close(learning, drawing)
    assert not drawing[2].any(), "a figure without any of the levels"
    torch.testing.assert_close(drawing[0], maps[2] + 0.25 * maps[6])


def test_what_is_joined_is_of_one_size():
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 5) * torch.tensor([200.0, 0.1]).view(2, 1, 1, 1)
    made = unit(x)
    torch.testing.assert_close(made.square().mean((1, 2, 3)), torch.ones(2), atol=1e-3, rtol=0)
    torch.testing.assert_close(made[0] / x[0], (made[0] / x[0])[:1, :1, :1].expand(3, 4, 5))


def test_modulation_and_its_gradient_are_the_plain_formula():
    torch.manual_seed(0)
    film = Film(3, 5).double()
    torch.nn.init.normal_(film.affine.weight, std=0.3)
    x = torch.randn(2, 3, 4, 5, dtype=torch.double, requires_grad=True)
    w = torch.randn(2, 5, dtype=torch.double, requires_grad=True)
    scale, shift = film.affine(w)[:, :, None, None].chunk(2, 1)
    unit = x * torch.rsqrt(x.square().mean((1, 2, 3), keepdim=True) + 1e-6)
    plain = torch.nn.functional.leaky_relu(unit * (1 + scale) + shift, 0.2)
    modulated = film(x, w)
    torch.testing.assert_close(modulated, plain, rtol=1e-5, atol=1e-6)
    along = torch.randn_like(plain)
    ours = torch.autograd.grad(modulated, (x, w, film.affine.weight), along)
    expected = torch.autograd.grad(plain, (x, w, film.affine.weight), along)
    for mine, theirs in zip(ours, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)
