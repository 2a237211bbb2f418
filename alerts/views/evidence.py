"""The posts behind an alert, computed from the index when they are looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np

from alerts.detection.series import DAY
from alerts.life.tables import Alert
from alerts.life.topics import TopicView, topic_of
from core.clock import HOUR, floor_hour
from posts.hours import POSTS
from posts.index import IndexedPost, PostFilter, PostView, Sentiment, Term

MOST_COMPARED = 3_000
"""Posts of an alert, and of the days before it, whose words are compared."""
MOST_WORDS = 80
"""Words in which an alert is held to differ from the days before."""


def top_posts(index: PostView, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The posts of greatest reach in the alert's window: who carried it."""
    return view(index, alert).top_posts(window(alert), limit=limit)


def top_terms(index: PostView, alert: Alert, *, baseline_days: int = 14, limit: int = MOST_WORDS) -> list[Term]:
    """Words that are new or far commoner in the alert's window than about the brand in the days before it.

    Of more than MOST_COMPARED posts on either side, the newest hours are compared. Left out is what says nothing of the
    matter: single characters, and the words of `function_words.txt`.
    """
    seen, start = view(index, alert), floor_hour(alert.started_at)
    chosen = _newest(seen, alert.brand, start, alert.last_signal_at + DAY)
    usual = _newest(seen, alert.brand, start - timedelta(days=baseline_days), start)
    found = seen.significant_terms(chosen, usual, limit=2 * limit)
    return [term for term in found if len(term.word) > 1 and term.word not in function_words()][:limit]


@dataclass(frozen=True, slots=True)
class Splits:
    """Posts in an alert's window by platform, the greatest first, and by sentiment: negative, neutral, positive."""

    platforms: dict[str, int]
    sentiments: dict[str, int]


def splits(index: PostView, alert: Alert) -> Splits:
    """Both by one count."""
    platforms, sentiments = Counter[str](), Counter[str]()
    for bucket in view(index, alert).histogram(window(alert), interval=DAY, by="platform"):
        platforms[bucket.platform] += bucket.posts
        sentiments[bucket.sentiment] += bucket.posts
    return Splits(dict(platforms.most_common()), {str(sentiment): sentiments[sentiment] for sentiment in Sentiment})


def window_posts(index: PostView, alert: Alert, *, limit: int) -> list[IndexedPost]:
    """The first `limit` posts of the alert's window and topic, oldest first."""
    return list(islice(view(index, alert).scan(window(alert)), limit))


def _newest(index: PostView, brand: str, start: datetime, end: datetime) -> PostFilter:
    """The posts of [start, end), or of its latest hours alone that together hold MOST_COMPARED or more."""
    hours = PostFilter(brands=(brand,), start=floor_hour(start), end=floor_hour(end) + HOUR)
    held = np.cumsum(index.hourly(hours)[brand][POSTS][::-1])
    back = int(np.searchsorted(held, MOST_COMPARED)) + 1
    return PostFilter(brands=(brand,), start=max(start, floor_hour(end) + HOUR - back * HOUR), end=end)


def view(index: PostView, alert: Alert) -> PostView:
    """The index as the alert's topic sees it."""
    return TopicView(index, topic_of(alert))


def window(alert: Alert) -> PostFilter:
    """From the hour of the first signal to a day after the last."""
    return PostFilter(brands=(alert.brand,), start=floor_hour(alert.started_at), end=alert.last_signal_at + DAY)


@cache
def function_words() -> frozenset[str]:
    """Words that say nothing of the matter."""
    file = Path(__file__).with_name("function_words.txt")
    return frozenset(file.read_text(encoding="utf-8").split())
