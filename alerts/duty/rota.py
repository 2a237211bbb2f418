"""The roster as people keep it: shifts, swaps and contacts, each change checked and written to the audit log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alerts.duty.roster import Member, Roster, Shift, Swap
from alerts.duty.tables import DutyContact, DutyShift, DutySwap
from alerts.hours import parsed
from alerts.levels import Level
from core import audit
from core.errors import InputError
from core.ids import new_id
from core.people import Role, list_people, require
from core.settings import Settings

MOST_WEEKS = 12
"""A rotation of more weeks than this is no rotation."""


def load_roster(session: Session, settings: Settings) -> Roster:
    """The roster as it stands: active people, and of their contacts those that the settings know."""
    contacts: dict[str, list[str]] = {}
    for contact in session.scalars(select(DutyContact).order_by(DutyContact.id)):
        if contact.reference in settings.alerts.contacts:
            contacts.setdefault(contact.person, []).append(contact.reference)
    people = list_people(session, active_only=True)
    members = {
        one.username: Member(one.username, one.display_name, Role(one.role), tuple(contacts.get(one.username, ())))
        for one in people
    }
    return Roster(members, [_shift(row) for row in shifts(session)], [_swap(row) for row in swaps(session)])


def shifts(session: Session) -> list[DutyShift]:
    """Every shift, in the order in which they were made."""
    return list(session.scalars(select(DutyShift).order_by(DutyShift.created_at, DutyShift.id)))


def swaps(session: Session, *, after: datetime | None = None) -> list[DutySwap]:
    """Every swap that ends `after`, in the order in which they were made."""
    query = select(DutySwap).order_by(DutySwap.created_at, DutySwap.id)
    return list(session.scalars(query if after is None else query.where(DutySwap.ends_at > after)))


def contacts(session: Session) -> list[DutyContact]:
    """Every contact, by person."""
    return list(session.scalars(select(DutyContact).order_by(DutyContact.person, DutyContact.reference)))


def add_shift(
    session: Session,
    *,
    person: str,
    deputy: str | None,
    levels: Collection[Level],
    days: Collection[int],
    start: str,
    end: str,
    first_day: date,
    last_day: date | None = None,
    every_weeks: int = 1,
    actor: str,
    now: datetime,
) -> DutyShift:
    """Put a person and a deputy on duty; a lead's decision. Raises InputError naming what is wrong."""
    require(session, actor, Role.LEAD)
    _require_people(session, person, deputy)
    _require_levels(levels)
    hours = parsed(days, start, end)
    if not 1 <= every_weeks <= MOST_WEEKS or (last_day and last_day < first_day):
        raise InputError(
            zh=f"轮换周数应为 1 至 {MOST_WEEKS}，且结束日不早于开始日",
            en=f"a rotation is of 1 to {MOST_WEEKS} weeks, and its last day is not before its first",
        )
    row = DutyShift(
        id=new_id(),
        person=person,
        deputy=deputy,
        levels=[str(level) for level in levels],
        days=sorted(hours.days),
        start=hours.start.isoformat("minutes"),
        end=hours.end.isoformat("minutes"),
        first_day=first_day,
        last_day=last_day,
        every_weeks=every_weeks,
        created_by=actor,
        created_at=now,
    )
    session.add(row)
    session.flush()
    said = {"person": person, "deputy": deputy, "levels": row.levels, "days": row.days, "start": row.start, "end": row.end}
    audit.record(session, at=now, actor=actor, action="duty.shift", subject=f"duty-shift:{row.id}", **said)
    return row


def remove_shift(session: Session, shift_id: str, *, actor: str, now: datetime) -> None:
    """Take a shift out of the roster; a lead's decision. Raises InputError where there is none."""
    require(session, actor, Role.LEAD)
    _remove(session, session.get(DutyShift, shift_id), shift_id, "duty.shift_removed", actor, now)


