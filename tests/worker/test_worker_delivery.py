"""Results on their way to a chat: at least once, as an edit when it is not the first time."""

from __future__ import annotations

import asyncio

import pytest
from asking import PATIENCE

from generator.spec import AvatarSpec
from worker.delivery import GROUP
from worker.jobs import Address


def finish(books, asked, picture=b"png"):
    """What a worker would do with the next job."""
    (claim,) = books.claim([], more=1)
    books.begin([claim.job_id])
    assert books.done(asked, (AvatarSpec(),), [picture], 0.1)


async def finished(queue, books, asked):
    await queue.submit(asked)
    finish(books, asked)
    return asked


async def nothing_comes(listener, seconds=0.3):
    waiting = asyncio.ensure_future(anext(listener))
    done, _ = await asyncio.wait([waiting], timeout=seconds)
    waiting.cancel()
    return not done


async def unread(queue, platform="console"):
    return await queue._redis.xlen(f"moemoji:events:{platform}")


async def test_a_result_comes_with_its_record_and_pictures(queue, request_of, ledger, deliveries):
    asked = await finished(queue, ledger(), request_of(prompt="girl"))
    frontend = await deliveries()
    event = await anext(frontend.listen())
    assert (event.job_id, event.kind, event.attempt) == (asked.job_id, "done", 1)
    assert event.record.request == asked
    assert await event.pictures() == [b"png"]
    assert event.error is None
    landed = Address(platform="console", chat_id="7", message_id="33")
    await event.ack(landed)
    assert (await queue.record(asked.job_id)).landed == landed
    assert await unread(queue) == 0


async def test_a_record_that_cannot_be_read_holds_nobody_up(queue, request_of, ledger, deliveries):
    books = ledger()
    spoilt = await finished(queue, books, request_of("a"))
    await queue._redis.set(f"moemoji:request:{spoilt.job_id}", "{}")
    asked = await finished(queue, books, request_of("b"))
    event = await anext((await deliveries()).listen())
    assert event.job_id == asked.job_id
    await event.ack()
    assert await unread(queue) == 0


async def test_each_platform_has_its_own(queue, request_of, ledger, deliveries):
    books = ledger()
    await finished(queue, books, request_of("a", platform="discord"))
    asked = await finished(queue, books, request_of("b", platform="telegram"))
    telegram = (await deliveries("telegram")).listen()
    event = await anext(telegram)
    assert event.job_id == asked.job_id
    await event.ack()
    assert await nothing_comes(telegram)
    assert await unread(queue, "discord") == 1


async def test_a_frontend_that_was_away_gets_what_it_missed(
    queue, request_of, ledger, deliveries, collect
):
    books = ledger()
    before = [await finished(queue, books, request_of(str(n))) for n in range(40)]
    events = await collect(await deliveries(), 40)
    assert [event.job_id for event in events] == [asked.job_id for asked in before]


async def test_what_a_killed_frontend_had_not_sent_comes_first_when_it_is_back(
    queue, request_of, ledger, deliveries, collect
):
    books = ledger()
    jobs = [(await finished(queue, books, request_of(str(n)))).job_id for n in range(20)]
    listener = (await deliveries()).listen()
    first, second = await anext(listener), await anext(listener)
    await second.landed(Address(platform="console", chat_id="7", message_id="34"))
    await first.ack()
    await listener.aclose()
    # The same consumer starts again: what it had read is delivered at once, in order.
    events = await collect(await deliveries(), 19)
    assert [event.job_id for event in events] == jobs[1:]
    assert events[0].record.landed.message_id == "34"
    assert events[1].record.landed is None
    assert await unread(queue) == 0


async def test_another_frontend_takes_over_from_one_that_is_gone(
    queue, request_of, ledger, deliveries
):
    asked = await finished(queue, ledger(), request_of())
    await anext((await deliveries(consumer="gone")).listen())
    other = (await deliveries(consumer="other")).listen()
    event = await asyncio.wait_for(anext(other), PATIENCE)
    assert event.job_id == asked.job_id
    await event.ack()
    assert await nothing_comes(other, 0.6)


async def test_a_chat_that_refuses_is_tried_again_with_growing_pauses(
    queue, request_of, ledger, deliveries
):
    books = ledger()
    stubborn = await finished(queue, books, request_of("a"))
    listener = (await deliveries()).listen()
    times = []
    other = None
    while True:
        event = await asyncio.wait_for(anext(listener), PATIENCE)
        if event.job_id != stubborn.job_id:
            other = event.job_id
            await event.ack()
            continue
        times.append(asyncio.get_running_loop().time())
        assert event.attempt == len(times)
        if not await event.retry(ConnectionError("chat is away")):
            break
        if len(times) == 1:
            # Others are not held up.
            await finished(queue, books, request_of("b"))
    assert other is not None
    assert len(times) == 3
    assert times[1] - times[0] >= 0.1
    assert times[2] - times[1] >= 0.2
    assert await unread(queue) == 0


