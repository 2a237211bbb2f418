"""What is muted is kept, counted, and told when the muting ends, if it still goes on and nobody knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.actions import acknowledge, resolve
from alerts.duty.escalation import FollowUp, follow_up
from alerts.duty.silences import LONGEST_MAINTENANCE, SilenceKind, add_silence, end_silence, matches, muted_alerts, muting
from alerts.duty.tables import Silence
from alerts.levels import Level
from alerts.life.queries import get_alert
from alerts.life.tables import NotificationState
from core import audit
from core.database import Database
from core.errors import ForbiddenError, InputError
from core.settings import Settings
from tests.alerts.duty_room import MINUTE, MONDAY, add_alert, alarm, outbox, staff

HOUR = timedelta(hours=1)


def hush(database: Database, settings: Settings, actor: str = "wang", **fields: Any) -> str:
    chosen: dict[str, Any] = {
        "brand": "星海茶饮", "reason": "新品发布会", "starts_at": MONDAY, "ends_at": MONDAY + 2 * HOUR, "now": MONDAY,
    }  # fmt: skip
    with database.writing() as session:
        return add_silence(session, **chosen | fields, actor=actor, settings=settings).id


def states(database: Database) -> dict[str, list[str]]:
    return {channel: [row.state for row in rows] for channel, rows in outbox(database).items()}


def test_a_silenced_alert_is_told_once_when_the_silence_ends(database: Database, office: Settings) -> None:
    """Muted and not escalated meanwhile; told at the end with the reason; escalation counts from then."""
    silence = hush(database, office)
    alarm(database, office, Level.MODERATE, MONDAY + MINUTE)
    assert states(database) == {"wang-hook": ["muted"]}
    assert follow_up(database, now=MONDAY + 119 * MINUTE, settings=office) == FollowUp()
    assert follow_up(database, now=MONDAY + 2 * HOUR, settings=office) == FollowUp(unmuted=1, overdue=1)
    told = [row for row in outbox(database)["wang-hook"] if "新预警" in row.title]
    assert [row.state for row in told] == ["muted", "pending"] and "新品发布会，wang" in told[1].body
    assert follow_up(database, now=MONDAY + 2 * HOUR + 59 * MINUTE, settings=office) == FollowUp()
    assert follow_up(database, now=MONDAY + 3 * HOUR, settings=office).escalated == 1
    with database.reading() as session:
        assert muted_alerts(session, [session.get_one(Silence, silence)]) == {silence: 1}


@pytest.mark.parametrize("answered", [acknowledge, resolve])
def test_what_was_dealt_with_meanwhile_is_not_told_after_the_silence(
    database: Database, office: Settings, answered: Any
) -> None:
    hush(database, office)
    alert = alarm(database, office, Level.MINOR, MONDAY + MINUTE)
    with database.writing() as session:
        answered(session, alert, actor="wang", now=MONDAY + HOUR)
    assert follow_up(database, now=MONDAY + 3 * HOUR, settings=office).unmuted == 0
    assert states(database) == {"wang-hook": ["muted"]}


def test_ending_a_silence_early_tells_with_the_next_pass_and_is_audited(database: Database, office: Settings) -> None:
    silence = hush(database, office)
    alarm(database, office, Level.MINOR, MONDAY + MINUTE)
    with database.writing() as session:
        end_silence(session, silence, actor="li", now=MONDAY + 10 * MINUTE)
    assert follow_up(database, now=MONDAY + 10 * MINUTE, settings=office).unmuted == 1
    with database.writing() as session, pytest.raises(InputError, match=silence):
        end_silence(session, silence, actor="li", now=MONDAY + 11 * MINUTE)
    with database.reading() as session:
        actions = [entry.action for entry in audit.entries_for(session, [f"silence:{silence}"])]
    assert actions == ["silence.end", "silence.add"]


def test_a_major_alert_ignores_a_silence_unless_a_lead_said_otherwise(database: Database, office: Settings) -> None:
    hush(database, office)
    alarm(database, office, Level.MAJOR, MONDAY + MINUTE)
    assert states(database) == {"wang-hook": ["pending"]}
    with pytest.raises(ForbiddenError):
        hush(database, office, up_to=Level.MAJOR)
    hush(database, office, actor="zhao", brand="另一品牌", up_to=Level.MAJOR)
    alarm(database, office, Level.MAJOR, MONDAY + MINUTE, brand="另一品牌")
    assert states(database) == {"wang-hook": ["pending", "muted"]}


@pytest.mark.parametrize(
    ("fields", "muted"),
    [
        ({}, True),
        ({"brand": "另一品牌"}, False),
        ({"brand": "", "platform": "weibo"}, True),
        ({"brand": "", "platform": "zhihu"}, False),
        ({"brand": "", "rule": "volume"}, True),
        ({"rule": "hot_search"}, False),
        ({"up_to": Level.MINOR}, False),
        ({"starts_at": MONDAY + HOUR}, False),
    ],
)
def test_every_matcher_of_a_silence_must_fit(
    sqlite_database: Database, settings: Settings, fields: dict[str, Any], muted: bool
) -> None:
    staff(sqlite_database)
    silence = hush(sqlite_database, settings, **fields)
    with sqlite_database.writing() as session:
        alert = add_alert(session, Level.MODERATE, MONDAY)
        assert matches(session.get_one(Silence, silence), alert, Level.MODERATE, MONDAY) is muted


def test_a_recurring_window_mutes_in_its_hours_only(sqlite_database: Database, settings: Settings) -> None:
    """Every night from 02:00 to 04:00 in China, until it is renewed."""
    staff(sqlite_database)
    fields = {"days": range(7), "start": "02:00", "end": "04:00", "ends_at": MONDAY + LONGEST_MAINTENANCE}
    window = hush(sqlite_database, settings, kind=SilenceKind.MAINTENANCE, **fields)
    with sqlite_database.writing() as session:
        alert = add_alert(session, Level.MINOR, MONDAY)
        found = [muting(session, alert, Level.MINOR, MONDAY + timedelta(hours=hours)) for hours in (16, 17, 18.9, 19, 24 + 18)]
    assert found == [None, f"silence:{window}", f"silence:{window}", None, f"silence:{window}"]


def test_a_graver_alert_of_the_brand_mutes_its_lesser_ones_until_it_is_over(database: Database, office: Settings) -> None:
    major = alarm(database, office, Level.MAJOR)
    with database.writing() as session:
        acknowledge(session, major, actor="wang", now=MONDAY)
    alarm(database, office, Level.MINOR, MONDAY + MINUTE)
    alarm(database, office, Level.MINOR, MONDAY + MINUTE, brand="另一品牌")
    assert states(database)["wang-hook"] == ["pending", "muted", "pending"]
    with database.writing() as session:
        resolve(session, major, actor="wang", now=MONDAY + 2 * MINUTE)
    assert follow_up(database, now=MONDAY + 3 * MINUTE, settings=office).unmuted == 1
    assert "同品牌已有重大预警" in outbox(database)["wang-hook"][-1].body
    with database.reading() as session:
        row = next(row for row in outbox(database)["wang-hook"] if row.state == NotificationState.MUTED)
        assert row.muted_by == f"alert:{major}" and get_alert(session, row.alert_id).level == Level.MINOR


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends_at": MONDAY + timedelta(days=8)}, "最长 7 天"),
        ({"ends_at": MONDAY}, "必须晚于"),
        ({"reason": "  "}, "必须写明理由"),
        ({"brand": ""}, "不能让一切静音"),
        ({"kind": SilenceKind.MAINTENANCE, "ends_at": MONDAY + timedelta(days=91)}, "最长 90 天"),
        ({"days": [9], "start": "02:00", "end": "04:00"}, "星期几"),
        ({"days": [1], "start": "2 am", "end": "04:00"}, "看不懂时刻"),
    ],
)
def test_no_silence_is_endless_without_reason_or_without_aim(
    sqlite_database: Database, settings: Settings, fields: dict[str, Any], said: str
) -> None:
    staff(sqlite_database)
    with pytest.raises(InputError, match=said):
        hush(sqlite_database, settings, **fields)
