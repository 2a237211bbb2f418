"""Duty (值班): who is on duty now and next, who would be told of an alert in which order, the roster and its deadlines."""

from __future__ import annotations

from datetime import date, datetime

from starlette.responses import Response

from alerts.duty import log, quiet, rota
from alerts.duty.deadlines import Deadlines, deadlines_by_level, save_deadlines
from alerts.duty.rehearsal import rehearse
from alerts.duty.roster import next_change
from alerts.hours import days_en, days_zh
from alerts.levels import Level
from console.i18n import translate as _
from console.visit import Visit
from core.clock import SHANGHAI, to_utc
from core.errors import InputError, language
from core.people import list_people

LEVELS = tuple(reversed(Level))
"""The gravest first."""
CLOCKS = ("first_answer", "full_statement", "review")


def show(visit: Visit) -> Response:
    """The whole reporting path on one page, for now or for the moment asked for."""
    at = _moment(visit.query("at"), "at") if visit.query("at") else visit.now
    with visit.database.reading() as session:
        roster = rota.load_roster(session, visit.settings)
        plans = [rehearse(session, level, at, settings=visit.settings) for level in LEVELS]
        return visit.render(
            "duty.html",
            at=at,
            asked=bool(visit.query("at")),
            plans=plans,
            changes={level: next_change(roster, level, at) for level in LEVELS},
            shifts=rota.shifts(session),
            swaps=rota.swaps(session, after=visit.now),
            contacts=rota.contacts(session),
            configured=sorted(visit.settings.alerts.contacts),
            quiet_hours=quiet.quiet_hours(session),
            deadlines=deadlines_by_level(session),
            people=list_people(session, active_only=True),
            given_up=log.given_up(session),
            levels=LEVELS,
            clock_names=CLOCKS,
            days=days,
            today=visit.now.astimezone(SHANGHAI).date(),
        )


def days(chosen: list[int]) -> str:
    """Weekdays in the reader's language."""
    return days_zh(chosen) if language.get() == "zh" else days_en(chosen)


def add_shift(visit: Visit) -> Response:
    with visit.database.writing() as session:
        rota.add_shift(
            session,
            person=visit.field("person"),
            deputy=visit.field("deputy") or None,
            levels=_levels(visit),
            days=_days(visit),
            start=visit.field("start"),
            end=visit.field("end"),
            first_day=_day(visit.field("first_day")) or visit.now.astimezone(SHANGHAI).date(),
            last_day=_day(visit.field("last_day")),
            every_weeks=_number(visit.field("every_weeks") or "1"),
            actor=visit.actor,
            now=visit.now,
        )
    return visit.go("/duty#shifts", _("班次已加入值班表"))


def remove_shift(visit: Visit) -> Response:
    with visit.database.writing() as session:
        rota.remove_shift(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go("/duty#shifts", _("已移出值班表"))


def add_swap(visit: Visit) -> Response:
    with visit.database.writing() as session:
        rota.add_swap(
            session,
            person=visit.field("person"),
            replaces=visit.field("replaces") or None,
            levels=_levels(visit),
            starts_at=_moment(visit.field("starts_at"), "starts_at"),
            ends_at=_moment(visit.field("ends_at"), "ends_at"),
            actor=visit.actor,
            now=visit.now,
        )
    return visit.go("/duty#swaps", _("替班已生效"))


def remove_swap(visit: Visit) -> Response:
    with visit.database.writing() as session:
        rota.remove_swap(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go("/duty#swaps", _("替班已取消"))


def add_contact(visit: Visit) -> Response:
    with visit.database.writing() as session:
        rota.add_contact(
            session,
            person=visit.field("person"),
            reference=visit.field("reference"),
            settings=visit.settings,
            actor=visit.actor,
            now=visit.now,
        )
    return visit.go("/duty#contacts", _("联系方式已保存"))


def remove_contact(visit: Visit) -> Response:
    with visit.database.writing() as session:
        rota.remove_contact(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go("/duty#contacts", _("联系方式已移除"))


def add_quiet(visit: Visit) -> Response:
    """One's own quiet hours; a lead may name another person."""
    with visit.database.writing() as session:
        quiet.add_quiet(
            session,
            person=visit.field("person") or visit.actor,
            days=_days(visit),
            start=visit.field("start"),
            end=visit.field("end"),
            up_to=rota.chosen_levels([visit.field("up_to")])[0],
            actor=visit.actor,
            now=visit.now,
        )
    return visit.go("/duty#quiet", _("静默时段已保存；重大预警不受影响"))


def remove_quiet(visit: Visit) -> Response:
    with visit.database.writing() as session:
        quiet.remove_quiet(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go("/duty#quiet", _("静默时段已移除"))


def change_deadlines(visit: Visit) -> Response:
    (level,) = rota.chosen_levels([visit.path("level")])
    clocks = {name: _number(visit.field(name)) if visit.field(name) else None for name in CLOCKS}
    chosen = Deadlines(
        acknowledge=_number(visit.field("acknowledge")),
        step=_number(visit.field("step")),
        working_hours=bool(visit.field("working_hours")),
        **clocks,
    )
    with visit.database.writing() as session:
        save_deadlines(session, level, chosen, actor=visit.actor, now=visit.now)
    return visit.go("/duty#deadlines", _("时限已保存"))


def _levels(visit: Visit) -> list[Level]:
    return rota.chosen_levels([str(value) for value in visit.form.getlist("levels")])


def _days(visit: Visit) -> list[int]:
    return [_number(str(value)) for value in visit.form.getlist("days")]


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise InputError(zh=f"{text!r} 不是整数", en=f"{text!r} is not a whole number") from error


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            zh=f"看不懂日期 {text!r}：请写成 2026-11-02", en=f"cannot read the date {text!r}: write it as 2026-11-02"
        ) from error


def _moment(text: str, name: str) -> datetime:
    try:
        return to_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError) as error:
        raise InputError(
            zh=f"看不懂时间 {text!r}（{name}）：请写成 2026-11-02T14:30",
            en=f"cannot read the time {text!r} ({name}): write it as 2026-11-02T14:30",
        ) from error