async def test_an_unanswered_event_comes_again(queue, request_of, ledger, deliveries):
    await finished(queue, ledger(), request_of())
    listener = (await deliveries()).listen()
    first = await anext(listener)
    again = await asyncio.wait_for(anext(listener), PATIENCE)
    assert (first.attempt, again.attempt) == (1, 2)
    await again.ack()


async def test_what_is_acknowledged_while_it_is_read_again_does_not_come_again(
    queue, request_of, ledger, deliveries
):
    listening = await deliveries(reclaim=0.004)
    books, acknowledged, again, tasks = ledger(), set(), [], []
    for number in range(60):
        await finished(queue, books, request_of(str(number)))

    async def show(event):
        # About as long as it takes until it is read again.
        await asyncio.sleep(number_of(event) % 12 / 1000)
        await event.ack()
        acknowledged.add(event.entry)

    def number_of(event):
        return int(event.record.request.author.user_id)

    async def listen():
        async for event in listening.listen():
            if event.entry in acknowledged:
                again.append(event.job_id)
            tasks.append(asyncio.create_task(show(event)))

    ear = asyncio.create_task(listen())
    while len(acknowledged) < 60:
        await asyncio.sleep(0.05)
    ear.cancel()
    await asyncio.wait([ear, *tasks])
    assert not again


async def test_nobody_is_told_of_what_its_author_wanted_forgotten(
    queue, request_of, ledger, deliveries
):
    await finished(queue, ledger(), request_of("me"))
    await queue.forget("console", "me")
    assert await nothing_comes((await deliveries()).listen())
    assert await unread(queue) == 0


async def test_acknowledging_does_not_bring_a_forgotten_record_back(
    queue, request_of, ledger, deliveries
):
    asked = await finished(queue, ledger(), request_of("me"))
    event = await anext((await deliveries()).listen())
    await queue.forget("console", "me")
    await event.ack(Address(platform="console", chat_id="7", message_id="1"))
    assert not await queue._redis.exists(f"moemoji:record:{asked.job_id}")


async def test_a_cancelled_job_is_told(queue, request_of, deliveries, collect):
    job_id = await queue.submit(request_of())
    await queue.cancel(job_id, None)
    (event,) = await collect(await deliveries(), 1)
    assert (event.job_id, event.kind) == (job_id, "cancelled")
    assert await event.pictures() is None


async def test_it_listens_on_through_a_restart_and_a_loss_of_redis(
    server, queue, request_of, ledger, deliveries
):
    books = ledger()
    frontend = await deliveries()
    listener = frontend.listen()
    assert await nothing_comes(listener, 0.1)
    listener = frontend.listen()
    waiting = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0.1)
    server.kill()
    await asyncio.sleep(0.3)
    server.start()
    asked = await finished(queue, books, request_of("a"))
    event = await asyncio.wait_for(waiting, PATIENCE)
    assert event.job_id == asked.job_id
    await event.ack()
    await queue._redis.flushall()
    asked = await finished(queue, books, request_of("b"))
    event = await asyncio.wait_for(anext(listener), PATIENCE)
    assert event.job_id == asked.job_id
    groups = await queue._redis.xinfo_groups("moemoji:events:console")
    assert groups[0]["name"] == GROUP.encode()


@pytest.mark.parametrize("what", ["listen", "progress"])
async def test_it_can_be_cancelled_at_any_moment(deliveries, what):
    late = []
    for moment in range(32):
        frontend = await deliveries()

        async def listen(frontend=frontend):
            async for _ in getattr(frontend, what)():
                pass

        listening = asyncio.create_task(listen())
        for _ in range(moment):
            await asyncio.sleep(0)
        listening.cancel()
        _, pending = await asyncio.wait([listening], timeout=20)
        if pending:
            late.append(moment)
            while not listening.done():
                listening.cancel()
                await asyncio.wait([listening], timeout=0.2)
        await frontend.close()
    assert late == []


async def test_progress_is_told_to_who_listens(queue, request_of, ledger, deliveries):
    books = ledger()
    news = (await deliveries()).progress()
    heard = asyncio.ensure_future(anext(news))
    while (await queue._redis.pubsub_numsub("moemoji:progress:console"))[0][1] == 0:
        await asyncio.sleep(0.01)
    first = await queue.submit(request_of("a"))
    second = await queue.submit(request_of("b"))
    books.pace(2)
    books.tell_line()
    told = [await asyncio.wait_for(heard, PATIENCE), await asyncio.wait_for(anext(news), PATIENCE)]
    assert [(news.job_id, news.state, news.place) for news in told] == [
        (first, "queued", 1),
        (second, "queued", 2),
    ]
    assert told[1].seconds == 6
    books.claim([], more=1)
    books.begin([first])
    told = await asyncio.wait_for(anext(news), PATIENCE)
    assert (told.job_id, told.state) == (first, "drawing")
