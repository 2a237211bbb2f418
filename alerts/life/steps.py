"""One step of a person on an alert: held, checked against its state, changed, recorded as an event and in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.life.queries import get_alert
from alerts.life.store import add_event
from alerts.life.tables import Alert, AlertEvent, AlertState, EventKind
from alerts.life.transitions import TRANSITIONS, may, remedy
from core import audit
from core.clock import shown
from core.errors import InputError, StateError

NOTHING_MORE: Mapping[str, Any] = {}
DOUBLE_SUBMIT = timedelta(minutes=1)
"""The same step by the same person with the same words, within this time, was sent twice and is taken once."""


def held(session: Session, alert_id: str) -> Alert:
    """The alert, which nobody else may change until the transaction ends, as it is now. Raises InputError for an unknown id."""
    alert = get_alert(session, alert_id)
    session.refresh(alert, with_for_update=True)
    return alert


def take_step(
    session: Session,
    alert: Alert,
    kind: EventKind,
    *,
    actor: str,
    now: datetime,
    target: AlertState | None = None,
    details: Mapping[str, Any] = NOTHING_MORE,
) -> AlertEvent | None:
    """Take the step on an alert that is `held`; `target` is where it leads, where that is not the transition's own.

    None, and nothing changed, where the same person just did the same. Raises StateError where the state does not allow it,
    saying who brought the alert there and when.
    """
    if _is_repeated(session, alert, kind, actor, details, now):
        return None
    state = AlertState(alert.state)
    if not may(state, kind):
        raise refusal(session, alert, kind)
    enter(alert, target or TRANSITIONS[kind].target, now)
    event = add_event(session, alert, kind, at=now, actor=actor, details=details)
    audit.record(session, at=now, actor=actor, action=f"alert.{kind}", subject=f"alert:{alert.id}", **details)
    return event


def enter(alert: Alert, target: AlertState | None, now: datetime) -> None:
    """Put the alert into the state, if one is given; a closed one remembers since when."""
    if target is not None:
        alert.state = target
        alert.closed_at = None if target.is_active else alert.closed_at or now


def refusal(session: Session, alert: Alert, kind: EventKind) -> StateError:
    """Why the step is refused: the state, who brought the alert there and when, and what to do instead."""
    state = AlertState(alert.state)
    last = _last(session, alert.id, *(kind for kind, step in TRANSITIONS.items() if step.target is not None))
    zh, en = remedy(state, kind)
    by_zh = f"（{last.actor} 于 {shown(last.at)} {EventKind(last.kind).zh}）" if last else ""
    by_en = f" ({last.kind} by {last.actor} at {shown(last.at)})" if last else ""
    return StateError(
        zh=f"预警 {alert.number} 现在是「{state.zh}」{by_zh}，不能{kind.zh}：{zh}",
        en=f"alert {alert.number} is {state}{by_en}, so it cannot be {kind.replace('_', ' ')}: {en}",
    )


def required(text: str, *, zh: str, en: str) -> str:
    """The text without space around it; raises InputError where nothing is left."""
    if not text.strip():
        raise InputError(zh=zh, en=en)
    return text.strip()


def _is_repeated(
    session: Session, alert: Alert, kind: EventKind, actor: str, details: Mapping[str, Any], now: datetime
) -> bool:
    last = _last(session, alert.id, *EventKind)
    if last is None or (last.kind, last.actor, last.details) != (kind, actor, dict(details)):
        return False
    return now - last.at <= DOUBLE_SUBMIT


def _last(session: Session, alert_id: str, *kinds: EventKind) -> AlertEvent | None:
    query = select(AlertEvent).where(AlertEvent.alert_id == alert_id, AlertEvent.kind.in_(kinds))
    return session.scalars(query.order_by(AlertEvent.sequence.desc()).limit(1)).first()
