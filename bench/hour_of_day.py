"""A plainer rule for brands, to measure the live one beside: the clipped mean of the hour of the day, a fixed rule above it.

What is expected of an hour is the mean of that hour of the day (one to each side) over 14 days, clipped at three robust
deviations; an hour or three hours are a surge when they are the policy's deviations above it, each as wide as the brand's own
hours scatter beyond chance (three times at most). It knows no weekdays, and no brand that bursts every day.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alerts.policies.policy import Spike

Floats = NDArray[np.float64]
DAY, DAYS = 24, 14


def fires(counts: Floats, rule: Spike) -> NDArray[np.bool_]:
    """For each hour whether the rule fires, learnt anew each day; nothing fires before there are three days."""
    fired = np.zeros(len(counts), dtype=bool)
    for day in range(3 * DAY, len(counts), DAY):
        expected, spread = _learn(counts[max(0, day - DAYS * DAY) : day])
        for row in range(day, min(day + DAY, len(counts))):
            fired[row] = any(
                counts[row + 1 - hours : row + 1].sum() >= _line(rule, _usual(expected, row, hours), spread) for hours in (1, 3)
            )
    return fired


def _usual(expected: Floats, row: int, hours: int) -> float:
    return float(sum(expected[(row - back) % DAY] for back in range(hours)))


def _learn(history: Floats) -> tuple[Floats, float]:
    """The expected count of each hour of the day, and how much wilder than chance the hours are; whole days of history."""
    days = history.reshape(-1, DAY)
    expected = np.array([_clipped_mean(np.roll(days, 1 - hour, axis=1)[:, :3]) for hour in range(DAY)])
    residuals = 2 * (np.sqrt(days + 0.375) - np.sqrt(expected + 0.375))
    return expected, float(np.clip(1.4826 * np.median(np.abs(residuals - np.median(residuals))), 1.0, 3.0))


def _clipped_mean(counts: Floats) -> float:
    middle = np.median(counts)
    deviation = max(1.4826 * float(np.median(np.abs(counts - middle))), float(np.sqrt(middle + 1)))
    return float(np.minimum(counts, middle + 3 * deviation).mean())


def _line(rule: Spike, expected: float, spread: float) -> float:
    far = (np.sqrt(expected + 0.375) + rule.deviations * spread / 2) ** 2 - 0.375
    return float(max(far, rule.ratio * expected, rule.least))
