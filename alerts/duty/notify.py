"""The outbox of notifications: written with the event that causes them, sent by Apprise until the service says it has them.

A process killed between the service's answer and our record of it sends that one message again; both carry the same
number (编号), so that the reader can tell. Nothing else is ever sent twice, and nothing is lost: a channel that is down
keeps its own messages waiting and nobody else's, and a clock that was set back makes none wait longer than an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from alerts.duty.channels import ChannelDownError, deliver, rate_of
from alerts.duty.desk import addresses as known_addresses
from alerts.duty.quiet import keep_quiet
from alerts.duty.tables import NotificationAttempt
from alerts.life.tables import Notification, NotificationState
from core import audit
from core.database import Database
from core.errors import InputError, UnavailableError
from core.ids import new_id
from core.settings import Settings

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 40
"""With waits of 1, 2, 4 … 60 minutes, a channel may be down for a day and a half before a message is given up."""
POISON_ATTEMPTS = 20
"""A message that failed this often is not hurried when its channel is back: the fault may be its own."""
CLAIM = timedelta(minutes=10)
"""A message that has been in sending for longer belonged to a process that was killed."""
AT_ONCE = 200
"""Messages tried in one call."""
MINUTE = timedelta(minutes=1)
WAITING = (NotificationState.PENDING, NotificationState.FAILED)


@dataclass(frozen=True, slots=True)
class NotifyReport:
    """`sent` and `failed` count this call's attempts; `pending` is what waits for a later one."""

    sent: int = 0
    failed: int = 0
    pending: int = 0


def send_pending(database: Database, *, settings: Settings, now: datetime) -> NotifyReport:
    """Send every message that is due at `now`; a channel's failure is recorded and tried again later, never raised."""
    keep_quiet(database, now)
    addresses = known_addresses(settings)
    sent = failed = 0
    for notification_id in _due(database, now):
        claimed = _claim(database, notification_id, addresses, now)
        if claimed is None:
            continue
        message, attempt_id = claimed
        problem = _attempt(message, addresses)
        _mark(database, message.id, attempt_id, problem, now)
        sent, failed = sent + (problem is None), failed + (problem is not None)
    return NotifyReport(sent, failed, _waiting(database))


def retry(session: Session, notification_id: str, *, actor: str, now: datetime) -> Notification:
    """Try a message that was given up again, from the start; raises InputError for one that was not."""
    message = session.get(Notification, notification_id)
    if message is None or message.state != NotificationState.FAILED:
        raise InputError(
            zh=f"通知 {notification_id} 不是失败状态，不需要重试",
            en=f"the notification {notification_id} has not failed, so it needs no retry",
        )
    message.state, message.attempts, message.next_attempt_at = NotificationState.PENDING, 0, now
    subject = f"alert:{message.alert_id}"
    audit.record(session, at=now, actor=actor, action="notification.retry", subject=subject, channel=message.channel)
    return message


