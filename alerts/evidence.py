"""The posts behind an alert, computed from the index when they are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.tables import Alert
from posts.index import IndexedPost, PostFilter, PostIndex, Term


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


def chart(index: PostIndex, alert: Alert, *, baseline_days: int = 14, until: datetime | None = None) -> Chart:
    """The alert's hours, from three days before it started to `until` (default: a day after its last signal)."""
    raise NotImplementedError


def first_posts(index: PostIndex, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The earliest adverse posts of the alert's window: who started it."""
    raise NotImplementedError


def top_posts(index: PostIndex, alert: Alert, *, limit: int = 10) -> list[IndexedPost]:
    """The posts of greatest reach in the alert's window: who carried it."""
    raise NotImplementedError


def top_terms(index: PostIndex, alert: Alert, *, baseline_days: int = 14, limit: int = 20) -> list[Term]:
    """Words that are new or far commoner in the alert's window than in the days before it."""
    raise NotImplementedError


def platform_split(index: PostIndex, alert: Alert) -> dict[str, int]:
    """Posts in the alert's window by platform, greatest first."""
    raise NotImplementedError


def sentiment_split(index: PostIndex, alert: Alert) -> dict[str, int]:
    """Posts in the alert's window by sentiment: negative, neutral, positive."""
    raise NotImplementedError
