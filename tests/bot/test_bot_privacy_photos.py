"""PRIVACY.md is true of photos: every key of Redis after everything that is done with them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.core.events import Action, Command, Edited, Press
from bot.core.replies import Reply
from tests.bot.people import Somebody
from tests.bot.test_bot_privacy import ME, WORD, Chat, Watch, chat, watch
from tests.e2e.people_in_photos import DARK, FAIR, photo
from tests.e2e.processes import SMALL, UNHURRIED, Program
from tests.style.small import write_weights
from worker.embedded import EmbeddedRedis

pytest.importorskip("mediapipe")
__all__ = ["chat", "watch"]


async def test_every_key_after_every_flow_of_photos(
    server: EmbeddedRedis, chat: Chat, watch: Watch, tmp_path: Path
) -> None:
    me, mine, theirs = chat.person(private=False), photo(FAIR, DARK), photo(DARK)

    async def holders() -> set[str]:
        """The lines of the table whose keys hold a photo."""
        found = await watch.all()
        sent = (mine[500:600], theirs[500:600])
        return {row.key for row, value in found.values() if any(part in value for part in sent)}

    async def job(reply: Reply | None) -> str:
        """Wait for its result; then no photo is anywhere."""
        assert reply is not None
        assert reply.job_id is not None, reply.text
        assert await holders() <= {"moemoji:upload:UPLOAD"}
        await watch.look()
        await chat.shown(reply.job_id)
        async with asyncio.timeout(60):
            while await holders():
                await asyncio.sleep(0.02)
        await watch.look()
        return reply.job_id

    def where(data: bytes) -> str:
        return f"https://cdn/{WORD[::-1]}/{hash(data)}"

    def command(who: Somebody, name: str, words: str, *photos: bytes) -> Command:
        who.album |= {where(data): data for data in photos}
        pictures = tuple(who.again(where(data)) for data in photos)
        number = str(next(who.numbers))
        return Command(
            *(who.person, who.place), name=name, words=words, message_id=number, pictures=pictures
        )

    env = {"REDIS_URL": server.url, "MOEMOJI_ENGINE": SMALL, **UNHURRIED}
    weights = write_weights(tmp_path / "style.safetensors")
    async with Program("worker", **env, MOEMOJI_STYLE_WEIGHTS=str(weights)) as worker:
        await worker.ready()
        # Cancelled while it waits or is read: it makes no difference.
        stopped = await me.does(command(me, "selfie", "", mine))
        await me.says(f"/cancel {stopped.job_id}")
        await chat.shown(stopped.job_id or "")
        first = await job(await me.does(command(me, "selfie", f"girl {WORD}", mine)))
        for number, data in enumerate((f"reroll:{first}:", f"pick:{first}:1", f"person:{first}:1")):
            await job(await me.presses(data, under=str(number)))
        await job(await me.does(Edited(me.person, me.place, job_id=first, words=f"boy {WORD}")))
        await job(await me.does(command(me, "selfie", "", b"no picture")))
        await job(await me.does(command(me, "stylize", "pastel strength:10", theirs)))
        # By its address, which goes with everything else.
        action = Action("paint", "comic", first)
        await job(await me.does(Press(me.person, me.place, action=action, message_id="6")))
        held = await watch.all()
        assert {row.key for row, value in held.values() if WORD[::-1].encode() in value} == {
            "moemoji:photo:JOB"
        }
        assert {"moemoji:photo:JOB", "moemoji:photos:USER"} <= watch.seen
        blended = await job(await me.does(command(me, "blend", f"maid {WORD}", mine, theirs)))
        await job(await me.presses(f"film:{blended}:", under="7"))
        assert [key for key in await watch.all() if key.startswith("moemoji:upload:")]  # painted

        await me.presses("forget::")
        for key, (row, value) in (await watch.all()).items():
            assert not key.startswith("moemoji:upload"), key
            assert WORD.encode() not in value, key
            assert WORD[::-1].encode() not in value, key
            assert ME not in key or not row.deleted, key
            assert ME.encode() not in value or not row.deleted, key
    assert WORD not in worker.log
