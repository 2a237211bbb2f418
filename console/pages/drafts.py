"""The review of a draft: its text beside the facts and the evidence, and every step from draft to published statement."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.responses import Response

from console import manuscript
from console.i18n import translate as _
from console.pages.cases import FactRow, fact_rows
from console.visit import Visit
from core.errors import YushaoError
from statements import cases, drafting, export, review
from statements.fact_names import CATALOGUE
from statements.guards import get_case
from statements.tables import Case, Draft, DraftState
from statements.templates import TemplateLibrary


def show(visit: Visit) -> Response:
    return _page(visit, visit.path("id"))


def edit(visit: Visit) -> Response:
    """Save a person's text; where it is refused, the text they wrote is still in the form."""
    try:
        with visit.database.writing() as session:
            draft = review.edit_draft(
                session,
                visit.path("id"),
                visit.field("text"),
                text_hash=visit.field("text_hash"),
                actor=visit.actor,
                now=visit.now,
            )
    except YushaoError as error:
        return _page(visit, visit.path("id"), typed=visit.field("text"), problem=str(error))
    return _to(visit, draft, _("文稿已保存，内容哈希已更新"))


def redraft(visit: Visit) -> Response:
    with visit.database.writing() as session:
        library = TemplateLibrary(visit.settings.home)
        draft = drafting.redraft(session, visit.path("id"), templates=library, actor=visit.actor, now=visit.now)
    return _to(visit, draft, _("已按当前事实重新生成第 {n} 版", n=draft.version))


def submit(visit: Visit) -> Response:
    with visit.database.writing() as session:
        draft = review.submit(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return _to(visit, draft, _("已提交，等待另一位负责人审批"))


def approve(visit: Visit) -> Response:
    """Approve exactly the text that the lead had before them: the form carries its hash."""
    with visit.database.writing() as session:
        draft = review.approve(session, visit.path("id"), text_hash=visit.field("text_hash"), actor=visit.actor, now=visit.now)
    return _to(visit, draft, _("已批准，现在可以导出或发布"))


def send_back(visit: Visit) -> Response:
    with visit.database.writing() as session:
        draft = review.send_back(session, visit.path("id"), reason=visit.field("reason"), actor=visit.actor, now=visit.now)
    return _to(visit, draft, _("已退回，理由会显示给撰稿人"))


def publish(visit: Visit) -> Response:
    with visit.database.writing() as session:
        draft = review.publish(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return _to(visit, draft, _("已登记为发布"))


def withdraw(visit: Visit) -> Response:
    with visit.database.writing() as session:
        draft = review.withdraw_statement(
            session, visit.path("id"), reason=visit.field("reason"), actor=visit.actor, now=visit.now
        )
    return _to(visit, draft, _("文稿已撤回"))


def download(visit: Visit) -> Response:
    """An approved or published text as a file."""
    with visit.database.reading() as session:
        file = export.export(session, visit.path("id"), cast(export.Format, visit.path("format")))
    disposition = f"attachment; filename*=UTF-8''{quote(file.filename)}"
    return Response(file.content, media_type=file.media_type, headers={"Content-Disposition": disposition})


def _page(visit: Visit, draft_id: str, *, typed: str | None = None, problem: str = "") -> Response:
    with visit.database.reading() as session:
        draft = drafting.get_draft(session, draft_id)
        case = get_case(session, draft.case_id)
        versions = _versions(session, draft)
        return visit.render(
            "draft.html",
            status=409 if problem else 200,
            case=case,
            draft=draft,
            versions=versions,
            siblings=drafting.current_drafts(session, case.id).values(),
            sheet=_rests_on(session, case, draft),
            origin=cases.origin_of(case),
            changed=[CATALOGUE[name] for name in drafting.changed_facts(session, draft)],
            is_current=draft.id == versions[0].id,
            is_editable=draft.state in drafting.UNAPPROVED and draft.id == versions[0].id,
            is_own=visit.actor in draft.writers,
            states=DraftState,
            shown=manuscript.shown(draft.text),
            typed=draft.text if typed is None else typed,
            problem=problem,
        )


def _rests_on(session: Session, case: Case, draft: Draft) -> list[FactRow]:
    """The facts that the draft's template names: those that are set, and those that it is not complete without."""
    named = (row for row in fact_rows(session, case) if row.name.name in draft.facts)
    return [row for row in named if row.fact or draft.kind in row.name.required]


def _versions(session: Session, draft: Draft) -> list[Draft]:
    """Every version of this kind in this script, the newest first."""
    every = drafting.list_drafts(session, draft.case_id)
    return [other for other in every if (other.kind, other.script) == (draft.kind, draft.script)]


def _to(visit: Visit, draft: Draft, said: str) -> Response:
    return visit.go(f"/drafts/{draft.id}", said)
