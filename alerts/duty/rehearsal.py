"""A dry run of the reporting path: if an alert of a level opened at a moment, who would be told, in which order and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.duty.deadlines import deadlines_by_level, working_hours
from alerts.duty.desk import open_desk
from alerts.duty.quiet import quiet_until
from alerts.duty.roster import Fault, Member, StepName
from alerts.duty.telling import line_for
from alerts.levels import Level
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class RehearsedStep:
    """`held` are those of `people` who would be told later, at the end of their quiet hours."""

    at: datetime
    name: StepName
    people: tuple[Member, ...]
    held: dict[str, datetime]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    level: Level
    steps: tuple[RehearsedStep, ...]
    shared: tuple[str, ...]
    faults: tuple[Fault, ...]


def rehearse(session: Session, level: Level, at: datetime, *, settings: Settings) -> Rehearsal:
    """The path of an alert of `level` that opens at `at` and that nobody takes. Nothing is sent."""
    desk, deadlines, work = open_desk(settings), deadlines_by_level(session)[level], working_hours(settings)
    line = line_for(session, desk, level, at)
    steps = []
    for position, (name, people) in enumerate(line.steps):
        moment = at if position == 0 else deadlines.deadline(at, position - 1, work)
        held = {one.username: quiet_until(session, one.username, level, moment) for one in people}
        steps.append(RehearsedStep(moment, name, people, {name: until for name, until in held.items() if until}))
    return Rehearsal(level, tuple(steps), desk.shared, line.faults)
