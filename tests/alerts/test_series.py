"""Series as live detection reads them from the index: hour by hour what the posts tell."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from alerts.detection.series import BrandSeries, Tally, add_sighting, read_series, series
from posts.index import IndexedPost
from tests.alerts.world import BRAND, CRISIS, START, burst, index_of, post, quiet, seen

HOUR = timedelta(hours=1)
AT = CRISIS + timedelta(minutes=90)


def told(posts: list[IndexedPost]) -> Tally:
    tally: Tally = {}
    for given in posts:
        add_sighting(tally, seen(given))
    return tally


def values(counted: BrandSeries) -> dict[str, object]:
    every = {field.name: getattr(counted, field.name) for field in fields(counted)}
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in every.items()}


@pytest.mark.parametrize("days", [0, 1, 14, 28])
def test_what_is_counted_in_bulk_is_what_the_posts_tell_one_by_one(tmp_path: Path, days: int) -> None:
    """The weeks before the last day are counted in bulk, the last day by platform: no hour is lost or doubled between."""
    past = [burst(CRISIS - hours * HOUR, hours % 5 + 1, adverse=hours % 2 == 0) for hours in range(1, 60)]
    unseen = post(CRISIS - 30 * HOUR, 1, adverse=True, seen_after=timedelta(days=3))
    known = [
        *quiet(16),
        *(given for hour in past for given in hour),
        *burst(CRISIS, 12),
        post(CRISIS, 1, adverse=True, platform="tieba"),
    ]
    index = index_of(tmp_path, [*known, unseen])
    read = read_series(index, (BRAND, "无人提起"), at=AT, baseline_days=days, seen_before=AT, known_since=START)
    assert values(read[BRAND]) == values(series(BRAND, told(known), at=AT, baseline_days=days, known_since=START))
    assert not read["无人提起"].posts.any()


def test_looking_back_the_last_hour_is_whole_and_holds_what_was_seen_later(tmp_path: Path) -> None:
    late = post(AT + timedelta(minutes=10), 1, seen_after=timedelta(days=3))
    read = read_series(
        index_of(tmp_path, [*quiet(), late]), (BRAND,), at=AT, baseline_days=1, seen_before=None, known_since=START
    )
    assert read[BRAND].posts[-1] == 1
