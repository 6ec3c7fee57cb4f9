"""`python -m tests.photo.fuzz`: ten thousand mutated pictures, each opened or refused.

Everything happens in a process of its own, so that a decoder that crashes is counted and the rest
still run. Prints how many were opened and refused (and why), the slowest file and the process's
peak memory; the exit code is 1 after a crash, a foreign exception or a file that took over 1 s.
File number N is always the same file: `--only N` runs it alone.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context

from generator.photo import PhotoError, open_photo
from tests.photo.pictures import encoded, exif, gossiping, png_chunk, scene

BATCH = 50
PATIENCE = 1.0
"""Seconds that one file may take."""
_NUMBERS = (
    b"\x00", b"\xff", b"\x7f", b"\x80", b"\x00\x00", b"\xff\xff", b"\x7f\xff", b"\xff\xd9",
    b"\xff\xda", b"\xff\xd8", b"\x00" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x00\x00\x10\x00",
)  # fmt: skip


@cache
def seeds() -> tuple[bytes, ...]:
    """Sound pictures of every kind that is accepted."""
    rgb, small = scene(160, 120), scene(64, 48)
    frames = [scene(64, 48).rotate(90 * i) for i in range(3)]
    animated = {"save_all": True, "append_images": frames[1:], "duration": 50}
    return (
        encoded(rgb, "JPEG", quality=80, exif=exif(6)),
        encoded(rgb, "JPEG", quality=80, progressive=True),
        encoded(rgb, "JPEG", quality=95, subsampling=0, restart_marker_blocks=4),
        encoded(rgb.convert("L"), "JPEG"),
        encoded(rgb.convert("CMYK"), "JPEG"),
        gossiping("JPEG"),
        *(encoded(small.convert(m), "PNG") for m in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
        encoded(frames[0], "PNG", **animated),
        gossiping("PNG"),
        encoded(rgb, "WEBP", quality=70),
        encoded(small, "WEBP", lossless=True),
        encoded(small.convert("RGBA"), "WEBP", quality=70),
        encoded(frames[0], "WEBP", **animated),
        gossiping("WEBP"),
        encoded(rgb, "HEIF", quality=50),
        encoded(small.convert("RGBA"), "HEIF", quality=50),
        gossiping("HEIF"),
    )


def mutated(number: int) -> bytes:
    """File number N."""
    pick = random.Random(number)
    data = bytearray(pick.choice(seeds()))
    for _ in range(pick.choice((1, 1, 2, 3, 8, 40))):
        at = (
            pick.randrange(len(data)) if pick.random() < 0.7 else pick.randrange(min(len(data), 80))
        )
        match pick.randrange(8):
            case 0 | 1 | 2:
                data[at] ^= 1 << pick.randrange(8)
            case 3:
                new = pick.choice(_NUMBERS)
                data[at : at + len(new)] = new
            case 4:
                del data[at : at + pick.choice((1, 4, 100, 1000))]
            case 5:
                data[at:at] = data[at : at + pick.choice((1, 4, 100, 1000))]
            case 6:
                data[at:at] = pick.randbytes(pick.choice((1, 4, 100)))
            case 7:
                other = pick.choice(seeds())
                start = pick.randrange(len(other))
                data[at:] = other[start:]
        if len(data) < 100:
            break
    if pick.random() < 0.05:
        del data[pick.randrange(len(data) + 1) :]
    whole = bytes(data)
    return _summed(whole) if whole[1:4] == b"PNG" and pick.random() < 0.8 else whole


def _summed(data: bytes) -> bytes:
    """The PNG with right checksums, so that what is wrong in it gets further."""
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + length > len(data):
            break
        parts.append(png_chunk(data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return b"".join(parts) + data[at:]


@dataclass
class Outcome:
    """What became of a batch."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    megabytes: float = 0.0


def attempt(number: int) -> str:
    """Open file number N: "opened", or the refusal's key; anything else is a fault of ours."""
    try:
        image = open_photo(mutated(number))
    except PhotoError as error:
        return error.key
    if image.mode != "RGB" or image.info:
        raise AssertionError(f"{image.mode} {image.info}")
    return "opened"


def run(first: int, count: int) -> Outcome:
    """Open the files from number `first`."""
    outcome = Outcome()
    for number in range(first, first + count):
        mutated(number)
        begun = time.perf_counter()
        try:
            outcome.counts[attempt(number)] += 1
        except Exception as error:
            outcome.faults.append(f"file {number}: {type(error).__name__}: {error}")
        took = time.perf_counter() - begun
        outcome.slowest = max(outcome.slowest, (took, number))
        if took > PATIENCE:
            outcome.faults.append(f"file {number}: took {took:.2f} s")
    outcome.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", type=int)
    given = parser.parse_args()
    if given.only is not None:
        sys.stdout.write(f"{run(given.only, 1)}\n")
        return 0
    total, begun = Outcome(), time.perf_counter()
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    base = pool.submit(run, 0, 0).result().megabytes
    for first in range(given.first, given.first + given.count, BATCH):
        try:
            part = pool.submit(run, first, min(BATCH, given.first + given.count - first)).result(60)
        except (BrokenProcessPool, TimeoutError) as error:
            total.faults.append(f"files from {first}: {type(error).__name__}")
            for process in list(pool._processes.values()):
                process.kill()
            pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
            continue
        total.counts += part.counts
        total.faults += part.faults
        total.slowest = max(total.slowest, part.slowest)
        total.megabytes = max(total.megabytes, part.megabytes)
    pool.shutdown()
    seconds, number = total.slowest
    lines = [
        f"{sum(total.counts.values())} files in {time.perf_counter() - begun:.0f} s",
        *(f"  {count:6}  {outcome}" for outcome, count in total.counts.most_common()),
        f"slowest {seconds * 1000:.0f} ms (file {number})",
        f"peak memory {total.megabytes:.0f} MB, of which {base:.0f} MB before the first file",
        f"{len(total.faults)} faults",
        *(f"  {fault}" for fault in total.faults),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if total.faults else 0


if __name__ == "__main__":
    sys.exit(main())
