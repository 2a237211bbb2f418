"""The fact sheet: set, confirm and withdraw; the drafts that nobody edited follow at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from starlette.responses import Response

from console.i18n import translate as _
from console.visit import Visit
from statements import drafting, facts
from statements.fact_names import fact_name
from statements.guards import get_case
from statements.templates import TemplateLibrary


def show(visit: Visit) -> Response:
    """One fact: what it is now, a form to set it, and every value it had."""
    name = fact_name(visit.path("name"))
    with visit.database.reading() as session:
        case = get_case(session, visit.path("id"))
        history = facts.fact_history(session, case.id, name.name)
    return visit.render(
        "fact.html", case=case, name=name, history=history, fact=history[0] if history else None, form_value=form_value
    )


def save(visit: Visit) -> Response:
    case_id, name = visit.path("id"), fact_name(visit.path("name"))
    with visit.database.writing() as session:
        facts.set_fact(
            session,
            case_id,
            name.name,
            visit.field("value").replace("\r\n", "\n"),
            source=visit.field("source"),
            evidence=visit.field("evidence"),
            actor=visit.actor,
            now=visit.now,
        )
        _drafts_follow(session, visit, case_id)
    return visit.go(f"/cases/{case_id}#fact-{name.name}", _("已记录，待负责人核实"))


def confirm(visit: Visit) -> Response:
    with visit.database.writing() as session:
        fact = facts.confirm_fact(session, visit.path("fact"), actor=visit.actor, now=visit.now)
        _drafts_follow(session, visit, fact.case_id)
    return visit.go(f"/cases/{fact.case_id}#fact-{fact.name}", _("事实已核实，文稿已随之更新"))


def withdraw(visit: Visit) -> Response:
    with visit.database.writing() as session:
        fact = facts.withdraw_fact(session, visit.path("fact"), reason=visit.field("reason"), actor=visit.actor, now=visit.now)
        _drafts_follow(session, visit, fact.case_id)
    return visit.go(f"/cases/{fact.case_id}#fact-{fact.name}", _("事实已撤回，文稿中恢复为待核实"))


def form_value(value: str) -> str:
    """A moment as a form's date-and-time field takes it (its zone, always Beijing's, left out); other text as it is."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        return value


def _drafts_follow(session: Session, visit: Visit, case_id: str) -> None:
    library = TemplateLibrary(visit.settings.home)
    drafting.draft_case(session, get_case(session, case_id), templates=library, actor=visit.actor, now=visit.now)
