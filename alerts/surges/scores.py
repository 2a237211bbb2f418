"""How far a window of a count series is above what is expected of it: four ways of looking, each blind where another sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

import numpy as np

from alerts.surges.expected import Floats, Usual, trailing
from alerts.surges.threshold import Calibration
from core.clock import HOUR

MINUTE = timedelta(minutes=1)
FEWEST = 3
"""Rows of which some can be spared."""
BALLAST_OF_ROW, BALLAST_OF_WINDOW = 2.0, 6.0
"""Posts that are added to both sides of a ratio: so many a row, and so many a window at most, beside the week's mean.

Bounded by the window, they leave a small brand's surge to be seen: 25 posts in an hour where 5 are usual.
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """Windows of these lengths are scored by the mean of their lowest `kept` share of rows.

    With all rows kept it is a total, which sees the shortest wave; with the lowest share, single wild rows count for
    nothing. `is_local`: expected is what the hours before the window lead to expect too, not the time of day alone.
    `is_rising`: the newest row is a third of the score; a burst of half an hour fades by then, a surge still rises.
    With `slack`, all rows count, each up to so many Poisson deviations above the mean of the lowest: a small brand's lowest
    rows are empty by chance, surge or none.
    """

    windows: tuple[timedelta, ...]
    kept: float
    is_local: bool
    calibration: Calibration
    is_rising: bool = False
    slack: float = 0.0

    def rows(self, interval: timedelta) -> list[int]:
        """The windows in rows, one at least. A share needs three: coarser series are left to the other windows."""
        rows = {max(1, round(window / interval)) for window in self.windows}
        return sorted(row for row in rows if self.kept == 1 or row >= FEWEST)


BURST = Scale((30 * MINUTE,), 1.0, True, Calibration(return_days=40, least=0.9, stretch=1.25))
SUDDEN = Scale((30 * MINUTE,), 0.34, True, Calibration(return_days=8, least=0.6, stretch=1.25), is_rising=True)
_SUSTAINED = Calibration(return_days=20, least=0.65, stretch=1.25)
HELD = Scale((HOUR,), 0.16, True, _SUSTAINED)
LASTING = Scale((HOUR, 2 * HOUR, 6 * HOUR), 0.34, False, _SUSTAINED, slack=0.5)


def scores(known: Usual, scale: Scale, rows: int) -> Floats:
    """The logarithm of the ratio of observed to expected in the window that ends with each row.

    Both have the ballast added, so that few posts against hardly any are not much.
    """
    usual = _expected(known, scale, rows)
    held = lowest(known.seen, rows, max(1, ceil(scale.kept * rows)), scale.slack)
    score = _log_ratio(held, usual, _ballast(known, rows))
    if scale.is_rising:
        score = (2 * score + _log_ratio(known.seen, usual, _ballast(known, 1))) / 3
    return score


def count_at(known: Usual, scale: Scale, rows: int, limit: Floats) -> Floats:
    """The count per row that, held for the window, has the score `limit`."""
    ballast = _ballast(known, rows)
    return np.asarray(np.exp(limit) * (_expected(known, scale, rows) + ballast) - ballast)


def _log_ratio(observed: Floats, usual: Floats, ballast: Floats) -> Floats:
    return np.asarray(np.log((observed + ballast) / (usual + ballast)))


def _ballast(known: Usual, rows: int) -> Floats:
    """Posts per row of a window of `rows` rows."""
    return np.asarray(min(BALLAST_OF_ROW, BALLAST_OF_WINDOW / rows) + known.week)


def _expected(known: Usual, scale: Scale, rows: int) -> Floats:
    """The mean expected count of the window's rows."""
    expected = known.expected_after(rows) if scale.is_local else known.expected
    return np.asarray(trailing(expected, rows) / np.minimum(np.arange(1, len(expected) + 1), rows))


def lowest(seen: Floats, rows: int, kept: int, slack: float = 0.0) -> Floats:
    """The mean of the `kept` lowest rows of each window; what lies before the first row is 0.

    With slack, the mean of all rows, each counted up to the lowest ones' mean and `slack` of its Poisson deviations.
    """
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(rows - 1), seen]), rows)
    if kept == rows:
        return np.asarray(windows.mean(axis=1))
    low = np.partition(windows, kept - 1, axis=1)[:, :kept].mean(axis=1)
    if not slack:
        return np.asarray(low)
    return np.asarray(np.minimum(windows, (low + slack * np.sqrt(low + 1))[:, None]).mean(axis=1))
