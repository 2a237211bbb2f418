"""Who has seen what they were told: opening the alert, in the console or by a message's link, marks its messages as seen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from alerts.life.tables import Notification


def has_unseen(session: Session, alert_id: str, *, person: str) -> bool:
    """Whether a message about the alert, to this person or to all, is not yet marked as seen."""
    return session.scalars(select(Notification.id).where(*_unseen(alert_id, person)).limit(1)).first() is not None


def seen(session: Session, alert_id: str, *, person: str, now: datetime) -> None:
    """Mark every message about the alert, to this person or to all, as first seen now by them."""
    session.execute(update(Notification).where(*_unseen(alert_id, person)).values(seen_at=now, seen_by=person))


def _unseen(alert_id: str, person: str) -> tuple[ColumnElement[bool], ...]:
    to_them = or_(Notification.person.is_(None), Notification.person == person)
    return Notification.alert_id == alert_id, Notification.seen_at.is_(None), to_them
