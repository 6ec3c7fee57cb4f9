"""What is asked of the worker and what became of it: small frozen models, JSON in Redis.

One request model per kind of job. The same object is in the slash command, in Redis, in the worker
and in the record behind the buttons. Nothing here imports torch.
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated, Literal, Self, TypeAlias

from PIL import ImageColor
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from generator.blending import MOST_SOURCES, Part
from generator.compositing import BACKGROUNDS
from generator.spec import AvatarSpec
from generator.wish import Wish

JobId: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]
State = Literal["queued", "drawing", "done", "failed", "cancelled"]
OPEN_STATES: frozenset[str] = frozenset({"queued", "drawing"})
Lane = Literal["high", "default", "low"]
StyleKey: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-z_.-]{1,40}$")]
"""A painted style: a key of `generator.style`, or "pack." and the name of an admin's pack."""

# Crockford's alphabet without vowels: ids that people read aloud and that never spell a word.
_ALPHABET = "0123456789bcdfghjkmnpqrstvwxyz"


def new_job_id() -> str:
    """Twelve characters, 58 bits: short enough for callback data, too many to guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Author(_Frozen):
    """Who asked. Ids are strings on every platform."""

    platform: Annotated[str, Field(pattern=r"^[a-z]{1,16}$")]
    user_id: Annotated[str, Field(pattern=r"^[^:\s]{1,64}$")]
    display: Annotated[str | None, Field(repr=False)] = None

    @property
    def key(self) -> str:
        """The author's name in Redis keys."""
        return f"{self.platform}:{self.user_id}"


class Address(_Frozen):
    """Where an answer goes, or where it went."""

    platform: Annotated[str, Field(pattern=r"^[a-z]{1,16}$")]
    chat_id: str
    message_id: str | None = None
    """The message to edit into the result, or to reply to."""
    guild_id: str | None = None
    thread_id: str | None = None
    """A forum topic or thread inside the chat."""
    token: Annotated[str | None, Field(repr=False)] = None
    """Discord's interaction token, good for 15 minutes."""
    token_expires: float | None = None
    """Unix seconds."""


class Variation(_Frozen):
    """Draw others like one that was picked: `DrawRequest.specs` holds that one spec."""

    parent: JobId
    index: Annotated[int, Field(ge=0, le=3)]
    """Which candidate of the parent was picked."""
    strength: Annotated[float, Field(ge=0.0, le=1.0)] = 0.3
    """0: the same figure again, 1: hardly related."""


class _Request(_Frozen):
    """What every kind of job carries."""

    version: Literal[1] = 1
    job_id: JobId = Field(default_factory=new_job_id)
    author: Author
    address: Address
    locale: str = "en"
    parent: JobId | None = None
    created: float = Field(default_factory=time.time)
    """Unix seconds."""
    once: Annotated[str | None, Field(max_length=200)] = None
    """Names the click: while a job of this author with the same name is open (or a moment old),
    another request makes no second job. For example "{message_id}:reroll"."""
    origin: Annotated[str | None, Field(max_length=200)] = None
    """Names the message or press that made it, as the chat does. A chat that is not sure that we
    heard it says it again, perhaps hours later: that makes no second job either."""
    uploads: tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")], ...] = ()
    """Keys of pictures put with `JobQueue.upload`; deleted when the job ends."""
    notice: bool = False
    """Its author sent a picture for the first time, and is told what becomes of it."""
    lane: Lane = "default"
    """high: a follow-up on a picture someone looks at; low: many pictures at once."""


def _known_background(name: str) -> str:
    if name not in BACKGROUNDS:
        ImageColor.getrgb(name)
    return name


class _Drawing(_Request):
    """What is asked for of a figure, and how it is to be shown."""

    prompt: Annotated[str, Field(max_length=2000, repr=False)] = ""
    wish: Annotated[Wish, Field(default_factory=Wish, repr=False)]
    """The part of a spec that was asked for; the rest is drawn from the priors by the seed."""
    understood: Annotated[tuple[str, ...], Field(repr=False)] = ()
    unknown: Annotated[tuple[str, ...], Field(repr=False)] = ()
    """What the prompt parser made of the prompt, and the words it did not know."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    count: Annotated[int, Field(ge=1, le=4)] = 4
    size: Literal[256, 512] = 256
    """Edge of each picture in pixels."""
    background: Annotated[str, AfterValidator(_known_background)] | None = None
    """None: transparent; else one of `generator.compositing.BACKGROUNDS` or a colour."""


class DrawRequest(_Drawing):
    """Draw `count` candidates of a wish, or given specs again."""

    kind: Literal["draw"] = "draw"
    likeness: Annotated[tuple[Wish, ...], Field(max_length=4, repr=False)] = ()
    """What was read of one person, a wish a candidate, the likeliest first; `wish` overrides."""
    specs: tuple[AvatarSpec, ...] | None = None
    """Draw exactly these: a pick in full size, an old result again, the base of a variation."""
    variation: Variation | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.variation is not None:
            if self.specs is None or len(self.specs) != 1:
                raise ValueError("a variation needs the one spec that was picked")
        elif self.specs is not None and len(self.specs) != self.count:
            raise ValueError("count must be the number of specs")
        return self


class SelfieRequest(_Drawing):
    """Draw the person of a photo, which is the only upload; the wish overrides what is read."""

    kind: Literal["selfie"] = "selfie"

    def drawing(self, likeness: tuple[Wish, ...]) -> DrawRequest:
        """What is left to do once the photo was read, without the photo."""
        shared = set(_Drawing.model_fields) - {"uploads"}
        return DrawRequest(likeness=likeness, **{name: getattr(self, name) for name in shared})


MOST_STYLES = 4
"""Styles in one blend."""


class StylizeRequest(_Request):
    """Paint the first upload in a style.

    What came later than the first version is left out of the JSON where it is not used, so that
    older workers go on painting what they can.
    """

    kind: Literal["stylize"] = "stylize"
    style: StyleKey | None = None
    """None: the `blend`, or as the second upload is painted."""
    blend: Annotated[
        dict[StyleKey, Annotated[float, Field(ge=0.0, allow_inf_nan=False)]],
        Field(max_length=MOST_STYLES, exclude_if=lambda blend: not blend),
    ] = {}
    """Several named styles and their shares, of any sum; instead of one."""
    title: Annotated[str | None, Field(max_length=100)] = None
    """What the style is called in the author's language."""
    strength: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0
    keep_colours: bool = False
    """The style's strokes in the colours of the picture."""
    keep_faces: Annotated[bool, Field(exclude_if=lambda keep: not keep)] = False
    """Faces are painted with less strength."""

    @model_validator(mode="after")
    def _one_style(self) -> Self:
        if self.blend and (self.style is not None or len(self.blend) < 2):
            raise ValueError("give a style, or a blend of several")
        if self.blend and not any(self.blend.values()):
            raise ValueError("one share at least must be above 0")
        return self


