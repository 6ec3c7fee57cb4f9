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
from worker.jobs import (
    BlendRequest,
    DrawRequest,
    Position,
    Record,
    Request,
    SelfieRequest,
    StylizeRequest,
)
from worker.skills import Skills

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


def is_film(record: Record) -> bool:
    """Whether its result is a film."""
    return isinstance(record.request, BlendRequest) and record.request.film


def wish_of(request: Request, say: Texts, limit: int = 200) -> str:
    """The wish in quotation marks, or what else it was that somebody wanted."""
    if isinstance(request, StylizeRequest):
        style = request.title
        return say("say.painted_like") if style is None else say("say.painted", style=style)
    if isinstance(request, BlendRequest):
        return say("say.filmed") if request.film else say("say.blended")
    if request.prompt:
        return say.quoted(request.prompt, limit)
    if isinstance(request, SelfieRequest) or request.likeness:
        return say("say.selfie")
    return say("say.surprised")


def pressed(request: Request) -> str:
    """What made this job: "avatar", or the button's name; it is part of the click's name."""
    return (request.once or "avatar").split(":")[0]


def waiting(say: Texts, request: Request, position: Position | None = None) -> Reply:
    """The message until the result is there.

    Args:
        say: The language.
        request: The job's.
        position: Where it is in the line, as far as that is known.
    """
    if position is None:
        text = say("say.waiting")
    elif position.place == 0:
        text = say("say.drawing")
    else:
        text = say("say.queued", place=say.place(position.place), wait=say.wait(position.seconds))
    cancel = Action("cancel", request.job_id, UNDER_WAITING)
    button = Button(say("buttons.cancel"), cancel, emoji="✖️")
    return Reply(text + _notice(request, say), rows=((button,),))


async def finished(
    record: Record,
    kind: str,
    error: str | None,
    pictures: list[bytes] | None,
    skills: Skills | None = None,
) -> Reply:
    """The message for a finished job.

    Args:
        record: The job.
        kind: "done", "failed" or "cancelled".
        error: A key of `worker.errors.TEXT_KEYS` if it failed.
        pictures: The bytes of each picture; None if they are gone already.
        skills: What the workers can do, as far as it is known.
    """
    say, request, job_id = language_for(record), record.request, record.job_id
    rows: Rows = ()
    if record.drawing is not None:
        rows = ((Button(say("buttons.reroll"), Action("reroll", job_id), emoji="🔁"),),)
    if kind == "cancelled":
        return Reply(say("say.cancelled"), rows=rows)
    if kind == "failed":
        # A newer worker may know reasons for which there is no sentence here.
        key = error if f"errors.{error}" in say.table else "draw-failed"
        sorry = explained(ChatError(key or "draw-failed", job_id=job_id), say)
        if error == "no-face" and isinstance(request, SelfieRequest) and paintable(skills):
            sorry += " " + say("say.paint_instead")
            rows = _styles(record, say, skills)
        if error == "no-face" and isinstance(request, BlendRequest) and not _reads(skills):
            sorry += " " + say("say.no_drawings")
        return Reply(sorry + _notice(request, say), rows=rows)
    if not pictures:
        return Reply(explained(ChatError("gone"), say), rows=rows)
    if pressed(request) == "file":
        return files(record, pictures)
    name = file_name(record)
    if is_film(record):
        return Reply(caption(record), buttons(record, skills), File(name, pictures[0]))
    transparent = isinstance(request, DrawRequest | SelfieRequest | BlendRequest) and (
        request.background is None
    )
    preview = await asyncio.to_thread(_preview, pictures, transparent)
    return Reply(caption(record), buttons(record, skills), File(name, preview))


def files(record: Record, pictures: list[bytes]) -> Reply:
    """The pictures to keep, byte for byte."""
    say = language_for(record)
    return Reply(
        say("say.files") if record.drawing is not None and not is_film(record) else "",
        files=tuple(
            File(file_name(record, number), data) for number, data in enumerate(pictures, start=1)
        ),
    )


def file_name(record: Record, number: int | None = None) -> str:
    """A name that says nothing of the person or the wish."""
    stem = record.job_id if number is None else f"{record.job_id}-{number}"
    return stem + (".gif" if is_film(record) else ".png")


