"""The log of notifications: every message with its attempts, filtered and paged, and what has not been delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from alerts.duty.tables import NotificationAttempt
from alerts.duty.telling import CONSOLE
from alerts.life.tables import Alert, AlertEvent, Notification, NotificationState

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as the log shows it; `level` is the event's, `attempts` are oldest first."""

    message: Notification
    level: str
    alert_number: str
    brand: str
    attempts: Sequence[NotificationAttempt]

    @property
    def given_up(self) -> bool:
        return self.message.state == NotificationState.FAILED and self.message.next_attempt_at is None


def entries(
    session: Session, *, state: str = "", channel: str = "", person: str = "", alert_id: str = "", before: str = ""
) -> list[Entry]:
    """A page of the log, newest first, of what fits the filters; `before` is the id of the last entry of the page before.

    The console's own entries are left out: it needs no sending.
    """
    wanted: list[ColumnElement[bool]] = [Notification.channel != CONSOLE]
    filters = ((Notification.state, state), (Notification.channel, channel), (Notification.person, person))
    wanted += [column == value for column, value in (*filters, (Notification.alert_id, alert_id)) if value]
    if before:
        wanted.append(Notification.id < before)
    query = (
        select(Notification, AlertEvent.level, Alert.number, Alert.brand)
        .join(AlertEvent, AlertEvent.id == Notification.event_id)
        .join(Alert, Alert.id == Notification.alert_id)
        .where(*wanted)
        .order_by(Notification.id.desc())
        .limit(A_PAGE)
    )
    rows = session.execute(query).all()
    tried = _attempts(session, [row[0].id for row in rows])
    return [Entry(message, level, number, brand, tried[message.id]) for message, level, number, brand in rows]


def channels_used(session: Session) -> list[str]:
    """Every channel that a message was ever for."""
    return sorted(session.scalars(select(Notification.channel).where(Notification.channel != CONSOLE).distinct()))


def given_up(session: Session) -> int:
    """How many messages were given up and wait for a person."""
    lost = select(func.count()).where(Notification.state == NotificationState.FAILED, Notification.next_attempt_at.is_(None))
    return session.scalar(lost) or 0


def oldest_waiting(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest message that is due has been waiting; None where none is."""
    waiting = (NotificationState.PENDING, NotificationState.SENDING, NotificationState.FAILED)
    query = select(func.min(Notification.created_at)).where(Notification.state.in_(waiting), Notification.created_at <= now)
    return session.scalar(query.where(Notification.next_attempt_at.is_not(None)))


def _attempts(session: Session, ids: Sequence[str]) -> dict[str, list[NotificationAttempt]]:
    found: dict[str, list[NotificationAttempt]] = defaultdict(list)
    query = select(NotificationAttempt).where(NotificationAttempt.notification_id.in_(ids))
    for attempt in session.scalars(query.order_by(NotificationAttempt.at, NotificationAttempt.id)):
        found[attempt.notification_id].append(attempt)
    return found
