"""From a job's record to the message that shows it."""

from __future__ import annotations

import asyncio
from io import BytesIO

from PIL import Image

from bot.core.events import Action
from bot.core.refusals import explained
from bot.core.replies import Button, File, Reply, Rows
from bot.texts import LANGUAGES, Texts, language_of, texts
from generator.compositing import background, grid, png
from generator.prompt import describe
from worker.errors import ChatError
from worker.jobs import DrawRequest, Position, Record

PREVIEW_BACKGROUND = "#fdf3f4"
"""Behind transparent candidates in a preview: chats show them on black otherwise."""
UNDER_WAITING = "w"
"""Marks the cancel button of a waiting message."""
LARGE = 512
"""Pixels of a pick, "full size"."""


def language_for(record: Record) -> Texts:
    """The language in which the job was asked for."""
    locale = record.request.locale
    return texts(locale if locale in LANGUAGES else language_of(locale))


def wish_of(request: DrawRequest, say: Texts, limit: int = 200) -> str:
    """The wish in quotation marks, or that it was a surprise."""
    return say.quoted(request.prompt, limit) if request.prompt else say("say.surprised")


def pressed(request: DrawRequest) -> str:
    """What made this job: "avatar", or the button's name; it is part of the click's name."""
    return (request.once or "avatar").split(":")[0]


def waiting(say: Texts, job_id: str, position: Position | None = None) -> Reply:
    """The message until the result is there.

    Args:
        say: The language.
        job_id: For the cancel button.
        position: Where it is in the line, as far as that is known.
    """
    if position is None:
        text = say("say.waiting")
    elif position.place == 0:
        text = say("say.drawing")
    else:
        text = say("say.queued", place=say.place(position.place), wait=say.wait(position.seconds))
    button = Button(say("buttons.cancel"), Action("cancel", job_id, UNDER_WAITING), emoji="✖️")
    return Reply(text, rows=((button,),))


async def finished(
    record: Record, kind: str, error: str | None, pictures: list[bytes] | None
) -> Reply:
    """The message for a finished job.

    Args:
        record: The job.
        kind: "done", "failed" or "cancelled".
        error: A key of `worker.errors.TEXT_KEYS` if it failed.
        pictures: PNG bytes of each candidate; None if they are gone already.
    """
    say, job_id = language_for(record), record.job_id
    again = Button(say("buttons.reroll"), Action("reroll", job_id), emoji="🔁")
    if kind == "cancelled":
        return Reply(say("say.cancelled"), rows=((again,),))
    if kind == "failed":
        sorry = ChatError(error or "draw-failed", job_id=job_id)
        return Reply(explained(sorry, say), rows=((again,),))
    if not pictures:
        return Reply(explained(ChatError("gone"), say), rows=((again,),))
    if pressed(record.request) == "file":
        return files(record, pictures)
    preview = await asyncio.to_thread(_preview, pictures, record.request.background is None)
    return Reply(caption(record), rows=buttons(record), picture=File(f"{job_id}.png", preview))


def files(record: Record, pictures: list[bytes]) -> Reply:
    """The pictures to keep: PNG, byte for byte."""
    return Reply(
        language_for(record)("say.files"),
        files=tuple(
            File(f"{record.job_id}-{number}.png", data)
            for number, data in enumerate(pictures, start=1)
        ),
    )


def caption(record: Record) -> str:
    """What stands above a result."""
    request, say = record.request, language_for(record)
    wish = wish_of(request, say)
    if request.variation is not None:
        text = say("say.done_vary", wish=wish)
    elif request.size >= LARGE:
        text = say("say.done_large", wish=wish)
    elif request.count > 1:
        text = say("say.done", wish=wish)
    else:
        text = say("say.done_one", wish=wish)
    if request.unknown:
        words = say.listed([word[:40] for word in request.unknown[:5]])
        text += "\n" + say("say.unknown", words=words)
    if request.prompt and not request.understood:
        text += "\n" + say("say.hint")
    return text


def buttons(record: Record) -> Rows:
    """The controls under a result."""
    request, say, job_id = record.request, language_for(record), record.job_id

    def button(name: str, emoji: str) -> Button:
        return Button(say(f"buttons.{name}"), Action(name, job_id), emoji=emoji)

    vary = Button(say("buttons.vary"), Action("vary", job_id, "0"), "main", "✨")
    first: tuple[Button, ...]
    if request.count > 1:
        first = tuple(
            Button(
                say("buttons.pick", number=index + 1), Action("pick", job_id, str(index)), "main"
            )
            for index in range(request.count)
        )
    elif request.size < LARGE:
        large = Button(say("buttons.large"), Action("pick", job_id, "0"), "main", "🖼️")
        first = (large, vary)
    else:
        first = (vary,)
    delete = Button(say("buttons.delete"), Action("delete", job_id), "danger", "🗑️")
    return (
        first,
        (button("reroll", "🔁"), button("edit", "✏️"), button("file", "📎")),
        (button("details", "🔍"), delete),
    )


def details(record: Record, say: Texts) -> str:
    """Seed, id, what was drawn and what was not understood."""
    request = record.request
    nothing = say("say.nothing")
    drawn = [describe(spec, say.language) for spec in record.specs]
    values = {
        "wish": say.quoted(request.prompt, 500) if request.prompt else nothing,
        "unknown": say.listed(request.unknown[:20]) if request.unknown else nothing,
        "seed": request.seed,
        "id": record.job_id,
    }
    if len(drawn) <= 1:
        return say("say.details", drawn=drawn[0] if drawn else nothing, **values)
    lines = [
        say("say.drawn_number", number=number, drawn=text)
        for number, text in enumerate(drawn, start=1)
    ]
    return say("say.details_several", drawn="\n".join(lines), **values)


def _preview(pictures: list[bytes], transparent: bool) -> bytes:
    images = [Image.open(BytesIO(data), formats=("PNG",)).convert("RGBA") for data in pictures]
    if transparent:
        images = [background(image, PREVIEW_BACKGROUND) for image in images]
    return png(images[0] if len(images) == 1 else grid(images))
