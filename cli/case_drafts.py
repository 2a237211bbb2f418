"""`yushao cases drafts`: list and read drafts, render them anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from cli.base import out, settings, state
from cli.case_base import As, CaseId, table, writing
from core.errors import either

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from statements.tables import Draft
    from statements.templates import TemplateLibrary

app = typer.Typer(help="文稿 · drafts", no_args_is_help=True)

DraftId = Annotated[str, typer.Argument(help="文稿编号 · the draft's id")]


@app.command("list")
def list_(case_id: CaseId, all_: Annotated[bool, typer.Option("--all", help="所有版本 · every version")] = False) -> None:
    """列出文稿 · list the drafts of a case in their newest versions."""
    from statements.drafting import current_drafts, list_drafts
    from statements.guards import get_case

    with state() as database, database.reading() as session:
        case = get_case(session, case_id)
        drafts = list_drafts(session, case.id) if all_ else list(current_drafts(session, case.id).values())
        out.print(drafts_table(session, drafts))


@app.command()
def show(draft_id: DraftId) -> None:
    """阅读文稿；最后一行的哈希用于批准 · read a draft; approval asks for the hash in the last line."""
    from statements.drafting import get_draft

    with state() as database, database.reading() as session:
        draft = get_draft(session, draft_id)
        out.print(draft.text, markup=False)
        out.print(drafts_table(session, [draft]))
    out.print(f"sha256:{draft.text_hash}", markup=False)


@app.command()
def render(case_id: CaseId, as_: As) -> None:
    """按当前事实生成文稿 · bring the drafts of a case to its facts; what a person edited stays."""
    from statements.drafting import draft_case
    from statements.guards import get_case

    with writing() as (session, moment):
        case = get_case(session, case_id)
        out.print(drafts_table(session, draft_case(session, case, templates=_library(), actor=as_, now=moment)))


@app.command()
def redo(draft_id: DraftId, as_: As) -> None:
    """放弃改动，按事实重新起草 · start a draft again from the facts, as a new version."""
    from statements.drafting import redraft

    with writing() as (session, moment):
        out.print(drafts_table(session, [redraft(session, draft_id, templates=_library(), actor=as_, now=moment)]))


def drafts_table(session: Session, drafts: Sequence[Draft]) -> Table:
    from statements.drafting import changed_facts
    from statements.tables import DraftKind, DraftState, Script

    rows = table("编号", "文稿", "版本", "状态", "待核实", "变动的事实")
    for draft in drafts:
        name = f"{DraftKind(draft.kind).zh}·{Script(draft.script).zh}"
        state_zh = DraftState(draft.state).zh + (either("（已修改）", " (edited)") if draft.is_edited else "")
        moved = "、".join(changed_facts(session, draft))
        rows.add_row(draft.id, name, f"v{draft.version}", state_zh, "、".join(draft.slots), moved)
    return rows


def _library() -> TemplateLibrary:
    from statements.templates import TemplateLibrary

    return TemplateLibrary(settings().home)
