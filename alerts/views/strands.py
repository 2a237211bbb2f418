"""An alert's adverse posts over time, by platform and by risk category: where it began, and what carries it now."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.detection.series import DAY
from alerts.life.tables import Alert
from alerts.views.evidence import view, window
from core.clock import HOUR
from posts.index import PostView, Split

MOST_DAYS = 7
"""The newest days of a long alert that are told apart by the hour."""


@dataclass(frozen=True, slots=True)
class Strand:
    """One platform or category since `start`: all posts, the adverse ones, and these by the hour, oldest first."""

    by: Split
    name: str
    start: datetime
    posts: int
    adverse: int
    hours: tuple[int, ...]


def strands(index: PostView, alert: Alert, *, until: datetime) -> list[Strand]:
    """The platforms of the alert's window up to `until`, then its categories, each the one with most adverse posts first."""
    seen, whole = view(index, alert), window(alert)
    end = min(until, alert.last_signal_at + DAY)
    start = max(whole.start or end, end - MOST_DAYS * DAY)
    found: list[Strand] = []
    for by in ("platform", "risk"):
        posts: Counter[str] = Counter()
        counted: dict[str, Counter[datetime]] = defaultdict(Counter)
        for bucket in seen.histogram(replace(whole, start=start, end=end), interval=HOUR, by=by):
            name = bucket.platform or bucket.risk
            posts[name] += bucket.posts
            counted[name][bucket.start] += bucket.adverse
        hours = [start + place * HOUR for place in range(-((start - end) // HOUR))]
        told = [
            Strand(by, name, start, posts[name], each.total(), tuple(each[hour] for hour in hours))
            for name, each in counted.items()
        ]
        found += sorted((one for one in told if one.name and one.adverse), key=lambda one: (-one.adverse, one.name))
    return found
