"""Following up what was told: what nobody takes goes up the reporting line, overdue clocks and ended silences are told.

Every step is an event of its alert, written in one transaction with its messages, so that a restart finds what was done
and does the rest, once. An answer stops it: a person who acknowledges, opens a case, dismisses or resolves; where the
alert was acknowledged before it was raised, someone who has opened it since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty.clocks import ClockState, Milestones, clocks
from alerts.duty.deadlines import Deadlines, deadlines_by_level, working_hours
from alerts.duty.desk import Desk, open_desk
from alerts.duty.roster import Member, StepName
from alerts.duty.silences import muting
from alerts.duty.telling import CONSOLE, line_for, post
from alerts.duty.unmuting import tell_what_was_muted
from alerts.levels import Level
from alerts.life.queries import events as events_of
from alerts.life.store import SYSTEM, add_event
from alerts.life.tables import Alert, AlertEvent, AlertState, EventKind, Notification, NotificationState
from alerts.locking import lock_brand
from core.clock import shown
from core.database import Database
from core.settings import Settings

ANSWERS = (EventKind.ACKNOWLEDGED, EventKind.CASE_OPENED, EventKind.DISMISSED, EventKind.RESOLVED)
NO_MILESTONES: Mapping[str, Milestones] = {}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What one pass did: steps escalated, clocks told as overdue, alerts told after a silence."""

    escalated: int = 0
    overdue: int = 0
    unmuted: int = 0


def follow_up(
    database: Database, *, now: datetime, settings: Settings, milestones: Mapping[str, Milestones] = NO_MILESTONES
) -> FollowUp:
    """One pass over all active alerts; `milestones` are those of their cases, by alert id. Run again, it changes nothing."""
    desk = open_desk(settings)
    with database.reading() as session:
        going = [state for state in AlertState if state.is_active]
        query = select(Alert.id, Alert.brand).where(Alert.state.in_(going), Alert.replayed.is_(False))
        alerts = session.execute(query.order_by(Alert.opened_at, Alert.id)).all()
    done = [0, 0, 0]
    for alert_id, brand in alerts:
        with database.writing() as session:
            lock_brand(session, brand)
            counts = _followed(session, session.get_one(Alert, alert_id), desk, milestones.get(alert_id, Milestones()), now)
        done = [before + more for before, more in zip(done, counts, strict=True)]
    return FollowUp(*done)


def unanswered(alert: Alert, events: Sequence[AlertEvent], *, seen: bool) -> AlertEvent | None:
    """The last telling, where it still waits for an answer; `seen` says that someone opened the alert after it."""
    if not AlertState(alert.state).is_active:
        return None
    place = max((at for at, event in enumerate(events) if EventKind(event.kind).is_told), default=None)
    if place is None:
        return None
    answered = any(event.kind in ANSWERS and event.actor != SYSTEM for event in events[place + 1 :])
    if answered or (alert.state != AlertState.OPEN and seen):
        return None
    return events[place]


def _followed(session: Session, alert: Alert, desk: Desk, milestones: Milestones, now: datetime) -> tuple[int, int, int]:
    if not AlertState(alert.state).is_active:
        return 0, 0, 0
    unmuted = tell_what_was_muted(session, alert, desk, now)
    if muting(session, alert, Level(alert.level), now):
        return 0, 0, int(unmuted)
    deadlines = deadlines_by_level(session)
    escalated = _escalated(session, alert, desk, deadlines[Level(alert.level)], now)
    return escalated, _overdue(session, alert, desk, deadlines, milestones, now), int(unmuted)


def _escalated(session: Session, alert: Alert, desk: Desk, deadlines: Deadlines, now: datetime) -> int:
    """Tell each step of the line that is due and was not told yet of this telling; how many there were."""
    events = events_of(session, alert.id)
    start = unanswered(alert, events, seen=_seen_since(session, events))
    told_at = _told_at(session, start) if start else None
    if start is None or told_at is None:
        return 0
    earlier = [event for event in events if event.kind == EventKind.ESCALATED and event.details["for"] == start.id]
    done = {event.details["step"] for event in earlier}
    work = working_hours(desk.settings)
    ladder = line_for(session, desk, Level(alert.level), now).steps[1:]
    due = [
        (name, people)
        for place, (name, people) in enumerate(ladder)
        if name not in done and deadlines.deadline(told_at, place, work) <= now
    ]
    met = _already_told(session, [start, *earlier])
    for name, people in due:
        _escalate(session, alert, desk, start, name, [one for one in people if one.username not in met], told_at, now)
        met |= {one.username for one in people}
    return len(due)


def _escalate(
    session: Session,
    alert: Alert,
    desk: Desk,
    start: AlertEvent,
    name: StepName,
    people: Sequence[Member],
    told_at: datetime,
    now: datetime,
) -> None:
    details = {"for": start.id, "step": str(name), "people": [one.username for one in people]}
    names = "、".join(one.name for one in people)
    event = add_event(session, alert, EventKind.ESCALATED, at=now, details={**details, "reason": f"{name.zh} {names}".strip()})
    if people:
        minutes = int((now - told_at).total_seconds() // 60)
        notes = [f"⚠ {shown(told_at)} 已通知，{minutes} 分钟无人确认，现上报{name.zh}：{names}"]
        post(session, alert, event, desk, people, told=f"无人确认，上报{name.zh}", at=now, shared=False, notes=notes)


def _overdue(
    session: Session,
    alert: Alert,
    desk: Desk,
    deadlines: Mapping[Level, Deadlines],
    milestones: Milestones,
    now: datetime,
) -> int:
    """Tell those on duty and the leads of each clock that has run out, once a wave."""
    events = events_of(session, alert.id)
    told = {(event.details["for"], event.details["clock"]) for event in events if event.kind == EventKind.OVERDUE}
    late = [
        clock
        for clock in clocks(events, deadlines, milestones, now=now)
        if clock.state is ClockState.OVERDUE and (clock.since, clock.name) not in told
    ]
    line = line_for(session, desk, Level(alert.level), now)
    people = [*line.people(StepName.ON_DUTY), *line.people(StepName.LEADS)]
    for clock in late:
        reason = f"{clock.name.zh}应于 {shown(clock.deadline)} 前完成"
        details = {"for": clock.since, "clock": str(clock.name), "reason": reason}
        event = add_event(session, alert, EventKind.OVERDUE, at=now, details=details)
        told_as = f"{clock.name.zh}超时"
        post(session, alert, event, desk, people, told=told_as, at=now, shared=True, notes=[f"⚠ {reason}，尚未完成"])
    return len(late)


def _told_at(session: Session, event: AlertEvent) -> datetime | None:
    """When people were first told of `event`; None while it is muted. With no channel at all the console told at once."""
    rows = session.execute(
        select(Notification.state, Notification.created_at).where(
            Notification.event_id == event.id, Notification.channel != CONSOLE
        )
    ).all()
    if not rows:
        return event.at
    return min((created_at for state, created_at in rows if state != NotificationState.MUTED), default=None)


def _seen_since(session: Session, events: Sequence[AlertEvent]) -> bool:
    """Whether someone opened the alert after the last telling of it."""
    last = next((event.id for event in reversed(events) if EventKind(event.kind).is_told), None)
    query = select(Notification.id).where(Notification.event_id == last, Notification.seen_at.is_not(None))
    return session.scalars(query.limit(1)).first() is not None


def _already_told(session: Session, events: Sequence[AlertEvent]) -> set[str]:
    query = select(Notification.person).where(Notification.event_id.in_([event.id for event in events]))
    return {person for person in session.scalars(query) if person}
