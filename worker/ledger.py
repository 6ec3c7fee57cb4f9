"""The worker's side of the books: claim, begin, finish, beat and sweep, as plain calls.

Each is one Lua script (`worker.scripts`) and safe to repeat, so the connection may retry.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import redis
from pydantic import TypeAdapter, ValidationError
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from generator.spec import AvatarSpec
from worker import scripts
from worker.errors import PhotosGoneError, StoreAwayError
from worker.jobs import Read, Request, StylizeRequest, parse_request
from worker.queue import DEFAULT_PACE, RETRIED
from worker.scripts import PREFIX, QUEUES
from worker.settings import WorkerSettings
from worker.skills import SKILLS, SKILLS_TTL, Skills, skills_of
from worker.upload_store import key_of, uploads_of

_SPECS: TypeAdapter[tuple[AvatarSpec, ...]] = TypeAdapter(tuple[AvatarSpec, ...])

TOLD_PLACES = frozenset({1, 2, 3, 4, 5, 6, 7, 9, 11, 14, 18, 23, 29, 36})
"""Places in the line at which a waiting message is worth an edit."""


class Patience(Retry):
    """How long a client puts up with a Redis that is away; may be ended from anywhere.

    redis-py nests its attempts (to send a command, it tries as often to connect), so that 40 of
    them a second apart may be half an hour.

    Args:
        attempts: Over how many broken connections a command is repeated, about a second apart.
    """

    def __init__(self, attempts: int) -> None:
        super().__init__(ExponentialBackoff(cap=1.0, base=0.05), attempts)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # Each connection makes itself a copy; all shall hear of the end.
        return self

    def end(self) -> None:
        """From now on the first failure counts, also for a command that is being repeated."""
        self.update_retries(0)


def connection(url: str, *, attempts: int | Patience) -> redis.Redis:
    """A client that repeats a command over `attempts` broken connections, about a second apart."""
    return redis.Redis.from_url(
        url,
        retry=attempts if isinstance(attempts, Patience) else Patience(attempts),
        retry_on_error=list(RETRIED),
        socket_timeout=5,
        socket_connect_timeout=2,
    )


@dataclass(frozen=True)
class Claim:
    """A job that is this worker's to draw."""

    job_id: str
    attempts: int
    """How often it was begun before."""
    request: Request | None
    """None if what is stored cannot be read: a frontend of a later version wrote it."""


