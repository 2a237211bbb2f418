"""Quiet hours (静默时段): what falls into a person's is held until they end, and said then, several at once as one message.

The level 重大 is never held. A message that was waiting for a channel is held as well, should it come to be sent then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty.tables import DutyQuiet
from alerts.hours import parsed
from alerts.levels import Level
from alerts.life.tables import Alert, AlertEvent, AlertState, Notification, NotificationState
from core import audit
from core.clock import shown
from core.database import Database
from core.errors import InputError
from core.ids import new_id
from core.people import Role, require

WAITING = (NotificationState.PENDING, NotificationState.FAILED)
KEPT_OF_EACH = 6
"""Lines of each message in a fold: its number, level, link and first reason."""


def quiet_until(session: Session, person: str, level: Level, at: datetime) -> datetime | None:
    """When `person` may be called for `level` again; None where they may be now, as they always may for 重大."""
    if level is Level.MAJOR:
        return None
    ends = [
        parsed(row.days, row.start, row.end).ends_after(at)
        for row in session.scalars(select(DutyQuiet).where(DutyQuiet.person == person))
        if level.rank <= Level(row.up_to).rank
    ]
    return max(filter(None, ends), default=None)


def keep_quiet(database: Database, now: datetime) -> None:
    """Release what was held and is free now, then hold what is due and falls into its person's quiet hours."""
    with database.writing() as session:
        _release(session, now)
        _hold(session, now)


def quiet_hours(session: Session) -> list[DutyQuiet]:
    """Every person's quiet hours, by person."""
    return list(session.scalars(select(DutyQuiet).order_by(DutyQuiet.person, DutyQuiet.id)))


def add_quiet(
    session: Session,
    *,
    person: str,
    days: Collection[int],
    start: str,
    end: str,
    up_to: Level,
    actor: str,
    now: datetime,
) -> DutyQuiet:
    """Give a person quiet hours: one's own, or by a lead another's. 重大 cannot be held."""
    _require_own_or_lead(session, person, actor)
    if up_to is Level.MAJOR:
        raise InputError(
            zh="重大预警不受静默时段限制，只能选轻微或中度", en="major alerts are never held: choose minor or moderate"
        )
    hours = parsed(days, start, end)
    start, end = hours.start.isoformat("minutes"), hours.end.isoformat("minutes")
    row = DutyQuiet(id=new_id(), person=person, days=sorted(hours.days), start=start, end=end, up_to=up_to)
    session.add(row)
    session.flush()
    said = {"days": row.days, "start": row.start, "end": row.end, "up_to": str(up_to)}
    audit.record(session, at=now, actor=actor, action="duty.quiet", subject=f"person:{person}", **said)
    return row


def remove_quiet(session: Session, quiet_id: str, *, actor: str, now: datetime) -> None:
    """Take quiet hours away; what they held goes out with the next pass. Raises InputError where there are none."""
    row = session.get(DutyQuiet, quiet_id)
    if row is None:
        raise InputError(zh=f"没有静默时段 {quiet_id}", en=f"there are no quiet hours {quiet_id}")
    _require_own_or_lead(session, row.person, actor)
    session.delete(row)
    audit.record(session, at=now, actor=actor, action="duty.quiet_removed", subject=f"person:{row.person}", id=quiet_id)


def _hold(session: Session, now: datetime) -> None:
    due = (
        select(Notification, AlertEvent.level)
        .join(AlertEvent, AlertEvent.id == Notification.event_id)
        .where(Notification.state.in_(WAITING), Notification.person.is_not(None), Notification.next_attempt_at <= now)
        .with_for_update(of=Notification)
    )
    for message, level in session.execute(due).all():
        until = quiet_until(session, message.person, Level(level), now)
        if until:
            message.state, message.held_until, message.next_attempt_at = NotificationState.HELD, until, until


def _release(session: Session, now: datetime) -> None:
    """A held message goes out when its person may be called, be it that the hours are over or that they were changed."""
    held = (
        select(Notification, AlertEvent.level)
        .join(AlertEvent, AlertEvent.id == Notification.event_id)
        .where(Notification.state == NotificationState.HELD)
        .order_by(Notification.channel, Notification.created_at, Notification.id)
        .with_for_update(of=Notification)
    )
    free = [
        (message, Level(level))
        for message, level in session.execute(held).all()
        if quiet_until(session, message.person, Level(level), now) is None
    ]
    for _, group in groupby(free, key=lambda row: row[0].channel):
        messages = list(group)
        if len(messages) == 1:
            _say_late(messages[0][0], now)
        else:
            _fold(session, messages, now)


def _say_late(message: Notification, now: datetime) -> None:
    message.state, message.next_attempt_at, message.held_until = NotificationState.PENDING, now, None
    message.body += f"\n（{shown(message.created_at)} 因静默时段暂存，{shown(now)} 发出）"


def _fold(session: Session, messages: Sequence[tuple[Notification, Level]], now: datetime) -> None:
    """One message in place of several; it belongs to the gravest of the alerts."""
    gravest, level = max(messages, key=lambda row: (row[1].rank, row[0].created_at))
    parts = [
        "\n".join([f"〔{shown(message.created_at)}〕{message.title}", *_start(message), _present(session, message)])
        for message, _ in messages
    ]
    folded = Notification(
        id=new_id(),
        alert_id=gravest.alert_id,
        event_id=gravest.event_id,
        channel=gravest.channel,
        person=gravest.person,
        key=f"fold:{messages[0][0].id}:{messages[-1][0].id}",
        state=NotificationState.PENDING,
        created_at=now,
        next_attempt_at=now,
        title=f"【舆哨 · 最高{level.zh}】静默时段暂存的 {len(messages)} 条预警通知",
        body="\n\n".join(parts),
    )
    session.add(folded)
    session.flush()
    for message, _ in messages:
        message.state, message.next_attempt_at, message.folded_into = NotificationState.FOLDED, None, folded.id


def _start(message: Notification) -> list[str]:
    return message.body.splitlines()[:KEPT_OF_EACH]


def _present(session: Session, message: Notification) -> str:
    alert = session.get_one(Alert, message.alert_id)
    return f"现在：{AlertState(alert.state).zh}，{Level(alert.level).zh}"


def _require_own_or_lead(session: Session, person: str, actor: str) -> None:
    require(session, person)
    require(session, actor, *(() if actor == person else (Role.LEAD,)))
