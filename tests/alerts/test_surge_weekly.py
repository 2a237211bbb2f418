"""What is expected where weeks are alike: what comes every week is, what came once is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from alerts.surges.threshold import Calibration, thresholds
from alerts.surges.weekly import expected_by_week

DAY, WEEK = 24, 168
Floats = NDArray[np.float64]


def weeks(rate: float, number: int, *, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).poisson(rate, number * WEEK).astype(np.float64)


def test_a_promotion_of_every_friday_evening_is_expected_from_the_fourth_on() -> None:
    counts = weeks(3, 4)
    for friday in range(4):
        counts[friday * WEEK + 4 * DAY + 18 :][:4] += 40
    evening = slice(3 * WEEK + 4 * DAY + 18, 3 * WEEK + 4 * DAY + 22)
    assert expected_by_week(counts, DAY)[evening].min() > 20
    assert expected_by_week(counts[WEEK:], DAY)[evening.start - WEEK : evening.stop - WEEK].max() < 15


def test_quiet_weekends_are_expected_to_be_quiet() -> None:
    counts = weeks(10, 5)
    for week in range(5):
        counts[week * WEEK + 5 * DAY : (week + 1) * WEEK] //= 5
    due = expected_by_week(counts, DAY)
    assert due[4 * WEEK + 5 * DAY :].mean() < 3.5 < 8 < due[4 * WEEK : 4 * WEEK + 5 * DAY].mean()


def test_a_crisis_of_two_days_is_expected_neither_the_next_day_nor_a_week_later() -> None:
    calm = weeks(4, 5)
    crisis = calm.copy()
    crisis[3 * WEEK + DAY : 3 * WEEK + 3 * DAY] *= 30
    for day in (3 * WEEK + 3 * DAY, 4 * WEEK + DAY, 4 * WEEK + 2 * DAY):
        before, after = (expected_by_week(counts, DAY)[day : day + DAY].mean() for counts in (calm, crisis))
        assert after < 1.6 * before  # thirty times as much for two days


def test_weeks_that_were_not_watched_have_no_say() -> None:
    counts = weeks(10, 5)
    counts[: 2 * WEEK] = np.nan
    assert expected_by_week(counts, DAY)[4 * WEEK :].mean() == pytest.approx(10, rel=0.1)


@given(cut=st.integers(1, 5 * WEEK), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_no_hour_s_expectation_knows_of_a_later_hour(cut: int, seed: int) -> None:
    counts = weeks(0.7, 5, seed=seed)
    counts[np.random.default_rng(seed).random(len(counts)) < 0.1] = np.nan
    np.testing.assert_allclose(expected_by_week(counts[:cut], DAY), expected_by_week(counts, DAY)[:cut])


def test_a_day_that_was_not_watched_teaches_no_threshold() -> None:
    """Ten loud days, then a gap: what is out of the ordinary stays what it was."""
    draw = np.random.default_rng(4)
    loud = draw.normal(1.5, 0.2, 10 * DAY)
    rule = Calibration(return_days=20, least=0.6)
    gap = np.concatenate([loud, np.full(10 * DAY, np.nan), loud[:DAY]])
    calm = np.concatenate([loud, np.zeros(10 * DAY), loud[:DAY]])
    known = thresholds(np.concatenate([loud, loud[:DAY]]), DAY, rule)[-1]
    assert thresholds(gap, DAY, rule)[-1] == pytest.approx(known, abs=0.2)
    assert thresholds(calm, DAY, rule)[-1] != pytest.approx(known, abs=1)
