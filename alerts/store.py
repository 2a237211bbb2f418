"""Writing an alert's rows: used by live detection, by people's actions and by the keeping of a replay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from alerts.tables import Alert, AlertEvent, EventKind
from core.ids import new_id

SYSTEM = "system"


def add_event(
    session: Session,
    alert: Alert,
    kind: EventKind,
    *,
    at: datetime,
    actor: str = SYSTEM,
    details: Mapping[str, Any] | None = None,
) -> AlertEvent:
    """Append an event to the alert's history, with the level that the alert has now."""
    session.flush()
    last = session.scalar(select(func.max(AlertEvent.sequence)).where(AlertEvent.alert_id == alert.id))
    event = AlertEvent(
        id=new_id(),
        alert_id=alert.id,
        sequence=(last or 0) + 1,
        at=at,
        kind=kind,
        actor=actor,
        level=alert.level,
        details=dict(details or {}),
    )
    session.add(event)
    session.flush()
    return event
