"""How far a window of a count series is above what is expected of it: three ways of looking, each blind where another sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import numpy as np

from alerts.surges.expected import Floats, Usual, trailing
from alerts.surges.threshold import Calibration

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


FEWEST = 3
"""Rows of which some can be spared."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Windows of these lengths are scored by the mean of their lowest `kept` share of rows.

    With all rows kept it is a total, which sees the shortest wave; with the lowest share, single wild rows count for
    nothing. `is_local`: expected is what the hours before the window lead to expect too, not the time of day alone.
    `is_rising`: the newest row is a third of the score; a burst of half an hour fades by then, a surge still rises.
    """

    windows: tuple[timedelta, ...]
    kept: float
    is_local: bool
    calibration: Calibration
    is_rising: bool = False

    def rows(self, interval: timedelta) -> list[int]:
        """The windows in rows, one at least. A share needs three: coarser series are left to the other windows."""
        rows = {max(1, round(window / interval)) for window in self.windows}
        return sorted(row for row in rows if self.kept == 1 or row >= FEWEST)


BURST = Scale((30 * MINUTE,), 1.0, True, Calibration(return_days=80, least=0.9))
SUDDEN = Scale((30 * MINUTE,), 0.34, True, Calibration(return_days=8, least=0.6), is_rising=True)
LASTING = Scale((HOUR, 2 * HOUR, 6 * HOUR), 0.34, False, Calibration(return_days=20, least=0.65))


def scores(known: Usual, scale: Scale, rows: int) -> Floats:
    """The logarithm of the ratio of observed to expected in the window that ends with each row.

    Both have the ballast added, so that few posts against hardly any are not much.
    """
    usual = _expected(known, scale, rows) + known.ballast
    score = np.log((lowest(known.seen, rows, max(1, ceil(scale.kept * rows))) + known.ballast) / usual)
    if scale.is_rising:
        score = (2 * score + np.log((known.seen + known.ballast) / usual)) / 3
    return np.asarray(score)


def count_at(known: Usual, scale: Scale, rows: int, limit: Floats) -> Floats:
    """The count per row that, held for the window, has the score `limit`."""
    return np.asarray(np.exp(limit) * (_expected(known, scale, rows) + known.ballast) - known.ballast)


def _expected(known: Usual, scale: Scale, rows: int) -> Floats:
    """The mean expected count of the window's rows."""
    expected = known.expected_after(rows) if scale.is_local else known.expected
    return np.asarray(trailing(expected, rows) / np.minimum(np.arange(1, len(expected) + 1), rows))


def lowest(seen: Floats, rows: int, kept: int) -> Floats:
    """The mean of the `kept` lowest rows of each window; what lies before the first row is 0."""
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(rows - 1), seen]), rows)
    if kept < rows:
        windows = np.partition(windows, kept - 1, axis=1)[:, :kept]
    return np.asarray(windows.mean(axis=1))
