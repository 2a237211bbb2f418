"""The fact sheet of a case: each fact with its source, its evidence and who confirmed it; every earlier value is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import audit, people
from core.clock import SHANGHAI, to_utc
from core.errors import InputError, StateError
from core.ids import new_id
from core.people import Role
from core.settings import CompanySettings
from statements.fact_names import CATALOGUE, FactName, fact_name
from statements.guards import hold, required_reason, storable
from statements.tables import Case, Fact, FactStatus

LONGEST_VALUE = 5000
LONGEST_SOURCE = 200


def set_fact(
    session: Session, case_id: str, name: str, value: str, *, source: str, evidence: str = "", actor: str, now: datetime
) -> Fact:
    """Give a fact a value, unconfirmed; a value that was there, confirmed or not, stays in the history.

    `source` says who or what it comes from, `evidence` is a post id, an address or a document. The very value, source and
    evidence that the fact has already change nothing. Raises InputError for an unknown name, an empty value or no source.
    """
    people.require(session, actor, *people.PRESS_OFFICE)
    value, source, evidence = checked_value(fact_name(name), value), _checked_source(name, source), storable(evidence)
    case = hold(session, case_id)
    last = current_facts(session, case.id).get(name)
    if last and last.status != FactStatus.WITHDRAWN and (last.value, last.source, last.evidence) == (value, source, evidence):
        return last
    return _append(session, case, name, value, source=source, evidence=evidence, actor=actor, now=now)


def confirm_fact(session: Session, fact_id: str, *, actor: str, now: datetime) -> Fact:
    """Confirm one value that a lead has read; the id is that value's, so a value changed meanwhile raises StateError."""
    people.require(session, actor, Role.LEAD)
    fact = _held(session, fact_id)
    if fact.status == FactStatus.WITHDRAWN:
        raise StateError(
            zh=f"事实“{CATALOGUE[fact.name].zh}”已撤回，请先重新填写",
            en=f"the fact {fact.name} was withdrawn, set it again first",
        )
    if fact.status == FactStatus.UNCONFIRMED:
        fact.status, fact.confirmed_by, fact.confirmed_at = FactStatus.CONFIRMED, actor, now
        _recorded(session, fact, "fact.confirm", actor, now)
    return fact


def withdraw_fact(session: Session, fact_id: str, *, reason: str, actor: str, now: datetime) -> Fact:
    """Take a value back because it no longer holds: the fact is open again, and no approved text that rests on it gets out."""
    people.require(session, actor, *people.PRESS_OFFICE)
    reason = required_reason(reason, zh="撤回事实", en="withdrawing a fact")
    fact = _held(session, fact_id)
    if fact.status != FactStatus.WITHDRAWN:
        fact.status, fact.withdrawn_by, fact.withdrawn_at, fact.withdrawn_reason = FactStatus.WITHDRAWN, actor, now, reason
        _recorded(session, fact, "fact.withdraw", actor, now, reason=reason)
    return fact


def list_facts(session: Session, case_id: str) -> list[Fact]:
    """The newest value of each fact that was ever set, in the catalogue's order."""
    facts = current_facts(session, case_id)
    return [facts[name] for name in CATALOGUE if name in facts]


def current_facts(session: Session, case_id: str) -> dict[str, Fact]:
    """The newest value of each fact, by name."""
    newest = (
        select(Fact.name, func.max(Fact.version).label("version")).where(Fact.case_id == case_id).group_by(Fact.name).subquery()
    )
    query = (
        select(Fact)
        .join(newest, (Fact.name == newest.c.name) & (Fact.version == newest.c.version))
        .where(Fact.case_id == case_id)
    )
    return {fact.name: fact for fact in session.scalars(query)}


def confirmed_values(session: Session, case_id: str) -> dict[str, str]:
    """What may be published: the values of the facts that stand confirmed, by name."""
    facts = current_facts(session, case_id)
    return {name: fact.value for name, fact in facts.items() if fact.status == FactStatus.CONFIRMED}


def fact_history(session: Session, case_id: str, name: str) -> list[Fact]:
    """Every value that a fact ever had, the newest first."""
    query = select(Fact).where(Fact.case_id == case_id, Fact.name == fact_name(name).name)
    return list(session.scalars(query.order_by(Fact.version.desc())))


