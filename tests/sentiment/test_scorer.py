"""What a score says, and SnowNLP's own on all kinds of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Settings
from posts.index import Sentiment
from sentiment.scorer import NO_OPINION, Score, Scorer, open_scorer
from sentiment.snownlp_scorer import ENDING, OPENING, SnowNlpScorer, readable


@pytest.fixture(scope="module")
def snownlp() -> Scorer:
    return SnowNlpScorer()


@given(st.floats(0, 1))
def test_a_two_class_model_gives_three_probabilities_that_add_up_to_one(positive: float) -> None:
    score = Score.from_positive(positive)
    assert score.negative + score.neutral + score.positive == pytest.approx(1)
    assert min(score.negative, score.neutral, score.positive) >= 0


@pytest.mark.parametrize(
    ("positive", "label"),
    [
        (0, "negative"),
        (0.33, "negative"),
        (0.34, "neutral"),
        (0.5, "neutral"),
        (0.66, "neutral"),
        (0.67, "positive"),
        (1, "positive"),
    ],
)
def test_the_middle_third_is_neutral(positive: float, label: str) -> None:
    assert Score.from_positive(positive).label == label


def test_a_tie_is_neutral() -> None:
    assert Score(0.4, 0.2, 0.4).label is Sentiment.NEUTRAL


def test_snownlp_tells_a_complaint_from_praise(snownlp: Scorer) -> None:
    complaint, praise = snownlp.score(["服务太差了，垃圾，再也不来", "味道很好，服务热情，非常满意"])
    assert (complaint.label, praise.label) == (Sentiment.NEGATIVE, Sentiment.POSITIVE)


def test_traditional_and_full_width_text_scores_as_its_simplified_form(snownlp: Scorer) -> None:
    one, other = snownlp.score(["服務太差，垃圾！ＯＫ", "服务太差,垃圾!ok"])
    assert one == other


@pytest.mark.parametrize("text", ["", "  \n", "😀🥤", "https://example.com/a?b=c", "hello 123", "\x00\x07", "\ud800", "，。！"])
def test_a_text_without_chinese_has_no_opinion(snownlp: Scorer, text: str) -> None:
    assert snownlp.score([text]) == [NO_OPINION]


@pytest.mark.parametrize("text", ["差" * 100_000, "的", "难喝\ud800\x00😀", "<p>难喝</p>https://example.com", "𠮷野家难吃"])
def test_an_odd_text_is_scored_like_any_other(snownlp: Scorer, text: str) -> None:
    (score,) = snownlp.score([text])
    assert score.negative + score.neutral + score.positive == pytest.approx(1)


def test_of_a_long_text_opening_and_ending_are_read() -> None:
    read = readable("起" * OPENING + "中" * 100_000 + "终" * ENDING)
    assert read == "起" * OPENING + " " + "终" * ENDING


def test_web_addresses_are_not_read() -> None:
    assert readable("难喝https://t.cn/ab?x=1真的，WWW.example.com") == "难喝 真的,"


@pytest.mark.parametrize(
    ("backend", "name"), [("", "yushao:yushao-2"), ("yushao", "yushao:yushao-2"), ("snownlp", "snownlp-0.12")]
)
def test_opening_a_scorer_loads_nothing_and_our_own_is_the_default(settings: Settings, backend: str, name: str) -> None:
    scorer = open_scorer(settings, backend)
    assert scorer.name == name
    scorer.close()
