"""What a series is expected to hold where weeks are alike: the time of day, corrected by the same hour of the weeks before.

A crisis of some days lies in one week of four and so does not move the median; what comes every week is expected from the
fourth time on.
"""

from __future__ import annotations

import numpy as np

from alerts.surges.expected import DAYS, Floats, around, by_time_of_day, median

WEEKS, FEWEST_WEEKS = 4, 3
"""How many weeks are looked back on, and from how many on they have a say."""
PRIOR_POSTS = 5.0
"""The weight of "this hour of the week is like any day's", in posts."""


def expected_by_week(counts: Floats, rows_per_day: int) -> Floats:
    """Each row's expected count: the time of day's clipped mean over 14 days, times how the hour of the week differs from it.

    `counts` has NaN where a row is missing. Row i depends on the rows before i only. There is no present level in it: two loud
    days do not make a third expected.
    """
    seasonal = by_time_of_day(counts, rows_per_day, level_days=DAYS)
    return np.asarray(seasonal * _of_week(counts, seasonal, rows_per_day))


def _of_week(counts: Floats, seasonal: Floats, rows_per_day: int) -> Floats:
    """The ratio of the median of the same hour (one to each side) in past weeks to what its time of day expected then.

    Shrunk to 1 as a Poisson rate with a Gamma prior is: (prior + seen) / (prior + expected). 1 where too few weeks are known.
    """
    reach = rows_per_day // 24
    known = np.isfinite(counts)
    rows = np.arange(len(counts))[:, None] - np.arange(1, WEEKS + 1) * 7 * rows_per_day
    then = np.maximum(rows, 0)
    past = np.where(rows >= 0, around(np.where(known, counts, 0.0), known, reach)[then], np.nan)
    due = np.where(np.isfinite(past), around(seasonal, np.ones_like(known), reach)[then], np.nan)
    weeks = np.isfinite(past).sum(axis=1)
    hours = weeks * (2 * reach + 1)
    ratio = (PRIOR_POSTS + hours * median(past)) / (PRIOR_POSTS + hours * median(due))
    return np.where(weeks >= FEWEST_WEEKS, ratio, 1.0)
