"""What is usual: the expected count of each hour of the day, and how far above it is no accident.

Counts scatter more the larger they are; their square roots scatter alike (Anscombe 1948: 2·√(x + 3/8) of a Poisson count
has a deviation of 1), so one rule serves brands with one post a day and with a thousand an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from alerts.detection.series import Counts
from alerts.policies.policy import Spike

ENOUGH_FOR_DAILY_CYCLE = 72
"""Hours of history from which each hour of the day is compared with itself; below it all hours share one expectation."""
COLD = 48
"""Hours of history under which a baseline is not trusted: thresholds are raised, and the alert says so."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """`expected` count for each of the 24 hours of the day (UTC); `spread` ≥ 1 is how much wilder than Poisson the brand is."""

    expected: NDArray[np.float64]
    spread: float
    history_hours: int

    @property
    def is_cold(self) -> bool:
        return self.history_hours < COLD

    def expectation(self, hours_of_day: list[int]) -> float:
        """What those hours usually hold together."""
        return float(sum(self.expected[hour] for hour in hours_of_day))


def threshold(rule: Spike, expected: float, baseline: Baseline) -> float:
    """The smallest count that is a spike; a cold baseline must be exceeded by twice as much."""
    caution = 2.0 if baseline.is_cold else 1.0
    far = (np.sqrt(expected + 0.375) + caution * rule.deviations * baseline.spread / 2) ** 2 - 0.375
    return float(max(far, caution * rule.ratio * expected, caution * rule.least))


def learn(history: Counts, of_day: NDArray[np.int64]) -> Baseline:
    """The baseline of a history of hourly counts, each with its hour of the day; hours may be missing.

    Every count is clipped before it teaches: at three robust deviations above the median of its hour of the day (with
    the hours beside it), so that a crisis of some days among fourteen hardly moves what is expected after it.
    """
    hours = len(history)
    if hours == 0:
        return Baseline(np.zeros(24), 1.0, 0)
    if hours < ENOUGH_FOR_DAILY_CYCLE:
        expected = np.full(24, _clipped_mean(history))
    else:
        expected = np.array([_clipped_mean(history[_near(of_day, hour)]) for hour in range(24)])
    return Baseline(expected, _spread(history, expected[of_day]), hours)


def _clipped_mean(counts: Counts) -> float:
    middle = np.median(counts)
    deviation = max(1.4826 * float(np.median(np.abs(counts - middle))), float(np.sqrt(middle + 1)))
    return float(np.minimum(counts, middle + 3 * deviation).mean())


def _near(of_day: NDArray[np.int64], hour: int) -> NDArray[np.bool_]:
    return np.isin(of_day, ((hour - 1) % 24, hour, (hour + 1) % 24))


def _spread(counts: Counts, expected: NDArray[np.float64]) -> float:
    """The robust deviation of the counts in Anscombe's units, where Poisson has 1; kept between 1 and 3."""
    residuals = 2 * (np.sqrt(counts + 0.375) - np.sqrt(expected + 0.375))
    return float(np.clip(1.4826 * np.median(np.abs(residuals - np.median(residuals))), 1.0, 3.0))
