"""How long a call takes, for the benches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

_WARM = 4


def median_ms(call: Callable[[], object], runs: int) -> float:
    """Median milliseconds of `runs` calls, after a few that warm caches and memory."""
    for _ in range(_WARM):
        call()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000
