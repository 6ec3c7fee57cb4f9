"""The whole road as separate processes: is the posted picture that of this wish and this seed?"""

from __future__ import annotations

import io
import os
import re
import sys

import numpy as np
import pytest
from PIL import Image, ImageChops

from bot.texts import texts
from generator.compositing import background, grid
from generator.prompt import parse
from tests.e2e.crowd import crowd
from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.processes import REPOSITORY, SMALL, Program
from tests.worker.engines import RAISES
from worker.embedded import EmbeddedRedis
from worker.queue import connection, keys_without_ttl
from worker.tasks import load_engine

WISH, SEED = "cute girl with pink twintails", 20261122
_WEIGHTS = REPOSITORY / "generator" / "weights" / "moe.safetensors"
ENGINE = os.environ.get("MOEMOJI_TEST_ENGINE") or (
    "generator.engine:Engine" if _WEIGHTS.exists() else SMALL
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel, 0 to 255."""
    assert one.size == other.size
    return int(np.asarray(ImageChops.difference(one, other)).max())


@pytest.fixture
def expected() -> list[Image.Image]:
    """The four candidates, drawn here."""
    return load_engine(ENGINE).draw(list(parse(WISH).wish.candidates(SEED, 4)))


async def test_the_posted_picture_is_that_of_the_wish_and_seed(
    server: EmbeddedRedis,
    discord: FakeDiscord,
    telegram: FakeTelegram,
    expected: list[Image.Image],
) -> None:
    url = server.url
    async with (
        Program("worker", REDIS_URL=url, MOEMOJI_ENGINE=ENGINE) as worker,
        Program("bot", "discord", REDIS_URL=url, **discord.environment) as one,
        Program("bot", "telegram", REDIS_URL=url, **telegram.environment) as other,
    ):
        for program in (worker, one, other):
            await program.ready()
        sent = await discord.slash(7, "avatar", wish=WISH, seed=SEED)
        await telegram.write(8, f"/avatar {WISH} seed:{SEED}")
        await discord.until(lambda: sent.message is not None and bool(sent.message.files))
        await telegram.until(lambda: any(m.kind == "photo" for m in telegram.in_chat(8)))
        assert sent.message is not None
        (posted,) = map(opened, sent.message.files.values())
        (photo,) = map(opened, telegram.in_chat(8)[0].files.values())

        paper = grid([background(image, "#fdf3f4") for image in expected]).convert("RGB")
        # A batch of another size may round a last bit otherwise.
        assert difference(posted, paper) <= 2
        assert difference(photo, posted) <= 2

        files = await discord.click(7, sent.message, "As file")
        await discord.until(lambda: files.message is not None and len(files.message.files) == 4)
        assert files.message is not None
        for data, image in zip(files.message.files.values(), expected, strict=True):
            kept = Image.open(io.BytesIO(data))
            assert kept.mode == "RGBA"
            assert difference(kept.convert("RGB"), image.convert("RGB")) <= 2
        async with connection(url) as client:
            assert await keys_without_ttl(client) == []
        # Told to stop, everything does, with nothing to regret.
        assert [await program.stop() for program in (one, other, worker)] == [0, 0, 0]


async def test_what_goes_wrong_is_one_sentence_with_the_id_that_the_log_has(
    discord: FakeDiscord, telegram: FakeTelegram
) -> None:
    with EmbeddedRedis() as server:
        url = server.url
        faulty = "tests.worker.engines:SmallEngine"
        async with (
            Program("worker", REDIS_URL=url, MOEMOJI_ENGINE=faulty) as worker,
            Program("bot", "discord", REDIS_URL=url, **discord.environment) as one,
            Program("bot", "telegram", REDIS_URL=url, **telegram.environment) as other,
        ):
            for program in (worker, one, other):
                await program.ready()
            wish = f"/avatar 女孩 seed:{RAISES}"
            await telegram.write(9, wish, language="zh-hans")
            sent = await discord.slash(9, "avatar", wish="女の子", seed=RAISES, locale="ja")
            await telegram.until(lambda: any("抱歉" in m.text for m in telegram.in_chat(9)))
            await discord.until(lambda: sent.message is not None and bool(sent.message.content))
            assert sent.message is not None
            said = {"zh_hans": telegram.in_chat(9)[0].text, "ja": sent.message.content}
            for language, sentence in said.items():
                (job_id,) = re.findall(r"[0-9a-z]{12}", sentence)
                assert sentence == texts(language)("errors.draw-failed", job_id=job_id)
                (_,) = (
                    line
                    for line in worker.log.splitlines()
                    if "draw-failed" in line and job_id in line
                )
                assert "女" not in worker.log


async def test_a_hundred_commands_at_once_are_all_answered(
    server: EmbeddedRedis, telegram: FakeTelegram
) -> None:
    took, longest = await crowd(server.url, telegram, WISH)
    assert len(telegram.messages) >= 100
    assert longest > 0  # the watchdog saw the loop; `python -m tests.e2e.crowd` prints the number
    sys.stdout.write(f"100 commands in {took:.2f} s, longest block {longest:.0f} ms\n")
