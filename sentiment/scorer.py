"""Sentiment of a text as three probabilities, and the protocol that every model behind it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.settings import Settings
from posts.index import Sentiment


@dataclass(frozen=True, slots=True)
class Score:
    """Probabilities, adding up to 1, that a text is negative, neutral and positive.

    >>> Score(0.7, 0.2, 0.1).label
    <Sentiment.NEGATIVE: 'negative'>
    """

    negative: float
    neutral: float
    positive: float

    @property
    def label(self) -> Sentiment:
        """The likeliest of the three; neutral where it is level with another."""
        if self.negative > self.neutral and self.negative > self.positive:
            return Sentiment.NEGATIVE
        if self.positive > self.neutral and self.positive > self.negative:
            return Sentiment.POSITIVE
        return Sentiment.NEUTRAL

    @classmethod
    def from_positive(cls, positive: float) -> Score:
        """The score of a model that knows two classes only, from its P(positive).

        Two independent readings that follow the model agree on positive with p², on negative with (1 - p)², and
        disagree with 2p(1 - p), which is taken as neutral. So a text is neutral for p between 1/3 and 2/3.

        >>> Score.from_positive(0.5)
        Score(negative=0.25, neutral=0.5, positive=0.25)
        """
        return cls(negative=(1 - positive) ** 2, neutral=2 * positive * (1 - positive), positive=positive**2)


NO_OPINION = Score(negative=0.0, neutral=1.0, positive=0.0)
"""The score of a text that says nothing a model could read: empty, emoji only, links only, no Chinese."""


class Scorer(Protocol):
    """A model of sentiment. Any text has a score, however odd; the same text always has the same one."""

    name: str

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score a text, in order. Raises UnavailableError where the model cannot be run."""

    def close(self) -> None:
        """Give back what is held (worker processes); scoring again later starts it anew."""


def open_scorer(settings: Settings, backend: str = "", *, apart: bool = True) -> Scorer:
    """The scorer that the settings (or `backend`) choose; nothing is loaded or started before its first batch.

    `yushao` scores in this process; `snownlp` is slow, and does so in worker processes unless it may not be `apart`.
    """
    if (backend or settings.sentiment.backend) == "snownlp":
        from sentiment.pool import PooledScorer
        from sentiment.snownlp_scorer import SnowNlpMaker

        make = SnowNlpMaker(settings.sentiment.snownlp)
        return PooledScorer(make, workers=settings.sentiment.workers) if apart else make()
    from sentiment.linear_scorer import LinearScorer
    from sentiment.versions import Versions

    return LinearScorer(Versions(settings.models_path).in_use())