class Ledger:
    """Books of one worker.

    Args:
        client: From `connection`.
        owner: The worker's name, unique among all workers.
    """

    def __init__(self, client: redis.Redis, owner: str, settings: WorkerSettings) -> None:
        self.redis = client
        self.owner = owner
        self.settings = settings
        url = settings.uploads_url
        self._memory = client if url is None else connection(url.get_secret_value(), attempts=1)
        self._claim = client.register_script(scripts.CLAIM)
        self._begin = client.register_script(scripts.BEGIN)
        self._finish = client.register_script(scripts.FINISH)
        self._pace = client.register_script(scripts.PACE)
        self._beat = client.register_script(scripts.BEAT)
        self._release = client.register_script(scripts.RELEASE)
        self._sweep = client.register_script(scripts.SWEEP)
        self._told: dict[bytes, int] = {}

    def claim(self, ids: Sequence[str], more: int = 0) -> list[Claim]:
        """Make jobs this worker's, in one round trip.

        Args:
            ids: Popped already; those cancelled or claimed elsewhere are left out.
            more: Up to so many further jobs, if they wait already.
        """
        claims = []
        found = self._claim(args=[self.owner, self.settings.lease, more, *ids])
        for job_id, before, stored in cast(list[tuple[bytes, int, bytes | None]], found):
            try:
                request = parse_request(stored) if stored is not None else None
            except ValidationError:
                request = None
            claims.append(Claim(job_id.decode(), before, request))
        return claims

    def begin(self, ids: Sequence[str]) -> set[str]:
        """Count an attempt on each and tell their platforms; answers those still to be drawn."""
        answers = cast(list[int], self._begin(args=[self.owner, *ids]))
        return {job_id for job_id, mine in zip(ids, answers, strict=True) if mine}

    def uploads(self, request: Request) -> list[bytes]:
        """The pictures that were sent in with a request, in order.

        Raises:
            PhotosGoneError: if one of them is not there any more.
            StoreAwayError: if the Redis that holds them cannot be reached: the job fails with it.
        """
        if not request.uploads:
            return []
        try:
            found = self._memory.mget([key_of(upload) for upload in request.uploads])
        except RETRIED as error:
            raise StoreAwayError from error
        kept = [data for data in cast(list[bytes | None], found) if data is not None]
        if len(kept) < len(request.uploads):
            raise PhotosGoneError
        return kept

    def done(
        self,
        request: Request,
        specs: tuple[AvatarSpec, ...],
        pictures: Sequence[bytes],
        seconds: float,
        read: Read | None = None,
    ) -> bool:
        """Write result, record and event in one step; False if the job is no longer ours.

        A painted photo is still somebody's face: it stays where no disk is, as long as a photo.
        """
        args: list[Any] = [request.job_id, self.owner, "done", "", ""]
        args += [_SPECS.dump_json(specs), f"{seconds:.6f}", self.settings.result_ttl]
        args.append("" if read is None else read.model_dump_json())
        if not isinstance(request, StylizeRequest):
            return self._ended([*args, *pictures], request)
        self._keep_painted(request, pictures[0])
        if self._ended(args, request):
            return True
        self._drop([request.job_id])
        return False

    def _keep_painted(self, request: StylizeRequest, picture: bytes) -> None:
        ttl, mine = self.settings.upload_ttl, uploads_of(request.author)
        try:
            with self._memory.pipeline(transaction=True) as pipe:
                pipe.set(key_of(request.job_id), picture, ex=ttl)
                pipe.sadd(mine, request.job_id)
                pipe.expire(mine, ttl)
                pipe.execute()
        except redis.exceptions.RedisError as error:
            raise StoreAwayError from error

    def failed(self, claim: Claim, error: str, params: Mapping[str, Any] | None = None) -> bool:
        """Write the failure and its event; False if the job is no longer ours.

        Args:
            claim: The job.
            error: A text key.
            params: Values for that text.
        """
        args = [claim.job_id, self.owner, "failed", error, json.dumps(params or {})]
        args += ["", "", str(self.settings.result_ttl), ""]
        return self._ended(args, claim.request)

    def _ended(self, args: Sequence[Any], request: Request | None) -> bool:
        finished = bool(self._finish(args=args))
        # If not: another worker may be at it, and need them.
        if finished and request is not None:
            self._drop(request.uploads)
        return finished

    def _drop(self, uploads: Collection[str]) -> None:
        """Delete what was sent in with a job that has ended; else it goes after its 15 minutes."""
        if uploads:
            with contextlib.suppress(redis.exceptions.RedisError):
                self._memory.delete(*map(key_of, uploads))

    def pace(self, seconds_per_job: float) -> None:
        """Feed the moving average behind `JobQueue.position`."""
        self._pace(args=[f"{seconds_per_job:.6f}"])

    def beat(self, ids: Collection[str]) -> None:
        """A sign of life: renew this worker's and its jobs' leases."""
        self._beat(args=[self.owner, self.settings.lease, *ids])

    def offer(self, skills: Skills) -> None:
        """Tell the frontends what this worker can do."""
        told = skills.model_dump_json()
        with self.redis.pipeline(transaction=False) as pipe:
            pipe.set(skills_of(self.owner), told, px=round(2000 * self.settings.lease))
            pipe.set(SKILLS, told, ex=SKILLS_TTL)
            pipe.execute()

    def release(self, ids: Collection[str]) -> None:
        """Let the next sweep take these jobs at once instead of when their lease is over."""
        self._release(args=[self.owner, *ids])

    def cancelled(self, ids: Sequence[str]) -> set[str]:
        """Those of the jobs that are no longer being drawn by this worker."""
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in ids:
                pipe.hmget(f"{PREFIX}record:{job_id}", "state", "owner")
            answers = pipe.execute()
        mine = [b"drawing", self.owner.encode()]
        return {job_id for job_id, held in zip(ids, answers, strict=True) if held != mine}

    def sweep(self) -> list[tuple[str, str]]:
        """Take jobs back from dead workers, find lost ones, give up on those that waited too long.

        Any worker may do so at any time.

        Returns:
            Pairs of job id and "requeued", "found", "failed" or "expired".
        """
        limits = self.settings
        answer = cast(
            list[bytes], self._sweep(args=[limits.requeues, limits.patience, limits.lost_after])
        )
        flat = [item.decode() for item in answer]
        swept = list(zip(flat[::2], flat[1::2], strict=True))
        for job_id, what in swept:
            if what in ("failed", "expired"):
                uploads = self.redis.hget(f"{PREFIX}record:{job_id}", "uploads")
                self._drop((cast(bytes | None, uploads) or b"").decode().split())
        return swept

    def tell_line(self) -> None:
        """Publish the places of waiting jobs that changed; one worker a second does it for all."""
        if not self.redis.set(f"{PREFIX}teller", self.owner, nx=True, px=900):
            return
        with self.redis.pipeline(transaction=True) as pipe:
            for name in QUEUES:
                pipe.lrange(f"rq:queue:{name}", 0, max(TOLD_PLACES))
            pipe.get(f"{PREFIX}pace")
            pipe.zcard(f"{PREFIX}workers")
            *lists, pace, workers = pipe.execute()
        each = (float(pace) if pace else DEFAULT_PACE) / max(1, workers)
        line = [job_id for ids in lists for job_id in ids]
        places = {job_id: at for at, job_id in enumerate(line, 1) if at in TOLD_PLACES}
        news = {job_id: at for job_id, at in places.items() if self._told.get(job_id) != at}
        self._told = places
        if not news:
            return
        with self.redis.pipeline(transaction=False) as pipe:
            for job_id in news:
                pipe.hget(f"{PREFIX}record:{job_id.decode()}", "platform")
            platforms = pipe.execute()
            for (job_id, at), platform in zip(news.items(), platforms, strict=True):
                if platform is not None:
                    told = {"job_id": job_id.decode(), "state": "queued", "place": at}
                    told["seconds"] = each * (at + 1)
                    pipe.publish(f"{PREFIX}progress:{platform.decode()}", json.dumps(told))
            pipe.execute()
