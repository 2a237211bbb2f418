"""`yushao cases`: the whole road from an alert to an exported statement, in the name of the person given by `--as`.

Whoever may run commands on this machine is trusted to say who they are; what they do is marked `via=cli` in the audit log.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from alerts.levels import Level
from cli import case_drafts, case_facts, case_review
from cli.base import index, out, settings, state
from cli.case_base import As, CaseId, Reason, table, writing
from core.errors import either

if TYPE_CHECKING:
    from statements.tables import Case

app = typer.Typer(
    help="个案 · cases, facts, drafts, approval, export. 每一步以 --as 指定的人执行，该人须在职且角色合适；本机操作者视为可信。"
    " Each step is taken as the person of --as, who must be active and have a fitting role.",
    no_args_is_help=True,
)
app.add_typer(case_facts.app, name="fact")
app.add_typer(case_drafts.app, name="drafts")
for _step in case_review.STEPS:
    app.command(_step.__name__.replace("_", "-"))(_step)


@app.command("open")
def open_(
    alert_id: Annotated[str, typer.Argument(help="预警编号或 id · the alert's number or id")],
    as_: As,
) -> None:
    """由预警立案（已有则给出并接手） · open the alert's case, or take the one that was proposed; prints its id."""
    from casework.open import open_from_alert
    from core.clock import now

    with state() as database, index() as posts:
        out.print(open_from_alert(database, posts, alert_id, actor=as_, now=now(), settings=settings()))


@app.command()
def take(case_id: CaseId, as_: As) -> None:
    """接手系统建议的个案 · take a case that the system proposed."""
    from casework.open import take as step

    with writing() as (session, moment):
        out.print(_table([step(session, case_id, actor=as_, now=moment)]))


@app.command()
def close(case_id: CaseId, as_: As, reason: Reason) -> None:
    """结案，须写理由 · close a case, with the reason."""
    from casework.open import close as close_case

    with writing() as (session, moment):
        out.print(_table([close_case(session, case_id, reason=reason, actor=as_, now=moment)]))


@app.command("list")
def list_(
    all_: Annotated[bool, typer.Option("--all", help="包括已结案的 · closed ones too")] = False,
    brand: Annotated[str | None, typer.Option(help="只看一个品牌 · one brand only")] = None,
) -> None:
    """列出个案 · list the cases, newest first."""
    from statements.cases import list_cases
    from statements.tables import CaseState

    states = () if all_ else (CaseState.PROPOSED, CaseState.OPEN)
    with state() as database, database.reading() as session:
        cases = list_cases(session, states=states, brand=brand)
    out.print(_table(cases) if cases else either("没有个案", "no cases"))


@app.command()
def show(case_id: CaseId) -> None:
    """查看个案：依据、事实、文稿、经过 · show the evidence, the facts, the drafts and the timeline."""
    from statements.cases import get_case, origin_of
    from statements.drafting import current_drafts
    from statements.facts import list_facts
    from statements.timeline import timeline

    with state() as database, database.reading() as session:
        case = get_case(session, case_id)
        out.print(_table([case]))
        _print_evidence(origin_of(case).summary, [(item.text, item.url) for item in origin_of(case).evidence])
        out.print(case_facts.facts_table(list_facts(session, case_id)))
        out.print(case_drafts.drafts_table(session, list(current_drafts(session, case_id).values())))
        for entry in reversed(timeline(session, case_id)):
            out.print(f"{_shown(entry.at)}  {entry.actor}  {either(entry.zh, entry.en)}", markup=False)


@app.command()
def faq(
    case_id: Annotated[str | None, typer.Argument(help="个案编号，不写为全部 · the case's id, all where left out")] = None,
) -> None:
    """列出已发布的问答 · list the published questions and answers."""
    from statements.faq import list_entries

    with state() as database, database.reading() as session:
        for entry in list_entries(session, case_id=case_id):
            out.print(f"[{entry.script}] {entry.question}\n{entry.answer}\n", markup=False)


def _print_evidence(summary: str, posts: list[tuple[str, str]]) -> None:
    out.print(f"{either('原因', 'reason')}: {summary}", markup=False)
    for text, url in posts:
        out.print(f"{either('依据', 'evidence')}: {' '.join(text.split())[:100]}  {url}", markup=False)


def _table(cases: list[Case]) -> Table:
    from statements.tables import CaseState

    rows = table("编号", "个案", "级别", "状态", "接手人", "立案")
    for case in cases:
        taken = case.taken_by or "—"
        rows.add_row(case.id, escape(case.title), Level(case.level).zh, CaseState(case.state).zh, taken, _shown(case.opened_at))
    return rows


def _shown(moment: datetime) -> str:
    from core.clock import shown

    return shown(moment)