def _due(database: Database, now: datetime) -> list[str]:
    query = select(Notification.id).where(_is_due(now)).order_by(Notification.created_at, Notification.id).limit(AT_ONCE)
    with database.reading() as session:
        return list(session.scalars(query))


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waiting and its time has come, or claimed by a process that was killed; a time too far ahead to be one of ours
    was set before the clock was put back, and counts as come."""
    come = or_(Notification.next_attempt_at <= now, Notification.next_attempt_at > now + LONGEST_WAIT)
    abandoned = or_(Notification.claimed_at <= now - CLAIM, Notification.claimed_at > now + CLAIM)
    return or_(and_(Notification.state.in_(WAITING), come), and_(Notification.state == NotificationState.SENDING, abandoned))


def _claim(
    database: Database, notification_id: str, addresses: dict[str, str], now: datetime
) -> tuple[Notification, str] | None:
    """The message, now ours to send, and its attempt; None where another process took it or its channel must wait."""
    claim = (
        update(Notification)
        .where(Notification.id == notification_id, _is_due(now))
        .values(state=NotificationState.SENDING, claimed_at=now, attempts=Notification.attempts + 1)
        .returning(Notification)
    )
    with database.writing() as session:
        channel = session.scalar(select(Notification.channel).where(Notification.id == notification_id, _is_due(now)))
        if channel is None or _spread(session, notification_id, channel, addresses, now):
            return None
        message = session.scalars(claim).one_or_none()
        if message is None:
            return None
        attempt = NotificationAttempt(id=new_id(), notification_id=message.id, channel=channel, at=now)
        session.add(attempt)
        return message, attempt.id


def _spread(session: Session, notification_id: str, channel: str, addresses: dict[str, str], now: datetime) -> bool:
    """Whether the service has had its messages of this minute; the message then waits for the next, unharmed."""
    rate = rate_of(addresses.get(channel, ""))
    if rate is None:
        return False
    _lock_channel(session, channel)
    same = [name for name, address in addresses.items() if address == addresses[channel]]
    recent = select(NotificationAttempt.at).where(
        NotificationAttempt.channel.in_(same), NotificationAttempt.at > now - MINUTE, NotificationAttempt.at <= now
    )
    moments = sorted(session.scalars(recent))
    if len(moments) < rate:
        return False
    session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.state.in_(WAITING))
        .values(next_attempt_at=moments[-rate] + MINUTE)
    )
    return True


def _lock_channel(session: Session, channel: str) -> None:
    """Two senders must not both find room in the same minute; SQLite's writers are alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"channel:{channel}"})


def _attempt(message: Notification, addresses: dict[str, str]) -> UnavailableError | None:
    """What went wrong; None where the service has the message."""
    if message.channel not in addresses:
        return UnavailableError(
            zh=f"通道 {message.channel} 已不在 alerts.notify 或 alerts.contacts 中",
            en=f"the channel {message.channel} is no longer in alerts.notify or alerts.contacts",
        )
    try:
        deliver(addresses[message.channel], title=message.title, body=message.body)
    except UnavailableError as error:
        return error
    return None


def _mark(database: Database, notification_id: str, attempt_id: str, problem: UnavailableError | None, now: datetime) -> None:
    with database.writing() as session:
        message = session.get_one(Notification, notification_id)
        attempt = session.get_one(NotificationAttempt, attempt_id)
        message.claimed_at, message.last_error = None, str(problem or "")
        attempt.finished_at, attempt.error = now, message.last_error
        if problem is None:
            message.state, message.sent_at, message.next_attempt_at = NotificationState.SENT, now, None
            _hurry(session, message.channel, now)
            return
        message.state = NotificationState.FAILED
        wait = _wait(message.attempts)
        message.next_attempt_at = now + wait if message.attempts < MOST_ATTEMPTS else None
        if isinstance(problem, ChannelDownError):
            _postpone(session, message, now + wait)


def _postpone(session: Session, tried: Notification, until: datetime) -> None:
    """The channel's other messages wait as long, so that one message a pass asks whether it is back."""
    others = _others(tried.channel).where(Notification.id != tried.id, Notification.next_attempt_at < until)
    session.execute(others.values(next_attempt_at=until))


def _hurry(session: Session, channel: str, now: datetime) -> None:
    """The channel is back: what waited for it goes out with the next pass."""
    others = _others(channel).where(Notification.next_attempt_at > now, Notification.attempts < POISON_ATTEMPTS)
    session.execute(others.values(next_attempt_at=now))


def _others(channel: str) -> Any:
    return update(Notification).where(Notification.channel == channel, Notification.state.in_(WAITING))


def _wait(attempts: int) -> timedelta:
    doublings: int = min(attempts - 1, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))


def _waiting(database: Database) -> int:
    with database.reading() as session:
        return _count_waiting(session)


def _count_waiting(session: Session) -> int:
    waiting = or_(Notification.state == NotificationState.SENDING, Notification.next_attempt_at.is_not(None))
    return session.scalar(select(func.count()).select_from(Notification).where(waiting)) or 0
