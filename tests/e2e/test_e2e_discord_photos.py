"""Photos in Discord: frontend and worker as processes, pictures from a CDN on a socket."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image

from generator.compositing import background, grid
from generator.wish import Wish
from tests.e2e.fake_discord import FakeDiscord
from tests.e2e.fake_discord_messages import Member, Message, Sent
from tests.e2e.kept import nothing_is_left
from tests.e2e.people_in_photos import DARK, FAIR, landscape, photo, read_again
from tests.e2e.processes import SMALL, UNHURRIED, Program
from tests.e2e.small_engine import SmallEngine
from tests.packs.networks import onnx_bytes, write_manifest
from tests.style.small import write_weights
from worker.embedded import EmbeddedRedis

pytest.importorskip("mediapipe")
pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMES = '[names]\nen = "Upside down"\nja = "さかさま"\n[input]\nsize = 128\nmultiple = 8\n'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def artist(
    server: EmbeddedRedis, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Program]:
    """A worker that paints, in a style of its admin's as well."""
    folder = tmp_path_factory.mktemp("artist")
    packs = folder / "packs"
    manifest = write_manifest(folder, onnx_bytes(), name="upside", extra=NAMES)
    pull = Program(
        *("generator", "models", "pull", "--yes", str(manifest)), MOEMOJI_PACKS=str(packs)
    )
    await pull.start()
    assert await pull.wait() == 0, pull.log
    environment = {
        "REDIS_URL": server.url,
        "MOEMOJI_ENGINE": SMALL,
        "MOEMOJI_STYLE_WEIGHTS": str(write_weights(folder / "style.safetensors")),
        "MOEMOJI_PACKS": str(packs),
        "MOEMOJI_ENCODER_WEIGHTS": str(folder / "none"),
        **UNHURRIED,
    }
    async with Program("worker", **environment) as program:
        await program.ready()
        yield program


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    server: EmbeddedRedis, artist: Program, discord: FakeDiscord
) -> AsyncIterator[Program]:
    async with Program("bot", "discord", REDIS_URL=server.url, **discord.environment) as program:
        await program.ready()
        yield program


async def picture(discord: FakeDiscord, sent: Sent) -> Message:
    """The answer of an interaction, when it shows a picture."""
    await discord.until(lambda: sent.message is not None and bool(sent.message.files))
    assert sent.message is not None
    return sent.message


async def answer(discord: FakeDiscord, sent: Sent) -> Message:
    """The answer of an interaction, when it says something."""
    await discord.until(lambda: sent.message is not None and not sent.message.thinking)
    assert sent.message is not None
    return sent.message


def opened(message: Message) -> Image.Image:
    (data,) = message.files.values()
    return Image.open(io.BytesIO(data)).convert("RGB")


def sheet(people: list[list[Wish]], seed: int, wish: Wish) -> Image.Image:
    """The four candidates of the first person."""
    specs = [one.merge(wish).complete((seed + i) % 2**32) for i, one in enumerate(people[0])]
    return grid([background(i, "#fdf3f4") for i in SmallEngine.load().draw(specs)]).convert("RGB")


async def test_an_attachment_becomes_four_avatars_and_a_pick(
    bot: Program, discord: FakeDiscord, server: EmbeddedRedis, me: int
) -> None:
    selfie = photo(DARK)
    sent = await discord.slash(me, "selfie", picture=selfie, wish="blue hair", count=4)
    first = await picture(discord, sent)
    assert not first.ephemeral
    assert "By sending a photo" in first.content
    told = await answer(discord, await discord.click(me, first, "Details"))
    seed = int(told.content.split("Seed: ")[1].split()[0])
    expected = sheet(read_again(selfie, seed), seed, Wish(hair_colour="blue"))
    assert opened(first).tobytes() == expected.tobytes()
    await nothing_is_left(server.url, selfie)
    # The attachment is out of reach now; nothing asks for it.
    discord.cdn.clear()
    large = await picture(discord, await discord.click(me, first, "2"))
    assert opened(large).size == (512, 512)
    await picture(discord, await discord.click(me, large, "Variations"))


