"""The bench runs; its numbers are printed, never judged here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from worker.bench import capacity, measure


@pytest.fixture(autouse=True)
def small(monkeypatch):
    repository = Path(__file__).parents[2]
    monkeypatch.setenv("MOEMOJI_ENGINE", "engines:SmallEngine")
    monkeypatch.setenv("PYTHONPATH", f"{repository}:{Path(__file__).parent}")


async def test_the_bench_measures_everything():
    figures = await measure(jobs=12, single=4, stock=2)
    print(f"\n{figures}")  # noqa: T201
    printed = str(figures)
    assert "overhead_ms" in printed
    assert "goal <= 15: " in printed
    assert "goal >= 20: " in printed


async def test_what_workers_draw_in_a_minute():
    cores = len(os.sched_getaffinity(0))
    lines = [line async for line in capacity(0.5)]
    looked_at = [(line.workers, line.threads) for line in lines]
    assert looked_at == list(dict.fromkeys([(1, 1), (1, cores), (cores, 1)]))
    for line in lines:
        print(line)  # noqa: T201
        assert min(line.wishes, line.picks, line.megabytes) > 0
