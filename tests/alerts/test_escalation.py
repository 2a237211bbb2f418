"""What nobody takes goes up the line, each step once; an answer stops it; clocks that run out are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen_by_hypothesis
from hypothesis import strategies as st

from alerts.actions import acknowledge, dismiss, link_case, resolve
from alerts.duty.clocks import ClockState, Milestones, clocks
from alerts.duty.deadlines import DEFAULTS, Deadlines, save_deadlines
from alerts.duty.desk import open_desk
from alerts.duty.escalation import FollowUp, follow_up
from alerts.duty.sightings import seen
from alerts.duty.telling import tell
from alerts.levels import Level
from alerts.life.queries import events, get_alert
from alerts.life.store import add_event
from alerts.life.tables import AlertState, EventKind
from core.database import Database
from core.errors import ForbiddenError, InputError
from core.people import SYSTEM
from core.settings import Settings
from tests.alerts.duty_room import MINUTE, MONDAY, alarm, happened, man, manned, outbox, staff, with_alerts

HOUR = timedelta(hours=1)


def steps(database: Database) -> list[tuple[str, list[str]]]:
    return [(event.details["step"], event.details["people"]) for event in happened(database, EventKind.ESCALATED)]


def test_a_major_alert_goes_up_the_line_every_quarter_of_an_hour(database: Database, office: Settings) -> None:
    """wang at once; li after 15 minutes, zhao after 30, the administrator after 45; each once, however often it is asked."""
    alarm(database, office)
    assert set(outbox(database)) == {"wang-hook"}
    told = []
    for minute in (5, 14, 15, 16, 29, 30, 45, 46, 300):
        follow_up(database, now=MONDAY + minute * MINUTE, settings=office)
        told.append(sorted(outbox(database)))
    assert told[1] == ["wang-hook"] and told[3] == ["li-hook", "wang-hook"]
    assert told[5] == ["li-hook", "wang-hook", "zhao-hook"] and told[6] == [
        "admin-hook", "li-hook", "wang-hook", "zhao-hook",
    ]  # fmt: skip
    assert steps(database) == [("deputies", ["li"]), ("leads", ["zhao"]), ("admins", ["admin"])]
    escalations = [rows for channel, rows in outbox(database).items() if channel in ("li-hook", "admin-hook")]
    assert [len(rows) for rows in escalations] == [1, 1]
    assert "无人确认" in escalations[0][0].title and "已通知" in escalations[0][0].body


def test_after_an_outage_all_steps_that_are_due_are_told_at_once_and_once(database: Database, office: Settings) -> None:
    alarm(database, office)
    assert follow_up(database, now=MONDAY + 50 * MINUTE, settings=office).escalated == 3
    assert follow_up(database, now=MONDAY + 51 * MINUTE, settings=office) == FollowUp()


@pytest.mark.parametrize("answer", ["acknowledge", "dismiss", "resolve", "case"])
def test_an_answer_by_a_person_stops_the_escalation(sqlite_database: Database, sqlite_office: Settings, answer: str) -> None:
    alert_id = alarm(sqlite_database, sqlite_office)
    at = MONDAY + 14 * MINUTE
    with sqlite_database.writing() as session:
        match answer:
            case "acknowledge":
                acknowledge(session, alert_id, actor="wang", now=at)
            case "dismiss":
                dismiss(session, alert_id, reason="不是危机", actor="wang", now=at)
            case "resolve":
                resolve(session, alert_id, actor="wang", now=at)
            case _:
                link_case(session, alert_id, case_id="c1", actor="wang", now=at)
    assert follow_up(sqlite_database, now=MONDAY + 50 * MINUTE, settings=sqlite_office).escalated == 0


def test_a_case_that_the_system_proposes_is_no_answer(sqlite_database: Database, sqlite_office: Settings) -> None:
    alert_id = alarm(sqlite_database, sqlite_office)
    with sqlite_database.writing() as session:
        link_case(session, alert_id, case_id="c1", actor=SYSTEM, now=MONDAY + MINUTE)
    assert follow_up(sqlite_database, now=MONDAY + 15 * MINUTE, settings=sqlite_office).escalated == 1


def test_an_acknowledged_alert_that_is_raised_wants_someone_to_look_again(
    sqlite_database: Database, sqlite_office: Settings
) -> None:
    """Acknowledged as 轻微 on Friday, 重大 at night: without anyone opening it, it goes up the line."""
    alert_id = alarm(sqlite_database, sqlite_office, Level.MINOR)
    with sqlite_database.writing() as session:
        acknowledge(session, alert_id, actor="wang", now=MONDAY)
        alert = get_alert(session, alert_id)
        alert.level = Level.MAJOR
        event = add_event(session, alert, EventKind.RAISED, at=MONDAY + HOUR)
        tell(session, alert, event, open_desk(sqlite_office), at=MONDAY + HOUR)
    due = MONDAY + HOUR + 15 * MINUTE
    assert follow_up(sqlite_database, now=due, settings=sqlite_office).escalated == 1
    with sqlite_database.writing() as session:
        seen(session, alert_id, person="wang", now=due)
    assert follow_up(sqlite_database, now=due + HOUR, settings=sqlite_office).escalated == 0


def test_a_minor_alert_at_night_waits_for_working_hours(sqlite_database: Database, sqlite_office: Settings) -> None:
    night = MONDAY + timedelta(hours=18)  # 03:00 on Tuesday
    alarm(sqlite_database, sqlite_office, Level.MINOR, night)
    assert follow_up(sqlite_database, now=night + timedelta(hours=6, minutes=59), settings=sqlite_office).escalated == 0
    assert follow_up(sqlite_database, now=night + timedelta(hours=7), settings=sqlite_office).escalated == 1


def test_with_nobody_on_duty_leads_and_administrators_are_told_at_once_and_the_message_says_so(
    database: Database, settings: Settings
) -> None:
    chosen = manned(database, with_alerts(settings, notify=["json://127.0.0.1:9/all"]), levels=(Level.MINOR,))
    alarm(database, chosen)
    found = outbox(database)
    shared = next(channel for channel in found if "hook" not in channel)
    assert set(found) == {"zhao-hook", "admin-hook", shared}
    assert "值班表此刻无人" in found[shared][0].body
    assert follow_up(database, now=MONDAY + 14 * HOUR, settings=chosen).escalated == 0


def test_people_without_a_contact_are_named_to_the_shared_channels(sqlite_database: Database, settings: Settings) -> None:
    chosen = with_alerts(settings, notify=["json://127.0.0.1:9/all"])
    staff(sqlite_database)
    man(sqlite_database, chosen)
    alarm(sqlite_database, chosen)
    follow_up(sqlite_database, now=MONDAY + 15 * MINUTE, settings=chosen)
    ((_, messages),) = outbox(sqlite_database).items()
    assert "无联系方式" in messages[0].body and "上报副手：li" in messages[1].body


@chosen_by_hypothesis(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.integers(0, 120), min_size=1, max_size=8))
def test_whenever_passes_run_each_step_is_told_once_and_none_too_early(
    sqlite_database: Database, sqlite_office: Settings, minutes: list[int]
) -> None:
    """Passes at any moments, in any order, so also with a clock that goes back."""
    alert_id = alarm(sqlite_database, sqlite_office)
    for minute in minutes:
        follow_up(sqlite_database, now=MONDAY + minute * MINUTE, settings=sqlite_office)
    with sqlite_database.writing() as session:
        found = [event for event in events(session, alert_id) if event.kind == EventKind.ESCALATED]
        assert [event.details["step"] for event in found] == ["deputies", "leads", "admins"][: max(minutes) // 15]
        assert all(event.at >= MONDAY + 15 * MINUTE for event in found)
        get_alert(session, alert_id).state = AlertState.DISMISSED


def test_a_pass_that_dies_half_way_leaves_nothing_of_the_step(
    database: Database, office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Event and messages stand or fall together; the next pass does the whole step."""
    alarm(database, office)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr("alerts.duty.escalation.post", killed)
        follow_up(database, now=MONDAY + 15 * MINUTE, settings=office)
    assert steps(database) == []
    assert follow_up(database, now=MONDAY + 16 * MINUTE, settings=office).escalated == 1


