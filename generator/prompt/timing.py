"""How long parsing takes, measured: `python -m generator.prompt bench`."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass

from generator.prompt.lexicon import lexicon
from generator.prompt.reading import parse
from generator.prompt.text import LIMIT

CEILING_MS = 20.0
"""No prompt may take longer."""

SAMPLES = (
    "cute girl with pink twintails and blue eyes",
    "black hair with red streaks, no glasses but a witch hat, very happy",
    "粉色双马尾的猫娘，蓝眼睛，不要眼镜，非常开心",
    "ピンクのツインテールの女の子、青い目、眼鏡なし",
    "沒有瀏海的雙馬尾女孩，戴圓框眼鏡",
)


@dataclass(frozen=True)
class Timing:
    """Milliseconds of processor time per prompt (a busy machine does not change it)."""

    median: float
    p99: float
    worst: float
    compile: float
    """The first prompt of a process, which compiles the lexicon."""
    prompts: int


def hostile(seed: int = 0) -> list[str]:
    """Long, odd and random prompts: what the ceiling is for."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"

    def words(size: int) -> str:
        return " ".join("".join(rng.choices(letters, k=size)) for _ in range(LIMIT // (size + 1)))

    return [
        "a" * 10_000_000,
        "\ufdfa" * LIMIT,
        "😀" * LIMIT,
        "\u202e\u200f\u0000" * LIMIT,
        "not very dark blue and " * LIMIT,
        "red blue " * LIMIT,
        "红蓝" * LIMIT,
        "黑" * LIMIT,
        "の" * LIMIT,
        "a\u0301" * LIMIT,
        "\ud800" * LIMIT,
        *(words(size) for size in (1, 3, 5, 6, 8, 9, 12, 20) for _ in range(4)),
        *("".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(LIMIT)) for _ in range(4)),
        *("".join(chr(rng.randrange(0x110000)) for _ in range(LIMIT)) for _ in range(4)),
    ]


def timing(prompts: Iterable[str] = (), repeats: int = 20) -> Timing:
    """Time ordinary and hostile prompts.

    Args:
        prompts: Further ordinary prompts.
        repeats: How often each is parsed, spelling corrections forgotten in between.
    """
    started = time.thread_time()
    parse("warm up")
    compiled = 1000 * (time.thread_time() - started)
    taken: list[float] = []
    for prompt in [*SAMPLES, *prompts, *hostile()]:
        for _ in range(repeats):
            lexicon().correct.cache_clear()
            started = time.thread_time()
            parse(prompt)
            taken.append(1000 * (time.thread_time() - started))
    taken.sort()
    count = len(taken)
    return Timing(
        median=taken[count // 2],
        p99=taken[min(count - 1, count * 99 // 100)],
        worst=taken[-1],
        compile=compiled,
        prompts=count,
    )
