"""What is watched for: brands with their words, and the operator's own changes to the risk words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base

LONGEST_NAME = 100
LONGEST_TERM = 100


class Brand(Base):
    """A monitored brand and the rule by which posts are matched to it.

    `revision` grows with every change of the rule; past posts were matched by the rule of `matched_revision`, so a brand
    with `matched_revision < revision` still owes a pass over them. A brand is never deleted, only set inactive.
    """

    __tablename__ = "brand"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    keywords: Mapped[list[str]] = mapped_column(JSON)
    aliases: Mapped[list[str]] = mapped_column(JSON)
    exclusions: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
    matched_revision: Mapped[int] = mapped_column(default=0)
    matched_at: Mapped[datetime | None]
    """When past posts were last gone over for this brand."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class RiskTerm(Base):
    """One difference from the risk words that ship with the product: added where `active`, else taken out."""

    __tablename__ = "risk_term"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    term: Mapped[str] = mapped_column(String(LONGEST_TERM), unique=True)
    category: Mapped[str] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)
