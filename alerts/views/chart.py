"""The alert in time: what each hour held, what was forecast for it, when the crisis began and how high each wave rose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from alerts.detection.baseline import threshold
from alerts.detection.series import DAY, GUARD_HOURS, BrandSeries, Counts, hour_number, read_series
from alerts.detection.spikes import baseline, rule_of
from alerts.detection.triggers import RuleName
from alerts.life.tables import Alert
from alerts.life.topics import TopicView, topic_of
from alerts.life.waves import Wave
from alerts.policies.policy import DEFAULT, Policy
from alerts.surges.surge import surges
from core.clock import HOUR, floor_hour
from posts.index import PostView

BEFORE = 3 * DAY
"""How much of the quiet before an alert its chart shows."""
LONGEST = 30 * DAY
"""The most that a chart shows."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Hourly counts of the alert's topic; all lists are as long as `hours`, the starts of the hours.

    `adverse` are the posts that are negative or carry a risk category: what the second rule counts. `baseline` and
    `threshold` belong to `posts`, `adverse_baseline` and `adverse_threshold` to `adverse`; all as they stood when the alert
    started, so that the crisis does not move them. `expected` and `upper` are the forecast for `posts`: each hour's is made
    from the hours before it alone.
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
    expected: list[float]
    upper: list[float]


@dataclass(frozen=True, slots=True)
class Onset:
    """An hour in which a spike rule's own count stood over its threshold."""

    rule: RuleName
    hour: datetime
    observed: int
    expected: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Peak:
    """A wave and the hour in which it was highest, in adverse posts; no `hour` where the index has none of its posts left."""

    wave: Wave
    ended_at: datetime | None
    hour: datetime | None = None
    adverse: int = 0
    posts: int = 0


def chart(
    index: PostView, alert: Alert, *, baseline_days: int = 14, until: datetime | None = None, policy: Policy = DEFAULT
) -> Chart:
    """The alert's hours, from three days before it started to `until` (default: a day after its last signal)."""
    start = floor_hour(alert.started_at.astimezone(UTC)) - BEFORE
    end = min(until or alert.last_signal_at + DAY, start + LONGEST)
    hours = [start + place * HOUR for place in range(hour_number(end) - hour_number(start) + 1)]
    view, days = TopicView(index, topic_of(alert)), -(-len(hours) // 24)
    shown = _counted(view, alert.brand, hours[-1], days + baseline_days)
    usual = _counted(view, alert.brand, alert.started_at, baseline_days)
    expected, upper = _forecast(shown.posts[len(shown.posts) - shown.known_hours - GUARD_HOURS :], len(hours))
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
        expected=expected,
        upper=upper,
    )


def onset(drawn: Chart, alert: Alert) -> Onset | None:
    """When the crisis began by its counts: the first hour over a threshold since the alert's start, or before it without a
    break. None where a single strong sign began it, or its posts are gone."""
    since = floor_hour(alert.started_at)
    over = [_over(drawn, place) for place in range(len(drawn.hours))]
    found = next((place for place, hour in enumerate(drawn.hours) if hour >= since and over[place]), None)
    if found is None:
        return None
    while found and over[found - 1]:
        found -= 1
    return over[found]


def _over(drawn: Chart, place: int) -> Onset | None:
    """The rule whose count stood over its threshold in that hour, the adverse one first."""
    for rule, counts, usual, line in (
        (RuleName.ADVERSE, drawn.adverse, drawn.adverse_baseline, drawn.adverse_threshold),
        (RuleName.VOLUME, drawn.posts, drawn.baseline, drawn.threshold),
    ):
        if counts[place] >= line[place]:
            return Onset(rule, drawn.hours[place], counts[place], usual[place], line[place])
    return None


def peaks(drawn: Chart, alert: Alert) -> list[Peak]:
    """Each wave with its highest hour, the first wave first."""
    return [_peak(drawn, alert, Wave.from_json(wave)) for wave in alert.waves]


def _peak(drawn: Chart, alert: Alert, wave: Wave) -> Peak:
    ended = wave.ended_at or (alert.last_signal_at if alert.closed_at else None)
    until = ended or drawn.hours[-1]
    start = floor_hour(wave.started_at)
    places = [place for place, hour in enumerate(drawn.hours) if start <= hour <= until and drawn.posts[place]]
    if not places:
        return Peak(wave, ended)
    highest = max(places, key=lambda place: (drawn.adverse[place], drawn.posts[place], -place))
    return Peak(wave, ended, drawn.hours[highest], drawn.adverse[highest], drawn.posts[highest])


def _forecast(counts: Counts, shown: int) -> tuple[list[float], list[float]]:
    """Expectation and upper edge of the band for the last `shown` hours; hours before anything was known are forecast as 0."""
    found = surges(counts, HOUR)
    blank = np.zeros(max(0, shown - len(counts)))
    expected, upper = (np.concatenate([blank, values])[-shown:] for values in (found.expected, found.upper))
    return np.round(expected, 2).tolist(), np.round(upper, 2).tolist()


def _counted(index: PostView, brand: str, at: datetime, days: int) -> BrandSeries:
    since = index.earliest()
    return read_series(index, (brand,), at=floor_hour(at), baseline_days=days, seen_before=None, known_since=since)[brand]


def _lines(usual: BrandSeries, name: RuleName, hours: list[datetime], policy: Policy) -> tuple[list[float], list[float]]:
    """Expectation and threshold of each hour."""
    learnt, rule = baseline(usual, name), rule_of(policy, name)
    expected = [float(learnt.expected[hour.hour]) for hour in hours]
    return [round(value, 2) for value in expected], [round(threshold(rule, value, learnt), 2) for value in expected]
