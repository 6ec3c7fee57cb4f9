"""What holds for every prompt, however odd, and for the lexicon itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.prompt import LANGUAGES, LIMIT, Language, Wish, colour, describe, parse
from generator.prompt.describe import name, phrase_of
from generator.prompt.lexicon import FOLDER, entries, lexicon
from generator.prompt.text import clean
from generator.prompt.timing import hostile, timing
from generator.prompt.tokens import read
from generator.spec import ACCESSORIES, PALETTES, SLIDERS, VOCABULARY, AvatarSpec

WORDS = sorted({word for _, words in entries() for word in words})
PROMPTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=14).map("".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), max_size=14).map(" ".join),
)


@settings(max_examples=300, deadline=None)
@given(PROMPTS, st.integers())
def test_any_text_is_read_and_completed(text: str, seed: int) -> None:
    reading = parse(text)
    assert reading == parse(text)
    spec = reading.wish.complete(seed)
    assert spec == reading.wish.complete(seed)
    assert AvatarSpec.model_validate_json(spec.model_dump_json()) == spec
    assert Wish.model_validate_json(reading.wish.model_dump_json()) == reading.wish
    assert reading.wish.wear <= spec.accessories
    assert not reading.wish.without & spec.accessories
    for attribute, level in reading.wish.avoid:
        assert getattr(spec, attribute) != level
    for language in LANGUAGES:
        assert all(reading.phrases(language))
        assert all(item.phrase(language) for item in reading.understood + reading.dropped)


@settings(max_examples=200, deadline=None)
@given(PROMPTS)
def test_every_word_is_understood_passed_over_or_reported(text: str) -> None:
    tokens = read(clean(text), lexicon())
    bare = str.maketrans("", "", "_-‐‑– ")
    written = "".join(token.text for token in tokens).translate(bare)
    assert "".join(written.split()) == "".join(clean(text).translate(bare).split())
    reported = "".join(parse(text).unknown)
    unknown = [token.text for token in tokens if token.kind == "unknown"]
    assert all(word in reported for word in unknown)


@settings(max_examples=100, deadline=None)
@given(PROMPTS, PROMPTS, st.integers(0, 2**32 - 1))
def test_wishes_merge_into_valid_ones(one: str, other: str, seed: int) -> None:
    first, second = parse(one).wish, parse(other).wish
    merged = first.merge(second)
    for attribute, value in second.asked.items():
        if attribute in VOCABULARY and attribute != "hair_pattern":
            assert getattr(merged, attribute) == value
    assert second.wear <= merged.wear
    assert second.without <= merged.without
    merged.complete(seed)
    assert second.merge(second) == second
    spec = first.complete(seed)
    assert Wish.of(spec).complete(seed) == spec
    Wish.of(spec).merge(second).complete(seed)


@pytest.mark.parametrize("text", hostile(), ids=range(len(hostile())))
def test_hostile_prompts_are_cut_and_survived(text: str) -> None:
    # How long it takes is measured by `python -m generator.prompt bench`.
    reading = parse(text)
    assert reading.notice == ("too_long" if len(text) > LIMIT else None)


def test_a_long_prompt_is_read_up_to_the_limit() -> None:
    reading = parse("pink hair, " + "x" * LIMIT + " blue eyes")
    assert reading.notice == "too_long"
    assert reading.wish.hair_colour == "pink"
    assert reading.wish.eye_colour is None


def test_timing_is_measured() -> None:
    taken = timing(repeats=1)
    assert 0 < taken.median <= taken.p99 <= taken.worst


def test_readings_are_the_same_in_every_process() -> None:
    code = (
        "from generator.prompt import parse;"
        "r = parse('cat girl, no glasses, black hair with red streaks, 猫耳 青い目');"
        "print(r.understood, r.wish.model_dump_json(), sorted(r.wish.complete(7).accessories),"
        "r.wish.complete(7).model_dump_json(exclude={'accessories'}))"
    )
    outputs = {
        subprocess.run(
            [
                sys.executable,
                "-c",
                code.replace("print(r,", "print(r.understood, r.wish.asked.keys(),"),
            ],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1


def test_unknown_words_keep_their_order_and_spelling() -> None:
    reading = parse("Zeppelin girl with a Katana, キャベツ")
    assert reading.unknown == ("Zeppelin", "Katana", "キャベツ")
    # Made-up words in kana end where they were written to end, and not at what looks like grammar.
    for word in ("ほげほげ", "ぽよぽよ", "ふがふが", "もがもがもが", "かがみ"):
        assert parse(word).unknown == (word,)
        assert parse(f"{word}の女の子").unknown == (word,)
    assert parse("ほげほげとふがふがが好きな女の子").unknown == ("ほげほげ", "ふがふが")


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        "あいうえおかがきくこさしすせたちつでとなにぬのはひふへほまみむもやゆよらりるれろわをんっ",
        min_size=2,
        max_size=3,
    )
)
def test_made_up_words_said_twice_are_quoted_as_written(half: str) -> None:
    word, known = half + half, lexicon().phrases
    followed = f"{word}の女の子"
    parts = [" ".join(followed[at:end]) for at in range(6) for end in range(at + 2, len(word) + 2)]
    assume(not any(known.get(part) for part in parts))
    for text in (followed, f"女の子、{word}", f"女の子 {word}"):
        reading = parse(text)
        assert reading.unknown == (word,), text
        assert reading.wish.presentation == "girl"


@given(
    st.text("一二两三四五六七八九十百0123456789", min_size=1, max_size=6),
    st.sampled_from("岁歳才代"),
)
def test_numbers_of_years_are_ages_and_never_raise(numerals: str, unit: str) -> None:
    assert parse(f"{numerals}{unit}").wish.age in (None, *VOCABULARY["age"])


@pytest.mark.parametrize(
    ("prompt", "age"),
    [("九百九十十岁", "elder"), ("12yo", "child"), ("13yo", "young"), ("30代", "adult"),
     ("五十九岁", "adult"), ("60 years old", "elder"), ("20 hats", None)],
)  # fmt: skip
def test_ages_in_numbers(prompt: str, age: str | None) -> None:
    assert parse(prompt).wish.age == age


@pytest.mark.parametrize(
    ("prompt", "outfit"),
    [
        ("トースター", None),
        ("モンスターの絵", None),
        ("スーパースター", "idol"),
        ("スター", "idol"),
    ],
)
def test_the_end_of_a_katakana_word_is_no_word(prompt: str, outfit: str | None) -> None:
    assert parse(prompt).wish.outfit == outfit


def test_words_for_one_colour() -> None:
    assert colour("pink") == colour("粉色") == colour("ピンク") == "#f7a3bf"
    assert colour("#ffe4e1") == "#ffe4e1"
    assert colour("dark green") == colour("深绿色") != colour("green")
    for none in ("", "blorp", "pink twintails", "红色和蓝色", "red and blue"):
        assert colour(none) is None


def test_phrases_put_colours_beside_things() -> None:
    reading = parse("draw: girl, pink twintails, red ribbon, no hat, cyberpunk")
    assert reading.phrases() == ("girl", "pink twintails", "red hair ribbon", "no hat")
    assert reading.phrases("zh_hans") == ("女生", "粉色双马尾", "红色蝴蝶结", "没有帽子")
    assert reading.phrases("zh_hant") == ("女生", "粉紅色雙馬尾", "紅色蝴蝶結", "沒有帽子")
    assert reading.phrases("ja") == ("女の子", "ピンクのツインテール", "赤のリボン", "帽子なし")


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_has_a_name_that_is_understood_again(language: Language) -> None:
    for attribute, levels in VOCABULARY.items():
        for level in levels:
            said = name(attribute, level, language)
            assert getattr(parse(said).wish, attribute) == level, said
            assert not parse(said).unknown
    for item in ACCESSORIES:
        assert item in parse(name("wear", item, language)).wish.wear
    for attribute in PALETTES:
        for level in PALETTES[attribute]:
            said = phrase_of(attribute, level, language)
            if attribute in ("hair_colour", "eye_colour", "skin", "outfit_colour"):
                assert getattr(parse(said).wish, attribute) == level, said
    for slider in SLIDERS:
        for end in (-1.0, 1.0):
            said = phrase_of(slider, end, language)
            assert getattr(parse(said).wish, slider) * end > 0, said


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(LANGUAGES))
def test_a_described_figure_is_read_back(seed: int, language: Language) -> None:
    spec = Wish().complete(seed)
    reading = parse(describe(spec, language))
    again = reading.wish
    assert not reading.unknown, describe(spec, language)
    said = ["style", "presentation", "age", "hair", "expression", "outfit", "skin", "eye_colour2"]
    if spec.hair not in ("bald", "hijab"):
        said += ["hair_colour", "hair_colour2"]
    for attribute in said:
        assert getattr(again, attribute) == getattr(spec, attribute), describe(spec, language)


def test_the_lexicon_is_consistent() -> None:
    known = {*Wish.model_fields}
    levels = {name: set(VOCABULARY.get(name) or PALETTES.get(name, ())) for name in known}
    archetypes = 0
    for entry, words in entries():
        archetypes += entry.kind == "archetype"
        assert words, entry.name
        places = [entry.layers, *entry.parts.values()]
        for layers in places:
            for settings_ in layers.values():
                assert set(settings_) <= known, (entry.name, settings_)
                for attribute, value in settings_.items():
                    if attribute == "wear":
                        assert set(value) <= set(ACCESSORIES), entry.name
                    elif levels[attribute] and not value.startswith("#"):
                        assert value in levels[attribute], (entry.name, attribute, value)
    assert archetypes >= 60
    assert not lexicon().duplicates


def test_false_friends_and_characters_earn_their_place() -> None:
    known = lexicon()
    for word in known.false_friends:
        assert word not in known.words, word
        assert known.spelling.meant(word) or word in ("seaman", "snowman"), word
        assert parse(word).unknown == (word,)
    assert all(len(shape) == len(to) == 1 for shape, to in known.shapes.items())
    assert not set(known.shapes) & set(known.shapes.values())
    written = {*"".join(WORDS), *(FOLDER / "names.toml").read_text(encoding="utf-8")}
    groups: dict[str, set[str]] = {}
    for shape, to in known.shapes.items():
        groups.setdefault(to, {to}).add(shape)
    assert all(group & written for group in groups.values())


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("blaxk", "black"),
        ("purpel", "purple"),
        ("brwon", "brown"),
        ("twintials", "twintails"),
        ("hedphones", "headphones"),
        ("rbibon", "ribbon"),
        ("moustach", "moustache"),
        ("lbue", "blue"),
    ],
)
def test_slips_are_read_as_what_was_meant(word: str, meant: str) -> None:
    assert lexicon().correct(word) == (meant,)


@pytest.mark.parametrize("word", ["lighter", "mother", "horse", "stars", "bear"])
def test_another_word_is_no_slip(word: str) -> None:
    assert lexicon().spelling.meant(word) is None


@pytest.mark.parametrize(
    ("prompt", "hat"),
    [
        ("witch with a red hat", "witch_hat"),
        ("魔女，红色帽子", "witch_hat"),
        ("witch with a baseball cap", "cap"),
        ("girl with a red hat", "cap"),
    ],
)
def test_a_hat_is_the_one_that_is_there_already(prompt: str, hat: str):
    wish = parse(prompt).wish
    assert wish.wear == {hat}
