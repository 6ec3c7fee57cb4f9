"""Weights as files hold them: half precision, and learned maps in bytes.

Maps are seven tenths of the avatar generator's numbers, and every figure adds up twenty or more
of them: rounding errors of a single one hardly show.
"""

from __future__ import annotations

import torch
from torch import Tensor

_MAPS, _SCALE = ".maps", ".scale"
_LARGEST = 127


def pack(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """float32 weights by name -> what is written.

    Maps (levels, channels, height, width) become int8, and float32 scales (levels, channels, 1, 1)
    beside them: the largest number of a channel is 127.
    """
    packed = {}
    for name, tensor in state.items():
        if name.endswith(_MAPS):
            largest = tensor.abs().amax((2, 3), keepdim=True)
            scale = (largest / _LARGEST).clamp_min(torch.finfo(torch.float32).tiny)
            packed[name + _SCALE] = scale
            packed[name] = (tensor / scale).round_().to(torch.int8).contiguous()
        else:
            packed[name] = tensor.half().contiguous()
    return packed


def unpack(packed: dict[str, Tensor]) -> dict[str, Tensor]:
    """What `pack` wrote -> float32 weights by name; maps in half precision are welcome as well."""
    state = {}
    for name, tensor in packed.items():
        if not name.endswith(_MAPS + _SCALE):
            scale = packed.get(name + _SCALE)
            state[name] = tensor.float() if scale is None else tensor * scale
    return state
