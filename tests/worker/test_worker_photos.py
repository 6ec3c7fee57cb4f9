"""Jobs about pictures in real worker processes, and what is left of the pictures in both Redis."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from asking import PATIENCE
from PIL import Image

# The repository's root, for "tests.e2e...".
sys.path.insert(0, str(Path(__file__).parents[2]))

from generator.faces import load_reader
from generator.photo import open_photo
from generator.spec import AvatarSpec
from generator.style.faces import mask_of
from generator.wish import Wish
from tests.e2e.people_in_photos import DARK, FAIR, landscape, photo
from tests.packs.networks import onnx_bytes, write_manifest
from tests.style.small import write_weights
from worker.errors import StoreAwayError
from worker.jobs import Address, Author, BlendRequest, SelfieRequest, Source, StylizeRequest
from worker.models import ENCODER_WEIGHTS
from worker.queue import connection, keys_without_ttl

pytest.importorskip("mediapipe")
ME = Author(platform="console", user_id="1")
HERE = Address(platform="console", chat_id="7")
# Loading what reads photos may keep a busy machine from beating for seconds.
PATIENT = {"MOEMOJI_LEASE": "20"}
SLOW = PATIENT | {"MOEMOJI_TEST_PACE": "1.2", "MOEMOJI_BATCH_PICTURES": "1"}


async def sent(queue, kind, *pictures: bytes, **fields):
    """A request of a kind with pictures, handed in."""
    uploads = tuple([await queue.upload(ME, data) for data in pictures])
    request = kind(author=ME, address=HERE, uploads=uploads, **fields)
    return await queue.submit(request)


async def keys(*urls: str) -> list[str]:
    """Every key of both."""
    found = []
    for url in urls:
        async with connection(url) as client:
            found += [key.decode() async for key in client.scan_iter(count=1000)]
    return found


async def no_uploads(server, memory) -> None:
    """Wait until no picture that was sent in is anywhere."""
    async with asyncio.timeout(PATIENCE):
        while any(
            key.startswith("moemoji:upload:") and len(key) == len("moemoji:upload:") + 24
            for key in await keys(server.url, memory.url)
        ):
            await asyncio.sleep(0.02)


async def test_a_photo_is_gone_when_its_job_has_ended(
    queue, server, memory, spawn, deliveries, collect, until, tmp_path
):
    worker = await spawn(MOEMOJI_STYLE_WEIGHTS=str(tmp_path / "none"), **PATIENT).ready()
    frontend = await deliveries()
    ends = {
        await sent(queue, SelfieRequest, photo(FAIR)): ("done", None),
        await sent(queue, SelfieRequest, b"no picture"): ("failed", "photo.format"),
        await sent(queue, SelfieRequest, landscape()): ("failed", "no-face"),
        await sent(queue, StylizeRequest, landscape(), style="nobody"): ("failed", "draw-failed"),
    }
    # The style network is not there: an error of ours, not the person's.
    events = await collect(frontend, 4)
    assert {event.job_id: (event.kind, event.error) for event in events} == ends
    await no_uploads(server, memory)
    for url in (server.url, memory.url):
        async with connection(url) as client:
            assert await keys_without_ttl(client) == []
    done = next(event for event in events if event.kind == "done")
    assert len(done.record.specs) == 4
    assert len(done.record.read.people) == 1
    assert worker.process.poll() is None


async def test_a_photo_is_gone_when_its_job_is_cancelled(
    queue, server, memory, spawn, deliveries, collect, until
):
    waiting = await sent(queue, SelfieRequest, photo(FAIR))
    assert await queue.cancel(waiting, ME)
    await no_uploads(server, memory)
    worker = await spawn(**SLOW).ready()
    drawing = await sent(queue, SelfieRequest, photo(FAIR))
    # It has the photo, and looks at it.
    maps = Path(f"/proc/{worker.process.pid}/maps")
    await until(lambda: "mediapipe" in maps.read_text())
    assert await queue.cancel(drawing, ME)
    await no_uploads(server, memory)
    events = await collect(await deliveries(), 2)
    assert [event.kind for event in events] == ["cancelled", "cancelled"]
    # It stops between two steps, and has drawn nothing that is kept.
    await until(lambda: "dropped" in worker.text())
    assert await queue.result(drawing) is None


async def test_a_photo_that_waited_too_long_is_said(queue, memory, spawn, deliveries, collect):
    await sent(queue, SelfieRequest, photo(FAIR))
    async with connection(memory.url) as client:
        await client.flushall()
    await spawn(**PATIENT).ready()
    (event,) = await collect(await deliveries(), 1)
    assert event.error == "photo-gone"


async def test_a_painted_photo_stays_off_the_disk_and_is_forgotten(
    queue, server, memory, spawn, deliveries, collect, tmp_path
):
    weights = write_weights(tmp_path / "style.safetensors")
    await spawn(MOEMOJI_STYLE_WEIGHTS=str(weights), **PATIENT).ready()
    job = await sent(
        queue, StylizeRequest, photo(FAIR), style="pastel", strength=0.4, keep_colours=True
    )
    (event,) = await collect(await deliveries(), 1)
    assert event.kind == "done"
    (painted,) = await queue.result(job)
    image = Image.open(io.BytesIO(painted))
    assert (image.format, image.info) == ("PNG", {})
    await no_uploads(server, memory)
    async with connection(server.url) as client:
        assert not await client.exists(f"moemoji:result:{job}")
    async with connection(memory.url) as client:
        assert 0 < await client.ttl(f"moemoji:upload:{job}") <= 15 * 60
        await queue.forget("console", "1")
        assert await client.dbsize() == 0
    assert await queue.result(job) is None


async def test_without_the_memory_nothing_is_painted_and_it_is_said(
    queue, memory, spawn, deliveries, collect
):
    await sent(queue, SelfieRequest, photo(FAIR))
    memory.kill()
    await spawn(**PATIENT).ready()
    (event,) = await collect(await deliveries(), 1)
    assert event.error == "store-away"
    with pytest.raises(StoreAwayError):
        await queue.upload(ME, photo(FAIR))


async def test_blends_and_films_of_specs_and_photos(queue, spawn, deliveries, collect):
    await spawn(**PATIENT).ready()
    frontend = await deliveries()
    known = Source(spec=AvatarSpec(hair="bob"))
    sources = (known, Source(upload=0))
    await sent(queue, BlendRequest, photo(DARK), sources=sources)
    (blended,) = await collect(frontend, 1)
    assert len(blended.record.specs) == 4
    assert blended.record.read.figures[0] == known.spec
    one = await sent(queue, BlendRequest, photo(DARK), sources=sources, take={"hair": 0})
    (exact,) = await collect(frontend, 1)
    assert exact.job_id == one
    assert [spec.hair for spec in exact.record.specs] == ["bob"]
    figures = tuple(Source(spec=spec) for spec in blended.record.read.figures)
    await sent(queue, BlendRequest, sources=figures, film=True)
    (film,) = await collect(frontend, 1)
    (data,) = await film.pictures()
    # What moves in it is looked at in tests/e2e: this engine's figures differ in their seeds only.
    assert Image.open(io.BytesIO(data)).format == "GIF"
    assert film.record.read.figures == blended.record.read.figures


async def test_words_never_pay_for_photos(queue, request_of, spawn, deliveries, collect):
    worker = await spawn(**PATIENT).ready()
    frontend = await deliveries()
    maps = Path(f"/proc/{worker.process.pid}/maps")
    await queue.submit(request_of("1"))
    await collect(frontend, 1)
    assert "mediapipe" not in maps.read_text()
    await sent(queue, SelfieRequest, photo(FAIR))
    await collect(frontend, 1)
    assert "mediapipe" in maps.read_text()


async def test_frontends_hear_what_all_workers_can_do(queue, spawn, until, tmp_path):
    assert await queue.skills() is None
    weights = write_weights(tmp_path / "style.safetensors")
    able = await spawn(
        MOEMOJI_STYLE_WEIGHTS=str(weights),
        MOEMOJI_ENCODER_WEIGHTS=str(tmp_path / "none"),
        MOEMOJI_LEASE="5",
    ).ready()

    async def until_styles(count: int) -> None:
        while True:
            queue._skills_until = 0.0
            skills = await queue.skills()
            if skills is not None and len(skills.styles) == count:
                return
            await asyncio.sleep(0.1)

    await until_styles(18)
    skills = await queue.skills()
    assert skills.faces
    assert skills.painting
    assert skills.mixing
    assert not skills.drawings
    assert skills.find("浮世絵").key == "ukiyo_e"
    # One that cannot paint takes jobs as well.
    unable = await spawn(MOEMOJI_PACKS=str(tmp_path), MOEMOJI_STYLE_WEIGHTS=str(tmp_path)).ready()
    await until_styles(0)
    unable.process.kill()
    unable.process.wait()
    await until_styles(18)
    able.process.kill()
    able.process.wait()


def test_the_encoder_is_looked_for_where_it_is():
    from generator.fusion.extraction import WEIGHTS

    assert WEIGHTS == ENCODER_WEIGHTS


async def test_a_drawn_figure_is_read_by_the_encoder(queue, spawn, deliveries, collect, tmp_path):
    from safetensors.torch import save_file
    from torch import nn

    from generator.art.figure import draw
    from generator.compositing import background
    from generator.fusion.extraction import Reader
    from generator.models.encoder import Encoder, vocabulary

    # One that has learned nothing, but that there always is a figure.
    encoder = Encoder()
    nn.init.zeros_(encoder.read.weight)
    nn.init.constant_(encoder.read.bias, 9.0)
    file = tmp_path / "encoder.safetensors"
    state = {name: value.half().contiguous() for name, value in encoder.state_dict().items()}
    save_file(state, file, {"vocabulary": vocabulary()})
    await spawn(MOEMOJI_ENCODER_WEIGHTS=str(file), **PATIENT).ready()
    sources = (Source(spec=AvatarSpec(hair="bob")), Source(upload=0))
    figure, out = draw(Wish(style="moe").complete(0), 512), io.BytesIO()
    background(figure, "#fdf3f4").save(out, "PNG")
    reader, frontend = Reader.load(file), await deliveries()
    for data in (landscape(), out.getvalue()):
        await sent(queue, BlendRequest, data, sources=sources)
        (blended,) = await collect(frontend, 1)
        assert blended.kind == "done"
        # Nobody is to be seen in the one; in the other MediaPipe finds a face, which is drawn.
        assert blended.record.read.figures[1] == reader.read([open_photo(data)])[0].spec
    assert (await queue.skills()).drawings


async def test_blended_styles_and_gentle_faces(
    queue, server, memory, spawn, deliveries, collect, tmp_path
):
    manifest, packs = write_manifest(tmp_path, onnx_bytes()), tmp_path / "packs"
    subprocess.run(
        [sys.executable, "-m", "generator", "models", "pull", "--yes", str(manifest)],
        env=os.environ | {"MOEMOJI_PACKS": str(packs)},
        check=True,
    )
    weights = write_weights(tmp_path / "style.safetensors")
    await spawn(MOEMOJI_STYLE_WEIGHTS=str(weights), MOEMOJI_PACKS=str(packs), **PATIENT).ready()
    frontend = await deliveries()

    async def painted(data: bytes, **fields) -> np.ndarray:
        job = await sent(queue, StylizeRequest, data, **fields)
        (event,) = await collect(frontend, 1)
        assert (event.kind, event.job_id) == ("done", job), event.error
        (picture,) = await queue.result(job)
        return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), float)

    face = photo(FAIR)
    pastel, comic = await painted(face, style="pastel"), await painted(face, style="comic")
    both = await painted(face, blend={"pastel": 3.0, "comic": 1.0})
    one = await painted(face, blend={"pastel": 3.0, "comic": 0.0})
    assert np.array_equal(one, pastel)
    assert 0 < np.abs(both - pastel).mean() < np.abs(comic - pastel).mean()
    # What is gentle is so on the face; there is none in a landscape.
    found = load_reader().read(open_photo(face))
    for style, plain in (
        ("pastel", pastel),
        ("pack.upside", await painted(face, style="pack.upside")),
    ):
        gentle = np.abs(await painted(face, style=style, keep_faces=True) - plain)
        mask = np.asarray(Image.fromarray(mask_of(found)).resize(plain.shape[1::-1])) > 0.99
        assert gentle[mask].mean() > 5 * gentle[~mask].mean(), style
    view = landscape()
    plain = await painted(view, style="pastel")
    assert np.array_equal(await painted(view, style="pastel", keep_faces=True), plain)
    gone = await sent(queue, StylizeRequest, view, blend={"pastel": 1.0, "crayon": 1.0})
    (event,) = await collect(frontend, 1)
    assert (event.job_id, event.error) == (gone, "style-gone")
    # The pack turns colours upside down, also of what is transparent.
    red = Image.new("RGBA", (96, 64), (200, 40, 40, 255))
    red.paste((0, 0, 0, 0), (0, 0, 48, 64))
    out = io.BytesIO()
    red.save(out, "PNG")
    half = await painted(out.getvalue(), style="pack.upside", strength=0.5)
    assert np.allclose(half[32, 10], 127.5, atol=2)
    kept = await painted(out.getvalue(), style="pack.upside", keep_colours=True)
    assert kept[32, 80, 0] > kept[32, 80, 1] + 40
    await no_uploads(server, memory)
