"""The lexicon: the TOML files of `words/`, compiled once.

English entries match word by word, Chinese and Japanese ones character by character, and the
longest match wins. English words also match as plurals, glued together ("pinkhair") and with a
typo or two, unless the word as written is a word of its own (`false_friends.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from generator.prompt.spelling import Spelling
from generator.prompt.text import Atom, atoms, clean

FOLDER = Path(__file__).with_name("words")
Settings = Mapping[str, Any]
"""Attributes and what they are set to; "wear" holds a list of accessories."""

LAYERS = ("likely", "set", "firm", "weak", "lean", "more", "less", "negated", "girl", "boy")
COLOUR_AT = {
    "hair": ("hair", "hair_colour"), "beard": ("hair", "hair_colour"),
    "fringe": ("hair", "hair_colour"), "streak": ("hair", "hair_colour2"),
    "blend": ("hair", "hair_colour2"), "ombre": ("hair", "hair_colour"),
    "eyes": ("eyes", "eye_colour"), "skin": ("skin", "skin"),
    "face": ("skin", "skin"), "person": ("person", "skin"),
    "outfit": ("outfit", "outfit_colour"), "accessory": ("outfit", "accessory_colour"),
    "glasses": ("outfit", "accessory_colour"),
}  # fmt: skip
"""Where a colour stands, which of its columns counts there, and the attribute it becomes."""


@dataclass(frozen=True)
class Entry:
    """What one group of synonyms means; `words/README.md` describes the keys."""

    kind: str
    name: str
    layers: Mapping[str, Settings] = field(default_factory=dict)
    kin: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    part: str | None = None
    person: bool = False
    parts: Mapping[str, Mapping[str, Settings]] = field(default_factory=dict)
    after: bool = False
    before: bool = False
    towards: bool = False
    side: str | None = None
    mix: str | None = None
    amount: float = 0.0

    @property
    def says_something(self) -> bool:
        """Whether it sets anything itself, rather than only naming a part."""
        return any(layer in self.layers for layer in ("likely", "set", "firm", "weak", "lean"))


UNKNOWN = Entry("unknown", "")


def _layers(data: Mapping[str, Any]) -> dict[str, Settings]:
    layers: dict[str, Settings] = {}
    for layer in LAYERS:
        settings = dict(data.get(layer, {}))
        if isinstance(settings.get("wear"), str):
            settings["wear"] = [settings["wear"]]
        if settings:
            layers[layer] = settings
    return layers


def colour_parts(columns: Mapping[str, str]) -> dict[str, dict[str, Settings]]:
    """What a colour with these levels per column sets at each part."""
    parts: dict[str, dict[str, Settings]] = {}
    for part, (column, attribute) in COLOUR_AT.items():
        if column in columns:
            parts[part] = {"set": {attribute: columns[column]}}
    if "skin_more" in columns and "skin" in parts:
        parts["skin"] = parts["skin"] | {"more": {"skin": columns["skin_more"]}}
    if "hair" in parts:
        parts["ears"] = {"weak": dict(parts["hair"]["set"])}
        parts["bare"] = parts["hair"]
    elif "skin" in parts:
        parts["bare"] = parts["skin"]
    return parts


def _entry(kind: str, name: str, data: Mapping[str, Any]) -> Entry:
    columns = {
        key: str(data[key])
        for key in ("hair", "eyes", "skin", "person", "outfit", "skin_more")
        if isinstance(data.get(key), str)
    }
    if kind in ("colour", "shade"):
        parts: Mapping[str, Mapping[str, Settings]] = colour_parts(columns)
        if kind == "shade" and "hair" in parts:  # "dark" alone is nobody's hair; "pale" is skin
            parts = {part: value for part, value in parts.items() if part != "bare"}
    else:
        parts = {part: _layers(layers) for part, layers in data.get("parts", {}).items()}
    return Entry(
        kind=data.get("kind", kind),
        name=name,
        layers=_layers(data),
        kin={key: tuple(levels) for key, levels in data.get("kin", {}).items()},
        part=data.get("part"),
        person=kind not in ("colour", "shade") and bool(data.get("person", kind == "archetype")),
        parts=parts,
        after=bool(data.get("after", False)),
        before=bool(data.get("before", False)),
        towards=bool(data.get("towards", False)),
        side=data.get("side"),
        mix=data.get("mix"),
        amount=float(data.get("amount", 0.0)),
    )


def _words(data: Mapping[str, Any]) -> Iterator[str]:
    for language in ("en", "zh", "zh_hans", "zh_hant", "ja", "emoji"):
        for word in str(data.get(language, "")).split(","):
            if word.strip():
                yield word.strip()


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def entries() -> Iterator[tuple[Entry, list[str]]]:
    """Every entry with its words, in the order in which the files are read."""
    for file in ("colours", "hair", "face", "wardrobe", "people"):
        data = _load(file)
        for list_name, kind in (
            ("colour", "colour"), ("shade", "shade"), ("entry", "set"), ("adjective", "adjective"),
        ):  # fmt: skip
            for item in data.get(list_name, ()):
                words = list(_words(item))
                yield _entry(kind, words[0], item), words
    for name, item in _load("archetypes").items():
        yield _entry("archetype", name, item), list(_words(item))
    for item in _load("grammar")["entry"]:
        words = list(_words(item))
        yield _entry(item["kind"], words[0], item), words
    filler = Entry("filler", "filler")
    for text in _load("fillers").values():
        yield filler, text.split()


class Lexicon:
    """All words, ready to be looked up."""

    def __init__(self) -> None:
        groups = str(_load("characters")["shapes"]).split()
        self.shapes = {shape: group[0] for group in groups for shape in group[1:]}
        """Han characters and the shape that each is looked up as."""
        self.emoticons = {
            clean(face).casefold(): emoji
            for emoji, faces in _load("emoticons")["emoticons"].items()
            for face in faces.split()
        }
        """Faces of ordinary characters, and the emoji that each is read as."""
        self.glued = frozenset(_load("grammar")["glued"])
        friends = _load("false_friends")
        self.false_friends = frozenset(str(friends["words"]).split())
        self.phrases: dict[str, Entry | None] = {}
        """Entries by their keys joined with spaces; None for what only begins a phrase. One flat
        table, because thousands of trie nodes would cost the garbage collector 20 ms a pass."""
        self.duplicates: list[str] = []
        self.words: set[str] = set()
        self.alone: set[str] = set()
        """The words that mean something without the rest of a phrase."""
        for entry, words in entries():
            for word in words:
                self._add(word, entry)
        for word in _words(friends["compounds"]):
            self._add(word, UNKNOWN)
        self.inflections = self._inflections()
        self.spelling = Spelling(self.words, self.alone)
        self.correct = lru_cache(maxsize=4096)(self._correct)

    def _add(self, phrase: str, entry: Entry) -> None:
        keys = []
        for atom in atoms(clean(phrase), self.shapes):
            keys.append(atom.key or atom.text)
            if atom.kind == "word":
                self.words.add(keys[-1])
        if not keys:
            return
        if len(keys) == 1:
            self.alone.add(keys[0])
        for end in range(1, len(keys)):
            self.phrases.setdefault(" ".join(keys[:end]), None)
        whole = " ".join(keys)
        known = self.phrases.get(whole)
        if known is None:
            self.phrases[whole] = entry
        elif known is not entry:
            self.duplicates.append(phrase)

    def _inflections(self) -> dict[str, str]:
        forms: dict[str, str] = {}
        for word in sorted(self.words):
            if len(word) < 3 or not word.isascii():
                continue
            plurals = [word + "s", word + "es"] if word[-1] in "sxzh" else [word + "s"]
            if word.endswith("y"):
                plurals.append(word[:-1] + "ies")
            if word.endswith("s") and not word.endswith("ss") and len(word) > 4:
                plurals.append(word[:-1])
            for form in plurals:
                if form not in self.words and form not in self.false_friends:
                    forms.setdefault(form, word)
        return forms

    def _correct(self, word: str) -> tuple[str, ...]:
        """The words meant by an English word: itself, its lemma, a near spelling, two glued."""
        if word in self.words:
            return (word,)
        if word in self.inflections:
            return (self.inflections[word],)
        if word in self.false_friends or not word.isascii() or not word.isalpha():
            return ()
        if len(word) >= 6:
            for cut in range(3, len(word) - 2):
                if word[cut:] in self.glued and word[:cut] in self.words:
                    return word[:cut], word[cut:]
        near = self.spelling.meant(word)
        return (near,) if near else ()

    def keys(self, atom: Atom) -> tuple[str, ...]:
        """What an atom is looked up as; empty if no word is meant."""
        if atom.kind == "word" and not atom.key.startswith("#"):
            return tuple(self.correct(atom.key)) if len(atom.key) <= 24 else ()
        return (atom.key,)

    def longest(self, keys: list[str], start: int) -> tuple[int, Entry] | None:
        """The end and entry of the longest match from `start` on."""
        found, phrase = None, ""
        for index in range(start, len(keys)):
            phrase = f"{phrase} {keys[index]}" if phrase else keys[index]
            if phrase not in self.phrases:
                break
            entry = self.phrases[phrase]
            if entry is not None:
                found = (index + 1, entry)
        return found


@cache
def lexicon() -> Lexicon:
    """The one lexicon of this process, compiled at its first use."""
    return Lexicon()