async def test_the_style_is_changed_after_the_fact(
    bot: Program, discord: FakeDiscord, server: EmbeddedRedis, me: int
) -> None:
    view = landscape()
    first = await picture(discord, await discord.slash(me, "selfie", picture=photo(FAIR)))
    pastel = await picture(discord, await discord.choose(me, first, "Painted styles", "pastel"))
    assert "pastel" in pastel.content
    assert not pastel.ephemeral
    await nothing_is_left(server.url, photo(FAIR))
    # What was painted is painted again, as strongly; its address is with its newest painting, too.
    faint = await discord.slash(me, "stylize", picture=view, style="pastel", strength=1)
    painted = await picture(discord, faint)
    await bot.restart()
    await bot.ready()
    for label in ("comic", "moe"):
        sent = await discord.choose(me, painted, "Painted styles", label)
        painted = await picture(discord, sent)
        assert label in painted.content
        plain = Image.open(io.BytesIO(view)).convert("RGB")
        assert abs(opened(painted).getpixel((9, 9))[0] - plain.getpixel((9, 9))[0]) < 9
    # It is somebody's photo.
    theirs = await answer(discord, await discord.choose(me + 1, painted, "Painted styles", "moe"))
    assert "Only the person" in theirs.content
    assert theirs.ephemeral
    # Discord's addresses are good for a day.
    discord.cdn.clear()
    gone = await answer(discord, await discord.choose(me, painted, "Painted styles", "comic"))
    assert "isn't here any more" in gone.content


