"""The bench runs; its numbers are printed, never judged here."""

from __future__ import annotations

from pathlib import Path

from worker.bench import measure


async def test_the_bench_measures_everything(monkeypatch):
    repository = Path(__file__).parents[2]
    monkeypatch.setenv("MOEMOJI_ENGINE", "engines:SmallEngine")
    monkeypatch.setenv("PYTHONPATH", f"{repository}:{Path(__file__).parent}")
    figures = await measure(jobs=12, single=4, stock=2)
    print(f"\n{figures}")  # noqa: T201
    printed = str(figures)
    assert "overhead_ms" in printed
    assert "goal <= 15: " in printed
    assert "goal >= 20: " in printed
