"""Where alerts meet cases: a case opened from an alert, and every waiting alert given its case and its drafts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from alerts.actions import close_case as close_alerts_case
from alerts.actions import link_case
from alerts.actions import review as review_alert
from alerts.levels import Level
from alerts.life.queries import get_alert, list_alerts, living_alert
from alerts.life.tables import Alert, AlertState
from casework.origin import origin_of_alert
from core.database import Database
from core.errors import StateError
from core.people import SYSTEM
from core.settings import Settings
from posts.index import PostIndex
from statements import facts
from statements.cases import CaseOrigin, case_of_alert, close_case, follow_level, get_case, list_cases, open_case, take_case
from statements.drafting import draft_case
from statements.tables import Case, CaseState
from statements.templates import TemplateLibrary

UNSETTLED = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
AT_ONCE = 1000
"""Alerts and cases looked at in one pass; more than this at the same time no press office has."""


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What one pass of drafting did: cases proposed now (ids), cases looked at, and draft versions made."""

    proposed: tuple[str, ...] = ()
    cases: int = 0
    drafts: int = 0


def open_from_alert(
    database: Database, index: PostIndex, alert_id: str, *, actor: str, now: datetime, settings: Settings
) -> str:
    """The id of the alert's case: opened from what the alert says now, drafted and linked to the alert (to the one that
    it was merged into, if any); or the one it has.

    A person who asks for a proposed case takes it. Raises InputError for an unknown alert, ForbiddenError for a wrong role.
    """
    with database.reading() as session:
        alert = living_alert(session, alert_id)
        origin = origin_of_alert(index, alert)
        if alert.case_id:  # it may have come with an alert that was merged into this one
            origin = replace(origin, alert_id=get_case(session, alert.case_id).alert_id)
    case = _opened(database, origin, actor=actor, now=now, settings=settings)
    if case.state != CaseState.CLOSED:
        _drafted(database, case, now, settings)
    return case.id


def take(session: Session, case_id: str, *, actor: str, now: datetime) -> Case:
    """Make a proposed case one's own, which puts its alert, if that is not closed, into the same person's hands."""
    case = take_case(session, case_id, actor=actor, now=now)
    link_case(session, living_alert(session, case.alert_id).id, case_id=case.id, actor=actor, now=now)
    return case


def close(session: Session, case_id: str, *, reason: str, actor: str, now: datetime) -> Case:
    """Close a case for good, which resolves the alert that is in it; a proposed case is turned down, its alert goes on."""
    case = close_case(session, case_id, reason=reason, actor=actor, now=now)
    close_alerts_case(session, living_alert(session, case.alert_id).id, reason=reason, actor=actor, now=now)
    return case


def review(session: Session, alert_id: str, *, note: str, actor: str, now: datetime) -> Alert:
    """A lead has reviewed what happened (复盘完成). Raises StateError while the alert's case is still worked on."""
    alert = get_alert(session, alert_id)
    case = get_case(session, alert.case_id) if alert.case_id else None
    if case is not None and case.state == CaseState.OPEN:
        raise StateError(
            zh=f"预警 {alert.number} 的个案 {case.id} 还没有结案，结案后再复盘",
            en=f"case {case.id} of alert {alert.number} is still open: close it before the review",
        )
    return review_alert(session, alert.id, note=note, actor=actor, now=now)


def draft_waiting(database: Database, index: PostIndex, *, now: datetime, settings: Settings) -> DraftReport:
    """Propose a case for every unsettled alert at moderate or above that has none, and draft every case that is not closed.

    Each case is one transaction; run again, it changes nothing that the facts did not change.
    """
    with database.reading() as session:
        waiting = [alert for alert in _serious(session) if case_of_alert(session, alert.id) is None]
    origins = [origin_of_alert(index, alert) for alert in waiting]
    opened = [_opened(database, origin, actor=SYSTEM, now=now, settings=settings) for origin in origins]
    with database.reading() as session:
        going = list_cases(session, states=(CaseState.PROPOSED, CaseState.OPEN), limit=AT_ONCE)
    made = sum(_drafted(database, case, now, settings) for case in going)
    return DraftReport(tuple(case.id for case in opened), len(going), made)


def _serious(session: Session) -> list[Alert]:
    """Unsettled alerts at moderate or above; a replayed one is history, for which only a person opens a case."""
    alerts = list_alerts(session, states=UNSETTLED, limit=AT_ONCE)
    return [alert for alert in alerts if not alert.replayed and Level(alert.level).rank >= Level.MODERATE.rank]


def _opened(database: Database, origin: CaseOrigin, *, actor: str, now: datetime, settings: Settings) -> Case:
    with database.writing() as session:
        case = open_case(session, origin, actor=actor, now=now, company=settings.company)
        alert = living_alert(session, origin.alert_id)
        link_case(session, alert.id, case_id=case.id, actor=actor if case.state == CaseState.OPEN else SYSTEM, now=now)
        return case


def _drafted(database: Database, case: Case, now: datetime, settings: Settings) -> int:
    """Bring a case to its alert's level and the company's settings, then its drafts to its facts; how many are new."""
    with database.writing() as session:
        follow_level(session, case.id, living_alert(session, case.alert_id).level, actor=SYSTEM, now=now)
        facts.from_settings(session, case, settings.company, now=now)
        return len(draft_case(session, case, templates=TemplateLibrary(settings.home), actor=SYSTEM, now=now))
