"""The rules in force at one moment: every active brand, the risk words, and a version that tells whether they still hold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitoring.brands import list_brands, rule_of
from monitoring.matching import Matcher
from monitoring.risk import RiskLexicon, load_lexicon
from monitoring.tables import Brand

Version = tuple[tuple[str, int], ...]
"""(id, revision) of every brand: each change of a brand or a risk word raises a revision."""


@dataclass(frozen=True, slots=True)
class Rules:
    version: Version
    matcher: Matcher
    lexicon: RiskLexicon


def load_rules(session: Session, known: Rules | None = None) -> Rules:
    """The rules in force; `known` itself where they have not changed since, as building them takes some milliseconds."""
    version = current_version(session)
    if known and known.version == version:
        return known
    return Rules(version, Matcher([rule_of(brand) for brand in list_brands(session)]), load_lexicon(session))


def current_version(session: Session) -> Version:
    return tuple(session.execute(select(Brand.id, Brand.revision).order_by(Brand.id)).tuples())
