"""What people do to alerts: guarded by state, recorded as events and in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import actions
from alerts.detect import detect
from alerts.duty.desk import open_desk
from alerts.levels import Level
from alerts.life import queries
from alerts.life.steps import DOUBLE_SUBMIT, take_step
from alerts.life.tables import Alert, AlertState, EventKind
from alerts.life.transitions import TRANSITIONS, may, remedy
from core import audit
from core.database import Database
from core.errors import ForbiddenError, InputError, StateError
from core.settings import AlertSettings, Settings
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, index_of, quiet
from tests.casework.world import add_alert
from tests.statements.desk import staff

NOW = CRISIS + HOUR + timedelta(minutes=5)


@pytest.fixture
def alert_id(database: Database, tmp_path: Path, settings: Settings) -> str:
    index = index_of(tmp_path, [*quiet(), *burst(CRISIS, 20)])
    at = CRISIS + HOUR
    detect(database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
    with database.reading() as session:
        return queries.list_alerts(session)[0].id


def do(
    database: Database, step: Callable[..., Alert], alert_id: str, *, actor: str = "li", now: datetime = NOW, **details: Any
) -> Alert:
    with database.writing() as session:
        return step(session, alert_id, actor=actor, now=now, **details)


def kinds(database: Database, alert_id: str) -> list[str]:
    with database.reading() as session:
        return [event.kind for event in queries.events(session, alert_id)]


@pytest.fixture
def office(database: Database) -> None:
    with database.writing() as session:
        staff(session)


def test_the_second_of_two_people_is_told_who_was_first(database: Database, alert_id: str) -> None:
    assert do(database, actions.acknowledge, alert_id).holder == "li"
    with pytest.raises(StateError, match=r"「已确认」（li 于 .* 确认）"):
        do(database, actions.acknowledge, alert_id, actor="wang")
    assert kinds(database, alert_id) == ["opened", "acknowledged"]


def test_a_form_that_was_sent_twice_is_taken_once(database: Database, alert_id: str) -> None:
    for _ in range(2):
        do(database, actions.acknowledge, alert_id)
    for _ in range(2):
        do(database, actions.note, alert_id, text="已联系门店")
    assert kinds(database, alert_id) == ["opened", "acknowledged", "noted"]
    do(database, actions.note, alert_id, text="已联系门店", now=NOW + 2 * DOUBLE_SUBMIT)
    assert kinds(database, alert_id)[-2:] == ["noted", "noted"]


@pytest.mark.parametrize("state", AlertState)
@pytest.mark.parametrize("kind", [EventKind.ACKNOWLEDGED, EventKind.DISMISSED, EventKind.RESOLVED, EventKind.REVIEWED])
def test_a_step_is_refused_with_the_state_and_a_remedy_unless_the_table_allows_it(
    sqlite_database: Database, tmp_path: Path, settings: Settings, state: AlertState, kind: EventKind
) -> None:
    with sqlite_database.writing() as session:
        alert = add_alert(session, state=state)
        if may(state, kind):
            assert take_step(session, alert, kind, actor="li", now=NOW)
            assert alert.state == TRANSITIONS[kind].target
            return
        with pytest.raises(StateError, match=f"「{state.zh}」") as refused:
            take_step(session, alert, kind, actor="li", now=NOW)
        assert refused.value.zh.split("：")[-1] == remedy(state, kind)[0] and alert.state == state


def test_an_alert_is_acknowledged_once_and_resolved(database: Database, alert_id: str) -> None:
    do(database, actions.acknowledge, alert_id)
    resolved = do(database, actions.resolve, alert_id)
    assert (resolved.state, resolved.closed_at) == (AlertState.RESOLVED, NOW)
    with database.reading() as session:
        assert [event.kind for event in queries.events(session, alert_id)] == ["opened", "acknowledged", "resolved"]
        actions_logged = [entry.action for entry in audit.entries_for(session, [f"alert:{alert_id}"])]
    assert actions_logged == ["alert.resolved", "alert.acknowledged"]


@pytest.mark.parametrize("reason", ["", "   "])
def test_dismissing_needs_a_reason(database: Database, alert_id: str, reason: str) -> None:
    with pytest.raises(InputError):
        do(database, actions.dismiss, alert_id, reason=reason)
    dismissed = do(database, actions.dismiss, alert_id, reason="同名门店，与我司无关")
    assert dismissed.state == AlertState.DISMISSED
    with database.reading() as session:
        assert queries.events(session, alert_id)[-1].details == {"reason": "同名门店，与我司无关"}


@pytest.mark.parametrize("step", [actions.acknowledge, actions.resolve])
def test_a_dismissed_alert_takes_no_further_step_but_notes(
    database: Database, alert_id: str, step: Callable[..., Alert]
) -> None:
    do(database, actions.dismiss, alert_id, reason="误报")
    with pytest.raises(StateError):
        do(database, step, alert_id)
    do(database, actions.note, alert_id, text="客服已核对")
    with pytest.raises(InputError):
        do(database, actions.note, alert_id, text=" ")


def test_a_case_is_linked_once(database: Database, alert_id: str) -> None:
    """A person's case puts the alert in it; the same case again changes nothing, another is refused."""
    assert do(database, actions.link_case, alert_id, case_id="case1").state == AlertState.IN_CASE
    do(database, actions.link_case, alert_id, case_id="case1")
    with pytest.raises(StateError, match="case1"):
        do(database, actions.link_case, alert_id, case_id="case2")
    with database.reading() as session:
        assert [event.kind for event in queries.events(session, alert_id)] == ["opened", "case_opened"]


def test_a_refused_step_leaves_no_trace(database: Database, alert_id: str) -> None:
    do(database, actions.resolve, alert_id)
    with pytest.raises(StateError):
        do(database, actions.dismiss, alert_id, reason="误报")
    with database.reading() as session:
        assert len(queries.events(session, alert_id)) == 2
        assert audit.verify(session).entries == 1


