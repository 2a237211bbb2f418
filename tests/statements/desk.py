"""A made-up press office for tests: its people, an alert's origin, facts that make every draft complete."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from core import people
from core.people import Role
from core.settings import CompanySettings
from statements import cases, drafting, facts, review
from statements.cases import CaseOrigin, EvidenceItem
from statements.tables import Case, Draft, DraftKind, Script
from statements.templates import TemplateLibrary
from tests.conftest import NOON

SHIPPED = TemplateLibrary()
COMPANY = CompanySettings(name="星海茶饮有限公司", contact="400-000-0000")
LATER = NOON + timedelta(hours=1)
HOLDING = (DraftKind.HOLDING_STATEMENT, Script.HANS)
FAQ = (DraftKind.FAQ_UPDATE, Script.HANS)

ORIGIN = CaseOrigin(
    alert_id="alert-1",
    brand="星海茶饮",
    level="moderate",
    started_at=NOON,
    summary="12:00 至 13:00 有负面帖 30 条，平时约 2.0 条",
    evidence=(EvidenceItem("weibo:1", "在星海茶饮喝出异物", "https://weibo.example/1", NOON),),
    claims="“在星海茶饮喝出异物”",
    fingerprint="f" * 64,
)

SHEET = {
    "headline": "城东店顾客反映饮品中有异物",
    "incident": "一位顾客在城东店购买的饮品中发现异物。",
    "as_of": "2026-11-02 12:30",
    "occurred_at": "2026年11月2日中午",
    "place": "星海市城东店",
    "actions_taken": "已封存同批次原料，并联系当事顾客。",
    "customer_help": "可凭小票到任一门店或致电客服登记。",
    "next_update_at": "2026-11-02 18:00",
    "spokesperson": "公共关系部",
    "internal_owner": "质量部",
}


def staff(session: Session) -> None:
    """Duty staff `duty`, leads `lead` and `other`, operator `ops`, administrator `admin`; the passwords are not used."""
    roles = {"duty": Role.DUTY, "lead": Role.LEAD, "other": Role.LEAD, "ops": Role.OPERATOR, "admin": Role.ADMIN}
    for name, role in roles.items():
        person = people.Person(id=f"id-{name}", username=name, display_name=name, role=role, password_hash="-", active=True)
        person.created_at = NOON
        session.add(person)
    session.flush()


def opened(session: Session, actor: str = "duty") -> Case:
    """The staff, and a case of theirs with its first drafts."""
    staff(session)
    case = cases.open_case(session, ORIGIN, actor=actor, now=NOON, company=COMPANY)
    render(session, case)
    return case


def render(session: Session, case: Case) -> list[Draft]:
    return drafting.draft_case(session, case, templates=SHIPPED, actor=people.SYSTEM, now=NOON)


def tell(session: Session, case: Case, name: str, value: str) -> facts.Fact:
    """Set and confirm one fact."""
    fact = facts.set_fact(session, case.id, name, value, source="门店值班经理", actor="duty", now=NOON)
    return facts.confirm_fact(session, fact.id, actor="lead", now=NOON)


def complete(session: Session) -> Case:
    """A case whose drafts have no open slot."""
    case = opened(session)
    for name, value in SHEET.items():
        tell(session, case, name, value)
    facts.confirm_fact(session, facts.current_facts(session, case.id)["brand"].id, actor="lead", now=NOON)
    render(session, case)
    return case


def newest(session: Session, case: Case, which: tuple[DraftKind, Script] = HOLDING) -> Draft:
    return drafting.current_drafts(session, case.id)[which]


def submitted(session: Session, which: tuple[DraftKind, Script] = HOLDING) -> Draft:
    """A complete draft that `duty` handed in."""
    return review.submit(session, newest(session, complete(session), which).id, actor="duty", now=NOON)


def approved(session: Session, which: tuple[DraftKind, Script] = HOLDING) -> Draft:
    """A draft that `lead` approved."""
    draft = submitted(session, which)
    return review.approve(session, draft.id, text_hash=draft.text_hash, actor="lead", now=NOON)
