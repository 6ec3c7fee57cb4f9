"""The judge: a classifier that names what a picture shows, and a detector of double exposures.

Nothing of it is used in training. Both networks know rendered figures only, in colours of all
kinds, on flat backgrounds, softened and noisy; neither has ever seen what the generator draws.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Self

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from generator.errors import PersonError
from generator.evaluation.visibility import ATTRIBUTES
from generator.manifest import publish
from generator.models.convolution import Convolution, M, channels_last
from generator.models.storage import pack, read
from generator.spec import ACCESSORIES, VOCABULARY

FILE = Path(__file__).parents[1] / "weights" / "judge.safetensors"
SIDE = 256
_LEVELS = {**{g: len(levels) for g, levels in VOCABULARY.items()}, "accessories": len(ACCESSORIES)}


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layer = _layer(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layer(x)


class _Looks(nn.Module):
    """(B, C, H, W) of H * W places -> (B, count * values): what some learned attentions find."""

    def __init__(self, channels: int, count: int, values: int, *, places: int) -> None:
        super().__init__()
        self.split = (count, values)
        self.where = nn.Conv2d(channels, count, 1)
        self.usual = nn.Parameter(torch.zeros(count, places))
        self.what = nn.Conv2d(channels, count * values, 1)

    def forward(self, x: Tensor) -> Tensor:
        attention = (self.where(x).flatten(2).float() + self.usual).softmax(-1)
        values = self.what(x).flatten(2).unflatten(1, self.split).float()
        return (values @ attention[..., None]).flatten(1)


class Classifier(nn.Module):
    """Convolutions with batch norm, looked at in places; one softmax a group, one sigmoid an
    accessory.

    Freckles, fangs and the shape of an eye are small and lie where the face is: every look is a
    learned attention over positions (softmax pooling), with a bias for where things use to be, and
    takes a few numbers from there. Pooled over everything, small things drown; and shrunk with
    everything else they are gone, so the face is looked at once more, closer. A hidden layer
    compares what the looks found: that a lock ends in another colour than it begins in is seen in
    no single place.
    """

    LOOKS, VALUES = 48, 12
    """At 16 x 16 positions, where what surrounds a place is known as well."""
    FINE_LOOKS, FINE_VALUES = 24, 6
    """At 32 x 32, for what is small."""
    FACE_LOOKS, FACE_VALUES = 24, 6
    """Where faces are, at a quarter of the picture's resolution: a scar is two pixels wide."""
    FACE_ROWS, FACE_COLUMNS = slice(29, 109), slice(20, 108)
    """Of the picture in squares of 2 x 2 pixels."""
    FEATURES = LOOKS * VALUES + FINE_LOOKS * FINE_VALUES + FACE_LOOKS * FACE_VALUES
    HIDDEN = 192

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Sequential(
            _layer(12, 48, 2), _layer(48, 96, 2), _Residual(96), _layer(96, 128, 2), _Residual(128),
        )  # fmt: skip
        self.far = nn.Sequential(_layer(128, 160, 2), _Residual(160), _layer(160, 128, kernel=1))
        self.both = _layer(128, 128)
        self.looks = _Looks(128, self.LOOKS, self.VALUES, places=16 * 16)
        self.fine_looks = _Looks(96, self.FINE_LOOKS, self.FINE_VALUES, places=32 * 32)
        self.close = nn.Sequential(_layer(12, 32), _layer(32, 48, 2), _Residual(48))
        self.face_looks = _Looks(48, self.FACE_LOOKS, self.FACE_VALUES, places=40 * 44)
        self.norm = nn.BatchNorm1d(self.FEATURES)
        self.compare = nn.Sequential(
            nn.Linear(self.FEATURES, self.HIDDEN, bias=False), nn.BatchNorm1d(self.HIDDEN),
            nn.ReLU(True),
        )  # fmt: skip
        known = self.FEATURES + self.HIDDEN
        self.heads = nn.ModuleDict({g: nn.Linear(known, n) for g, n in _LEVELS.items()})
        for group, levels in VOCABULARY.items():
            self.register_buffer(_share(group), torch.full((len(levels),), 1 / len(levels)))

    def embed(self, rgb: Tensor) -> Tensor:
        """(B, 3, 256, 256) in [0, 1] -> (B, FEATURES)."""
        x = F.pixel_unshuffle(rgb * 2 - 1, 2).contiguous(memory_format=torch.channels_last)
        face = self.close(x[:, :, self.FACE_ROWS, self.FACE_COLUMNS])  # (B, 48, 40, 44)
        fine = self.near[:3](x)  # (B, 96, 32, 32)
        x = self.near[3:](fine)  # (B, 128, 16, 16)
        x = self.both(x + F.interpolate(self.far(x), scale_factor=2, mode="nearest"))
        looks = [self.looks(x), self.fine_looks(fine), self.face_looks(face)]
        return F.relu(self.norm(torch.cat(looks, 1)))

    def read(self, features: Tensor) -> dict[str, Tensor]:
        """Features -> logits (B, levels) of each group, and of "accessories"."""
        known = torch.cat([features, self.compare(features)], 1)
        return {group: head(known) for group, head in self.heads.items()}

    def forward(self, rgb: Tensor) -> dict[str, Tensor]:
        return self.read(self.embed(rgb))

    def set_shares(self, levels: Tensor, counts: Tensor) -> None:
        """Tell how often each level was shown.

        Args:
            levels: (N, len(ATTRIBUTES)) int64, of all figures. counts: the same, bool.
        """
        for i, group in enumerate(VOCABULARY):
            share = self.get_buffer(_share(group))
            seen = torch.bincount(levels[counts[:, i], i], minlength=len(share)) + 1
            share.copy_(seen / seen.sum())

    def balanced(self, logits: Tensor, group: str) -> Tensor:
        """Logits of a group as they would be had its levels been shown equally often.

        How rare a level was in training is no evidence of what a picture shows (logit adjustment,
        Menon et al., arXiv 2007.07314).
        """
        return logits - self.get_buffer(_share(group)).log()


