"""The trend of a series of days: a robust slope, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

_SURE = 1.645
"""Standard deviations of Mann and Kendall's S from which a trend is no accident (10 %, both sides)."""


class Trend(StrEnum):
    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    UNKNOWN = "unknown"

    @property
    def zh(self) -> str:
        return {"rising": "上升", "steady": "平稳", "falling": "下降", "unknown": "天数不足"}[self.value]


@dataclass(frozen=True, slots=True)
class Slope:
    """A trend and its slope a day (0 where unknown)."""

    trend: Trend
    slope: float = 0.0


def slope(values: Sequence[float | None]) -> Slope:
    """The trend of consecutive days, None for a missing one.

    The slope is Theil and Sen's median of all slopes between two days, which single wild days do not move (Sen 1968). It
    counts as rising or falling where the test of Mann and Kendall finds it no accident at 10 % (Kendall 1975).
    """
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 4:
        return Slope(Trend.UNKNOWN)
    places, heights = np.array(known, dtype=float).T
    first, second = np.triu_indices(len(places), 1)
    steps = heights[second] - heights[first]
    middle = float(np.median(steps / (places[second] - places[first])))
    sure = _deviations(np.sign(steps).sum(), heights) >= _SURE
    if not sure or not middle:
        return Slope(Trend.STEADY, middle)
    return Slope(Trend.RISING if middle > 0 else Trend.FALLING, middle)


def _deviations(excess: float, heights: np.ndarray) -> float:
    """How many standard deviations Mann and Kendall's S is from 0, corrected for ties and for being whole."""
    count = len(heights)
    ties = np.unique(heights, return_counts=True)[1]
    variance = (count * (count - 1) * (2 * count + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    return float(max(0.0, abs(excess) - 1) / np.sqrt(variance)) if variance else 0.0
