"""Which styles people ask for, and how, over a real Redis; and the photo that is painted again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import Conversation
from bot.core.events import Action, Picture, Press
from bot.core.paintings import _chosen
from bot.core.refusals import RefusalError
from bot.core.replies import Reply
from bot.core.results import finished
from bot.core.wishes import split
from bot.texts import LANGUAGES, texts
from tests.bot.people import Make, Somebody
from tests.bot.test_bot_photos import can, picture, sends
from worker.embedded import EmbeddedRedis
from worker.jobs import StylizeRequest
from worker.skills import Skills, StyleOffer

OFFERS = tuple(
    StyleOffer(key=key, names=dict(zip(LANGUAGES, names, strict=True)))
    for key, names in {
        "pastel": ("pastel", "粉彩", "粉彩", "パステル"),
        "ukiyo_e": ("woodblock print (ukiyo-e)", "浮世绘", "浮世繪", "浮世絵"),
        "comic": ("comic", "漫画", "漫畫", "コミック"),
        "moe": ("moe", "萌系", "萌系", "萌え"),
        "cubism": ("cubism", "立体主义", "立體主義", "キュビスム"),
        "pack.ink": ("ink + wash", "水墨", "水墨", "水墨画"),
    }.items()
)
ABLE = Skills(faces=True, painting=True, mixing=True, styles=OFFERS)
OPTIONS = ("strength", "keep", "faces", "weights")


async def painted(conversation: Conversation, reply: Reply) -> StylizeRequest:
    """What is asked of the worker."""
    assert reply.job_id is not None, reply.text
    record = await conversation.queue.record(reply.job_id)
    assert record is not None
    assert isinstance(record.request, StylizeRequest)
    return record.request


@pytest.mark.parametrize(
    ("words", "styles"),
    [
        ("pastel", {"pastel": 1.0}),
        ("Ukiyo-E", {"ukiyo_e": 1.0}),
        ("pastel + comic", {"pastel": 1.0, "comic": 1.0}),
        ("ukiyo_e:1,pastel:2", {"ukiyo_e": 1.0, "pastel": 2.0}),
        ("浮世绘：1.5＋漫画", {"ukiyo_e": 1.5, "comic": 1.0}),
        ("浮世絵、コミック:3", {"ukiyo_e": 1.0, "comic": 3.0}),
        ("woodblock print (ukiyo-e) + moe", {"ukiyo_e": 1.0, "moe": 1.0}),
        ("pastel + comic weights:3,1", {"pastel": 3.0, "comic": 1.0}),
        ("pastel + comic --weights 3/1", {"pastel": 3.0, "comic": 1.0}),
        ("pastel + pastel", {"pastel": 1.0}),
        ("pastel:99 + pastel:99 + comic:0", {"pastel": 198.0, "comic": 0.0}),
        ("ink + wash", {"pack.ink": 1.0}),
    ],
)
async def test_styles_in_words(
    somebody: Make,
    conversation: Conversation,
    server: EmbeddedRedis,
    words: str,
    styles: dict[str, float],
) -> None:
    can(server, conversation, ABLE)
    reply = await sends(somebody(), f"/stylize {words}", picture())
    request = await painted(conversation, reply)
    assert (request.blend or {request.style: 1.0}) == styles
    assert request.title == " + ".join(
        offer.names["en"] for key in styles for offer in OFFERS if offer.key == key
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_how_it_is_painted_in_every_language(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis, language: str
) -> None:
    can(server, conversation, ABLE)
    me, say = somebody(locale=language), texts(language)
    strength, keep, faces, weights = (say(f"options.{name}.name") for name in OPTIONS)
    words = f"{OFFERS[0].names[language]} + moe {weights}:2,1 {strength}:40 {keep} --{faces}"
    request = await painted(conversation, await sends(me, f"/stylize {words}", picture()))
    assert request.blend == {"pastel": 2.0, "moe": 1.0}
    assert (request.strength, request.keep_colours, request.keep_faces) == (0.4, True, True)
    plain = await sends(me, f"/stylize pastel {keep}:no {faces}：no", picture())
    request = await painted(conversation, plain)
    assert (request.style, request.keep_colours, request.keep_faces) == ("pastel", False, False)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_cannot_be_painted_is_one_sentence(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis, language: str
) -> None:
    me, say = somebody(locale=language), texts(language)
    ink, *_ = (offer.names[language] for offer in OFFERS if not offer.mixes)

    async def told(words: str, skills: Skills = ABLE) -> str:
        can(server, conversation, skills)
        return (await sends(me, f"/stylize {words}", picture())).text

    which = say("errors.painting", styles=say.listed([o.name(language) for o in OFFERS]))
    for words in ("crayon", "pastel + crayon", "+", "pastel:x + comic"):
        assert await told(words) == which
    assert await told("pastel + pack.ink") == say("errors.style_alone", style=say.quoted(ink))
    five = "pastel + comic + moe + cubism + ukiyo_e"
    assert await told(five) == say("errors.styles_blend", limit=4)
    for words in ("pastel + comic weights:1", "pastel:0 + comic:0", "pastel + comic weights:0,0"):
        assert await told(words) == say("errors.weights", count=2)
    # A worker of the version before knows neither; what it knows goes on.
    before = ABLE.model_copy(update={"mixing": False})
    assert await told("pastel + comic", before) == say("errors.mixing")
    assert await told("pastel keep-faces", before) == say("errors.mixing")
    assert await told("pastel", before) == ""
    blind = ABLE.model_copy(update={"faces": False})
    assert await told("pastel keep-faces", blind) == say("errors.no_faces")
    unable = ABLE.model_copy(update={"painting": False})
    can(server, conversation, unable)
    like = await sends(me, "/stylize", picture(), picture())
    assert like.text == say("errors.no_painting")


@given(st.text(alphabet="pastelcomic+＋,、:：0129. ukiyo_-()", max_size=60), st.text(max_size=8))
def test_anything_can_be_read(words: str, weights: str) -> None:
    try:
        chosen = _chosen(words, weights, ABLE)
    except RefusalError:
        return
    assert 1 <= len(chosen) <= 4
    assert len({style.key for style, _ in chosen}) == len(chosen)


@pytest.mark.parametrize(
    ("words", "rest", "options"),
    [
        ("maid + boy weights:3,1", "maid + boy", {"weights": "3,1"}),
        ("maid 比例：2、1 + boy", "maid + boy", {"weights": "2、1"}),
        ("--keep-colours pastel", "pastel", {"keep": "yes"}),
        ("pastel keep-colors, —keep-faces", "pastel", {"keep": "yes", "faces": "yes"}),
        ("粉彩 保留颜色", "粉彩", {"keep": "yes"}),
        ("pastel keep", "pastel keep", {}),
    ],
)
def test_options_inside_stylize(words: str, rest: str, options: dict[str, str]) -> None:
    found, given = split(words, OPTIONS)
    assert (found.strip(" ,"), given) == (rest, options)


class Album:
    """Somebody whose chat gives out photos again by their addresses."""

    def __init__(self, me: Somebody) -> None:
        self.me = me
        me.album["https://cdn/1"] = b"a photo"

    @property
    def photo(self) -> Picture:
        return self.me.again("https://cdn/1")

    async def chooses(self, style: str, name: str, who: Somebody | None = None) -> Reply:
        who = who or self.me
        action = Action("paint", style, name)
        assert Action.parse(action.data) == action
        return await who.does(Press(who.person, who.place, action=action, message_id="5"))


async def test_another_style_of_the_same_photo(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis
) -> None:
    can(server, conversation, ABLE)
    me = somebody()
    album = Album(me)
    first = await sends(me, "/stylize pastel + moe strength:40 keep-faces", album.photo)
    assert first.job_id is not None
    again = await album.chooses("comic", first.job_id)
    request = await painted(conversation, again)
    assert (request.style, request.blend, request.strength) == ("comic", {}, 0.4)
    assert request.keep_faces
    # Its painting knows the photo as well; a moderator's goes when its owner's does.
    moderator = somebody("2", moderator=True)
    moderator.album = me.album
    third = await album.chooses("moe", again.job_id or "", moderator)
    assert (await painted(conversation, third)).parent == again.job_id
    stranger = await album.chooses("moe", again.job_id or "", somebody("3"))
    assert stranger.text == texts("en")("errors.author")
    gone, me.album = me.album, {}
    assert (await album.chooses("moe", again.job_id or "")).text == texts("en")("errors.photo_away")
    me.album = gone
    await me.presses("forget::")
    assert (await album.chooses("moe", again.job_id or "")).text == texts("en")("errors.photo_away")
    assert await conversation.queue.record(third.job_id or "") is None


async def test_a_style_is_asked_for_and_the_rest_is_remembered(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis
) -> None:
    can(server, conversation, ABLE)
    me = somebody()
    asked = await sends(me, "/stylize strength:30 keep-colours", Album(me).photo)
    assert asked.text == texts("en")("say.styles")
    assert asked.private
    ((pastel, *_), *_) = asked.rows
    pressed = await me.does(Press(me.person, me.place, action=pastel.action, message_id="5"))
    request = await painted(conversation, pressed)
    assert (request.style, request.strength, request.keep_colours) == ("pastel", 0.3, True)


@pytest.mark.parametrize(
    ("written", "strength"), [("1", 0.01), ("1%", 0.01), ("1.0", 1), ("0.4", 0.4), ("100", 1)]
)
async def test_strengths_are_percent_or_have_a_point(
    written: str, strength: float,
    somebody: Make, conversation: Conversation, server: EmbeddedRedis,
) -> None:  # fmt: skip
    can(server, conversation, ABLE)
    me = somebody()
    asked = await sends(me, f"/stylize pastel strength:{written}", Album(me).photo)
    assert (await painted(conversation, asked)).strength == strength


async def test_a_menu_of_styles_is_under_a_painting(
    somebody: Make, conversation: Conversation, server: EmbeddedRedis
) -> None:
    can(server, conversation, ABLE)
    me = somebody()
    job = (await sends(me, "/stylize pastel", picture())).job_id or ""
    record = await conversation.queue.record(job)
    assert record is not None
    failed = await finished(record, "done", None, [], ABLE)
    assert failed.rows == ()
    from tests.bot.test_bot_conversation import PNG

    shown = await finished(record, "done", None, [PNG], ABLE)
    ((styles,), _) = shown.rows
    assert [choice.action.data for choice in styles.choices] == [
        f"paint:{offer.key}:{job}" for offer in OFFERS
    ]
    # Nothing to choose from, no menu.
    bare = await finished(record, "done", None, [PNG], Skills(painting=True))
    assert len(bare.rows) == 1


def test_what_older_workers_need_not_know_is_not_said() -> None:
    """They refuse fields that they do not know."""
    address = {"platform": "discord", "chat_id": "7"}
    who = {"platform": "discord", "user_id": "1"}
    plain = StylizeRequest.model_validate({"author": who, "address": address, "style": "pastel"})
    assert {"blend", "keep_faces"}.isdisjoint(json.loads(plain.model_dump_json()))
    both = plain.model_copy(
        update={"style": None, "blend": {"pastel": 1.0, "comic": 2.0}, "keep_faces": True}
    )
    assert StylizeRequest.model_validate_json(both.model_dump_json()) == both
    for wrong in (
        {"style": "pastel", "blend": {"pastel": 1, "comic": 1}},
        {"blend": {"pastel": 1}},
        {"blend": {"pastel": 0, "comic": 0}},
        {"blend": {"pastel": -1, "comic": 1}},
        {"blend": {"pastel": "nan", "comic": 1}},
    ):
        with pytest.raises(ValueError, match="StylizeRequest"):
            StylizeRequest.model_validate({"author": who, "address": address, **wrong})
