"""Where pictures that people send in wait for their job: a Redis that writes nothing to disk.

The Redis of the jobs writes an append-only file and snapshots, so that no job is lost. Both would
hold a photo's bytes, a snapshot even those that are deleted a second later. So photos have a Redis
of their own (`MOEMOJI_UPLOADS_URL`), or share that of the jobs if it keeps everything in memory, as
the console's own does. Redis is asked before each picture; one that writes is given none.

    upload:KEY    string  bytes of a picture; 15 min, or until its job ends; painted ones, under
                          their job's id, 15 min
    uploads:USER  set     their keys, so that a person can be forgotten; 15 min
    photo:JOB     string  how to get a photo from its chat once more, which is as good as the photo
                          while it is there; as long as finished pictures
    photos:USER   set     whose they are, likewise
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any, cast

import redis.asyncio

from worker.errors import ChatError
from worker.jobs import Author
from worker.scripts import PREFIX
from worker.settings import QueueSettings


class UploadsOffError(ChatError):
    """There is no Redis that would keep a picture off the disk, so none is taken."""

    def __init__(self) -> None:
        super().__init__("uploads-off")


def key_of(upload: str) -> str:
    """An upload's key in Redis."""
    return f"{PREFIX}upload:{upload}"


def uploads_of(author: Author) -> str:
    """The key of the set of a person's uploads."""
    return f"{PREFIX}uploads:{author.key}"


def photo_of(name: str) -> str:
    """The key of how to get a photo once more."""
    return f"{PREFIX}photo:{name}"


def photos_of(author: Author) -> str:
    """The key of the set of these of a person."""
    return f"{PREFIX}photos:{author.key}"


def writes(save: dict[Any, Any], appendonly: dict[Any, Any]) -> bool:
    """Whether a Redis writes its data to disk, by its answers to CONFIG GET of both names."""
    saves = {str(value) for value in save.values()} - {""}
    return bool(saves) or "yes" in {str(value) for value in appendonly.values()}


class UploadStore:
    """The frontends' side; the worker's is in `worker.ledger`.

    Args:
        client: Of the Redis for pictures.
        settings: How long they are kept; whether that Redis was named for them.
    """

    def __init__(self, client: redis.asyncio.Redis, settings: QueueSettings) -> None:
        self._redis = client
        self._ttl = settings.upload_ttl
        self._note_ttl = settings.result_ttl
        self._named = settings.uploads_url is not None

    async def put(self, author: Author, data: bytes) -> str:
        """Keep a picture and answer its key.

        Raises:
            UploadsOffError: if that Redis writes to disk, or does not say and was not named for it.
        """
        await self._check()
        upload = secrets.token_hex(12)
        await self._set(key_of(upload), data, uploads_of(author), upload, self._ttl)
        return upload

    async def note(self, author: Author, name: str, told: str) -> None:
        """Keep how to get a photo from its chat once more, under its job's id.

        Raises:
            UploadsOffError: as for the photo itself.
        """
        await self._check()
        await self._set(photo_of(name), told, photos_of(author), name, self._note_ttl)

    async def noted(self, name: str) -> bytes | None:
        """What was told of a photo."""
        return cast(bytes | None, await self._redis.get(photo_of(name)))

    async def _check(self) -> None:
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.config_get("save")
                pipe.config_get("appendonly")
                refused = writes(*await pipe.execute())
        except redis.exceptions.ResponseError:
            # A managed Redis that does not show its settings: whoever named it has looked.
            refused = not self._named
        if refused:
            raise UploadsOffError

    async def _set(self, key: str, value: bytes | str, mine: str, name: str, ttl: int) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, value, ex=ttl)
            pipe.sadd(mine, name)
            pipe.expire(mine, ttl)
            await pipe.execute()

    async def drop(self, uploads: Collection[str]) -> None:
        """Delete pictures: their job has ended."""
        if uploads:
            await self._redis.delete(*map(key_of, uploads))

    async def painted(self, job_id: str) -> bytes | None:
        """The picture that a job painted, if it is still there."""
        return cast(bytes | None, await self._redis.get(key_of(job_id)))

    async def forget(self, author: Author) -> None:
        """Delete all pictures of a person, and where they are."""
        for mine, key in ((uploads_of(author), key_of), (photos_of(author), photo_of)):
            names = cast(set[bytes], await cast(Any, self._redis.smembers(mine)))
            await self._redis.delete(mine, *(key(name.decode()) for name in names))
