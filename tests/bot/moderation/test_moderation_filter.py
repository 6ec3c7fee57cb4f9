"""The word filter: what passes, what does not, and that nothing written can make it stumble."""

from __future__ import annotations

import time
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.moderation.filter import _own, word_filter
from bot.moderation.folding import MAX_TEXT, TooLongError, fold
from generator.prompt.lexicon import entries

WISHES = tomllib.loads((Path(__file__).parent / "wishes.toml").read_text(encoding="utf-8"))
OURS = word_filter()

# Letters in their many shapes, and what is put between them.
odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "sexSEX5$3€ ./_-*\u200b\u00ad\u0336ѕеⓢ🇸色情エロﾛﾞは\u3099ßŉﷺ\u1160ﬃ㎏\ud800\x00"
        ),
    ),
    max_size=60,
)


def listed(table: str) -> list[str]:
    return [wish for wishes in WISHES[table].values() for wish in wishes]


@pytest.mark.parametrize("wish", listed("pass"))
def test_passes(wish: str) -> None:
    verdict = OURS.check(wish)
    assert not verdict.denied
    assert verdict.text == wish


@pytest.mark.parametrize("wish", listed("stop"))
def test_is_stopped(wish: str) -> None:
    assert OURS.check(wish).denied
    assert OURS.check(f"cute girl, {wish} please").denied


@pytest.mark.parametrize(("wish", "left"), [tuple(pair) for pair in listed("ignore")])
def test_is_left_out(wish: str, left: str) -> None:
    verdict = OURS.check(wish)
    assert not verdict.denied
    assert verdict.text == left
    assert verdict.ignored


def test_whatever_can_be_drawn_may_be_asked_for() -> None:
    """No word of the lexicon is denied: the two lists of words know of each other."""
    refused = [word for _, words in entries() for word in words if OURS.check(word).denied]
    assert refused == []


def test_the_list_is_sound() -> None:
    words = set(_own())
    assert len({word for _, word in words}) == len(words)
    minded = word_filter(tuple(word for kind, word in words if kind != "pass"))
    for kind, word in words:
        # What passes would not do so by itself.
        assert minded.check(word).denied, word
        if kind == "pass":
            assert not OURS.check(word).denied, word
        elif kind == "deny":
            assert OURS.check(word).denied, word


def test_words_of_a_place() -> None:
    ours = word_filter(deny=("blorp", "情侣", "green  Frog"), ignore=("twintails", "双马尾"))
    assert ours.check("a B.L.O.R.P").denied
    assert not ours.check("blorpy").denied
    assert ours.check("green frog hat").denied
    # It passes elsewhere as part of another word; here somebody minds.
    assert ours.check("白色情侣装").denied
    assert ours.check("girl with twintails").text == "girl with"
    assert ours.check("双马尾女孩").text == "女孩"
    assert ours.check("nude").denied
    assert not OURS.check("blorp").denied


def test_what_is_left_is_looked_at_again() -> None:
    ours = word_filter(ignore=("花",))
    assert ours.check("色花情").denied
    # Nor can a word be hidden inside of itself for ever.
    assert ours.check("红花色").text == "红色"


@given(odd)
def test_folding_again_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once.text).text == once.text
    assert len(once.at) == len(once.text)
    assert list(once.at) == sorted(once.at)


@given(odd)
def test_case_width_and_marks_make_no_difference(text: str) -> None:
    folded = fold(text).text
    assert fold(unicodedata.normalize("NFD", text)).text == folded
    assert fold("\u200b".join(text)).text == folded


@given(odd)
def test_any_text_gets_a_verdict(text: str) -> None:
    verdict = word_filter(("blorp",), ("花", "x")).check(text)
    assert verdict.denied or len(verdict.text) <= len(text)
    if not verdict.denied:
        # And what is left would get the same one.
        assert word_filter(("blorp",), ("花", "x")).check(verdict.text).ignored == 0


@pytest.mark.parametrize(
    "part",
    ["s e x a ", "a.", "エ ", "色 ", "$", "1 ", "ﷺ", "ab ", "\u0336", " ", "9", "seee", "性", "-"],
)
def test_hostile_lengths(part: str) -> None:
    text = (part * MAX_TEXT)[:MAX_TEXT]
    begun = time.perf_counter()
    OURS.check(text)
    # No time is asserted but that it ends before somebody would call it an attack.
    assert time.perf_counter() - begun < 20
    with pytest.raises(TooLongError, match="at most 10000"):
        OURS.check(part * (10_000_000 // len(part)))
