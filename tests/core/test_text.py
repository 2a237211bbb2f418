"""The normaliser and the tokeniser: what matching, scoring and search see of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import characters, normalise, words


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("華為手機", "华为手机"),
        ("ＡＢＣ１２３", "abc123"),
        ("星海\u200b茶饮", "星海茶饮"),
        ("<a href='/n/x'>@某人</a> 你好", "@某人 你好"),
        ("喝出异物&amp;投诉", "喝出异物&投诉"),
        ("#星海茶饮# [怒] 😡", "#星海茶饮# [怒] 😡"),
        ("乾隆", "乾隆"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("多  个\n空\t格 ", "多 个 空 格"),
        ("坏\ud800字", "坏字"),
        ("", ""),
    ],
)
def test_a_text_is_normalised(text: str, seen: str) -> None:
    assert normalise(text) == seen


@given(st.text(st.characters(codec=None, exclude_categories=[])))
def test_normalising_never_fails_and_leaves_encodable_text(text: str) -> None:
    normalise(text).encode("utf-8")


@given(st.text())
def test_character_tokens_hold_every_character_but_white_space(text: str) -> None:
    seen = normalise(text)
    assert "".join(characters(seen)) == "".join(seen.split())


@given(st.text())
def test_words_are_pieces_of_the_text_in_reading_order(text: str) -> None:
    seen, position = normalise(text), 0
    for word in words(seen):
        position = seen.index(word, position) + len(word)


def test_latin_runs_stay_whole_and_chinese_is_cut_by_character() -> None:
    assert characters("买iphone15吗😡") == ["买", "iphone15", "吗", "😡"]