def _share(group: str) -> str:
    return f"share_{group}"


class GhostDetector(nn.Module):
    """(B, 3, 256, 256) in [0, 1] -> (B, 16, 16) scores: does a patch show two figures at once?

    Trained on renders against renders laid over each other, half transparent, in whole or in parts.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _layer(12, 24, 2), _layer(24, 40, 2), _layer(40, 56), _layer(56, 56, 2), _layer(56, 56),
            nn.Conv2d(56, 1, 1),
        )  # fmt: skip

    def forward(self, rgb: Tensor) -> Tensor:
        x = F.pixel_unshuffle(rgb * 2 - 1, 2).contiguous(memory_format=torch.channels_last)
        return self.body(x)[:, 0]

    def score(self, rgb: Tensor) -> Tensor:
        """(B,) in [0, 1]: the mean probability of the most suspicious tenth of the patches."""
        patches = self(rgb).sigmoid().flatten(1)
        return patches.topk(max(1, patches.shape[1] // 10)).values.mean(1)


def _layer(cin: int, cout: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    conv = Convolution(cin, cout, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(cout), nn.ReLU(True))


class Judge:
    """Both networks, ready to judge; the shape of a `FeatureExtractor`."""

    name = "judge (attributes)"

    def __init__(
        self, classifier: Classifier, ghosts: GhostDetector, notes: dict[str, str]
    ) -> None:
        self.classifier = _ready(classifier)
        self.ghosts = _ready(ghosts)
        self.notes = notes
        """What the file says of its training: images, minutes, validation."""

    @classmethod
    def load(cls, file: Path = FILE) -> Self:
        """
        Raises:
            PersonError: There is no such file, or it was trained for another vocabulary.
        """
        train = "python -m generator.evaluation.classifier --data datasets/moe-1 --minutes 60"
        if not file.exists():
            raise PersonError(f"there is no judge in {file}: train one with `{train}`")
        with safe_open(file, "pt") as opened:
            notes = dict(opened.metadata() or {})
            state = read(opened)
        if notes.get("vocabulary") != vocabulary():
            raise PersonError(
                f"the judge in {file} knows other attributes: train it again: {train}"
            )
        classifier, ghosts = Classifier(), GhostDetector()
        for module, prefix in ((classifier, "classifier."), (ghosts, "ghosts.")):
            mine = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
            module.load_state_dict(mine, strict=False)  # batch norm's step counters are not kept
        return cls(classifier, ghosts, notes)

    def save(self, file: Path = FILE) -> None:
        """As `generator.models.storage` writes weights, in one piece or not at all."""
        tensors = {
            f"{prefix}.{name}": value
            for prefix, module in (("classifier", self.classifier), ("ghosts", self.ghosts))
            for name, value in module.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        save_file(pack(tensors), part, {**self.notes, "vocabulary": vocabulary()})
        publish(part, file)

    @torch.inference_mode()
    def __call__(self, rgb: Tensor) -> Tensor:
        if rgb.shape[-1] != SIDE:
            rgb = F.interpolate(rgb, (SIDE, SIDE), mode="bilinear", antialias=True)
        return self.classifier.embed(rgb)

    @torch.inference_mode()
    def levels(self, features: Tensor) -> Tensor:
        """What the features show: (B, len(ATTRIBUTES)) int64 level indices; 1 = worn.

        Every level of a group is as likely as the others before anything is seen.
        """
        logits = self.classifier.read(features)
        columns = [self.classifier.balanced(logits[g], g).argmax(1) for g in VOCABULARY]
        worn = (logits["accessories"] > 0).long()
        return torch.cat([torch.stack(columns, 1), worn], 1)

    @torch.inference_mode()
    def ghostliness(self, rgb: Tensor) -> Tensor:
        """(B, 3, 256, 256) -> (B,) scores of `GhostDetector.score`."""
        return self.ghosts.score(rgb)


def vocabulary() -> str:
    """What a judge's file has to fit."""
    return json.dumps({**{g: list(v) for g, v in VOCABULARY.items()}, "all": list(ATTRIBUTES)})


def _ready(module: M) -> M:
    return channels_last(module.eval().requires_grad_(False))
