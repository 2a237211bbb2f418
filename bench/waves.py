"""Surges of known start and size, put into quiet parts of count series; the same series otherwise; and made-up ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from bench.nab import Window, probation_rows

Floats = NDArray[np.float64]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RISE, HALF_LIFE, LASTING = timedelta(minutes=30), 6 * HOUR, 24 * HOUR
APART = 125 * HOUR
FIVE_MINUTES = timedelta(minutes=5)


def inject(
    counts: Floats,
    windows: Sequence[Window],
    interval: timedelta,
    *,
    factor: float,
    seed: int,
    surges: int = 5,
    least_mean: float = 0.3,
) -> tuple[Floats, list[int]]:
    """`counts` with `surges` surges of `factor` times the mean of the week before (`least_mean` at least), and the rows at
    which they start.

    A surge rises within 30 minutes, halves every 6 hours and scatters more than Poisson. It starts a day or more from the
    windows and from both ends, and 125 hours or more from another.
    """
    draw = np.random.default_rng(seed)
    starts: list[int] = []
    for row in draw.permutation(_quiet(len(counts), windows, interval)):
        if len(starts) < surges and all(abs(row - other) * interval > APART for other in starts):
            starts.append(int(row))
    age = np.arange(round(LASTING / interval))
    shape = (1 - np.exp(-(age + 1) * (interval / RISE))) * 0.5 ** (
        np.maximum(age - HOUR / interval, 0) * (interval / HALF_LIFE)
    )
    raised = counts.copy()
    for row in starts:
        mean = max(counts[max(0, row - round(7 * DAY / interval)) : row + 1].mean(), least_mean)
        raised[row : row + len(age)] += draw.poisson(factor * mean * shape * draw.gamma(8, 1 / 8, len(age)))
    return raised, sorted(starts)


def _quiet(rows: int, windows: Sequence[Window], interval: timedelta) -> NDArray[np.int64]:
    day = round(DAY / interval)
    quiet = np.zeros(rows, dtype=bool)
    quiet[probation_rows(rows) + day : rows - day] = True
    for start, end in windows:
        quiet[max(0, start - day) : end + day] = False
    return np.flatnonzero(quiet)


def begun_later(counts: Floats, windows: Sequence[Window], rows: int) -> tuple[Floats, list[Window]]:
    """The series without its first `rows` rows, and the windows that still end after the probation."""
    later = counts[rows:]
    moved = [(max(start - rows, 0), end - rows) for start, end in windows]
    return later, [window for window in moved if window[1] >= probation_rows(len(later))]


def thinned(counts: Floats, share: float, seed: int) -> Floats:
    """What a brand of which so much less is said would have had: each post is kept with the probability `share`."""
    return np.random.default_rng(seed).binomial(counts.astype(np.int64), share).astype(np.float64)


def made_up(seed: int) -> tuple[Floats, list[Window]]:
    """Eight weeks of five-minute counts of one brand, and windows around its three crises.

    Negative-binomial counts with a daily and a weekly pattern, days that are livelier than others, a lasting change of level,
    and bursts of a few rows, as a robot or one loud account makes them, whose sizes have a heavy tail.
    """
    draw = np.random.default_rng([seed, 20261122])
    rows, day = 56 * 288, 288
    hours = np.arange(rows) / 12
    mean = float(np.exp(draw.uniform(np.log(1.5), np.log(60))))
    daily = np.exp(draw.uniform(0.3, 1.0) * np.sin(2 * np.pi * (hours - draw.uniform(0, 24)) / 24))
    weekly = np.where(hours // 24 % 7 < 5, 1.0, draw.uniform(0.4, 1.0))
    lively = np.repeat(np.exp(draw.normal(0, 0.2, 56)), day)
    level = np.where(np.arange(rows) > draw.integers(rows), draw.uniform(0.6, 1.7), 1.0)
    rate = mean * daily * weekly * lively * level
    bursts = draw.random(rows) < draw.choice([0.2, 1, 4]) / 7 / day
    rate += mean * np.convolve(bursts * (1 + draw.pareto(1.3, rows)) * 3, 0.6 ** np.arange(9))[:rows]
    starts = np.sort(draw.choice(np.arange(8, 52, 4), 3, replace=False)) * day + draw.integers(0, day, 3)
    for start in starts:
        age = np.arange(rows) - start
        rate += np.where(age >= 0, mean * draw.uniform(6, 30) * 0.5 ** (np.maximum(age, 0) / draw.uniform(6, 60)), 0)
    dispersion = draw.uniform(2, 12)
    counts = draw.poisson(rate * draw.gamma(dispersion, 1 / dispersion, rows)).astype(np.float64)
    return counts, [(int(start) - 264, int(start) + 264) for start in starts]
