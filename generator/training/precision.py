"""Mixed precision where it pays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Literal

import torch

from generator.halves import has_fast_bf16

Precision = Literal["auto", "32", "bf16"]
Half = Callable[[], AbstractContextManager[None]]


def half(precision: Precision, device: torch.device) -> Half:
    """A context in which networks compute in bfloat16, or ("auto") in float32 where that is faster.

    The engine's own mixed precision is not used: it converts inputs too, and a pose of 8 bits
    misplaces heads.
    """
    wanted = precision == "bf16" or (precision == "auto" and has_fast_bf16(device))
    return partial(torch.autocast, device.type, torch.bfloat16, enabled=wanted)
