"""The rules in force at one moment: every active brand, the risk words, what staff corrected, and a version of it all."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitoring.brands import list_brands, rule_of
from monitoring.in_force import NONE, InForce, corrections_version, load_in_force
from monitoring.matching import Matcher
from monitoring.risk import RiskLexicon, load_lexicon
from monitoring.tables import Brand

Version = tuple[tuple[tuple[str, int], ...], tuple[int, int]]
"""(id, revision) of every brand, which each change of a brand or a risk word raises; and the version of the corrections."""


@dataclass(frozen=True, slots=True)
class Rules:
    version: Version
    matcher: Matcher
    lexicon: RiskLexicon
    in_force: InForce


def load_rules(session: Session, known: Rules | None = None) -> Rules:
    """The rules in force; `known` itself where they have not changed since, as building them takes some milliseconds."""
    version = current_version(session)
    if known and known.version == version:
        return known
    in_force = load_in_force(session, known.in_force if known else NONE)
    if known and known.version[0] == version[0]:
        return replace(known, version=version, in_force=in_force)
    matcher = Matcher([rule_of(brand) for brand in list_brands(session)])
    return Rules(version, matcher, load_lexicon(session), in_force)


def current_version(session: Session) -> Version:
    brands = session.execute(select(Brand.id, Brand.revision).order_by(Brand.id)).tuples()
    return tuple(brands), corrections_version(session)
