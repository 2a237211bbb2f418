"""Cases: opened from an alert, taken by a person, worked on one change at a time, closed with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import audit, people
from core.clock import shown
from core.ids import new_id
from core.settings import CompanySettings
from statements import facts
from statements.guards import get_case, hold, required_reason
from statements.tables import Case, CaseState

__all__ = [
    "CaseOrigin",
    "EvidenceItem",
    "case_of_alert",
    "close_case",
    "follow_level",
    "get_case",
    "list_cases",
    "open_case",
    "origin_of",
    "take_case",
]


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One public post on which the case rests."""

    post_id: str
    text: str
    url: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class CaseOrigin:
    """What the alert said at the opening: `level` minor, moderate or major, `summary` why it was raised, `claims` what the
    public says, and the posts behind it."""

    alert_id: str
    brand: str
    level: str
    started_at: datetime
    summary: str
    evidence: tuple[EvidenceItem, ...] = ()
    claims: str = ""
    fingerprint: str = ""

    def to_record(self) -> dict[str, Any]:
        """The origin as JSON keeps it."""
        evidence = [{**asdict(item), "published_at": item.published_at.isoformat()} for item in self.evidence]
        return {**asdict(self), "started_at": self.started_at.isoformat(), "evidence": evidence}

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> CaseOrigin:
        """The origin of which `record` is the `to_record`."""
        evidence = (
            EvidenceItem(**{**item, "published_at": datetime.fromisoformat(item["published_at"])})
            for item in record["evidence"]
        )
        started_at = datetime.fromisoformat(record["started_at"])
        return cls(**{**record, "started_at": started_at, "evidence": tuple(evidence)})


def open_case(session: Session, origin: CaseOrigin, *, actor: str, now: datetime, company: CompanySettings) -> Case:
    """The case of the alert in `origin`: opened now, or the one that was opened before, brought to the alert's level.

    The system (`people.SYSTEM`) only proposes; a person's case is open and theirs at once. Asked by a person, a proposed
    case is taken. Raises ForbiddenError for a person without a role in the press office.
    """
    if actor != people.SYSTEM:
        people.require(session, actor, *people.PRESS_OFFICE)
    case = case_of_alert(session, origin.alert_id) or _inserted(session, origin, actor=actor, now=now, company=company)
    follow_level(session, case.id, origin.level, actor=actor, now=now)
    if case.state == CaseState.PROPOSED and actor != people.SYSTEM:
        take_case(session, case.id, actor=actor, now=now)
    return case


def take_case(session: Session, case_id: str, *, actor: str, now: datetime) -> Case:
    """Make a proposed case one's own, which opens it for work. Raises StateError for a case that is not proposed."""
    people.require(session, actor, *people.PRESS_OFFICE)
    case = hold(session, case_id, CaseState.PROPOSED)
    case.state, case.taken_by, case.taken_at = CaseState.OPEN, actor, now
    audit.record(session, at=now, actor=actor, action="case.take", subject=f"case:{case.id}")
    return case


def close_case(session: Session, case_id: str, *, reason: str, actor: str, now: datetime) -> Case:
    """Close a case for good, with the reason; a proposed one is turned down that way."""
    people.require(session, actor, *people.PRESS_OFFICE)
    reason = required_reason(reason, zh="结案", en="closing a case")
    case = hold(session, case_id, CaseState.OPEN, CaseState.PROPOSED)
    case.state, case.closed_by, case.closed_at, case.closed_reason = CaseState.CLOSED, actor, now, reason
    audit.record(session, at=now, actor=actor, action="case.close", subject=f"case:{case.id}", reason=reason)
    return case


def follow_level(session: Session, case_id: str, level: str, *, actor: str, now: datetime) -> None:
    """Bring a case to the level of its alert; a closed case keeps the one it was closed with."""
    case = hold(session, case_id, *CaseState)
    if case.level != level and case.state != CaseState.CLOSED:
        audit.record(
            session, at=now, actor=actor, action="case.level", subject=f"case:{case.id}", before=case.level, after=level
        )
        case.level = level


def list_cases(session: Session, *, states: Sequence[CaseState] = (), brand: str | None = None, limit: int = 100) -> list[Case]:
    """Cases, the newest first; no `states` means all."""
    query = select(Case).order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
    if states:
        query = query.where(Case.state.in_(states))
    return list(session.scalars(query.where(Case.brand == brand) if brand else query))


def case_of_alert(session: Session, alert_id: str) -> Case | None:
    """The case that was opened for that alert, if any."""
    return session.scalars(select(Case).where(Case.alert_id == alert_id)).first()


def origin_of(case: Case) -> CaseOrigin:
    """What was known of the alert when the case was opened."""
    return CaseOrigin.from_record(case.origin)


def _new(origin: CaseOrigin, actor: str, now: datetime) -> Case:
    by_person = actor != people.SYSTEM
    return Case(
        id=new_id(),
        alert_id=origin.alert_id,
        title=f"{origin.brand}：{shown(origin.started_at)} 起的舆情",
        brand=origin.brand,
        level=origin.level,
        state=CaseState.OPEN if by_person else CaseState.PROPOSED,
        started_at=origin.started_at,
        origin=origin.to_record(),
        opened_by=actor,
        opened_at=now,
        taken_by=actor if by_person else None,
        taken_at=now if by_person else None,
        closed_reason="",
    )


def _inserted(session: Session, origin: CaseOrigin, *, actor: str, now: datetime, company: CompanySettings) -> Case:
    """A new case with its first facts; where another transaction was faster, that one's case."""
    case = _new(origin, actor, now)
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:
        return session.scalars(select(Case).where(Case.alert_id == origin.alert_id)).one()
    action = "case.propose" if case.state == CaseState.PROPOSED else "case.open"
    audit.record(session, at=now, actor=actor, action=action, subject=f"case:{case.id}", alert=case.alert_id, level=case.level)
    facts.from_settings(session, case, company, now=now)
    posts = [f"{item.post_id} {item.url}".rstrip() for item in origin.evidence]
    facts.from_alert(session, case, origin.claims or origin.summary, posts, now=now)
    return case
