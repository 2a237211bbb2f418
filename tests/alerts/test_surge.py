"""The surge detector: what it must find, what it must let pass, and that it never looks ahead."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from alerts.surges.surge import surges

FIVE, QUARTER, HOURLY = timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)
Floats = NDArray[np.float64]


def usual(days: int, interval: timedelta, *, per_hour: float = 60.0, seed: int = 1, calm: float = 4.0) -> Floats:
    """Negative-binomial counts with a daily and a weekly pattern."""
    draw = np.random.default_rng(seed)
    hours = np.arange(round(days * timedelta(days=1) / interval)) * (interval / HOURLY)
    daily = 1 + 0.7 * np.sin(2 * np.pi * (hours % 24) / 24)
    weekly = np.where(hours // 24 % 7 < 5, 1.0, 0.6)
    mean = per_hour * (interval / HOURLY) * daily * weekly
    return draw.poisson(mean * draw.gamma(calm, 1 / calm, len(hours))).astype(np.float64)


def with_surge(counts: Floats, interval: timedelta, day: float, factor: float, *, hours: float = 12) -> tuple[Floats, int]:
    """`counts` with a wave of `factor` times their mean that rises in half an hour, and its first row."""
    start = round(day * timedelta(days=1) / interval)
    age = np.arange(round(hours * HOURLY / interval)) * (interval / HOURLY)
    wave = factor * counts.mean() * (1 - np.exp(-2 * (age + interval / HOURLY))) * 0.5 ** (age / 6)
    changed = counts.copy()
    changed[start : start + len(wave)] += np.random.default_rng(7).poisson(wave)
    return changed, start


@pytest.mark.parametrize("interval", [FIVE, QUARTER, HOURLY])
def test_a_surge_alarms_within_hours_at_any_interval(interval: timedelta) -> None:
    counts, start = with_surge(usual(21, interval), interval, 15.3, 8)
    rows = [row for row in surges(counts, interval).alarms if row >= start]
    assert rows and (rows[0] - start) * interval <= 3 * HOURLY


@pytest.mark.parametrize("interval", [FIVE, QUARTER, HOURLY])
def test_an_ordinary_month_calls_hardly_anyone(interval: timedelta) -> None:
    alarms = [len(surges(usual(28, interval, seed=seed), interval).alarms) for seed in range(5)]
    assert sum(alarms) <= 0.4 * 4 * len(alarms)


def test_one_episode_is_told_once_and_has_its_all_clear() -> None:
    counts, start = with_surge(usual(21, FIVE), FIVE, 15.3, 8)
    result = surges(counts, FIVE)
    assert len(result.openings) == 1 and len(result.clears) == 1
    assert start < result.openings[0] < result.clears[0]


def test_a_surge_that_grows_clearly_worse_is_told_again() -> None:
    counts, start = with_surge(usual(21, FIVE), FIVE, 15.3, 6)
    counts[start + 36 : start + 48] += 30 * counts.mean()
    result = surges(counts, FIVE)
    assert len(result.openings) == 1 and len(result.alarms) == 2


def test_single_wild_rows_of_a_spiky_brand_teach_the_detector_to_let_them_pass() -> None:
    counts = usual(42, FIVE)
    counts[np.random.default_rng(3).choice(len(counts), 84, replace=False)] += 150
    last_week = surges(counts, FIVE).openings >= 35 * 288
    assert last_week.sum() <= 1


def test_a_sustained_surge_is_found_in_a_spiky_series_too() -> None:
    counts = usual(42, FIVE)
    counts[np.random.default_rng(3).choice(len(counts), 84, replace=False)] += 150
    counts, start = with_surge(counts, FIVE, 35.4, 5)
    assert any(start <= row <= start + 72 for row in surges(counts, FIVE).alarms)


def test_a_small_brand_s_surge_is_found_though_most_of_its_rows_are_empty() -> None:
    """Eight posts an hour, and five times as many."""
    found = 0
    for seed in range(10):
        counts, start = with_surge(usual(28, FIVE, per_hour=8, seed=seed), FIVE, 22.3, 5)
        found += any(start <= row <= start + 72 for row in surges(counts, FIVE).alarms)
    assert found >= 7


def test_daily_bursts_of_half_an_hour_are_let_pass_and_two_hours_of_as_much_are_not() -> None:
    habit = 0
    for seed in range(5):
        draw = np.random.default_rng(seed)
        counts = usual(42, FIVE)
        for day in range(42):
            burst = day * 288 + int(draw.integers(200))
            counts[burst : burst + 6] += draw.poisson(60 * draw.gamma(8, 1 / 8), 6)
        habit += sum(surges(counts, FIVE).openings >= 28 * 288)
        start = 35 * 288 + 230
        counts[start : start + 24] += 60
        assert any(start <= row < start + 24 for row in surges(counts, FIVE).openings)
    assert habit <= 4  # in 70 days


def test_a_crisis_of_two_days_does_not_become_what_is_expected() -> None:
    calm = usual(21, HOURLY)
    crisis = calm.copy()
    crisis[14 * 24 : 16 * 24] *= 20
    after = slice(17 * 24, 18 * 24)
    assert surges(crisis, HOURLY).expected[after].mean() < 2.5 * surges(calm, HOURLY).expected[after].mean()


def test_a_lasting_new_level_is_told_once_and_then_is_usual() -> None:
    counts = usual(42, FIVE)
    counts[20 * 288 :] *= 6
    openings = surges(counts, FIVE).openings
    assert any(20 * 288 <= row < 21 * 288 for row in openings)
    assert not any(row >= 28 * 288 for row in openings)


def test_missing_rows_are_not_zeros_and_never_alarm() -> None:
    counts = usual(21, FIVE)
    gap = counts.copy()
    gap[10 * 288 : 11 * 288] = np.nan
    result = surges(gap, FIVE)
    after = slice(11 * 288, 12 * 288)
    assert len(result.alarms) == len(surges(counts, FIVE).alarms)
    assert result.expected[after].mean() == pytest.approx(surges(counts, FIVE).expected[after].mean(), rel=0.25)
    assert not result.is_over[10 * 288 : 11 * 288].any()


def test_a_count_at_the_upper_band_for_the_whole_window_is_over_the_threshold() -> None:
    counts = usual(14, HOURLY)
    counts[-1] = np.ceil(surges(counts, HOURLY).upper[-1]) + 1
    assert surges(counts, HOURLY).is_over[-1]


@given(
    length=st.integers(1, 1500), cut=st.integers(1, 1500), seed=st.integers(0, 99), interval=st.sampled_from([QUARTER, HOURLY])
)
@settings(max_examples=30, deadline=None)
def test_what_was_said_of_a_row_is_never_changed_by_later_rows(length: int, cut: int, seed: int, interval: timedelta) -> None:
    draw = np.random.default_rng(seed)
    counts = draw.poisson(5 * draw.gamma(0.3, 3, length)).astype(np.float64)
    counts[draw.random(length) < 0.05] = np.nan
    whole, part = surges(counts, interval), surges(counts[:cut], interval)
    known = min(cut, length)
    assert list(part.alarms) == [row for row in whole.alarms if row < known]
    np.testing.assert_allclose(part.excess, whole.excess[:known])


@pytest.mark.parametrize("counts", [[3.0], [np.nan] * 500, [0.0] * 2000])
def test_series_without_anything_to_say_have_no_alarm(counts: list[float]) -> None:
    assert len(surges(counts, HOURLY).alarms) == 0


@pytest.mark.parametrize(
    ("counts", "interval"), [([], HOURLY), ([1, -1], HOURLY), ([1, np.inf], HOURLY), ([[1]], HOURLY), ([1], timedelta(days=2))]
)
def test_impossible_counts_and_intervals_are_refused(counts: list[float], interval: timedelta) -> None:
    with pytest.raises(ValueError, match=r"counts must|interval must"):
        surges(counts, interval)
