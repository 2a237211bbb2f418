"""The outbox of notifications: written with the event that causes them, sent by Apprise until the service says it has them.

A process killed between the service's answer and our record of it sends that one message again; both carry the same
number (编号), so that the reader can tell. Nothing else is ever sent twice, and nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from alerts.channels import deliver
from alerts.desk import addresses as known_addresses
from alerts.tables import Notification, NotificationState
from core.database import Database
from core.errors import UnavailableError
from core.settings import Settings

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 40
"""With waits of 1, 2, 4 … 60 minutes, a channel may be down for a day and a half before a message is given up."""
CLAIM = timedelta(minutes=10)
"""A message that has been in sending for longer belonged to a process that was killed."""
AT_ONCE = 200
"""Messages tried in one call."""


@dataclass(frozen=True, slots=True)
class NotifyReport:
    """`sent` and `failed` count this call's attempts; `pending` is what waits for a later one."""

    sent: int = 0
    failed: int = 0
    pending: int = 0


def send_pending(database: Database, *, settings: Settings, now: datetime) -> NotifyReport:
    """Send every message that is due at `now`; a channel's failure is recorded and tried again later, never raised."""
    addresses = known_addresses(settings)
    sent = failed = 0
    for notification_id in _due(database, now):
        message = _claim(database, notification_id, now)
        if message is None:
            continue
        problem = _attempt(message, addresses)
        _mark(database, message.id, problem, now)
        sent, failed = sent + (not problem), failed + bool(problem)
    return NotifyReport(sent, failed, _waiting(database))


def _due(database: Database, now: datetime) -> list[str]:
    query = select(Notification.id).where(_is_due(now)).order_by(Notification.created_at, Notification.id).limit(AT_ONCE)
    with database.reading() as session:
        return list(session.scalars(query))


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = Notification.state.in_([NotificationState.PENDING, NotificationState.FAILED])
    abandoned = and_(Notification.state == NotificationState.SENDING, Notification.claimed_at <= now - CLAIM)
    return or_(and_(waiting, Notification.next_attempt_at <= now), abandoned)


def _claim(database: Database, notification_id: str, now: datetime) -> Notification | None:
    """The message, now ours to send; None where another process took it first."""
    claim = (
        update(Notification)
        .where(Notification.id == notification_id, _is_due(now))
        .values(state=NotificationState.SENDING, claimed_at=now, attempts=Notification.attempts + 1)
        .returning(Notification)
    )
    with database.writing() as session:
        return session.scalars(claim).one_or_none()


def _attempt(message: Notification, addresses: dict[str, str]) -> str:
    """What went wrong; empty where the service has the message."""
    if message.channel not in addresses:
        return f"通道 {message.channel} 已不在 alerts.notify 中 / no longer in alerts.notify"
    try:
        deliver(addresses[message.channel], title=message.title, body=message.body)
    except UnavailableError as error:
        return str(error)
    return ""


def _mark(database: Database, notification_id: str, problem: str, now: datetime) -> None:
    with database.writing() as session:
        message = session.get_one(Notification, notification_id)
        message.claimed_at, message.last_error = None, problem
        if not problem:
            message.state, message.sent_at, message.next_attempt_at = NotificationState.SENT, now, None
            return
        message.state = NotificationState.FAILED
        message.next_attempt_at = now + _wait(message.attempts) if message.attempts < MOST_ATTEMPTS else None


def _wait(attempts: int) -> timedelta:
    doublings: int = min(attempts - 1, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def _waiting(database: Database) -> int:
    with database.reading() as session:
        return _count_waiting(session)


def _count_waiting(session: Session) -> int:
    waiting = or_(Notification.state == NotificationState.SENDING, Notification.next_attempt_at.is_not(None))
    return session.scalar(select(func.count()).select_from(Notification).where(waiting)) or 0