def test_an_alert_is_found_by_id_and_by_number_and_an_unknown_one_is_named(database: Database, alert_id: str) -> None:
    with database.reading() as session:
        alert = queries.get_alert(session, alert_id)
        assert queries.get_alert(session, alert.number.lower()).id == alert_id
        assert queries.list_alerts(session, states=[AlertState.DISMISSED]) == []
        assert [found.id for found in queries.list_alerts(session, states=["open"], brand=BRAND)] == [alert_id]
        with pytest.raises(InputError, match="no-such"):
            queries.get_alert(session, "no-such")


def test_a_proposed_case_changes_no_state_until_a_person_takes_it(database: Database, alert_id: str) -> None:
    assert do(database, actions.link_case, alert_id, case_id="case1", actor="system").state == AlertState.OPEN
    taken = do(database, actions.link_case, alert_id, case_id="case1")
    assert (taken.state, taken.holder) == (AlertState.IN_CASE, "li")
    assert kinds(database, alert_id) == ["opened", "case_opened", "case_opened"]


def test_an_alert_in_a_case_is_not_dismissed_and_is_resolved_with_its_case(database: Database, alert_id: str) -> None:
    do(database, actions.link_case, alert_id, case_id="case1")
    with pytest.raises(StateError, match="结案"):
        do(database, actions.dismiss, alert_id, reason="误报")
    assert do(database, actions.close_case, alert_id, reason="已赔付").state == AlertState.RESOLVED
    assert do(database, actions.close_case, alert_id, reason="已赔付").state == AlertState.RESOLVED
    assert kinds(database, alert_id) == ["opened", "case_opened", "case_closed"]


@pytest.mark.usefixtures("office")
def test_a_review_is_a_lead_s_with_findings_of_a_resolved_alert(database: Database, alert_id: str) -> None:
    with pytest.raises(ForbiddenError):
        do(database, actions.review, alert_id, actor="duty", note="培训不足")
    with pytest.raises(StateError, match="请先解除"):
        do(database, actions.review, alert_id, actor="lead", note="培训不足")
    do(database, actions.resolve, alert_id)
    with pytest.raises(InputError):
        do(database, actions.review, alert_id, actor="lead", note=" ")
    assert do(database, actions.review, alert_id, actor="lead", note="培训不足").state == AlertState.REVIEWED


def test_a_closed_alert_is_reopened_in_the_hands_of_who_does_it(database: Database, alert_id: str) -> None:
    do(database, actions.dismiss, alert_id, reason="误报")
    with pytest.raises(InputError):
        do(database, actions.reopen, alert_id, reason="")
    reopened = do(database, actions.reopen, alert_id, reason="忽略错了", actor="wang", now=NOW + HOUR)
    assert (reopened.state, reopened.holder, reopened.closed_at) == (AlertState.ACKNOWLEDGED, "wang", None)


@pytest.mark.usefixtures("office")
def test_duty_staff_raise_and_only_a_lead_lowers_each_with_a_reason(
    database: Database, alert_id: str, settings: Settings
) -> None:
    """A raise is told to every channel, a lowering is recorded; both are in the audit log."""
    told = {"desk": open_desk(settings.model_copy(update={"alerts": AlertSettings(notify=("json://localhost",))}))}
    with pytest.raises(InputError, match="理由"):
        do(database, actions.set_level, alert_id, actor="duty", level=Level.MAJOR, reason="", **told)
    raised = do(database, actions.set_level, alert_id, actor="duty", level=Level.MAJOR, reason="监管来电", **told)
    assert (raised.level, raised.override and raised.override["by"]) == (Level.MAJOR, "duty")
    with pytest.raises(ForbiddenError):
        do(database, actions.set_level, alert_id, actor="duty", level=Level.MINOR, reason="没事", **told)
    with pytest.raises(InputError, match="已经是重大（duty 所定）"):
        do(database, actions.set_level, alert_id, actor="lead", level=Level.MAJOR, reason="同意", **told)
    do(database, actions.set_level, alert_id, actor="lead", level=Level.MINOR, reason="监管已撤回", **told)
    assert kinds(database, alert_id) == ["opened", "raised", "lowered"]
    with database.reading() as session:
        sent = [one for one in queries.notifications(session, alert_id) if "人工升级（duty：监管来电）" in one.title]
        assert len(sent) == 2 and {one.channel for one in sent} > {"console"}
        logged = [entry.details for entry in audit.entries_for(session, [f"alert:{alert_id}"])]
    assert (logged[0]["before"], logged[0]["after"], logged[0]["reason"]) == ("major", "minor", "监管已撤回")


@pytest.mark.usefixtures("office")
def test_setting_the_same_level_twice_is_one_step(database: Database, alert_id: str, settings: Settings) -> None:
    told = {"level": Level.MAJOR, "reason": "监管来电", "desk": open_desk(settings)}
    for _ in range(2):
        do(database, actions.set_level, alert_id, actor="duty", **told)
    assert kinds(database, alert_id) == ["opened", "raised"]


def test_what_happened_since_the_last_look_is_unread(database: Database, alert_id: str) -> None:
    with database.writing() as session:
        alert = queries.get_alert(session, alert_id)
        assert queries.unread(session, "li", [alert]) == {alert_id}
        queries.mark_seen(session, "li", alert_id)
        assert queries.unread(session, "li", [alert]) == set()
        assert queries.unread(session, "wang", [alert]) == {alert_id}
    do(database, actions.note, alert_id, text="已联系门店")
    with database.reading() as session:
        assert queries.unread(session, "li", [queries.get_alert(session, alert_id)]) == {alert_id}
