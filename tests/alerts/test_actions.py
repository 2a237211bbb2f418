"""What people do to alerts: guarded by state, recorded as events and in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import actions, queries
from alerts.detect import detect
from alerts.tables import Alert, AlertState
from core import audit
from core.database import Database
from core.errors import InputError, StateError
from core.settings import Settings
from tests.alerts.world import BRAND, CRISIS, HOUR, burst, complete, index_of, quiet

NOW = CRISIS + HOUR + timedelta(minutes=5)


@pytest.fixture
def alert_id(database: Database, tmp_path: Path, settings: Settings) -> str:
    index = index_of(tmp_path, [*quiet(), *burst(CRISIS, 20)])
    at = CRISIS + HOUR
    detect(database, index, at=at, brands=(BRAND,), coverage=complete(at), settings=settings)
    with database.reading() as session:
        return queries.list_alerts(session)[0].id


def do(database: Database, step: Callable[..., Alert], alert_id: str, **details: Any) -> Alert:
    with database.writing() as session:
        return step(session, alert_id, actor="li", now=NOW, **details)


def test_an_alert_is_acknowledged_once_and_resolved(database: Database, alert_id: str) -> None:
    assert do(database, actions.acknowledge, alert_id).state == AlertState.ACKNOWLEDGED
    with pytest.raises(StateError, match="已确认"):
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
    """Linking acknowledges an open alert; the same case again changes nothing, another is refused."""
    assert do(database, actions.link_case, alert_id, case_id="case1").state == AlertState.ACKNOWLEDGED
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
