"""What is made of pictures that people send in: avatars of them, paintings, blends and films.

Everything happens in steps, between which a job that was cancelled ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import Image

from generator.blending import blend, leanings
from generator.compositing import png
from generator.errors import PersonError
from generator.faces import Face, Faces
from generator.photo import open_photo
from generator.spec import AvatarSpec
from generator.wish import Wish
from worker import metrics
from worker.errors import ChatError
from worker.jobs import BlendRequest, DrawRequest, Read, Request, SelfieRequest, StylizeRequest
from worker.models import Models
from worker.skills import PACK
from worker.tasks import Around, Drawn, Engine, draw, plainly

if TYPE_CHECKING:
    from generator.packs import PhotoStyle
    from generator.style.pictures import Mask

MOST_PEOPLE = 4
"""Faces of a photo that are read."""
BESIDE = 0.15
"""Faces this much smaller (by area) than the largest belong to passers-by, and are not read."""
FILM_PAPER = "#fdf3f4"
"""Behind the figures of a film: a GIF has no soft edges to lie over any colour with."""
T = TypeVar("T")


class DroppedError(Exception):
    """The job was cancelled, or is another worker's by now: nobody waits for its next step."""


class Steps:
    """The steps of one job.

    Args:
        job_id: The job.
        dropped: Asked before each step for job ids that need no work any more.
        around: Makes the call of a step; the worker watches the clock there.
    """

    def __init__(self, job_id: str, dropped: Callable[[], Collection[str]], around: Around) -> None:
        self._job_id = job_id
        self.dropped = dropped
        self.around = around

    def __call__(self, stage: str, call: Callable[[], T]) -> T:
        """Make a step.

        Raises:
            DroppedError: if there is no use in it.
        """
        if self._job_id in self.dropped():
            raise DroppedError
        with metrics.stage(stage):
            return self.around(call)


def work(
    models: Models,
    requests: Sequence[Request],
    uploads: Callable[[Request], list[bytes]],
    *,
    batch: int,
    dropped: Callable[[], Collection[str]] = tuple,
    around: Around = plainly,
) -> Iterator[tuple[Request, Drawn]]:
    """Do jobs: wishes of one `compatible` key together, anything else one by one.

    Args:
        models: What works.
        requests: The jobs.
        uploads: Gets what was sent in with one of them.
        batch: Pictures per call of the engine.
        dropped: Asked between the steps for job ids that need no work any more.
        around: Makes the call of a step.

    Raises:
        PersonError: What is wrong with a picture, or what there is no network for.
    """
    wishes = [request for request in requests if isinstance(request, DrawRequest)]
    yield from draw(models.engine, wishes, step=batch, dropped=dropped, around=around)
    for request in requests:
        if isinstance(request, DrawRequest):
            continue
        studio = Studio(models, batch, Steps(request.job_id, dropped, around))
        try:
            match request:
                case SelfieRequest():
                    done = studio.selfie(request, uploads(request))
                case StylizeRequest():
                    done = studio.stylize(request, uploads(request))
                case BlendRequest():
                    done = studio.blend(request, uploads(request))
        except DroppedError:
            continue
        yield request, done


