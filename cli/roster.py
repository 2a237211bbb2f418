"""`yushao roster`: who is on duty when, how they are reached, and a dry run of the reporting path."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from alerts.levels import Level
from cli.base import moment, out, settings, state
from core.errors import InputError, either

app = typer.Typer(help="值班 · the duty roster and the reporting path", no_args_is_help=True)
contacts_app = typer.Typer(help="联系方式 · how people are reached", no_args_is_help=True)
app.add_typer(contacts_app, name="contacts")

As = Annotated[str, typer.Option("--as", help="以谁的名义（用户名） · the person acting, by user name")]
Levels = Annotated[str, typer.Option("--levels", help="级别，逗号分隔 · levels, by commas")]
ALL_LEVELS = ",".join(Level)


@app.command()
def who(
    level: Annotated[Level, typer.Option(help="级别 · level")] = Level.MAJOR,
    at: Annotated[str, typer.Option(help="时刻，如 2026-11-02T14:30 · moment, default now")] = "",
) -> None:
    """演练上报路径：此刻（或指定时刻）若有预警，会依次通知谁 · who would be told, in which order and when."""
    from alerts.duty.rehearsal import rehearse
    from core.clock import now, shown

    opened = moment(at) if at else now()
    with state() as database, database.reading() as session:
        plan = rehearse(session, level, opened, settings=settings())
    rows = Table("时间", "步骤", "通知", "渠道")
    for step in plan.steps:
        shared = f"（{either('公共渠道', 'shared channels')}）"
        for person in step.people:
            channels = "、".join(person.contacts) or shared
            rows.add_row(shown(step.at), step.name.zh, escape(f"{person.name} {person.username}"), channels)
    out.print(f"{level.zh} {level} · {shown(opened)}", markup=False)
    out.print(rows)
    out.print(f"{either('公共渠道', 'shared channels')}：{'、'.join(plan.shared) or '—'}", markup=False)
    for fault in plan.faults:
        out.print(f"⚠ {either(fault.zh, fault.en)}", markup=False)


@app.command("list")
def list_() -> None:
    """列出班次和替班 · list the shifts, and the swaps that are not over."""
    from alerts.duty import rota
    from alerts.hours import days_zh
    from core.clock import now, shown

    with state() as database, database.reading() as session:
        shifts, swaps = rota.shifts(session), rota.swaps(session, after=now())
    rows = Table("id", "值班", "副手", "级别", "时间", "轮换", "自", "至")
    for shift in shifts:
        hours = f"{days_zh(shift.days)} {shift.start}–{shift.end}"
        levels = "、".join(Level(level).zh for level in shift.levels)
        weeks = f"每 {shift.every_weeks} 周"
        rows.add_row(
            shift.id, shift.person, shift.deputy or "—", levels, hours, weeks, str(shift.first_day), str(shift.last_day or "—")
        )
    out.print(rows)
    for swap in swaps:
        out.print(
            f"{swap.id} {swap.person} 替 {swap.replaces or '值班人'}：{shown(swap.starts_at)} 至 {shown(swap.ends_at)}",
            markup=False,
        )


@app.command()
def add(
    person: Annotated[str, typer.Argument(help="用户名 · user name")],
    as_: As,
    deputy: Annotated[str, typer.Option(help="副手 · deputy")] = "",
    levels: Levels = ALL_LEVELS,
    days: Annotated[str, typer.Option(help="星期几，0 = 周一，如 0-4 或 5,6 · weekdays, 0 is Monday")] = "0-6",
    start: Annotated[str, typer.Option(help="HH:MM")] = "00:00",
    end: Annotated[str, typer.Option(help="HH:MM，不晚于开始则为次日 · next day unless later than the start")] = "00:00",
    first_day: Annotated[str, typer.Option(help="自哪天 · first day, default today")] = "",
    last_day: Annotated[str, typer.Option(help="至哪天 · last day")] = "",
    every_weeks: Annotated[int, typer.Option(min=1, help="每几周一次 · every so many weeks")] = 1,
) -> None:
    """新增班次 · add a weekly shift, in Asia/Shanghai."""
    from alerts.duty import rota
    from core.clock import SHANGHAI, now

    at = now()
    with state() as database, database.writing() as session:
        row = rota.add_shift(
            session,
            person=person,
            deputy=deputy or None,
            levels=rota.chosen_levels(levels.split(",")),
            days=_days(days),
            start=start,
            end=end,
            first_day=_day(first_day) if first_day else at.astimezone(SHANGHAI).date(),
            last_day=_day(last_day) if last_day else None,
            every_weeks=every_weeks,
            actor=as_,
            now=at,
        )
        out.print(row.id)


@app.command()
def swap(
    person: Annotated[str, typer.Argument(help="替班人 · who stands in")],
    as_: As,
    from_: Annotated[str, typer.Option("--from", help="开始 · start")],
    to: Annotated[str, typer.Option(help="结束 · end")],
    replaces: Annotated[str, typer.Option(help="替谁；不写则替所有值班人 · for whom; default everyone on duty")] = "",
    levels: Levels = ALL_LEVELS,
) -> None:
    """替班一次 · one-off swap."""
    from alerts.duty import rota
    from core.clock import now

    with state() as database, database.writing() as session:
        row = rota.add_swap(
            session,
            person=person,
            replaces=replaces or None,
            levels=rota.chosen_levels(levels.split(",")),
            starts_at=moment(from_),
            ends_at=moment(to),
            actor=as_,
            now=now(),
        )
        out.print(row.id)


@app.command()
def remove(entry: Annotated[str, typer.Argument(help="班次或替班的 id · id of a shift or a swap")], as_: As) -> None:
    """移除班次或替班 · remove a shift or a swap."""
    from alerts.duty import rota
    from core.clock import now

    with state() as database, database.writing() as session:
        is_swap = any(row.id == entry for row in rota.swaps(session))
        (rota.remove_swap if is_swap else rota.remove_shift)(session, entry, actor=as_, now=now())
    out.print(either("已移除", "removed"))


@contacts_app.command("list")
def list_contacts() -> None:
    """列出联系方式；地址只在设置里 · list the contacts; the addresses stand in the settings only."""
    from alerts.duty import rota

    configured = settings().alerts.contacts
    with state() as database, database.reading() as session:
        contacts = rota.contacts(session)
    rows = Table("id", "人员", "alerts.contacts", "状态")
    for contact in contacts:
        known = either("已配置", "configured") if contact.reference in configured else either("设置中没有", "not in settings")
        rows.add_row(contact.id, contact.person, contact.reference, known)
    out.print(rows)


@contacts_app.command("add")
def add_contact(person: str, reference: str, as_: As) -> None:
    """新增联系方式 · reach a person by the address that alerts.contacts has under this name."""
    from alerts.duty import rota
    from core.clock import now

    with state() as database, database.writing() as session:
        row = rota.add_contact(session, person=person, reference=reference, settings=settings(), actor=as_, now=now())
        out.print(row.id)


@contacts_app.command("remove")
def remove_contact(contact: str, as_: As) -> None:
    """移除联系方式 · remove a contact by its id."""
    from alerts.duty import rota
    from core.clock import now

    with state() as database, database.writing() as session:
        rota.remove_contact(session, contact, actor=as_, now=now())
    out.print(either("已移除", "removed"))


def _days(text: str) -> list[int]:
    """Weekdays as typed: `0-4`, `5,6`.

    >>> _days("0-4"), _days("5,6")
    ([0, 1, 2, 3, 4], [5, 6])
    """
    try:
        first, dash, last = text.partition("-")
        return list(range(int(first), int(last) + 1)) if dash else [int(day) for day in text.split(",")]
    except ValueError as error:
        raise InputError(
            zh=f"看不懂星期几 {text!r}：请写成 0-4 或 5,6（0 = 周一）",
            en=f"cannot read the weekdays {text!r}: write 0-4 or 5,6 (0 is Monday)",
        ) from error


def _day(text: str) -> date:
    from core.clock import SHANGHAI

    return moment(text).astimezone(SHANGHAI).date()
