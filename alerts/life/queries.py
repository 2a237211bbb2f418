"""Reading alerts: what the console and the command line show."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from alerts.levels import Level
from alerts.life.tables import Alert, AlertEvent, AlertSeen, AlertState, Notification
from core.errors import InputError


def list_alerts(
    session: Session,
    *,
    states: Collection[str] | None = None,
    brand: str | None = None,
    level: str | None = None,
    limit: int = 100,
    urgent_first: bool = False,
) -> list[Alert]:
    """The newest alerts first, of these states, this brand and this level where given.

    `urgent_first` puts those that nobody has taken before the rest, and the graver before the lesser.
    """
    newest = (Alert.opened_at.desc(), Alert.id.desc())
    untaken = case((Alert.state == AlertState.OPEN, 0), else_=1)
    gravest = case({str(level): -level.rank for level in Level}, value=Alert.level, else_=0)
    query = select(Alert).order_by(*((untaken, gravest) if urgent_first else ()), *newest).limit(limit)
    if states is not None:
        query = query.where(Alert.state.in_([str(state) for state in states]))
    if brand is not None:
        query = query.where(Alert.brand == brand)
    if level is not None:
        query = query.where(Alert.level == level)
    return list(session.scalars(query))


def brands_with_alerts(session: Session) -> list[str]:
    return list(session.scalars(select(Alert.brand).distinct().order_by(Alert.brand)))


def count_open(session: Session) -> int:
    """How many alerts wait for somebody to take them; replayed history does not wait."""
    query = select(func.count()).select_from(Alert).where(Alert.state == AlertState.OPEN, Alert.replayed.is_(False))
    return session.scalar(query) or 0


def get_alert(session: Session, alert_id: str) -> Alert:
    """The alert of this id or of this number (编号); raises InputError where there is none."""
    found = session.scalars(select(Alert).where(or_(Alert.id == alert_id, Alert.number == alert_id.upper()))).first()
    if found is None:
        raise InputError(
            zh=f"没有编号为 {alert_id} 的预警：用 yushao alerts list 查看现有预警",
            en=f"there is no alert {alert_id}: yushao alerts list shows those there are",
        )
    return found


def living_alert(session: Session, alert_id: str) -> Alert:
    """The alert, or the one that it was merged into, or that one's, as far as it goes; raises InputError for an unknown id."""
    alert = get_alert(session, alert_id)
    while alert.merged_into is not None:
        alert = session.get_one(Alert, alert.merged_into)
    return alert


def family(session: Session, alert: Alert) -> list[Alert]:
    """The alert, then all that were merged into it, directly or by way of another."""
    found, layer = [alert], [alert]
    while layer:
        query = select(Alert).where(Alert.merged_into.in_([one.id for one in layer])).order_by(Alert.opened_at, Alert.id)
        layer = list(session.scalars(query))
        found += layer
    return found


def parts(session: Session, alert: Alert) -> list[Alert]:
    """The alerts that were split off this one and still stand by themselves, oldest first."""
    query = select(Alert).where(Alert.split_from == alert.id, Alert.merged_into.is_(None))
    return list(session.scalars(query.order_by(Alert.opened_at, Alert.id)))


def mergeable(session: Session, alert: Alert) -> list[Alert]:
    """The brand's other alerts into which this one could be merged, newest first."""
    active = [state for state in AlertState if state.is_active]
    others = list_alerts(session, states=active, brand=alert.brand)
    return [other for other in others if other.id != alert.id and other.replayed == alert.replayed]


def events(session: Session, *alert_ids: str) -> Sequence[AlertEvent]:
    """Everything that happened to these alerts, oldest first."""
    query = select(AlertEvent).where(AlertEvent.alert_id.in_(alert_ids))
    return session.scalars(query.order_by(AlertEvent.at, AlertEvent.alert_id, AlertEvent.sequence)).all()


def notifications(session: Session, *alert_ids: str) -> Sequence[Notification]:
    """Every message about these alerts, oldest first."""
    query = select(Notification).where(Notification.alert_id.in_(alert_ids))
    return session.scalars(query.order_by(Notification.created_at, Notification.id)).all()


def unread(session: Session, username: str, alerts: Collection[Alert]) -> set[str]:
    """The ids of those alerts to which something has happened since the person last opened their page."""
    ids = [alert.id for alert in alerts]
    newest = select(AlertEvent.alert_id, func.max(AlertEvent.sequence)).where(AlertEvent.alert_id.in_(ids))
    seen = select(AlertSeen.alert_id, AlertSeen.sequence).where(AlertSeen.username == username, AlertSeen.alert_id.in_(ids))
    known = dict(session.execute(seen).tuples().all())
    latest = session.execute(newest.group_by(AlertEvent.alert_id)).tuples()
    return {alert_id for alert_id, sequence in latest if sequence > known.get(alert_id, 0)}


def has_news(session: Session, username: str, alert: Alert) -> bool:
    return bool(unread(session, username, [alert]))


def mark_seen(session: Session, username: str, alert_id: str) -> None:
    """The person has the alert's page before them, with everything that had happened by now."""
    newest = session.scalar(select(func.max(AlertEvent.sequence)).where(AlertEvent.alert_id == alert_id)) or 0
    session.merge(AlertSeen(alert_id=alert_id, username=username, sequence=newest))
