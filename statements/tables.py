"""What the room of statements keeps: cases, their facts, the drafts and statements made from them, and the public questions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class CaseState(StrEnum):
    PROPOSED = "proposed"  # opened by the system; waits for a person to take it
    OPEN = "open"
    CLOSED = "closed"

    @property
    def zh(self) -> str:
        return {"proposed": "待接手", "open": "处理中", "closed": "已结案"}[self]


class FactStatus(StrEnum):
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"

    @property
    def zh(self) -> str:
        return {"unconfirmed": "待核实", "confirmed": "已确认", "withdrawn": "已撤回"}[self]


class DraftKind(StrEnum):
    HOLDING_STATEMENT = "holding_statement"
    FAQ_UPDATE = "faq_update"
    INTERNAL_BULLETIN = "internal_bulletin"

    @property
    def zh(self) -> str:
        return {"holding_statement": "情况说明", "faq_update": "问答更新", "internal_bulletin": "内部通报"}[self]

    @property
    def en(self) -> str:
        return {"faq_update": "FAQ update"}.get(self, self.replace("_", " "))

    @property
    def is_public(self) -> bool:
        """True where outsiders will read it, so that only publishable facts may stand in it."""
        return self is not DraftKind.INTERNAL_BULLETIN


class Script(StrEnum):
    HANS = "hans"
    HANT = "hant"

    @property
    def zh(self) -> str:
        return {"hans": "简体", "hant": "繁體"}[self]

    @property
    def en(self) -> str:
        return {"hans": "simplified", "hant": "traditional"}[self]


class DraftState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def zh(self) -> str:
        return _DRAFT_STATE_ZH[self]


_DRAFT_STATE_ZH = {
    DraftState.DRAFT: "草稿",
    DraftState.SUBMITTED: "待审批",
    DraftState.SENT_BACK: "已退回",
    DraftState.APPROVED: "已批准",
    DraftState.PUBLISHED: "已发布",
    DraftState.SUPERSEDED: "已被新版取代",
    DraftState.WITHDRAWN: "已撤回",
}


class Case(Base):
    """What people open when an alert is real; at most one an alert. `origin` is what was known of the alert at the opening."""

    __tablename__ = "statement_case"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    alert_id: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    brand: Mapped[str] = mapped_column(String(100), index=True)
    level: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), index=True)
    started_at: Mapped[datetime]
    origin: Mapped[dict[str, Any]] = mapped_column(JSON)
    opened_by: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(String(60))
    taken_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(60))
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str] = mapped_column(Text, default="")


class Fact(Base):
    """One value of one named fact. A changed value is a new row with the next version, so the history stays."""

    __tablename__ = "case_fact"
    __table_args__ = (UniqueConstraint("case_id", "name", "version"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("statement_case.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    value: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(20))
    set_by: Mapped[str] = mapped_column(String(60))
    set_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(60))
    confirmed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")


class Draft(Base):
    """A text of one kind in one script; approved by the hash of that very text it is a statement.

    `facts` maps every fact that the template names to the confirmed value it was given, None where there was none.
    `slots` are the labels of the 【待核实：…】 markers that stand in `text`. `editors` are the people who changed the text.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("case_id", "kind", "script", "version"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("statement_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    script: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    slots: Mapped[list[str]] = mapped_column(JSON)
    facts: Mapped[dict[str, str | None]] = mapped_column(JSON)
    template_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), index=True)
    author: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    editors: Mapped[list[str]] = mapped_column(JSON, default=list)
    edited_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(String(60))
    submitted_at: Mapped[datetime | None]
    sent_back_by: Mapped[str | None] = mapped_column(String(60))
    sent_back_at: Mapped[datetime | None]
    sent_back_reason: Mapped[str] = mapped_column(Text, default="")
    approver: Mapped[str | None] = mapped_column(String(60))
    approved_at: Mapped[datetime | None]
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    published_by: Mapped[str | None] = mapped_column(String(60))
    published_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(60))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    @property
    def is_edited(self) -> bool:
        """True where a person changed the text, which a new rendering then leaves alone."""
        return bool(self.editors)

    @property
    def writers(self) -> frozenset[str]:
        """Everyone who had a hand in the text; none of them may approve it."""
        return frozenset({self.author, *self.editors, *([self.submitted_by] if self.submitted_by else [])})


class FaqEntry(Base):
    """A public question and its answer, as the newest published 问答更新 has it; `active` until one leaves it out."""

    __tablename__ = "faq_entry"
    __table_args__ = (UniqueConstraint("case_id", "script", "question"),)

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("statement_case.id"), index=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("draft.id"))
    script: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    question: Mapped[str] = mapped_column(String(500))
    answer: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    first_published_at: Mapped[datetime]
    updated_at: Mapped[datetime]
