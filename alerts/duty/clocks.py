"""The clocks of a crisis: first answer within 1 h, full statement within 4 h, review within 24 h of the first grave telling.

They are computed from what happened to the alert and its case, and stored nowhere: the same events give the same clocks.
Which deadlines hold is `alerts/duty/deadlines.py`; 速报事实，慎报原因 is why the first answer has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.duty.deadlines import Deadlines
from alerts.levels import Level
from alerts.life.tables import AlertEvent, EventKind

OPENING = (EventKind.OPENED, EventKind.REOPENED)


class ClockName(StrEnum):
    FIRST_ANSWER = "first_answer"
    FULL_STATEMENT = "full_statement"
    REVIEW = "review"

    @property
    def zh(self) -> str:
        return {"first_answer": "首次回应", "full_statement": "完整说明", "review": "复盘"}[self.value]


class ClockState(StrEnum):
    RUNNING = "running"
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"  # met, but after its deadline
    STOPPED = "stopped"  # the alert was closed before

    @property
    def zh(self) -> str:
        names = {"running": "计时中", "overdue": "已超时", "met": "按时完成", "late": "超时后完成", "stopped": "已停止"}
        return names[self.value]


ENDS = {
    ClockName.FIRST_ANSWER: (EventKind.DISMISSED, EventKind.RESOLVED),
    ClockName.FULL_STATEMENT: (EventKind.DISMISSED, EventKind.RESOLVED),
    ClockName.REVIEW: (EventKind.DISMISSED,),  # what is over must still be reviewed
}
"""What stops a clock that was not met."""


@dataclass(frozen=True, slots=True)
class Milestones:
    """When a case reached what the clocks wait for; None where it has not."""

    first_answer: datetime | None = None
    full_statement: datetime | None = None
    review: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    name: ClockName
    started_at: datetime
    deadline: datetime
    state: ClockState
    met_at: datetime | None
    since: str
    """The id of the event that started it."""


def clocks(
    events: Sequence[AlertEvent], deadlines: Mapping[Level, Deadlines], milestones: Milestones, *, now: datetime
) -> tuple[Clock, ...]:
    """The clocks of an alert's present wave, by its `events` oldest first; none before a level that has any.

    They start at the first telling at such a level, and keep the deadlines of the highest level reached since.
    """
    wave = _wave(events)
    start = next((event for event in wave if EventKind(event.kind).is_told and _has(event, deadlines)), None)
    if start is None:
        return ()
    highest = max((Level(event.level) for event in wave), key=lambda level: level.rank)
    reached = replace(milestones, review=_earliest(milestones.review, _at(wave, EventKind.REVIEWED)))
    closed = {name: _at(wave, *kinds) for name, kinds in ENDS.items()}
    return tuple(_running(start, deadlines[highest], reached, closed, now))


def _running(
    start: AlertEvent,
    deadlines: Deadlines,
    milestones: Milestones,
    closed: Mapping[ClockName, datetime | None],
    now: datetime,
) -> Iterator[Clock]:
    for name in ClockName:
        minutes: int | None = getattr(deadlines, name)
        if minutes is None:
            continue
        met_at: datetime | None = getattr(milestones, name)
        if met_at is not None and met_at < start.at:
            met_at = None
        deadline = start.at + timedelta(minutes=minutes)
        yield Clock(name, start.at, deadline, _state(deadline, met_at, closed[name], now), met_at, start.id)


def _state(deadline: datetime, met_at: datetime | None, closed_at: datetime | None, now: datetime) -> ClockState:
    if met_at is not None:
        return ClockState.MET if met_at <= deadline else ClockState.LATE
    if closed_at is not None:
        return ClockState.STOPPED
    return ClockState.OVERDUE if now >= deadline else ClockState.RUNNING


def _wave(events: Sequence[AlertEvent]) -> Sequence[AlertEvent]:
    begins = max((place for place, event in enumerate(events) if event.kind in OPENING), default=0)
    return events[begins:]


def _at(wave: Sequence[AlertEvent], *kinds: EventKind) -> datetime | None:
    return next((event.at for event in reversed(wave) if event.kind in kinds), None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min(filter(None, moments), default=None)


def _has(event: AlertEvent, deadlines: Mapping[Level, Deadlines]) -> bool:
    found = deadlines[Level(event.level)]
    return any(getattr(found, name) is not None for name in ClockName)