class Source(_Frozen):
    """A figure to blend: one that is known, or who or what is seen in an upload."""

    spec: AvatarSpec | None = None
    upload: Annotated[int, Field(ge=0, lt=MOST_SOURCES)] | None = None
    """Which of the uploads."""
    weight: Annotated[float, Field(ge=0.0, le=100.0)] = 1.0

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.spec is None) == (self.upload is None):
            raise ValueError("give either a spec or an upload")
        return self


class BlendRequest(_Request):
    """Make one figure of two to four, or a film that goes from each to the next."""

    kind: Literal["blend"] = "blend"
    sources: Annotated[tuple[Source, ...], Field(min_length=2, max_length=MOST_SOURCES)]
    take: dict[Part, Annotated[int, Field(ge=0, lt=MOST_SOURCES)]] = {}
    """Parts that come whole from one of the sources, such as its hair."""
    film: bool = False
    """An animated GIF that loops."""
    background: Annotated[str, AfterValidator(_known_background)] | None = None

    def drawing(self, specs: tuple[AvatarSpec, ...]) -> DrawRequest:
        """What is left to do once it is known what comes of it, without the pictures."""
        shared = set(_Request.model_fields) - {"uploads"}
        return DrawRequest(
            specs=specs,
            likeness=tuple(map(Wish.of, specs)),
            wish=Wish(),
            count=len(specs),
            size=512 if len(specs) == 1 else 256,
            background=self.background,
            **{name: getattr(self, name) for name in shared},
        )


# Stickers join this union with their own kind.
Request: TypeAlias = Annotated[
    DrawRequest | SelfieRequest | StylizeRequest | BlendRequest, Field(discriminator="kind")
]
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


def parse_request(data: str | bytes) -> Request:
    """The request of its JSON.

    Raises:
        pydantic.ValidationError: if it is of an unknown kind or version.
    """
    return _REQUEST.validate_json(data)


class Read(_Frozen):
    """What a worker read of the pictures that were sent in: all of them that is kept."""

    people: tuple[tuple[Wish, ...], ...] = ()
    """A selfie's faces, the largest first: for each the wishes of `DrawRequest.likeness`."""
    figures: tuple[AvatarSpec, ...] = ()
    """The sources of a blend, in the order of the request."""


class Record(_Frozen):
    """A request and what became of it; kept for 30 days. Times are Unix seconds."""

    request: Request
    state: State = "queued"
    attempts: int = 0
    """How often a worker began to draw it."""
    submitted: float = 0.0
    started: float | None = None
    finished: float | None = None
    draw_seconds: float | None = None
    """The engine's time for the batch that this job was in."""
    specs: tuple[AvatarSpec, ...] = ()
    """What was drawn, one per candidate; empty until done, and for a painted photo."""
    read: Annotated[Read, Field(repr=False)] = Read()
    """What was read of its pictures."""
    error: str | None = None
    """If the job failed: a key of `worker.errors.TEXT_KEYS`, or one of the generator's."""
    error_params: dict[str, str | int | float] = {}
    waiting: str | None = None
    """The id of the message that waits for the result; None until it is posted, which is after
    the job was submitted, or if nobody lived to post it (then it may be empty)."""
    landed: Address | None = None
    """The message in which the result was shown: to be edited if it is delivered again."""

    @property
    def job_id(self) -> str:
        """The id of the job."""
        return self.request.job_id

    @property
    def address(self) -> Address:
        """Where the answer goes: the request's address, and the waiting message if there is one."""
        asked = self.request.address
        return asked.model_copy(update={"message_id": self.waiting}) if self.waiting else asked

    @property
    def drawing(self) -> DrawRequest | None:
        """What was drawn, to be asked for again or otherwise, without any picture.

        None if nothing of it is kept: a photo that was painted, or has shown nobody.
        """
        request = self.request
        if isinstance(request, DrawRequest):
            return request
        if isinstance(request, SelfieRequest) and self.read.people:
            return request.drawing(self.read.people[0])
        if isinstance(request, BlendRequest) and self.specs:
            return request.drawing(self.specs)
        return None

    @property
    def open(self) -> bool:
        """Whether it still waits or is being drawn."""
        return self.state in OPEN_STATES


class Position(_Frozen):
    """A place in the line: 0 is being drawn, 1 is next."""

    place: int
    seconds: float
    """An estimate until the result, from a moving average."""


class Progress(_Frozen):
    """Best effort news of a job for a waiting message."""

    job_id: JobId
    state: Literal["queued", "drawing"]
    place: int = 0
    seconds: float = 0.0
