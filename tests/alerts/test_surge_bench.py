"""The measures that the surge detector is compared by: what earns, what costs, and what is injected where."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from bench import nab, rivals, waves

FIVE = timedelta(minutes=5)
WINDOWS = [(2000, 2400), (5000, 5400)]


def figures(alarms: list[int]) -> dict[str, float]:
    return nab.totals({"one": nab.judge(alarms, WINDOWS, 8000, FIVE)})


def test_silence_scores_0_and_the_first_row_of_each_window_100() -> None:
    assert figures([])["nab_score"] == 0
    assert figures([2000, 5000])["nab_score"] == pytest.approx(100)


def test_later_in_a_window_earns_less_and_an_alarm_outside_costs_an_eighteenth_of_one_at_most() -> None:
    assert figures([2000, 5300])["nab_score"] < figures([2000, 5100])["nab_score"] < 100
    assert figures([1500, 2000, 5000])["nab_score"] == pytest.approx(100 - 100 * nab.FALSE_POSITIVE / 4)


def test_alarms_of_the_probation_count_for_nothing_and_near_ones_as_one_false_alarm() -> None:
    week = 2016
    found = figures([10, 749, 6000, 6010, 6020, 7000])
    assert found["false_alarms_per_week"] == pytest.approx(2 / ((8000 - 1 - 750) / week))


def test_surges_are_injected_apart_from_each_other_and_a_day_from_the_windows() -> None:
    counts, windows = waves.made_up(1)
    raised, starts = waves.inject(counts, windows, FIVE, factor=5, seed=1)
    assert 3 <= len(starts) <= 5 and (np.diff(starts) > 1500).all()
    assert all(start + 288 <= first or start >= last + 288 for start in starts for first, last in windows)
    assert raised[starts[0] : starts[0] + 72].mean() > 2 * counts[starts[0] : starts[0] + 72].mean()


def test_a_series_begun_later_keeps_the_windows_that_are_still_scored_at_their_place() -> None:
    counts, windows = waves.begun_later(np.arange(8000.0), WINDOWS, 1800)
    assert counts[0] == 1800 and windows == [(3200, 3600)]  # the other ended within the first 750 rows
    assert waves.begun_later(np.arange(8000.0), WINDOWS, 500)[1] == [(1500, 1900), (4500, 4900)]


def test_a_thinned_series_keeps_its_share_and_no_row_gains() -> None:
    counts, _ = waves.made_up(2)
    tenth = waves.thinned(counts, 0.1, seed=3)
    assert tenth.sum() == pytest.approx(counts.sum() / 10, rel=0.05) and (tenth <= counts).all()


def test_the_rivals_find_a_sudden_wave() -> None:
    counts = np.full(3000, 10.0)
    counts[2500:2530] = 90
    assert any(2500 <= row < 2512 for row in rivals.spike_rule(counts, FIVE))
    assert any(2500 <= row < 2512 for row in rivals.z_score(counts + np.arange(3000) % 3, FIVE))
