"""The queue as the frontends see it, against a real Redis and an imagined worker."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading

import pytest
from pydantic import ValidationError

from generator.spec import AvatarSpec
from generator.wish import Wish
from worker.errors import TEXT_KEYS, BusyError, StoreAwayError
from worker.jobs import Address, Author, Variation, parse_request
from worker.queue import JobQueue, keys_without_ttl
from worker.settings import QueueSettings


def draw_next(books, count=1):
    """What a worker would do: claim, begin, finish. Answers the ids in order."""
    claims = books.claim([], more=count)
    for claim in claims:
        assert books.begin([claim.job_id])
        assert books.done(claim.request, (AvatarSpec(),), [b"png"], 0.1)
    return [claim.job_id for claim in claims]


async def test_a_request_comes_back_as_it_was(queue, request_of):
    asked = request_of(
        prompt="cute girl",
        wish=Wish(hair="twintails", wear=frozenset({"glasses"})),
        once="5:reroll",
        background="#ffeecc",
        address=Address(platform="console", chat_id="7", token="t0ken", token_expires=9.5),
    )
    job_id = await queue.submit(asked)
    record = await queue.record(job_id)
    assert record.request == asked
    assert record.state == "queued"
    assert record.open
    assert await queue.recent(asked.author) == [job_id] == await queue.open_jobs(asked.author)


async def test_nothing_private_is_in_reprs_or_in_what_rq_logs(queue, request_of, server):
    asked = request_of(
        prompt="my secret wish",
        address=Address(platform="console", chat_id="7", token="t0ken"),
    )
    await queue.submit(asked)
    assert "secret" not in repr(asked)
    assert "t0ken" not in repr(asked)
    fields = await queue._redis.hgetall(f"rq:job:{asked.job_id}")
    assert fields[b"description"] == f"draw {asked.job_id}".encode()
    assert b"secret" not in b"".join(fields.values())


def test_a_request_is_checked(request_of):
    with pytest.raises(ValidationError):
        request_of(count=2, specs=(AvatarSpec(),))
    with pytest.raises(ValidationError):
        request_of(variation=Variation(parent="p", index=0))
    with pytest.raises(ValidationError):
        parse_request(request_of().model_dump_json().replace('"version":1', '"version":2'))
    with pytest.raises(ValidationError):
        request_of(job_id="no spaces")
    with pytest.raises(ValidationError):
        request_of(background="no such colour")
    assert request_of(background="sakura").background == "sakura"


async def test_a_users_second_job_waits_behind_everybodys_first(queue, request_of, ledger):
    books = ledger()
    for name in ("a1", "a2", "a3", "b1", "b2", "c1"):
        await queue.submit(request_of(name[0], job_id=name))
    places = [(await queue.position(name)).place for name in ("a1", "b1", "c1", "a2", "b2", "a3")]
    assert places == [1, 2, 3, 4, 5, 6]
    # When a1 is done, a2 is a's first: it joins the end of the line, ahead of b2.
    assert draw_next(books) == ["a1"]
    await queue.submit(request_of("d", job_id="d1"))
    assert [draw_next(books)[0] for _ in range(6)] == ["b1", "c1", "a2", "d1", "b2", "a3"]


async def test_a_crowd_of_new_users_cannot_starve_a_second_job(queue, request_of, ledger):
    books = ledger()
    await queue.submit(request_of("a", job_id="a1"))
    await queue.submit(request_of("a", job_id="a2"))
    drawn = []
    for step in range(6):
        await queue.submit(request_of(f"new{step}"))
        drawn += draw_next(books)
    assert drawn.index("a2") <= 2


async def test_the_high_queue_is_for_first_jobs_only(queue, request_of):
    await queue.submit(request_of("b", job_id="b1"))
    await queue.submit(request_of("a", job_id="a1", lane="high"))
    await queue.submit(request_of("a", job_id="a2", lane="high"))
    places = [(await queue.position(name)).place for name in ("a1", "b1", "a2")]
    assert places == [1, 2, 3]


async def test_ranks_hold_in_any_order_of_events(queue, request_of, ledger):
    """No job is drawn while an older-ranked one of somebody else waits, whatever happens."""
    books, rng = ledger(), random.Random(3)
    waiting: dict[str, list[str]] = {f"u{n}": [] for n in range(6)}
    for _ in range(120):
        user = rng.choice(sorted(waiting))
        chance = rng.random()
        if chance < 0.55 and len(waiting[user]) < 5:
            waiting[user].append(await queue.submit(request_of(user)))
        elif chance < 0.65 and waiting[user]:
            gone = rng.choice(waiting[user])
            assert await queue.cancel(gone, None)
            waiting[user].remove(gone)
        else:
            for drawn in draw_next(books):
                owner = next(user for user, ids in waiting.items() if drawn in ids)
                assert waiting[owner][0] == drawn
                waiting[owner].remove(drawn)
        open_jobs = [job_id for ids in waiting.values() for job_id in ids]
        positions = {job_id: (await queue.position(job_id)).place for job_id in open_jobs}
        assert sorted(positions.values()) == list(range(1, len(open_jobs) + 1))
        ranks = {job_id: rank for ids in waiting.values() for rank, job_id in enumerate(ids)}
        order = sorted(open_jobs, key=positions.__getitem__)
        assert [ranks[job_id] for job_id in order] == sorted(ranks.values())


async def test_at_most_so_many_jobs_of_a_user(queue, request_of, ledger):
    tries = [queue.submit(request_of("a")) for _ in range(20)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, BusyError)]
    assert len(refused) == 15
    assert refused[0].key == "too-many-jobs"
    assert refused[0].params == {"limit": 5}
    await queue.submit(request_of("b"))
    draw_next(ledger())
    await queue.submit(request_of("a"))


async def test_a_full_queue_is_said(server, request_of):
    queue = await JobQueue.connect(server.url, QueueSettings(queue_limit=2))
    await queue.submit(request_of("a"))
    await queue.submit(request_of("b"))
    with pytest.raises(BusyError) as refusal:
        await queue.submit(request_of("c"))
    assert refusal.value.key == "queue-full"
    await queue.close()


async def test_double_clicks_make_one_job(queue, request_of, ledger):
    queue.settings = QueueSettings(double_click=60)
    clicks = [queue.submit(request_of("a", once="9:reroll")) for _ in range(5)]
    ids = set(await asyncio.gather(*clicks))
    assert len(ids) == 1
    assert await queue.submit(request_of("b", once="9:reroll")) not in ids
    assert await queue.submit(request_of("a", once="9:other")) not in ids
    # Fast as the drawing may be, the second half of a double click is no new wish...
    draw_next(ledger(), 3)
    assert {await queue.submit(request_of("a", once="9:reroll"))} == ids
    # ... but a moment later it is.
    queue.settings = QueueSettings(double_click=0.01)
    await asyncio.sleep(0.02)
    assert await queue.submit(request_of("a", once="9:reroll")) not in ids


async def test_the_same_job_twice_is_one(queue, request_of):
    asked = request_of()
    assert await queue.submit(asked) == await queue.submit(asked) == asked.job_id
    assert len(await queue.open_jobs(asked.author)) == 1


async def test_cancel_is_for_the_author_or_a_moderator(queue, request_of):
    stranger = Author(platform="console", user_id="stranger")
    first, second = await queue.submit(request_of()), await queue.submit(request_of())
    assert not await queue.cancel(first, stranger)
    assert await queue.cancel(first, request_of().author)
    assert not await queue.cancel(first, request_of().author)
    assert (await queue.record(first)).state == "cancelled"
    assert await queue.position(first) is None
    assert (await queue.position(second)).place == 1
    assert await queue.cancel(second, None)
    assert not await queue.cancel("unknown", None)


async def test_a_result_is_kept_and_a_second_finisher_changes_nothing(queue, request_of, ledger):
    asked = request_of()
    await queue.submit(asked)
    mine, other = ledger("w1"), ledger("w2")
    assert [(claim.job_id, claim.attempts) for claim in mine.claim([], more=9)] == [
        (asked.job_id, 0)
    ]
    # Asked again because the answer got lost, it is the same; to others it is taken.
    assert len(mine.claim([asked.job_id])) == 1
    assert other.claim([asked.job_id]) == []
    assert other.begin([asked.job_id]) == set()
    assert mine.begin([asked.job_id]) == {asked.job_id}
    assert not other.done(asked, (), [b"theirs"], 1.0)
    assert mine.done(asked, (AvatarSpec(seed=4),), [b"mine"], 0.25)
    assert not mine.done(asked, (), [b"again"], 1.0)
    record = await queue.record(asked.job_id)
    assert (record.state, record.attempts, record.draw_seconds) == ("done", 1, 0.25)
    assert record.specs == (AvatarSpec(seed=4),)
    assert record.submitted <= record.started <= record.finished
    assert await queue.result(asked.job_id) == [b"mine"]
    assert await queue._redis.xlen("moemoji:events:console") == 1


async def test_position_says_how_long_by_a_moving_average(queue, request_of, ledger):
    books = ledger()
    books.beat([])
    ids = [await queue.submit(request_of(str(user))) for user in range(3)]
    books.pace(4.0)
    assert [(await queue.position(job_id)).seconds for job_id in ids] == [8, 12, 16]
    books.pace(9.0)
    assert (await queue.position(ids[0])).seconds == pytest.approx(10)
    ledger("w2").beat([])
    assert await queue.workers() == 2
    assert (await queue.position(ids[0])).seconds == pytest.approx(5)
    books.claim([], more=1)
    assert (await queue.position(ids[0])).place == 0
    assert await queue.position("unknown") is None


async def test_everything_expires(queue, request_of, ledger):
    author = request_of().author
    upload = await queue.upload(author, b"jpeg")
    asked = request_of(once="c", uploads=(upload,))
    await queue.submit(asked)
    for user in "aab":
        await queue.submit(request_of(user))
    await queue.cancel(await queue.submit(request_of("c")), None)
    books = ledger()
    books.beat([])
    ttl = queue._redis.ttl
    held = [f"moemoji:upload:{upload}", f"moemoji:uploads:{author.key}"]
    assert all([800 < await queue._memory.ttl(key) <= 900 for key in held])
    draw_next(books)
    books.pace(1)
    assert await keys_without_ttl(queue._redis) == []
    # An upload goes as soon as its job is done.
    assert not await queue._memory.exists(f"moemoji:upload:{upload}")
    assert 86000 < await ttl(f"moemoji:result:{asked.job_id}") <= 86400
    assert 2591000 < await ttl(f"moemoji:request:{asked.job_id}") <= 2592000
    assert 2591000 < await ttl(f"moemoji:record:{asked.job_id}") <= 2592000
    draw_next(books, 5)
    async for key in queue._redis.scan_iter("rq:*"):
        assert key == b"rq:queues" or 0 < await ttl(key) <= 60


async def test_uploads_go_with_a_cancelled_job_too(queue, request_of):
    upload = await queue.upload(request_of().author, b"jpeg")
    asked = request_of(uploads=(upload,))
    await queue.submit(asked)
    assert await queue.cancel(asked.job_id, None)
    assert not await queue._memory.exists(f"moemoji:upload:{upload}")


async def test_a_redis_that_is_full_is_a_sentence(queue, request_of):
    await queue._redis.config_set("maxmemory", "1")
    with pytest.raises(StoreAwayError):
        await queue.submit(request_of())
    await queue._redis.config_set("maxmemory", "0")
    await queue.submit(request_of())


async def test_the_forgotten_leave_nothing(queue, request_of, ledger):
    author, books = request_of("me").author, ledger()
    await queue.submit(request_of("me", prompt="Pr0mpt", once="x"))
    draw_next(books)
    running = await queue.submit(request_of("me", prompt="Pr0mpt"))
    books.begin([claim.job_id for claim in books.claim([], more=1)])
    await queue.submit(request_of("me", uploads=(await queue.upload(author, b"Ph0to"),)))
    other = await queue.submit(request_of("other"))
    assert await queue.forget("console", "me") == 3
    assert await queue.record(running) is None
    assert not books.done(request_of("me", job_id=running), (), [b"late"], 1.0)
    assert await queue._memory.dbsize() == 0
    for key in [key async for key in queue._redis.scan_iter()]:
        value = await queue._redis.dump(key)
        assert b"Pr0mpt" not in value
        assert b"console:me" not in key
    assert draw_next(books, 9) == [other]


async def test_redis_away_is_a_sentence_not_a_crash(server, queue, request_of):
    server.stop()
    with pytest.raises(StoreAwayError) as refusal:
        await queue.submit(request_of())
    assert refusal.value.key in TEXT_KEYS


async def test_no_call_holds_the_event_loop(server, queue, request_of):
    asked = request_of()
    await queue.submit(asked)
    os.kill(server.pid, signal.SIGSTOP)
    # If a call waited for Redis itself, nothing here would go on until this.
    rescue = threading.Timer(20, os.kill, (server.pid, signal.SIGCONT))
    rescue.start()
    calls = [
        asyncio.create_task(call)
        for call in (
            queue.submit(request_of("2")),
            queue.position(asked.job_id),
            queue.record(asked.job_id),
            queue.result(asked.job_id),
            queue.open_jobs(asked.author),
            queue.cancel(asked.job_id, asked.author),
        )
    ]
    for _ in range(10):
        await asyncio.sleep(0.01)
        assert not any(call.done() for call in calls)
    os.kill(server.pid, signal.SIGCONT)
    await asyncio.gather(*calls)
    rescue.cancel()


def test_the_frontends_side_is_free_of_torch():
    code = (
        "import sys, worker.jobs, worker.queue, worker.delivery; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_chat_and_the_command_line_draw_the_same_four(request_of):
    from generator.drawing import specs_of as drawn_by_command
    from worker.tasks import specs_of

    wish = Wish(hair="twintails")
    four = specs_of(request_of(wish=wish, seed=7, count=4))
    assert four == drawn_by_command(wish, 7, 4)
    assert four[:2] == drawn_by_command(wish, 7, 2)
