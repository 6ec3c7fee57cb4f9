from __future__ import annotations
from typing import Any, Literal

Language = Literal["en", "zh_hans", "zh_hant", "ja"]


def phrase_of(a: str, v: Any, language: Language, *, negated: bool = False) -> str:
    return ""


def phrases(w: Any, language: Language) -> tuple[str, ...]:
    return ()
