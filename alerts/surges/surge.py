"""Surges in a plain series of counts: when people must be told, when told again, and when it is over.

Each row is compared with what is expected of it (`expected`), over windows of several lengths and in four ways
(`scores`). For each, the series' own daily highest scores say which score is out of its ordinary (`threshold`):
a spiky brand needs more. Everything is causal: what was said of a row is never changed by a later one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alerts.surges.expected import DAY, Floats, Usual, usual
from alerts.surges.scores import BURST, HELD, LASTING, SUDDEN, Scale, count_at, scores
from alerts.surges.threshold import thresholds
from core.clock import HOUR

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting serves every series.

    `least` is the smallest total of a window that can alarm. An episode is over after `quiet` without a row above its
    threshold. People are told again only when a score exceeds that last told by `worse` (natural logarithms: 0.7 is twice as
    high); this bar falls by half every `forgotten` of calm. Nothing alarms during the `warm_up`.
    """

    scales: tuple[Scale, ...] = (BURST, SUDDEN, HELD, LASTING)
    least: float = 0.0
    quiet: timedelta = 6 * HOUR
    worse: float = 1.5
    forgotten: timedelta = 6 * HOUR
    warm_up: timedelta = 2.5 * DAY


STANDARD = Setting()


@dataclass(frozen=True, slots=True)
class Result:
    """What was found in each row. `expected` and `upper` are counts: the usual one, and the one at which a burst alarms.

    `excess` is the logarithm of the ratio to what is expected minus its threshold, at the scale that exceeds most: above 0
    the row is part of a surge. `alarms` are the rows at which people are told (an episode opened, or grew clearly worse),
    `openings` the first of each episode, `clears` the rows at which one is over.
    """

    alarms: Rows
    openings: Rows
    clears: Rows
    expected: Floats
    upper: Floats
    excess: Floats

    @property
    def is_over(self) -> NDArray[np.bool_]:
        return self.excess > 0


def surges(counts: ArrayLike, interval: timedelta, setting: Setting = STANDARD) -> Result:
    """The surges of a regular series, oldest first, one count each `interval`; NaN is a missing row, which is not zero.

    Row i is judged by rows 0 to i alone. Intervals up to a day; a series shorter than the warm-up has no alarm. Raises
    ValueError for no counts, negative ones and other intervals.
    """
    known = usual(_checked(counts, interval), interval)
    excess = np.full(len(known.seen), -np.inf)
    upper = np.full(len(known.seen), np.inf)
    for scale in setting.scales:
        for rows in scale.rows(interval):
            score = scores(known, scale, rows)
            limit = thresholds(np.where(known.is_known, score, np.nan), known.rows_per_day, scale.calibration)
            excess = np.maximum(excess, np.where(known.total(rows) >= setting.least, score - limit, -np.inf))
            if scale.kept == 1:
                upper = np.minimum(upper, count_at(known, scale, rows, limit))
    excess[: round(setting.warm_up / interval)] = -np.inf
    excess[~known.is_known] = -np.inf
    return _result(known, excess, upper, interval, setting)


def _checked(counts: ArrayLike, interval: timedelta) -> Floats:
    values = np.asarray(counts, dtype=np.float64)
    if not timedelta() < interval <= DAY:
        raise ValueError(f"the interval must be above 0 and at most a day, not {interval}")
    if values.ndim != 1 or not len(values) or np.isinf(values).any() or (values < 0).any():
        raise ValueError("counts must be one row or more of finite numbers of at least 0, NaN where missing")
    return values


def _result(known: Usual, excess: Floats, upper: Floats, interval: timedelta, setting: Setting) -> Result:
    steps = list(_steps(excess, interval, setting))

    def rows(*kinds: str) -> Rows:
        return np.array([row for kind, row in steps if kind in kinds and row < len(excess)], dtype=np.int64)

    return Result(rows("open", "worse"), rows("open"), rows("clear"), known.expected, upper, excess)


def _steps(excess: Floats, interval: timedelta, setting: Setting) -> Iterator[tuple[Literal["open", "worse", "clear"], int]]:
    """What happens to the episodes, by row; the bar is what a score must exceed for people to be told."""
    quiet = max(1, round(setting.quiet / interval))
    last, is_open, bar = -quiet, False, 0.0
    for row in map(int, np.flatnonzero(excess > 0)):
        calm = row - last - quiet
        if calm > 0:
            if is_open:
                yield "clear", last + quiet
            is_open = False
            bar *= 0.5 ** (calm * (interval / setting.forgotten))
        if excess[row] > bar:
            yield "worse" if is_open else "open", row
            is_open, bar = True, float(excess[row]) + setting.worse
        last = row
    if is_open:
        yield "clear", last + quiet
