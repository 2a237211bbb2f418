"""Cases: the list, and the desk of one case with its facts, drafts, evidence and history."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from casework.milestones import clocks_of
from casework.open import close as close_with_alert
from casework.open import take as take_with_alert
from console.i18n import translate as _
from console.visit import Visit
from statements import cases, drafting, fact_names, facts, faq
from statements.fact_names import FactName
from statements.guards import get_case
from statements.tables import Case, CaseState, Draft, Fact
from statements.timeline import timeline


@dataclass(frozen=True, slots=True)
class FactRow:
    """A line of the fact sheet: what can be known, and the newest value of it, None where nothing was set yet.

    `wanted` is true where a draft of the case cannot be complete without it.
    """

    name: FactName
    fact: Fact | None
    wanted: bool

    @property
    def status(self) -> str:
        return self.fact.status if self.fact else "missing"


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in its newest version, and whether the facts have moved under it."""

    draft: Draft
    is_outdated: bool


def listing(visit: Visit) -> Response:
    state = visit.query("state")
    states = (CaseState(state),) if state in list(CaseState) else ()
    with visit.database.reading() as session:
        return visit.render("cases.html", cases=cases.list_cases(session, states=states), state=state)


def show(visit: Visit) -> Response:
    with visit.database.reading() as session:
        case = get_case(session, visit.path("id"))
        return visit.render(
            "case.html",
            case=case,
            origin=cases.origin_of(case),
            sheet=fact_rows(session, case),
            drafts=draft_rows(session, case),
            clocks=clocks_of(session, case.alert_id, now=visit.now),
            answers=faq.list_entries(session, case_id=case.id),
            history=timeline(session, case.id, limit=60),
        )


def take(visit: Visit) -> Response:
    with visit.database.writing() as session:
        case = take_with_alert(session, visit.path("id"), actor=visit.actor, now=visit.now)
    return visit.go(f"/cases/{case.id}", _("您已接手这个个案"))


def close(visit: Visit) -> Response:
    with visit.database.writing() as session:
        case = close_with_alert(session, visit.path("id"), reason=visit.field("reason"), actor=visit.actor, now=visit.now)
    return visit.go(f"/cases/{case.id}", _("个案已结案"))


def fact_rows(session: Session, case: Case) -> list[FactRow]:
    """The whole sheet in the catalogue's order: what the drafts need, then whatever else was set."""
    known = facts.current_facts(session, case.id)
    return [FactRow(name, known.get(name.name), bool(name.required)) for name in fact_names.CATALOGUE.values()]


def draft_rows(session: Session, case: Case) -> list[DraftRow]:
    drafts = drafting.current_drafts(session, case.id).values()
    return [DraftRow(draft, bool(drafting.changed_facts(session, draft))) for draft in drafts]
