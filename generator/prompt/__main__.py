"""`python -m generator.prompt "pink twintails"` shows a reading, `... bench` the time it takes."""

from __future__ import annotations

import sys

from generator.prompt import parse
from generator.prompt.timing import CEILING_MS, timing


def main(arguments: list[str]) -> int:
    """Show how the arguments are read as a prompt, or, for "bench", how long reading takes."""
    if arguments == ["bench"]:
        taken = timing()
        sys.stdout.write(
            f"{taken.prompts} prompts: median {taken.median:.2f} ms, p99 {taken.p99:.2f} ms, "
            f"worst {taken.worst:.2f} ms (ceiling {CEILING_MS:.0f} ms); "
            f"compiling the lexicon {taken.compile:.0f} ms\n"
        )
        return int(taken.worst > CEILING_MS)
    reading = parse(" ".join(arguments))
    sys.stdout.write(f"drawn: {', '.join(reading.phrases()) or '-'}\n")
    for title, words in (
        ("gave way", [item.phrase() for item in reading.dropped]),
        ("not understood", list(reading.unknown)),
    ):
        if words:
            sys.stdout.write(f"{title}: {', '.join(words)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
