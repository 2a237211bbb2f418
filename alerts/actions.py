"""What people do to an alert: each step checks the state, changes it, and is recorded as an event and in the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts.queries import get_alert
from alerts.store import add_event
from alerts.tables import Alert, AlertState, EventKind
from core import audit
from core.errors import InputError, StateError
from core.people import SYSTEM


def acknowledge(session: Session, alert_id: str, *, actor: str, now: datetime) -> Alert:
    """A person has taken the alert; only an open one can be taken. Raises StateError, InputError for an unknown id."""
    return _step(session, alert_id, EventKind.ACKNOWLEDGED, AlertState.ACKNOWLEDGED, (AlertState.OPEN,), actor, now)


def dismiss(session: Session, alert_id: str, *, reason: str, actor: str, now: datetime) -> Alert:
    """The alert was no crisis, for a reason that must be given; it then absorbs the rest of its episode silently."""
    reason = _required(reason, zh="忽略预警必须写明理由", en="a reason is needed to dismiss an alert")
    allowed = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
    return _step(session, alert_id, EventKind.DISMISSED, AlertState.DISMISSED, allowed, actor, now, reason=reason)


def resolve(session: Session, alert_id: str, *, actor: str, now: datetime, reason: str = "") -> Alert:
    """The crisis is over by a person's word; what still comes of the same episode is absorbed unless it is worse."""
    allowed = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
    return _step(session, alert_id, EventKind.RESOLVED, AlertState.RESOLVED, allowed, actor, now, reason=reason.strip())


def note(session: Session, alert_id: str, *, text: str, actor: str, now: datetime) -> Alert:
    """Write a remark on the alert, in any state."""
    text = _required(text, zh="备注不能为空", en="a note needs text")
    return _step(session, alert_id, EventKind.NOTED, None, tuple(AlertState), actor, now, text=text)


def link_case(session: Session, alert_id: str, *, case_id: str, actor: str, now: datetime) -> Alert:
    """The case that was opened for the alert; asking again with the same case changes nothing, another case is refused."""
    alert = get_alert(session, alert_id)
    if alert.case_id == case_id:
        return alert
    if alert.case_id is not None:
        raise StateError(
            zh=f"预警 {alert.number} 已立案 {alert.case_id}，不能再关联 {case_id}",
            en=f"alert {alert.number} already has case {alert.case_id}; {case_id} cannot be linked too",
        )
    alert.case_id = case_id
    by_person = actor != SYSTEM  # a case that the system merely proposes does not mean that anyone has seen the alert
    target = AlertState.ACKNOWLEDGED if by_person and alert.state == AlertState.OPEN else None
    return _step(session, alert_id, EventKind.CASE_OPENED, target, tuple(AlertState), actor, now, case_id=case_id)


def _step(
    session: Session,
    alert_id: str,
    kind: EventKind,
    target: AlertState | None,
    allowed: tuple[AlertState, ...],
    actor: str,
    now: datetime,
    **details: Any,
) -> Alert:
    alert = get_alert(session, alert_id)
    state = AlertState(alert.state)
    if state not in allowed:
        raise StateError(
            zh=f"预警 {alert.number} 现在是「{state.zh}」，不能{kind.zh}",
            en=f"alert {alert.number} is {state}, so it cannot be {kind}",
        )
    if target is not None:
        alert.state = target
        alert.closed_at = None if target.is_active else now
    add_event(session, alert, kind, at=now, actor=actor, details=details)
    audit.record(session, at=now, actor=actor, action=f"alert.{kind}", subject=f"alert:{alert.id}", **details)
    return alert


def _required(text: str, *, zh: str, en: str) -> str:
    if not text.strip():
        raise InputError(zh=zh, en=en)
    return text.strip()