def test_deadlines_are_a_leads_to_change_and_hold_at_once(database: Database, office: Settings) -> None:
    shorter = Deadlines(5, 5, False, 30, None, None)
    with database.writing() as session, pytest.raises(ForbiddenError):
        save_deadlines(session, Level.MAJOR, shorter, actor="wang", now=MONDAY)
    with database.writing() as session, pytest.raises(InputError):
        save_deadlines(session, Level.MAJOR, Deadlines(0, 5, False, None, None, None), actor="zhao", now=MONDAY)
    with database.writing() as session:
        save_deadlines(session, Level.MAJOR, shorter, actor="zhao", now=MONDAY)
        save_deadlines(session, Level.MAJOR, shorter, actor="zhao", now=MONDAY)
    alarm(database, office)
    assert follow_up(database, now=MONDAY + 5 * MINUTE, settings=office).escalated == 1


def test_clocks_run_from_the_first_grave_telling_and_say_how_they_stand(
    sqlite_database: Database, sqlite_office: Settings
) -> None:
    alert_id = alarm(sqlite_database, sqlite_office, Level.MINOR)

    def states(reached: Milestones, after: timedelta) -> list[ClockState]:
        with sqlite_database.reading() as session:
            return [clock.state for clock in clocks(events(session, alert_id), DEFAULTS, reached, now=MONDAY + after)]

    assert states(Milestones(), HOUR) == []  # 轻微 has none
    with sqlite_database.writing() as session:
        alert = get_alert(session, alert_id)
        alert.level = Level.MODERATE
        add_event(session, alert, EventKind.RAISED, at=MONDAY + HOUR)
    assert states(Milestones(), 2 * HOUR - MINUTE) == [ClockState.RUNNING] * 3
    assert states(Milestones(), 2 * HOUR) == [ClockState.OVERDUE, ClockState.RUNNING, ClockState.RUNNING]
    answered = Milestones(first_answer=MONDAY + 90 * MINUTE, full_statement=MONDAY + 6 * HOUR)
    assert states(answered, 7 * HOUR) == [ClockState.MET, ClockState.LATE, ClockState.RUNNING]
    with sqlite_database.writing() as session:
        resolve(session, alert_id, actor="wang", now=MONDAY + 8 * HOUR)
    assert states(answered, 90 * HOUR) == [ClockState.MET, ClockState.LATE, ClockState.OVERDUE]
    assert states(Milestones(), 90 * HOUR) == [ClockState.STOPPED, ClockState.STOPPED, ClockState.OVERDUE]
    with sqlite_database.writing() as session:
        add_event(session, get_alert(session, alert_id), EventKind.REVIEWED, at=MONDAY + 9 * HOUR, actor="wang")
    assert states(answered, 90 * HOUR)[2] == ClockState.MET


def test_an_overdue_clock_is_told_once_to_those_on_duty_and_the_leads(database: Database, office: Settings) -> None:
    alert_id = alarm(database, office)
    with database.writing() as session:
        acknowledge(session, alert_id, actor="wang", now=MONDAY)
    assert follow_up(database, now=MONDAY + HOUR, settings=office) == FollowUp(overdue=1)
    assert follow_up(database, now=MONDAY + HOUR + MINUTE, settings=office) == FollowUp()
    found = outbox(database)
    assert "首次回应超时" in found["zhao-hook"][0].title and len(found["wang-hook"]) == 2
    reached = {alert_id: Milestones(full_statement=MONDAY + 2 * HOUR)}
    assert follow_up(database, now=MONDAY + 5 * HOUR, settings=office, milestones=reached) == FollowUp()
