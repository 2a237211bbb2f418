"""The alert in time: what each hour held, what was forecast for it, when the crisis began and how high each wave rose."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from alerts.detection.baseline import Baseline
from alerts.detection.series import DAY, BrandSeries, Counts, history_from, hour_number, read_series
from alerts.detection.spikes import baseline
from alerts.detection.triggers import RuleName
from alerts.life.tables import Alert
from alerts.life.topics import TopicView, topic_of
from alerts.life.waves import Wave
from alerts.policies.policy import DEFAULT, Policy
from alerts.surges.expected import Floats
from core.clock import HOUR, floor_hour
from posts.index import PostView

BEFORE = 3 * DAY
"""How much of the quiet before an alert its chart shows."""
LONGEST = 30 * DAY
"""The most that a chart shows."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What each hour shown was held against, made from the hours before it alone, as the detector made it.

    `upper` is what the brand stays under by itself (None while there is too little history to tell), `threshold` what the
    rule's policy and that ask for together. None for hours before anything was known.
    """

    expected: list[float | None]
    upper: list[float | None]
    threshold: list[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """Hourly counts of the alert's topic; all lists are as long as `hours`, the starts of the hours.

    `adverse` are the posts that are negative or carry a risk category: what the second rule counts.
    """

    hours: list[datetime]
    posts: list[int]
    negative: list[int]
    risky: list[int]
    adverse: list[int]
    of_posts: Lines
    of_adverse: Lines


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
    index: PostView,
    alert: Alert,
    *,
    baseline_days: int = 28,
    until: datetime | None = None,
    policy: Policy = DEFAULT,
    blind_hours: Set[datetime] = frozenset(),
) -> Chart:
    """The alert's hours, from three days before it started to `until` (default: a day after its last signal)."""
    start = _first_hour(alert)
    end = min(until or alert.last_signal_at + DAY, start + LONGEST)
    hours = [start + place * HOUR for place in range(hour_number(end) - hour_number(start) + 1)]
    since = min(start, history_from(alert.opened_at.astimezone(UTC), baseline_days))  # as the pass that opened it
    counted = _counted(TopicView(index, topic_of(alert)), alert.brand, since, hours[-1], blind_hours)

    def shown(counts: Counts) -> list[int]:
        return [int(count) for count in counts[-len(hours) :]]

    return Chart(
        hours=hours,
        posts=shown(counted.posts),
        negative=shown(counted.negative),
        risky=shown(counted.risky),
        adverse=shown(counted.adverse),
        of_posts=_lines(baseline(counted, RuleName.VOLUME, policy.volume, since=since), len(hours)),
        of_adverse=_lines(baseline(counted, RuleName.ADVERSE, policy.adverse, since=since), len(hours)),
    )


def _first_hour(alert: Alert) -> datetime:
    """The first hour that the alert's chart shows."""
    return floor_hour(alert.started_at.astimezone(UTC)) - BEFORE


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
    for rule, counts, lines in (
        (RuleName.ADVERSE, drawn.adverse, drawn.of_adverse),
        (RuleName.VOLUME, drawn.posts, drawn.of_posts),
    ):
        usual, line = lines.expected[place], lines.threshold[place]
        if usual is not None and line is not None and counts[place] >= line:
            return Onset(rule, drawn.hours[place], counts[place], usual, line)
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


def _counted(index: PostView, brand: str, since: datetime, last: datetime, blind_hours: Set[datetime]) -> BrandSeries:
    """The hours from `since` or some before it to `last`, as they are known today."""
    days, known_since = -(-(hour_number(last) - hour_number(since)) // 24), index.earliest()
    return read_series(
        index,
        (brand,),
        at=last,
        baseline_days=days,
        seen_before=None,
        known_since=known_since,
        blind_hours=blind_hours,
    )[brand]


def _lines(learnt: Baseline, shown: int) -> Lines:
    blank = np.full(shown, np.nan)
    upper = np.where(learnt.is_cold, np.nan, learnt.ordinary())

    def line(values: Floats) -> list[float | None]:
        newest = np.round(np.concatenate([blank, values])[-shown:], 2)
        return [None if np.isnan(value) else float(value) for value in newest]

    return Lines(line(learnt.expected()), line(upper), line(learnt.threshold()))
