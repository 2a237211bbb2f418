"""The score of the Numenta Anomaly Benchmark (standard profile), and false alarms a week.

Source: Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms: the Numenta Anomaly Benchmark" (2015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp

Window = tuple[int, int]
FALSE_POSITIVE = 0.11
PROBATION, LONGEST_PROBATION = 0.15, 750
MERGED = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Judged:
    """One series: its raw score, its windows and those found, false alarms, and weeks scored."""

    score: float
    windows: int
    found: int
    false_alarms: int
    weeks: float


def judge(alarms: Sequence[int], windows: Sequence[Window], rows: int, interval: timedelta) -> Judged:
    """The earliest alarm in a window earns up to 1, a window missed costs 1, an alarm outside any up to 0.11."""
    probation = probation_rows(rows)
    counted = [row for row in alarms if row >= probation]
    rewards = [max((_reward(row, window) for row in counted if _inside(row, window)), default=-1.0) for window in windows]
    outside = [row for row in counted if not any(_inside(row, window) for window in windows)]
    score = sum(rewards) + sum(_penalty(row, windows) for row in outside)
    weeks = (rows - 1 - probation) * interval / timedelta(weeks=1)
    found = sum(reward > -1 for reward in rewards)
    return Judged(score, len(windows), found, _false(counted, windows, interval), weeks)


def probation_rows(rows: int) -> int:
    """The first rows, which are not scored: a detector may learn from them."""
    return min(int(PROBATION * rows), LONGEST_PROBATION)


def totals(judged: Mapping[str, Judged]) -> dict[str, float]:
    """The normalised score of all series (0 for one that never fires, 100 for a perfect one) and false alarms a week."""
    windows = sum(one.windows for one in judged.values())
    score = sum(one.score for one in judged.values())
    return {
        "nab_score": 100 * (score + windows) / (2 * windows),
        "windows_found": sum(one.found for one in judged.values()),
        "windows": windows,
        "false_alarms_per_week": sum(one.false_alarms for one in judged.values()) / sum(one.weeks for one in judged.values()),
    }


def _inside(row: int, window: Window) -> bool:
    return window[0] <= row <= window[1]


def _sigmoid(place: float) -> float:
    """From 1 far before a window's end (place 0) to -1 far after it; a window is 1 long."""
    return -1.0 if place > 3 else 2 / (1 + exp(5 * place)) - 1


def _reward(row: int, window: Window) -> float:
    start, end = window
    return _sigmoid(-(end - row + 1) / (end - start + 1)) / _sigmoid(-1.0)


def _penalty(row: int, windows: Sequence[Window]) -> float:
    earlier = [window for window in windows if window[1] < row]
    if not earlier:
        return -FALSE_POSITIVE
    start, end = earlier[-1]
    return FALSE_POSITIVE * _sigmoid((row - end) / (end - start))


def _false(alarms: Sequence[int], windows: Sequence[Window], interval: timedelta) -> int:
    """Groups of alarms less than two hours apart of which none lies in a window."""
    groups: list[list[int]] = []
    for row in alarms:
        if groups and (row - groups[-1][-1]) * interval < MERGED:
            groups[-1].append(row)
        else:
            groups.append([row])
    return sum(not any(_inside(row, window) for row in group for window in windows) for group in groups)
