"""Our own model: any text has a score or no opinion, the same by itself and in a batch, and its reasons add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.index import Sentiment
from sentiment.explaining import explain
from sentiment.features import OPENING, fold
from sentiment.linear_scorer import LinearScorer, loaded
from sentiment.model import SHIPPED
from sentiment.scorer import NO_OPINION

SCORER = LinearScorer(SHIPPED)

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text("不好难喝😭[]<&>:/. w\x00\x01\ud800\ufe0f", max_size=40)


@given(st.lists(ANY_TEXT, max_size=8))
def test_any_texts_have_one_score_each_that_adds_up_to_one(texts: list[str]) -> None:
    scores = SCORER.score(texts)
    assert len(scores) == len(texts)
    for score in scores:
        assert score.negative + score.neutral + score.positive == pytest.approx(1, abs=1e-5)
        assert min(score.negative, score.neutral, score.positive) >= 0


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
def test_a_text_scores_the_same_by_itself_as_among_others(texts: list[str]) -> None:
    for text, score in zip(texts, SCORER.score(texts), strict=True):
        assert SCORER.score([text])[0].negative == pytest.approx(score.negative, abs=1e-4)


@pytest.mark.parametrize(
    "text", ["", " \n", "https://example.com/a", "hello 123", "\x00\x07", "\ud800", "，。！", "ありがとう"[:0]]
)
def test_a_text_without_chinese_or_emoji_has_no_opinion(text: str) -> None:
    assert SCORER.score([text]) == [NO_OPINION]


@pytest.mark.parametrize("text", ["差" * 100_000, "&lt;b&gt;" * 20_000, "<" * 100_000, "😭" * 50_000])
def test_a_very_long_text_is_scored(text: str) -> None:
    assert len(SCORER.score([text])) == 1


def test_of_a_long_text_opening_and_ending_are_read() -> None:
    assert SCORER.score(["好" * OPENING + "中" * 90_000 + "太差了" * 200]) == SCORER.score(
        ["好" * OPENING + "外" * 70_000 + "太差了" * 200]
    )


def test_width_case_script_spacing_and_addresses_make_no_difference() -> None:
    one, other = SCORER.score(["服務太差，垃圾！ＯＫ\u200b  https://t.cn/x", "服务太差,垃圾!ok"])
    assert one == other


def test_folding_marks_every_text_even_an_empty_one() -> None:
    assert fold(["", "好", "\x01", " 好  喝 "]).lengths.tolist() == [0, 1, 0, 3]


def test_a_complaint_is_negative_and_praise_positive() -> None:
    complaint, praise = SCORER.score(["服务太差了，垃圾，再也不来", "味道很好，服务热情，非常满意"])
    assert (complaint.label, praise.label) == (Sentiment.NEGATIVE, Sentiment.POSITIVE)


def test_the_reasons_add_up_to_the_score() -> None:
    found = explain(loaded(SHIPPED), "一点也不难喝😊，就是等了很久", limit=None)
    score = SCORER.score(["一点也不难喝😊，就是等了很久"])[0]
    assert found.base + sum(reason.weight for reason in found.reasons) == pytest.approx(found.odds, abs=0.01)
    assert 1 / (1 + 2.718281828**-found.odds) == pytest.approx(score.negative / (score.negative + score.positive), abs=0.01)


def test_the_heaviest_reason_comes_first_and_no_opinion_has_none() -> None:
    weights = [abs(reason.weight) for reason in explain(loaded(SHIPPED), "太难喝了").reasons]
    assert weights == sorted(weights, reverse=True) and weights
    assert explain(loaded(SHIPPED), "hello").reasons == ()


@pytest.mark.parametrize(
    "text",
    ["😭" * 9, "https://a.example/b www.example.com", "ﾊﾝｶｸ ｶﾅ", "مرحبا", "\x00\x1b[31m\x7f", "\udc00\ud800", "Ａ\u3000ａ"],
)
def test_odd_texts_among_others_keep_their_places(text: str) -> None:
    complaint, odd, praise = SCORER.score(["服务太差了，垃圾，再也不来", text, "味道很好，服务热情，非常满意"])
    assert (complaint.label, praise.label) == (Sentiment.NEGATIVE, Sentiment.POSITIVE)
    assert odd == SCORER.score([text])[0]
