"""The scoring of replays against a list of known crises."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from bench.crisis_scores import Event, Told, read_listed, score
from tests.alerts.world import CRISIS, START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
END = CRISIS + 60 * DAY
FOUL, PRAISED = Event("星海茶饮", CRISIS, True), Event("青禾超市", CRISIS, False)


def scored(*told: Told) -> dict[str, object]:
    return score(told, [FOUL, PRAISED], brands=2, start=START, end=END)


def test_noticed_within_two_hours_and_raised_within_a_day() -> None:
    in_time = scored(Told(0, "星海茶饮", CRISIS + HOUR, False), Told(0, "星海茶饮", CRISIS + 20 * HOUR, True))
    assert (in_time["noticed within 2 h"], in_time["raised within 24 h"]) == ("1 of 1", "1 of 1")
    late = scored(Told(0, "星海茶饮", CRISIS + 3 * HOUR, False), Told(0, "星海茶饮", CRISIS + 25 * HOUR, True))
    assert (late["noticed within 2 h"], late["raised within 24 h"]) == ("0 of 1", "0 of 1")
    assert scored(Told(0, "青禾超市", CRISIS, True))["noticed within 2 h"] == "0 of 1"


def test_good_news_may_be_told_but_not_raised() -> None:
    assert scored(Told(0, "青禾超市", CRISIS + DAY, False))["good news raised"] == "0 of 1"
    assert scored(Told(0, "青禾超市", CRISIS + DAY, True))["good news raised"] == "1 of 1"
    assert scored(Told(0, "青禾超市", CRISIS + 4 * DAY, True))["good news raised"] == "0 of 1"


def test_only_alerts_opened_outside_of_events_are_called_for_nothing() -> None:
    inside = Told(0, "星海茶饮", CRISIS + 20 * DAY, True), Told(0, "星海茶饮", CRISIS + 30 * DAY, True)
    assert scored(*inside)["alerts per brand-week"] == "0.0000"
    weeks = ((END - START) * 2 - 22 * DAY - 4 * DAY) / (7 * DAY)
    outside = scored(Told(1, "星海茶饮", CRISIS + 30 * DAY, False), Told(1, "星海茶饮", CRISIS + 31 * DAY, True))
    assert outside["alerts per brand-week"] == outside["raised per brand-week"] == f"{1 / weeks:.4f}"


def test_a_list_names_crises_and_good_news(tmp_path: Path) -> None:
    onset = CRISIS.isoformat()
    file = tmp_path / "crises.json"
    listed = {"crises": [{"brand": "星海茶饮", "onset": onset}], "benign_bursts": [{"brand": "青禾超市", "onset": onset}]}
    file.write_text(json.dumps(listed), encoding="utf-8")
    assert read_listed(file) == [FOUL, PRAISED]
