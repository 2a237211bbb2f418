"""Reading the table: each indicator against its own past, its points, and the score of the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from alerts.indicators.table import FIGURE, Indicator, IndicatorTable, Measure, Status, of_figure
from alerts.indicators.trend import Slope, Trend, slope

HISTORY = 28
"""Days that the baseline and the longer trend are read from."""
RECENT = 7
"""Days of the shorter trend."""
ENOUGH = 7
"""Known days under which there is no baseline."""
STALE_FIGURE = 7
"""Days after which a figure of the company says nothing of today."""
Series = Mapping[date, float]
"""Values by day; a day that is not there is missing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One line, read. `value` None is missing, with the reason; `measured` is what the thresholds were held against.

    `points` of at most `indicator.weight`; `days` are the last `HISTORY` with None for what is missing; `as_of` the day of a
    figure that the company brought, None for what was counted up to now.
    """

    indicator: Indicator
    status: Status
    value: float | None
    baseline: float | None
    measured: float | None
    points: float
    recent: Slope
    longer: Slope
    days: tuple[float | None, ...]
    why_zh: str = ""
    why_en: str = ""
    as_of: date | None = None

    def to_json(self) -> dict[str, Any]:
        zh, en = self.indicator.name
        return {
            "key": self.indicator.key,
            "name": {"zh": zh, "en": en},
            "status": str(self.status),
            "value": self.value,
            "baseline": self.baseline,
            "measured": self.measured,
            "points": self.points,
            "weight": self.indicator.weight,
            "trend_7_days": str(self.recent.trend),
            "trend_28_days": str(self.longer.trend),
            "missing": {"zh": self.why_zh, "en": self.why_en} if self.status is Status.MISSING else None,
            "days": list(self.days),
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All lines read. `score` is the share of the known lines' weight that gave points, 0–100; None where none is known.

    Of the lines of complaints only the gravest counts, in points and in weight: a crisis is of one kind, and the calm of the
    other kinds must not talk it down. Missing lines neither calm nor alarm.
    """

    readings: tuple[Reading, ...]
    table: IndicatorTable

    @property
    def points(self) -> float:
        return _counted(self.readings, lambda reading: reading.points)

    @property
    def weight(self) -> float:
        return _counted(self.readings, lambda reading: 0.0 if reading.status is Status.MISSING else reading.indicator.weight)

    @property
    def score(self) -> float | None:
        return 100 * self.points / self.weight if self.weight else None

    @property
    def status(self) -> Status:
        return Status.MISSING if self.score is None else self.table.status(round(self.score, 6))

    def to_json(self) -> dict[str, Any]:
        """JSON-ready, with every point."""
        return {
            "score": self.score,
            "status": str(self.status),
            "points": self.points,
            "weight": self.weight,
            "indicators": [reading.to_json() for reading in self.readings],
        }

    @property
    def missing(self) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.status is Status.MISSING)


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of a brand: the values counted up to now, the days before, and the company's figures, each by key.

    `is_watched` False says that the sources delivered nothing of the last day, so that its zeros mean nothing.
    """

    today: date
    current: Mapping[str, float | None]
    past: Mapping[str, Series]
    figures: Mapping[str, Series]
    is_watched: bool = True


def read(table: IndicatorTable, observed: Observed) -> Scorecard:
    """The table read. A figure that the company brings and the table does not name is read by the usual line for its name."""
    named = {row.key for row in table.rows}
    added = [of_figure(key.removeprefix(FIGURE)) for key in sorted(observed.figures) if key not in named]
    return Scorecard(tuple(_reading(row, observed) for row in (*table.rows, *added)), table)


def _counted(readings: Iterable[Reading], value: Callable[[Reading], float]) -> float:
    """The values added up, of the lines of complaints the greatest alone."""
    complaints, others = 0.0, 0.0
    for reading in readings:
        if reading.indicator.is_complaint:
            complaints = max(complaints, value(reading))
        else:
            others += value(reading)
    return complaints + others


def _reading(row: Indicator, observed: Observed) -> Reading:
    if row.is_figure:
        return _figure(row, observed)
    past = observed.past.get(row.key, {})
    value = observed.current.get(row.key)
    if not observed.is_watched:
        return _missing(row, past, observed.today, "近 24 小时没有信源送达", "no source delivered in the last 24 hours")
    if value is None and row.key == "unanswered" and past:
        value = 0.0  # where replies are told on other days, a day without a question has none without a reply
    if value is None:
        return _missing(row, past, observed.today, *_UNTOLD.get(row.key, _NOT_COUNTED))
    return _judged(row, value, past, observed.today, None)


_NOT_COUNTED = ("没有可用的数据", "nothing is known of it")
_UNTOLD = {
    "negative_share": ("近 24 小时不足 5 条，占比没有意义", "under 5 posts in 24 hours: a share means nothing"),
    "authors": ("信源没有提供作者，或帖子太多未逐条数", "the sources name no authors, or too many posts to look at each"),
    "unanswered": ("信源没有提供提问、投诉的回复数", "the sources tell no replies to questions and complaints"),
}


def _figure(row: Indicator, observed: Observed) -> Reading:
    series = observed.figures.get(row.key, {})
    days = [day for day in series if day <= observed.today]
    if not days:
        return _missing(row, series, observed.today, "还没有导入数据", "nothing was imported yet")
    last = max(days)
    age = (observed.today - last).days
    if age > STALE_FIGURE:
        return _missing(
            row, series, observed.today, f"最近数据是 {last}，已过 {age} 天", f"the newest is of {last}, {age} days ago"
        )
    return _judged(row, series[last], {day: series[day] for day in days if day < last}, last, last)


def _judged(row: Indicator, value: float, past: Series, today: date, as_of: date | None) -> Reading:
    """`value` held against the days before `today`."""
    days = _window(past, today, HISTORY)
    known = [day for day in days if day is not None]
    baseline = float(np.median(known)) if len(known) >= ENOUGH else None
    if baseline is None and row.measure is not Measure.VALUE:
        zh, en = f"历史只有 {len(known)} 天，至少要 {ENOUGH} 天", f"only {len(known)} days of history, {ENOUGH} are needed"
        return _missing(row, past, today, zh, en, value=value, as_of=as_of)
    measured = _measured(row, value, baseline)
    if measured is None:
        return _missing(
            row, past, today, "平时为 0，没有倍数", "usually 0: there is no multiple of it", value=value, as_of=as_of
        )
    status = row.status(measured)
    shown = (*days[1:], value)
    return Reading(
        indicator=row,
        status=status,
        value=value,
        baseline=baseline,
        measured=measured,
        points=row.weight * status.steps / 3,
        recent=slope(shown[-RECENT:]),
        longer=slope(shown),
        days=shown,
        as_of=as_of,
    )


def _measured(row: Indicator, value: float, baseline: float | None) -> float | None:
    if row.measure is Measure.VALUE or baseline is None:
        return value
    if row.measure is Measure.DIFFERENCE:
        return value - baseline
    if row.is_figure:
        return value / baseline if baseline else None
    return value / max(baseline, 1.0)  # of posts: an expectation under one counts as one, so that 3 against 0 is 3


def _missing(
    row: Indicator,
    past: Series,
    today: date,
    zh: str,
    en: str,
    *,
    value: float | None = None,
    as_of: date | None = None,
) -> Reading:
    days = (*_window(past, today, HISTORY)[1:], value)
    unknown = Slope(Trend.UNKNOWN)
    return Reading(row, Status.MISSING, value, None, None, 0.0, unknown, slope(days), days, zh, en, as_of)


def _window(past: Series, today: date, days: int) -> tuple[float | None, ...]:
    """The days before `today`, oldest first."""
    return tuple(past.get(today - timedelta(days=back)) for back in range(days, 0, -1))
