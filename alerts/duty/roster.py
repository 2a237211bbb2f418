"""Who is on duty at a moment for a level, and who is told after them: pure functions of the roster.

The reporting line (上报路径) is: whoever is on duty → their deputies (副手) → the communications leads → the
administrators. Nobody stands in it twice. With nobody on duty the leads and administrators are told at once, and the
line says so as a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from alerts.hours import Weekly
from alerts.levels import Level
from core.clock import SHANGHAI
from core.people import Role


@dataclass(frozen=True, slots=True)
class Member:
    """An active person; `contacts` name their entries in `alerts.contacts`."""

    username: str
    name: str
    role: Role
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """Weekly duty; every second, third … week where `every_weeks` is more than one, counted from that of `first_day`."""

    person: str
    deputy: str | None
    levels: frozenset[Level]
    hours: Weekly
    first_day: date
    last_day: date | None = None
    every_weeks: int = 1

    def holds(self, at: datetime) -> bool:
        """Whether `at` lies in a turn of this shift; a turn that passes midnight belongs to the day on which it began."""
        window = self.hours.window(at)
        return window is not None and self._has_turn(window[0].astimezone(SHANGHAI).date())

    def _has_turn(self, day: date) -> bool:
        weeks = (_monday(day) - _monday(self.first_day)).days // 7
        return self.first_day <= day <= (self.last_day or day) and weeks % self.every_weeks == 0


@dataclass(frozen=True, slots=True)
class Swap:
    """For [`starts_at`, `ends_at`) `person` stands in for `replaces`, or for everyone on duty where that is None."""

    person: str
    replaces: str | None
    levels: frozenset[Level]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that decides who is told; swaps in the order in which they were made."""

    members: Mapping[str, Member]
    shifts: Sequence[Shift] = ()
    swaps: Sequence[Swap] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """A person on duty and their deputy, both active."""

    person: str
    deputy: str | None = None


class StepName(StrEnum):
    ON_DUTY = "on_duty"
    DEPUTIES = "deputies"
    LEADS = "leads"
    ADMINS = "admins"

    @property
    def zh(self) -> str:
        return {"on_duty": "值班", "deputies": "副手", "leads": "负责人", "admins": "管理员"}[self.value]


class Fault(StrEnum):
    NOBODY = "nobody"  # the roster names no active person for this moment and level
    UNREACHABLE = "unreachable"  # no one of a step can be reached but through the shared channels
    NO_CHANNEL = "no_channel"  # nor is there a shared channel: only the console tells

    @property
    def zh(self) -> str:
        return {
            "nobody": "值班表此刻无人，已改为直接通知负责人和管理员",
            "unreachable": "值班人员没有可用的联系方式，只能经公共渠道通知",
            "no_channel": "没有任何通知渠道，预警只显示在控制台",
        }[self.value]

    @property
    def en(self) -> str:
        return {
            "nobody": "nobody is on duty now: leads and administrators are told instead",
            "unreachable": "those on duty have no contact: only the shared channels tell them",
            "no_channel": "there is no channel at all: alerts show in the console only",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Line:
    """The steps of the reporting path in order, each with those who are told in it first, and what is wrong with it."""

    steps: tuple[tuple[StepName, tuple[Member, ...]], ...]
    faults: tuple[Fault, ...]

    def people(self, name: StepName) -> tuple[Member, ...]:
        return next((people for step, people in self.steps if step is name), ())


def on_duty(roster: Roster, level: Level, at: datetime) -> tuple[Watch, ...]:
    """Who is on duty at `at` for `level`, in the roster's order; empty where nobody is.

    A swap wins over the shift. A deactivated person is replaced by the deputy, and is missing where there is none.
    """
    watches = [Watch(shift.person, shift.deputy) for shift in roster.shifts if level in shift.levels and shift.holds(at)]
    for swap in roster.swaps:
        if level in swap.levels and swap.starts_at <= at < swap.ends_at:
            watches = _swapped(watches, swap)
    return tuple(_distinct(filter(None, (_present(watch, roster.members) for watch in watches))))


def reporting_line(roster: Roster, level: Level, at: datetime, *, shared: bool) -> Line:
    """Who would be told of an alert of `level` that opened at `at`, step by step; `shared` says that shared channels exist."""
    watches = on_duty(roster, level, at)
    leads = _of_role(roster, Role.LEAD)
    admins = _of_role(roster, Role.ADMIN)
    wanted = {
        StepName.ON_DUTY: [watch.person for watch in watches] or [*leads, *admins],
        StepName.DEPUTIES: [watch.deputy for watch in watches if watch.deputy],
        StepName.LEADS: leads,
        StepName.ADMINS: admins,
    }
    steps, met = [], set[str]()
    for name, usernames in wanted.items():
        people = tuple(roster.members[username] for username in dict.fromkeys(usernames) if username not in met)
        met.update(usernames)
        if people:
            steps.append((name, people))
    return Line(tuple(steps), tuple(_faults(watches, steps, shared=shared)))


def next_change(roster: Roster, level: Level, at: datetime, *, within: timedelta = timedelta(days=8)) -> datetime | None:
    """The first quarter of an hour after `at` at which others are on duty; None where none comes `within`."""
    now = on_duty(roster, level, at)
    quarter = timedelta(minutes=15)
    moment = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    while (moment := moment + quarter) <= at + within:
        if on_duty(roster, level, moment) != now:
            return moment
    return None


def _swapped(watches: list[Watch], swap: Swap) -> list[Watch]:
    if swap.replaces is None:
        return [Watch(swap.person, next((watch.person for watch in watches if watch.person != swap.person), None))]
    return [
        Watch(swap.person, watch.deputy if watch.deputy != swap.person else watch.person)
        if watch.person == swap.replaces
        else watch
        for watch in watches
    ]


def _present(watch: Watch, members: Mapping[str, Member]) -> Watch | None:
    deputy = watch.deputy if watch.deputy in members and watch.deputy != watch.person else None
    if watch.person in members:
        return Watch(watch.person, deputy)
    return Watch(deputy) if deputy else None


def _distinct(watches: Iterable[Watch]) -> Iterator[Watch]:
    met = set()
    for watch in watches:
        if watch.person not in met:
            met.add(watch.person)
            yield watch


def _of_role(roster: Roster, role: Role) -> list[str]:
    return sorted(member.username for member in roster.members.values() if member.role is role)


def _faults(watches: Sequence[Watch], steps: Sequence[tuple[StepName, tuple[Member, ...]]], *, shared: bool) -> Iterator[Fault]:
    if not watches:
        yield Fault.NOBODY
    first = steps[0][1] if steps else ()
    if not any(member.contacts for member in first):
        yield Fault.UNREACHABLE if shared else Fault.NO_CHANNEL


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
