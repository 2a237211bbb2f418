"""Risk: which kind of trouble a post speaks of, by words that the operator can change."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.errors import InputError
from core.ids import new_id
from core.text import normalise
from monitoring.brands import owe_all
from monitoring.phrases import Phrases
from monitoring.tables import LONGEST_TERM, RiskTerm

DEFAULTS = Path(__file__).with_name("risk_terms.csv")
"""The words that ship with the product, `term,category`; an operator's changes are kept apart, in the database."""


class RiskCategory(StrEnum):
    """The kinds of trouble a company can be in; a post may speak of several."""

    QUALITY_SAFETY = "quality_safety"
    ACCIDENT = "accident"
    SERVICE = "service"
    DATA_SECURITY = "data_security"
    MISLEADING = "misleading"
    PEOPLE = "people"
    LEGAL_REGULATORY = "legal_regulatory"
    VALUES = "values"
    FINANCE = "finance"
    OTHER = "other"

    @property
    def zh(self) -> str:
        return _ZH[self]

    @property
    def severity(self) -> int:
        """How much is at stake where nothing more is known, 1 (annoyance) to 5 (life and health)."""
        return _SEVERITY[self]


_ZH = {
    RiskCategory.QUALITY_SAFETY: "质量与食品安全",
    RiskCategory.ACCIDENT: "事故与伤亡",
    RiskCategory.SERVICE: "服务与售后",
    RiskCategory.DATA_SECURITY: "数据与隐私",
    RiskCategory.MISLEADING: "虚假宣传与价格",
    RiskCategory.PEOPLE: "员工与管理层",
    RiskCategory.LEGAL_REGULATORY: "法律与监管",
    RiskCategory.VALUES: "价值观与公共情感",
    RiskCategory.FINANCE: "财务与经营",
    RiskCategory.OTHER: "其他争议",
}
_SEVERITY = {
    RiskCategory.QUALITY_SAFETY: 4,
    RiskCategory.ACCIDENT: 5,
    RiskCategory.SERVICE: 2,
    RiskCategory.DATA_SECURITY: 4,
    RiskCategory.MISLEADING: 3,
    RiskCategory.PEOPLE: 3,
    RiskCategory.LEGAL_REGULATORY: 4,
    RiskCategory.VALUES: 4,
    RiskCategory.FINANCE: 2,
    RiskCategory.OTHER: 1,
}


class RiskLexicon:
    """Words, each of one category, found in one pass and kept to the borders that `Phrases` states."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self._phrases = Phrases((normalise(term), RiskCategory(category)) for term, category in terms.items())

    def categories(self, text: str) -> tuple[str, ...]:
        """The categories that `text` has words of, in the order of RiskCategory."""
        return self.categories_normalised(normalise(text))

    def categories_normalised(self, plain: str) -> tuple[str, ...]:
        """The same for a text that went through `core.text.normalise` already."""
        found = {category for place in self._phrases.find(plain) for category in place.values}
        return tuple(category.value for category in RiskCategory if category in found) if found else ()


def load_lexicon(session: Session) -> RiskLexicon:
    """The words in force: those that ship with the product, with the operator's additions and without what they took out."""
    return RiskLexicon(terms_in_force(session))


def terms_in_force(session: Session) -> dict[str, str]:
    """Every risk word, normalised, with its category."""
    terms = dict(shipped_terms())
    for change in session.scalars(select(RiskTerm)):
        if change.active:
            terms[change.term] = change.category
        else:
            terms.pop(change.term, None)
    return terms


def add_term(session: Session, term: str, category: str, *, actor: str, now: datetime) -> None:
    """Add a risk word, or move one to another category; past mentions are gone over at the next pass.

    Raises InputError for an unknown category and for a word without a letter or digit, or too long.
    """
    plain = _checked(term)
    if category not in list(RiskCategory):
        raise InputError(
            zh=f"没有风险类别 {category}：可用 {'、'.join(RiskCategory)}",
            en=f"there is no risk category {category}: choose one of {', '.join(RiskCategory)}",
        )
    if terms_in_force(session).get(plain) == category:
        return
    _change(session, plain, category, active=True)
    owe_all(session, now)
    audit.record(session, at=now, actor=actor, action="risk_term.add", subject=f"risk_term:{plain}", category=category)


def remove_term(session: Session, term: str, *, actor: str, now: datetime) -> None:
    """Take a risk word out; past mentions are gone over at the next pass. Raises InputError for a word that is not in force."""
    plain = normalise(term)
    category = terms_in_force(session).get(plain)
    if category is None:
        raise InputError(
            zh=f"没有风险词 {term}：用 yushao brands risk-terms list 查看",
            en=f"there is no risk word {term}: see yushao brands risk-terms list",
        )
    _change(session, plain, category, active=False)
    owe_all(session, now)
    audit.record(session, at=now, actor=actor, action="risk_term.remove", subject=f"risk_term:{plain}", category=category)


def _change(session: Session, plain: str, category: str, *, active: bool) -> None:
    row = session.scalars(select(RiskTerm).where(RiskTerm.term == plain)).first()
    if row is None:
        row = RiskTerm(id=new_id(), term=plain)
        session.add(row)
    row.category, row.active = category, active


def _checked(term: str) -> str:
    plain = normalise(term)
    if not any(map(str.isalnum, plain)) or len(plain) > LONGEST_TERM:
        raise InputError(
            zh=f"风险词 {term!r} 无效：须含文字或数字，且不超过 {LONGEST_TERM} 个字符",
            en=f"the risk word {term!r} cannot be used: it needs a letter or digit and at most {LONGEST_TERM} characters",
        )
    return plain


@cache
def shipped_terms() -> Mapping[str, str]:
    """The words that ship with the product, normalised, each with its category."""
    with DEFAULTS.open(encoding="utf-8", newline="") as lines:
        return {normalise(row["term"]): row["category"] for row in csv.DictReader(lines)}
