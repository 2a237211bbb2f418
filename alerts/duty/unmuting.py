"""What a silence kept back and is still going on, and untold, when the silence ends is told then, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty.desk import Desk
from alerts.duty.silences import muting
from alerts.duty.tables import Silence
from alerts.duty.telling import tell
from alerts.levels import Level
from alerts.life.store import SYSTEM
from alerts.life.tables import Alert, AlertEvent, EventKind, Notification, NotificationState
from core.clock import shown


def tell_what_was_muted(session: Session, alert: Alert, desk: Desk, now: datetime) -> bool:
    """Tell of the newest muted telling of an active alert, to whoever is on duty now; whether there was one to tell.

    It stays muted while something mutes it. What a person has answered meanwhile needs no telling any more.
    """
    rows = _muted(session, alert)
    newest = max((event for _, event in rows), key=lambda event: event.sequence, default=None)
    if newest is None or muting(session, alert, Level(newest.level), now):
        return False
    for message, _ in rows:
        message.settled_at = now
    if _moved_on(session, alert, newest):
        return False
    muted_by = {message.muted_by for message, event in rows if event.id == newest.id and message.muted_by}
    notes = [f"（{shown(newest.at)} 的预警因{_why(session, one)}未通知，现补发）" for one in sorted(muted_by)]
    tell(session, alert, newest, desk, at=now, notes=notes, again="unmuted")
    return True


def _muted(session: Session, alert: Alert) -> Sequence[tuple[Notification, AlertEvent]]:
    query = (
        select(Notification, AlertEvent)
        .join(AlertEvent, AlertEvent.id == Notification.event_id)
        .where(Notification.alert_id == alert.id)
        .where(Notification.state == NotificationState.MUTED, Notification.settled_at.is_(None))
    )
    return [(message, event) for message, event in session.execute(query).all()]


def _moved_on(session: Session, alert: Alert, event: AlertEvent) -> bool:
    """Whether a person has dealt with the alert after `event`, or a later telling went out."""
    later = select(AlertEvent).where(AlertEvent.alert_id == alert.id, AlertEvent.sequence > event.sequence)
    return any(
        EventKind(other.kind).is_told or (other.actor != SYSTEM and other.kind != EventKind.NOTED)
        for other in session.scalars(later)
    )


def _why(session: Session, muted_by: str) -> str:
    kind, _, identity = muted_by.partition(":")
    if kind == "alert":
        return "同品牌已有重大预警"
    silence = session.get(Silence, identity)
    return f"免打扰（{silence.reason}，{silence.author}）" if silence else "免打扰"
