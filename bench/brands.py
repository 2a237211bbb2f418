"""Brands of five characters, judged hour by hour: what the live rule finds, how soon, and how often it calls for nothing.

Eight weeks of made-up hourly adverse counts a brand; the first three teach only. Beside the live rule of adverse posts, by the
policy as shipped, stand the plainer hour-of-day rule, an ElastAlert-style spike rule and a rolling z-score.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.detection.baseline import WINDOWS, learn
from alerts.policies.policy import DEFAULT
from bench import hour_of_day, rivals, table, waves
from core.clock import HOUR, SHANGHAI

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rule = Callable[[Floats], Flags]

DAY, WEEK, WEEKS, TAUGHT = 24, 168, 8, 3
JUDGED_BY = 28 * DAY
SEEDS = range(3)
FACTORS = (3.0, 5.0)
WITHIN, EPISODE = 6, 24
"""Hours within which a surge must be found, and hours of calm after which a rule that fires calls again."""
FIRST = datetime(2026, 9, 7, tzinfo=SHANGHAI).astimezone(UTC)
"""A Monday's midnight in China."""
MEANS = {"quiet": 0.05, "middling": 1.0, "big": 20.0, "spiky": 1.0, "weekdays": 5.0}
"""Adverse posts an hour. The spiky brand has a burst of eight to sixteen times that on most days, the last one hardly any
posts at weekends."""
RHYTHM = np.array([3, 2, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 14, 12, 11, 11, 12, 13, 15, 20, 22, 20, 13, 8]) / 10


def live(counts: Floats) -> Flags:
    """The rule of adverse posts as a pass at each hour's end applies it: each day by the 28 before it."""
    fired = np.zeros(len(counts), dtype=bool)
    for day in range(0, len(counts), DAY):
        first = max(0, day - JUDGED_BY)
        learnt = learn(counts[first : day + DAY], FIRST + first * HOUR, DEFAULT.adverse)
        fired[day : day + DAY] = np.any([(learnt.height(hours) >= learnt.threshold(hours))[-DAY:] for hours in WINDOWS], axis=0)
    return fired


def _at(rows: Sequence[int], length: int) -> Flags:
    return np.isin(np.arange(length), rows)


RULES: dict[str, Rule] = {
    "live rule": live,
    "hour of day": lambda counts: hour_of_day.fires(counts, DEFAULT.adverse),
    "spike rule": lambda counts: _at(rivals.spike_rule(counts, HOUR), len(counts)),
    "z-score": lambda counts: _at(rivals.z_score(counts, HOUR), len(counts)),
}


def measured() -> dict[str, Any]:
    """The figures of each rule, with their table."""
    results = {name: dict(_figures(rule)) for name, rule in RULES.items()}
    table.show(f"brands by the hour: {len(MEANS)} characters × {len(SEEDS)}, {WEEKS - TAUGHT} weeks judged", results)
    return results


def _figures(rule: Rule) -> Iterator[tuple[str, float]]:
    for kind in MEANS:
        series = [brand(kind, seed) for seed in SEEDS]
        calls = sum(_episodes(rule(counts)[TAUGHT * WEEK :]) for counts in series)
        yield f"{kind}, false a week", calls / (WEEKS - TAUGHT) / len(series)
        for factor in FACTORS:
            delays = [delay for seed, counts in enumerate(series) for delay in _delays(rule, counts, factor, seed)]
            found = [delay for delay in delays if delay is not None]
            yield f"{kind}, ×{factor:.0f} found, %", round(100 * len(found) / len(delays))
            yield f"{kind}, ×{factor:.0f} median h", statistics.median(found) if found else float("nan")


def _episodes(fired: Flags) -> int:
    rows = np.flatnonzero(fired)
    return int(len(rows) > 0) + int((np.diff(rows) > EPISODE).sum())


def _delays(rule: Rule, counts: Floats, factor: float, seed: int) -> list[int | None]:
    """Hours from each surge's start to the end of the first hour that fires; a surge is `factor` posts an hour at least."""
    taught = [(0, TAUGHT * WEEK)]
    raised, starts = waves.inject(counts, taught, HOUR, factor=factor, seed=seed, surges=4, least_mean=1.0)
    fired = rule(raised)
    return [next((hour + 1 for hour in range(WITHIN) if fired[start + hour]), None) for start in starts]


def brand(kind: str, seed: int) -> Floats:
    """Eight weeks of negative-binomial counts with a daily rhythm, and days that are livelier than others."""
    draw = np.random.default_rng([seed, sum(map(ord, kind))])
    rows = np.arange(WEEKS * WEEK)
    mean = MEANS[kind] * draw.uniform(0.7, 1.4)
    rate = mean * (RHYTHM / RHYTHM.mean())[rows % DAY] * np.repeat(np.exp(draw.normal(0, 0.2, WEEKS * 7)), DAY)
    if kind == "weekdays":
        rate *= np.where(rows // DAY % 7 < 5, 1.3, 0.25)
    if kind == "spiky":
        rate += mean * _bursts(draw, len(rows))
    dispersion = draw.uniform(3, 12)
    return np.asarray(draw.poisson(rate * draw.gamma(dispersion, 1 / dispersion, len(rows))), dtype=np.float64)


def _bursts(draw: np.random.Generator, rows: int) -> Floats:
    """One burst a day on average, most of them at eight in the evening, with an hour of echo."""
    sizes = np.zeros(rows)
    for day in range(0, rows, DAY):
        for _ in range(draw.poisson(1.0)):
            sizes[day + (20 if draw.random() < 0.7 else int(draw.integers(8, 23)))] += draw.uniform(8, 16)
    return np.asarray(sizes + 0.4 * np.concatenate([[0.0], sizes[:-1]]))
