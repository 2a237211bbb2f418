"""`yushao cases fact`: the fact sheet of a case. The drafts that nobody edited follow each step at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import out, settings, state
from cli.case_base import As, CaseId, Reason, table, writing
from core.errors import InputError, either

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from statements.tables import Fact

app = typer.Typer(help="事实 · the fact sheet", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="事实名称，见 fact names · the fact's name, see fact names")]


@app.command()
def names() -> None:
    """列出事实目录 · list the facts that a case can have, and what to write."""
    from statements.fact_names import CATALOGUE

    rows = table("名称", "含义", "写什么", "必需于")
    for fact in CATALOGUE.values():
        required = "、".join(kind.zh for kind in sorted(fact.required))
        rows.add_row(fact.name, either(fact.zh, fact.en), either(fact.hint_zh, fact.hint_en), required)
    out.print(rows)


@app.command("list")
def list_(case_id: CaseId) -> None:
    """列出个案的事实 · list the facts of a case."""
    from statements.facts import list_facts
    from statements.guards import get_case

    with state() as database, database.reading() as session:
        out.print(facts_table(list_facts(session, get_case(session, case_id).id)))


@app.command("set")
def set_(
    case_id: CaseId,
    name: Name,
    value: Annotated[str, typer.Argument(help="内容 · the value")],
    as_: As,
    source: Annotated[str, typer.Option(help="来源：谁或什么 · who or what says so")],
    evidence: Annotated[str, typer.Option(help="证据：帖子、网址、文件 · post, address or document")] = "",
) -> None:
    """填写事实，待核实 · give a fact a value, unconfirmed."""
    from statements.facts import set_fact

    with writing() as (session, moment):
        fact = set_fact(session, case_id, name, value, source=source, evidence=evidence, actor=as_, now=moment)
        _follow(session, case_id, as_, moment, [fact])


@app.command()
def confirm(case_id: CaseId, names: Annotated[list[str], typer.Argument(metavar="NAME…")], as_: As) -> None:
    """负责人确认事实 · confirm facts, as a lead who has read their present values."""
    from statements.facts import confirm_fact

    with writing() as (session, moment):
        ids = [_current(session, case_id, name).id for name in names]
        _follow(session, case_id, as_, moment, [confirm_fact(session, fact, actor=as_, now=moment) for fact in ids])


@app.command()
def withdraw(case_id: CaseId, name: Name, as_: As, reason: Reason) -> None:
    """撤回事实，须写理由 · take a fact back, with the reason."""
    from statements.facts import withdraw_fact

    with writing() as (session, moment):
        fact = _current(session, case_id, name)
        _follow(session, case_id, as_, moment, [withdraw_fact(session, fact.id, reason=reason, actor=as_, now=moment)])


def facts_table(facts: Sequence[Fact]) -> Table:
    from statements.fact_names import CATALOGUE
    from statements.tables import FactStatus

    rows = table("名称", "含义", "内容", "状态", "来源", "确认人")
    for fact in facts:
        label, status = either(CATALOGUE[fact.name].zh, CATALOGUE[fact.name].en), FactStatus(fact.status).zh
        rows.add_row(fact.name, label, escape(fact.value), status, escape(fact.source), fact.confirmed_by or "—")
    return rows


def _current(session: Session, case_id: str, name: str) -> Fact:
    from statements.fact_names import fact_name
    from statements.facts import current_facts
    from statements.guards import hold

    known = current_facts(session, hold(session, case_id).id)
    if fact_name(name).name not in known:
        raise InputError(
            zh=f"个案 {case_id} 还没有事实 {name}：请先用 yushao cases fact set 填写",
            en=f"case {case_id} has no fact {name} yet: set it by yushao cases fact set",
        )
    return known[name]


def _follow(session: Session, case_id: str, actor: str, moment: datetime, facts: Sequence[Fact]) -> None:
    from statements.drafting import draft_case
    from statements.guards import get_case
    from statements.templates import TemplateLibrary

    library = TemplateLibrary(settings().home)
    made = draft_case(session, get_case(session, case_id), templates=library, actor=actor, now=moment)
    out.print(facts_table(facts))
    out.print(either(f"新生成文稿 {len(made)} 份", f"{len(made)} new draft versions"))
