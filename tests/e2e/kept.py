"""What Redis holds after a job."""

from __future__ import annotations

import asyncio
import re

from worker.queue import connection, keys_without_ttl


async def nothing_is_left(url: str, *photos: bytes) -> None:
    """Every key: no upload is there any more, no photo in any value, and nothing lasts."""
    async with connection(url) as client:
        while any([re.fullmatch(rb"moemoji:upload:[0-9a-f]{24}", k) async for k in _keys(client)]):
            # The job has ended a moment ago; that they go at all is what counts.
            await asyncio.sleep(0.05)
        async for key in _keys(client):
            value = {
                b"string": client.get,
                b"hash": client.hvals,
                b"list": lambda key: client.lrange(key, 0, -1),
                b"set": client.smembers,
                b"zset": lambda key: client.zrange(key, 0, -1),
                b"stream": client.xrange,
            }.get(await client.type(key))
            held = b"" if value is None else repr(await value(key)).encode()
            for data in photos:
                assert repr(data[200:260])[2:-1].encode() not in held, key
        assert await keys_without_ttl(client) == []


def _keys(client):  # type: ignore[no-untyped-def]
    return client.scan_iter(count=1000)
