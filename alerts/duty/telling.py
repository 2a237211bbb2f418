"""Telling people: one event of an alert becomes one message a channel, written in the event's own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.duty.desk import Desk, addressed
from alerts.duty.roster import Fault, Line, Member, StepName, reporting_line
from alerts.duty.rota import load_roster
from alerts.duty.silences import muting
from alerts.levels import Level
from alerts.life.tables import Alert, AlertEvent, EventKind, Notification, NotificationState
from alerts.life.waves import wave_zh
from alerts.life.wording import message
from core.ids import new_id
from core.people import SYSTEM

CONSOLE = "console"
"""The channel that needs no sending: what it is told stands in the console."""
TITLE_LENGTH = 200
LONGEST_REASON = 60
"""Characters of a person's reason in a message's title."""


def tell(
    session: Session,
    alert: Alert,
    event: AlertEvent,
    desk: Desk,
    *,
    at: datetime,
    notes: Sequence[str] = (),
    again: str = "",
) -> None:
    """Tell of the event whoever is on duty for its level at `at`, on their own contacts and the shared channels.

    A channel is told of an event once; `again` names the one occasion on which it is told of it a second time.
    Where a silence or a graver alert mutes it, the messages are kept as muted; the console has its own in any case.
    """
    line = line_for(session, desk, Level(event.level), at)
    people = line.steps[0][1] if line.steps else ()
    told = told_zh(event)
    muted = muting(session, alert, Level(event.level), at)
    said = [*notes, *_named(line)]
    post(session, alert, event, desk, people, told=told, at=at, shared=True, notes=said, muted=muted, again=again)
    alert.notified_level = alert.level


def told_zh(event: AlertEvent) -> str:
    """What happened, as a message's title says it: a further wave by its number, a level set by hand with who and why."""
    if event.kind == EventKind.REOPENED and event.details.get("wave", 1) > 1:
        return wave_zh(event.details["wave"])
    if event.kind == EventKind.RAISED and event.actor != SYSTEM:
        return f"人工升级（{event.actor}：{event.details['reason'][:LONGEST_REASON]}）"
    return EventKind(event.kind).zh


def line_for(session: Session, desk: Desk, level: Level, at: datetime) -> Line:
    """The reporting line for `level` at `at`."""
    return reporting_line(load_roster(session, desk.settings), level, at, shared=bool(desk.shared))


def post(
    session: Session,
    alert: Alert,
    event: AlertEvent,
    desk: Desk,
    people: Iterable[Member],
    *,
    told: str,
    at: datetime,
    shared: bool,
    notes: Sequence[str] = (),
    muted: str | None = None,
    again: str = "",
) -> None:
    """Put one message for each channel that reaches `people` into the outbox, and the console's own."""
    for channel, person in [(CONSOLE, None), *addressed(desk, people, shared=shared)]:
        identity = new_id()
        title, body = message(
            brand=alert.brand,
            level=Level(event.level),
            told=told,
            number=f"{alert.number}-{event.sequence}",
            started_at=alert.started_at,
            explanation=alert.explanation,
            coverage=alert.coverage,
            link=desk.links.link(identity, at=at),
            notes=notes,
        )
        session.add(
            Notification(
                id=identity,
                alert_id=alert.id,
                event_id=event.id,
                channel=channel,
                person=person,
                key=f"{event.id}:{again}:{channel}" if again else f"{event.id}:{channel}",
                created_at=at,
                title=title[:TITLE_LENGTH],
                body=body,
                **_standing(channel, at, muted),
            )
        )
    session.flush()


def _standing(channel: str, at: datetime, muted: str | None) -> dict[str, object]:
    if channel == CONSOLE:
        return {"state": NotificationState.SENT, "sent_at": at}
    if muted:
        return {"state": NotificationState.MUTED, "muted_by": muted}
    return {"state": NotificationState.PENDING, "next_attempt_at": at}


def _named(line: Line) -> list[str]:
    """Who was told, and what is wrong with the roster, as the message says it."""
    if Fault.NOBODY in line.faults:
        people = "、".join(member.name for member in line.people(StepName.ON_DUTY))
        return [f"⚠ 值班表此刻无人，请负责人或管理员处理{f'：{people}' if people else ''}"]
    names = "、".join(member.name for member in line.people(StepName.ON_DUTY))
    unreachable = "（无联系方式，请代为转告）" if line.faults else ""
    return [f"值班：{names}{unreachable}"]
