"""The detector beside an ElastAlert-style spike rule and a rolling z-score, on the same series: what each finds, and how soon.

Real series are given by `--series FILES… --windows WINDOWS.json` (name → [[first timestamp, last timestamp], …], as the
Numenta Anomaly Benchmark labels them); else they are made up. With `--archive FILE --brands FILE --crises FILE` an archive is
replayed too, and scored by the crises that are known of it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.surges.surge import surges
from bench import brands, crises, nab, rivals, table, waves

Floats = NDArray[np.float64]
Detector = Callable[[Floats, timedelta], Sequence[int]]

FACTORS = (3.0, 5.0, 8.0)
SEEDS, OTHER_SEEDS = range(3), range(100, 105)
WITHIN = timedelta(hours=6)
MADE_UP_SERIES = 10
LATER = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=18), timedelta(days=4.4), timedelta(days=7.1))
GOAL = {
    "nab_score": "≥ 82",
    "false_alarms_per_week": "≤ 0.4",
    "found_within_6h_factor_5": "≥ 80 %",
    "median_delay_minutes_factor_5": "≤ 45",
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One series and the windows of rows in which something was happening."""

    name: str
    counts: Floats
    interval: timedelta
    windows: list[nab.Window]


def yushao(counts: Floats, interval: timedelta) -> list[int]:
    return [int(row) for row in surges(counts, interval).alarms]


DETECTORS: dict[str, Detector] = {"yushao": yushao, "spike rule": rivals.spike_rule, "z-score": rivals.z_score}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Every part, each with its table."""
    return {name: part(options) for name, part in PARTS.items()}


def plain_series(options: argparse.Namespace) -> dict[str, Any]:
    """Labelled windows and injected surges, for every detector, with one setting each."""
    labelled = _labelled(options)
    results = {name: _figures(detector, labelled) for name, detector in DETECTORS.items()}
    table.show(f"detection: {len(labelled)} series", {**results, "goal": GOAL})
    return results


def other_series(options: argparse.Namespace) -> dict[str, Any]:
    """What the detector finds in series that its constants were not chosen on: the same begun later, and of smaller brands."""
    labelled = _labelled(options)
    columns = {
        "later": [_begun_later(one, by) for one in labelled for by in LATER],
        "1/3 of posts": [_thinned(one, 1 / 3) for one in labelled],
        "1/10 of posts": [_thinned(one, 1 / 10) for one in labelled],
        "made up": _made_up(),
    }
    results = {"as is": _found_elsewhere(labelled), **{name: _found_elsewhere(ones) for name, ones in columns.items()}}
    table.show("detection: the detector elsewhere, with other surges", {**results, "goal": GOAL})
    return results


def real_crises(options: argparse.Namespace) -> dict[str, Any]:
    """A real archive replayed, where one with a list of its crises is given."""
    return crises.replayed(options.archive, options.brands, options.crises) if options.crises else {}


def brands_by_the_hour(options: argparse.Namespace) -> dict[str, Any]:
    """The rule that live detection judges brands by, on made-up ones."""
    return brands.measured()


PARTS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "plain_series": plain_series,
    "other_series": other_series,
    "brands_by_the_hour": brands_by_the_hour,
    "real_crises": real_crises,
}


def _figures(detector: Detector, labelled: Sequence[Labelled]) -> dict[str, float]:
    started = time.perf_counter()
    alarms = {one.name: detector(one.counts, one.interval) for one in labelled}
    pace = sum(len(one.counts) for one in labelled) / (time.perf_counter() - started)
    judged = {one.name: nab.judge(alarms[one.name], one.windows, len(one.counts), one.interval) for one in labelled}
    figures = nab.totals(judged)
    for factor in FACTORS:
        figures |= _surges_found(detector, labelled, factor, SEEDS)
    return {**figures, "rows_per_second": round(pace)}


def _found_elsewhere(labelled: Sequence[Labelled]) -> dict[str, float]:
    alarms = [yushao(one.counts, one.interval) for one in labelled]
    judged = {
        str(place): nab.judge(found, one.windows, len(one.counts), one.interval)
        for place, (one, found) in enumerate(zip(labelled, alarms, strict=True))
    }
    return nab.totals(judged) | _surges_found(yushao, labelled, 5.0, OTHER_SEEDS)


def _surges_found(detector: Detector, labelled: Sequence[Labelled], factor: float, seeds: Sequence[int]) -> dict[str, float]:
    """The share of injected surges that alarmed within six hours, in per cent, and the median delay of those."""
    delays, surges_in_all = [], 0
    for one in labelled:
        for seed in seeds:
            counts, starts = waves.inject(one.counts, one.windows, one.interval, factor=factor, seed=seed)
            surges_in_all += len(starts)
            delays += _delays(detector(counts, one.interval), starts, one.interval)
    median = statistics.median(delays) if delays else float("nan")
    return {
        f"found_within_6h_factor_{factor:.0f}": round(100 * len(delays) / max(surges_in_all, 1)),
        f"median_delay_minutes_factor_{factor:.0f}": median,
    }


def _delays(alarms: Sequence[int], starts: Sequence[int], interval: timedelta) -> list[float]:
    """Minutes from each surge's start to the end of the row that alarmed; none for a surge that was missed."""
    hits = (next((row for row in alarms if start <= row and (row - start) * interval <= WITHIN), None) for start in starts)
    return [
        (hit - start + 1) * (interval / timedelta(minutes=1))
        for hit, start in zip(hits, starts, strict=True)
        if hit is not None
    ]


def _begun_later(one: Labelled, by: timedelta) -> Labelled:
    counts, windows = waves.begun_later(one.counts, one.windows, round(by / one.interval))
    return replace(one, counts=counts, windows=windows)


def _thinned(one: Labelled, share: float) -> Labelled:
    return replace(one, counts=waves.thinned(one.counts, share, seed=round(1 / share)))


def _labelled(options: argparse.Namespace) -> list[Labelled]:
    return _read(options.series, options.windows) if options.series else _made_up()


def _made_up() -> list[Labelled]:
    made = ((f"made up {seed}", *waves.made_up(seed)) for seed in range(MADE_UP_SERIES))
    return [Labelled(name, counts, waves.FIVE_MINUTES, windows) for name, counts, windows in made]


def _read(files: Sequence[Path], windows: Path) -> list[Labelled]:
    from cli.count_file import read_counts

    spans = {name.rpartition("/")[2]: spans for name, spans in json.loads(windows.read_text(encoding="utf-8")).items()}
    labelled = []
    for file in files:
        series = read_counts(file)
        slots = {stamp: int(slot) for stamp, slot in zip(series.timestamps, series.slots, strict=True)}
        found = [(slots[first.partition(".")[0]], slots[last.partition(".")[0]]) for first, last in spans[series.name]]
        # The rivals know nothing of missing rows; none of the labelled series has any.
        labelled.append(Labelled(series.name, np.nan_to_num(series.counts), series.interval, found))
    return labelled
