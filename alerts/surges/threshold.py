"""From what score on a series is out of its own ordinary: the return level of its daily highest scores."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from alerts.surges.expected import Floats

MIDDLE, HIGH = 0.5, 0.75
LEAST_SCATTER = 0.05


@dataclass(frozen=True, slots=True)
class Calibration:
    """How rare a score must be: once in `return_days` days, and never under `least`.

    Before there are days to learn from, daily highest scores are taken to lie around `least` with that `scatter`; this
    counts as `prior_days` days do. Past days count half as much every `half_life_days`. A day above the threshold
    teaches no more than the threshold plus `taught_above`: a crisis raises it slowly, a lasting habit does raise it.
    What the threshold is above `least` counts `stretch` times: the wilder the days, the less they tell of the wildest to come.
    """

    return_days: float
    least: float
    scatter: float = 0.3
    prior_days: float = 1.0
    half_life_days: float = 14.0
    taught_above: float = 0.5
    stretch: float = 1.0


def thresholds(score: Floats, rows_per_day: int, rule: Calibration) -> Floats:
    """Each row's threshold, made of the highest scores of the days that were over before its day began.

    Daily highest values of whatever distribution approach Gumbel's (Fisher and Tippett 1928), fitted here by two of its
    quantiles, which a few wild days hardly move; days are counted from the series' start. A score is NaN where the row is
    missing; a day without any other teaches nothing.
    """
    starts = np.arange(0, len(score), rows_per_day)
    highest = np.fmax.reduceat(score, starts)
    weights = 0.5 ** (np.arange(len(starts)) / rule.half_life_days)
    found, taught = np.empty(len(starts)), np.empty(len(starts))
    for day in range(len(starts)):
        seen = np.isfinite(taught[:day])
        found[day] = _return_level(taught[:day][seen], weights[:day][::-1][seen], rule)
        taught[day] = np.minimum(highest[day], found[day] + rule.taught_above)
    return np.repeat(found, rows_per_day)[: len(score)]


def _return_level(highest: Floats, weights: Floats, rule: Calibration) -> float:
    """The daily maximum that is exceeded once in `return_days` days, stretched away from the least."""
    usual, scatter = rule.least, rule.scatter
    if len(highest):
        own_usual, own_scatter = _gumbel(highest, weights)
        days = float(weights.sum())
        usual = (usual * rule.prior_days + own_usual * days) / (rule.prior_days + days)
        scatter = (scatter * rule.prior_days + own_scatter * days) / (rule.prior_days + days)
    level = usual + scatter * _reduced(1 - 1 / rule.return_days)
    return rule.least + rule.stretch * max(0.0, level - rule.least)


def _gumbel(highest: Floats, weights: Floats) -> tuple[float, float]:
    """Location and scale of the Gumbel distribution with the weighted median and upper quartile of `highest`."""
    order = np.argsort(highest, kind="stable")
    ordered = weights[order]
    place = (np.cumsum(ordered) - ordered / 2) / ordered.sum()
    middle, high = np.interp([MIDDLE, HIGH], place, highest[order])
    scatter = max((high - middle) / (_reduced(HIGH) - _reduced(MIDDLE)), LEAST_SCATTER)
    return float(middle - _reduced(MIDDLE) * scatter), float(scatter)


def _reduced(probability: float) -> float:
    """Gumbel's reduced variate of a probability."""
    return -log(-log(probability))
