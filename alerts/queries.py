"""Reading alerts: what the console and the command line show."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from alerts.tables import Alert, AlertEvent, Notification
from core.errors import InputError


def list_alerts(
    session: Session, *, states: Collection[str] | None = None, brand: str | None = None, limit: int = 100
) -> list[Alert]:
    """The newest alerts first, of these states and this brand where given."""
    query = select(Alert).order_by(Alert.opened_at.desc(), Alert.id.desc()).limit(limit)
    if states is not None:
        query = query.where(Alert.state.in_([str(state) for state in states]))
    if brand is not None:
        query = query.where(Alert.brand == brand)
    return list(session.scalars(query))


def get_alert(session: Session, alert_id: str) -> Alert:
    """The alert of this id or of this number (编号); raises InputError where there is none."""
    found = session.scalars(select(Alert).where(or_(Alert.id == alert_id, Alert.number == alert_id.upper()))).first()
    if found is None:
        raise InputError(
            zh=f"没有编号为 {alert_id} 的预警：用 yushao alerts list 查看现有预警",
            en=f"there is no alert {alert_id}: yushao alerts list shows those there are",
        )
    return found


def events(session: Session, alert_id: str) -> Sequence[AlertEvent]:
    """Everything that happened to an alert, oldest first."""
    return session.scalars(select(AlertEvent).where(AlertEvent.alert_id == alert_id).order_by(AlertEvent.sequence)).all()


def notifications(session: Session, alert_id: str) -> Sequence[Notification]:
    """Every message about an alert, oldest first."""
    query = select(Notification).where(Notification.alert_id == alert_id)
    return session.scalars(query.order_by(Notification.created_at, Notification.id)).all()
