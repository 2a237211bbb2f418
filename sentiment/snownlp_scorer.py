"""SnowNLP 0.12's naive Bayes classifier, trained on shopping reviews, as a Scorer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from core.text import normalise
from sentiment.scorer import NO_OPINION, Score

OPENING = 300
ENDING = 100

_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_CHINESE = re.compile("[\u4e00-\u9fa5]")


class SnowNlpScorer:
    """Scores in this process. The model takes 3 s and 380 MB to load, once, at the first text that it is needed for."""

    name = "snownlp-0.12"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [_score(readable(text)) for text in texts]

    def close(self) -> None:
        """Nothing to give back: the model stays loaded for as long as the process lives."""


def readable(text: str) -> str:
    """What the model reads of `text`: normalised, without web addresses, and of a long one the opening and the ending.

    SnowNLP's segmenter needs 0.25 ms a character and its classifier is certain after a hundred, so all beyond the first
    300 and the last 100 characters, where a writer says what they think, would cost time and change nothing.
    """
    plain = _ADDRESS.sub(" ", normalise(text)).strip()
    if len(plain) <= OPENING + ENDING:
        return plain
    return f"{plain[:OPENING]} {plain[-ENDING:]}"


def _score(plain: str) -> Score:
    """No opinion without a Chinese character: the model knows no other words."""
    if not _CHINESE.search(plain):
        return NO_OPINION
    return Score.from_positive(float(_classifier().classify(plain)))


@cache
def _classifier() -> Any:
    from snownlp import sentiment

    return sentiment.classifier
