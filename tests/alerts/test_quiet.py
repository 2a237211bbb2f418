"""Quiet hours hold what is not 重大, lose nothing, and let it go as one message when they end."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen_by_hypothesis
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from sqlalchemy import delete

from alerts.actions import resolve
from alerts.duty.notify import NotifyReport, send_pending
from alerts.duty.quiet import add_quiet, remove_quiet
from alerts.duty.tables import NotificationAttempt
from alerts.levels import Level
from alerts.life.tables import Notification, NotificationState
from core.database import Database
from core.errors import ForbiddenError, InputError
from core.settings import Settings
from tests.alerts.duty_room import MINUTE, MONDAY, alarm, manned, outbox, staff

HOUR = timedelta(hours=1)
NIGHT = MONDAY + timedelta(hours=14)  # 23:00 in China
MORNING = MONDAY + timedelta(hours=22)  # 07:00


@pytest.fixture
def webhook(webhook: HTTPServer) -> HTTPServer:
    webhook.expect_request("/wang").respond_with_data("thanks")
    return webhook


def rest(database: Database, actor: str = "wang", person: str = "wang", up_to: Level = Level.MODERATE) -> str:
    with database.writing() as session:
        fields = {"days": range(7), "start": "22:00", "end": "07:00", "now": MONDAY}
        return add_quiet(session, person=person, up_to=up_to, actor=actor, **fields).id  # type: ignore[arg-type]


@pytest.fixture
def office(database: Database, settings: Settings, webhook: HTTPServer) -> Settings:
    chosen = manned(database, settings, port=webhook.port)
    rest(database)
    return chosen


@pytest.fixture
def sqlite_office(sqlite_database: Database, settings: Settings, webhook: HTTPServer) -> Settings:
    chosen = manned(sqlite_database, settings, port=webhook.port)
    rest(sqlite_database)
    return chosen


def sent(webhook: HTTPServer) -> list[tuple[str, str]]:
    return [(told["title"], told["message"]) for told in (json.loads(request.data) for request, _ in webhook.log)]


def test_several_messages_of_a_night_arrive_as_one_in_the_morning(
    database: Database, office: Settings, webhook: HTTPServer
) -> None:
    """Held until 07:00, told once, with every number; the alert that is over by then is said to be."""
    first = alarm(database, office, Level.MINOR, NIGHT, brand="甲")
    alarm(database, office, Level.MODERATE, NIGHT + HOUR, brand="乙")
    assert send_pending(database, settings=office, now=NIGHT + HOUR) == NotifyReport(pending=2)
    assert {row.state for row in outbox(database)["wang-hook"]} == {NotificationState.HELD}
    assert {row.held_until for row in outbox(database)["wang-hook"]} == {MORNING}
    with database.writing() as session:
        resolve(session, first, actor="wang", now=NIGHT + 2 * HOUR)
    assert send_pending(database, settings=office, now=MORNING - MINUTE).sent == 0
    assert send_pending(database, settings=office, now=MORNING) == NotifyReport(sent=1)
    ((title, body),) = sent(webhook)
    assert "2 条" in title and "最高中度" in title
    assert "甲：新预警" in body and "乙：新预警" in body and "现在：已解除" in body
    folded = [row for row in outbox(database)["wang-hook"] if row.state == NotificationState.FOLDED]
    assert len(folded) == 2 and len({row.folded_into for row in folded}) == 1
    assert send_pending(database, settings=office, now=MORNING + HOUR) == NotifyReport()


def test_a_single_held_message_says_that_it_is_late(database: Database, office: Settings, webhook: HTTPServer) -> None:
    alarm(database, office, Level.MINOR, NIGHT)
    send_pending(database, settings=office, now=NIGHT)
    send_pending(database, settings=office, now=MORNING)
    ((_, body),) = sent(webhook)
    assert "因静默时段暂存" in body


def test_a_major_alert_wakes_people(database: Database, office: Settings, webhook: HTTPServer) -> None:
    alarm(database, office, Level.MAJOR, NIGHT)
    assert send_pending(database, settings=office, now=NIGHT) == NotifyReport(sent=1)


def test_quiet_hours_of_minor_alerts_let_moderate_ones_through(
    sqlite_database: Database, settings: Settings, webhook: HTTPServer
) -> None:
    chosen = manned(sqlite_database, settings, port=webhook.port)
    rest(sqlite_database, up_to=Level.MINOR)
    alarm(sqlite_database, chosen, Level.MODERATE, NIGHT)
    assert send_pending(sqlite_database, settings=chosen, now=NIGHT) == NotifyReport(sent=1)


def test_taking_quiet_hours_away_lets_go_what_they_held(
    sqlite_database: Database, settings: Settings, webhook: HTTPServer
) -> None:
    chosen = manned(sqlite_database, settings, port=webhook.port)
    identity = rest(sqlite_database)
    alarm(sqlite_database, chosen, Level.MINOR, NIGHT)
    send_pending(sqlite_database, settings=chosen, now=NIGHT)
    with sqlite_database.writing() as session:
        remove_quiet(session, identity, actor="wang", now=NIGHT)
    assert send_pending(sqlite_database, settings=chosen, now=NIGHT + MINUTE) == NotifyReport(sent=1)


def test_quiet_hours_are_ones_own_or_a_leads_to_set_and_never_of_major(sqlite_database: Database) -> None:
    staff(sqlite_database)
    with pytest.raises(ForbiddenError):
        rest(sqlite_database, actor="li", person="wang")
    rest(sqlite_database, actor="zhao", person="wang")
    with pytest.raises(InputError, match="重大"):
        rest(sqlite_database, up_to=Level.MAJOR)


@chosen_by_hypothesis(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2000), st.sampled_from(list(Level))), min_size=1, max_size=4),
    st.lists(st.integers(0, 4000), max_size=6),
)
def test_whenever_it_is_told_and_sent_every_message_arrives_once(
    sqlite_database: Database,
    sqlite_office: Settings,
    webhook: HTTPServer,
    told: list[tuple[int, Level]],
    passes: list[int],
) -> None:
    """Alerts at any minute, passes in any order: after the last night each number has arrived exactly once."""
    with sqlite_database.writing() as session:
        session.execute(delete(NotificationAttempt))
        session.execute(delete(Notification))
    webhook.clear_log()
    for place, (minute, level) in enumerate(told):
        alarm(sqlite_database, sqlite_office, level, MONDAY + minute * MINUTE, brand=f"品牌{place}-{minute}")
    for minute in [*passes, 4320, 4321]:
        send_pending(sqlite_database, settings=sqlite_office, now=MONDAY + minute * MINUTE)
    text = "\n".join(body for _, body in sent(webhook))
    numbers = [row.body.splitlines()[0] for row in outbox(sqlite_database)["wang-hook"] if not row.key.startswith("fold")]
    assert len(numbers) == len(told) and all(text.count(number) == 1 for number in numbers)
