"""Risk words: which words make a mention a risk, by category."""

from __future__ import annotations

from starlette.responses import Response

from console.i18n import translate as _
from console.visit import Visit
from monitoring import risk
from monitoring.risk import RiskCategory


def listing(visit: Visit) -> Response:
    with visit.database.reading() as session:
        terms = risk.terms_in_force(session)
    groups = [(category, sorted(term for term, code in terms.items() if code == category)) for category in RiskCategory]
    return visit.render("risk_words.html", groups=groups)


def add(visit: Visit) -> Response:
    with visit.database.writing() as session:
        risk.add_term(session, visit.field("term"), visit.field("category"), actor=visit.actor, now=visit.now)
    return visit.go("/risk-words", _("已加入风险词 {term}，历史提及将在下一轮重新归类", term=visit.field("term")))


def remove(visit: Visit) -> Response:
    with visit.database.writing() as session:
        risk.remove_term(session, visit.field("term"), actor=visit.actor, now=visit.now)
    return visit.go("/risk-words", _("已移除风险词 {term}", term=visit.field("term")))
