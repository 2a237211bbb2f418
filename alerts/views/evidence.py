"""The posts behind an alert, computed from the index when they are looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

from alerts.detection.series import DAY
from alerts.life.tables import Alert
from alerts.life.topics import TopicView, topic_of
from core.clock import HOUR, floor_hour
from posts.index import IndexedPost, PostFilter, PostView, Sentiment, Term

MOST_COMPARED = 5_000
"""Posts of an alert, and of the days before it, whose words are compared."""


def first_posts(index: PostView, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The earliest adverse posts of the alert's window, or the earliest of all where none is: who started it."""
    index, chosen = _view(index, alert), _window(alert)
    adverse = (replace(chosen, sentiments=(Sentiment.NEGATIVE,)), replace(chosen, risks=("*",)))
    found = {hit.post.id: hit for each in adverse for hit in index.search(each, sort="oldest", limit=limit).posts}
    hits = list(found.values()) or list(index.search(chosen, sort="oldest", limit=limit).posts)
    return sorted(hits, key=lambda hit: (hit.post.published_at, hit.post.id))[:limit]


def top_posts(index: PostView, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The posts of greatest reach in the alert's window: who carried it."""
    return _view(index, alert).top_posts(_window(alert), limit=limit)


def top_terms(index: PostView, alert: Alert, *, baseline_days: int = 14, limit: int = 20) -> list[Term]:
    """Words that are new or far commoner in the alert's window than about the brand in the days before it.

    Of more than MOST_COMPARED posts on either side, the newest hours are compared. Left out is what says nothing of the
    matter: single characters, and the words of `function_words.txt`.
    """
    view, start = _view(index, alert), floor_hour(alert.started_at)
    before = PostFilter(brands=(alert.brand,), start=start - timedelta(days=baseline_days), end=start)
    chosen, usual = _newest(view, _window(alert)), _newest(view, before)
    found = view.significant_terms(chosen, usual, limit=4 * limit)
    return [term for term in found if len(term.word) > 1 and term.word not in function_words()][:limit]


def platform_split(index: PostView, alert: Alert) -> dict[str, int]:
    """Posts in the alert's window by platform, greatest first."""
    counted: Counter[str] = Counter()
    for bucket in _view(index, alert).histogram(_window(alert), interval=DAY, by="platform"):
        counted[bucket.platform] += bucket.posts
    return dict(counted.most_common())


def sentiment_split(index: PostView, alert: Alert) -> dict[str, int]:
    """Posts in the alert's window by sentiment: negative, neutral, positive."""
    counted: Counter[str] = Counter()
    for bucket in _view(index, alert).histogram(_window(alert), interval=DAY):
        counted[bucket.sentiment] += bucket.posts
    return {str(sentiment): counted[sentiment] for sentiment in Sentiment}


def window_posts(index: PostView, alert: Alert, *, limit: int) -> list[IndexedPost]:
    """The first `limit` posts of the alert's window and topic, oldest first."""
    return list(islice(_view(index, alert).scan(_window(alert)), limit))


def _newest(index: PostView, chosen: PostFilter) -> PostFilter:
    """`chosen` from the latest hour on from which it holds at least MOST_COMPARED posts, or all of it."""
    hours = Counter[datetime]()
    for bucket in index.histogram(chosen, interval=HOUR):
        hours[bucket.start] += bucket.posts
    held = 0
    for hour in sorted(hours, reverse=True):
        held += hours[hour]
        if held >= MOST_COMPARED:
            return replace(chosen, start=max(hour, chosen.start or hour))
    return chosen


def _view(index: PostView, alert: Alert) -> PostView:
    """The index as the alert's topic sees it."""
    return TopicView(index, topic_of(alert))


def _window(alert: Alert) -> PostFilter:
    """From the hour of the first signal to a day after the last."""
    return PostFilter(brands=(alert.brand,), start=floor_hour(alert.started_at), end=alert.last_signal_at + DAY)


@cache
def function_words() -> frozenset[str]:
    """Words that say nothing of the matter."""
    file = Path(__file__).with_name("function_words.txt")
    return frozenset(file.read_text(encoding="utf-8").split())