def checked_value(fact: FactName, value: str) -> str:
    """`value` as it is kept: trimmed text, or a moment in ISO form with its zone. Raises InputError naming the fact."""
    value = storable(value)
    if not value or len(value) > LONGEST_VALUE:
        raise InputError(
            zh=f"事实“{fact.zh}”的内容应为 1 到 {LONGEST_VALUE} 个字",
            en=f"the fact {fact.name} needs 1 to {LONGEST_VALUE} characters",
        )
    if fact.kind == "text":
        return value
    try:
        return to_utc(datetime.fromisoformat(value)).astimezone(SHANGHAI).isoformat(timespec="minutes")
    except ValueError as error:
        raise InputError(
            zh=f"事实“{fact.zh}”应为时间，如 2026-11-02 18:00（北京时间），得到 {value!r}",
            en=f"the fact {fact.name} must be a time such as 2026-11-02 18:00 (Beijing), got {value!r}",
        ) from error


def from_settings(session: Session, case: Case, company: CompanySettings, *, now: datetime) -> None:
    """Set what the settings know of the company, confirmed, unless the case has heard of it already."""
    known = current_facts(session, case.id)
    for name, value in (("company_name", company.name), ("contact", company.contact)):
        if value.strip() and name not in known:
            fact = _append(
                session, case, name, value.strip(), source=people.SETTINGS, evidence="", actor=people.SYSTEM, now=now
            )
            fact.status, fact.confirmed_by, fact.confirmed_at = FactStatus.CONFIRMED, people.SETTINGS, now
            _recorded(session, fact, "fact.confirm", people.SETTINGS, now)


def from_alert(session: Session, case: Case, claims: str, posts: Sequence[str], *, now: datetime) -> None:
    """Set, unconfirmed, what the alert says: the brand, since when, and what the public claims, with the posts as evidence."""
    said = {"brand": case.brand, "first_reported_at": case.started_at.isoformat(), "public_claims": claims}
    for name, value in said.items():
        if value.strip():
            checked = checked_value(CATALOGUE[name], value[:LONGEST_VALUE])
            _append(
                session,
                case,
                name,
                checked,
                source=f"alert:{case.alert_id}",
                evidence="\n".join(posts),
                actor=people.SYSTEM,
                now=now,
            )


def get_fact(session: Session, fact_id: str) -> Fact:
    """One value of a fact; raises InputError where there is none of that id."""
    fact = session.get(Fact, fact_id, populate_existing=True)
    if fact is None:
        raise InputError(zh=f"没有事实 {fact_id}", en=f"there is no fact {fact_id}")
    return fact


def _checked_source(name: str, source: str) -> str:
    source = storable(source)
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise InputError(
            zh=f"事实“{CATALOGUE[name].zh}”需要写明来源，最多 {LONGEST_SOURCE} 个字",
            en=f"the fact {name} needs a source of at most {LONGEST_SOURCE} characters",
        )
    return source


def _held(session: Session, fact_id: str) -> Fact:
    """The fact with its case locked; raises StateError where a newer value has taken its place."""
    case = hold(session, get_fact(session, fact_id).case_id)
    fact = get_fact(session, fact_id)
    if current_facts(session, case.id)[fact.name].id != fact.id:
        raise StateError(
            zh=f"事实“{CATALOGUE[fact.name].zh}”在您查看之后已有新值，请刷新后再操作",
            en=f"the fact {fact.name} has a newer value than the one you read; look again",
        )
    return fact


def _append(
    session: Session, case: Case, name: str, value: str, *, source: str, evidence: str, actor: str, now: datetime
) -> Fact:
    last = current_facts(session, case.id).get(name)
    fact = Fact(
        id=new_id(),
        case_id=case.id,
        name=name,
        version=last.version + 1 if last else 1,
        value=value,
        source=source,
        evidence=evidence,
        status=FactStatus.UNCONFIRMED,
        set_by=actor,
        set_at=now,
        withdrawn_reason="",
    )
    session.add(fact)
    session.flush()
    _recorded(session, fact, "fact.set", actor, now, value=value, source=fact.source)
    return fact


def _recorded(session: Session, fact: Fact, action: str, actor: str, now: datetime, **details: str) -> None:
    audit.record(
        session,
        at=now,
        actor=actor,
        action=action,
        subject=f"case:{fact.case_id}",
        name=fact.name,
        version=fact.version,
        **details,
    )
