"""What is watched for: brands with their words, the operator's own changes to the risk words, and what staff corrected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base

LONGEST_NAME = 100
LONGEST_TERM = 100
LONGEST_NOTE = 500


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


class Correction(Base):
    """What a person says of a text and a brand, which holds for every post with that text in place of the models' judgement.

    It is in force until `ended_at`: when another took its place, or it was undone. `owing`: the index does not follow it yet.
    `text` is emptied where its author asked to be erased; the fingerprint and the judgement stay.
    """

    __tablename__ = "correction"
    __table_args__ = (
        Index(
            "uq_correction_in_force",
            "brand",
            "fingerprint",
            unique=True,
            sqlite_where=sql("ended_at IS NULL"),
            postgresql_where=sql("ended_at IS NULL"),
        ),
        Index("ix_correction_made_at", "made_at"),
        Index("ix_correction_author_hash", "author_hash"),
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    brand: Mapped[str] = mapped_column(String(LONGEST_NAME))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the normalised text, in hexadecimal digits."""
    post_id: Mapped[str] = mapped_column(Text)
    """The post at which it was made."""
    text: Mapped[str] = mapped_column(Text)
    author_hash: Mapped[str] = mapped_column(String(64))
    keywords: Mapped[list[str]] = mapped_column(JSON)
    """The brand's keywords that were found in the text."""
    verdict: Mapped[str] = mapped_column(String(20))
    risks: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(LONGEST_NOTE))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What stood there: `verdict`, `negative` (its probability), `risks`."""
    models: Mapped[dict[str, str]] = mapped_column(JSON)
    """The versions of the models that were in use: `mood`, `stance`."""
    made_by: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(String(100), default="")
    ended_at: Mapped[datetime | None]
    end: Mapped[str] = mapped_column(String(20), default="")
    """How it ended: `superseded` or `undone`."""
    owing: Mapped[bool] = mapped_column(default=True, index=True)


class LearningRun(Base):
    """One look at the corrections by one kind of model: what was learned, how it compared, and whether it was put in use.

    `made` and `ended` are the version of the corrections that it saw (`monitoring.in_force.corrections_version`).
    """

    __tablename__ = "learning_run"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    """`mood` or `stance`."""
    made: Mapped[int]
    ended: Mapped[int]
    base: Mapped[str] = mapped_column(String(64))
    against: Mapped[str] = mapped_column(String(64))
    """The version that was in use."""
    version: Mapped[str] = mapped_column(String(64))
    """The candidate, kept under this name."""
    promoted: Mapped[bool]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
