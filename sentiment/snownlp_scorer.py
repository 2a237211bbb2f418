"""SnowNLP 0.12's naive Bayes classifier as a Scorer: as the library has it, from shopping reviews, or trained anew by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import InputError
from core.text import normalise
from sentiment.scorer import NO_OPINION, Score

OPENING = 300
ENDING = 100
SUFFIX = ".3"
"""What SnowNLP itself puts after the name of every file that it saves."""

_ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
_CHINESE = re.compile("[\u4e00-\u9fa5]")


class SnowNlpScorer:
    """Scores in this process. The model takes 3 s and 380 MB to load, once, at the first text that it is needed for.

    `file`: a model that `sentiment.snownlp_training` saved; the library's own without it.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.name = f"snownlp-0.12:{file.name.removesuffix(SUFFIX)}" if file else "snownlp-0.12"
        self._file = file

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order. Raises InputError where the file holds no model."""
        return [self._score(readable(text)) for text in texts]

    def close(self) -> None:
        """Nothing to give back: the model stays loaded for as long as the process lives."""

    def _score(self, plain: str) -> Score:
        """No opinion without a Chinese character: the model knows no other words."""
        if not _CHINESE.search(plain):
            return NO_OPINION
        return Score.from_positive(float(_classifier(self._file).classify(plain)))


@dataclass(frozen=True)
class SnowNlpMaker:
    """Builds the scorer of `file` wherever it is sent: a worker process gets this, not the model."""

    file: Path | None = None

    def __call__(self) -> SnowNlpScorer:
        return SnowNlpScorer(self.file)


def readable(text: str) -> str:
    """What the model reads of `text`: normalised, without web addresses, and of a long one the opening and the ending.

    SnowNLP's segmenter needs 0.25 ms a character and its classifier is certain after a hundred, so all beyond the first
    300 and the last 100 characters, where a writer says what they think, would cost time and change nothing.
    """
    plain = _ADDRESS.sub(" ", normalise(text)).strip()
    if len(plain) <= OPENING + ENDING:
        return plain
    return f"{plain[:OPENING]} {plain[-ENDING:]}"


@cache
def _classifier(file: Path | None) -> Any:
    from snownlp import sentiment

    if not file:
        return sentiment.classifier
    found = sentiment.Sentiment()
    try:
        found.load(str(file).removesuffix(SUFFIX))
    except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            zh=f"{file} 里没有 SnowNLP 能读的模型：请检查 sentiment.snownlp，"
            "或用 yushao sentiment train --backend snownlp 训练",
            en=f"{file} holds no model that SnowNLP can read: train one by yushao sentiment train --backend snownlp, and check "
            "sentiment.snownlp",
        ) from error
    return found
