"""Deadlines of the reporting path by level: until someone must have taken an alert, and until the public must be answered.

The clocks of 1 h, 4 h and 24 h are practice of the field: 首次回应 within the first hour, a full statement within the
"golden four hours" (黄金 4 小时), progress and review within a day.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty.tables import DutyDeadline
from alerts.hours import Weekly, working_after
from alerts.levels import Level
from core import audit
from core.errors import InputError
from core.people import Role, require
from core.settings import Settings

LONGEST = 30 * 24 * 60
"""Minutes; a deadline further away is none."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Minutes. With `working_hours` the deadlines of acknowledgement count working time only; a clock of None does not run."""

    acknowledge: int
    step: int
    working_hours: bool
    first_answer: int | None
    full_statement: int | None
    review: int | None

    def deadline(self, told_at: datetime, step: int, work: Weekly) -> datetime:
        """When the `step`-th escalation (0 is the first) of what was told at `told_at` falls due."""
        wait = timedelta(minutes=self.acknowledge + step * self.step)
        return working_after(told_at, wait, work) if self.working_hours else told_at + wait


DEFAULTS = {
    Level.MAJOR: Deadlines(15, 15, False, 60, 240, 1440),
    Level.MODERATE: Deadlines(60, 30, False, 60, 240, 1440),
    Level.MINOR: Deadlines(60, 120, True, None, None, None),
}


def deadlines_by_level(session: Session) -> dict[Level, Deadlines]:
    """The deadlines of every level, as shipped or as changed."""
    changed = {row.level: _read(row) for row in session.scalars(select(DutyDeadline))}
    return {level: changed.get(level, shipped) for level, shipped in DEFAULTS.items()}


def save_deadlines(session: Session, level: Level, deadlines: Deadlines, *, actor: str, now: datetime) -> None:
    """Change a level's deadlines; a lead's decision. Raises InputError for a deadline of no minutes or of over 30 days."""
    require(session, actor, Role.LEAD)
    before = deadlines_by_level(session)[level]
    for minutes in (deadlines.acknowledge, deadlines.step, deadlines.first_answer, deadlines.full_statement, deadlines.review):
        if minutes is not None and not 1 <= minutes <= LONGEST:
            raise InputError(
                zh=f"时限应为 1 至 {LONGEST} 分钟，得到 {minutes}", en=f"a deadline is 1 to {LONGEST} minutes, got {minutes}"
            )
    session.merge(
        DutyDeadline(
            level=level,
            acknowledge_minutes=deadlines.acknowledge,
            step_minutes=deadlines.step,
            working_hours=deadlines.working_hours,
            first_answer_minutes=deadlines.first_answer,
            full_statement_minutes=deadlines.full_statement,
            review_minutes=deadlines.review,
        )
    )
    subject = f"duty-deadlines:{level}"
    audit.record(
        session, at=now, actor=actor, action="duty.deadlines", subject=subject, before=asdict(before), after=asdict(deadlines)
    )


def working_hours(settings: Settings) -> Weekly:
    """The hours in which 轻微 alerts are dealt with."""
    alerts = settings.alerts
    return Weekly(frozenset(alerts.work_days), alerts.work_start, alerts.work_end)


def _read(row: DutyDeadline) -> Deadlines:
    return Deadlines(
        row.acknowledge_minutes,
        row.step_minutes,
        row.working_hours,
        row.first_answer_minutes,
        row.full_statement_minutes,
        row.review_minutes,
    )
