"""What the clocks of an alert wait for, read from its case: the first public answer, the full statement, the review."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty import escalation
from alerts.duty.clocks import Clock, Milestones, clocks
from alerts.duty.deadlines import deadlines_by_level
from alerts.duty.escalation import FollowUp
from alerts.life.queries import events, list_alerts
from alerts.life.tables import AlertState
from core.database import Database
from core.settings import Settings
from statements.tables import Case, Draft, DraftKind

PUBLIC = tuple(kind for kind in DraftKind if kind.is_public)

ACTIVE = tuple(state for state in AlertState if state.is_active)
AT_ONCE = 1000
"""Alerts looked at in one pass; more than this at the same time no press office has."""


def follow_up(database: Database, *, now: datetime, settings: Settings) -> FollowUp:
    """Follow up every active alert, its clocks reckoned with what its case has reached."""
    with database.reading() as session:
        active = [alert.id for alert in list_alerts(session, states=ACTIVE, limit=AT_ONCE)]
        reached = milestones(session, active)
    return escalation.follow_up(database, now=now, settings=settings, milestones=reached)


def clocks_of(session: Session, alert_id: str, *, now: datetime) -> tuple[Clock, ...]:
    """How the alert's clocks stand at `now`."""
    reached = milestones(session, [alert_id]).get(alert_id, Milestones())
    return clocks(events(session, alert_id), deadlines_by_level(session), reached, now=now)


def milestones(session: Session, alert_ids: Collection[str]) -> dict[str, Milestones]:
    """Of the cases of these alerts, by alert id.

    The first answer is the first public text that was published; the full statement is there once every public kind
    (情况说明 and 问答更新) was published; the review is done when the case is closed, with its reason.
    """
    cases = session.scalars(select(Case).where(Case.alert_id.in_(list(alert_ids))))
    return {case.alert_id: _of(session, case) for case in cases}


def _of(session: Session, case: Case) -> Milestones:
    published = select(Draft.kind, Draft.published_at).where(Draft.case_id == case.id, Draft.published_at.is_not(None))
    first: dict[str, datetime] = {}
    for kind, at in session.execute(published):
        if kind in PUBLIC and at is not None:
            first[kind] = min(at, first.get(kind, at))
    return Milestones(
        first_answer=_earliest(first.values()),
        full_statement=max(first.values()) if len(first) == len(PUBLIC) else None,
        review=case.closed_at,
    )


def _earliest(moments: Iterable[datetime]) -> datetime | None:
    return min(moments, default=None)
