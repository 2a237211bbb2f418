"""What a count series is expected to hold in each row, from the rows before it alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Expect = Callable[[Floats, int], Floats]
"""(counts with NaN where a row is missing, rows a day) → each row's expected count, from the rows before it alone."""

DAY = timedelta(days=1)
DAYS = 14
"""How many days the same time of day is looked back on."""
TAUGHT_AT_MOST = 4.0
"""A row teaches at most this many times the mean of the day before it (and 4 more), so that a crisis teaches little."""
LEVEL_DAYS = 3
"""Over how many days the present level (weekend, holiday, growth) is compared with what the time of day expects."""
LEVEL_LIMITS = (1 / 3, 3.0)
LOCAL, LOCAL_GAP = timedelta(hours=3), timedelta(minutes=15)
"""The hours before a window that tell what this evening is like, and the guard between, so that a rise does not hide itself."""
LOCAL_BALLAST, LOCAL_LIMITS = 3.0, (0.5, 2.5)


@dataclass(frozen=True, slots=True)
class Usual:
    """A series beside what was expected of each of its rows.

    `seen` has the expected count where a row is missing (evidence for nothing), `taught` the counts clipped at four times
    (and four above) what was expected, `week` the mean of the week before.
    """

    seen: Floats
    is_known: NDArray[np.bool_]
    expected: Floats
    taught: Floats
    week: Floats
    interval: timedelta

    @property
    def rows_per_day(self) -> int:
        return max(1, round(DAY / self.interval))

    def total(self, rows: int) -> Floats:
        return trailing(self.seen, rows)

    def expected_after(self, rows: int) -> Floats:
        """`expected`, corrected by how far the three hours before a window of `rows` rows were from theirs."""
        hours = max(1, round(LOCAL / self.interval))
        gap = max(rows, round((rows * self.interval + LOCAL_GAP) / self.interval))
        level = (trailing(self.taught, hours) + LOCAL_BALLAST) / (trailing(self.expected, hours) + LOCAL_BALLAST)
        before = np.concatenate([np.ones(gap), level])[: len(level)]
        return np.asarray(self.expected * np.clip(before, *LOCAL_LIMITS))


def usual(counts: Floats, interval: timedelta, expect: Expect | None = None) -> Usual:
    """What is usual in a series that has NaN where a row is missing; `expect` is `expected` where none is given."""
    rows_per_day = max(1, round(DAY / interval))
    known = np.isfinite(counts)
    due = (expect or expected)(counts, rows_per_day)
    seen = np.where(known, counts, due)
    taught = np.asarray(np.minimum(seen, TAUGHT_AT_MOST * (due + 1)))
    week = _mean_before(taught, known, 7 * rows_per_day)
    return Usual(seen, known, due, taught, week, interval)


def expected(counts: Floats, rows_per_day: int) -> Floats:
    """Each row's expected count: the time of day's clipped mean over 14 days, times the level of the last three.

    `counts` has NaN where a row is missing. Row i depends on the rows before i only; the first has no past and expects itself.
    """
    known = np.isfinite(counts)
    seasonal = by_time_of_day(counts, rows_per_day)
    return np.asarray(seasonal * _level(np.where(known, counts, 0.0), known, seasonal, LEVEL_DAYS * rows_per_day))


def by_time_of_day(counts: Floats, rows_per_day: int, *, level_days: int = 1) -> Floats:
    """The time of day's clipped mean over the 14 days before each row; `counts` as in `expected`.

    The mean of the last `level_days` joins them as one more day, so that the first days are not taken at their word.
    """
    known = np.isfinite(counts)
    taught = _clipped(np.where(known, counts, 0.0), known, rows_per_day)
    return _same_time_of_day(taught, known, _mean_before(taught, known, level_days * rows_per_day), rows_per_day)


def trailing(values: Floats, rows: int) -> Floats:
    """The sum of each row and those before it, `rows` in all (fewer at the start)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    end = np.arange(1, len(values) + 1)
    return np.asarray(total[end] - total[np.maximum(end - rows, 0)], dtype=np.float64)


def _clipped(counts: Floats, known: NDArray[np.bool_], rows_per_day: int) -> Floats:
    """Twice, since the first mean is itself raised by what the second clips."""
    taught = counts
    for _ in range(2):
        taught = np.asarray(np.minimum(counts, TAUGHT_AT_MOST * (_mean_before(taught, known, rows_per_day) + 1)))
    return taught


def _mean_before(values: Floats, known: NDArray[np.bool_], rows: int) -> Floats:
    """The mean of the known among the `rows` rows before each; where none is known, of all before."""
    total, count = trailing(np.where(known, values, 0.0), rows), trailing(known.astype(np.float64), rows)
    all_total, all_count = np.cumsum(values * known), np.cumsum(known * 1.0)
    mean = np.where(count > 0, total / np.maximum(count, 1), all_total / np.maximum(all_count, 1))
    return np.concatenate([values[:1], mean[:-1]])


def _same_time_of_day(taught: Floats, known: NDArray[np.bool_], one_more: Floats, rows_per_day: int) -> Floats:
    """The mean over past days, and `one_more`, of the counts within an hour of the same time of day, each clipped at three
    robust deviations."""
    rows = np.arange(len(taught))[:, None] - np.arange(1, DAYS + 1) * rows_per_day
    smooth = around(taught, known, rows_per_day // 24)
    past = np.where(rows >= 0, smooth[np.maximum(rows, 0)], np.nan)
    middle = median(past)
    deviation = 3 * 1.4826 * median(np.abs(past - middle[:, None]))
    top = middle + np.maximum(deviation, np.sqrt(middle + 0.1))
    days = np.isfinite(past).sum(axis=1)
    return np.asarray((np.nansum(np.minimum(past, top[:, None]), axis=1) + one_more) / (days + 1))


def around(values: Floats, known: NDArray[np.bool_], reach: int) -> Floats:
    """The mean of the known rows within `reach` rows of each, NaN where none is known; used for days past only."""
    total = np.concatenate([[0.0], np.cumsum(values * known)])
    count = np.concatenate([[0.0], np.cumsum(known * 1.0)])
    rows = np.arange(len(values))
    low, high = np.maximum(rows - reach, 0), np.minimum(rows + reach + 1, len(values))
    inside = count[high] - count[low]
    return np.where(inside > 0, (total[high] - total[low]) / np.maximum(inside, 1), np.nan)


def median(past: Floats) -> Floats:
    """The median of each row's known values; 0 where none is known."""
    ordered = np.sort(past, axis=1)
    count = np.isfinite(past).sum(axis=1)
    row = np.arange(len(past))
    low, high = ordered[row, np.maximum(count - 1, 0) // 2], ordered[row, np.minimum(count // 2, past.shape[1] - 1)]
    return np.where(count > 0, (low + high) / 2, 0.0)


def _level(counts: Floats, known: NDArray[np.bool_], seasonal: Floats, rows: int) -> Floats:
    """How far the rows before each were above what their time of day expected; each counts up to 3 times that."""
    seen = _mean_before(np.asarray(np.minimum(counts, 3 * seasonal + 3)), known, rows)
    due = _mean_before(seasonal, known, rows)
    return np.asarray(np.clip((seen + 0.2) / (due + 0.2), *LEVEL_LIMITS))
