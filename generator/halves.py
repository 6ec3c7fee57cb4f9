"""Where bfloat16 pays."""

from __future__ import annotations

import time
from functools import cache
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import nn

M = TypeVar("M", bound=nn.Module)


def has_fast_bf16(device: torch.device) -> bool:
    """bfloat16 only where hardware multiplies it, and faster: AVX2 emulates it ten times slower.

    Measured on convolutions of ours, against float32: AMX 3 to 7 times faster, AVX-512 with BF16 on
    AMD (Zen 4 and later) 1.9 to 2.4 times, on an Intel of 2023 whose AMX is hidden from virtual
    machines 0.6 times. So where there is AVX-512 alone, both are tried.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    return bool(torch.cpu._is_amx_tile_supported()) or _avx512_is_faster()


@cache
@torch.inference_mode()
def _avx512_is_faster() -> bool:
    """Whether a convolution in bfloat16 takes less than four fifths of its time in float32.

    Thirty to fifty milliseconds, once a process; the shortest of a few times, for others may be
    busy.
    """
    if not torch.cpu._is_avx512_bf16_supported():
        return False
    shortest = {}
    for kind in (torch.float32, torch.bfloat16):
        x, kernel = (
            torch.ones(shape, dtype=kind).contiguous(memory_format=torch.channels_last)
            for shape in ((1, 96, 48, 48), (96, 96, 3, 3))
        )
        times = []
        for _ in range(6):
            start = time.perf_counter()
            F.conv2d(x, kernel, padding=1)
            times.append(time.perf_counter() - start)
        shortest[kind] = min(times)
    return shortest[torch.bfloat16] < 0.8 * shortest[torch.float32]


def kernels_in_bf16(network: M) -> M:
    """What autocast would round at every call, rounded once.

    Weights of convolutions and linear layers alone; learned maps are added up in float32. The
    network is of use within `torch.autocast` only from then on.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            module.to(torch.bfloat16)
    return network
