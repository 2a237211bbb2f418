"""The posts behind an alert, computed from the index when they are looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from alerts.baseline import threshold
from alerts.policy import DEFAULT, Policy
from alerts.rules import RuleName, baseline, spike
from alerts.series import DAY, BrandSeries, hour_number, read_tallies, series
from alerts.tables import Alert
from core.clock import HOUR, floor_hour
from posts.index import IndexedPost, PostFilter, PostIndex, Sentiment, Term

BEFORE = 3 * DAY
"""How much of the quiet before an alert its chart shows."""
LONGEST = 30 * DAY
"""The most that a chart shows."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Hourly counts about the brand; all lists are as long as `hours`, the starts of the hours.

    `adverse` are the posts that are negative or carry a risk category: what the second rule counts. `baseline` and
    `threshold` belong to `posts`, `adverse_baseline` and `adverse_threshold` to `adverse`; all as they stood when the alert
    started, so that the crisis does not move them.
    """

    hours: list[datetime]
    posts: list[int]
    negative: list[int]
    risky: list[int]
    adverse: list[int]
    baseline: list[float]
    threshold: list[float]
    adverse_baseline: list[float]
    adverse_threshold: list[float]


def chart(
    index: PostIndex, alert: Alert, *, baseline_days: int = 14, until: datetime | None = None, policy: Policy = DEFAULT
) -> Chart:
    """The alert's hours, from three days before it started to `until` (default: a day after its last signal)."""
    start = floor_hour(alert.started_at.astimezone(UTC)) - BEFORE
    end = min(until or alert.last_signal_at + DAY, start + LONGEST)
    hours = [start + place * HOUR for place in range(hour_number(end) - hour_number(start) + 1)]
    days = -(-len(hours) // 24)
    shown = _counted(index, alert.brand, hours[-1], days)
    usual = _counted(index, alert.brand, alert.started_at, baseline_days)
    volume, volume_line = _lines(usual, RuleName.VOLUME, hours, policy)
    adverse, adverse_line = _lines(usual, RuleName.ADVERSE, hours, policy)
    place = slice(-len(hours), None)
    return Chart(
        hours=hours,
        posts=[int(count) for count in shown.posts[place]],
        negative=[int(count) for count in shown.negative[place]],
        risky=[int(count) for count in shown.risky[place]],
        adverse=[int(count) for count in shown.adverse[place]],
        baseline=volume,
        threshold=volume_line,
        adverse_baseline=adverse,
        adverse_threshold=adverse_line,
    )


def first_posts(index: PostIndex, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The earliest adverse posts of the alert's window, or the earliest of all where none is: who started it."""
    chosen = _window(alert)
    adverse = (replace(chosen, sentiments=(Sentiment.NEGATIVE,)), replace(chosen, risks=("*",)))
    found = {hit.post.id: hit for each in adverse for hit in index.search(each, sort="oldest", limit=limit).posts}
    hits = list(found.values()) or list(index.search(chosen, sort="oldest", limit=limit).posts)
    return sorted(hits, key=lambda hit: (hit.post.published_at, hit.post.id))[:limit]


def top_posts(index: PostIndex, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The posts of greatest reach in the alert's window: who carried it."""
    return index.top_posts(_window(alert), limit=limit)


def top_terms(index: PostIndex, alert: Alert, *, baseline_days: int = 14, limit: int = 20) -> list[Term]:
    """Words that are new or far commoner in the alert's window than about the brand in the days before it.

    Left out is what says nothing of the matter: single characters, and the words of `function_words.txt`.
    """
    chosen = _window(alert)
    before = PostFilter(
        brands=(alert.brand,), start=alert.started_at - timedelta(days=baseline_days), end=floor_hour(alert.started_at)
    )
    found = index.significant_terms(chosen, before, limit=4 * limit)
    return [term for term in found if len(term.word) > 1 and term.word not in _function_words()][:limit]


def platform_split(index: PostIndex, alert: Alert) -> dict[str, int]:
    """Posts in the alert's window by platform, greatest first."""
    counted: Counter[str] = Counter()
    for bucket in index.histogram(_window(alert), interval=DAY):
        counted[bucket.platform] += bucket.posts
    return dict(counted.most_common())


def sentiment_split(index: PostIndex, alert: Alert) -> dict[str, int]:
    """Posts in the alert's window by sentiment: negative, neutral, positive."""
    counted: Counter[str] = Counter()
    for bucket in index.histogram(_window(alert), interval=DAY):
        counted[bucket.sentiment] += bucket.posts
    return {str(sentiment): counted[sentiment] for sentiment in Sentiment}


def _window(alert: Alert) -> PostFilter:
    """From the hour of the first signal to a day after the last."""
    return PostFilter(brands=(alert.brand,), start=floor_hour(alert.started_at), end=alert.last_signal_at + DAY)


def _counted(index: PostIndex, brand: str, at: datetime, days: int) -> BrandSeries:
    end = floor_hour(at) + HOUR
    tally = read_tallies(index, (brand,), at=end, baseline_days=days, seen_before=None)[brand]
    oldest = next(iter(index.scan(PostFilter(end=end))), None)
    known_since = oldest.post.published_at if oldest else None
    return series(brand, tally, at=floor_hour(at), baseline_days=days, known_since=known_since)


def _lines(usual: BrandSeries, name: RuleName, hours: list[datetime], policy: Policy) -> tuple[list[float], list[float]]:
    """Expectation and threshold of each hour."""
    learnt, rule = baseline(usual, name), spike(policy, name)
    expected = [float(learnt.expected[hour.hour]) for hour in hours]
    return [round(value, 2) for value in expected], [round(threshold(rule, value, learnt), 2) for value in expected]


@cache
def _function_words() -> frozenset[str]:
    file = Path(__file__).with_name("function_words.txt")
    return frozenset(file.read_text(encoding="utf-8").split())