class Studio:
    """Works on one job."""

    def __init__(self, models: Models, batch: int, step: Steps) -> None:
        self._models = models
        self._batch = batch
        self._step = step

    def selfie(self, request: SelfieRequest, pictures: Sequence[bytes]) -> Drawn:
        """Draw the largest face of a photo, and read the others for later."""
        faces = self._faces(self._opened(pictures[0]))
        if not faces.found:
            raise ChatError("no-face")
        people = self._people(faces, request.seed, MOST_PEOPLE)
        drawn = self._draw(request.drawing(people[0]))
        return Drawn(drawn.specs, drawn.pictures, Read(people=people))

    def stylize(self, request: StylizeRequest, pictures: Sequence[bytes]) -> Drawn:
        """Paint a picture."""
        photo, *others = [self._opened(data) for data in pictures]
        look: dict[str, Any] = {
            "strength": request.strength,
            "keep_colours": request.keep_colours,
        }
        if request.keep_faces:
            photo, look["mask"] = self._gently(photo)
        style = request.style
        if style is not None and style.startswith(PACK):
            pack = self._step("load", lambda: self._models.pack(style.removeprefix(PACK)))
            painted = self._step("paint", lambda: _by_pack(pack, photo, look))
        else:
            stylizer = self._step("load", lambda: self._models.stylizer)
            shares = request.blend if style is None else {style: 1.0}
            if not set(shares) <= set(stylizer.names):
                raise ChatError("style-gone")
            like = shares or others[0]
            painted = self._step("paint", lambda: stylizer.stylize(photo, like, **look))
        return Drawn((), [self._step("encode", lambda: png(painted))])

    def _gently(self, photo: Image.Image) -> tuple[Image.Image, Mask]:
        """The photo, upright, and where its faces are."""
        from generator.style.faces import mask_of

        faces = self._faces(photo)
        return faces.image, mask_of(faces)

    def blend(self, request: BlendRequest, pictures: Sequence[bytes]) -> Drawn:
        """Make one figure of several, or a film that goes round them."""
        figures = [
            self._figure(pictures[source.upload or 0]) if source.spec is None else source.spec
            for source in request.sources
        ]
        read = Read(figures=tuple(figures))
        if request.film:
            film = self._film(figures, request.background or FILM_PAPER)
            return Drawn(tuple(figures), [film], read)
        weights = [source.weight for source in request.sources]
        taken = {part: figures[at] for part, at in request.take.items() if at < len(figures)}
        exactly = None
        if taken or len(set(weights)) > 1:
            # Said exactly: there is nothing to choose from.
            exactly = blend(list(zip(figures, weights, strict=True)), taken)
        drawn = self._draw(request.drawing((exactly,) if exactly else leanings(figures)))
        return Drawn(drawn.specs, drawn.pictures, read)

    def _faces(self, photo: Image.Image) -> Faces:
        reader = self._step("load", lambda: self._models.faces)
        return self._step("faces", lambda: reader.read(photo))

    def _people(self, faces: Faces, seed: int, most: int) -> tuple[tuple[Wish, ...], ...]:
        """The people of a photo, the largest first: for each the wishes of four candidates."""
        from generator.selfie import read_selfie
        from generator.selfie.candidates import wishes

        near = [f for f in faces.found if f.box.area >= BESIDE * faces.found[0].box.area]

        def likeness(face: Face) -> tuple[Wish, ...]:
            return tuple(self._step("read", lambda: wishes(read_selfie(faces, face), seed)))

        return tuple(likeness(face) for face in near[:most])

    def _figure(self, data: bytes) -> AvatarSpec:
        """Who is to be seen in a photo, or what is drawn in a picture."""
        from generator.fusion.drawn import looks_drawn

        picture = self._opened(data)
        faces = self._faces(picture)
        if not faces.found or looks_drawn(faces.image, faces.found[0]):
            reader = self._step("load", lambda: self._models.drawings)
            if reader is None:
                raise ChatError("no-face")
            try:
                return self._step("read", lambda: reader.read([picture]))[0].spec
            except PersonError as error:
                if not faces.found:
                    raise ChatError("no-face") from error
        return self._people(faces, 0, 1)[0][0].complete(0)

    def _opened(self, data: bytes) -> Image.Image:
        return self._step("open", lambda: open_photo(data))

    def _draw(self, request: DrawRequest) -> Drawn:
        step = self._step
        for _, drawn in draw(
            self._models.engine,
            [request],
            step=self._batch,
            dropped=step.dropped,
            around=step.around,
        ):
            return drawn
        raise DroppedError

    def _film(self, figures: Sequence[AvatarSpec], behind: str) -> bytes:
        from generator.fusion.animation import encode, itinerary, shoot

        engine = _Stepwise(self._models.engine, self._step)
        film = shoot(engine, itinerary(figures), behind=behind)
        return self._step("encode", lambda: encode(film, "gif"))


def _by_pack(pack: PhotoStyle, photo: Image.Image, look: dict[str, Any]) -> Image.Image:
    from generator.style.overlay import laid_over

    return laid_over(photo, pack.stylize(photo), **look)


class _Stepwise:
    """The engine, with each of its calls as a step."""

    def __init__(self, engine: Engine, step: Steps) -> None:
        self._engine = engine
        self._step = step

    def draw(self, specs: list[AvatarSpec], size: int = 256) -> list[Image.Image]:
        return self._step("draw", lambda: self._engine.draw(specs, size))
