"""Photos in Telegram: frontend and worker as processes, and faces found in painted people."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from generator.compositing import background, grid
from generator.wish import Wish
from tests.e2e.fake_telegram import FakeTelegram
from tests.e2e.fake_telegram_messages import Message
from tests.e2e.kept import nothing_is_left
from tests.e2e.people_in_photos import DARK, FAIR, landscape, photo, read_again
from tests.e2e.processes import SMALL, UNHURRIED, Program
from tests.e2e.small_engine import SmallEngine
from tests.style.small import write_weights
from worker.embedded import EmbeddedRedis

pytest.importorskip("mediapipe")
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def artist(
    server: EmbeddedRedis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Program]:
    """A worker that paints as well, and has no packs."""
    folder = tmp_path_factory.mktemp("artist")
    weights = write_weights(folder / "style.safetensors")
    environment = {
        "REDIS_URL": server.url,
        "MOEMOJI_ENGINE": SMALL,
        "MOEMOJI_STYLE_WEIGHTS": str(weights),
        "MOEMOJI_PACKS": str(folder / "packs"),
        **UNHURRIED,
    }
    async with Program("worker", **environment) as program:
        await program.ready()
        yield program


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    server: EmbeddedRedis, artist: Program, telegram: FakeTelegram
) -> AsyncIterator[Program]:
    async with Program("bot", "telegram", REDIS_URL=server.url, **telegram.environment) as program:
        await program.ready()
        yield program


async def shown(telegram: FakeTelegram, chat: int, count: int = 1, kind: str = "photo") -> Message:
    """The newest message with a picture, when there are so many."""

    def pictures() -> list[Message]:
        return [m for m in telegram.in_chat(chat) if m.kind == kind]

    await telegram.until(lambda: len(pictures()) >= count)
    return pictures()[-1]


async def said(telegram: FakeTelegram, chat: int, words: str) -> Message:
    """The message that says so."""
    await telegram.until(lambda: any(words in m.text for m in telegram.in_chat(chat)))
    return next(m for m in telegram.in_chat(chat) if words in m.text)


def opened(message: Message) -> Image.Image:
    (data,) = message.files.values()
    return Image.open(io.BytesIO(data)).convert("RGB")


def candidates(people: list[list[Wish]], seed: int, wish: Wish | None = None) -> list[Image.Image]:
    """The four pictures of the first person."""
    specs = [
        one.merge(wish or Wish()).complete((seed + i) % 2**32) for i, one in enumerate(people[0])
    ]
    return [background(image, "#fdf3f4") for image in SmallEngine.load().draw(specs)]


async def test_a_photo_becomes_four_avatars_and_a_pick(
    bot: Program, artist: Program, telegram: FakeTelegram, server: EmbeddedRedis, me: int
) -> None:
    selfie = photo(FAIR)
    sent = await telegram.send_photo(me, selfie, "seed:7")
    first = await shown(telegram, me)
    assert first.reply_to == sent
    paper = grid(candidates(read_again(selfie, 7), 7)).convert("RGB")
    assert opened(first).tobytes() == paper.tobytes()
    assert "Here you are!" in first.text
    assert "By sending a photo" in first.text
    await nothing_is_left(server.url, selfie)

    await telegram.press(me, first, "2")
    large = await shown(telegram, me, 2)
    assert opened(large).size == (512, 512)
    assert opened(large).getpixel((9, 9)) == opened(first).getpixel((300, 9))

    # Told once.
    await telegram.send_photo(me, selfie, document=True)
    assert "By sending" not in (await shown(telegram, me, 3)).text
    await nothing_is_left(server.url, selfie)


async def test_everything_that_follows_needs_no_photo(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    selfie = photo(DARK)
    sent = await telegram.send_photo(me, selfie, "as a witch with blue hair seed:9")
    first = await shown(telegram, me)
    assert "as a witch with blue hair" in first.text
    del telegram.sent[sent]
    telegram.files.clear()
    await telegram.press(me, first, "Details")
    told = await said(telegram, me, "Seed: 9")
    assert "blue" in told.text
    await telegram.press(me, first, "Again")
    again = await shown(telegram, me, 2)
    assert again.files != first.files
    await telegram.press(me, first, "Edit")
    await telegram.until(lambda: any(m.force_reply for m in telegram.in_chat(me)))
    question = next(m for m in telegram.in_chat(me) if m.force_reply)
    await telegram.write(me, "with red hair", reply_to_message=question.json())
    edited = await shown(telegram, me, 3)
    expected = candidates(read_again(selfie, 9), 9, Wish(hair_colour="red"))
    assert opened(edited).getpixel((9, 9)) == expected[0].convert("RGB").getpixel((9, 9))
    await telegram.press(me, edited, "1")
    pick = await shown(telegram, me, 4)
    await telegram.press(me, pick, "Variations")
    await shown(telegram, me, 5)
    await telegram.press(me, first, "As file")
    await shown(telegram, me, 4, "document")
    await telegram.press(me, first, "Delete")
    await telegram.until(lambda: first.deleted)


async def test_every_picture_of_an_album(bot: Program, telegram: FakeTelegram, me: int) -> None:
    sent = [
        await telegram.send_photo(me, photo(one), caption, media_group_id=f"g{me}")
        for one, caption in ((FAIR, ""), (DARK, "seed:3"), (FAIR, ""))
    ]
    await shown(telegram, me, 3)
    pictures = [m for m in telegram.in_chat(me) if m.kind == "photo"]
    assert sorted(m.reply_to or 0 for m in pictures) == sent
    by_photo = {m.reply_to: opened(m) for m in pictures}
    # The one caption counts for all of them.
    assert by_photo[sent[0]].tobytes() == by_photo[sent[2]].tobytes()
    assert sum("By sending" in m.text for m in pictures) == 1


async def test_others_in_the_photo_are_offered(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    both = photo(FAIR, DARK)
    sent = await telegram.send_photo(me, both, "seed:5")
    first = await shown(telegram, me)
    del telegram.sent[sent]
    await telegram.press(me, first, "Person 2")
    other = await shown(telegram, me, 2)
    _, second = read_again(both, 5)
    expected = candidates([second], 5)
    assert opened(other).getpixel((9, 9)) == expected[0].convert("RGB").getpixel((9, 9))


async def test_nobody_in_the_photo_but_it_can_be_painted(
    bot: Program, telegram: FakeTelegram, server: EmbeddedRedis, me: int
) -> None:
    view = landscape()
    sent = await telegram.send_photo(me, view)
    told = await said(telegram, me, "I can't find a face")
    assert told.reply_to == sent
    await nothing_is_left(server.url, view)
    await telegram.press(me, told, "Painted styles")
    offered = await said(telegram, me, "Which style?")
    assert offered.reply_to == sent
    assert len(offered.keyboard) == 5
    await telegram.press(me, offered, "More")
    await telegram.until(lambda: any("moe" in label for label in offered.buttons))
    await telegram.press(me, offered, "moe")
    painted = await shown(telegram, me)
    assert "moe" in painted.text
    assert opened(painted).size == (400, 300)
    assert painted.reply_to == sent
    # And another one, as long as the photo is there.
    await telegram.press(me, painted, "Painted styles")
    await telegram.until(lambda: sum("Which style" in m.text for m in telegram.in_chat(me)) == 2)
    del telegram.sent[sent]
    await telegram.press(me, painted, "Painted styles")
    await telegram.until(lambda: any("isn't here any more" in str(a) for a in telegram.alerts))


async def test_stylize_as_an_answer_and_like_another_picture(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    sent = await telegram.send_photo(me, landscape(), chat=-me)
    pointed = {"reply_to_message": telegram.sent[sent]}
    await telegram.write(me, "/stylize starry night strength:40 keep:yes", -me, **pointed)
    painted = await shown(telegram, -me)
    assert "starry night" in painted.text
    assert painted.reply_to == sent
    await telegram.write(me, "/stylize@moemoji_bot", -me, **pointed)
    await said(telegram, -me, "Which style?")
    await telegram.write(me, "/stylize crayons of a toddler", -me, **pointed)
    assert "starry night" in (await said(telegram, -me, "I can paint in these styles")).text
    # With a picture attached, that is the style.
    await telegram.send_photo(me, photo(DARK), "/stylize", chat=-me, **pointed)
    like = await shown(telegram, -me, 2)
    assert "like your other picture" in like.text
    assert opened(like).size == (400, 300)
    assert opened(like).tobytes() != opened(painted).tobytes()
    # So it is with two in an album.
    for data, caption in ((photo(FAIR), "/stylize"), (landscape(), "")):
        await telegram.send_photo(me, data, caption, chat=-me, media_group_id=f"s{me}")
    assert opened(await shown(telegram, -me, 3)).height > 400


async def test_two_styles_in_one_and_another_one_afterwards(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    sent = await telegram.send_photo(me, photo(FAIR), "/stylize 粉彩:3 + コミック")
    both = await shown(telegram, me)
    assert "pastel + comic" in both.text
    assert both.reply_to == sent
    pointed = {"reply_to_message": telegram.sent[sent]}
    await telegram.write(me, "/stylize pastel, comic weights:3,1", **pointed)
    same = await shown(telegram, me, 2)
    assert opened(same).tobytes() == opened(both).tobytes()
    await telegram.write(me, "/stylize pastel:3 + comic keep-faces", **pointed)
    gentle = await shown(telegram, me, 3)
    assert opened(gentle).tobytes() != opened(both).tobytes()
    # Nothing painted so faintly is far from the photo, in whatever style it is chosen later.
    await telegram.write(me, "/stylize strength:2 --keep-colours", **pointed)
    offered = await said(telegram, me, "Which style?")
    await bot.restart()
    await bot.ready()
    await telegram.press(me, offered, "pastel")
    faint = await shown(telegram, me, 4)
    assert "pastel" in faint.text
    await telegram.press(me, faint, "Painted styles")
    await telegram.until(lambda: sum("Which style" in m.text for m in telegram.in_chat(me)) == 2)
    await telegram.press(me, telegram.in_chat(me)[-1], "woodblock print (ukiyo-e)")
    other = await shown(telegram, me, 5)
    plain = Image.open(io.BytesIO(photo(FAIR))).convert("RGB").resize(opened(other).size)
    for painted in (faint, other):
        pixels = (np.asarray(image, float) for image in (opened(painted), plain))
        assert np.abs(next(pixels) - next(pixels)).mean() < 3
    # Somebody else's buttons are not pressed by others.
    group = await telegram.send_photo(me, landscape(), "/stylize@moemoji_bot comic", chat=-me)
    painted = await shown(telegram, -me)
    assert painted.reply_to == group
    await telegram.press(me + 1, painted, "Painted styles")
    await telegram.until(lambda: any("Only the person" in str(a) for a in telegram.alerts))


async def test_blends_and_films(bot: Program, telegram: FakeTelegram, me: int) -> None:
    await telegram.send_photo(me, photo(FAIR), "count:1")
    mine = await shown(telegram, me)
    await telegram.press(me, mine, "Blend with…")
    await telegram.until(lambda: any(m.force_reply for m in telegram.in_chat(me)))
    question = next(m for m in telegram.in_chat(me) if m.force_reply)
    await telegram.send_photo(me, photo(DARK), reply_to_message=question.json())
    blended = await shown(telegram, me, 2)
    assert "All of them in one" in blended.text
    assert [button["text"] for button in blended.keyboard[0]] == ["1", "2", "3", "4"]
    await telegram.press(me, blended, "As a film")
    film = await shown(telegram, me, 1, "animation")
    (data,) = film.files.values()
    frames = Image.open(io.BytesIO(data))
    assert frames.format == "GIF"
    assert frames.n_frames > 10  # type: ignore[attr-defined]
    # A result is pointed at by answering it; the rest is words.
    await telegram.write(me, "/blend shy witch hair:2", reply_to_message=telegram.shown(mine))
    one = await shown(telegram, me, 3)
    assert opened(one).size == (512, 512)
    await telegram.write(me, "/blend shy witch")
    await said(telegram, me, "I blend two to 4")


async def test_photos_in_groups_are_for_us_only_with_a_command(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.send_photo(me, photo(FAIR), chat=-me)
    sent = await telegram.send_photo(me, photo(FAIR), "/avatar@moemoji_bot as a maid", chat=-me)
    first = await shown(telegram, -me)
    assert first.reply_to == sent
    assert "as a maid" in first.text
    assert len(telegram.in_chat(-me)) == 1


async def test_pictures_that_cannot_be_had_or_read(
    bot: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.write(me, "/selfie")
    await said(telegram, me, "I need a picture for that")
    telegram.fail("getFile", 400, description="Bad Request: wrong file_id")
    await telegram.send_photo(me, photo(FAIR))
    await said(telegram, me, "I couldn't get that picture")
    await telegram.send_photo(me, b"not a picture", document=True)
    await said(telegram, me, "I can't read that file")
    huge = {"file_id": "x", "file_unique_id": "x", "file_size": 30_000_000}
    await telegram.write(me, "", document=huge | {"mime_type": "image/png"})
    await said(telegram, me, "too big")


async def test_nothing_private_in_the_logs(
    bot: Program, artist: Program, telegram: FakeTelegram, me: int
) -> None:
    await telegram.send_photo(me, photo(FAIR), "girl marshmallow")
    await shown(telegram, me)
    for log in (bot.log, artist.log):
        assert "marshmallow" not in log
        assert "Traceback" not in log
