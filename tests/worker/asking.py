"""Requests for the small engine, and waiting for what becomes of them."""

from __future__ import annotations

import asyncio
import time

from generator.spec import AvatarSpec

PATIENCE = 60.0
"""Seconds until a test gives up waiting: on a busy machine it takes longer, and passes."""


def drawing(request_of, user, *seeds, **fields):
    """A request for the specs of these seeds: what the test engine draws or stumbles over."""
    specs = tuple(AvatarSpec(seed=seed) for seed in seeds)
    return request_of(user, specs=specs, count=len(specs), **fields)


async def state(queue, job_id):
    record = await queue.record(job_id)
    return None if record is None else record.state


async def reaches(queue, job_id, *states):
    end = time.monotonic() + PATIENCE
    while await state(queue, job_id) not in states:
        assert time.monotonic() < end, f"{job_id} is still {await state(queue, job_id)}"
        await asyncio.sleep(0.02)