async def test_a_slow_cdn_makes_no_painting_private(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    painted = await picture(
        discord, await discord.slash(me, "stylize", picture=landscape(), style="pastel")
    )
    discord.cdn_pause = 2.0
    sent = await discord.choose(me, painted, "Painted styles", "comic")
    assert not (await picture(discord, sent)).ephemeral
    discord.cdn_pause = 0.0


async def test_a_style_is_asked_for_where_none_is_named(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    view = landscape()
    asked = await answer(
        discord, await discord.slash(me, "stylize", picture=view, strength=1, locale="zh-CN")
    )
    assert asked.ephemeral
    assert "要哪种风格" in asked.content
    turned = await answer(discord, await discord.click(me, asked, "更多", locale="zh-CN"))
    assert turned.id == asked.id
    sent = await discord.click(me, turned, "萌系", locale="zh-CN")
    painted = await picture(discord, sent)
    assert not painted.ephemeral
    plain = Image.open(io.BytesIO(view)).convert("RGB")
    assert abs(opened(painted).getpixel((9, 9))[0] - plain.getpixel((9, 9))[0]) < 9


async def test_two_styles_in_one(bot: Program, discord: FakeDiscord, me: int) -> None:
    typing = await discord.complete(me, "stylize", "style2", "s")
    await discord.until(lambda: typing.choices is not None)
    assert typing.choices is not None
    # A pack cannot be blended, and is not offered for it.
    assert "starry_night" in {choice["value"] for choice in typing.choices}
    assert "pack.upside" not in {choice["value"] for choice in typing.choices}

    async def paint(**given: object) -> Message:
        return await picture(
            discord, await discord.slash(me, "stylize", picture=photo(FAIR), **given)
        )

    both = await paint(style="pastel", style2="comic", weights="3,1")
    assert "pastel + comic" in both.content
    pastel, even = await paint(style="pastel"), await paint(style="pastel", style2="comic")
    other = await paint(style="comic")

    def apart(one: Message, two: Message) -> float:
        pixels = (np.asarray(opened(message), float) for message in (one, two))
        return float(np.abs(next(pixels) - next(pixels)).mean())

    assert 0 < apart(pastel, both) < apart(pastel, even) < apart(pastel, other)
    gentle = await paint(style="pastel", keep_faces=True)
    assert apart(pastel, gentle) > 0
    for given, words in (
        ({"style": "pastel", "style2": "Upside down"}, "can't be blended"),
        ({"style": "pastel", "style2": "comic", "weights": "1"}, "one number for each of the 2"),
        ({"style": "pastel + moe + comic + cubism + fauvism"}, "up to 4 styles"),
    ):
        told = await answer(
            discord, await discord.slash(me, "stylize", picture=photo(FAIR), **given)
        )
        assert words in told.content


async def test_menus_of_messages_and_members(bot: Program, discord: FakeDiscord, me: int) -> None:
    message = discord.write(me + 1, photo(FAIR))
    first = await picture(discord, await discord.menu(me, "Turn into an avatar", message))
    assert "Here you are!" in first.content
    member = Member(me + 2, photo(DARK))
    await picture(discord, await discord.menu(me, "Draw as an avatar", member))
    told = await answer(discord, await discord.menu(me, "Draw as an avatar", Member(me + 3)))
    assert "no picture of their own" in told.content
    told = await answer(discord, await discord.menu(me, "Turn into an avatar", discord.write(me)))
    assert "I need a picture" in told.content


async def test_styles_are_completed_in_the_persons_language(
    bot: Program, discord: FakeDiscord, server: EmbeddedRedis, me: int
) -> None:
    typing = await discord.complete(me, "stylize", "style", "浮世", locale="ja")
    await discord.until(lambda: typing.choices is not None)
    assert typing.choices == [{"name": "浮世絵", "value": "ukiyo_e"}]
    view = landscape()
    sent = await discord.slash(
        me, "stylize", picture=view, style="ukiyo_e", strength=60, keep_colours=True, locale="ja"
    )
    painted = await picture(discord, sent)
    assert "浮世絵" in painted.content
    assert opened(painted).size == (400, 300)
    told = await answer(discord, await discord.slash(me, "stylize", picture=view, style="crayon"))
    assert "starry night" in told.content
    like = await discord.slash(me, "stylize", picture=view, like=photo(FAIR))
    assert "like your other picture" in (await picture(discord, like)).content
    file = await picture(discord, await discord.click(me, painted, "ファイルで", locale="ja"))
    assert file.files.keys() != painted.files.keys()


async def test_an_admins_pack_is_a_style_among_the_others(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    typing = await discord.complete(me, "stylize", "style", "さか", locale="ja")
    await discord.until(lambda: typing.choices is not None)
    assert typing.choices == [{"name": "さかさま", "value": "pack.upside"}]
    white = Image.new("RGB", (100, 80), "white")
    out = io.BytesIO()
    white.save(out, "PNG")
    sent = await discord.slash(me, "stylize", picture=out.getvalue(), style="Upside down")
    painted = await picture(discord, sent)
    assert "Upside down" in painted.content
    assert opened(painted).getpixel((5, 5)) == (0, 0, 0)


async def test_blends_of_members_attachments_results_and_words(
    bot: Program, discord: FakeDiscord, server: EmbeddedRedis, me: int
) -> None:
    first = await picture(discord, await discord.slash(me, "avatar", wish="girl", count=2))
    told = await answer(discord, await discord.click(me, first, "Details"))
    job_id = told.content.split("ID: ")[1].split()[0]
    faces = photo(FAIR), photo(DARK)
    sent = await discord.slash(
        me, "blend", sources=f"{job_id}:2 + witch", member=Member(me, faces[0]), picture=faces[1]
    )
    blended = await picture(discord, sent)
    assert [label for label in blended.buttons if label.isdigit()] == ["1", "2", "3", "4"]
    await nothing_is_left(server.url, *faces)
    film = await picture(discord, await discord.click(me, blended, "As a film"))
    ((name, data),) = film.files.items()
    assert name.endswith(".gif")
    assert Image.open(io.BytesIO(data)).is_animated  # type: ignore[attr-defined]
    exact = await discord.slash(me, "blend", sources="maid + boy", parts="hair:2", weights="3,1")
    assert opened(await picture(discord, exact)).size == (512, 512)
    for given, words in (
        ({"sources": "maid"}, "I blend two to 4"),
        ({"sources": "maid + boy", "parts": "hair:3"}, "There are 2"),
        ({"sources": "maid + boy", "weights": "1"}, "one number for each of the 2"),
        ({"sources": "maid + k3v9x2mwpb4d"}, "I don't have that picture"),
    ):
        told = await answer(discord, await discord.slash(me, "blend", **given))
        assert words in told.content
        assert told.ephemeral
    # This worker has no encoder, and a drawing shows nobody whom a camera has seen.
    drawn = await discord.slash(me, "blend", sources="maid", picture=landscape())
    await discord.until(lambda: drawn.message and "ID of one of mine" in drawn.message.content)
    theirs = await discord.slash(me + 1, "blend", sources=f"{job_id} + maid")
    assert "Only the person" in (await answer(discord, theirs)).content


async def test_a_blend_with_words_from_the_form(
    bot: Program, discord: FakeDiscord, me: int
) -> None:
    first = await picture(discord, await discord.slash(me, "selfie", picture=photo(FAIR), count=1))
    asked = await discord.click(me, first, "Blend with…")
    await discord.until(lambda: asked.modal is not None)
    assert asked.modal is not None
    sent = await discord.submit(me, asked.modal, "shy witch")
    assert "All of them in one" in (await picture(discord, sent)).content


async def test_what_cannot_be_had(bot: Program, discord: FakeDiscord, me: int) -> None:
    discord.cdn_away = True
    told = await answer(discord, await discord.slash(me, "selfie", picture=photo(FAIR)))
    assert "couldn't get that picture" in told.content
    discord.cdn_away = False
    view = await discord.slash(me, "selfie", picture=landscape())
    await discord.until(lambda: view.message and "can't find a face" in view.message.content)
    assert view.message is not None
    assert "/stylize" in view.message.content


async def test_nothing_private_in_the_logs(
    bot: Program, artist: Program, discord: FakeDiscord, me: int
) -> None:
    await picture(discord, await discord.slash(me, "selfie", picture=photo(), wish="marshmallow"))
    for log in (bot.log, artist.log):
        assert "marshmallow" not in log
        assert "Traceback" not in log
