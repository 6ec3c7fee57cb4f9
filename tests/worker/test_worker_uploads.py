"""The check of what people send in, in a real worker process."""

from __future__ import annotations

import io

from PIL import Image

from worker.jobs import Author


def photo(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "JPEG")
    return out.getvalue()


async def test_a_picture_that_is_minded_is_refused_alone(
    queue, request_of, spawn, deliveries, collect
):
    worker = spawn(MOEMOJI_UPLOAD_CHECK="checks:MindsRed")
    sent = {"red": photo("red"), "green": photo("green"), "none": b"no picture at all"}
    jobs = {}
    for name, data in sent.items():
        key = await queue.upload(Author(platform="console", user_id=name), data)
        jobs[name] = await queue.submit(request_of(name, uploads=(key,)))
    jobs["words"] = await queue.submit(request_of("words"))
    await worker.ready()
    told = {event.job_id: event for event in await collect(await deliveries(), 4)}
    assert told[jobs["red"]].error == "upload-refused"
    assert told[jobs["green"]].kind == "done"
    # What it cannot read is not let through.
    assert told[jobs["none"]].error == "draw-failed"
    assert told[jobs["words"]].kind == "done"
    assert "no picture" not in worker.text()


async def test_without_a_check_nobody_looks(queue, request_of, spawn, deliveries, collect):
    key = await queue.upload(Author(platform="console", user_id="1"), photo("red"))
    await queue.submit(request_of("1", uploads=(key,)))
    await spawn().ready()
    (event,) = await collect(await deliveries(), 1)
    assert event.kind == "done"


async def test_a_check_that_cannot_be_loaded_is_one_sentence(spawn):
    for path in ("checks:Broken", "checks:Nothing", "nowhere:Check"):
        worker = spawn(MOEMOJI_UPLOAD_CHECK=path)
        assert await worker.ended() == 78
        assert f"MOEMOJI_UPLOAD_CHECK names {path}" in worker.text()
        assert "Traceback" not in worker.text()