def add_swap(
    session: Session,
    *,
    person: str,
    replaces: str | None,
    levels: Collection[Level],
    starts_at: datetime,
    ends_at: datetime,
    actor: str,
    now: datetime,
) -> DutySwap:
    """Let a person stand in for another for once; anyone of the press office may. Raises InputError naming what is wrong."""
    require(session, actor, Role.DUTY, Role.LEAD)
    _require_people(session, person, replaces)
    _require_levels(levels)
    if ends_at <= max(starts_at, now):
        raise InputError(zh="替班的结束时间必须晚于开始时间和现在", en="a swap must end after its start and after the present")
    row = DutySwap(
        id=new_id(),
        person=person,
        replaces=replaces,
        levels=[str(level) for level in levels],
        starts_at=starts_at,
        ends_at=ends_at,
        created_by=actor,
        created_at=now,
    )
    session.add(row)
    session.flush()
    said = {"person": person, "replaces": replaces, "from": starts_at.isoformat(), "to": ends_at.isoformat()}
    audit.record(session, at=now, actor=actor, action="duty.swap", subject=f"duty-swap:{row.id}", **said)
    return row


def remove_swap(session: Session, swap_id: str, *, actor: str, now: datetime) -> None:
    """Take a swap back. Raises InputError where there is none."""
    require(session, actor, Role.DUTY, Role.LEAD)
    _remove(session, session.get(DutySwap, swap_id), swap_id, "duty.swap_removed", actor, now)


def add_contact(session: Session, *, person: str, reference: str, settings: Settings, actor: str, now: datetime) -> DutyContact:
    """Reach a person by the address that `alerts.contacts` has under `reference`; a lead's decision.

    Raises InputError for a name that the settings do not have. Adding it again changes nothing.
    """
    require(session, actor, Role.LEAD)
    _require_people(session, person)
    if reference not in settings.alerts.contacts:
        raise InputError(
            zh=f"设置 alerts.contacts 中没有 {reference}：请运维先把地址配置在环境变量 YUSHAO_ALERTS_CONTACTS",
            en=f"alerts.contacts has no {reference}: let an operator set its address in YUSHAO_ALERTS_CONTACTS first",
        )
    known = select(DutyContact).where(DutyContact.person == person, DutyContact.reference == reference)
    if found := session.scalars(known).first():
        return found
    row = DutyContact(id=new_id(), person=person, reference=reference)
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=actor, action="duty.contact", subject=f"person:{person}", reference=reference)
    return row


def remove_contact(session: Session, contact_id: str, *, actor: str, now: datetime) -> None:
    """No longer reach a person that way; a lead's decision. Raises InputError where there is no such contact."""
    require(session, actor, Role.LEAD)
    _remove(session, session.get(DutyContact, contact_id), contact_id, "duty.contact_removed", actor, now)


def chosen_levels(names: Collection[str]) -> list[Level]:
    """Levels by their codes; raises InputError for one that is none."""
    if unknown := sorted(set(names) - set(Level)):
        raise InputError(
            zh=f"没有级别 {unknown[0]}：可用 minor、moderate、major",
            en=f"there is no level {unknown[0]}: minor, moderate, major",
        )
    return [level for level in Level if level in set(names)]


def _remove(
    session: Session,
    row: DutyShift | DutySwap | DutyContact | None,
    row_id: str,
    action: str,
    actor: str,
    now: datetime,
) -> None:
    if row is None:
        raise InputError(
            zh=f"值班表里没有 {row_id}：可能已被移除", en=f"the roster has no {row_id}: it may have been removed already"
        )
    subject = f"person:{row.person}"
    session.delete(row)
    audit.record(session, at=now, actor=actor, action=action, subject=subject, id=row_id)


def _require_people(session: Session, *usernames: str | None) -> None:
    named = [username for username in usernames if username]
    for username in named:
        require(session, username)
    if len(set(named)) < len(named):
        raise InputError(zh="本人和副手（或被替的人）不能是同一个人", en="the two people named must not be the same")


def _require_levels(levels: Collection[Level]) -> None:
    if not levels:
        raise InputError(zh="请至少选择一个级别", en="choose at least one level")


def _shift(row: DutyShift) -> Shift:
    levels = frozenset(map(Level, row.levels))
    hours = parsed(row.days, row.start, row.end)
    return Shift(row.person, row.deputy, levels, hours, row.first_day, row.last_day, row.every_weeks)


def _swap(row: DutySwap) -> Swap:
    return Swap(row.person, row.replaces, frozenset(map(Level, row.levels)), row.starts_at, row.ends_at)