def caption(record: Record, *, pressable: bool = True) -> str:
    """What stands above a result.

    Args:
        record: The job's.
        pressable: Whether its buttons are shown, so that they may be spoken of.
    """
    request, say = record.request, language_for(record)
    wish, drawing = wish_of(request, say), record.drawing
    if drawing is None or is_film(record):
        return wish + _notice(request, say)
    if not pressable:
        text = say("say.done_one", wish=wish)
    elif drawing.variation is not None:
        text = say("say.done_vary", wish=wish)
    elif drawing.size >= LARGE:
        text = say("say.done_large", wish=wish)
    elif drawing.count > 1:
        text = say("say.done", wish=wish)
    else:
        text = say("say.done_one", wish=wish)
    if drawing.unknown:
        words = say.listed([word[:40] for word in drawing.unknown[:5]])
        text += "\n" + say("say.unknown", words=words)
    if drawing.prompt and not drawing.understood and not drawing.likeness:
        text += "\n" + say("say.hint")
    return text + _notice(request, say)


def buttons(record: Record, skills: Skills | None = None) -> Rows:
    """The controls under a result."""
    say, drawing = language_for(record), record.drawing

    def button(name: str, emoji: str) -> Button:
        return Button(say(f"buttons.{name}"), Action(name, record.job_id), emoji=emoji)

    delete = Button(say("buttons.delete"), Action("delete", record.job_id), "danger", "🗑️")
    file, styles = button("file", "📎"), _styles(record, say, skills)
    if drawing is None:
        return (*styles, (file, delete))
    if is_film(record):
        return ((file, delete),)
    second = [button("edit", "✏️"), button("blend", "🧬")]
    if isinstance(record.request, BlendRequest):
        second.append(button("film", "🎞️"))
    else:
        second.insert(0, button("reroll", "🔁"))
    return (
        _candidates(record, drawing, say),
        tuple(second),
        *styles,
        *_people(record, say),
        (file, button("details", "🔍"), delete),
    )


def _candidates(record: Record, drawing: DrawRequest, say: Texts) -> tuple[Button, ...]:
    """To see one of them large, or to see more like it."""
    job_id, count = record.job_id, len(record.specs) or drawing.count
    if count > 1:
        return tuple(
            Button(
                say("buttons.pick", number=index + 1), Action("pick", job_id, str(index)), "main"
            )
            for index in range(count)
        )
    vary = Button(say("buttons.vary"), Action("vary", job_id, "0"), "main", "✨")
    if drawing.size >= LARGE:
        return (vary,)
    return (Button(say("buttons.large"), Action("pick", job_id, "0"), "main", "🖼️"), vary)


def _people(record: Record, say: Texts) -> Rows:
    """Who else is in the photo."""
    others = tuple(
        Button(
            say("buttons.person", number=index + 1),
            Action("person", record.job_id, str(index)),
            emoji="👤",
        )
        for index in range(1, len(record.read.people))
    )
    return (others,) if others else ()


def _styles(record: Record, say: Texts, skills: Skills | None) -> Rows:
    """The painted styles of the same photo, which the chat gives out again."""
    if not isinstance(record.request, SelfieRequest | StylizeRequest) or skills is None:
        return ()
    choices = style_buttons(skills, say, record.job_id)
    if not choices:
        return ()
    action = Action("styles", record.job_id)
    return ((Button(say("buttons.styles"), action, emoji="🎨", choices=choices),),)


def style_buttons(skills: Skills, say: Texts, name: str) -> tuple[Button, ...]:
    """A button for each style that a photo can be painted in.

    Args:
        skills: What the workers can do.
        say: The language.
        name: What the photo is remembered under: its job's id.
    """
    return tuple(
        Button(style.name(say.language), Action("paint", style.key, name))
        for style in skills.styles
    )


def paintable(skills: Skills | None) -> bool:
    """Whether there are styles to choose from."""
    return skills is not None and bool(skills.styles)


def _reads(skills: Skills | None) -> bool:
    """Whether drawn figures can be read, as far as it is known."""
    return skills is None or skills.drawings


def _notice(request: Request, say: Texts) -> str:
    """What becomes of photos, for whoever sent the first one."""
    return "\n" + say("say.notice") if request.notice else ""


def details(record: Record, say: Texts) -> str:
    """Seed, id, what was drawn and what was not understood."""
    nothing, drawing = say("say.nothing"), record.drawing
    drawn = [describe(spec, say.language) for spec in record.specs]
    prompt, unknown = (drawing.prompt, drawing.unknown[:20]) if drawing else ("", ())
    values = {
        "wish": say.quoted(prompt, 500) if prompt else nothing,
        "unknown": say.listed(unknown) if unknown else nothing,
        "seed": drawing.seed if drawing else nothing,
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
