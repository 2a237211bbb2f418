"""The rules that the detector is measured beside, with the settings that their users start from."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
SPIKE_HEIGHT, LEAST_IN_REFERENCE = 3.0, 10
DEVIATIONS = 5.0
QUIET = 3 * HOUR


def spike_rule(counts: Floats, interval: timedelta) -> list[int]:
    """As ElastAlert's `spike`: this hour against the hour before, three times as high; both are forgotten once it fired."""
    hour = max(1, round(HOUR / interval))
    alarms, since = [], 0
    total = np.concatenate([[0.0], np.cumsum(counts)])
    for row in range(len(counts)):
        if row + 1 - since < 2 * hour:
            continue
        current, reference = total[row + 1] - total[row + 1 - hour], total[row + 1 - hour] - total[row + 1 - 2 * hour]
        if reference >= LEAST_IN_REFERENCE and current >= SPIKE_HEIGHT * reference:
            alarms.append(row)
            since = row + 1
    return alarms


def z_score(counts: Floats, interval: timedelta) -> list[int]:
    """The mean of an hour, five deviations above the hours of the week before; told once until three hours were calm."""
    hour, week = max(1, round(HOUR / interval)), round(WEEK / interval)
    hourly = np.convolve(counts, np.full(hour, 1 / hour))[: len(counts)]
    alarms: list[int] = []
    last = -week
    for row in range(2 * round(timedelta(days=1) / interval), len(counts)):
        past = hourly[max(0, row - week) : row - hour]
        if hourly[row] > past.mean() + DEVIATIONS * past.std():
            if (row - last) * interval > QUIET:
                alarms.append(row)
            last = row
    return alarms
