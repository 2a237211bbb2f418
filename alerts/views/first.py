"""Who said it first: the earliest posts that are likely of the crisis itself, and how sure that is.

An alert's window opens on every day's grumbling too, and the model takes some of that for negative. A post is held to be of
the crisis as far as it is negative and speaks in words that are new: of the posts that hold a word `lift` times as common as
before, (lift - 1) / lift are more than the usual (the attributable fraction among the exposed of epidemiology). Both together,
as if independent, are how sure it is: P(negative) times the greatest such share among the post's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from alerts.detection.series import DAY
from alerts.life.tables import Alert
from alerts.views.evidence import view, window
from core import text
from core.clock import floor_hour
from posts.index import IndexedPost, PostView, Sentiment, Term

LIKELY = 0.6
"""How sure a post must be to count as of the crisis."""
BEFORE = DAY
"""How long before the first signal a crisis may have begun unnoticed."""
NEW, FEWEST_POSTS = 10, 3
"""The least lift of a word of the crisis, as it is the earliest posts that are looked for, of which more are usual than of all;
and how many posts must hold it, as a rare word in two is no more than chance."""
MOST_LOOKED = 2_000
"""Negative posts that are looked at, the oldest first."""


@dataclass(frozen=True, slots=True)
class Early:
    """An early post: P(negative) towards the alert's brand, the words of the crisis in it, and how sure it is of the crisis."""

    found: IndexedPost
    negative: float
    words: tuple[str, ...]
    sure: float

    @property
    def is_likely(self) -> bool:
        return self.sure >= LIKELY


def first_posts(index: PostView, alert: Alert, terms: Sequence[Term], *, limit: int = 5) -> list[Early]:
    """The earliest posts that are likely of the alert's crisis, oldest first; `terms` are the words that are new in it.

    They may lie up to `BEFORE` before its first signal. Where none is likely, the earliest negative ones of its window.
    """
    shares = {term.word: 1 - 1 / term.lift for term in terms if term.lift >= NEW and term.posts >= FEWEST_POSTS}
    likely: list[Early] = []
    doubtful: list[Early] = []
    for found in _negative(index, alert):
        early = _early(found, alert.brand, shares)
        if early.is_likely:
            likely.append(early)
        elif found.post.published_at >= floor_hour(alert.started_at):
            doubtful.append(early)
        if len(likely) == limit:
            break
    return likely or doubtful[:limit]


def _negative(index: PostView, alert: Alert) -> Iterator[IndexedPost]:
    start = floor_hour(alert.started_at) - BEFORE
    chosen = replace(window(alert), start=start, sentiments=(Sentiment.NEGATIVE,))
    return islice(view(index, alert).scan(chosen), MOST_LOOKED)


def _early(found: IndexedPost, brand: str, shares: Mapping[str, float]) -> Early:
    negative = next((mention.negative for mention in found.mentions if mention.brand == brand), 0.0)
    said = {word: shares[word] for word in text.words(text.normalise(found.post.full_text)) if word in shares}
    words = sorted(said, key=lambda word: -said[word])
    return Early(found, negative, tuple(words), negative * max(said.values(), default=0.0))
