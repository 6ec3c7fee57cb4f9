"""What workers can do, so that chats offer nothing else.

Each worker tells it with its signs of life. Weights may be missing, packs may be on one machine
only: what counts is what every worker that is alive can do, since any of them may get the job.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from worker.jobs import StyleKey
from worker.scripts import PREFIX

SKILLS = f"{PREFIX}skills"
"""The key of what the last worker could do, which is still offered while none is there."""
SKILLS_TTL = 24 * 3600
PACK = "pack."
"""Begins the keys of styles that an admin added."""


class StyleOffer(BaseModel):
    """A painted style."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: StyleKey
    names: dict[str, str]
    """What people call it, by language as in `bot.texts`."""

    @property
    def mixes(self) -> bool:
        """Whether it can be blended with others; a pack has no code to mean with another's."""
        return not self.key.startswith(PACK)

    def name(self, language: str) -> str:
        """Its name in a language, or in English."""
        return self.names.get(language) or self.names["en"]


class Skills(BaseModel):
    """What can be made of pictures that people send in."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    faces: bool = False
    """Faces are found in photos."""
    painting: bool = False
    """Any picture can be a style."""
    mixing: bool = False
    """Styles can be blended, and faces painted gently: not with workers of the first version."""
    drawings: bool = False
    """Drawn figures are read from pictures."""
    styles: tuple[StyleOffer, ...] = ()

    def find(self, words: str) -> StyleOffer | None:
        """The style that is called so in any language."""
        wanted = _plain(words)
        for style in self.styles:
            if wanted in map(_plain, (style.key.removeprefix(PACK), *style.names.values())):
                return style
        return None

    def get(self, key: str) -> StyleOffer | None:
        """The style of a key."""
        return next((style for style in self.styles if style.key == key), None)


def skills_of(worker: str) -> str:
    """The key of what a worker can do."""
    return f"{PREFIX}skills:{worker}"


def shared(several: Iterable[Skills]) -> Skills:
    """What all of them can do; nothing if there are none."""
    known = list(several)
    if not known:
        return Skills()
    keys = set.intersection(*({style.key for style in skills.styles} for skills in known))
    return Skills(
        faces=all(skills.faces for skills in known),
        painting=all(skills.painting for skills in known),
        mixing=all(skills.mixing for skills in known),
        drawings=all(skills.drawings for skills in known),
        styles=tuple(style for style in known[0].styles if style.key in keys),
    )


def _plain(words: str) -> str:
    return " ".join(words.casefold().replace("_", " ").replace("-", " ").split())
