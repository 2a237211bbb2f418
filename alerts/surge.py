"""Surges in a plain series of counts: when people must be told, when told again, and when it is over.

Each row is compared with what its time of day expects (`surge_expected`), at several scales at once. A *burst* is a total
far above the expected total; it sees a sudden wave at once and is fooled by no slow one. A *sustained* rise is the ratio that
all but a few rows of a window exceed; single wild rows, of which spiky brands have many, do not move it. For each scale the
series' own daily highest scores say which score is out of its ordinary (`surge_threshold`). Everything is causal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alerts.surge_expected import Floats, expected, trailing
from alerts.surge_threshold import Calibration, thresholds

DAY = timedelta(days=1)
MINUTES_30, HOUR = timedelta(minutes=30), timedelta(hours=1)
BURST = Calibration(return_days=80, least=1.0, usual=1.0, scatter=0.2)
STEADY = Calibration(return_days=16, least=1.1, usual=0.9, scatter=0.2)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting serves every series; spans shorter than a row are one row. Scores are logarithms of ratios.

    `burst_ballast` and `row_ballast` are counts added to both sides of a ratio, so that 3 against 0 is little. `least` is
    the smallest total of a window that can alarm. `worse` is by how much a score must grow for people to be told again.
    """

    bursts: tuple[timedelta, ...] = (MINUTES_30,)
    sustained: tuple[timedelta, ...] = (MINUTES_30, HOUR, 2 * HOUR)
    burst: Calibration = BURST
    steady: Calibration = STEADY
    spared: float = 0.17
    burst_ballast: float = 8.0
    row_ballast: float = 1.0
    least: float = 0.0
    worse: float = 2.0
    quiet: timedelta = 3 * HOUR
    warm_up: timedelta = timedelta(days=2.5)


STANDARD = Setting()


@dataclass(frozen=True, slots=True)
class Result:
    """What was found in each row. `expected` and `upper` are counts: the usual one, and the one at which a burst alarms.

    `excess` is the logarithm of the ratio minus its threshold, at the scale that exceeds most: above 0 the row is part of
    a surge. `alarms` are the rows at which people are told (an episode opened, or grew clearly worse), `openings` the first
    row of each episode, `clears` the rows at which an episode is over.
    """

    alarms: NDArray[np.int64]
    openings: NDArray[np.int64]
    clears: NDArray[np.int64]
    expected: Floats
    upper: Floats
    excess: Floats

    @property
    def is_over(self) -> NDArray[np.bool_]:
        return self.excess > 0


def surges(counts: ArrayLike, interval: timedelta, setting: Setting = STANDARD) -> Result:
    """The surges of a regular series, oldest first, one count each `interval`; NaN is a missing row, which is not zero.

    Row i is judged by rows 0 to i alone, so a longer series never changes what was said of a shorter one. Intervals up to
    a day; a series shorter than the warm-up has no alarm. Raises ValueError for no counts, negative ones and other intervals.
    """
    values = _checked(counts, interval)
    rows_per_day = max(1, round(DAY / interval))
    usual = expected(values, rows_per_day)
    # A missing row is taken to be as expected: evidence for nothing.
    seen = np.where(np.isfinite(values), values, usual)
    upper = np.full(len(seen), np.inf)
    excess = np.full(len(seen), -np.inf)
    for rows in _rows(setting.bursts, interval):
        score = _burst(seen, usual, rows, setting.burst_ballast)
        limit = thresholds(score, rows_per_day, setting.burst)
        upper = np.minimum(upper, _count_at(limit, usual, rows, setting.burst_ballast))
        excess = np.maximum(excess, _if_enough(score - limit, seen, rows, setting.least))
    for rows in _rows(setting.sustained, interval):
        score = _sustained(seen, usual, rows, setting)
        limit = thresholds(score, rows_per_day, setting.steady)
        excess = np.maximum(excess, _if_enough(score - limit, seen, rows, setting.least))
    excess[: round(setting.warm_up / interval)] = -np.inf
    excess[~np.isfinite(values)] = -np.inf
    return Result(*_episodes(excess, max(1, round(setting.quiet / interval)), setting.worse), usual, upper, excess)


def _checked(counts: ArrayLike, interval: timedelta) -> Floats:
    values = np.asarray(counts, dtype=np.float64)
    if not timedelta() < interval <= DAY:
        raise ValueError(f"the interval must be above 0 and at most a day, not {interval}")
    if values.ndim != 1 or not len(values) or np.isinf(values).any() or (values < 0).any():
        raise ValueError("counts must be one row or more of finite numbers of at least 0, NaN where missing")
    return values


def _rows(spans: tuple[timedelta, ...], interval: timedelta) -> list[int]:
    """The spans in rows; those that fall on the same number of rows are one."""
    return sorted({max(1, round(span / interval)) for span in spans})


def _burst(seen: Floats, usual: Floats, rows: int, ballast: float) -> Floats:
    """The logarithm of observed to expected totals. The ballast is per root of rows: totals scatter with the root too."""
    weight = ballast * np.sqrt(rows)
    return np.asarray(np.log((trailing(seen, rows) + weight) / (trailing(usual, rows) + weight)))


def _count_at(limit: Floats, usual: Floats, rows: int, ballast: float) -> Floats:
    """The count per row that reaches the limit when it is held for the whole window."""
    weight = ballast / np.sqrt(rows)
    return np.asarray(np.exp(limit) * (usual + weight) - weight)


def _sustained(seen: Floats, usual: Floats, rows: int, setting: Setting) -> Floats:
    """The logarithm of the ratio that all but `spared` of the window's rows exceed; rows before the first are ordinary."""
    ratio = np.log((seen + setting.row_ballast) / (usual + setting.row_ballast))
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(rows - 1), ratio]), rows)
    place = int(setting.spared * rows)
    return np.asarray(np.partition(windows, place, axis=1)[:, place])


def _if_enough(excess: Floats, seen: Floats, rows: int, least: float) -> Floats:
    return np.where(trailing(seen, rows) >= least, excess, -np.inf)


def _episodes(excess: Floats, quiet: int, worse: float) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Alarm rows, opening rows and all-clear rows: an episode is over when `quiet` rows in a row were below the threshold."""
    steps = list(_steps(np.flatnonzero(excess > 0), excess, quiet, worse))
    named = {kind: [row for one, row in steps if one == kind] for kind in ("open", "worse", "clear")}
    alarms = sorted(named["open"] + named["worse"])
    return (
        np.array(alarms, dtype=np.int64),
        np.array(named["open"], dtype=np.int64),
        np.array([row for row in named["clear"] if row < len(excess)], dtype=np.int64),
    )


def _steps(over: NDArray[np.int64], excess: Floats, quiet: int, worse: float) -> Iterator[tuple[str, int]]:
    last, told = None, 0.0
    for row in map(int, over):
        if last is None or row - last > quiet:
            if last is not None:
                yield "clear", last + quiet
            yield "open", row
            told = float(excess[row])
        elif excess[row] > told + worse:
            yield "worse", row
            told = float(excess[row])
        last = row
    if last is not None:
        yield "clear", last + quiet
