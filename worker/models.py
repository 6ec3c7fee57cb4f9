"""The networks of a worker: each is loaded when a job first needs it, and stays warm.

Drawing from words pays for nothing but the engine.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from safetensors import SafetensorError, safe_open

from generator.manifest import SHIPPED
from generator.packs import Pack, PackError, PhotoStyle, packs
from generator.packs.manifest import Language
from generator.style.styles import WEIGHTS, styles
from worker.errors import ChatError
from worker.settings import WorkerSettings
from worker.skills import PACK, Skills, StyleOffer
from worker.tasks import Engine

if TYPE_CHECKING:
    from generator.faces import FaceReader
    from generator.fusion.extraction import Reader
    from generator.style.stylizer import Stylizer

ENCODER_WEIGHTS = SHIPPED / "encoder.safetensors"
"""As `generator.fusion.extraction`, which needs torch, has it."""
_LANGUAGES: dict[str, Language] = {
    code.lower().replace("-", "_"): code for code in get_args(Language)
}
"""The frontends' names of the languages, and the packs'."""


class Models:
    """What a worker works with.

    Args:
        engine: Loaded and warm.
        settings: Where weights of one's own are.
    """

    def __init__(self, engine: Engine, settings: WorkerSettings) -> None:
        self.engine = engine
        self._settings = settings
        self._packs: dict[str, PhotoStyle] = {}

    @cached_property
    def faces(self) -> FaceReader:
        """Finds faces."""
        from generator.faces import load_reader

        return load_reader()

    @cached_property
    def stylizer(self) -> Stylizer:
        """Paints."""
        from generator.style.stylizer import Stylizer

        return Stylizer.load(self._style_weights)

    @cached_property
    def drawings(self) -> Reader | None:
        """Reads figures that are drawn; None without its weights."""
        from generator.fusion.extraction import Reader

        weights = self._encoder_weights
        return Reader.load(weights) if weights.exists() else None

    def pack(self, name: str) -> PhotoStyle:
        """A style that an admin added; its file is looked at again each time it is loaded.

        Raises:
            ChatError: if it is not here any more, or may not be loaded.
        """
        if name not in self._packs:
            found = next((pack for pack in packs() if pack.name == name), None)
            if found is None:
                raise ChatError("style-gone")
            self._packs[name] = found.load()
        return self._packs[name]

    def skills(self) -> Skills:
        """What this worker can do, found out without loading a network."""
        painted = self._painted()
        offers = [
            StyleOffer(
                key=key, names={language: getattr(name, language) for language in _LANGUAGES}
            )
            for key, name in styles().items()
            if key in painted
        ]
        offers += [
            StyleOffer(
                key=f"{PACK}{pack.name}",
                names={each: pack.title(code) for each, code in _LANGUAGES.items()},
            )
            for pack in _loadable()
        ]
        return Skills(
            faces=importlib.util.find_spec("mediapipe") is not None,
            painting=self._style_weights.exists(),
            mixing=True,
            drawings=self._encoder_weights.exists(),
            styles=tuple(offers),
        )

    @property
    def _style_weights(self) -> Path:
        return self._settings.style_weights or WEIGHTS

    @property
    def _encoder_weights(self) -> Path:
        return self._settings.encoder_weights or ENCODER_WEIGHTS

    def _painted(self) -> frozenset[str]:
        """The styles that the style network knows by name, by the header of its file."""
        try:
            with safe_open(self._style_weights, "np") as file:
                config = json.loads((file.metadata() or {})["config"])
            return frozenset(cast(dict[str, Any], config)["names"])
        except (OSError, SafetensorError, KeyError, ValueError):
            return frozenset()


def _loadable() -> list[Pack]:
    """The packs whose networks are whole and may be loaded here."""
    found = []
    for pack in packs():
        try:
            pack.check()
        except PackError:
            continue
        found.append(pack)
    return found
