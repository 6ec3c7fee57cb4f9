"""Where networks compute in bfloat16."""

import pytest
import torch

from generator import halves

CPU = torch.device("cpu")


def test_bfloat16_is_not_emulated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    halves._avx512_is_faster.cache_clear()
    assert not halves.has_fast_bf16(CPU)
    halves._avx512_is_faster.cache_clear()


def test_what_a_processor_says_is_tried(monkeypatch: pytest.MonkeyPatch):
    """Some have the instructions and are slower for it: the clock decides, once a process."""
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    seconds = {torch.float32: 1.0}
    now, asked = [0.0], []

    def convolve(x: torch.Tensor, *_rest: object, **_more: object) -> None:
        asked.append(x.dtype)
        now[0] += seconds[x.dtype]

    monkeypatch.setattr(halves.F, "conv2d", convolve)
    monkeypatch.setattr(halves.time, "perf_counter", lambda: now[0])
    for half, faster in ((0.5, True), (0.9, False), (1.6, False)):
        halves._avx512_is_faster.cache_clear()
        seconds[torch.bfloat16] = half
        assert halves.has_fast_bf16(CPU) == faster
        count = len(asked)
        assert halves.has_fast_bf16(CPU) == faster
        assert len(asked) == count
    halves._avx512_is_faster.cache_clear()
